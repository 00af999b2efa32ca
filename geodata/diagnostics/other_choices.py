"""The choices the method could have made otherwise: settings, what stands in for supply nobody reports, the scale.

Each is an `Alternative`: what a run would change. Does not hold how a run is computed
(`geodata.analysis.rescoring`), or what is compared (`geodata.diagnostics.sensitivity`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from geodata.schemas import columns as col
from geodata.schemas.canonical import UNITS
from geodata.scoring.opportunity import ASSUMED_UNITS, BOUNDS, COUNTED, units_used, work_of_units
from geodata.scoring.priority import combine, ranks
from geodata.scoring.site_priors import JOB_YEARS_VARIANCE, UNITS_VARIANCE
from geodata.scoring.study_area import StudyArea
from geodata.settings import Settings

Changes = dict[str, Any]

# Normal quantile of the quartiles.
_QUARTILE = 0.6744897501960817


def _same_area(area: StudyArea) -> StudyArea:
    return area


def _same_scores(scores: pd.DataFrame) -> pd.DataFrame:
    return scores


@dataclass(frozen=True)
class Alternative:
    """Another choice: the setting or assumption it concerns, its name, and what it changes.

    `changes` are of settings, `area` changes what is known of the supply (never where anything is, so that travel
    stays), `scores` what `tract_scores` makes of the pillars.
    """

    setting: str
    name: str
    changes: Changes = field(default_factory=dict)
    area: Callable[[StudyArea], StudyArea] = _same_area
    scores: Callable[[pd.DataFrame], pd.DataFrame] = _same_scores

    @property
    def measures_travel(self) -> bool:
        """True where travel must be measured again."""
        return "travel" in self.changes or "catchment_minutes" in self.changes.get("access", {})


def alternatives(settings: Settings, area: StudyArea, engines: tuple[str, ...] = ()) -> list[Alternative]:
    """Return each choice the method could have made otherwise.

    `engines` are the travel engines available besides the one used. A definition is left out in turn where that leaves
    others. The reference area is no choice here: a run of one state holds no tables of the nation.
    """
    return [*_of_settings(settings, engines), *_of_supply(settings, area), _of_scale(settings)]


def _of_settings(settings: Settings, engines: tuple[str, ...]) -> list[Alternative]:
    other = "geometric" if settings.priority.aggregation == "arithmetic" else "arithmetic"
    found = [Alternative("priority.aggregation", other, {"priority": {"aggregation": other}})]
    urban, rural = settings.access.catchment_minutes, settings.access.rural_catchment_minutes
    for factor in (2 / 3, 4 / 3):
        changed = {"catchment_minutes": urban * factor, "rural_catchment_minutes": rural * factor}
        found.append(Alternative("access.catchment_minutes", f"{urban * factor:g}", {"access": changed}))
    if settings.access.measure != "2sfca":
        decays = [name for name in ("gaussian", "step", "flat") if name != settings.access.decay]
        found.extend(Alternative("access.decay", name, {"access": {"decay": name}}) for name in decays)
    weights = {name: weight for name, weight in settings.need.weights.items() if weight > 0}
    if len(weights) > 1:
        for name in sorted(weights):
            rest = {other: weight for other, weight in weights.items() if other != name}
            found.append(Alternative("need.weights", f"without {name}", {"need": {"weights": rest}}))
    found.extend(Alternative("travel.engine", name, {"travel": {"engine": name}}) for name in engines)
    return found


def _of_supply(settings: Settings, area: StudyArea) -> list[Alternative]:
    """Return what else could be taken of supply nobody reports, where there is any."""
    found = []
    if area.providers[col.SEATS_ASSUMED].astype(bool).any():
        found.append(Alternative("assumed_seats", "none", area=without_assumed_seats))
        if settings.training.assumed_seats is None and _expected(area.providers).any():
            found += [
                Alternative("assumed_seats", name, area=partial(assumed_seats_at, z=z))
                for name, z in (("lower_quartile", -_QUARTILE), ("upper_quartile", _QUARTILE))
            ]
    if area.sites[ASSUMED_UNITS].astype(bool).any():
        found.append(Alternative("assumed_units", "none", area=without_assumed_units))
        if _several_profiles(area):
            found += [
                Alternative("assumed_units", name, area=partial(assumed_units_at, share=share, settings=settings))
                for name, share in (("lower_quartile", 0.25), ("upper_quartile", 0.75))
            ]
    return found


def _of_scale(settings: Settings) -> Alternative:
    return Alternative("scale", "min_max", scores=partial(min_max, settings=settings))


def without_assumed_seats(area: StudyArea) -> StudyArea:
    """Return `area` with the seats of providers that nobody reports taken for none."""
    assumed = area.providers[col.SEATS_ASSUMED].astype(bool)
    return replace(area, providers=area.providers.assign(seats_used=area.providers["seats_used"].mask(assumed, 0.0)))


def assumed_seats_at(area: StudyArea, z: float) -> StudyArea:
    """Return `area` with expected seats at another place of their prior, `z` standard deviations of the log off.

    A provider is expected to have the mean exp(μ + σ²/2) of those of its kind that teach; here exp(μ + z·σ) stands for
    it. The chance that it teaches stays.
    """
    spread = area.provider_priors.set_index(col.PRIOR)[col.SEATS_LOG_SD].astype("float64")
    sd = area.providers[col.PRIOR].map(spread).fillna(0.0)
    factor = pd.Series(np.exp(z * sd - sd**2 / 2)).where(_expected(area.providers), 1.0)
    return replace(area, providers=area.providers.assign(seats_used=area.providers["seats_used"] * factor))


def _expected(providers: pd.DataFrame) -> pd.Series:
    return providers[col.SEATS].isna() & providers[col.PRIOR].notna()


def without_assumed_units(area: StudyArea) -> StudyArea:
    """Return `area` with the units of sites that report none taken for none."""
    assumed = area.sites[ASSUMED_UNITS].to_numpy(dtype=bool)
    counted = [name for name in area.sites.columns if name.startswith(COUNTED)]
    names = [*counted, col.UNITS, UNITS_VARIANCE, JOB_YEARS_VARIANCE, *(f"job_years_{bound}" for bound in BOUNDS)]
    changed = {name: area.sites[name].mask(assumed, 0.0) for name in names}
    return replace(area, sites=area.sites.assign(**changed))


def _several_profiles(area: StudyArea) -> bool:
    """Return whether any site that reports no units has a prior of several combinations, which has quartiles."""
    keys = [col.STATE, col.SITE_KIND]
    assumed = area.sites.loc[area.sites[ASSUMED_UNITS].astype(bool), keys].drop_duplicates()
    return bool((area.site_priors.merge(assumed, on=keys).groupby(keys).size() > 1).any())


def assumed_units_at(area: StudyArea, share: float, settings: Settings) -> StudyArea:
    """Return `area` with each site that reports no units at another place of its prior.

    Instead of what existing stations of its state and kind have on average it takes what the one has that stands at
    `share` of them, in order of the units of all kinds together.
    """
    kinds = [UNITS + kind for kind in settings.opportunity.kinds]
    priors = area.site_priors.assign(total=area.site_priors.reindex(columns=kinds).fillna(0.0).sum(axis=1))
    priors = priors.sort_values([col.STATE, col.SITE_KIND, "total", col.PROFILE])
    groups = [priors[col.STATE], priors[col.SITE_KIND]]
    reached = priors[col.PROBABILITY].astype("float64").groupby(groups).cumsum() >= share - 1e-9
    one = priors[reached & ~reached.groupby(groups).shift(fill_value=False)].assign(**{col.PROBABILITY: 1.0})
    used = units_used(area.sites, one, settings.opportunity)
    changed = pd.concat([used, work_of_units(used, settings.opportunity)], axis=1)
    return replace(area, sites=pd.concat([area.sites.drop(columns=changed.columns), changed], axis=1))


def min_max(scores: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Return `scores` ranked again with pillars on a scale from the state's least value (0) to its greatest (100).

    Need is scaled as the mean of its definitions, access as seats and job-years for each adult. The gate stays: who is
    underserved is not asked again. Where all values are one the pillar is 50 for all, as by percentiles.
    """
    scaled = {
        col.NEED: _scaled(scores, col.NEED_ENSEMBLE, col.NEED),
        col.TRAINING_GAP: 100.0 - _scaled(scores, col.TRAINING_ACCESS, col.TRAINING_GAP),
        col.OPPORTUNITY: _scaled(scores, col.WORK_ACCESS, col.OPPORTUNITY),
    }
    table = scores.assign(**scaled)
    made = combine(table, settings.priority)
    table[list(made.columns)] = made
    return table.assign(rank=ranks(table))


def _scaled(scores: pd.DataFrame, name: str, pillar: str) -> pd.Series:
    values = scores[name].astype("float64").where(scores[pillar].notna())
    by_state = values.groupby(scores[col.STATE])
    least, width = by_state.transform("min"), by_state.transform("max") - by_state.transform("min")
    return (100.0 * (values - least) / width.where(width > 0)).fillna(50.0).where(values.notna())
