"""What is known of each community, summed from its tracts and from what they can reach.

Does not hold the grouping, names, draws or barriers: they come in as tables.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geodata.access.reach import Reach
from geodata.communities.community_names import base_names, named
from geodata.schemas.computed import COMMUNITIES, WORK_BY_QUARTER
from geodata.schemas.table import CRS

Shapes = NDArray[np.object_]
Rows = NDArray[np.int64]

PILLARS = ("need", "training_gap", "opportunity", "priority")
PLACE = ("latitude", "longitude")
JOB_YEARS = ("job_years_low", "job_years_mid", "job_years_high")
HOLE_M2 = 10_000.0


@dataclass(frozen=True, eq=False)
class Supply:
    """Places people reach: `table` has `id_column` and name; `pairs` is [tract, place, minutes], both row numbers.

    `geoids` are the tracts. A tract with several origins reaches a place in the minutes of its nearest origin.
    """

    table: pd.DataFrame
    id_column: str
    geoids: pd.Index
    pairs: pd.DataFrame

    @classmethod
    def of(cls, reached: Reach, id_column: str) -> Supply:
        """Return the places of `reached` within each tract's catchment."""
        tract = reached.tract_of_origin[reached.minutes.origin]
        columns = {"tract": tract, "place": reached.minutes.destination, "minutes": reached.minutes.minutes}
        pairs = pd.DataFrame(columns)
        if len(reached.tract_of_origin) > len(reached.geoids):
            pairs = pairs.groupby(["tract", "place"])["minutes"].min().reset_index()
        return cls(reached.supply, id_column, reached.geoids, pairs)

    def reached_from(self, tracts: pd.DataFrame) -> pd.DataFrame:
        """Return the rows of `tracts` [geoid, …] with each place within reach and the minutes to it."""
        numbered = tracts.assign(tract=self.geoids.get_indexer(pd.Index(tracts["geoid"])))
        return numbered.merge(self.pairs, on="tract").drop(columns="tract")


def communities_table(
    scores: pd.DataFrame,
    grouping: pd.DataFrame,
    tracts: gpd.GeoDataFrame,
    *,
    providers: Supply | None = None,
    sites: Supply | None = None,
    job_centers: Supply | None = None,
    barriers: pd.Series | None = None,
    ranks: pd.DataFrame | None = None,
    previous: pd.DataFrame | None = None,
) -> gpd.GeoDataFrame:
    """Return the `communities` table without actions (`geodata.decisions.actions`).

    `grouping` is the result of `geodata.communities.grouping.group`, `barriers` of
    `geodata.decisions.barriers.barrier_lists`, `ranks` [community_id, rank_median, rank_low, rank_high, p_top_share,
    p_top_count, tier] of `geodata.uncertainty.certainty`, `previous` an earlier communities table whose names are
    kept. Pillars are means weighted by eligible adults; margins are roots of sums of squares; what is within reach of
    any of its tracts is within reach of the community, once.
    """
    if not len(grouping):
        return COMMUNITIES.empty()  # type: ignore[return-value]
    members = grouping[["community_id", "geoid", "kind", "single_reason"]]
    members = members.merge(scores.drop(columns="community_id", errors="ignore"), on="geoid")
    members = members.sort_values(["community_id", "geoid"]).reset_index(drop=True)
    table = _sums(members).merge(base_names(members), on="community_id")
    table = named(table, previous)
    if providers is not None:
        table = table.merge(_nearest(members, providers, "nearest_provider"), on="community_id", how="left")
        seats = {"seats_within": "seats_used"}
        table = table.merge(_within(members, providers, "providers_within", seats), on="community_id", how="left")
    if sites is not None:
        same = {name: name for name in JOB_YEARS}
        table = table.merge(_within(members, sites, "sites_within", same), on="community_id", how="left")
    if job_centers is not None:
        table = table.merge(_nearest(members, job_centers, "nearest_job_center"), on="community_id", how="left")
    table["rank"] = _ranks(table)
    if ranks is not None:
        table = table.merge(ranks, on="community_id", how="left")
        table["tied_with"] = _tied(table)
    table["barriers"] = table["community_id"].map(barriers) if barriers is not None else None
    shapes = _outlines(members, tracts)
    table = gpd.GeoDataFrame(table, geometry=table["community_id"].map(shapes).to_numpy(), crs=CRS)
    return COMMUNITIES.validate(table.sort_values(["state", "rank"]))  # type: ignore[return-value]


def work_by_quarter(sites: Supply, scores: pd.DataFrame, grouping: pd.DataFrame) -> pd.DataFrame:
    """Return the `work_by_quarter` table: sites within reach of tracts and communities, and those in the state.

    `sites.table` is that of `geodata.scoring.opportunity.site_work`. A site within reach of several tracts of a
    community counts once. Quarters without sites have no row.
    """
    work, tracts = sites.table, scores[["geoid", "state"]].reset_index(drop=True)
    row_of = np.full(len(sites.geoids) + 1, -1, dtype=np.int64)
    row_of[sites.geoids.get_indexer(pd.Index(tracts["geoid"]))] = tracts.index
    row_of[-1] = -1
    unit = row_of[sites.pairs["tract"]]
    scored = unit >= 0
    by_tract = _by_quarter(
        unit[scored], sites.pairs["place"].to_numpy()[scored], tracts["state"], tracts["geoid"], work
    )

    members = sites.reached_from(grouping[["geoid", "community_id"]])
    units = grouping.drop_duplicates("community_id").sort_values("community_id", ignore_index=True)
    members["unit"] = pd.Index(units["community_id"]).get_indexer(pd.Index(members["community_id"]))
    members = members[["unit", "place"]].drop_duplicates()
    unit, place = members["unit"].to_numpy(), members["place"].to_numpy()
    by_community = _by_quarter(unit, place, units["state"], units["community_id"], work)

    states = pd.Series(sorted(scores["state"].unique()), dtype="str")
    unit = pd.Index(states).get_indexer(pd.Index(work["state"]))
    inside = np.flatnonzero(unit >= 0)
    by_state = _by_quarter(unit[inside], inside, states, states, work)
    kinds = {"community": by_community, "state": by_state, "tract": by_tract}
    made = pd.concat([table.assign(unit_kind=kind) for kind, table in kinds.items()], ignore_index=True)
    return WORK_BY_QUARTER.validate(made)


def _by_quarter(unit: Rows, place: Rows, states: pd.Series, names: pd.Series, work: pd.DataFrame) -> pd.DataFrame:
    """Return the sums over pairs of a unit (row of `states` and `names`) and a site (row of `work`), by quarter."""
    quarter, quarters = pd.factorize(work["quarter"], sort=True)
    known = quarter[place] >= 0
    unit, place = unit[known], place[known]
    key = unit * len(quarters) + quarter[place]
    size = len(names) * len(quarters)
    sites = np.bincount(key, minlength=size)
    cells = np.flatnonzero(sites)
    row = cells // max(len(quarters), 1)
    table = pd.DataFrame(
        {
            "unit_id": names.to_numpy()[row],
            "state": states.to_numpy()[row],
            "quarter": np.asarray(quarters)[cells % max(len(quarters), 1)],
            "sites": sites[cells],
        }
    )
    for name in ("units", *JOB_YEARS):
        values = work[name].fillna(0.0).to_numpy(dtype=float)[place]
        table[name] = np.bincount(key, weights=values, minlength=size)[cells]
    return table


def _sums(members: pd.DataFrame) -> pd.DataFrame:
    """Return one row a community: its people, and means of its tracts."""
    grouped = members.groupby("community_id")
    first = grouped[["state", "kind", "single_reason"]].first()
    people = grouped[["population", "working_age", "eligible_adults"]].sum(min_count=1)
    table = first.join(people).assign(n_tracts=grouped.size())
    # A margin that is missing makes the sum's missing, not smaller.
    squares = members["eligible_adults_moe"].astype("float64") ** 2
    table["eligible_adults_moe"] = np.sqrt(squares.groupby(members["community_id"]).agg(_sum_of_all))
    for name, weight in (*((place, "population") for place in PLACE), *((p, "eligible_adults") for p in PILLARS)):
        table[name] = _means(members, name, weight)
    return table.reset_index()


def _sum_of_all(values: pd.Series) -> float:
    return float(values.sum(skipna=False))


def _means(members: pd.DataFrame, name: str, weight: str) -> pd.Series:
    """Return the weighted mean of the values present, by community; a trace of weight keeps tracts without any."""
    values = members[name].astype("float64")
    weights = members[weight].fillna(0.0).clip(lower=1e-9).where(values.notna())
    sums = pd.DataFrame({"product": values * weights, "weight": weights}).groupby(members["community_id"]).sum()
    return (sums["product"] / sums["weight"]).where(sums["weight"] > 0)


def _nearest(members: pd.DataFrame, supply: Supply, prefix: str) -> pd.DataFrame:
    """Return the place that is nearest for most eligible adults, and their mean minutes to it."""
    columns = ["community_id", f"{prefix}_id", f"{prefix}_name", f"{prefix}_minutes"]
    pairs = supply.reached_from(members[["community_id", "geoid", "eligible_adults"]])
    if not len(pairs):
        return pd.DataFrame({name: pd.Series(dtype="str" if name != columns[3] else "float64") for name in columns})
    pairs["adults"] = pairs["eligible_adults"].fillna(0.0).clip(lower=1e-6)
    pairs["id"] = supply.table[supply.id_column].to_numpy()[pairs["place"].to_numpy()]
    first = pairs.sort_values(["geoid", "minutes", "id"]).drop_duplicates("geoid")
    votes = first.groupby(["community_id", "place", "id"])["adults"].sum().reset_index()
    chosen = votes.sort_values(["community_id", "adults", "id"], ascending=[True, False, True])
    chosen = chosen.drop_duplicates("community_id")[["community_id", "place", "id"]]
    reaching = pairs.merge(chosen, on=["community_id", "place", "id"])
    reaching["product"] = reaching["adults"] * reaching["minutes"]
    sums = reaching.groupby("community_id")[["product", "adults"]].sum()
    chosen[columns[3]] = chosen["community_id"].map(sums["product"] / sums["adults"])
    chosen[columns[2]] = supply.table["name"].to_numpy()[chosen["place"].to_numpy()]
    return chosen.rename(columns={"id": columns[1]})[columns]


def _within(members: pd.DataFrame, supply: Supply, count: str, sums: dict[str, str]) -> pd.DataFrame:
    """Return the number of distinct places within reach of a community, and sums over them (name: column)."""
    pairs = supply.reached_from(members[["community_id", "geoid"]])
    pairs = pairs[["community_id", "place"]].drop_duplicates()
    for name, column in sums.items():
        pairs[name] = supply.table[column].to_numpy()[pairs["place"].to_numpy()]
    pairs[count] = 1
    table = pairs.groupby("community_id")[[count, *sums]].sum()
    return table.reindex(members["community_id"].unique(), fill_value=0).rename_axis("community_id").reset_index()


def _ranks(table: pd.DataFrame) -> pd.Series:
    order = table.sort_values(
        ["priority", "eligible_adults", "community_id"], ascending=[False, False, True], na_position="last"
    )
    return (order.groupby("state").cumcount() + 1).reindex(table.index)


def _tied(table: pd.DataFrame) -> pd.Series:
    """Return the other communities of the state whose 5-95 % rank interval overlaps, best rank first."""
    out = pd.Series([None] * len(table), index=table.index, dtype="object")
    for _, part in table.groupby("state"):
        part = part.sort_values("rank")
        low, high = part["rank_low"].to_numpy(float), part["rank_high"].to_numpy(float)
        ids = part["community_id"].to_numpy()
        overlap = (low[:, None] <= high[None, :]) & (low[None, :] <= high[:, None])
        np.fill_diagonal(overlap, False)
        for row, others in zip(part.index, overlap, strict=True):
            out[row] = " ".join(ids[others]) or None
    return out


def _outlines(members: pd.DataFrame, tracts: gpd.GeoDataFrame) -> dict[str, shapely.Geometry | None]:
    polygons = tracts.drop_duplicates("geoid").set_index("geoid").geometry.reindex(members["geoid"]).to_numpy()
    return {str(name): union(polygons[rows]) for name, rows in members.groupby("community_id").indices.items()}


def union(shapes: Shapes) -> shapely.Geometry | None:
    """Return the union of polygons (EPSG:4326) without the holes slivers leave; None where there is none.

    Holes of less than a hectare, which no tract is, are filled. What is not an area is left out.
    """
    known = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
    parts = _areas(shapely.get_parts(shapely.make_valid(known)))
    if not len(parts):
        return None
    joined = _areas(shapely.get_parts(shapely.union_all(parts)))
    filled = [_filled(part) if shapely.get_num_interior_rings(part) else part for part in joined]
    return filled[0] if len(filled) == 1 else shapely.MultiPolygon(filled)


def _areas(shapes: Shapes) -> Shapes:
    """Return the polygons among `shapes`, collections taken apart."""
    simple = shapely.get_parts(shapes)
    return np.asarray(simple[shapely.get_type_id(simple) == shapely.GeometryType.POLYGON], dtype=object)


def _filled(polygon: shapely.Polygon) -> shapely.Polygon:
    m2_per_degree2 = (111_320.0**2) * np.cos(np.radians(polygon.centroid.y))
    kept = [ring for ring in polygon.interiors if shapely.Polygon(ring).area * m2_per_degree2 >= HOLE_M2]
    return shapely.Polygon(polygon.exterior, kept)
