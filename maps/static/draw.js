"use strict";
// Drawing the state on any canvas: the map, its insets and the printed sheet all come from here.

Onramp.painter = function (model) {
  const { facts, land, words, projector } = model;
  const T = facts.tracts;
  const colors = words.colors;
  const cache = {};

  // One path for all tracts of a class: fewer strokes of the pen, the same picture.
  const classPaths = (scheme) => (cache[scheme.id] ??= (() => {
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
    if (bare) for (const path of land.state.paths) { pen.fillStyle = colors.ground; pen.fill(path, "evenodd"); }
    paintTracts(pen, view, look, px, bare);
    pen.fillStyle = colors.water;
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
      // Borders in the colour of the fill hide the seams; white ones would erase dense tracts when zoomed out.
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
    const stroke = (path, color, width, dash = []) => {
      pen.strokeStyle = color; pen.lineWidth = width * px;
      pen.setLineDash(dash.map((d) => d * px)); pen.stroke(path); pen.setLineDash([]);
    };
    const zoomed = view.scale / view.ratio;
    for (const kind of ["road", "corridor"]) {
      for (const path of land[kind].paths) {
        stroke(path, "rgba(255,255,255,.8)", 2.6);
        stroke(path, kind === "road" ? colors.road : colors.corridor, 1.2);
      }
    }
    if (look.overlays.has("places") && zoomed > 250) for (const path of land.places.paths) stroke(path, colors.place, 0.8, [1, 2]);
    if (look.overlays.has("tribal")) for (const path of land.tribal.paths) stroke(path, colors.tribal, 1.6, [6, 3]);
    if (look.overlays.has("counties")) {
      for (const path of land.counties.paths) stroke(path, colors.county, view.small ? 0.5 : 0.9);
      if (!land.counties.paths.length) stroke(lines.counties, colors.county, 0.9);
    }
    for (const path of land.state.paths) stroke(path, colors.outline, 1.2);
    if (look.overlays.has("communities")) {
      stroke(lines.communities, "rgba(255,255,255,.9)", view.small ? 2 : 3.4);
      stroke(lines.communities, colors.community, view.small ? 1 : 1.7);
    }
  };

  // A straight line to the training nearest in travel time: a relation, not a route.
  const paintWay = (pen, { kind, index }, px) => {
    const number = kind === "tract" ? T.provider[index] : kind === "community" ? facts.communities[index].provider_at : -1;
    const P = facts.points.providers;
    if (number < 0 || P.x[number] === null) return;
    const box = kind === "tract" ? land.tracts.boxes[index] : null, at = kind === "community" ? facts.communities[index].at : null;
    if (!box && !at) return;
    const from = box ? [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2] : [projector.x(at[0]), projector.y(at[1])];
    const to = [projector.x(P.x[number] / 1e4), projector.y(P.y[number] / 1e4)];
    for (const [color, width] of [["rgba(255,255,255,.9)", 4], [colors.points.entry, 2]]) {
      pen.beginPath(); pen.moveTo(...from); pen.lineTo(...to);
      pen.strokeStyle = color; pen.lineWidth = width * px; pen.setLineDash(width === 2 ? [7 * px, 5 * px] : []); pen.stroke();
    }
    pen.setLineDash([]);
    pen.beginPath(); pen.rect(to[0] - 6 * px, to[1] - 6 * px, 12 * px, 12 * px);
    pen.fillStyle = colors.points.entry; pen.fill(); pen.strokeStyle = "#ffffff"; pen.lineWidth = 2 * px; pen.stroke();
  };

  const paintSelection = (pen, look, px) => {
    const chosen = look.selection;
    if (!chosen) return;
    const path = chosen.kind === "tract" ? land.tracts.paths[chosen.index]
      : chosen.kind === "community" ? Onramp.borders(land.tracts, (i) => (T.community[i] === chosen.index ? 1 : -1))
      : chosen.kind === "county" ? land.counties.paths[chosen.index]
      : chosen.kind === "place" ? land.places.paths[chosen.index]
      : chosen.kind === "tribal" ? land.tribal.paths[chosen.index] : null;
    if (!path) return;
    paintWay(pen, chosen, px);
    for (const [color, width] of [["#ffffff", 6], [colors.selected, 3]]) {
      pen.strokeStyle = color; pen.lineWidth = width * px; pen.stroke(path);
    }
  };
  return { paint };
};

// Where lon/lat lies on a canvas under a view.
Onramp.place = function (view, projector, lon, lat) {
  return [projector.x(lon) * view.scale + view.x, projector.y(lat) * view.scale + view.y];
};

// A view that fits a box of map units into a canvas.
Onramp.fit = function (box, width, height, ratio, margin = 0.04) {
  const scale = Math.min(width / (box[2] - box[0] || 1e-6), height / (box[3] - box[1] || 1e-6)) * (1 - 2 * margin);
  return { scale, ratio, x: width / 2 - ((box[0] + box[2]) / 2) * scale, y: height / 2 - ((box[1] + box[3]) / 2) * scale };
};
