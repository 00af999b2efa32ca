"""What access would be if travel were quicker or slower: the travel part of the uncertainty, computed ahead.

Travel in a draw is the engine's minutes times one factor (that of the curves, or detour over speed). Access at a
handful of factors is computed once; a draw reads between them. Minutes times f within a catchment T are minutes within
T / f, so one measurement of travel out to the widest catchment serves all factors. Does not hold the draws.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.access.reach import Reach, reach, tract_access
from geodata.schemas import columns as col
from geodata.scoring.opportunity import counted_units
from geodata.scoring.study_area import StudyArea
from geodata.settings import Opportunity, Settings, Travel
from geodata.travel.great_circle import GreatCircle
from geodata.travel.minutes import TravelEngine
from geodata.uncertainty.draw_model import Triangle, travel_factors

FloatArray = NDArray[np.float64]
NODES = 5


@dataclass(frozen=True, eq=False)
class TravelAccess:
    """Access at each travel factor.

    `nodes` float64[K] rising; `training` float64[n, K] seats a person; `opportunity` float64[n, K, C], units of each
    kind and unit-years of upkeep a person; rows as `geoids`. `engine` measured the travel.
    """

    geoids: pd.Index
    nodes: FloatArray
    training: FloatArray
    opportunity: FloatArray
    engine: str

    def of(self, geoids: pd.Index) -> tuple[FloatArray, FloatArray]:
        """Return training and opportunity of `geoids`, in that order; nothing is reached where there is no origin."""
        at = self.geoids.get_indexer(geoids)
        known = at >= 0
        training, opportunity = self.training[at], self.opportunity[at]
        training[~known], opportunity[~known] = 0.0, 0.0
        return training, opportunity


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


def job_years(settings: Opportunity) -> FloatArray:
    """Return (low, mid, high) job-years per unit of each kind, and per unit-year of upkeep: float64[C, 3]."""
    rates = list(settings.job_years_per_unit.values())
    rates.append(settings.maintenance_job_years_per_unit_year)
    return np.array([(rate.low, rate.mid, rate.high) for rate in rates])


def travel_access(area: StudyArea, engine: TravelEngine, settings: Settings) -> TravelAccess:
    """Measure travel out to the widest catchment the range of factors calls for, and access at each factor."""
    nodes = travel_factors(*travel_triangles(engine.name, settings.travel), count=NODES)
    access = settings.access
    wide = access.model_copy(
        update={
            "catchment_minutes": access.catchment_minutes / nodes[0],
            "rural_catchment_minutes": access.rural_catchment_minutes / nodes[0],
        }
    )
    training = reach(area.origins, area.providers, engine, wide)
    work = reach(area.origins, area.sites, engine, wide)
    seats = area.providers["seats_used"].to_numpy(dtype=float)[:, None]
    units = _components(area.sites, settings.opportunity)
    return TravelAccess(
        geoids=training.geoids,
        nodes=nodes,
        training=_at_factors(training, seats, area, nodes, settings)[:, :, 0],
        opportunity=_at_factors(work, units, area, nodes, settings),
        engine=engine.name,
    )


def _components(sites: pd.DataFrame, settings: Opportunity) -> FloatArray:
    """Return, a site, its units of each kind and its unit-years of upkeep: float64[n_sites, C]."""
    upkeep = sites[col.UNITS].to_numpy(dtype=np.float64) * settings.maintenance_years
    return np.column_stack([counted_units(sites, settings.kinds), upkeep])


def _at_factors(
    wide: Reach, capacity: FloatArray, area: StudyArea, nodes: FloatArray, settings: Settings
) -> FloatArray:
    """Return access float64[n_tracts, K, C] to `capacity` [n_supply, C]; zero where there is no supply at all."""
    out = np.zeros((len(wide.geoids), len(nodes), capacity.shape[1]))
    if not len(capacity):
        return out
    by_geoid = area.demand.set_index(col.GEOID)["demand"]
    demand = by_geoid.reindex(wide.geoids).fillna(0.0).to_numpy(dtype=float)
    for k, node in enumerate(nodes):
        # `wide` was measured to T / nodes[0]; at this factor the catchment is T / node.
        at_node = replace(wide, catchment=wide.catchment * nodes[0] / node)
        out[:, k, :] = tract_access(at_node, capacity, demand, settings.access)
    return out
