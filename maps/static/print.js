"use strict";
// On paper the map takes the width of the sheet and shows what the screen showed, whole, not its crop.

Onramp.setUpPrint = function (map, layer, look, home, shape) {
  /** @type {any} The view to come back to, while the map is on paper. */
  let before = null;
  const container = map.getContainer();
  const enter = () => {
    if (before) return;
    const whole = map.getBounds().contains(home);
    before = {
      center: map.getCenter(),
      zoom: map.getZoom(),
      bounds: whole ? home : map.getBounds(),
      shape: whole ? shape : 0,
    };
    look.printing = true;
    container.classList.add("on-paper");
    // The sheet's width is known (map.css), so the state's shape gives the height, up to most of a page.
    const box = map.getSize();
    before.height = container.style.height;
    container.style.height = Math.round(Math.min(container.clientWidth * (before.shape || box.y / box.x), 800)) + "px";
    map.invalidateSize({ animate: false });
    map.fitBounds(before.bounds, { animate: false });
    layer.redraw();
  };
  const leave = () => {
    if (!before) return;
    look.printing = false;
    container.classList.remove("on-paper");
    container.style.height = before.height;
    map.invalidateSize({ animate: false });
    map.setView(before.center, before.zoom, { animate: false });
    before = null;
  };
  window.addEventListener("beforeprint", enter);
  window.addEventListener("afterprint", leave);
};
