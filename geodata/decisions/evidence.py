"""The evidence behind each pillar of a state: how much of it is measured, assumed or unknown, and what would settle it.

Counts what the scores were computed from. Does not hold the verdict's words, or what is masked where nothing is known
(`geodata.scoring.known_supplies`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from geodata.geography.located import located
from geodata.ingest.geocoding import can_be_looked_up
from geodata.schemas import columns as col
from geodata.schemas.computed import EVIDENCE
from geodata.schemas.rows import by_state
from geodata.scoring.study_area import StudyArea
from geodata.scoring.training import relevant
from geodata.settings import Settings
from geodata.uncertainty.certainty import DrawnTracts

# Subject: what would settle it, as codes that pages turn into names of files and commands.
SETTLES = {
    "people": "survey",
    "margins": "survey_margins",
    "definitions": "definitions",
    "seats": "completions seats_list",
    "providers": "coordinates",
    "units": "planned_sites_list",
    "sites": "coordinates",
    # Of these, what settles the supply that is assumed.
    "supply": "completions seats_list planned_sites_list",
}
# Where a list without coordinates has addresses, a command can look them up.
LOOKED_UP = "geocode"
# The same where there is nothing of the subject at all, which asks for the list before its details.
BEGINS = {
    "seats": "provider_list",
    "providers": "provider_list",
    "units": "planned_sites_list",
    "sites": "planned_sites_list",
}


class Amounts(NamedTuple):
    """How much of a subject is reported, stands in by assumption, or is not known at all, in its own unit."""

    measured: float
    assumed: float = 0.0
    unknown: float = 0.0


def evidence(
    scores: pd.DataFrame, parts: pd.DataFrame, area: StudyArea, drawn: Sequence[DrawnTracts], settings: Settings
) -> pd.DataFrame:
    """Return the `evidence` table: a row a state, pillar and subject.

    `scores` is `tract_scores`, `parts` the table `need_parts`. Seats and units are those the scores count (the ones in
    the state, or where it has none those within reach of it); places are of all rows of the lists that would count
    there, those that lie nowhere too. A subject of which less than `evidence.least_measured` is measured is weak; one
    of which there is nothing is unknown. What the draws (`drawn`) say of Priority is judged alike: weak where most of
    what is unsure comes from supply that nobody reported.
    """
    states = sorted(scores[col.STATE].unique())
    tables = (scores, parts, area.providers, area.sites, area.all_providers, area.all_sites)
    cut = [by_state(table, states) for table in tables]
    rows: list[dict[str, object]] = []
    files = {use.source: use.file for use in area.sources() if use.file}
    spread = pd.concat([part.spread for part in drawn if part.spread is not None] or [pd.DataFrame()])
    for state in states:
        tracts, definitions, *supplies = (part[state] for part in cut)
        # A small state may count on its neighbors alone.
        training, work, listed, planned = (
            own if len(own) else whole for own, whole in zip(supplies, tables[2:], strict=True)
        )
        planned = planned[planned[col.STATUS].isin(settings.opportunity.statuses)]
        found = {
            ("need", "people"): people(tracts),
            ("need", "margins"): margins(tracts),
            ("need", "definitions"): weights(definitions, settings.need.weights),
            ("training", "seats"): _by_flag(training["seats_used"], training[col.SEATS_ASSUMED]),
            ("training", "providers"): places(listed[relevant(listed, settings.training)]),
            ("work", "units"): _by_flag(work[col.UNITS], work["assumed_units"]),
            ("work", "sites"): places(planned),
        }
        if state in spread.index:
            found[col.PRIORITY, "supply"] = of_variance(spread.loc[state])
        looked_up = {
            "providers": can_be_looked_up(listed[relevant(listed, settings.training)], col.SOURCES, files),
            "sites": can_be_looked_up(planned, col.SOURCE, files),
        }
        for (pillar, subject), amounts in found.items():
            row = judged(subject, amounts, settings)
            if subject == "supply" and row[col.SETTLED_BY] is not None:
                assumed = [name for (_, name), of in found.items() if name in ("seats", "units") and of.assumed > 0]
                row[col.SETTLED_BY] = " ".join(SETTLES[name] for name in assumed) or None
            if looked_up.get(subject) and row[col.SETTLED_BY] == SETTLES[subject]:
                row[col.SETTLED_BY] = LOOKED_UP
            rows.append({col.STATE: state, col.PILLAR: pillar, col.SUBJECT: subject, **row})
    return EVIDENCE.validate(pd.DataFrame(rows, columns=EVIDENCE.names))


def judged(subject: str, amounts: Amounts, settings: Settings) -> dict[str, object]:
    """Return total, shares, verdict and what would settle it, of the amounts of one subject."""
    total = sum(amounts)
    shares = {name: amount / total if total > 0 else float("nan") for name, amount in amounts._asdict().items()}
    if not total > 0:
        verdict = "unknown"
    else:
        verdict = "measured" if shares["measured"] >= settings.evidence.least_measured else "weak"
    settled = None if verdict == "measured" else SETTLES[subject]
    if verdict == "unknown":
        settled = BEGINS.get(subject, settled)
    return {"total": total, **shares, col.VERDICT: verdict, col.SETTLED_BY: settled}


def people(tracts: pd.DataFrame) -> Amounts:
    """Return residents of tracts whose eligible adults are known, and of the others."""
    residents = tracts[col.POPULATION].fillna(0.0)
    known = tracts[col.ELIGIBLE_ADULTS].notna()
    if not known.any():
        return Amounts(0.0)
    return Amounts(float(residents[known].sum()), unknown=float(residents[~known].sum()))


def margins(tracts: pd.DataFrame) -> Amounts:
    """Return eligible adults of tracts whose number has a margin of error, and of the others."""
    adults = tracts[col.ELIGIBLE_ADULTS].fillna(0.0)
    known = tracts[col.ELIGIBLE_ADULTS_MOE].notna()
    return Amounts(float(adults[known].sum()), unknown=float(adults[~known].sum()))


def weights(parts: pd.DataFrame, wanted: dict[str, float]) -> Amounts:
    """Return the weight of the definitions that have a value here, and of those that are missing."""
    present = set(parts.loc[parts[col.PERCENTILE].notna(), col.DEFINITION])
    known = sum(weight for name, weight in wanted.items() if name in present)
    return Amounts(known, unknown=sum(wanted.values()) - known)


def places(rows: pd.DataFrame) -> Amounts:
    """Return how many rows lie at a point or address, are placed by an area they name, or are nowhere."""
    exact, nowhere = located(rows), rows[col.LATITUDE].isna()
    return Amounts(int(exact.sum()), int((~exact & ~nowhere).sum()), int(nowhere.sum()))


def of_variance(spread: pd.Series) -> Amounts:
    """Return the variance of Priority that measured figures and what assumed supply bring: [variance, assumed]."""
    share = float(np.nan_to_num(spread["assumed"]))
    return Amounts(float(spread["variance"]) * (1 - share), float(spread["variance"]) * share)


def _by_flag(amounts: pd.Series, assumed: pd.Series) -> Amounts:
    flag = assumed.astype(bool)
    return Amounts(float(amounts[~flag].sum()), float(amounts[flag].sum()))


def weak_subjects(table: pd.DataFrame) -> list[str]:
    """Return the subjects of a state's `evidence` whose verdict is weak, in the order of the pillars and subjects."""
    weak = table.loc[table[col.VERDICT] == "weak", col.SUBJECT]
    return [name for name in SETTLES if name in set(weak)]
