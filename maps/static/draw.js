"use strict";
// Drawing the state on any canvas: the map, its insets and the printed sheet all come from here.

Onramp.painter = function (model) {
  const { facts, land, projector } = model;
  const T = facts.tracts;
  const { areas, lines: styles } = Onramp.symbols;
  const cache = {};

  // One path for all tracts of a class: fewer strokes of the pen, the same picture.
  const classPaths = (scheme) =>
    (cache[scheme.id] ??= (() => {
      const paths = scheme.classes.map(() => new Path2D());
      land.tracts.paths.forEach((path, i) => paths[scheme.of[i]].addPath(path));
      return paths;
    })());
  const lines = {
    counties: Onramp.borders(land.tracts, (i) => T.county[i]),
    communities: Onramp.borders(land.tracts, (i) => T.community[i]),
  };

  const paint = (pen, view, look) => {
    const { scale, ratio } = view;
    const px = ratio / scale;
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, pen.canvas.width, pen.canvas.height);
    pen.setTransform(scale, 0, 0, scale, view.x, view.y);
    pen.lineJoin = "round";
    // Background pictures show land and water themselves.
    const bare = view.small || !look.tiles;
    if (bare)
      for (const path of land.state.paths) {
        pen.fillStyle = areas.land.fill;
        pen.fill(path, "evenodd");
      }
    paintTracts(pen, view, look, px, bare);
    pen.fillStyle = areas.water.fill;
    if (bare) for (const path of land.water.paths) pen.fill(path, "evenodd");
    paintLines(pen, view, look, px);
    paintSelection(pen, look, px);
    pen.setTransform(1, 0, 0, 1, 0, 0);
    const taken = [];
    if (!view.small) {
      Onramp.paintPoints(pen, view, look, model, taken);
      Onramp.paintLabels(pen, view, look, model, taken);
    }
  };

  const paintTracts = (pen, view, look, px, bare) => {
    const scheme = look.scheme;
    const near = view.scale / view.ratio > 700;
    classPaths(scheme).forEach((path, k) => {
      const kind = scheme.classes[k];
      pen.globalAlpha = bare ? 1 : 0.75;
      pen.fillStyle = kind.color;
      pen.fill(path, "evenodd");
      // Borders in the color of the fill hide the seams; white ones would erase dense tracts when zoomed out.
      pen.strokeStyle = near ? "#ffffff" : kind.color;
      pen.lineWidth = (near ? 0.9 : 0.7) * px;
      if (bare || near) pen.stroke(path);
      if (kind.pattern) {
        pen.fillStyle = Onramp.patterns.of(pen, kind.pattern, Onramp.inkOn(kind.color), view.scale, view.ratio);
        pen.fill(path, "evenodd");
      }
      pen.globalAlpha = 1;
    });
  };

  const paintLines = (pen, view, look, px) => {
    const thinner = view.small ? 0.6 : 1;
    const stroke = (paths, line) => {
      for (const path of paths) Onramp.stroke(pen, path, line, px, thinner);
    };
    const zoomed = view.scale / view.ratio;
    for (const kind of ["road", "corridor"]) stroke(land[kind].paths, styles[kind]);
    if (look.overlays.has("places") && zoomed > 250) stroke(land.places.paths, styles.place);
    if (look.overlays.has("tribal")) stroke(land.tribal.paths, styles.tribal);
    if (look.overlays.has("counties"))
      stroke(land.counties.paths.length ? land.counties.paths : [lines.counties], styles.county);
    stroke(land.state.paths, styles.state);
    if (look.overlays.has("communities")) stroke([lines.communities], styles.community);
  };

  // A straight line to the training nearest in travel time: a relation, not a route.
  const paintWay = (pen, { kind, index }, px) => {
    const number =
      kind === "tract" ? T.provider[index] : kind === "community" ? facts.communities[index].provider_at : -1;
    const P = facts.points.providers;
    if (number < 0 || P.x[number] === null) return;
    const box = kind === "tract" ? land.tracts.boxes[index] : null,
      at = kind === "community" ? facts.communities[index].at : null;
    if (!box && !at) return;
    const from = box ? [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2] : [projector.x(at[0]), projector.y(at[1])];
    const to = [projector.x(P.x[number] / 1e4), projector.y(P.y[number] / 1e4)];
    const way = new Path2D();
    way.moveTo(from[0], from[1]);
    way.lineTo(to[0], to[1]);
    Onramp.stroke(pen, way, styles.way, px);
    pen.save();
    pen.translate(to[0], to[1]);
    pen.scale(px, px);
    Onramp.stamp(pen, "entry", 0, 0);
    pen.restore();
  };

  const paintSelection = (pen, look, px) => {
    const chosen = look.selection;
    if (!chosen) return;
    const path =
      chosen.kind === "tract"
        ? land.tracts.paths[chosen.index]
        : chosen.kind === "community"
          ? Onramp.borders(land.tracts, (i) => (T.community[i] === chosen.index ? 1 : -1))
          : chosen.kind === "county"
            ? land.counties.paths[chosen.index]
            : chosen.kind === "place"
              ? land.places.paths[chosen.index]
              : chosen.kind === "tribal"
                ? land.tribal.paths[chosen.index]
                : null;
    if (!path) return;
    paintWay(pen, chosen, px);
    Onramp.stroke(pen, path, styles.selected, px);
  };
  return { paint };
};

// Where lon/lat lies on a canvas under a view.
/** @type {(view: View, projector: any, lon: number, lat: number) => [number, number]} */
Onramp.place = function (view, projector, lon, lat) {
  return [projector.x(lon) * view.scale + view.x, projector.y(lat) * view.scale + view.y];
};

// A view that fits a box of map units into a canvas.
/** @type {(box: number[], width: number, height: number, ratio: number, margin?: number) => View} */
Onramp.fit = function (box, width, height, ratio, margin = 0.04) {
  const scale = Math.min(width / (box[2] - box[0] || 1e-6), height / (box[3] - box[1] || 1e-6)) * (1 - 2 * margin);
  return {
    scale,
    ratio,
    x: width / 2 - ((box[0] + box[2]) / 2) * scale,
    y: height / 2 - ((box[1] + box[3]) / 2) * scale,
  };
};
