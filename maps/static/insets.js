"use strict";
// Dense cities drawn large beside the state; a press brings the map there.

Onramp.setUpInsets = function (place, model, painter, look, go) {
  const { facts, projector, words } = model,
    el = Onramp.element,
    drawn = [];
  for (const metro of facts.metros) {
    const [west, south, east, north] = metro.box;
    const canvas = el("canvas", { class: "inset", "aria-hidden": "true" });
    const button = el(
      "button",
      { type: "button", on: { click: () => go(L.latLngBounds([south, west], [north, east])) } },
      canvas,
      el("span", {}, el("span", { class: "screen-only" }, words.t("map.inset"), " "), el("bdi", {}, metro.name)),
    );
    place.append(button);
    drawn.push([canvas, [projector.x(west), projector.y(north), projector.x(east), projector.y(south)]]);
  }
  place.hidden = !drawn.length;
  return () => {
    for (const [canvas, box] of drawn) {
      const ratio = look.printing ? 3 : Math.min(window.devicePixelRatio || 1, 2);
      canvas.width = 200 * ratio;
      canvas.height = 160 * ratio;
      painter.paint(
        canvas.getContext("2d"),
        { ...Onramp.fit(box, canvas.width, canvas.height, ratio, 0), small: true },
        look,
      );
    }
  };
};
