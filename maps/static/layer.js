"use strict";
// One canvas inside Leaflet that shows the state; it moves and zooms with the map.

/** @type {(painter: {paint: (pen: CanvasRenderingContext2D, view: View, look: Look) => void}, projector: any, look: Look) => any} */
Onramp.makeLayer = function (painter, projector, look) {
  const Layer = L.Layer.extend({
    onAdd(map) {
      this._canvas = L.DomUtil.create("canvas", "onramp-canvas leaflet-zoom-animated");
      this._canvas.setAttribute("aria-hidden", "true");
      map.getPane("overlayPane").appendChild(this._canvas);
      this.redraw();
    },
    onRemove() {
      this._canvas.remove();
    },
    getEvents() {
      return { moveend: this.redraw, resize: this.redraw, zoomanim: this._zoom };
    },
    redraw() {
      const map = this._map;
      if (!map) return;
      const size = map.getSize(),
        pad = size.multiplyBy(0.15).round();
      const ratio = Math.min(look.printing ? 3 : window.devicePixelRatio || 1, 3);
      const corner = map.containerPointToLayerPoint(pad.multiplyBy(-1)).round();
      const wide = size.x + 2 * pad.x,
        high = size.y + 2 * pad.y;
      L.DomUtil.setPosition(this._canvas, corner);
      this._canvas.width = wide * ratio;
      this._canvas.height = high * ratio;
      this._canvas.style.width = wide + "px";
      this._canvas.style.height = high + "px";
      const world = map.getPixelOrigin().add(corner),
        scale = map.getZoomScale(map.getZoom(), 0);
      this.view = {
        scale: scale * ratio,
        ratio,
        x: (projector.originX * scale - world.x) * ratio,
        y: (projector.originY * scale - world.y) * ratio,
      };
      this._drawnZoom = map.getZoom();
      this._northWest = map.layerPointToLatLng(corner);
      this._pad = pad;
      painter.paint(this._canvas.getContext("2d"), this.view, look);
    },
    _zoom(event) {
      const map = this._map;
      L.DomUtil.setTransform(
        this._canvas,
        map._latLngToNewLayerPoint(this._northWest, event.zoom, event.center),
        map.getZoomScale(event.zoom, this._drawnZoom),
      );
    },
    // The canvas pixel under a point of the map's container.
    pixel(point) {
      return [(point.x + this._pad.x) * this.view.ratio, (point.y + this._pad.y) * this.view.ratio];
    },
  });
  return new Layer();
};

// What lies under a canvas pixel: a point within reach of a finger, else the tract.
/** @type {(model: any, look: Look, view: View, pen: CanvasRenderingContext2D, at: number[]) => Chosen | null} */
Onramp.hit = function (model, look, view, pen, [x, y]) {
  /** @type {Chosen | null} */
  let best = null;
  let least = 14 * view.ratio;
  for (const point of Onramp.visiblePoints(model, look)) {
    const [px, py] = Onramp.place(view, model.projector, point.lon, point.lat);
    const away = Math.hypot(px - x, py - y);
    if (away < least) {
      least = away;
      best = { kind: point.kind, index: point.index };
    }
  }
  if (best) return best;
  const index = Onramp.shapeAt(model.land.tracts, view, pen, x, y);
  return index === null ? null : { kind: "tract", index };
};

// The shape of a layer under a canvas pixel, or null.
/** @type {(layer: Layer, view: View, pen: CanvasRenderingContext2D, x: number, y: number) => number | null} */
Onramp.shapeAt = function (layer, view, pen, x, y) {
  const mapX = (x - view.x) / view.scale,
    mapY = (y - view.y) / view.scale;
  pen.save();
  pen.setTransform(1, 0, 0, 1, 0, 0);
  const found = layer.boxes.findIndex(
    (box, i) =>
      box &&
      mapX >= box[0] &&
      mapX <= box[2] &&
      mapY >= box[1] &&
      mapY <= box[3] &&
      pen.isPointInPath(layer.paths[i], mapX, mapY, "evenodd"),
  );
  pen.restore();
  return found < 0 ? null : found;
};
