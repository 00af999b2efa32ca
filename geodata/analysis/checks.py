"""The checks of the steps: what must hold of a result before anything rests on it, and what is worth a warning."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from geodata.analysis.step import Verdict
from geodata.schemas import columns as col
from geodata.schemas.table_with_facts import Facts
from geodata.settings import Communities, Need

POINTS_TOLERANCE = 1e-6
SETTLED = 0.05


def weighted_definitions_found(parts: pd.DataFrame, settings: Need) -> Verdict:
    """Doubt where a definition has a weight and no value for any tract."""
    weighted = {name for name, weight in settings.weights.items() if weight > 0}
    silent = sorted(weighted - set(parts[col.DEFINITION]))
    used = ", ".join(sorted(weighted - set(silent)))
    rests = f"Need rests on {used or 'nothing'}."
    return Verdict(not silent, f"Without {', '.join(silent)}; {rests}" if silent else rests)


def every_tract_listed(scores: pd.DataFrame, tracts: pd.DataFrame) -> Verdict:
    """Fail where a tract vanished, or has neither rank nor reason."""
    unexplained = scores[col.RANK].isna() == (scores[col.UNRANKED_REASON].fillna("") == "")
    same = set(scores[col.GEOID]) == set(tracts[col.GEOID])
    sentence = f"{len(scores)} of {len(tracts)} tracts; {int(unexplained.sum())} without rank or reason."
    return Verdict(bool(same and not unexplained.any()), sentence)


def points_sum_to_priority(scores: pd.DataFrame) -> Verdict:
    """Fail where the points of a tract do not sum to its Priority."""
    points = scores[[col.POINTS_NEED, col.POINTS_TRAINING_GAP, col.POINTS_OPPORTUNITY]].sum(axis=1)
    worst = (points - scores[col.PRIORITY]).abs().max()
    passed = bool(pd.isna(worst) or worst <= POINTS_TOLERANCE)
    return Verdict(passed, f"The largest difference is {worst:.2g} points.")


def pillars_present(scores: pd.DataFrame) -> Verdict:
    """Doubt where a pillar is unknown for all tracts, so that Priority rests on the others."""
    unknown = [name for name in (col.NEED, col.TRAINING_GAP, col.OPPORTUNITY) if scores[name].isna().all()]
    sentence = f"Unknown for every tract: {', '.join(unknown)}." if unknown else "All three are there."
    return Verdict(not unknown, sentence)


def evidence_measured(evidence: pd.DataFrame) -> Verdict:
    """Doubt where less than the least share of what a pillar rests on is measured, or nothing of it is known."""
    doubtful = evidence[evidence[col.VERDICT] != "measured"]
    if doubtful.empty:
        return Verdict(True, "Most of what each pillar rests on is measured.")
    doubts = [
        f"{row.pillar}: {row.subject} unknown"
        if row.verdict == "unknown"
        else f"{row.pillar}: {row.measured:.0%} of {row.subject} measured"
        for row in doubtful.itertuples()
    ]
    wanted = " ".join(dict.fromkeys(" ".join(doubtful[col.SETTLED_BY].dropna()).split()))
    return Verdict(False, f"{'; '.join(doubts)}. To settle it: {wanted}.")


def draws_settled(facts: Mapping[str, Facts]) -> Verdict:
    """Doubt where more than one tier in twenty differs between the two halves of a state's draws."""
    share = max((float(known.get("tiers_that_differ_between_halves", 0.0)) for known in facts.values()), default=0.0)
    sentence = f"{share:.1%} of tiers differ between the halves of the draws; more draws would settle them."
    return Verdict(share <= SETTLED, sentence)


def every_listed_tract_grouped(scores: pd.DataFrame, members: pd.DataFrame, settings: Communities) -> Verdict:
    """Fail where a listed tract of the grouped tiers is in no community, or in two."""
    meant = set(scores.loc[scores[col.GATED] & scores[col.CUT_TIER].isin(settings.tiers), col.GEOID])
    once = not members[col.GEOID].duplicated().any() and set(members[col.GEOID]) == meant
    return Verdict(once, f"{len(members)} of {len(meant)} tracts of tiers {', '.join(settings.tiers)} grouped.")
