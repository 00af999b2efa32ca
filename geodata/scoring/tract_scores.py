"""From the study area to scored tracts: the pillars joined, the gate, Priority and the ranks.

Each function is one stage of the walk and returns one table. Does not hold uncertainty or communities.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.access.reach import (
    GroupReach,
    NearestPlaces,
    Reach,
    TravelResult,
    nearest,
    points,
    reach,
    tract_access,
    within_reach,
)
from geodata.geography.place_names import tract_names
from geodata.schemas import columns as col
from geodata.schemas.computed import TRACT_SCORES
from geodata.scoring.known_supplies import known_supplies, masked
from geodata.scoring.need import need
from geodata.scoring.opportunity import BOUNDS, work_within
from geodata.scoring.priority import combine, gate, ranks, unranked_reasons
from geodata.scoring.study_area import StudyArea, supplied, water_around
from geodata.scoring.training import unlocated_providers
from geodata.scoring.unlocated import unlocated_near
from geodata.settings import Settings
from geodata.statistics.percentiles import percentile_rank
from geodata.travel.great_circle import GreatCircle
from geodata.travel.minutes import TravelEngine

PER_THOUSAND = 1000.0


def demand_of(reached: Reach, area: StudyArea) -> np.ndarray:
    """Return the demand of the tracts of `reached`, in its order: float64[n_tracts] people."""
    by_geoid = area.demand.set_index(col.GEOID)["demand"]
    return np.asarray(by_geoid.reindex(reached.geoids).fillna(0.0).to_numpy(dtype=float))


def travel(area: StudyArea, engine: TravelEngine, settings: Settings) -> TravelResult:
    """Measure travel from the origins of `area` to the providers, the sites and the job centers in reach."""
    supplies = (area.providers, area.sites, area.job_centers)
    return TravelResult(*(reach(area.origins, supply, engine, settings.access) for supply in supplies))


def training_access(area: StudyArea, reached: Reach, settings: Settings) -> pd.DataFrame:
    """Return, for every tract with an origin, access to training and the nearest provider.

    Columns: geoid, training_access (yearly seats per 1,000 eligible adults), nearest_provider_id, _name,
    _minutes, share_reaching_training, share_over_water, providers_within, seats_within and, of these,
    seats_within_assumed.
    """
    seats = area.providers["seats_used"].to_numpy(dtype=float)
    access = tract_access(reached, seats, demand_of(reached, area), settings.access)
    found = nearest(reached, "provider_id").rename(columns=lambda name: name.replace("nearest", "nearest_provider"))
    found[col.SHARE_OVER_WATER] = share_over_water(area, reached, settings)
    used = area.providers["seats_used"]
    assumed = used.where(area.providers[col.SEATS_ASSUMED].astype(bool), 0.0)
    within = within_reach(reached, pd.DataFrame({col.SEATS_WITHIN: used, col.SEATS_WITHIN_ASSUMED: assumed}))
    named = {"places": col.PROVIDERS_WITHIN, "share_reaching": col.SHARE_REACHING_TRAINING}
    within = within.rename(columns=named)
    table = pd.DataFrame({col.GEOID: reached.geoids, col.TRAINING_ACCESS: access * PER_THOUSAND})
    return table.merge(found, on=col.GEOID).merge(within, on=col.GEOID)


def share_over_water(area: StudyArea, reached: Reach, settings: Settings) -> NDArray[np.float64]:
    """Return, a tract, the share of those who reach a provider whose straight line to it crosses open water.

    NaN where nobody reaches one, where travel is not by straight lines, and where no land is known.
    """
    open_water = water_around(area, settings) if reached.minutes.engine == GreatCircle.name else None
    if open_water is None:
        return np.full(len(reached.geoids), np.nan)
    place = NearestPlaces.of(reached).place
    reaching = np.flatnonzero(place >= 0)
    lines = points(area.origins).take(reaching), points(reached.supply).take(place[reaching])
    weight = reached.weight[reaching]
    tract = reached.tract_of_origin[reaching]
    over = np.bincount(tract, weights=weight * open_water.crossed(*lines), minlength=len(reached.geoids))
    known = np.bincount(tract, weights=weight, minlength=len(reached.geoids))
    share = np.divide(over, known, out=np.full(len(known), np.nan), where=known > 0)
    return np.asarray(share.round(9))


def work_access(area: StudyArea, reached: Reach, settings: Settings) -> pd.DataFrame:
    """Return, for every tract with an origin, access to planned work and what lies within the catchment.

    Columns: geoid, work_access and its _low and _high (job-years per 1,000 eligible adults), and those of
    `geodata.scoring.opportunity.work_within` (undecayed, within the catchment).
    """
    columns = [f"job_years_{bound}" for bound in BOUNDS]
    access = tract_access(reached, area.sites[columns].to_numpy(dtype=float), demand_of(reached, area), settings.access)
    found = GroupReach.of(reached, reached.tract_of_origin, reached.weight, len(reached.geoids))
    within = work_within(found, area.sites).assign(geoid=reached.geoids)
    low, mid, high = access.T * PER_THOUSAND
    table = pd.DataFrame(
        {col.GEOID: reached.geoids, col.WORK_ACCESS: mid, "work_access_low": low, "work_access_high": high}
    )
    return table.merge(within, on=col.GEOID)


def pillar_percentile(access: pd.Series, tracts: pd.DataFrame, counted: pd.Series) -> pd.Series:
    """Return access as a percentile among the state's tracts with residents; missing unless `counted`."""
    return percentile_rank(access.where((tracts[col.POPULATION] > 0) & counted.to_numpy()), tracts[col.STATE])


def tract_scores(
    area: StudyArea,
    need_parts: pd.DataFrame,
    training: pd.DataFrame,
    work: pd.DataFrame,
    settings: Settings,
) -> pd.DataFrame:
    """Return the `tract_scores` table of the scored tracts, without uncertainty, community and action.

    Where there is no provider (or planned site) near a state at all, that pillar says nothing about any of its tracts
    and is missing, not zero, with all that rests on it (`geodata.scoring.known_supplies`): the others carry the score.
    """
    table = area.tracts.merge(need(need_parts, area.reference, settings.need), on=col.GEOID, how="left")
    table = table.merge(training, on=col.GEOID, how="left").merge(work, on=col.GEOID, how="left")
    table = table.merge(_origin_facts(area), on=col.GEOID, how="left")
    names = tract_names(table, area.counties, area.places, area.named_areas)
    table = table.merge(names, on=col.GEOID, how="left")
    lost = unlocated_providers(area.all_providers, settings.training)
    zips = area.place_points[area.place_points[col.KIND] == "zip"]
    table = table.merge(unlocated_near(table, lost, zips), on=col.GEOID, how="left")
    table[col.OPPORTUNITY] = pillar_percentile(table[col.WORK_ACCESS], table, supplied(area, area.sites, settings))
    counted = supplied(area, area.providers, settings)
    table[col.TRAINING_GAP] = 100.0 - pillar_percentile(table[col.TRAINING_ACCESS], table, counted)
    table = pd.concat([table, gate(table, settings.priority), combine(table, settings.priority)], axis=1)
    table[col.UNRANKED_REASON] = unranked_reasons(table, settings.priority)
    table[col.RANK] = ranks(table)
    table[col.FLAGS] = _flags(table, area)
    table = masked(table, known_supplies(area, settings))
    return TRACT_SCORES.validate(table.sort_values(col.GEOID))


def _origin_facts(area: StudyArea) -> pd.DataFrame:
    """Return [geoid, latitude, longitude, origin_basis, rural]: the weighted middle of a tract's origins."""
    points = area.origins
    placed = pd.DataFrame(
        {
            col.GEOID: points[col.GEOID],
            col.LATITUDE: points[col.LATITUDE] * points[col.WEIGHT],
            col.LONGITUDE: points[col.LONGITUDE] * points[col.WEIGHT],
            col.ORIGIN_BASIS: points[col.ORIGIN_BASIS],
            col.RURAL: points[col.RURAL],
        }
    )
    return (
        placed.groupby(col.GEOID)
        .agg({col.LATITUDE: "sum", col.LONGITUDE: "sum", col.ORIGIN_BASIS: "first", col.RURAL: "first"})
        .reset_index()
    )


def _flags(table: pd.DataFrame, area: StudyArea) -> pd.Series:
    """Return codes of what to know of a tract's inputs, separated by blanks."""
    basis = table[col.GEOID].map(area.demand.set_index(col.GEOID)["demand_basis"])
    codes = {
        "adults_imputed": basis.eq("imputed"),
        "adults_below_100": table[col.ELIGIBLE_ADULTS_BASIS].eq("below_100").fillna(False),
        "no_polygon": ~table[col.HAS_POLYGON].astype(bool),
        "training_unknown": table[col.TRAINING_GAP].isna() & table[col.NEED].notna(),
        "work_unknown": table[col.OPPORTUNITY].isna() & table[col.NEED].notna(),
    }
    flags = np.full(len(table), "", dtype=object)
    for code, holds in codes.items():
        flags[holds.to_numpy(dtype=bool)] += f" {code}"
    return pd.Series(flags, index=table.index, dtype="str").str.strip()
