"use strict";
// Leaflet drops what it is asked for while an earlier zoom still runs, such as quick presses of a key. Here the map
// goes to the last place asked for as soon as it can, and every step of zoom counts.

Onramp.takeEveryMove = function (map) {
  const setView = map.setView.bind(map);
  // Where the map is to go last, and where it goes now; none while it stands still.
  /** @typedef {{center: any, zoom: number, options: any}} Aim */
  /** @type {Aim | null} */
  let aim = null;
  /** @type {Aim | null} */
  let going = null;
  const go = () => {
    if (aim) {
      going = aim;
      setView(aim.center, aim.zoom, aim.options);
    }
  };
  map.setView = (center, zoom, options) => {
    aim = { center, zoom: zoom ?? map.getZoom(), options };
    if (!going) go();
    return map;
  };
  map.setZoom = (zoom, options) => {
    // Leaflet begins a move with the next frame, so its own zoom may still be that of the place it leaves.
    const from = aim || { center: map.getCenter(), zoom: map.getZoom() };
    const wanted = from.zoom + zoom - map.getZoom();
    return map.setView(from.center, Math.max(map.getMinZoom(), Math.min(map.getMaxZoom(), wanted)), { zoom: options });
  };
  map.on("moveend", () => {
    if (map._animatingZoom) return;
    if (aim !== going) go();
    else aim = going = null;
  });
  return () => !aim;
};
