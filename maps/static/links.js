"use strict";
// The address says what is shown, so that a view can be sent to someone: #community=…&layer=…&show=…

Onramp.usual = ["communities", "counties", "places", "tribal"];

/** @type {() => HTMLInputElement[]} The boxes by which layers are shown and hidden. */
Onramp.overlayBoxes = () =>
  [...document.querySelectorAll("input[data-overlay]")].map((box) => /** @type {any} */ (box));

Onramp.writeLink = function (look, facts, cards) {
  const parts = new URLSearchParams();
  const chosen = look.selection;
  if (chosen && chosen.kind === "community") parts.set("community", facts.communities[chosen.index].id);
  if (chosen && facts.points[chosen.kind])
    parts.set("at", chosen.kind + "." + facts.points[chosen.kind].id[chosen.index]);
  if (chosen && chosen.kind === "tract") parts.set("tract", cards.geoid(chosen.index));
  if (look.scheme.id !== "priority") parts.set("layer", look.scheme.id);
  const shown = [...look.overlays].sort();
  if (shown.join() !== Onramp.usual.join()) parts.set("show", shown.join("."));
  if (look.overlays.has("hubs")) parts.set("hubs", look.hubs);
  if (look.overlays.has("sites") && look.quarter) parts.set("quarter", look.quarter);
  const text = parts.toString();
  if ("#" + text !== location.hash && (text || location.hash.includes("=")))
    history.replaceState(null, "", text ? "#" + text : location.pathname + location.search);
};

// Shows what the address asks for; unknown names are passed over. Returns whether a place was chosen.
Onramp.readLink = function (look, facts, schemes, model, sync) {
  if (!location.hash.includes("=")) return false;
  const parts = new URLSearchParams(location.hash.slice(1));
  const scheme = schemes.find((one) => one.id === parts.get("layer"));
  if (scheme) look.scheme = scheme;
  if (parts.has("show")) {
    const known = new Set(Onramp.overlayBoxes().map((box) => box.dataset.overlay));
    look.overlays = new Set((parts.get("show") || "").split(".").filter((name) => known.has(name)));
  }
  const hubs = Number(parts.get("hubs"));
  if (facts.points.hubs.p.includes(hubs)) look.hubs = hubs;
  if (facts.points.sites.quarter.includes(parts.get("quarter"))) look.quarter = parts.get("quarter");
  sync();
  const community = facts.communities.findIndex((c) => c.id === parts.get("community"));
  const tract = parts.has("tract")
    ? facts.tracts.code.findIndex((_, i) => model.cards.geoid(i) === parts.get("tract"))
    : -1;
  const [kind, ...rest] = (parts.get("at") || "").split(".");
  const marks = Object.hasOwn(facts.points, kind) ? facts.points[kind] : null;
  const mark = marks ? marks.id.indexOf(rest.join(".")) : -1;
  if (mark >= 0 && kind === "hubs") look.hubs = marks.p[mark];
  const chosen =
    mark >= 0
      ? { kind, index: mark }
      : community >= 0
        ? { kind: "community", index: community }
        : tract >= 0
          ? { kind: "tract", index: tract }
          : null;
  model.select(chosen, true, Boolean(chosen));
  return true;
};
