"""The assets people know by name are there, with their checks, and the graph says what rests on what."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from dagster import AssetKey, AssetSelection
from dagster._core.definitions.assets.graph.asset_graph import AssetGraph

from geodata.analysis import STEPS
from geodata.ingest.combine import FEEDS
from geodata.settings import Settings
from geodata.sources import SOURCES
from pipelines.build import build_defs

STATE_ASSETS = {
    "study_area": "3_analysis",
    "travel": "3_analysis",
    "need_parts": "3_analysis",
    "training_access": "3_analysis",
    "work_access": "3_analysis",
    "tract_scores": "3_analysis",
    "last_result": "4_decisions",
    "ranked_tracts": "4_decisions",
    "community_tracts": "4_decisions",
    "barriers": "4_decisions",
    "communities": "4_decisions",
    "work_by_quarter": "4_decisions",
    "hubs": "4_decisions",
    "equity": "4_decisions",
    "equity_curve": "4_decisions",
    "agreement": "4_decisions",
    "clusters": "4_decisions",
    "rollups": "4_decisions",
    "locations": "4_decisions",
    "state_summary": "4_decisions",
    "evidence": "4_decisions",
    "sensitivity": "4_decisions",
    "state_result": "5_products",
    "pages": "5_products",
    "lists": "5_products",
    "briefs": "5_products",
    "scenario_differences": "6_scenarios",
}
NATIONAL_ASSETS = {"all_states": "5_products_nation", "national": "5_products_nation", "state_ages": "7_upkeep"}
CHECKS = {
    "need_parts": {"weighted_definitions_found"},
    "tract_scores": {"every_tract_listed", "points_sum_to_priority", "pillars_present"},
    "ranked_tracts": {"draws_settled"},
    "community_tracts": {"every_listed_tract_grouped"},
    "evidence": {"evidence_measured"},
    "all_states": {"every_state_computed"},
    "national": {"every_state_present"},
    "state_ages": {"no_state_overdue"},
}


@cache
def graph() -> AssetGraph:
    return build_defs(Settings()).resolve_asset_graph()


def name(key: AssetKey) -> str:
    return "/".join(key.path)


def test_the_keys_and_groups_of_all_assets_stay() -> None:
    sources = {f"sources/{source}": "1_sources" for source in SOURCES}
    tables = dict.fromkeys(FEEDS, "2_tables")
    found = {name(key): graph().get(key).group_name for key in graph().get_all_asset_keys()}
    assert found == {**sources, **tables, **STATE_ASSETS, **NATIONAL_ASSETS}
    partitioned = {name(key) for key in graph().get_all_asset_keys() if graph().get(key).is_partitioned}
    assert partitioned == set(STATE_ASSETS)


def test_the_checks_of_all_assets_stay() -> None:
    sources = {f"sources/{source}": {"found_and_fresh", "rows_accounted_for"} for source in SOURCES}
    tables = {table: {"has_rows", "key_is_unique"} for table in FEEDS}
    found: dict[str, set[str]] = {}
    for check in graph().asset_check_keys:
        found.setdefault(name(check.asset_key), set()).add(check.name)
    assert found == {**sources, **tables, **CHECKS}


def test_every_asset_says_what_it_is_and_links_to_its_line_of_code() -> None:
    for key in graph().get_all_asset_keys():
        node = graph().get(key)
        assert node.description, key
        (place,) = node.metadata["dagster/code_references"].code_references
        lines = Path(place.file_path).read_text("utf-8").splitlines()
        function = place.label.rpartition(".")[2]
        beginning = "\n".join(lines[place.line_number - 1 : place.line_number + 15])
        assert f"def {function}(" in beginning or f"class {function}" in beginning, (key, place)


@pytest.mark.parametrize("step", [step for step in STEPS if step.stored], ids=lambda step: step.name)
def test_an_asset_of_a_step_links_to_the_function_of_the_step(step: object) -> None:
    assert hasattr(step, "name") and hasattr(step, "function")
    (place,) = graph().get(AssetKey(step.name)).metadata["dagster/code_references"].code_references
    assert place.label == f"{step.function.__module__}.{step.function.__qualname__}"


def test_names_of_communities_rest_on_the_last_result_which_no_run_makes() -> None:
    followers = {name(key) for key in graph().get(AssetKey("last_result")).child_keys}
    assert followers == {"community_tracts", "communities", "all_states"}
    assert not graph().get(AssetKey("last_result")).is_materializable
    assert AssetKey("last_result") not in AssetSelection.all().resolve(graph())


def test_the_graph_of_decisions_reads_from_ranks_to_the_result() -> None:
    def behind(asset: str) -> set[str]:
        return {name(key) for key in graph().get(AssetKey(asset)).parent_keys}

    assert behind("ranked_tracts") == {"study_area", "need_parts", "tract_scores"}
    assert behind("community_tracts") == {"study_area", "ranked_tracts", "last_result"}
    assert behind("barriers") == {"study_area", "community_tracts"}
    assert behind("work_by_quarter") == {"travel", "ranked_tracts", "community_tracts"}
    assert behind("hubs") == behind("equity") == behind("clusters") == {"study_area", "ranked_tracts"}
    assert behind("communities") >= {"ranked_tracts", "community_tracts", "barriers", "travel", "last_result"}
