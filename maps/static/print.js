"use strict";
// On paper the map takes the width of the sheet and shows what the screen showed, whole, not its crop.

Onramp.setUpPrint = function (map, layer, look, home) {
  let before = null;
  const container = map.getContainer();
  const enter = () => {
    if (before) return;
    const whole = map.getBounds().contains(home);
    before = { center: map.getCenter(), zoom: map.getZoom(), bounds: whole ? home : map.getBounds() };
    look.printing = true;
    container.classList.add("on-paper");
    map.invalidateSize({ animate: false });
    map.fitBounds(before.bounds, { animate: false });
    layer.redraw();
  };
  const leave = () => {
    if (!before) return;
    look.printing = false;
    container.classList.remove("on-paper");
    map.invalidateSize({ animate: false });
    map.setView(before.center, before.zoom, { animate: false });
    before = null;
  };
  window.addEventListener("beforeprint", enter);
  window.addEventListener("afterprint", leave);
};
