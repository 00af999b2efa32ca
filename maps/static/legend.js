"use strict";
// The legend: every class of the colors shown, its pattern and words, and the signs of the points that are on.

/** @type {(kind: LegendClass) => HTMLCanvasElement} */
Onramp.swatch = function (kind) {
  const canvas = Onramp.element("canvas", { width: 44, height: 32, class: "swatch", "aria-hidden": "true" });
  const pen = canvas.getContext("2d");
  pen.fillStyle = kind.color;
  pen.fillRect(0, 0, 44, 32);
  if (kind.pattern) {
    pen.fillStyle = Onramp.patterns.of(pen, kind.pattern, Onramp.inkOn(kind.color), 1, 2);
    pen.fillRect(0, 0, 44, 32);
  }
  pen.strokeStyle = "rgba(0,0,0,.45)";
  pen.lineWidth = 2;
  pen.strokeRect(1, 1, 42, 30);
  return canvas;
};

Onramp.drawLegend = function (place, look, model) {
  const el = Onramp.element,
    { t } = model.words,
    scheme = look.scheme;
  const counts = new Array(scheme.classes.length).fill(0);
  for (const k of scheme.of) counts[k]++;
  const rows = scheme.classes.map((kind, k) =>
    counts[k] || kind.cell
      ? el(
          "li",
          {},
          Onramp.swatch(kind),
          el("span", {}, kind.label),
          el("span", { class: "count" }, model.words.number(counts[k])),
        )
      : null,
  );
  const signs = [];
  const sign = (kind, label) => {
    const canvas = el("canvas", { width: 44, height: 44, class: "sign", "aria-hidden": "true" });
    const pen = canvas.getContext("2d");
    pen.scale(2, 2);
    Onramp.stamp(pen, kind, 11, 11, 7);
    signs.push(el("li", {}, canvas, el("span", {}, label)));
  };
  if (look.overlays.has("sites")) sign("sites", t("map.signs.sites"));
  if (look.overlays.has("providers")) {
    sign("entry", t("map.signs.entry"));
    sign("advanced", t("map.signs.advanced"));
  }
  if (look.overlays.has("centers")) sign("centers", t("map.signs.centers"));
  if (look.overlays.has("hubs")) sign("hubs", t("map.signs.hubs"));
  place.replaceChildren(
    ...[
      el("h3", {}, scheme.title),
      el("p", { class: "note" }, scheme.note),
      scheme.id === "cross" ? Onramp.crossLegend(scheme, model) : el("ul", { class: "classes" }, rows),
      signs.length ? el("ul", { class: "classes" }, signs) : null,
      look.overlays.has("reach")
        ? el("p", { class: "note" }, t("map.signs.reach", { km: model.words.number(model.facts.reach_km) }))
        : null,
    ].filter(Boolean),
  );
};

// Two measures at once are read in a square, need upward and the training gap to the right.
Onramp.crossLegend = function (scheme, model) {
  const el = Onramp.element,
    { t } = model.words;
  const rows = [2, 1, 0].map((need) =>
    el(
      "tr",
      {},
      el("th", { scope: "row" }, t("map.legend.steps." + need)),
      [0, 1, 2].map((gap) => {
        const kind = scheme.classes.find((one) => one.cell && one.cell[0] === need && one.cell[1] === gap);
        return el("td", {}, Onramp.swatch(kind), el("span", { class: "unseen" }, kind.label));
      }),
    ),
  );
  const heads = [0, 1, 2].map((gap) => el("th", { scope: "col" }, t("map.legend.steps." + gap)));
  const unknown = scheme.classes[scheme.classes.length - 1];
  return el(
    "div",
    {},
    el(
      "table",
      { class: "cross" },
      el("caption", {}, t("map.legend.cross_caption")),
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, t("map.legend.cross_corner")), heads)),
      el("tbody", {}, rows),
    ),
    el("ul", { class: "classes" }, el("li", {}, Onramp.swatch(unknown), el("span", {}, unknown.label))),
  );
};
