"use strict";
// What the colors of tracts stand for: classes with a color, a pattern and words, and the class of each tract.

Onramp.schemes = function (facts, words) {
  const { t, number, percent, colors } = words;
  const T = facts.tracts,
    count = T.code.length;
  const listed = (i) => T.listed[i] === 1;
  const unlisted = Onramp.areaClass("unlisted", t("map.legend.unlisted"));
  const unknown = Onramp.areaClass("unknown", t("map.legend.unknown"));
  const nobody = (i) => T.people[i] === 0;
  const classOf = (value, edges) => {
    let k = 0;
    while (k < edges.length && value >= edges[k]) k++;
    return k;
  };
  const between = (edges, k, digits = 0) => {
    if (k === 0) return t("map.legend.below", { high: number(edges[0], digits) });
    if (k === edges.length) return t("map.legend.from", { low: number(edges[k - 1], digits) });
    return t("map.legend.between", { low: number(edges[k - 1], digits), high: number(edges[k], digits) });
  };
  const pick = (ramp, n) =>
    Array.from({ length: n }, (_, k) => ramp[Math.round((k * (ramp.length - 1)) / Math.max(1, n - 1))]);
  const scheme = (id, classes, of) => ({
    id,
    classes,
    title: t("map.layers." + id + ".name"),
    note: t("map.layers." + id + ".note"),
    of: Uint8Array.from({ length: count }, (_, i) => of(i)),
  });
  const all = [];

  const cuts = facts.breaks.priority;
  const steps = pick(colors.priority, cuts.length + 1);
  const shares = cuts.length === 3 ? ["half", "quarter", "next", "tenth"] : null;
  all.push(
    scheme(
      "priority",
      [
        ...steps
          .map((color, k) => ({
            color,
            label:
              (cuts.length ? between(cuts, k, 1) : t("map.legend.all")) +
              (shares ? " \u2013 " + t("map.legend." + shares[k]) : ""),
          }))
          .reverse(),
        unlisted,
        unknown,
      ],
      (i) =>
        T.priority[i] === null
          ? cuts.length + 2
          : !listed(i)
            ? cuts.length + 1
            : cuts.length - classOf(T.priority[i] / 10, cuts),
    ),
  );

  all.push(
    scheme(
      "tiers",
      [
        ...["A", "B", "C"].map((tier) => Onramp.areaClass(tier, t("codes.tier." + tier))),
        Onramp.areaClass("listed", t("map.legend.no_tier")),
        unlisted,
        unknown,
      ],
      (i) => (T.priority[i] === null ? 5 : T.tier[i] < 3 ? T.tier[i] : listed(i) ? 3 : 4),
    ),
  );

  const cross = facts.breaks.cross;
  const grid = [];
  for (let n = cross.length; n >= 0; n--)
    for (let g = cross.length; g >= 0; g--) {
      grid.push({
        color: colors.cross[n][g],
        cell: [n, g],
        label: t("map.legend.cross", { need: between(cross, n), gap: between(cross, g) }),
      });
    }
  const wide = cross.length + 1;
  all.push(
    scheme("cross", [...grid, unknown], (i) =>
      T.need[i] === null || T.gap[i] === null
        ? grid.length
        : (wide - 1 - classOf(T.need[i], cross)) * wide + (wide - 1 - classOf(T.gap[i], cross)),
    ),
  );

  for (const [id, column] of [
    ["need", T.need],
    ["gap", T.gap],
    ["work", T.work],
  ]) {
    const edges = facts.breaks.pillar;
    const ramp = pick(colors.pillar, edges.length + 1);
    all.push(
      scheme(
        id,
        [
          ...ramp
            .map((color, k) => ({
              color,
              label:
                between(edges, k) +
                (id === "need" && edges[k - 1] === facts.breaks.gate ? " \u2013 " + t("map.legend.gate") : ""),
            }))
            .reverse(),
          unknown,
        ],
        (i) => (column[i] === null ? edges.length + 1 : edges.length - classOf(column[i], edges)),
      ),
    );
  }

  const travel = facts.breaks.minutes;
  const slow = pick(colors.minutes, travel.length + 1);
  all.push(
    scheme(
      "minutes",
      [
        ...slow.map((color, k) => ({ color, label: t("map.legend.minutes", { range: between(travel, k) }) })),
        { color: colors.beyond, pattern: "lines", label: t("map.legend.beyond") },
        unknown,
      ],
      // None within reach is known; where nobody knows of a provider it is not.
      (i) =>
        nobody(i) || T.providers[i] === null
          ? travel.length + 2
          : T.minutes[i] === null
            ? travel.length + 1
            : classOf(T.minutes[i], travel),
    ),
  );

  const most = Math.max(1, ...T.definitions.map((n) => n || 0));
  const agreeing = pick(colors.pillar, most + 1);
  all.push(
    scheme(
      "agreement",
      [
        ...agreeing.map((color, k) => ({ color, label: t("map.legend.agreement", { n: k, of: most }) })).reverse(),
        unknown,
      ],
      (i) => (T.need[i] === null || T.agree[i] === null ? most + 1 : most - Math.min(most, T.agree[i])),
    ),
  );

  all.push(
    scheme(
      "action",
      [
        ...facts.lists.actions.map((code, k) => ({
          color: colors.actions[k],
          pattern: [null, "lines", "dots", "back"][k],
          label: words.code("action", code),
        })),
        unlisted,
        unknown,
      ],
      (i) =>
        T.priority[i] === null || (listed(i) && T.action[i] < 0)
          ? facts.lists.actions.length + 1
          : !listed(i)
            ? facts.lists.actions.length
            : T.action[i],
    ),
  );
  return all;
};
