"use strict";
// Points and names: each kind of point has its own shape, names never cover each other.

// A mark of the symbols at a place of the canvas; `r` is its radius, its own where none is given.
/** @type {(pen: CanvasRenderingContext2D, kind: string, x: number, y: number, r?: number) => void} */
Onramp.stamp = function (pen, kind, x, y, r) {
  const mark = Onramp.symbols.marks[kind],
    far = r ?? mark.radius;
  const shape = new Path2D();
  Onramp.symbols.shapes[mark.shape].forEach(([right, down], k) =>
    shape[k ? "lineTo" : "moveTo"](x + right * far, y + down * far),
  );
  shape.closePath();
  pen.lineJoin = "miter";
  pen.lineWidth = mark.casing;
  pen.strokeStyle = Onramp.symbols.casing;
  pen.stroke(shape);
  pen.fillStyle = mark.fill;
  pen.fill(shape);
  pen.lineWidth = mark.edge_width;
  pen.strokeStyle = mark.edge;
  pen.stroke(shape);
};

// Which points are to be seen now, each with its kind, index, place and size.
Onramp.visiblePoints = function (model, look) {
  const P = model.facts.points,
    marks = Onramp.symbols.marks,
    shown = [];
  const add = (kind, list, i, symbol = kind, r = marks[symbol].radius) => {
    if (list.x[i] !== null && list.y[i] !== null)
      shown.push({ kind, index: i, lon: list.x[i] / 1e4, lat: list.y[i] / 1e4, r, symbol });
  };
  if (look.overlays.has("sites"))
    P.sites.id.forEach((_, i) => {
      if (look.quarter && P.sites.quarter[i] !== look.quarter) return;
      const units = Object.values(P.sites.units).reduce((sum, counts) => sum + (counts[i] || 0), 0);
      add("sites", P.sites, i, "sites", marks.sites.radius - 1 + Math.min(6, Math.sqrt(units || 4)));
    });
  if (look.overlays.has("providers"))
    P.providers.id.forEach((_, i) => add("providers", P.providers, i, P.providers.stage[i] ? "entry" : "advanced"));
  if (look.overlays.has("centers")) P.centers.id.forEach((_, i) => add("centers", P.centers, i));
  if (look.overlays.has("hubs"))
    P.hubs.p.forEach((p, i) => {
      if (p === look.hubs) add("hubs", P.hubs, i);
    });
  return shown;
};

Onramp.paintPoints = function (pen, view, look, model, taken) {
  const { badge } = Onramp.symbols,
    ratio = view.ratio;
  const inside = (x, y) => x > -20 && y > -20 && x < pen.canvas.width + 20 && y < pen.canvas.height + 20;
  if (look.overlays.has("reach")) Onramp.paintReach(pen, view, look, model);
  for (const point of Onramp.visiblePoints(model, look)) {
    const [x, y] = Onramp.place(view, model.projector, point.lon, point.lat);
    if (!inside(x, y)) continue;
    pen.save();
    pen.translate(x, y);
    pen.scale(ratio, ratio);
    Onramp.stamp(pen, point.symbol, 0, 0, point.r);
    pen.restore();
  }
  if (!look.overlays.has("communities")) return;
  model.facts.communities.forEach((community, index) => {
    if (!community.at || community.rank === null || (index >= 10 && view.scale / ratio < 900)) return;
    const [x, y] = Onramp.place(view, model.projector, community.at[0], community.at[1]);
    if (!inside(x, y)) return;
    const r = badge.radius * ratio,
      box = [x - r, y - r, x + r, y + r];
    if (taken.some((other) => Onramp.overlap(box, other))) return;
    taken.push(box);
    pen.beginPath();
    pen.arc(x, y, r, 0, 7);
    pen.fillStyle = Onramp.symbols.casing;
    pen.fill();
    pen.lineWidth = badge.ring * ratio;
    pen.strokeStyle = badge.ink;
    pen.stroke();
    pen.fillStyle = badge.ink;
    pen.font = "600 " + badge.letters * ratio + "px " + Onramp.font;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.fillText(String(community.rank), x, y + 0.5 * ratio);
  });
};

// Circles of the farthest travel around entry providers: an approximation by straight distance, labeled as one.
Onramp.paintReach = function (pen, view, look, model) {
  const P = model.facts.points.providers,
    km = model.facts.reach_km;
  P.id.forEach((_, i) => {
    if (!P.stage[i] || P.x[i] === null) return;
    const lat = P.y[i] / 1e4,
      [x, y] = Onramp.place(view, model.projector, P.x[i] / 1e4, lat);
    const r = ((km / 40075) * 256 * view.scale) / Math.cos((lat * Math.PI) / 180);
    const circle = new Path2D();
    circle.arc(x, y, r, 0, 7);
    Onramp.stroke(pen, circle, Onramp.symbols.lines.reach, view.ratio);
  });
};

Onramp.font = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';
Onramp.overlap = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];

// A long name stands in two lines, parted at the blank nearest its middle; one longer than that is cut.
Onramp.labelLines = function (text, most = 24) {
  const cut = (part) => (part.length > most + 10 ? part.slice(0, most + 9) + "\u2026" : part);
  const blanks = [...text.matchAll(/ /g)].map((found) => found.index);
  if (text.length <= most || !blanks.length) return [cut(text)];
  const middle = blanks.reduce((a, b) => (Math.abs(b - text.length / 2) < Math.abs(a - text.length / 2) ? b : a));
  return [cut(text.slice(0, middle)), cut(text.slice(middle + 1))];
};

Onramp.paintLabels = function (pen, view, look, model, taken) {
  const { land } = model,
    ratio = view.ratio,
    zoomed = view.scale / ratio;
  const wanted = [];
  const offer = (layer, style, i, weight) => {
    const box = layer.boxes[i];
    if (!box || !layer.names[i]) return;
    const wide = (box[2] - box[0]) * zoomed;
    wanted.push({
      text: layer.names[i],
      x: ((box[0] + box[2]) / 2) * view.scale + view.x,
      y: ((box[1] + box[3]) / 2) * view.scale + view.y,
      style,
      weight,
      wide,
    });
  };
  if (look.overlays.has("places"))
    land.places.names.forEach((_, i) => offer(land.places, "place", i, 1e6 + land.places.people[i]));
  if (look.overlays.has("tribal")) land.tribal.names.forEach((_, i) => offer(land.tribal, "tribal", i, 5e5));
  if (look.overlays.has("counties")) land.counties.names.forEach((_, i) => offer(land.counties, "county", i, 1e5));
  land.water.names.forEach((_, i) => offer(land.water, "water", i, 1e3));
  wanted.sort((a, b) => b.weight - a.weight);
  const said = new Set();
  for (const label of wanted) {
    if (said.has(label.style + label.text)) continue;
    if (label.style !== "place" && label.wide < 46) continue;
    if (label.x < 0 || label.y < 0 || label.x > pen.canvas.width || label.y > pen.canvas.height) continue;
    const letters = Onramp.symbols.labels[label.style];
    pen.font = letters.weight + " " + letters.size * ratio + "px " + Onramp.font;
    const lines = Onramp.labelLines(label.text),
      step = letters.size * 1.15 * ratio;
    const wide = Math.max(...lines.map((line) => pen.measureText(line).width)) / 2 + 3 * ratio;
    const high = 8 * ratio + (step * (lines.length - 1)) / 2;
    // Where its own place is taken, a name may stand a little below or above it.
    const boxAt = (down) => [label.x - wide, label.y - high + down, label.x + wide, label.y + high + down];
    const down = [0, 18 * ratio, -18 * ratio].find(
      (away) => !taken.some((other) => Onramp.overlap(boxAt(away), other)),
    );
    if (down === undefined) continue;
    label.y += down;
    taken.push(boxAt(0));
    said.add(label.style + label.text);
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.lineJoin = "round";
    pen.lineWidth = 3.2 * ratio;
    pen.strokeStyle = "rgba(255,255,255,.92)";
    pen.fillStyle = letters.color;
    const rowAt = (k) => label.y + step * (k - (lines.length - 1) / 2);
    lines.forEach((line, k) => pen.strokeText(line, label.x, rowAt(k)));
    lines.forEach((line, k) => pen.fillText(line, label.x, rowAt(k)));
  }
};
