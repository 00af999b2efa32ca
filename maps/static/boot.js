"use strict";
// Begins when the page is read; says so in words where the map cannot be drawn.
window.addEventListener("DOMContentLoaded", () => {
  (Onramp.startNation || Onramp.start)(window.map_onramp).catch((error) => {
    const status = Onramp.byId("map-status");
    status.textContent = status.dataset.failed;
    document.documentElement.dataset.ready = "failed";
    throw error;
  });
});
