"""What is known of each community, summed from its tracts and from what they can reach.

Does not hold the grouping, names, draws or barriers: they come in as tables.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geodata.access.reach import Reach
from geodata.communities.community_names import Around, base_names, named
from geodata.schemas import columns as col
from geodata.schemas.computed import COMMUNITIES, WORK_BY_QUARTER
from geodata.schemas.programs import programs_together
from geodata.schemas.table import CRS
from geodata.scoring.opportunity import ASSUMED_UNITS, with_spread
from geodata.scoring.site_priors import JOB_YEARS_VARIANCE
from geodata.statistics.margins import grouped_margin

Shapes = NDArray[np.object_]
Rows = NDArray[np.int64]

PILLARS = (col.NEED, col.TRAINING_GAP, col.OPPORTUNITY, col.PRIORITY)
PLACE = (col.LATITUDE, col.LONGITUDE)
JOB_YEARS = (col.JOB_YEARS_LOW, col.JOB_YEARS_MID, col.JOB_YEARS_HIGH)
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
            pairs = pairs.groupby(["tract", col.PLACE])["minutes"].min().reset_index()
        return cls(reached.supply, id_column, reached.geoids, pairs)

    def reached_from(self, tracts: pd.DataFrame) -> pd.DataFrame:
        """Return the rows of `tracts` [geoid, …] with each place within reach and the minutes to it."""
        numbered = tracts.assign(tract=self.geoids.get_indexer(pd.Index(tracts[col.GEOID])))
        return numbered.merge(self.pairs, on="tract").drop(columns="tract")


class Supplies(NamedTuple):
    """What people reach, of each kind; a kind that is None has no columns in `communities_table`."""

    providers: Supply | None = None
    sites: Supply | None = None
    job_centers: Supply | None = None


def communities_table(
    scores: pd.DataFrame,
    grouping: pd.DataFrame,
    tracts: gpd.GeoDataFrame,
    supplies: Supplies | None = None,
    *,
    barriers: pd.Series | None = None,
    ranks: pd.DataFrame | None = None,
    previous: pd.DataFrame | None = None,
    around: Around | None = None,
) -> gpd.GeoDataFrame:
    """Return the `communities` table without actions (`geodata.decisions.actions`).

    `grouping` is the result of `geodata.communities.grouping.group`, `barriers` of
    `geodata.decisions.barriers.barrier_lists`, `ranks` [community_id, rank_median, rank_low, rank_high, p_top_share,
    p_top_count, tier] of `geodata.uncertainty.certainty`, `previous` an earlier communities table whose names are
    kept, `around` what communities are named by beside their tracts. Pillars are means weighted by eligible adults;
    margins are roots of sums of squares; what is within reach of any of its tracts is within reach of the community,
    once.
    """
    if not len(grouping):
        return COMMUNITIES.empty()
    members = grouping[[col.COMMUNITY_ID, col.GEOID, col.KIND, col.SINGLE_REASON]]
    members = members.merge(scores.drop(columns=col.COMMUNITY_ID, errors="ignore"), on=col.GEOID)
    members = members.sort_values([col.COMMUNITY_ID, col.GEOID]).reset_index(drop=True)
    table = _sums(members).merge(base_names(members, around), on=col.COMMUNITY_ID)
    table = named(table, previous)
    providers, sites, job_centers = supplies or Supplies()
    if providers is not None:
        table = table.merge(_nearest(members, providers, "nearest_provider"), on=col.COMMUNITY_ID, how="left")
        seats = {"seats_within": "seats_used"}
        table = table.merge(_within(members, providers, "providers_within", seats), on=col.COMMUNITY_ID, how="left")
        table = table.merge(_unlocated(members), on=col.COMMUNITY_ID, how="left")
        table[col.SEATS_BY_PROGRAM] = table[col.COMMUNITY_ID].map(_programs_within(members, providers))
    if sites is not None:
        sums = {name: name for name in (*JOB_YEARS, JOB_YEARS_VARIANCE)} | {col.SITES_ASSUMED: ASSUMED_UNITS}
        within = with_spread(_within(members, sites, "sites_within", sums))
        table = table.merge(within, on=col.COMMUNITY_ID, how="left")
    if job_centers is not None:
        table = table.merge(_nearest(members, job_centers, "nearest_job_center"), on=col.COMMUNITY_ID, how="left")
    table[col.RANK] = _ranks(table)
    if ranks is not None:
        table = table.merge(ranks, on=col.COMMUNITY_ID, how="left")
        table[col.TIED_WITH] = _tied(table)
    table["barriers"] = table[col.COMMUNITY_ID].map(barriers) if barriers is not None else None
    shapes = _outlines(members, tracts)
    table = gpd.GeoDataFrame(table, geometry=table[col.COMMUNITY_ID].map(shapes).to_numpy(), crs=CRS)
    return COMMUNITIES.validate(table.sort_values([col.STATE, col.RANK]))


def work_by_quarter(sites: Supply, scores: pd.DataFrame, grouping: pd.DataFrame) -> pd.DataFrame:
    """Return the `work_by_quarter` table: sites within reach of tracts and communities, and those in the state.

    `sites.table` is that of `geodata.scoring.opportunity.site_work`. A site within reach of several tracts of a
    community counts once. Quarters without sites have no row.
    """
    work, tracts = sites.table, scores[[col.GEOID, col.STATE]].reset_index(drop=True)
    row_of = np.full(len(sites.geoids) + 1, -1, dtype=np.int64)
    row_of[sites.geoids.get_indexer(pd.Index(tracts[col.GEOID]))] = tracts.index
    row_of[-1] = -1
    unit = row_of[sites.pairs["tract"]]
    scored = unit >= 0
    by_tract = _by_quarter(
        unit[scored], sites.pairs[col.PLACE].to_numpy()[scored], tracts[col.STATE], tracts[col.GEOID], work
    )

    members = sites.reached_from(grouping[[col.GEOID, col.COMMUNITY_ID]])
    units = grouping.drop_duplicates(col.COMMUNITY_ID).sort_values(col.COMMUNITY_ID, ignore_index=True)
    members[col.UNIT] = pd.Index(units[col.COMMUNITY_ID]).get_indexer(pd.Index(members[col.COMMUNITY_ID]))
    members = members[[col.UNIT, col.PLACE]].drop_duplicates()
    unit, place = members[col.UNIT].to_numpy(), members[col.PLACE].to_numpy()
    by_community = _by_quarter(unit, place, units[col.STATE], units[col.COMMUNITY_ID], work)

    states = pd.Series(sorted(scores[col.STATE].unique()), dtype="str")
    unit = pd.Index(states).get_indexer(pd.Index(work[col.STATE]))
    inside = np.flatnonzero(unit >= 0)
    by_state = _by_quarter(unit[inside], inside, states, states, work)
    kinds = {"community": by_community, "state": by_state, "tract": by_tract}
    made = pd.concat([table.assign(unit_kind=kind) for kind, table in kinds.items()], ignore_index=True)
    return WORK_BY_QUARTER.validate(made)


def _by_quarter(unit: Rows, place: Rows, states: pd.Series, names: pd.Series, work: pd.DataFrame) -> pd.DataFrame:
    """Return the sums over pairs of a unit (row of `states` and `names`) and a site (row of `work`), by quarter."""
    quarter, quarters = pd.factorize(work[col.QUARTER], sort=True)
    known = quarter[place] >= 0
    unit, place = unit[known], place[known]
    key = unit * len(quarters) + quarter[place]
    size = len(names) * len(quarters)
    sites = np.bincount(key, minlength=size)
    cells = np.flatnonzero(sites)
    row = cells // max(len(quarters), 1)
    table = pd.DataFrame(
        {
            col.UNIT_ID: names.to_numpy()[row],
            col.STATE: states.to_numpy()[row],
            col.QUARTER: np.asarray(quarters)[cells % max(len(quarters), 1)],
            "sites": sites[cells],
        }
    )
    for name in (col.UNITS, ASSUMED_UNITS, *JOB_YEARS, JOB_YEARS_VARIANCE):
        values = work[name].fillna(0.0).to_numpy(dtype=float)[place]
        table[name] = np.bincount(key, weights=values, minlength=size)[cells]
    return with_spread(table).rename(columns={ASSUMED_UNITS: col.SITES_ASSUMED})


def _sums(members: pd.DataFrame) -> pd.DataFrame:
    """Return one row a community: its people, and means of its tracts."""
    grouped = members.groupby(col.COMMUNITY_ID)
    first = grouped[[col.STATE, col.KIND, col.SINGLE_REASON]].first()
    people = grouped[[col.POPULATION, col.WORKING_AGE, col.ELIGIBLE_ADULTS]].sum(min_count=1)
    table = first.join(people).assign(n_tracts=grouped.size())
    table[col.ELIGIBLE_ADULTS_MOE] = grouped_margin(members[col.ELIGIBLE_ADULTS_MOE], members[col.COMMUNITY_ID])
    for name, weight in (*((place, "population") for place in PLACE), *((p, "eligible_adults") for p in PILLARS)):
        table[name] = means_by_community(members, name, weight)
    return table.reset_index()


def means_by_community(members: pd.DataFrame, name: str, weight: str) -> pd.Series:
    """Return the weighted mean of the values present, by community; a trace of weight keeps tracts without any."""
    values = members[name].astype("float64")
    weights = members[weight].fillna(0.0).clip(lower=1e-9).where(values.notna())
    sums = pd.DataFrame({"product": values * weights, col.WEIGHT: weights}).groupby(members[col.COMMUNITY_ID]).sum()
    return (sums["product"] / sums[col.WEIGHT]).where(sums[col.WEIGHT] > 0)


def _nearest(members: pd.DataFrame, supply: Supply, prefix: str) -> pd.DataFrame:
    """Return the place that is nearest for most eligible adults, and their mean minutes to it."""
    columns = ["community_id", f"{prefix}_id", f"{prefix}_name", f"{prefix}_minutes"]
    pairs = supply.reached_from(members[[col.COMMUNITY_ID, col.GEOID, col.ELIGIBLE_ADULTS]])
    if not len(pairs):
        return pd.DataFrame({name: pd.Series(dtype="str" if name != columns[3] else "float64") for name in columns})
    pairs["adults"] = pairs[col.ELIGIBLE_ADULTS].fillna(0.0).clip(lower=1e-6)
    pairs["id"] = supply.table[supply.id_column].to_numpy()[pairs[col.PLACE].to_numpy()]
    first = pairs.sort_values([col.GEOID, "minutes", "id"]).drop_duplicates(col.GEOID)
    votes = first.groupby([col.COMMUNITY_ID, col.PLACE, "id"])["adults"].sum().reset_index()
    chosen = votes.sort_values([col.COMMUNITY_ID, "adults", "id"], ascending=[True, False, True])
    chosen = chosen.drop_duplicates(col.COMMUNITY_ID)[[col.COMMUNITY_ID, col.PLACE, "id"]]
    reaching = pairs.merge(chosen, on=[col.COMMUNITY_ID, col.PLACE, "id"])
    reaching["product"] = reaching["adults"] * reaching["minutes"]
    sums = reaching.groupby(col.COMMUNITY_ID)[["product", "adults"]].sum()
    chosen[columns[3]] = chosen[col.COMMUNITY_ID].map(sums["product"] / sums["adults"])
    chosen[columns[2]] = supply.table[col.NAME].to_numpy()[chosen[col.PLACE].to_numpy()]
    return chosen.rename(columns={"id": columns[1]})[columns]


def _unlocated(members: pd.DataFrame) -> pd.DataFrame:
    """Return [community_id, unlocated_providers, unlocated_where]: of the area that most eligible adults share."""
    columns = [col.COMMUNITY_ID, col.UNLOCATED_PROVIDERS, col.UNLOCATED_WHERE]
    if col.UNLOCATED_WHERE not in members.columns:
        return members[[col.COMMUNITY_ID]].drop_duplicates().reindex(columns=columns)
    told = members[members[col.UNLOCATED_WHERE].notna()]
    told = told.assign(adults=told[col.ELIGIBLE_ADULTS].fillna(0.0).clip(lower=1e-6))
    sums = told.groupby(columns)["adults"].sum().reset_index()
    most = sums.sort_values([col.COMMUNITY_ID, "adults", col.UNLOCATED_WHERE], ascending=[True, False, True])
    most = most.drop_duplicates(col.COMMUNITY_ID)[columns]
    out = members[[col.COMMUNITY_ID]].drop_duplicates().merge(most, on=col.COMMUNITY_ID, how="left")
    return out.assign(unlocated_providers=out[col.UNLOCATED_PROVIDERS].fillna(0).astype("int64"))


def _within(members: pd.DataFrame, supply: Supply, count: str, sums: dict[str, str]) -> pd.DataFrame:
    """Return the number of distinct places within reach of a community, and sums over them (name: column)."""
    pairs = supply.reached_from(members[[col.COMMUNITY_ID, col.GEOID]])
    pairs = pairs[[col.COMMUNITY_ID, col.PLACE]].drop_duplicates()
    for name, column in sums.items():
        pairs[name] = supply.table[column].to_numpy()[pairs[col.PLACE].to_numpy()]
    pairs[count] = 1
    table = pairs.groupby(col.COMMUNITY_ID)[[count, *sums]].sum()
    return table.reindex(members[col.COMMUNITY_ID].unique(), fill_value=0).rename_axis(col.COMMUNITY_ID).reset_index()


def _programs_within(members: pd.DataFrame, supply: Supply) -> dict[str, str | None]:
    """Return the reported seats within reach of each community by program, a place counted once."""
    pairs = supply.reached_from(members[[col.COMMUNITY_ID, col.GEOID]])
    pairs = pairs[[col.COMMUNITY_ID, col.PLACE]].drop_duplicates()
    texts = supply.table.get(col.SEATS_BY_PROGRAM, pd.Series(None, index=supply.table.index, dtype="str"))
    return {
        str(name): programs_together(texts.iloc[places]) for name, places in pairs.groupby(col.COMMUNITY_ID)[col.PLACE]
    }


def _ranks(table: pd.DataFrame) -> pd.Series:
    order = table.sort_values(
        [col.PRIORITY, col.ELIGIBLE_ADULTS, col.COMMUNITY_ID], ascending=[False, False, True], na_position="last"
    )
    return (order.groupby(col.STATE).cumcount() + 1).reindex(table.index)


def _tied(table: pd.DataFrame) -> pd.Series:
    """Return the other communities of the state whose 5-95 % rank interval overlaps, best rank first."""
    out = pd.Series([None] * len(table), index=table.index, dtype="object")
    for _, part in table.groupby(col.STATE):
        part = part.sort_values(col.RANK)
        low, high = part[col.RANK_LOW].to_numpy(float), part[col.RANK_HIGH].to_numpy(float)
        ids = part[col.COMMUNITY_ID].to_numpy()
        overlap = (low[:, None] <= high[None, :]) & (low[None, :] <= high[:, None])
        np.fill_diagonal(overlap, False)
        for row, others in zip(part.index, overlap, strict=True):
            out[row] = " ".join(ids[others]) or None
    return out


def _outlines(members: pd.DataFrame, tracts: gpd.GeoDataFrame) -> dict[str, shapely.Geometry | None]:
    polygons = tracts.drop_duplicates(col.GEOID).set_index(col.GEOID).geometry.reindex(members[col.GEOID]).to_numpy()
    return {str(name): union(polygons[rows]) for name, rows in members.groupby(col.COMMUNITY_ID).indices.items()}


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
