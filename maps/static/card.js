"use strict";
// The plain-language card of a tract, community or point. Names from data are written as text, never as markup.

Onramp.cards = function (model) {
  const { facts, words } = model;
  const { t, number, about, percent, name, code, jobYears } = words;
  const el = Onramp.element,
    T = facts.tracts,
    C = facts.communities,
    P = facts.points;
  const bdi = (text) => el("bdi", {}, text);
  const list = (items) =>
    el(
      "ul",
      {},
      items.filter(Boolean).map((item) => el("li", {}, item)),
    );
  const part = (key, ...content) => [el("h4", {}, t("map.card." + key)), ...content];

  const chanceKey = (p) =>
    p >= 95
      ? "certain"
      : p >= model.tiers[0]
        ? "very_likely"
        : p >= model.tiers[1]
          ? "likely"
          : p >= model.tiers[2]
            ? "possible"
            : "unlikely";
  const sure = (p, what) =>
    p === null
      ? null
      : t("map.card.sure_" + what, { chance: t("format.chance." + chanceKey(p), { top: model.top }), n: number(p) });
  const weights = (n, gap, work, unit) =>
    n === null
      ? null
      : t("format.weights." + unit, {
          top: model.top,
          n: number(n),
          of: number(model.weight_sets),
          pillars: t("format.weighed." + (work === null ? "gap" : gap === null ? "work" : "all")),
        });
  const place = (rank, low, high, of) =>
    rank === null
      ? null
      : low === null
        ? t("map.card.rank_only", { rank: number(rank), of: number(of) })
        : low === high && low === rank
          ? t("map.card.rank_sure", { rank: number(rank), of: number(of) })
          : t("map.card.rank", { rank: number(rank), of: number(of), low: number(low), high: number(high) });

  const bar = (points, total) => {
    const kinds = [
      ["need", points[0]],
      ["gap", points[1]],
      ["work", points[2]],
    ];
    // A pillar that is unknown has no points to be told.
    const parts = kinds
      .filter(([, value]) => value !== null)
      .map(([kind, value]) => t("map.card.points_of." + kind, { n: number(value / 10, 1) }));
    const label =
      t("map.card.points", { total: number(total / 10, 1), parts: parts.join(", ") }) +
      (parts.length < kinds.length ? " " + t("map.card.points_unknown") : "");
    const svg = el("svg", {
      viewBox: "0 0 100 8",
      class: "bar",
      role: "img",
      "aria-label": label,
      preserveAspectRatio: "none",
    });
    let x = 0;
    kinds.forEach(([, value], k) => {
      svg.append(el("rect", { x, y: 0, width: Math.max(0, value / 10), height: 8, fill: words.colors.parts[k] }));
      x += value / 10;
    });
    svg.append(el("rect", { x: 0, y: 0, width: 100, height: 8, fill: "none", stroke: "#6b727a", "stroke-width": 0.4 }));
    return [svg, el("p", { class: "parts" }, label)];
  };

  const beside = (key, percent) => (percent === null ? "" : " " + t("map.card." + key, { percent: number(percent) }));
  const note = (key, share) => (share ? " " + t("map.card." + key, { percent: percent(share) }) : "");
  const some = (key, n, values) => (n ? " " + t(key, { n: number(n), ...values }) : "");
  const trade = ([series, n]) => {
    const word = code("trade", series);
    return (word === series ? "CIP " + series : word) + " " + number(n);
  };
  const trades = (rows) =>
    rows && rows.length ? " " + t("training.trades", { trades: rows.map(trade).join(", ") }) : "";
  const training = ({ minutes, provider, near, gap, far, overWater, lost, where }) =>
    minutes === null || provider === null
      ? lost && where
        ? t("map.card.training_unlocated", { n: lost, where: name(where) })
        : t(near.providers === null ? "why.training_unknown" : "map.card.training_none")
      : t("map.card.training", { minutes: t("format.minutes", { n: number(minutes) }), name: name(provider) }) +
        some("map.card.seats", near.seats) +
        some("why.seats_assumed", near.seats_assumed, { assumed: number(near.seats_assumed) }) +
        trades(near.trades) +
        beside("gap", gap) +
        note("far", far) +
        note("over_water", overWater) +
        " " +
        t("map.card.line");
  const work = (sites, assumed, low, mid, high, opportunity) =>
    sites === null
      ? t("why.work_unknown")
      : !sites
        ? t("map.card.work_none")
        : t("map.card.work", {
            n: number(sites),
            mid: jobYears(mid / 100),
            low: jobYears(low / 100),
            high: jobYears(high / 100),
          }) +
          some("why.work_assumed", assumed) +
          beside("opportunity", opportunity);
  const adults = (value, moe) =>
    value === null
      ? null
      : moe === null
        ? t("map.card.adults_plain", { adults: about(value) })
        : t("map.card.adults", { adults: about(value), moe: about(moe) });
  const need = (value) => (value === null ? null : t("map.card.need", { percent: number(value) }));
  const act = (index) =>
    index < 0
      ? null
      : el(
          "p",
          { class: "action" },
          el("strong", {}, code("action", facts.lists.actions[index])),
          " \u2013 ",
          facts.weak
            .filter((id) => words.has("codes.action_check." + id))
            .map((id) => t("codes.action_check." + id) + " "),
          t("codes.action_means." + facts.lists.actions[index]),
        );

  const geoid = (i) => T.county_ids[T.county[i]] + String(T.code[i]).padStart(6, "0");
  const tractName = (i) => t("map.card.tract", { name: T.name[i] || geoid(i) });

  const tract = (i) => {
    const where = T.place[i] >= 0 ? T.places[T.place[i]] : null;
    const provider = T.provider[i] >= 0 ? P.providers.name[T.provider[i]] : null;
    const agreed = T.definitions[i] ? t("map.card.agreement", { n: T.agree[i], of: T.definitions[i] }) : null;
    const named =
      T.designation[i] >= 0 ? T.designations[T.designation[i]].split(" ").map((id) => code("definition", id)) : [];
    const barriers = T.measures.filter((_, k) => (T.barrier[i] >> k) & 1);
    const head = [
      el("h3", { tabindex: "-1" }, tractName(i), where ? [", ", bdi(where)] : null),
      el("p", { class: "sub" }, bdi(T.county_names[T.county[i]]), " \u00b7 GEOID ", geoid(i)),
    ];
    if (T.reason[i] >= 0 && T.reasons[T.reason[i]] !== "not_gated")
      return [...head, el("p", {}, t("why.unranked." + T.reasons[T.reason[i]]))];
    const community = T.community[i];
    return [
      ...head,
      T.listed[i]
        ? el("p", { class: "tier" }, tierSign(T.tier[i]), sure(T.chance[i], "tract") || "")
        : el("p", {}, t("why.unranked.not_gated")),
      T.listed[i] ? el("p", { class: "note" }, model.tier_means) : null,
      T.listed[i] ? el("p", {}, weights(T.weights[i], T.gap[i], T.work[i], "tract")) : null,
      T.listed[i] ? el("p", {}, place(T.rank[i], T.low[i], T.high[i], model.listed)) : null,
      ...part(
        "why",
        list([
          need(T.need[i]),
          agreed,
          named.length ? t("why.designated", { names: named.join(", ") }) : null,
          training({
            minutes: T.minutes[i],
            provider,
            near: { providers: T.providers[i], seats: T.seats[i], seats_assumed: T.seats_assumed[i] },
            gap: T.gap[i],
            far: T.far[i],
            overWater: T.over_water[i],
            lost: T.unlocated[i],
            where: T.unlocated_wheres[T.unlocated_where[i]],
          }),
          work(T.sites[i], T.sites_assumed[i], T.jobs_low[i], T.jobs_mid[i], T.jobs_high[i], T.work[i]),
        ]),
      ),
      ...(T.priority[i] === null
        ? []
        : part("score", ...bar([T.points_need[i], T.points_gap[i], T.points_work[i]], T.priority[i]))),
      ...part(
        "who",
        list([
          adults(T.adults[i], T.adults_moe[i]),
          ...barriers.map((id) => t("map.card.barrier", { measure: code("measure", id) })),
        ]),
      ),
      ...(T.action[i] < 0 || !T.listed[i] ? [] : part("do", act(T.action[i]))),
      T.flag[i] >= 0
        ? el(
            "p",
            { class: "note" },
            T.flags[T.flag[i]]
              .split(" ")
              .map((id) => code("flags", id))
              .join(" "),
          )
        : null,
      community >= 0
        ? el("p", {}, t("map.card.in_community"), " ", link("community", community, C[community].name))
        : null,
    ];
  };

  const link = (kind, index, text) =>
    el(
      "button",
      { type: "button", class: "linklike", on: { click: () => model.select({ kind, index }, true) } },
      bdi(text),
    );
  const tierSign = (tier) => (tier > 2 ? null : el("span", { class: "tiersign t" + tier }, "ABC"[tier]));

  const community = (index) => {
    const c = C[index];
    const barriers = c.barriers.map(([id, share, median]) => [
      t("why.barrier", { measure: code("measure", id), share: percent(share), median: percent(median) }),
      el("br"),
      el("span", { class: "support" }, words.has("codes.support." + id) ? t("codes.support." + id) : ""),
    ]);
    const tied = c.tied.map((id) => C.findIndex((other) => other.id === id)).filter((k) => k >= 0);
    const page = model.pages && model.pages[c.id];
    return [
      el("h3", { tabindex: "-1" }, bdi(c.name)),
      c.county && c.county !== c.place ? el("p", { class: "sub" }, bdi(c.county)) : null,
      el("p", { class: "tier" }, tierSign(c.tier), sure(c.chance, c.single ? "tract" : "community") || ""),
      el("p", { class: "note" }, model.tier_means),
      el("p", {}, weights(c.weights, c.gap, c.work, "community")),
      el(
        "p",
        {},
        place(c.rank, c.low, c.high, C.length),
        tied.length ? " " + t("map.card.tied", { n: tied.length }) : null,
      ),
      ...(c.action < 0 ? [] : part("do", act(c.action))),
      ...part(
        "why",
        list([
          need(c.need),
          training({ ...c, near: c, overWater: c.over_water, lost: c.unlocated, where: c.unlocated_where }),
          work(c.sites, c.sites_assumed, c.jobs_low, c.jobs_mid, c.jobs_high, c.work),
          c.center
            ? t("map.card.center", {
                name: name(c.center),
                minutes: t("format.minutes", { n: number(c.center_minutes) }),
              })
            : null,
        ]),
      ),
      ...part(
        "who",
        list([adults(c.adults, c.adults_moe)]),
        c.barriers.length ? el("p", {}, t("map.card.barriers")) : null,
        list(barriers),
      ),
      ...(c.quarters.length ? part("when", quarters(c.quarters)) : []),
      page ? el("p", {}, el("a", { href: page }, t("map.card.page"))) : null,
    ];
  };
  const quarters = (rows) =>
    el(
      "table",
      { class: "small" },
      el(
        "thead",
        {},
        el(
          "tr",
          {},
          ["quarter", "sites", "units", "job_years"].map((key) =>
            el("th", { scope: "col" }, t("map.card.columns." + key)),
          ),
        ),
      ),
      el(
        "tbody",
        {},
        rows.map(([quarter, sites, units, years, assumed]) =>
          el(
            "tr",
            {},
            el("th", { scope: "row" }, words.quarter(quarter)),
            el("td", {}, number(sites ?? 0)),
            el(
              "td",
              {},
              assumed
                ? t(assumed === sites ? "format.assumed" : "format.partly_assumed", { n: number((units ?? 0) / 10) })
                : number((units ?? 0) / 10),
            ),
            el("td", {}, years === null ? "" : jobYears(years / 100)),
          ),
        ),
      ),
    );

  const units = (i) => {
    const counted = Object.entries(P.sites.units).filter(([, counts]) => counts[i]);
    return counted.length
      ? counted.map(([kind, counts]) => t("map.card.units", { kind: code("units", kind), n: number(counts[i]) }))
      : [t("map.card.units_unknown")];
  };
  const point = {
    sites: (i) => [
      el("h3", { tabindex: "-1" }, bdi(P.sites.name[i] || t("map.card.unnamed_site"))),
      el("p", { class: "sub" }, t("map.card.site"), P.sites.city[i] ? [" \u00b7 ", bdi(P.sites.city[i])] : null),
      list([t("map.card.opens", { quarter: words.quarter(P.sites.quarter[i]) }), ...units(i)]),
      el("p", { class: "note" }, t("site.not_a_benefit")),
    ],
    providers: (i) => [
      el("h3", { tabindex: "-1" }, bdi(P.providers.name[i])),
      el("p", { class: "sub" }, code("kind", P.providers.kind[i])),
      list([
        t("map.card.stage_" + (P.providers.stage[i] ? "entry" : "advanced")),
        P.providers.seats[i] === null
          ? code("seats_basis", P.providers.basis[i])
          : t("map.card.provider_seats", {
              n: number(P.providers.seats[i]),
              basis: code("seats_basis", P.providers.basis[i]).toLowerCase(),
            }),
      ]),
    ],
    centers: (i) => [
      el("h3", { tabindex: "-1" }, bdi(P.centers.name[i])),
      el("p", { class: "sub" }, t("map.signs.centers")),
    ],
    hubs: (i) => [
      el("h3", { tabindex: "-1" }, bdi(P.hubs.name[i])),
      el("p", { class: "sub" }, t("map.signs.hubs")),
      el(
        "p",
        {},
        t("map.card.hub", {
          n: P.hubs.p[i],
          share: percent(P.hubs.share[i] / 10),
          adults: about(P.hubs.adults[i]),
          minutes: number(P.hubs.minutes || 0),
        }),
      ),
    ],
  };
  const area = (kind) => (index) => {
    const layer = model.land[{ county: "counties", place: "places", tribal: "tribal" }[kind]];
    const box = layer.boxes[index];
    const inside = C.map((c, k) => [c, k])
      .filter(([c]) => c.at && box && inBox(c.at, box))
      .map(([c, k]) => el("li", {}, link("community", k, c.name)));
    return [
      el("h3", { tabindex: "-1" }, bdi(layer.names[index])),
      el("p", {}, t(inside.length ? "map.card.near_communities" : "map.card.no_communities")),
      inside.length ? el("ul", {}, inside) : null,
    ];
  };
  const inBox = ([lon, lat], box) => {
    const x = model.projector.x(lon),
      y = model.projector.y(lat);
    return x >= box[0] && x <= box[2] && y >= box[1] && y <= box[3];
  };
  const start = () => [
    el("p", {}, t("map.card.nothing")),
    C.length
      ? el(
          "ol",
          {},
          C.slice(0, 5).map((c, k) => el("li", {}, link("community", k, c.name))),
        )
      : null,
  ];
  return {
    start,
    make: { tract, community, ...point, county: area("county"), place: area("place"), tribal: area("tribal") },
    geoid,
    tractName,
  };
};
