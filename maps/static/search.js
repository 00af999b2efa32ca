"use strict";
// Offline search by name or number, as a combobox: arrow keys move, Enter chooses, Escape closes.

Onramp.folded = (text) =>
  text
    .normalize("NFD")
    .replace(/[\u0300-\u036f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g, "")
    .toLowerCase();

Onramp.searchIndex = function (model) {
  const { facts, land, cards } = model,
    entries = [];
  const add = (kind, index, text, weight) => entries.push({ kind, index, text, folded: Onramp.folded(text), weight });
  facts.communities.forEach((c, i) => add("community", i, c.name, 5));
  land.counties.names.forEach((name, i) => add("county", i, name, 4));
  land.places.names.forEach((name, i) => add("place", i, name, 3));
  land.tribal.names.forEach((name, i) => name && add("tribal", i, name, 3));
  facts.points.providers.name.forEach((name, i) => add("providers", i, name, 2));
  facts.points.centers.name.forEach((name, i) => add("centers", i, name, 2));
  const ids = facts.tracts.code.map((_, i) => cards.geoid(i));
  return (asked, most = 12) => {
    const wanted = Onramp.folded(asked.trim());
    if (!wanted) return [];
    const found = entries
      .filter((entry) => entry.folded.includes(wanted))
      .map((entry) => ({
        ...entry,
        score: entry.weight + (entry.folded.startsWith(wanted) ? 10 : entry.folded.includes(" " + wanted) ? 5 : 0),
      }))
      .sort((a, b) => b.score - a.score || (a.text < b.text ? -1 : 1));
    if (/^[\d.]{2,11}$/.test(wanted)) {
      for (let i = 0; i < ids.length && found.length < most; i++) {
        if (
          ids[i].startsWith(wanted) ||
          ids[i].slice(5).startsWith(wanted.replace(".", "")) ||
          facts.tracts.name[i] === wanted
        ) {
          found.push({ kind: "tract", index: i, text: cards.tractName(i) + " \u00b7 " + ids[i] });
        }
      }
    }
    return found.slice(0, most);
  };
};

Onramp.setUpSearch = function (input, box, status, find, choose, words) {
  const el = Onramp.element;
  let shown = [],
    active = -1;
  const close = () => {
    box.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
    active = -1;
  };
  const mark = (to) => {
    active = to;
    [...box.children].forEach((option, k) => option.setAttribute("aria-selected", String(k === active)));
    if (active >= 0) {
      input.setAttribute("aria-activedescendant", box.children[active].id);
      box.children[active].scrollIntoView({ block: "nearest" });
    }
  };
  const take = (k) => {
    const entry = shown[k];
    if (!entry) return;
    input.value = "";
    close();
    status.textContent = "";
    choose(entry);
  };
  const show = () => {
    shown = find(input.value);
    box.replaceChildren(
      ...shown.map((entry, k) =>
        el(
          "li",
          {
            id: "found-" + k,
            role: "option",
            "aria-selected": "false",
            on: {
              mousedown: (event) => {
                event.preventDefault();
                take(k);
              },
            },
          },
          el("bdi", {}, entry.text),
          " ",
          el("small", {}, words.t("map.kinds." + entry.kind)),
        ),
      ),
    );
    box.hidden = !shown.length;
    input.setAttribute("aria-expanded", String(shown.length > 0));
    active = -1;
    input.removeAttribute("aria-activedescendant");
    status.textContent = input.value.trim() ? words.t("map.search.found", { n: shown.length }) : "";
  };
  input.addEventListener("input", show);
  input.addEventListener("blur", () => setTimeout(close, 100));
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (box.hidden) show();
      if (shown.length)
        mark(
          (active +
            (event.key === "ArrowDown" ? 1 : shown.length - (active < 0 ? 0 : 1)) +
            (active < 0 && event.key === "ArrowUp" ? -1 : 0) +
            shown.length) %
            shown.length,
        );
      event.preventDefault();
    } else if (event.key === "Enter") {
      take(active < 0 ? 0 : active);
      event.preventDefault();
    } else if (event.key === "Escape") {
      close();
      input.value = "";
      status.textContent = "";
    }
  });
};
