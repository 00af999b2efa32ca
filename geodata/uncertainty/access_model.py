"""What access is drawn from: travel measured far enough for every draw, the people who compete, and the supply.

Minutes of a draw are the engine's times a factor, so within a catchment T they are minutes within T / factor: travel is
measured once, out to the widest catchment any draw asks for. Does not hold the draws (`geodata.uncertainty.draws`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.access.reach import Reach, reach
from geodata.schemas import columns as col
from geodata.schemas.canonical import MEASURE_NAMES, UNITS
from geodata.scoring.opportunity import ASSUMED_UNITS, counted_units
from geodata.scoring.study_area import StudyArea
from geodata.settings import Access, Opportunity, Settings, Travel
from geodata.statistics.margins import standard_errors
from geodata.statistics.random_numbers import tract_keys
from geodata.travel.great_circle import GreatCircle
from geodata.travel.minutes import TravelEngine
from geodata.uncertainty.access_draws import DECAY_CODES, FLAT, WIDEST_SD, Measure, Pairs, TravelFactors
from geodata.uncertainty.draw_model import AccessModel, Triangle
from geodata.uncertainty.supply_draws import Providers, Sites

FloatArray = NDArray[np.float64]
# Eligible adults share the draw of the measure they are mostly made of.
ADULTS_REST_ON = "poverty_150"


def travel_triangles(engine: str, settings: Travel) -> tuple[Triangle, Triangle]:
    """Return (low, mode, high) of the factors on distance and on speed.

    The calibrated curves are off by a factor that was measured: `curve_range`, drawn once for a state. Straight lines
    at constant speed have a detour to be unsure of; every other engine has its speeds.
    """
    if engine == GreatCircle.name and settings.constant_speeds is None:
        return _around_one(*settings.curve_range), (1.0, 1.0, 1.0)
    detour = (1.0, 1.0, 1.0)
    if engine == GreatCircle.name and settings.constant_speeds is not None:
        low, high = settings.detour_range
        middle = settings.constant_speeds[0]
        detour = _around_one(low / middle, high / middle)
    return detour, _around_one(*settings.speed_range)


def _around_one(low: float, high: float) -> Triangle:
    return min(low, 1.0), 1.0, max(high, 1.0)


def own_spread(engine: str, settings: Travel) -> float:
    """Return the standard deviation of the logarithm of one tract's factor on minutes: of straight lines alone."""
    return settings.tract_spread if engine == GreatCircle.name else 0.0


def least_factor(engine: str, settings: Travel) -> float:
    """Return the least factor on minutes that any draw takes."""
    longer, faster = travel_triangles(engine, settings)
    return float(longer[0] / faster[2] * np.exp(-WIDEST_SD * own_spread(engine, settings)))


def job_years(settings: Opportunity) -> FloatArray:
    """Return (low, mid, high) job-years per unit of each kind, and per unit-year of upkeep: float64[C, 3]."""
    rates = list(settings.job_years_per_unit.values())
    rates.append(settings.maintenance_job_years_per_unit_year)
    return np.array([(rate.low, rate.mid, rate.high) for rate in rates])


class AccessOfTracts(NamedTuple):
    """What access is drawn from, and the tracts (GEOID) of its rows."""

    geoids: pd.Index
    model: AccessModel


def access_model(area: StudyArea, engine: TravelEngine, settings: Settings) -> AccessOfTracts:
    """Measure travel out to the widest catchment of any draw, and return what access is drawn from."""
    least = least_factor(engine.name, settings.travel)
    access = settings.access
    wide = access.model_copy(
        update={
            "catchment_minutes": access.catchment_minutes / least,
            "rural_catchment_minutes": access.rural_catchment_minutes / least,
        }
    )
    training, work = (reach(area.origins, supply, engine, wide) for supply in (area.providers, area.sites))
    tracts = training.geoids
    people, people_se = people_of(area, tracts)
    model = AccessModel(
        key=tract_keys(tracts),
        people=people,
        people_se=people_se,
        survey_purpose=MEASURE_NAMES.index(ADULTS_REST_ON),
        training=_pairs(training, least, area.tracts[col.GEOID]),
        work=_pairs(work, least, area.tracts[col.GEOID]),
        providers=_providers(area.providers, area.provider_priors, settings),
        sites=_sites(area.sites, area.site_priors, settings.opportunity),
        travel=TravelFactors(
            np.array([int(geoid[:2]) if geoid[:2].isdigit() else 0 for geoid in tracts], dtype=np.uint64),
            np.array(travel_triangles(engine.name, settings.travel)),
            own_spread(engine.name, settings.travel),
        ),
        measure=measure_of(access),
    )
    return AccessOfTracts(tracts, model)


def measure_of(settings: Access) -> Measure:
    """Return the access measure of the settings for compiled code."""
    flat = settings.measure in ("2sfca", "cumulative")
    return Measure(
        FLAT if flat else DECAY_CODES[settings.decay],
        settings.measure not in ("gravity", "cumulative"),
        settings.measure == "3sfca",
    )


def people_of(area: StudyArea, tracts: pd.Index) -> tuple[FloatArray, FloatArray]:
    """Return demand and its standard error, float64[n] each; without a margin, and where imputed, it is not drawn."""
    demand = area.demand.set_index(col.GEOID).reindex(tracts)
    people = demand["demand"].fillna(0.0).to_numpy(dtype=float)
    errors = np.nan_to_num(standard_errors(demand["demand_moe"].to_numpy(dtype=float)))
    return people, np.where(people > 0, errors, 0.0)


def _pairs(wide: Reach, least: float, scored: pd.Series) -> Pairs:
    """Return the pairs of `wide`, which was measured to the catchment / `least`, with the catchments themselves.

    A place that no tract of `scored` (GEOIDs) can reach in any draw bears on none of them, whoever else reaches it.
    """
    minutes = wide.minutes
    own = wide.geoids.isin(scored)[wide.tract_of_origin]
    reached = np.zeros(minutes.n_destinations, dtype=bool)
    reached[minutes.destination[own[minutes.origin]]] = True
    kept = reached[minutes.destination]
    counts = np.bincount(minutes.origin[kept], minlength=minutes.n_origins)
    some = counts > 0
    return Pairs(
        np.concatenate(([0], np.cumsum(counts[some]))).astype(np.int64),
        wide.tract_of_origin[some],
        wide.weight[some].astype(np.float32),
        (wide.catchment * least)[some].astype(np.float32),
        minutes.destination[kept].astype(np.int32),
        minutes.minutes[kept].astype(np.float32),
    )


def _providers(providers: pd.DataFrame, priors: pd.DataFrame, settings: Settings) -> Providers:
    """Return what providers supply: seats used where they are reported or set, else what their prior says of them."""
    drawn = providers[col.SEATS_ASSUMED].astype(bool) & (settings.training.assumed_seats is None)
    prior = priors.set_index(col.PRIOR).reindex(providers[col.PRIOR].fillna(""))
    teaches = providers[col.P_TEACHES].fillna(1.0).to_numpy(dtype=float)
    used = providers["seats_used"].to_numpy(dtype=float)
    log_mean, log_sd = (prior[name].to_numpy(dtype=float) for name in (col.SEATS_LOG_MEAN, col.SEATS_LOG_SD))
    mean = prior[col.SEATS_MEAN].to_numpy(dtype=float)
    # The expectation holds the campus's share and the relevance of its programs; what is left is one institution's.
    known = drawn.to_numpy() & (teaches * mean > 0) & np.isfinite(log_mean)
    share = np.divide(used, teaches * mean, out=np.ones_like(used), where=known)
    family = providers[col.UNITID].fillna(providers[col.PROVIDER_ID]).astype("str")
    return Providers(
        tract_keys(family),
        np.where(known, np.nan, used),
        teaches,
        np.nan_to_num(log_mean),
        np.nan_to_num(log_sd),
        share,
        *_campuses(providers[col.CAMPUS]),
    )


def _campuses(campus: pd.Series) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return which of its institution's campuses each provider is, from 0, and of how many: "2 of 5" is 1 and 5."""
    parts = campus.str.extract(r"^(\d+) of (\d+)$").astype("float64").fillna(1.0).to_numpy(dtype=np.int64)
    return parts[:, 0] - 1, parts[:, 1].copy()


def _sites(sites: pd.DataFrame, priors: pd.DataFrame, settings: Opportunity) -> Sites:
    """Return what sites bring: units where reported, else the profiles of existing stations of their state and kind."""
    names = [UNITS + kind for kind in settings.kinds]
    groups = priors.groupby([col.STATE, col.SITE_KIND], sort=True)
    number = {key: n for n, key in enumerate(groups.groups)}
    ordered = priors.sort_values([col.STATE, col.SITE_KIND, col.PROFILE])
    sizes = [len(rows) for rows in groups.groups.values()]
    chances = ordered[col.PROBABILITY].astype("float64")
    cumulative = chances.groupby([ordered[col.STATE], ordered[col.SITE_KIND]]).cumsum()
    assumed = sites[ASSUMED_UNITS].astype(bool)
    keys = zip(sites[col.STATE], sites[col.SITE_KIND], strict=True)
    return Sites(
        tract_keys(sites[col.SITE_ID]),
        counted_units(sites, settings.kinds),
        np.array([number[key] if yes else -1 for key, yes in zip(keys, assumed, strict=True)], dtype=np.int64),
        np.concatenate(([0], np.cumsum(sizes))).astype(np.int64),
        ordered.reindex(columns=names).fillna(0.0).to_numpy(dtype=float).reshape(-1, len(names)),
        np.asarray(cumulative, dtype=np.float64),
        np.asarray(sites[col.STATUS].map(settings.share_built).fillna(1.0), dtype=np.float64),
        job_years(settings),
        float(settings.maintenance_years),
    )
