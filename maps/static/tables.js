// Sorting and filtering for the tables of lists. The table is whole without this; nothing here makes markup
// from text: words come from the page itself and are written with textContent.
(function () {
  "use strict";

  function numberOf(text) {
    var plain = text.replace(/[\s\u00a0,%]/g, "").replace("\u2212", "-");
    return plain === "" || plain === "\u2013" ? NaN : Number(plain);
  }

  function prepare(list) {
    var table = list.querySelector(".list-table");
    if (!table) return;
    var body = table.tBodies[0];
    var rows = Array.prototype.slice.call(body.rows);
    var heads = Array.prototype.slice.call(table.tHead.rows[0].cells);
    var collator = new Intl.Collator(document.documentElement.lang || "en", { numeric: true });
    var count = list.querySelector(".list-count");
    var search = list.querySelector(".list-filter");
    var choices = Array.prototype.slice.call(list.querySelectorAll(".list-choice"));
    /** @type {string[] | null} */
    var texts = null; // lower-case text of each row, made when first needed

    function cell(row, place) {
      return row.cells[place].textContent;
    }

    function sortBy(place, down) {
      var numeric = heads[place].dataset.kind === "number";
      var keyed = rows.map(function (row, at) {
        var text = cell(row, place);
        return {
          row: row,
          at: at,
          text: text,
          number: numeric ? numberOf(text) : 0,
          none: text === "\u2013" || text === "",
        };
      });
      keyed.sort(function (a, b) {
        if (a.none !== b.none) return a.none ? 1 : -1; // what has no value comes last both ways
        var order = 0;
        if (!a.none) {
          order = numeric ? a.number - b.number : collator.compare(a.text, b.text);
        }
        return (down ? -order : order) || a.at - b.at;
      });
      rows = keyed.map(function (item) {
        return item.row;
      });
      texts = null;
      var all = document.createDocumentFragment();
      rows.forEach(function (row) {
        all.appendChild(row);
      });
      body.appendChild(all);
      heads.forEach(function (head, other) {
        head.setAttribute("aria-sort", other !== place ? "none" : down ? "descending" : "ascending");
      });
    }

    function filter() {
      var words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      if (words.length && !texts) {
        texts = rows.map(function (row) {
          return row.textContent.toLowerCase();
        });
      }
      var shown = 0;
      rows.forEach(function (row, at) {
        var fits =
          words.every(function (word) {
            return /** @type {string[]} */ (texts)[at].indexOf(word) >= 0;
          }) &&
          choices.every(function (choice) {
            return choice.value === "" || cell(row, Number(choice.dataset.column)) === choice.value;
          });
        row.hidden = !fits;
        shown += fits ? 1 : 0;
      });
      count.textContent = count.dataset.text
        .replace("{shown}", shown.toLocaleString("en-US"))
        .replace("{total}", rows.length.toLocaleString("en-US"));
    }

    heads.forEach(function (head, place) {
      var button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      head.textContent = "";
      head.appendChild(button);
      head.setAttribute("aria-sort", "none");
      button.addEventListener("click", function () {
        sortBy(place, head.getAttribute("aria-sort") === "ascending");
      });
    });
    choices.forEach(function (choice) {
      var seen = new Set();
      rows.forEach(function (row) {
        seen.add(cell(row, Number(choice.dataset.column)));
      });
      Array.from(seen)
        .sort(collator.compare)
        .forEach(function (text) {
          var option = document.createElement("option");
          option.textContent = text;
          option.value = text;
          choice.appendChild(option);
        });
      if (seen.size < 2) choice.parentNode.hidden = true;
      choice.addEventListener("change", filter);
    });
    var wait = 0;
    search.addEventListener("input", function () {
      clearTimeout(wait);
      wait = setTimeout(filter, rows.length > 2000 ? 200 : 0);
    });
    list.querySelector(".list-tools").hidden = false;
  }

  document.querySelectorAll(".list").forEach(prepare);
})();
