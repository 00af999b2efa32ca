"""A fictional state with every table of a run, made in memory for tests of pages, lists and figures.

`synthetic_result(n_tracts, hostile=False, detail=4)` returns a `StateResult` whose tables obey the schemas:
a warped Voronoi coverage with two metros, plausible numbers, some tracts without residents, without a
polygon and without a rank. With `hostile=True`, names carry the strings of `HOSTILE_NAMES`. Everything
follows from the arguments alone. The fixture `synthetic` of conftest gives the small one.
"""

from __future__ import annotations

from itertools import cycle

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geodata.decisions.state_summary import state_summary
from geodata.decisions.where_to_start import likely_adults, named_first
from geodata.schemas.canonical import CANONICAL
from geodata.schemas.computed import RESULT_TABLES
from geodata.schemas.provenance import SourceUse
from geodata.schemas.state_result import StateResult
from geodata.schemas.table import CRS
from geodata.settings import Settings
from geodata.states import find_state

SCHEMAS = {table.name: table for table in (*CANONICAL, *RESULT_TABLES)}
#: What data may carry: templates of two engines, markup, script ends, formulas, invisible and turning signs.
HOSTILE_NAMES = (
    "{{7*7}} {{cycler.__init__.__globals__.os.system('id')}}",
    "{# never closed",
    "{% for x in y %}",
    '<img src=x onerror="window.hacked=1">',
    "</script><script>window.hacked=2</script>",
    "${window.hacked=3}",
    "`${window.hacked=4}`",
    "<!--<script>",
    "Zu\u202eelttaes\u200b\u200d\ufeff",
    "مدينة الشمال",
    '=HYPERLINK("http://example.invalid","x")',
    "O'Brien & Sons \\u003c/script\\u003e \u2028 line",
    "x" * 180,
    '" onfocus=window.hacked=5 autofocus "',
    "javascript:window.hacked=6",
    '#panic("x") #eval("1") $x^2$ @ref <label> *b* _i_ \\u{1f}',
    "+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    "]]></text><script>window.hacked=7</script><text>",
    "<svg onload=window.hacked=8><style>*{display:none}</style>",
    "constructor",
    "__proto__",
)
COUNTY_NAMES = ("Amberly", "Bellwether", "Calder", "Dovecote", "Elderfield", "Fallow", "Garnet", "Hawthorn")
PLACE_NAMES = ("Northgate", "Millbrook Falls", "Santa Rosalía", "Cold Harbor", "Fenwick", "Ivywood", "Oxbow", "Quarry")
MEASURES = ("no_vehicle", "limited_english", "single_parent", "disability", "no_internet", "no_diploma")
SUPPORTS = ("transit_or_mobile", "bilingual_esl", "childcare", "accommodations", "devices", "ged_bridge")
DEFINITIONS = (("svi", True, False), ("cejst", True, True), ("workforce", False, False))
WEST, SOUTH, WIDTH, HEIGHT = -160.0, 20.0, 4.2, 3.0


def _warp(xy: np.ndarray) -> np.ndarray:
    """Bend coordinates (n×2 degrees) by small waves, the same for every point."""
    x, y = xy[:, 0] - WEST, xy[:, 1] - SOUTH
    out = xy.copy()
    for wave, size in ((1.3, 0.03), (0.41, 0.009), (0.13, 0.003), (0.045, 0.001)):
        out[:, 0] += size * np.sin(2 * np.pi * y / wave + x / wave)
        out[:, 1] += size * np.cos(2 * np.pi * x / wave + 0.7 * y / wave)
    return out


def _coverage(n: int, detail: int, rng: np.random.Generator) -> np.ndarray:
    """Return `n` polygons (degrees) that tile the state, about 6×`detail` vertices each."""
    urban = n // 2
    centers = np.array([[WEST + 1.1, SOUTH + 1.0], [WEST + 3.1, SOUTH + 2.1]])
    spread = np.array([0.30, 0.17])
    pick = rng.random(urban) < 0.35
    points = np.vstack(
        [
            centers[pick.astype(int)] + rng.normal(size=(urban, 2)) * spread[pick.astype(int)][:, None],
            np.column_stack(
                [WEST + rng.uniform(0.02, WIDTH - 0.02, n - urban), SOUTH + rng.uniform(0.02, HEIGHT - 0.02, n - urban)]
            ),
        ]
    )
    points[:, 0] = points[:, 0].clip(WEST + 0.01, WEST + WIDTH - 0.01)
    points[:, 1] = points[:, 1].clip(SOUTH + 0.01, SOUTH + HEIGHT - 0.01)
    frame = shapely.box(WEST, SOUTH, WEST + WIDTH, SOUTH + HEIGHT)
    edges = shapely.voronoi_polygons(shapely.multipoints(points), extend_to=frame, only_edges=True)
    lines = shapely.node(shapely.union(shapely.intersection(edges, frame), frame.boundary))
    parts = shapely.get_parts(lines)
    fine = shapely.segmentize(parts, np.maximum(shapely.length(parts) / detail, 1e-6))
    cells = shapely.get_parts(shapely.polygonize(shapely.transform(fine, _warp)))
    order = np.lexsort((shapely.get_x(shapely.centroid(cells)), shapely.get_y(shapely.centroid(cells))))
    return cells[order][:n]


def _pillars(xy: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    def percentile(values: np.ndarray) -> np.ndarray:
        return np.round((np.argsort(np.argsort(values, kind="stable")) + 0.5) / len(values) * 100, 3)

    x, y = (xy[:, 0] - WEST) / WIDTH, (xy[:, 1] - SOUTH) / HEIGHT
    need = np.exp(-((x - 0.24) ** 2 + (y - 0.38) ** 2) * 60) + 0.7 * np.sin(5 * x + 3 * y) + rng.normal(0, 0.25, len(x))
    gap = np.hypot(x - 0.3, y - 0.35) + rng.normal(0, 0.05, len(x))
    work = -np.abs(y - 0.55 - 0.2 * np.sin(4 * x)) + rng.normal(0, 0.05, len(x))
    return percentile(need), percentile(gap), percentile(work)


def _scores(cells: np.ndarray, names: dict, rng: np.random.Generator) -> pd.DataFrame:
    n = len(cells)
    points = shapely.point_on_surface(cells)
    xy = np.column_stack([shapely.get_x(points), shapely.get_y(points)])
    seeds = np.column_stack([WEST + rng.random(8) * WIDTH, SOUTH + rng.random(8) * HEIGHT])
    county = np.argmin(((xy[:, None] - seeds) ** 2).sum(2), axis=1)
    towns = np.column_stack([WEST + 0.3 + rng.random(8) * (WIDTH - 0.6), SOUTH + 0.3 + rng.random(8) * (HEIGHT - 0.6)])
    towns[0], towns[1] = (WEST + 1.1, SOUTH + 1.0), (WEST + 3.1, SOUTH + 2.1)
    away = np.sqrt(((xy[:, None] - towns) ** 2).sum(2))
    place = np.where(away.min(1) < 0.28, away.argmin(1), -1)
    need, gap, work = _pillars(xy, rng)
    adults = np.round(rng.gamma(4, 160, n))
    out = pd.DataFrame(
        {
            "geoid": [f"97{c * 2 + 1:03d}{i + 100:06d}" for i, c in enumerate(county)],
            "state": "XL",
            "county_geoid": [f"97{c * 2 + 1:03d}" for c in county],
            "county_name": [names["county"][c] for c in county],
            "place_name": [None if p < 0 else names["place"][p] for p in place],
            "name": [f"{(i + 100) // 100}.{(i + 100) % 100:02d}" for i in range(n)],
            "latitude": xy[:, 1],
            "longitude": xy[:, 0],
            "origin_basis": "population_center",
            "rural": shapely.area(cells) > np.median(shapely.area(cells)),
            "has_polygon": True,
            "population": np.round(rng.gamma(8, 500, n)),
            "eligible_adults": adults,
            "eligible_adults_moe": np.round(adults * rng.uniform(0.15, 0.5, n)),
            "need": need,
            "need_ensemble": need * 0.9,
            "n_indices": 3,
            "agreement_count": (need > 60).astype(int) + (need > 72).astype(int) + (need > 85).astype(int),
            "designated_by": np.where(need > 72, "svi cejst", np.where(need > 60, "cejst", None)),
            "training_gap": gap,
            "training_access": np.round((100 - gap) / 8, 2),
            "providers_within": np.round((100 - gap) / 22).astype(int),
            "seats_within": np.round((100 - gap) * 6),
            "share_reaching_training": np.clip(np.round(1.3 - gap / 100, 3), 0.0, 1.0),
            "share_over_water": np.where(gap > 80, 0.25, 0.0),
            "share_reaching_work": np.clip(np.round(work / 50, 3), 0.0, 1.0),
            "opportunity": work,
            "work_access": np.round(work / 400, 4),
            "job_years_low": work / 100,
            "job_years_mid": work / 60,
            "job_years_high": work / 30,
            "sites_within": np.round(work / 9).astype(int),
            "points_need": need * 0.5,
            "points_training_gap": gap * 0.3,
            "points_opportunity": work * 0.2,
            "priority": need * 0.5 + gap * 0.3 + work * 0.2,
        }
    )
    out["working_age"] = out["population"] * 0.62
    out["gated"] = (out["need"] >= 65) | out["designated_by"].notna()
    out["gate_reason"] = np.where(out["need"] >= 65, "both", np.where(out["gated"], "designation", None))
    out["action"] = np.select(
        [(gap < 50) & (work >= 50), (gap >= 50) & (work >= 50), gap < 50],
        ["recruit_now", "bring_training", "connect_to_work"],
        "build_both",
    )
    return _empty_some(_ranked(out))


def _ranked(out: pd.DataFrame, among: str = "gated") -> pd.DataFrame:
    listed = out[out[among]].sort_values(["priority", "eligible_adults"], ascending=False)
    rank = pd.Series(np.arange(1, len(listed) + 1, dtype=float), index=listed.index)
    spread = 1 + 0.18 * len(listed) * np.sqrt(rank / len(listed))
    top = max(1.0, 0.1 * len(out))
    out["rank"] = rank.astype("Int64")
    out["rank_median"] = rank
    out["rank_low"] = np.floor((rank - spread).clip(lower=1))
    out["rank_high"] = np.ceil((rank + spread).clip(upper=len(listed)))
    out["p_top_share"] = (1 / (1 + np.exp((rank - top) / (0.3 * spread)))).reindex(out.index)
    out["p_top_count"] = (1 / (1 + np.exp((rank - 25) / (0.3 * spread)))).reindex(out.index)
    out["top_in_weight_sets"] = (100 * out["p_top_share"]).round().astype("Int64")
    p = out["p_top_share"].fillna(0)
    out["tier"] = np.select([p >= 0.8, p >= 0.5, p >= 0.2], ["A", "B", "C"], "none")
    return out


def _empty_some(out: pd.DataFrame) -> pd.DataFrame:
    """Take residents from some tracts, the index from one and the polygon from another."""
    scored = [name for name in out.columns if name.startswith(("need", "training_g", "opportunity", "priority", "p"))]
    scored = [name for name in scored if name not in ("population", "place_name", "providers_within")]
    nobody = out.index[11::29]
    out.loc[nobody, ["population", "working_age", "eligible_adults", "eligible_adults_moe"]] = 0
    for rows, reason in ((nobody, "no_residents"), (out.index[17:18], "no_index")):
        out.loc[rows, [*scored, "rank", "rank_median", "rank_low", "rank_high", "designated_by"]] = None
        out.loc[rows, ["gated", "tier", "unranked_reason", "gate_reason"]] = [False, "none", reason, None]
        out.loc[rows, "action"] = None
    out.loc[out.index[23:24], "has_polygon"] = False
    out["unranked_reason"] = out["unranked_reason"].where(out["unranked_reason"].notna() | out["gated"], "not_gated")
    out["flags"] = None
    return out


def _points(rng: np.random.Generator, scores: pd.DataFrame, count: int) -> dict[str, np.ndarray]:
    rows = rng.integers(0, len(scores), count)
    return {
        "latitude": scores["latitude"].to_numpy()[rows] + rng.normal(0, 0.01, count),
        "longitude": scores["longitude"].to_numpy()[rows] + rng.normal(0, 0.01, count),
    }


def _places_to_go(scores: pd.DataFrame, names: dict, rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    n_sites, n_providers, n_centers = max(12, len(scores) // 12), max(8, len(scores) // 40), max(5, len(scores) // 60)
    opening = pd.Timestamp("2026-11-15") + pd.to_timedelta(np.arange(n_sites) * 23 % 700, unit="D")
    fast = rng.random(n_sites) < 0.6
    sites = pd.DataFrame(
        {
            "site_id": [f"afdc:{i + 1}" for i in range(n_sites)],
            "source": "afdc",
            "name": [names["site"](i) for i in range(n_sites)],
            "status": np.where(np.arange(n_sites) % 7 == 6, "open", "planned"),
            "state": "XL",
            "city": "Northgate",
            "location_quality": "point",
            "units_level2": np.where(fast, np.nan, rng.integers(2, 9, n_sites)),
            "units_dc_fast": np.where(fast & (np.arange(n_sites) % 5 > 0), rng.integers(4, 13, n_sites), np.nan),
            "expected_date": pd.Series(opening).where(np.arange(n_sites) % 9 != 0),
            "program": "NEVI",
            **_points(rng, scores, n_sites),
        }
    )
    providers = pd.DataFrame(
        {
            "provider_id": [f"ipeds:{i + 1}" for i in range(n_providers)],
            "name": [names["provider"](i) for i in range(n_providers)],
            "entry_stage": np.where(np.arange(n_providers) % 4 == 3, "advanced", "entry"),
            "kind": np.where(np.arange(n_providers) % 4 == 3, "certified", "community_college"),
            "state": "XL",
            "location_quality": "point",
            "seats": np.where(np.arange(n_providers) % 5 == 0, np.nan, rng.integers(8, 120, n_providers)),
            "seats_basis": np.where(np.arange(n_providers) % 5 == 0, "suppressed", "completions"),
            "cip_codes": "46.0302 47.0105",
            "seats_by_program": np.where(np.arange(n_providers) % 5 == 0, None, "46.0302=20 47.0105=4"),
            "seats_expected": 24.0,
            "share": 1.0,
            "sources": "ipeds_hd",
            **_points(rng, scores, n_providers),
        }
    )
    centers = pd.DataFrame(
        {
            "center_id": [f"ajc:{i + 1}" for i in range(n_centers)],
            "name": [names["center"](i) for i in range(n_centers)],
            "kind": "comprehensive",
            "state": "XL",
            "location_quality": "point",
            **_points(rng, scores, n_centers),
        }
    )
    return {"sites": sites, "providers": providers, "job_centers": centers}


def _names(hostile: bool) -> dict:
    """Return the naming of everything; hostile ones are dealt out in turn."""
    deal = cycle(HOSTILE_NAMES)

    def name(plain: str) -> str:
        return next(deal) if hostile else plain

    return {
        "county": [name(f"{text} County") for text in COUNTY_NAMES],
        "place": [name(text) for text in PLACE_NAMES],
        "site": lambda i: name(f"{COUNTY_NAMES[i % 8]} Travel Plaza {i + 1}"),
        "provider": lambda i: name(f"{COUNTY_NAMES[i % 8]} Community College {'Annex' if i > 7 else 'Main Campus'}"),
        "center": lambda i: name(f"{PLACE_NAMES[i % 8]} American Job Center"),
        "community": name,
    }


def _nearest(frame: pd.DataFrame, targets: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return for each row the position of its nearest target and invented minutes to it."""
    dx = (frame["longitude"].to_numpy()[:, None] - targets["longitude"].to_numpy()) * 0.92
    dy = frame["latitude"].to_numpy()[:, None] - targets["latitude"].to_numpy()
    away = np.hypot(dx, dy)
    return away.argmin(1), np.round(away.min(1) * 111 * 1.35 / 90 * 60, 1)


def _communities(scores: pd.DataFrame, cells: np.ndarray, names: dict, centers: pd.DataFrame) -> pd.DataFrame:
    """Group tier A and B tracts by touching cells; set `community_id` in `scores`."""
    core = scores.index[scores["tier"].isin(["A", "B"]) & scores["has_polygon"]]
    tree = shapely.STRtree(cells[core])
    left, right = tree.query(cells[core], predicate="touches")
    group = {i: i for i in range(len(core))}

    def root(i: int) -> int:
        while group[i] != i:
            i = group[i]
        return i

    for a, b in zip(left, right, strict=True):
        if root(a) != root(b) and sum(root(k) == root(a) or root(k) == root(b) for k in group) <= 9:
            group[root(a)] = root(b)
    rows = []
    for number, key in enumerate(sorted({root(i) for i in group})):
        members = scores.loc[[core[i] for i in group if root(i) == key]]
        ident = f"XL-{number + 1:03d}"
        scores.loc[members.index, "community_id"] = ident
        weight = members["eligible_adults"].to_numpy() + 1
        first = members.iloc[0]
        label = first["place_name"] if isinstance(first["place_name"], str) else first["county_name"]
        rows.append(
            {
                "community_id": ident,
                "state": "XL",
                "name": f"{label} {number + 1}",
                "place": names["community"](label),
                "compass": ("north", "south_east", "west#2", None)[number % 4],
                "kind": "single" if len(members) == 1 else "community",
                "single_reason": "no_neighbor" if len(members) == 1 else None,
                "county_geoid": first["county_geoid"],
                "county_name": first["county_name"],
                "n_tracts": len(members),
                **{name: members[name].sum() for name in ("population", "working_age", "eligible_adults")},
                "eligible_adults_moe": np.sqrt((members["eligible_adults_moe"] ** 2).sum()),
                **{
                    name: np.average(members[name].astype(float), weights=weight)
                    for name in ("latitude", "longitude", "need", "training_gap", "opportunity", "priority")
                },
                **{
                    name: members[name].max()
                    for name in ("providers_within", "seats_within", "job_years_low", "job_years_mid", "job_years_high")
                },
                "sites_within": members["sites_within"].max(),
                **{
                    name: np.average(members[name].astype(float), weights=weight)
                    for name in ("share_reaching_training", "share_over_water", "share_reaching_work")
                },
                "nearest_provider_id": first["nearest_provider_id"],
                "nearest_provider_name": first["nearest_provider_name"],
                "nearest_provider_minutes": first["nearest_provider_minutes"],
                "action": first["action"],
                "barriers": "no_vehicle no_diploma" if number % 3 else "limited_english no_internet single_parent",
                "everyone": True,
                "geometry": shapely.union_all(cells[members.index]),
            }
        )
    out = _ranked(gpd.GeoDataFrame(rows, geometry="geometry", crs=CRS), among="everyone")
    # A handful of communities is all of tier A or B by construction; their tiers come from their tracts.
    out["tier"] = np.where(out["rank"] <= max(1, 0.6 * len(out)), "A", "B")
    out["p_top_share"] = np.where(out["tier"] == "A", 0.93, 0.62)
    out["likely_adults"] = likely_adults(out)
    out["named_for"] = named_first(out, 3)
    near, minutes = _nearest(out, centers)
    out["nearest_job_center_id"] = centers["center_id"].to_numpy()[near]
    out["nearest_job_center_name"] = centers["name"].to_numpy()[near]
    out["nearest_job_center_minutes"] = minutes
    out["tied_with"] = [
        " ".join(
            other.community_id
            for other in out.itertuples()
            if other.Index != row.Index and other.rank_low <= row.rank_high and other.rank_high >= row.rank_low
        )
        or None
        for row in out.itertuples()
    ]
    return out.sort_values("rank").reset_index(drop=True)


def _per_unit(scores: pd.DataFrame, communities: pd.DataFrame, rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    units = [
        *(("tract", geoid, mid) for geoid, mid in zip(scores["geoid"], scores["job_years_mid"], strict=True)),
        *(("community", c.community_id, c.job_years_mid) for c in communities.itertuples()),
        ("state", "XL", 14.0),
    ]
    barriers, quarters = [], []
    for kind, ident, mid in units:
        for measure, support in zip(MEASURES, SUPPORTS, strict=True):
            share = float(rng.uniform(0.02, 0.4))
            moe = float(rng.uniform(0.01, 0.09))
            barriers.append((kind, ident, "XL", measure, share, moe, 0.15, share - moe > 0.15, support))
        if kind == "tract" and not mid > 0.9:
            continue
        for step, quarter in enumerate(("2026Q4", "2027Q1", "2027Q2", "2027Q4", "unknown")):
            value = float(mid) * (0.3, 0.3, 0.2, 0.1, 0.1)[step]
            quarters.append((kind, ident, "XL", quarter, 1 + step % 3, 4 + step, value * 0.6, value, value * 1.7))
    return {
        "barriers": pd.DataFrame(
            barriers,
            columns=[
                "unit_kind",
                "unit_id",
                "state",
                "measure",
                "share",
                "share_moe",
                "state_median",
                "clearly_above",
                "support",
            ],
        ),
        "work_by_quarter": pd.DataFrame(
            quarters,
            columns=[
                "unit_kind",
                "unit_id",
                "state",
                "quarter",
                "sites",
                "units",
                "job_years_low",
                "job_years_mid",
                "job_years_high",
            ],
        ),
    }


def _need_parts(scores: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    parts = []
    ranked = scores[scores["need"].notna()]
    for name, official, archived in DEFINITIONS:
        percentile = (ranked["need"] + rng.normal(0, 9, len(ranked))).clip(0, 100)
        designated = (percentile > 66) if official else None
        parts.append(
            pd.DataFrame(
                {
                    "geoid": ranked["geoid"],
                    "state": "XL",
                    "definition": name,
                    "value": percentile / 100,
                    "percentile": percentile,
                    "weight": 1 / 3,
                    "designated": designated,
                    "agrees": percentile > 70,
                    "official": official,
                    "archived": archived,
                    "vintage": 2022,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _evidence() -> pd.DataFrame:
    """Return evidence by which everything is measured."""
    subjects = {
        "need": ("people", "margins", "definitions"),
        "training": ("seats", "providers"),
        "work": ("units", "sites"),
    }
    return pd.DataFrame(
        {"state": "XL", "pillar": pillar, "subject": subject, "total": 10.0, "measured": 1.0, "assumed": 0.0}
        | {"unknown": 0.0, "verdict": "measured", "settled_by": None}
        for pillar, names in subjects.items()
        for subject in names
    )


def _rollups(scores: pd.DataFrame, members: pd.DataFrame) -> pd.DataFrame:
    area = dict(zip(members["unit_geoid"], zip(members["area_id"], members["area_name"], strict=True), strict=True))
    sets = {
        "county": [(r.county_geoid, r.county_name) for r in scores.itertuples()],
        "workforce_area": [area[r.county_geoid] for r in scores.itertuples()],
        "place": [(f"97{abs(hash_of(r.place_name)) % 100000:05d}", r.place_name) for r in scores.itertuples()],
    }
    rows = []
    for kind, keys in sets.items():
        for (ident, name), group in scores.groupby(pd.MultiIndex.from_tuples(keys)):
            if not isinstance(name, str):
                continue
            rows.append(
                {
                    "state": "XL",
                    "area_kind": kind,
                    "area_id": ident,
                    "area_name": name,
                    "n_tracts": int((group["population"] > 0).sum()),
                    "n_gated": int(group["gated"].sum()),
                    "n_tier_a": int((group["tier"] == "A").sum()),
                    "n_tier_b": int((group["tier"] == "B").sum()),
                    "population": group["population"].sum(),
                    "working_age": group["working_age"].sum(),
                    "eligible_adults": group["eligible_adults"].sum(),
                    "eligible_adults_moe": np.sqrt((group["eligible_adults_moe"] ** 2).sum()),
                    "eligible_adults_top": group.loc[group["tier"].isin(["A", "B"]), "eligible_adults"].sum(),
                    "eligible_adults_gated": group.loc[group["gated"], "eligible_adults"].sum(),
                    "need": group["need"].mean(),
                    "training_gap": group["training_gap"].mean(),
                    "opportunity": group["opportunity"].mean(),
                    "priority": group.loc[group["gated"], "priority"].mean(),
                    "communities": " ".join(sorted(group["community_id"].dropna().unique())) or None,
                    "providers": 1,
                    "planned_sites": 2,
                    "job_years_mid": 0.8,
                }
            )
    out = pd.DataFrame(rows)
    out["rank"] = (
        out.groupby("area_kind")["eligible_adults_gated"].rank(ascending=False, method="first").astype("Int64")
    )
    return out


def hash_of(text: object) -> int:
    """Return a number that is the same in every process, unlike `hash`."""
    return sum((i + 1) * ord(sign) for i, sign in enumerate(str(text)))


def _state_tables(scores: pd.DataFrame, centers: pd.DataFrame, rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    total = scores.loc[scores["gated"], "eligible_adults"].sum()
    hubs = [
        {
            "state": "XL",
            "p": p,
            "order": k + 1,
            "candidate_id": centers["center_id"].iloc[k],
            "name": centers["name"].iloc[k],
            "kind": "job_center",
            "latitude": centers["latitude"].iloc[k],
            "longitude": centers["longitude"].iloc[k],
            "covered_adults": total * (1 - 0.7**p),
            "covered_share": 1 - 0.7**p,
            "gap": 0.0,
            "greedy_adults": total * (1 - 0.72**p),
        }
        for p in range(1, min(10, len(centers)) + 1)
        for k in range(p)
    ]
    curve = [
        ("XL", subject, kind, x, x**power)
        for subject in ("training_access", "work_access")
        for kind, power in (("lorenz", 1.6), ("concentration", 1.2))
        for x in np.linspace(0, 1, 21)
    ]
    equity = [
        (kind, ident, name, "XL", subject, metric, value, len(scores))
        for kind, ident, name in (("state", "XL", "Larkspur"), ("county", "97001", scores["county_name"].iloc[0]))
        for subject in ("training_access", "work_access")
        for metric, value in (("concentration_index", 0.12), ("erreygers_index", 0.09), ("gini", 0.41), ("palma", None))
    ]
    pairs = [("svi", "cejst", 30, 52, 12, 10, 0.58, 0.55), ("cejst", "workforce", 28, 50, 12, 10, 0.56, 0.51)]
    tests = [("aggregation", "geometric"), ("access.catchment_minutes", "45"), ("need.weights", "without cejst")]
    return {
        "hubs": pd.DataFrame(hubs),
        "equity_curve": pd.DataFrame(curve, columns=["state", "subject", "curve", "people_share", "access_share"]),
        "equity": pd.DataFrame(
            equity, columns=["scope_kind", "scope_id", "scope_name", "state", "subject", "metric", "value", "n_tracts"]
        ),
        "agreement": pd.DataFrame(
            [("XL", *pair) for pair in pairs],
            columns=["state", "definition_a", "definition_b", "both", "either", "only_a", "only_b", "jaccard", "kappa"],
        ),
        "sensitivity": pd.DataFrame(
            [
                ("XL", a, b, unit, 10, 8 + k % 3, 0.93, left if unit == "community" else None)
                for k, (a, b) in enumerate(tests)
                for left in [" ".join(scores["community_id"].dropna().unique()[: 2 - k % 3]) or None]
                for unit in ("tract", "community")
            ],
            columns=["state", "setting", "alternative", "unit_kind", "top", "kept", "rank_correlation", "left_top"],
        ),
        "clusters": pd.DataFrame(
            {
                "geoid": scores["geoid"],
                "state": "XL",
                "local_i": rng.normal(0, 1, len(scores)),
                "p_value": rng.random(len(scores)),
                "cluster": "none",
            }
        ),
    }


def _land(scores: pd.DataFrame, cells: np.ndarray, names: dict) -> dict[str, gpd.GeoDataFrame]:
    drawn = scores["has_polygon"].to_numpy(dtype=bool)
    tracts = gpd.GeoDataFrame(
        {
            "geoid": scores["geoid"],
            "state": "XL",
            "county_geoid": scores["county_geoid"],
            "name": scores["name"],
            "land_m2": shapely.area(cells) * 1.1e10,
            "water_m2": 0.0,
            "tract_vintage": 2020,
            "ct_scheme": "not_applicable",
        },
        geometry=cells,
        crs=CRS,
    )
    counties = tracts.assign(name=scores["county_name"], vintage=2020).dissolve("county_geoid").reset_index()
    inside = scores["place_name"].notna().to_numpy()
    places = tracts[inside].assign(place=scores["place_name"][inside]).dissolve("place").reset_index()
    places["place_geoid"] = [f"97{abs(hash_of(name)) % 100000:05d}" for name in places["place"]]
    lake = shapely.transform(shapely.segmentize(shapely.Point(WEST + 2.3, SOUTH + 0.6).buffer(0.22), 0.02), _warp)
    road = shapely.transform(
        shapely.segmentize(
            shapely.LineString([(WEST, SOUTH + 0.7), (WEST + 1.9, SOUTH + 1.5), (WEST + WIDTH, SOUTH + 2.5)]), 0.02
        ),
        _warp,
    )
    tribal = shapely.transform(
        shapely.segmentize(shapely.box(WEST + 0.3, SOUTH + 2.2, WEST + 0.9, SOUTH + 2.6), 0.02), _warp
    )
    landmarks = gpd.GeoDataFrame(
        {
            "landmark_id": ["water:1", "road:1", "tribal:1", "state:97"],
            "kind": ["water", "road", "tribal", "state"],
            "name": ["Lake Larkspur", "I-97", "Blue Heron Reservation (fictional)", "Larkspur"],
        },
        geometry=[lake, road, tribal, shapely.union_all(cells)],
        crs=CRS,
    )
    return {
        "tracts": tracts[drawn],
        "counties": counties,
        "places": places.drop(columns="name").rename(columns={"place": "name"}).assign(kind="city", vintage=2020),
        "landmarks": landmarks,
    }


def _sources() -> list[SourceUse]:
    common = {"licence": "public domain", "retrieved_at": "2026-11-20T04:00:00Z", "rows_in": 60, "rows_kept": 60}
    return [
        SourceUse(
            "svi",
            "Social Vulnerability Index (fictional)",
            "Sample",
            "definitions",
            "sample",
            vintage="2022",
            sha256="ab" * 32,
            file="SVI.csv",
            **common,
        ),
        SourceUse(
            "cejst",
            "Climate and Economic Justice Screening Tool (fictional)",
            "Sample",
            "definitions",
            "sample",
            vintage="2024",
            archived=True,
            sha256="cd" * 32,
            file="cejst.csv",
            **common,
        ),
        SourceUse(
            "afdc",
            "Charging stations (fictional)",
            "Sample",
            "sites",
            "stale",
            vintage="2026-09",
            age_days=61.0,
            sha256="ef" * 32,
            file="afdc.json",
            note="The publisher could not be reached; the last good copy is used.",
            **common,
        ),
        SourceUse(
            "etpl",
            "Eligible training providers",
            "Sample",
            "providers",
            "missing",
            note="No file was given; programs known only to this list are absent.",
        ),
    ]


def synthetic_result(n_tracts: int = 60, *, hostile: bool = False, detail: int = 4, seed: int = 7) -> StateResult:
    """Return a whole state of about `n_tracts` tracts; `detail` sets vertices an edge is drawn with."""
    rng = np.random.default_rng(seed)
    names = _names(hostile)
    cells = _coverage(n_tracts, detail, rng)
    scores = _scores(cells, names, rng)
    tables: dict[str, pd.DataFrame] = _places_to_go(scores, names, rng)
    entry = tables["providers"][tables["providers"]["entry_stage"] == "entry"].reset_index(drop=True)
    near, minutes = _nearest(scores, entry)
    within = minutes <= 60
    scores["nearest_provider_id"] = pd.Series(entry["provider_id"].to_numpy()[near]).where(within)
    scores["nearest_provider_name"] = pd.Series(entry["name"].to_numpy()[near]).where(within)
    scores["nearest_provider_minutes"] = pd.Series(minutes).where(within)
    communities = _communities(scores, cells, names, tables["job_centers"])
    members = pd.DataFrame(
        [
            (
                "workforce_area",
                f"WDA-{int(geoid[2:]) % 3 + 1}",
                f"Workforce Board {int(geoid[2:]) % 3 + 1}",
                "XL",
                "county",
                geoid,
            )
            for geoid in sorted(scores["county_geoid"].unique())
        ],
        columns=["area_kind", "area_id", "area_name", "state", "unit_kind", "unit_geoid"],
    )
    tables |= {
        "tract_scores": scores,
        "communities": communities,
        "community_tracts": scores.loc[scores["community_id"].notna(), ["community_id", "geoid", "state"]],
        "need_parts": _need_parts(scores, rng),
        "area_members": members,
        "rollups": _rollups(scores, members),
        "evidence": _evidence(),
        "rejects": pd.DataFrame(
            [("afdc", "afdc.json", 14, "afdc:99", "state", "Oregon", "wrong_state", "Correct the state.")],
            columns=["source", "file", "row", "key", "field", "value", "reason", "remedy"],
        ),
        **_per_unit(scores, communities, rng),
        **_state_tables(scores, tables["job_centers"], rng),
        **_land(scores, cells, names),
    }
    seats = tables["providers"]["seats"].fillna(1.0)
    entry = tables["providers"]["entry_stage"].eq("entry")
    work = tables["work_by_quarter"][tables["work_by_quarter"]["unit_kind"] == "state"]
    tables["state_summary"] = state_summary(
        SCHEMAS["tract_scores"].validate(scores),
        communities,
        tables["providers"].assign(seats_used=seats, seats_assumed=tables["providers"]["seats"].isna())[entry],
        work.assign(assumed_units=False, units_variance=0.0, job_years_variance=0.0),
        tables["providers"].iloc[:0],
        tables["providers"],
        pd.DataFrame({"state": ["XL"], "training": True, "work": True, "job_centers": True}),
    )
    tables["locations"] = pd.DataFrame(
        [
            (
                "XL",
                "providers",
                "training_list",
                9,
                7,
                1,
                0,
                1,
                0,
                0,
                0,
                "onramp geocode list.csv list_geocoded.csv",
            )
        ],
        columns=[column.name for column in SCHEMAS["locations"].columns],
    )
    counts = {"tracts_in_the_list": n_tracts, "tracts_that_count_as_top": -(-n_tracts // 10)}
    return StateResult(
        state=find_state("XL"),
        as_of="2026-11-22",
        tables={name: SCHEMAS[name].validate(table) for name, table in tables.items()},
        sources=_sources(),
        settings=Settings(),
        settings_digest="0123456789ab",
        facts={"engine": "great_circle", "engine_version": "calibrated", "draws": 1000, **counts, "morans_i": 0.42},
        run_id="synthetic",
    )
