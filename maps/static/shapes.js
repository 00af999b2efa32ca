"use strict";
// Decoding maps/cartography/topology.py: whole-number steps become arcs, arcs become paths in web-Mercator units.

Onramp.projector = function (bounds) {
  const radians = Math.PI / 180;
  const flat = (lat) => 128 - (Math.log(Math.tan(Math.PI / 4 + (lat * radians) / 2)) * 128) / Math.PI;
  const originX = ((bounds[0] + 180) / 360) * 256;
  const originY = flat(bounds[3]);
  const wraps = bounds[0] < -180;
  return {
    originX,
    originY,
    // Units of a 256-pixel world, counted from the state's north-west corner: small enough for the canvas's floats.
    x: (lon) => (((wraps && lon > 0 ? lon - 360 : lon) + 180) / 360) * 256 - originX,
    y: (lat) => flat(lat) - originY,
  };
};

Onramp.decodeLand = function (bytes, layers, step, projector) {
  let at = 0;
  const next = () => {
    let value = 0,
      scale = 1,
      byte;
    do {
      byte = bytes[at++];
      value += (byte & 127) * scale;
      scale *= 128;
    } while (byte > 127);
    return value;
  };
  const signed = () => {
    const value = next();
    return value % 2 ? -(value + 1) / 2 : value / 2;
  };
  const land = {};
  for (const layer of layers) {
    const end = at + layer.size;
    const [nArcs, nShapes, nRings, nRefs] = [next(), next(), next(), next()];
    const sizes = Array.from({ length: nArcs }, next);
    const arcs = new Array(nArcs);
    let beginX = 0,
      beginY = 0;
    for (let a = 0; a < nArcs; a++) {
      const arc = new Float64Array(sizes[a] * 2);
      let x = beginX,
        y = beginY;
      for (let i = 0; i < sizes[a]; i++) {
        x += signed();
        y += signed();
        if (i === 0) {
          beginX = x;
          beginY = y;
        }
        arc[2 * i] = projector.x(x * step);
        arc[2 * i + 1] = projector.y(y * step);
      }
      arcs[a] = arc;
    }
    const ringsOf = Array.from({ length: nShapes }, next);
    const refsOf = Array.from({ length: nRings }, next);
    const refs = new Array(nRefs);
    for (let i = 0, ref = 0; i < nRefs; i++) refs[i] = ref += signed();
    land[layer.name] = Onramp.shapesOf(arcs, ringsOf, refsOf, refs, layer);
    at = end;
  }
  return land;
};

/** @type {(arcs: Float64Array[], ringsOf: number[], refsOf: number[], refs: number[], layer: any) => Layer} */
Onramp.shapesOf = function (arcs, ringsOf, refsOf, refs, layer) {
  const paths = [],
    boxes = [],
    sides = arcs.map(() => /** @type {number[]} */ ([]));
  let ring = 0,
    ref = 0;
  ringsOf.forEach((count, shape) => {
    const path = new Path2D();
    const box = [Infinity, Infinity, -Infinity, -Infinity];
    for (let r = 0; r < count; r++, ring++) {
      let begun = false;
      for (let k = 0; k < refsOf[ring]; k++, ref++) {
        const number = refs[ref] >> 1,
          backwards = refs[ref] & 1,
          arc = arcs[number],
          n = arc.length / 2;
        sides[number].push(shape);
        for (let i = begun ? 1 : 0; i < n; i++) {
          const j = 2 * (backwards ? n - 1 - i : i),
            x = arc[j],
            y = arc[j + 1];
          if (begun) path.lineTo(x, y);
          else {
            path.moveTo(x, y);
            begun = true;
          }
          if (x < box[0]) box[0] = x;
          if (y < box[1]) box[1] = y;
          if (x > box[2]) box[2] = x;
          if (y > box[3]) box[3] = y;
        }
      }
      if (!layer.lines) path.closePath();
    }
    paths.push(path);
    boxes.push(count ? box : null);
  });
  return { paths, boxes, arcs, sides, names: layer.names || [], ids: layer.ids || [], people: layer.people || [] };
};

// The lines between shapes of different groups: `group` gives a shape's group, -1 for none, whose edges are left out.
/** @type {(layer: Layer, group: (shape: number) => number) => Path2D} */
Onramp.borders = function (layer, group) {
  const path = new Path2D();
  layer.arcs.forEach((arc, number) => {
    const [first, second] = layer.sides[number];
    const a = first === undefined ? -1 : group(first),
      b = second === undefined ? -1 : group(second);
    if (a === b) return;
    path.moveTo(arc[0], arc[1]);
    for (let i = 2; i < arc.length; i += 2) path.lineTo(arc[i], arc[i + 1]);
  });
  return path;
};
