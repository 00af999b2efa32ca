"""The steps from scores to decisions: how sure the ranks are, communities, what to do where, and diagnostics."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import pandas as pd

from geodata.analysis import checks
from geodata.analysis.rescoring import sensitivity
from geodata.analysis.step import Check, Step
from geodata.decisions import communities as of_communities
from geodata.decisions.actions import state_medians
from geodata.decisions.barriers import barriers
from geodata.decisions.evidence import evidence
from geodata.decisions.hubs import hub_table
from geodata.decisions.ranked_tracts import grouped_tracts, ranked_tracts
from geodata.decisions.state_summary import state_summary
from geodata.diagnostics import state_diagnostics
from geodata.diagnostics.equity import equity_curves, equity_table, shortfall_lines
from geodata.diagnostics.locations import locations
from geodata.geography.contiguity import contacts
from geodata.schemas import columns as col
from geodata.schemas.computed import (
    AGREEMENT,
    BARRIERS,
    CLUSTERS,
    COMMUNITIES,
    EQUITY,
    EQUITY_CURVE,
    EVIDENCE,
    GROUPED_TRACTS,
    HUBS,
    LOCATIONS,
    ROLLUPS,
    SENSITIVITY,
    STATE_SUMMARY,
    TRACT_SCORES,
    WORK_BY_QUARTER,
)
from geodata.schemas.table_with_facts import Facts
from geodata.scoring.known_supplies import known_supplies
from geodata.scoring.training import unlocated_providers
from geodata.uncertainty.access_model import AccessOfTracts, access_model
from geodata.uncertainty.certainty import drawn_tracts

Lines = dict[str, dict[str, float]]


def tract_contacts(polygons: pd.DataFrame, least_m: float) -> pd.DataFrame:
    """Return which tracts share a border of at least `least_m` meters."""
    return contacts(gpd.GeoDataFrame(polygons), least_m)


def facts(
    scores: pd.DataFrame,
    parts: pd.DataFrame,
    travel: Facts,
    draws: Mapping[str, Facts],
    moran: Mapping[str, Facts],
    lines: Lines,
) -> dict[str, Facts]:
    """Return the single figures of each state: engine, draws, medians, Moran's I, agreement and shortfall lines.

    A figure that is unknown, such as the median gap where no provider is known, is left out.
    """
    agreement = state_diagnostics.overall_agreement(parts, scores)
    medians = state_medians(scores).add_prefix("median_").to_dict("index")
    every = {
        state: {
            **travel,
            **draws.get(state, {}),
            **{str(name): float(value) for name, value in medians[state].items()},
            **moran.get(state, {}),
            **agreement[state],
            **{f"{subject}_line": line for subject, line in lines[state].items()},
        }
        for state in lines
    }
    return {state: {name: value for name, value in known.items() if value == value} for state, known in every.items()}


def evidence_figures(table: pd.DataFrame) -> dict[str, Any]:
    """Return the share measured of each subject, in percent, and the subjects whose evidence is weak or unknown."""
    known = table[table["measured"].notna()]
    doubtful = table[table[col.VERDICT] != "measured"]
    return {
        **{
            f"percent_measured_of_{name}": 100 * share
            for name, share in zip(known[col.SUBJECT], known["measured"], strict=True)
        },
        "verdicts": dict(zip(doubtful[col.SUBJECT], doubtful[col.VERDICT], strict=True)),
    }


def hub_figures(hubs: pd.DataFrame) -> dict[str, Any]:
    """Return how far the choice of hubs may be from the best one."""
    return {"largest_gap_to_the_optimum": float(hubs[col.GAP].max()) if len(hubs) else 0.0}


DECISIONS: tuple[Step, ...] = (
    Step("known_supplies", known_supplies, ("study_area", "settings"), pd.DataFrame, "decisions", stored=False),
    Step(
        "access_model",
        access_model,
        ("study_area", "travel_engine", "settings"),
        AccessOfTracts,
        "decisions",
        stored=False,
    ),
    Step(
        "drawn_tracts",
        drawn_tracts,
        ("tract_scores", "need_parts", "study_area.measures", "access_model", "settings"),
        list,
        "decisions",
        stored=False,
    ),
    Step(
        "ranked_tracts",
        ranked_tracts,
        ("tract_scores", "drawn_tracts", "settings"),
        TRACT_SCORES,
        "decisions",
        has_facts=True,
        checks=(
            Check(
                "draws_settled",
                "Few tiers hang on the number of draws. Warns only: more draws would settle them.",
                checks.draws_settled,
                ("ranked_tracts.facts",),
            ),
        ),
    ),
    Step(
        "contacts",
        tract_contacts,
        ("study_area.polygons", "settings.communities.shared_border_m"),
        pd.DataFrame,
        "decisions",
        stored=False,
    ),
    Step(
        "community_tracts",
        of_communities.community_tracts,
        ("ranked_tracts", "study_area.polygons", "contacts", "settings.communities", "last_result"),
        GROUPED_TRACTS,
        "decisions",
        checks=(
            Check(
                "every_listed_tract_grouped",
                "Each tract of the grouped tiers is in one community, and in one only. Stops what follows.",
                checks.every_listed_tract_grouped,
                ("ranked_tracts", "community_tracts", "settings.communities"),
                blocking=True,
            ),
        ),
    ),
    Step(
        "barriers",
        barriers,
        ("study_area.measures", "study_area.tracts", "community_tracts", "settings.barriers"),
        BARRIERS,
        "decisions",
    ),
    Step(
        "community_ranks",
        of_communities.community_ranks,
        ("drawn_tracts", "community_tracts", "settings.uncertainty"),
        pd.DataFrame,
        "decisions",
        stored=False,
    ),
    Step(
        "communities",
        of_communities.communities,
        (
            "ranked_tracts",
            "community_tracts",
            "study_area",
            "travel",
            "barriers",
            "community_ranks",
            "settings",
            "last_result",
        ),
        COMMUNITIES,
        "decisions",
    ),
    Step(
        "work_by_quarter",
        of_communities.work_by_quarter,
        ("travel.work", "ranked_tracts", "community_tracts"),
        WORK_BY_QUARTER,
        "decisions",
    ),
    Step(
        "hubs",
        hub_table,
        ("study_area", "ranked_tracts", "travel_engine", "settings"),
        HUBS,
        "decisions",
        "Where one to ten recruitment hubs reach most of the people of tiers A and B, solved exactly.",
        kinds=frozenset({"highs"}),
        figures=hub_figures,
    ),
    Step(
        "tract_areas",
        state_diagnostics.areas_of_tracts,
        ("ranked_tracts", "study_area"),
        pd.DataFrame,
        "decisions",
        stored=False,
    ),
    Step("shortfall_lines", shortfall_lines, ("ranked_tracts", "settings.equity"), dict, "decisions", stored=False),
    Step("equity", equity_table, ("ranked_tracts", "tract_areas", "shortfall_lines"), EQUITY, "decisions"),
    Step("equity_curve", equity_curves, ("ranked_tracts",), EQUITY_CURVE, "decisions"),
    Step("agreement", state_diagnostics.agreement_of_states, ("need_parts", "ranked_tracts"), AGREEMENT, "decisions"),
    Step(
        "clusters",
        state_diagnostics.tract_clusters,
        ("ranked_tracts", "contacts", "settings"),
        CLUSTERS,
        "decisions",
        has_facts=True,
    ),
    Step(
        "grouped_tracts",
        grouped_tracts,
        ("ranked_tracts", "community_tracts"),
        TRACT_SCORES,
        "decisions",
        stored=False,
    ),
    Step(
        "rollups",
        state_diagnostics.rollup_table,
        ("grouped_tracts", "tract_areas", "study_area", "known_supplies"),
        ROLLUPS,
        "decisions",
    ),
    Step(
        "unlocated_providers",
        unlocated_providers,
        ("study_area.all_providers", "settings.training"),
        pd.DataFrame,
        "decisions",
        stored=False,
    ),
    Step(
        "state_summary",
        state_summary,
        (
            "grouped_tracts",
            "communities",
            "study_area.providers",
            "study_area.sites",
            "unlocated_providers",
            "study_area.all_providers",
            "known_supplies",
        ),
        STATE_SUMMARY,
        "decisions",
    ),
    Step("locations", locations, ("study_area",), LOCATIONS, "decisions"),
    Step(
        "evidence",
        evidence,
        ("ranked_tracts", "need_parts", "study_area", "drawn_tracts", "settings"),
        EVIDENCE,
        "decisions",
        "How much of what each pillar rests on is measured, assumed or unknown, and what would settle it.",
        checks=(
            Check(
                "evidence_measured",
                "At least half of what each pillar rests on is measured. Warns only: pages then say so first.",
                checks.evidence_measured,
                ("evidence",),
            ),
        ),
        figures=evidence_figures,
    ),
    Step(
        "sensitivity",
        sensitivity,
        ("study_area", "travel", "ranked_tracts", "communities", "community_tracts", "settings"),
        SENSITIVITY,
        "decisions",
        "How much of the top of the list stays when one choice of method takes its alternative.",
    ),
    Step(
        "facts",
        facts,
        (
            "ranked_tracts",
            "need_parts",
            "travel.facts",
            "ranked_tracts.facts",
            "clusters.facts",
            "shortfall_lines",
        ),
        dict,
        "decisions",
        stored=False,
    ),
)
