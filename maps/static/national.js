"use strict";
// The nation by county: where in each state the people are whom its list puts first, leading to the state's pages.

Onramp.nationalPainter = function (model, scheme) {
  const { land, facts } = model,
    lines = Onramp.symbols.lines;
  const paths = scheme.classes.map(() => new Path2D());
  land.counties.paths.forEach((path, i) => paths[scheme.of[i]].addPath(path));
  const states = Onramp.borders(land.counties, (i) => facts.counties.state[i]);
  return {
    paint(pen, view, look) {
      const px = view.ratio / view.scale;
      pen.setTransform(1, 0, 0, 1, 0, 0);
      pen.clearRect(0, 0, pen.canvas.width, pen.canvas.height);
      pen.setTransform(view.scale, 0, 0, view.scale, view.x, view.y);
      scheme.classes.forEach((kind, k) => {
        pen.fillStyle = pen.strokeStyle = kind.color;
        pen.lineWidth = 0.6 * px;
        pen.fill(paths[k], "evenodd");
        pen.stroke(paths[k]);
        if (kind.pattern) {
          pen.fillStyle = Onramp.patterns.of(pen, kind.pattern, Onramp.inkOn(kind.color), view.scale, view.ratio);
          pen.fill(paths[k], "evenodd");
        }
      });
      for (const path of paths) Onramp.stroke(pen, path, lines.tract, px);
      Onramp.stroke(pen, states, { ...lines.state, casing: 2 * lines.state.width }, px);
      const chosen = look.selection;
      if (chosen) {
        const path =
          chosen.kind === "county"
            ? land.counties.paths[chosen.index]
            : Onramp.borders(land.counties, (i) => (facts.counties.state[i] === chosen.index ? 1 : -1));
        Onramp.stroke(pen, path, lines.selected, px);
      }
      pen.setTransform(1, 0, 0, 1, 0, 0);
    },
  };
};

Onramp.nationalScheme = function (facts, words) {
  const { t, percent, colors } = words,
    C = facts.counties,
    edges = facts.edges;
  const label = (k) =>
    k === 0
      ? t("map.legend.below", { high: percent(edges[0]) })
      : k === edges.length
        ? t("map.legend.from", { low: percent(edges[k - 1]) })
        : t("map.legend.between", { low: percent(edges[k - 1]), high: percent(edges[k]) });
  const of = (i) => {
    // A county whose adults are known and whose first tracts are not says nothing of a share.
    if (!C.adults[i] || C.first[i] === null) return edges.length + 2;
    if (!C.first[i]) return edges.length + 1;
    const share = (100 * C.first[i]) / C.adults[i];
    return edges.length - edges.filter((edge) => share >= edge).length;
  };
  return {
    id: "national",
    title: t("site.national.map"),
    note: t("site.national.note"),
    of: Uint8Array.from(C.id, (_, i) => of(i)),
    classes: [
      ...edges
        .map((_, k) => k)
        .concat(edges.length)
        .reverse()
        .map((k) => ({ color: colors.pillar[k], label: label(k) })),
      Onramp.areaClass("unlisted", t("site.national.none")),
      Onramp.areaClass("unknown", t("map.legend.unknown")),
    ],
  };
};

Onramp.startNation = async function (map) {
  const { byId } = Onramp,
    el = Onramp.element;
  const words = Onramp.words("map-words"),
    { t, about, number, percent } = words;
  const facts = await Onramp.readFacts("map-facts");
  const projector = Onramp.projector(facts.bounds);
  const land = Onramp.decodeLand(await Onramp.readBlock("map-land"), facts.layers, facts.step, projector);
  const model = { facts, land, words, projector },
    C = facts.counties,
    S = facts.states;
  /** @type {Look} */
  const look = { scheme: Onramp.nationalScheme(facts, words), overlays: new Set(), selection: null };
  const layer = Onramp.makeLayer(Onramp.nationalPainter(model, look.scheme), projector, look);
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const home = L.latLngBounds([facts.home[1], facts.home[0]], [facts.home[3], facts.home[2]]);
  const frame = map.getContainer();
  frame.style.height =
    Math.round(Math.max(300, Math.min(frame.clientWidth * 0.62, window.innerHeight * 0.8, 700))) + "px";
  map.invalidateSize({ animate: false });
  map.fitBounds(home, { animate: false });
  layer.addTo(map);
  const still = Onramp.takeEveryMove(map);
  Onramp.drawLegend(byId("legend"), look, model);

  const boxOf = ({ kind, index }) =>
    kind === "county"
      ? land.counties.boxes[index]
      : C.state.reduce((box, of, i) => {
          const other = of === index ? land.counties.boxes[i] : null;
          return !other
            ? box
            : !box
              ? [...other]
              : [
                  Math.min(box[0], other[0]),
                  Math.min(box[1], other[1]),
                  Math.max(box[2], other[2]),
                  Math.max(box[3], other[3]),
                ];
        }, null);
  const back = (x, y) => L.CRS.EPSG3857.pointToLatLng(L.point(x + projector.originX, y + projector.originY), 0);
  const cards = {
    county: (i) => [
      el("h3", { tabindex: "-1" }, el("bdi", {}, C.name[i])),
      el("p", { class: "sub" }, S[C.state[i]].name),
      !C.adults[i] || C.first[i] === null
        ? null
        : el(
            "p",
            {},
            t("site.national.card", {
              first: about(C.first[i]),
              adults: about(C.adults[i]),
              share: percent((100 * C.first[i]) / C.adults[i]),
            }),
          ),
      el("p", {}, t("site.national.tracts", { n: number(C.gated[i]), of: number(C.tracts[i]) })),
      el("p", {}, el("a", { href: S[C.state[i]].county.replace("{county}", C.id[i]) }, t("site.national.open_county"))),
    ],
    state: (i) => [
      el("h3", { tabindex: "-1" }, S[i].name),
      el("p", {}, t("site.community_word", { n: number(S[i].communities) })),
      S[i].first ? el("p", {}, t("site.national.state.first") + ": ", el("bdi", {}, S[i].first)) : null,
      el("p", {}, el("a", { href: S[i].href }, t("site.national.open_state"))),
    ],
  };
  const select = (selection, move) => {
    look.selection = selection;
    byId("card").replaceChildren(...cards[selection.kind](selection.index).filter(Boolean));
    const box = move && boxOf(selection);
    if (box)
      map.fitBounds(L.latLngBounds(back(box[0], box[3]), back(box[2], box[1])).pad(0.3), {
        animate: !calm,
        maxZoom: 9,
      });
    if (move) byId("card").querySelector("h3").focus({ preventScroll: true });
    layer.redraw();
  };
  byId("card").replaceChildren(el("p", {}, t("site.national.choose")));
  const entries = [
    ...S.map((state, index) => ({ kind: "state", index, text: state.name })),
    ...C.name.map((name, index) => ({ kind: "county", index, text: name + ", " + S[C.state[index]].name })),
  ].map((entry) => ({ ...entry, folded: Onramp.folded(entry.text) }));
  const find = (asked) => {
    const wanted = Onramp.folded(asked.trim());
    return !wanted
      ? []
      : entries
          .filter((entry) => entry.folded.includes(wanted))
          .sort((a, b) => b.folded.startsWith(wanted) - a.folded.startsWith(wanted))
          .slice(0, 12);
  };
  Onramp.setUpSearch(
    byId("search"),
    byId("found"),
    byId("found-status"),
    find,
    ({ kind, index }) => select({ kind, index }, true),
    words,
  );
  byId("whole").addEventListener("click", () => map.fitBounds(home, { animate: !calm }));
  const at = (point) =>
    Onramp.shapeAt(land.counties, layer.view, layer._canvas.getContext("2d"), ...layer.pixel(point));
  map.on("click", (event) => {
    const index = at(event.containerPoint);
    if (index !== null) select({ kind: "county", index }, false);
  });
  frame.addEventListener("keydown", (event) => {
    if (event.target !== frame || event.key !== "Enter") return;
    const index = at(map.getSize().divideBy(2));
    if (index !== null) select({ kind: "county", index }, true);
  });
  Onramp.setUpPrint(map, layer, look, home, 0.62);
  Onramp.page = { map, layer, look, model, home, select, still };
  document.documentElement.dataset.ready = "yes";
  performance.mark("onramp-ready");
};
