"""The whole walk over the grid in one call."""

from __future__ import annotations

import pandas as pd
import pytest

from geodata.analysis.analyze import RESULT_STEPS, RESULT_VALUES, STEPS, Run, analyze, result_tables, state_result
from geodata.analysis.step import Walk
from geodata.errors import OnrampError
from geodata.schemas.canonical import DEFINITIONS, MEASURES
from geodata.schemas.state_result import StateResult
from tests.geodata.small_world import AS_OF, SETTINGS, canonical


def test_a_result_holds_every_table_its_steps_return_but_other_choices(small_result: StateResult) -> None:
    assert set(RESULT_STEPS) - set(small_result.tables) == {"sensitivity"}
    assert (small_result.as_of, small_result.settings_digest) == (AS_OF, SETTINGS.digest())


def test_the_last_step_that_returns_a_table_gives_it() -> None:
    assert RESULT_STEPS["tract_scores"] == "grouped_tracts"
    assert {step.name for step in STEPS} >= RESULT_VALUES


def test_facts_say_what_supply_is_assumed(small_result: StateResult) -> None:
    assert small_result.facts["providers_counted"] == small_result.facts["sites_counted"] == 1
    assert small_result.facts["providers_with_assumed_seats"] == 0


def test_sites_are_shown_with_the_work_they_bring(small_walk: Walk, small_result: StateResult) -> None:
    assert small_result.table("sites")["job_years_mid"].notna().all()
    area = small_walk.value("study_area")
    tables = result_tables(small_walk, other_choices=False)
    again = state_result("XL", area, tables, small_walk.value("facts")["XL"], Run(SETTINGS, AS_OF))
    pd.testing.assert_frame_equal(again.table("tract_scores"), small_result.table("tract_scores"))
    assert again.facts == small_result.facts


def test_a_call_of_the_library_stops_too_where_nothing_says_where_need_is() -> None:
    silent = canonical(definitions=DEFINITIONS.empty(), measures=MEASURES.empty())
    with pytest.raises(OnrampError, match="Nothing says where need is"):
        analyze(silent, ["XL"], SETTINGS, AS_OF)
