"use strict";
// Patterns that carry meaning without color: the same on the map, in the legend and on paper.

Onramp.patterns = (function () {
  /** @type {Record<string, HTMLCanvasElement>} */
  const made = {};
  /** @type {(kind: string, ink: string, ratio: number) => HTMLCanvasElement} */
  const tile = (kind, ink, ratio) => {
    const { strokes, width, dot } = Onramp.symbols.patterns[kind],
      size = Onramp.symbols.pattern_side * ratio;
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = size;
    const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    pen.strokeStyle = pen.fillStyle = ink;
    pen.lineWidth = ratio * width;
    for (const [x1, y1, x2, y2] of strokes) {
      pen.beginPath();
      pen.moveTo(x1 * ratio, y1 * ratio);
      pen.lineTo(x2 * ratio, y2 * ratio);
      pen.stroke();
    }
    if (dot) {
      pen.beginPath();
      pen.arc(size / 2, size / 2, ratio * dot, 0, 7);
      pen.fill();
    }
    return canvas;
  };
  // A canvas pattern that keeps its size on the screen whatever the drawing's scale.
  /** @type {(pen: CanvasRenderingContext2D, kind: string, ink: string, scale: number, ratio: number) => CanvasPattern} */
  const of = (pen, kind, ink, scale, ratio) => {
    const key = kind + ink + ratio;
    made[key] ??= tile(kind, ink, ratio);
    const pattern = /** @type {CanvasPattern} */ (pen.createPattern(made[key], "repeat"));
    pattern.setTransform(new DOMMatrix().scale(1 / scale));
    return pattern;
  };
  return { of };
})();

// Dark or white, whichever stands out from a #rrggbb color (relative luminance of WCAG 2).
/** @type {(color: string) => string} */
Onramp.inkOn = function (color) {
  const [r, g, b] = [1, 3, 5]
    .map((k) => parseInt(color.slice(k, k + 2), 16) / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
  const ink = Onramp.symbols.pattern_ink;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > ink.light_fill ? ink.on_light : ink.on_dark;
};

// A class of a legend that looks as one of the symbols' areas.
/** @type {(kind: string, label: string) => LegendClass} */
Onramp.areaClass = function (kind, label) {
  const { fill, pattern } = Onramp.symbols.areas[kind];
  return { color: fill, pattern, label };
};

// A path drawn as one of the symbols' lines, its casing first; `px` is a CSS pixel in the pen's units.
/** @type {(pen: CanvasRenderingContext2D, path: Path2D, line: SymbolLine, px: number, thinner?: number) => void} */
Onramp.stroke = function (pen, path, line, px, thinner = 1) {
  pen.setLineDash([]);
  if (line.casing) {
    pen.strokeStyle = Onramp.symbols.casing;
    pen.lineWidth = line.casing * px * thinner;
    pen.stroke(path);
  }
  pen.strokeStyle = line.color;
  pen.lineWidth = line.width * px * thinner;
  pen.setLineDash(line.dash.map((part) => part * px));
  pen.stroke(path);
  pen.setLineDash([]);
};
