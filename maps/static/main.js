"use strict";
// The map page comes to life: what is chosen, shown and linked to.

Onramp.start = async function (map) {
  const { byId } = Onramp;
  const settings = JSON.parse(byId("map-settings").textContent);
  const words = Onramp.words("map-words");
  const facts = await Onramp.readFacts("map-facts");
  const projector = Onramp.projector(facts.bounds);
  const land = Onramp.decodeLand(await Onramp.readBlock("map-land"), facts.layers, facts.step, projector);
  const T = facts.tracts;
  for (const community of facts.communities) community.name = words.community(community);
  const model = {
    facts,
    land,
    words,
    projector,
    tiers: settings.tiers,
    top: settings.top,
    tier_means: settings.tier_means,
    weight_sets: settings.weight_sets,
    pages: settings.pages,
    listed: T.rank.reduce((most, rank) => Math.max(most, rank || 0), 0),
  };
  facts.reach_km = settings.reach_km;
  const schemes = Onramp.schemes(facts, words);
  /** @type {Look} */
  const look = {
    scheme: schemes[0],
    overlays: new Set(["counties", "places", "tribal", "communities"]),
    hubs: facts.points.hubs.recommended,
    quarter: "",
    selection: null,
    tiles: false,
  };
  // OpenStreetMap's server refuses pages opened from a disk, so these do not ask it.
  if (settings.tiles && location.protocol !== "file:") {
    look.tiles = true;
    L.tileLayer(settings.tiles.address, { attribution: settings.tiles.attribution, maxZoom: 19 }).addTo(map);
  }
  model.cards = Onramp.cards(model);
  const painter = Onramp.painter(model);
  const layer = Onramp.makeLayer(painter, projector, look);
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  // The frame takes the state's shape, within what a screen can show at once.
  const shape =
    (projector.y(facts.bounds[1]) - projector.y(facts.bounds[3])) /
    (projector.x(facts.bounds[2]) - projector.x(facts.bounds[0]) || 1);
  const frame = map.getContainer();
  frame.style.height =
    Math.round(Math.max(320, Math.min(frame.clientWidth * shape + 24, window.innerHeight * 0.8, 720))) + "px";
  map.invalidateSize({ animate: false });
  const home = L.latLngBounds([facts.bounds[1], facts.bounds[0]], [facts.bounds[3], facts.bounds[2]]);
  map.fitBounds(home, { animate: false });
  map.setMaxBounds(home.pad(1));
  layer.addTo(map);
  const still = Onramp.takeEveryMove(map);
  const insets = Onramp.setUpInsets(byId("insets"), model, painter, look, (box) =>
    map.fitBounds(box, { animate: !calm }),
  );
  const refresh = () => {
    layer.redraw();
    insets();
    Onramp.drawLegend(byId("legend"), look, model);
  };

  // What is chosen, and its card.
  const boxOf = ({ kind, index }) => {
    const layerOf = { tract: land.tracts, county: land.counties, place: land.places, tribal: land.tribal }[kind];
    if (layerOf && layerOf.boxes[index]) return layerOf.boxes[index];
    const lost = kind === "tract" && T.unplaced[index];
    if (lost) {
      const x = projector.x(lost[0]),
        y = projector.y(lost[1]);
      return [x - 0.02, y - 0.02, x + 0.02, y + 0.02];
    }
    if (layerOf) return null;
    const spot = kind === "community" ? null : facts.points[kind];
    if (spot) {
      const x = projector.x(spot.x[index] / 1e4),
        y = projector.y(spot.y[index] / 1e4);
      return [x - 0.02, y - 0.02, x + 0.02, y + 0.02];
    }
    return T.community.reduce((box, of, i) => {
      const other = of === index ? land.tracts.boxes[i] : null;
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
  };
  const latLngs = (box) => {
    const back = (x, y) => L.CRS.EPSG3857.pointToLatLng(L.point(x + projector.originX, y + projector.originY), 0);
    return L.latLngBounds(back(box[0], box[3]), back(box[2], box[1]));
  };
  const overlayOf = { sites: "sites", providers: "providers", centers: "centers", hubs: "hubs" };
  model.select = (selection, move = false, focus = true) => {
    look.selection = selection;
    const card = byId("card");
    card.parentElement.classList.toggle("nothing", !selection);
    if (!selection) {
      card.replaceChildren(...model.cards.start().filter(Boolean));
      byId("card-nav").hidden = true;
    } else {
      const over = overlayOf[selection.kind];
      if (over && !look.overlays.has(over)) {
        look.overlays.add(over);
        syncControls();
      }
      card.replaceChildren(...model.cards.make[selection.kind](selection.index).flat().filter(Boolean));
      byId("card-nav").hidden = !["tract", "community"].includes(selection.kind);
      const box = move ? boxOf(selection) : null;
      if (box) map.fitBounds(latLngs(box).pad(0.6), { animate: !calm, maxZoom: 12 });
      if (focus) {
        const head = card.querySelector("h3");
        if (head) head.focus({ preventScroll: !move });
      }
    }
    refresh();
    Onramp.writeLink(look, facts, model.cards);
  };

  // Previous and next in rank: every ranked place is reached without a mouse.
  const orders = {
    community: facts.communities.map((c, i) => i),
    tract: T.rank
      .map((rank, i) => [rank, i])
      .filter(([rank]) => rank !== null)
      .sort((a, b) => a[0] - b[0])
      .map(([, i]) => i),
  };
  const step = (by) => {
    const kind = look.selection && look.selection.kind === "tract" ? "tract" : "community",
      order = orders[kind];
    if (!order.length) return;
    const at = look.selection && look.selection.kind === kind ? order.indexOf(look.selection.index) : -1;
    const to = at < 0 ? (by > 0 ? 0 : order.length - 1) : (at + by + order.length) % order.length;
    model.select({ kind, index: order[to] }, true);
  };
  byId("previous").addEventListener("click", () => step(-1));
  byId("next").addEventListener("click", () => step(1));
  byId("first").addEventListener("click", () =>
    model.select(
      {
        kind: orders.community.length ? "community" : "tract",
        index: (orders.community.length ? orders.community : orders.tract)[0],
      },
      true,
    ),
  );
  byId("whole").addEventListener("click", () => {
    model.select(null);
    map.fitBounds(home, { animate: !calm });
  });

  // Controls.
  const layerChoice = byId("layer");
  layerChoice.replaceChildren(...schemes.map((scheme) => Onramp.element("option", { value: scheme.id }, scheme.title)));
  const known = new Set(facts.points.sites.quarter);
  const quarters = byId("quarter");
  quarters.replaceChildren(
    ...["", ...[...known].sort()].map((code) =>
      Onramp.element("option", { value: code }, code ? words.quarter(code) : words.t("map.controls.all_quarters")),
    ),
  );
  const hubs = byId("hub-count");
  const counts = [...new Set(facts.points.hubs.p)].sort((a, b) => a - b);
  hubs.replaceChildren(...counts.map((p) => Onramp.element("option", { value: p }, words.number(p))));
  if (!counts.includes(look.hubs)) look.hubs = counts[0] ?? 0;
  const boxes = Onramp.overlayBoxes();
  const syncControls = () => {
    layerChoice.value = look.scheme.id;
    quarters.value = look.quarter;
    hubs.value = String(look.hubs);
    boxes.forEach((box) => {
      box.checked = look.overlays.has(box.dataset.overlay);
    });
  };
  const changed = () => {
    refresh();
    Onramp.writeLink(look, facts, model.cards);
  };
  layerChoice.addEventListener("change", () => {
    look.scheme = schemes.find((scheme) => scheme.id === layerChoice.value);
    changed();
  });
  quarters.addEventListener("change", () => {
    look.quarter = quarters.value;
    look.overlays.add("sites");
    syncControls();
    changed();
  });
  hubs.addEventListener("change", () => {
    look.hubs = Number(hubs.value);
    look.overlays.add("hubs");
    syncControls();
    changed();
  });
  boxes.forEach((box) =>
    box.addEventListener("change", () => {
      look.overlays[box.checked ? "add" : "delete"](box.dataset.overlay);
      changed();
    }),
  );
  Onramp.setUpSearch(
    byId("search"),
    byId("found"),
    byId("found-status"),
    Onramp.searchIndex(model),
    ({ kind, index }) => model.select({ kind, index }, true),
    words,
  );

  // Pointer and keyboard on the map itself.
  const pen = () => layer._canvas.getContext("2d");
  map.on("click", (event) => {
    const hit = Onramp.hit(model, look, layer.view, pen(), layer.pixel(event.containerPoint));
    if (hit) model.select(hit, false, false);
  });
  map.getContainer().addEventListener("keydown", (event) => {
    if (event.target !== map.getContainer()) return;
    if (event.key === "Enter") {
      const hit = Onramp.hit(model, look, layer.view, pen(), layer.pixel(map.getSize().divideBy(2)));
      if (hit) model.select(hit);
    }
  });

  const follow = () => Onramp.readLink(look, facts, schemes, model, syncControls);
  window.addEventListener("hashchange", follow);
  Onramp.setUpPrint(map, layer, look, home, shape);
  syncControls();
  if (!follow()) model.select(null);
  refresh();
  Onramp.page = { map, layer, look, model, home, still };
  document.documentElement.dataset.ready = "yes";
  performance.mark("onramp-ready");
};
