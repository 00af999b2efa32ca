"""The totals of a state: its tracts, its people and how sure their number is, its communities, providers and sites.

Pages say these and sum nothing themselves. Does not hold what is summed by county or other area
(`geodata.communities.rollups`).
"""

from __future__ import annotations

import pandas as pd

from geodata.schemas import columns as col
from geodata.schemas.computed import STATE_SUMMARY
from geodata.schemas.programs import programs_together
from geodata.schemas.rows import by_state
from geodata.scoring.known_supplies import masked
from geodata.scoring.opportunity import ASSUMED_UNITS, units_span, with_spread
from geodata.scoring.site_priors import JOB_YEARS_VARIANCE
from geodata.statistics.margins import grouped_margin

JOB_YEARS = [col.JOB_YEARS_LOW, col.JOB_YEARS_MID, col.JOB_YEARS_HIGH]


def state_summary(
    tracts: pd.DataFrame,
    communities: pd.DataFrame,
    providers: pd.DataFrame,
    sites: pd.DataFrame,
    unlocated: pd.DataFrame,
    all_providers: pd.DataFrame,
    known: pd.DataFrame,
) -> pd.DataFrame:
    """Return the `state_summary` table, a row for each state of `tracts`.

    `tracts` is `tract_scores` with the community each tract is in, `communities` the table of that name; `providers`
    and `sites` are those that count (`geodata.scoring.study_area.StudyArea`), of which the ones in the state are
    summed; `unlocated` are the providers that would count if they were located, of `all_providers` those for people in
    the trade already are counted. People that are known of no tract are unknown, not zero; of no tract at all they are
    zero. What rests on a supply nobody reported is missing (`known` is
    `geodata.scoring.known_supplies.known_supplies`).
    """
    states = sorted(tracts[col.STATE].unique())
    advanced = all_providers[all_providers[col.ENTRY_STAGE] == "advanced"]
    parts = (by_state(table, states) for table in (tracts, communities, providers, sites, unlocated, advanced))
    rows = [
        {
            col.STATE: state,
            **_tracts(own),
            **_communities(grouped),
            **_providers(training),
            **_sites(work),
            col.UNLOCATED_PROVIDERS: len(lost),
            col.PROVIDERS_ADVANCED: len(beyond),
        }
        for state, own, grouped, training, work, lost, beyond in zip(
            states, *(part.values() for part in parts), strict=True
        )
    ]
    return STATE_SUMMARY.validate(masked(pd.DataFrame(rows, columns=STATE_SUMMARY.names), known))


def _tracts(tracts: pd.DataFrame) -> dict[str, float | int]:
    listed = tracts[col.RANK].notna()
    tier = tracts[col.TIER].where(listed)
    inside = tracts[col.COMMUNITY_ID].notna()
    return {
        col.N_TRACTS: len(tracts),
        col.N_RANKED: int(listed.sum()),
        col.N_TIER_A: int(tier.eq("A").sum()),
        col.N_TIER_B: int(tier.eq("B").sum()),
        col.N_TIER_C: int(tier.eq("C").sum()),
        col.POPULATION: _people(tracts, col.POPULATION),
        col.WORKING_AGE: _people(tracts, col.WORKING_AGE),
        **_adults(tracts, ""),
        **_adults(tracts[listed], "_gated"),
        **_adults(tracts[tier.isin(["A"])], "_tier_a"),
        **_adults(tracts[tier.isin(["A", "B"])], "_top"),
        **_adults(tracts[inside], "_grouped"),
        col.ELIGIBLE_ADULTS_SHARE_GROUPED: _share(tracts[col.ELIGIBLE_ADULTS], inside),
        col.POPULATION_GROUPED: _people(tracts[inside], col.POPULATION),
        **_grouped(tracts[inside & tracts[col.NEED].notna()]),
    }


def _grouped(tracts: pd.DataFrame) -> dict[str, float]:
    """Return how needy and how well served the people of communities are; residents where no adults are known."""
    adults = tracts[col.ELIGIBLE_ADULTS].astype("float64")
    people = (tracts[col.POPULATION].astype("float64") if adults.isna().all() else adults).fillna(0.0)
    everyone = people.sum()
    without = 1.0 - tracts[col.SHARE_REACHING_TRAINING].astype("float64")
    known = tracts[col.UNLOCATED_PROVIDERS].fillna(0) > 0
    need = (tracts[col.NEED].astype("float64") * people).sum()
    return {
        col.NEED_GROUPED: float(need / everyone) if everyone > 0 else float("nan"),
        col.NO_TRAINING_SHARE_GROUPED: _mean(people, without.mask(known, 0.0)),
        col.UNLOCATED_SHARE_GROUPED: _mean(people, without.where(known, 0.0)),
        col.WORK_SHARE_GROUPED: _mean(people, tracts[col.SHARE_REACHING_WORK].astype("float64")),
    }


def _share(people: pd.Series, some: pd.Series) -> float:
    """Return the share (0–1) of the people known who live in `some` tracts; NaN where nobody is known."""
    counts = people.astype("float64")
    everyone = counts.sum()
    return float(counts[some.to_numpy(dtype=bool)].sum() / everyone) if everyone > 0 else float("nan")


def _mean(people: pd.Series, share: pd.Series) -> float:
    """Return the mean of the shares known, weighted by people; NaN where none is."""
    counts = people.where(share.notna(), 0.0)
    everyone = counts.sum()
    return float((counts * share.fillna(0.0)).sum() / everyone) if everyone > 0 else float("nan")


def _adults(tracts: pd.DataFrame, suffix: str) -> dict[str, float]:
    """Return the eligible adults of `tracts` and their margin, unknown where that of a tract is."""
    margin = grouped_margin(tracts[col.ELIGIBLE_ADULTS_MOE], tracts[col.STATE])
    return {
        f"{col.ELIGIBLE_ADULTS}{suffix}": _people(tracts, col.ELIGIBLE_ADULTS),
        f"{col.ELIGIBLE_ADULTS}{suffix}_moe": float(margin.iloc[0]) if len(margin) else 0.0,
    }


def _people(tracts: pd.DataFrame, column: str) -> float:
    return float(tracts[column].astype("float64").sum(min_count=1)) if len(tracts) else 0.0


def _communities(communities: pd.DataFrame) -> dict[str, int]:
    return {
        col.N_COMMUNITIES: len(communities),
        col.N_COMMUNITIES_TIER_A: int(communities[col.TIER].eq("A").sum()),
        col.N_COMMUNITIES_TIER_B: int(communities[col.TIER].eq("B").sum()),
    }


def _providers(providers: pd.DataFrame) -> dict[str, float | int | str | None]:
    assumed = providers[col.SEATS_ASSUMED].astype(bool)
    return {
        "providers": len(providers),
        col.PROVIDERS_ASSUMED: int(assumed.sum()),
        col.SEATS: float(providers["seats_used"].sum()),
        col.SEATS_BY_PROGRAM: programs_together(providers[col.SEATS_BY_PROGRAM]),
        col.SEATS_ASSUMED: float(providers["seats_used"].where(assumed, 0.0).sum()),
    }


def _sites(sites: pd.DataFrame) -> dict[str, float | int]:
    low, high = units_span(sites)
    sums = sites[[*JOB_YEARS, JOB_YEARS_VARIANCE]].fillna(0.0).sum().to_frame().T
    work = with_spread(sums).iloc[0]
    assumed = sites[ASSUMED_UNITS].astype(bool)
    return {
        col.PLANNED_SITES: len(sites),
        col.SITES_ASSUMED: int(assumed.sum()),
        col.UNITS: float(sites[col.UNITS].fillna(0.0).sum()),
        col.UNITS_ASSUMED: float(sites[col.UNITS].where(assumed, 0.0).fillna(0.0).sum()),
        col.UNITS_LOW: low,
        col.UNITS_HIGH: high,
        **{name: float(work[name]) for name in JOB_YEARS},
    }
