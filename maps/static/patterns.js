"use strict";
// Patterns that carry meaning without colour: the same on the map, in the legend and on paper.

Onramp.patterns = (function () {
  const made = {};
  const tile = (kind, ink, ratio) => {
    const size = 6 * ratio;
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = size;
    const pen = canvas.getContext("2d");
    pen.strokeStyle = pen.fillStyle = ink;
    pen.lineWidth = ratio * (kind === "cross" ? 0.9 : 1.3);
    const line = (x1, y1, x2, y2) => { pen.beginPath(); pen.moveTo(x1, y1); pen.lineTo(x2, y2); pen.stroke(); };
    if (kind === "lines" || kind === "cross") for (const d of [-size, 0, size]) line(d - 1, size + 1, d + size + 1, -1);
    if (kind === "back" || kind === "cross") for (const d of [-size, 0, size]) line(d - 1, -1, d + size + 1, size + 1);
    if (kind === "dots") { pen.beginPath(); pen.arc(size / 2, size / 2, ratio * 1.1, 0, 7); pen.fill(); }
    return canvas;
  };
  // A canvas pattern that keeps its size on the screen whatever the drawing's scale.
  const of = (pen, kind, ink, scale, ratio) => {
    const key = kind + ink + ratio;
    made[key] ??= tile(kind, ink, ratio);
    const pattern = pen.createPattern(made[key], "repeat");
    pattern.setTransform(new DOMMatrix().scale(1 / scale));
    return pattern;
  };
  return { of };
})();

// Black or white, whichever stands out from a #rrggbb colour (relative luminance of WCAG 2).
Onramp.inkOn = function (color) {
  const [r, g, b] = [1, 3, 5].map((k) => parseInt(color.slice(k, k + 2), 16) / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.3 ? "rgba(20,30,40,.65)" : "rgba(255,255,255,.75)";
};
