"""What is known of each community, summed from its tracts and from what they can reach.

Does not hold the grouping, names, draws or barriers: they come in as tables.
"""

from __future__ import annotations

from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from geodata.access.reach import GroupReach, NearestPlaces, Reach, named_places
from geodata.communities.community_names import Around, base_names, named
from geodata.schemas import columns as col
from geodata.schemas.computed import COMMUNITIES, WORK_BY_QUARTER
from geodata.schemas.programs import by_program_text, seats_by_program
from geodata.schemas.table import CRS
from geodata.scoring.opportunity import ASSUMED_UNITS, with_spread, work_within
from geodata.scoring.site_priors import JOB_YEARS_VARIANCE
from geodata.statistics.margins import grouped_margin
from geodata.uncertainty.certainty import holding_ranks

Shapes = NDArray[np.object_]
Rows = NDArray[np.int64]

PILLARS = (col.NEED, col.TRAINING_GAP, col.OPPORTUNITY, col.PRIORITY)
PLACE = (col.LATITUDE, col.LONGITUDE)
JOB_YEARS = (col.JOB_YEARS_LOW, col.JOB_YEARS_MID, col.JOB_YEARS_HIGH)
HOLE_M2 = 10_000.0


class Supplies(NamedTuple):
    """What people reach, of each kind; a kind that is None has no columns in `communities_table`."""

    providers: Reach | None = None
    sites: Reach | None = None
    job_centers: Reach | None = None


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
    margins are roots of sums of squares. What a community reaches is what its eligible adults reach, each from the
    origin they are counted at: shares and means are over all of them, minutes are the median of those who reach any.
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
        living = _Living.of(members, providers, table[col.COMMUNITY_ID])
        table = table.join(living.nearest(col.PROVIDER_ID, "nearest_provider"))
        table = table.join(living.training())
        table[col.SHARE_OVER_WATER] = table[col.COMMUNITY_ID].map(_over_water(members))
        table = table.merge(_unlocated(members), on=col.COMMUNITY_ID, how="left")
    if sites is not None:
        living = _Living.of(members, sites, table[col.COMMUNITY_ID])
        table = table.join(work_within(living.found(), sites.supply).set_axis(table.index))
    if job_centers is not None:
        living = _Living.of(members, job_centers, table[col.COMMUNITY_ID])
        table = table.join(living.nearest(col.CENTER_ID, "nearest_job_center"))
    table[col.RANK] = _ranks(table)
    if ranks is not None:
        table = holding_ranks(table.merge(ranks, on=col.COMMUNITY_ID, how="left"))
        table[col.TIED_WITH] = _tied(table)
    table["barriers"] = table[col.COMMUNITY_ID].map(barriers) if barriers is not None else None
    shapes = _outlines(members, tracts)
    table = gpd.GeoDataFrame(table, geometry=table[col.COMMUNITY_ID].map(shapes).to_numpy(), crs=CRS)
    return COMMUNITIES.validate(table.sort_values([col.STATE, col.RANK]))


class _Living(NamedTuple):
    """Where the eligible adults of communities live, as origins of `reached`.

    `row` int[n_origins] of each origin's community (−1: in none), `adults` float64[n_origins]; `rows` are those of the
    communities' table.
    """

    reached: Reach
    row: Rows
    adults: NDArray[np.float64]
    rows: pd.Index

    @classmethod
    def of(cls, members: pd.DataFrame, reached: Reach, communities: pd.Series) -> _Living:
        """Return where those of `members` [community_id, geoid, eligible_adults] live.

        A trace of people keeps tracts in which no eligible adults are known.
        """
        at = reached.geoids.get_indexer(pd.Index(members[col.GEOID]))
        known = at >= 0
        row = np.full(len(reached.geoids), -1, dtype=np.int64)
        row[at[known]] = pd.Index(communities).get_indexer(pd.Index(members[col.COMMUNITY_ID]))[known]
        adults = np.zeros(len(reached.geoids))
        adults[at[known]] = members[col.ELIGIBLE_ADULTS].fillna(0.0).clip(lower=1e-6).to_numpy(dtype=float)[known]
        return cls(reached, row[reached.tract_of_origin], reached.spread(adults), communities.index)

    def nearest(self, id_column: str, prefix: str) -> pd.DataFrame:
        """Return the place nearest for most adults, and the median minutes of those who reach any."""
        found = NearestPlaces.of(self.reached).by_group(self.row, self.adults, len(self.rows))
        return named_places(found, self.reached.supply, id_column, prefix).set_axis(self.rows)

    def found(self) -> GroupReach:
        """Return what the adults of each community have within reach."""
        return GroupReach.of(self.reached, self.row, self.adults, len(self.rows))

    def training(self) -> pd.DataFrame:
        """Return the providers any adult reaches, the share who reach any, and the seats they reach on average."""
        found, providers = self.found(), self.reached.supply
        used = providers["seats_used"].to_numpy(dtype=float)
        assumed = np.where(providers[col.SEATS_ASSUMED].to_numpy(dtype=bool), used, 0.0)
        means = found.mean(np.column_stack([used, assumed]))
        table = pd.DataFrame(means, columns=[col.SEATS_WITHIN, col.SEATS_WITHIN_ASSUMED], index=self.rows)
        texts = providers.get(col.SEATS_BY_PROGRAM, pd.Series(None, index=providers.index, dtype="str"))
        programs = pd.DataFrame([seats_by_program(text) for text in texts], index=providers.index).fillna(0.0)
        reported = found.places @ programs.to_numpy(dtype=float)
        return table.assign(
            providers_within=found.count(),
            share_reaching_training=found.share,
            seats_by_program=pd.Series(
                [by_program_text(dict(zip(programs.columns, row, strict=True))) for row in reported.round(9)],
                index=self.rows,
                dtype="str",
            ),
        )


def _over_water(members: pd.DataFrame) -> pd.Series:
    """Return, by community, the share of adults whose line crosses open water, of those who reach training."""
    if col.SHARE_OVER_WATER not in members:
        return pd.Series(dtype="float64")
    adults = members[col.ELIGIBLE_ADULTS].fillna(0.0).clip(lower=1e-6)
    reaching = adults * members[col.SHARE_REACHING_TRAINING].fillna(0.0)
    crossing = members.assign(reaching=reaching)
    return means_by_community(crossing, col.SHARE_OVER_WATER, "reaching")


def work_by_quarter(sites: Reach, scores: pd.DataFrame, grouping: pd.DataFrame) -> pd.DataFrame:
    """Return the `work_by_quarter` table: sites within reach of tracts and communities, and those in the state.

    `sites.supply` is that of `geodata.scoring.opportunity.site_work`; `scores` has the eligible adults. A site that
    several parts of a community reach counts once; job-years are means over the people. Quarters without sites have no
    row.
    """
    work = sites.supply
    of_tract = np.full(len(sites.geoids), -1, dtype=np.int64)
    at = sites.geoids.get_indexer(pd.Index(scores[col.GEOID]))
    of_tract[at[at >= 0]] = np.flatnonzero(at >= 0)
    by_tract = _by_quarter(
        GroupReach.of(sites, of_tract[sites.tract_of_origin], sites.weight, len(scores)).places,
        scores[[col.STATE, col.GEOID]].set_axis([col.STATE, col.UNIT_ID], axis=1),
        work,
    )
    units = grouping.drop_duplicates(col.COMMUNITY_ID).sort_values(col.COMMUNITY_ID, ignore_index=True)
    members = grouping[[col.COMMUNITY_ID, col.GEOID]].merge(scores[[col.GEOID, col.ELIGIBLE_ADULTS]], on=col.GEOID)
    living = _Living.of(members, sites, units[col.COMMUNITY_ID])
    by_community = _by_quarter(
        GroupReach.of(sites, living.row, living.adults, len(units)).places,
        units[[col.STATE, col.COMMUNITY_ID]].set_axis([col.STATE, col.UNIT_ID], axis=1),
        work,
    )
    states = pd.Series(sorted(scores[col.STATE].unique()), dtype="str")
    unit = pd.Index(states).get_indexer(pd.Index(work[col.STATE]))
    inside = np.flatnonzero(unit >= 0)
    stands = csr_matrix((np.ones(len(inside)), (unit[inside], inside)), shape=(len(states), len(work)))
    by_state = _by_quarter(stands, pd.DataFrame({col.STATE: states, col.UNIT_ID: states}), work)
    kinds = {"community": by_community, "state": by_state, "tract": by_tract}
    made = pd.concat([table.assign(unit_kind=kind) for kind, table in kinds.items()], ignore_index=True)
    return WORK_BY_QUARTER.validate(made)


def _by_quarter(reached: csr_matrix, units: pd.DataFrame, work: pd.DataFrame) -> pd.DataFrame:
    """Return sums by quarter over the sites of each unit: `reached` float64[n_units, n_sites] are the shares of people.

    Sites and their units count whole, job-years by the share of people who have them within reach. `units` is [state,
    unit_id], `work` the sites.
    """
    pairs = reached.tocoo()
    quarter, quarters = pd.factorize(work[col.QUARTER], sort=True)
    known = quarter[pairs.col] >= 0
    unit, place, share = pairs.row[known].astype(np.int64), pairs.col[known], pairs.data[known]
    key = unit * len(quarters) + quarter[place]
    size = len(units) * len(quarters)
    sites = np.bincount(key, minlength=size)
    cells = np.flatnonzero(sites)
    row = cells // max(len(quarters), 1)
    table = units.iloc[row].reset_index(drop=True)
    table[col.QUARTER] = np.asarray(quarters)[cells % max(len(quarters), 1)]
    table["sites"] = sites[cells]
    powers = {col.UNITS: 0, ASSUMED_UNITS: 0, **dict.fromkeys(JOB_YEARS, 1), JOB_YEARS_VARIANCE: 2}
    for name, power in powers.items():
        values = work[name].fillna(0.0).to_numpy(dtype=float)[place]
        table[name] = np.bincount(key, weights=values * share**power, minlength=size)[cells]
    return with_spread(table).rename(columns={ASSUMED_UNITS: col.SITES_ASSUMED})


def _sums(members: pd.DataFrame) -> pd.DataFrame:
    """Return one row a community: its people, and means of its tracts."""
    grouped = members.groupby(col.COMMUNITY_ID)
    first = grouped[[col.STATE, col.KIND, col.SINGLE_REASON]].first()
    people = grouped[[col.POPULATION, col.WORKING_AGE, col.ELIGIBLE_ADULTS]].sum(min_count=1)
    table = first.join(people).assign(n_tracts=grouped.size())
    table[col.ELIGIBLE_ADULTS_MOE] = grouped_margin(members[col.ELIGIBLE_ADULTS_MOE], members[col.COMMUNITY_ID])
    by_adults = (*PILLARS, col.TOP_IN_WEIGHT_SETS)
    for name, weight in (*((place, "population") for place in PLACE), *((p, "eligible_adults") for p in by_adults)):
        table[name] = means_by_community(members, name, weight)
    return table.reset_index()


def means_by_community(members: pd.DataFrame, name: str, weight: str) -> pd.Series:
    """Return the weighted mean of the values present, by community; a trace of weight keeps tracts without any."""
    values = members[name].astype("float64")
    weights = members[weight].fillna(0.0).clip(lower=1e-9).where(values.notna())
    sums = pd.DataFrame({"product": values * weights, col.WEIGHT: weights}).groupby(members[col.COMMUNITY_ID]).sum()
    return (sums["product"] / sums[col.WEIGHT]).where(sums[col.WEIGHT] > 0)


def _unlocated(members: pd.DataFrame) -> pd.DataFrame:
    """Return [community_id, unlocated_providers, unlocated_where]: of the area that most eligible adults share."""
    columns = [col.COMMUNITY_ID, col.UNLOCATED_PROVIDERS, col.UNLOCATED_WHERE]
    if col.UNLOCATED_WHERE not in members.columns:
        return members[[col.COMMUNITY_ID]].drop_duplicates().reindex(columns=columns)
    known = members[members[col.UNLOCATED_WHERE].notna()]
    known = known.assign(adults=known[col.ELIGIBLE_ADULTS].fillna(0.0).clip(lower=1e-6))
    sums = known.groupby(columns)["adults"].sum().reset_index()
    most = sums.sort_values([col.COMMUNITY_ID, "adults", col.UNLOCATED_WHERE], ascending=[True, False, True])
    most = most.drop_duplicates(col.COMMUNITY_ID)[columns]
    out = members[[col.COMMUNITY_ID]].drop_duplicates().merge(most, on=col.COMMUNITY_ID, how="left")
    return out.assign(unlocated_providers=out[col.UNLOCATED_PROVIDERS].fillna(0).astype("int64"))


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
