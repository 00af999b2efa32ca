"""Steps are taken when they are asked for, once, from what is given."""

from __future__ import annotations

import inspect
from types import SimpleNamespace

import pandas as pd
import pytest

from geodata.analysis import RESULT_VALUES, STEPS, Check, Step, Verdict, Walk, stored_behind
from geodata.schemas.table_with_facts import TableWithFacts

GIVEN = {"canonical", "states", "settings", "as_of", "last_result"}


def steps(calls: list[str]) -> list[Step]:
    """A walk of three steps: `doubled` and, by way of `between`, which is not stored, `summed`."""

    def counted(name: str, made: object) -> object:
        calls.append(name)
        return made

    return [
        Step("doubled", lambda n: counted("doubled", 2 * n), ("settings.n",), int, "scoring"),
        Step("between", lambda n: counted("between", n + 1), ("doubled",), int, "scoring", stored=False),
        Step("summed", lambda n, m: counted("summed", n + m), ("doubled", "between"), int, "decisions"),
    ]


def test_each_step_is_taken_once_and_only_where_it_is_needed() -> None:
    calls: list[str] = []
    walk = Walk(steps(calls), {"settings": SimpleNamespace(n=3)})
    assert walk.value("doubled") == 6 and calls == ["doubled"]
    assert walk.value("summed") == walk.value("summed") == 13
    assert calls == ["doubled", "between", "summed"]


def test_a_result_that_is_given_is_not_computed() -> None:
    calls: list[str] = []
    assert Walk(steps(calls), {"doubled": 10}).value("summed") == 21
    assert calls == ["between", "summed"]


def test_walks_of_one_run_share_what_is_not_stored() -> None:
    calls: list[str] = []
    shared: dict[str, object] = {}
    for _ in range(2):
        assert Walk(steps(calls), {"doubled": 10}, shared).value("summed") == 21
    assert calls == ["between", "summed", "summed"]


def test_what_is_stored_behind_a_step_looks_through_what_is_not() -> None:
    assert stored_behind(steps([]), ["summed"]) == {"summed"}
    assert stored_behind(steps([]), ["between"]) == {"doubled"}
    assert stored_behind(steps([]), ["settings"]) == {"settings"}


def test_of_a_table_with_facts_the_table_is_meant_and_the_facts_can_be_asked_for() -> None:
    table = pd.DataFrame({"geoid": ["01001020100"]})
    walk = Walk([], {"ranked": TableWithFacts(table, {"AL": {"draws": 7}})})
    assert walk.value("ranked") is table
    assert walk.value("ranked.facts") == {"AL": {"draws": 7}}
    check = Check("enough", "", lambda facts: Verdict(facts["AL"]["draws"] > 5, "yes"), ("ranked.facts",))
    assert walk.verdict(check) == (True, "yes")


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_a_step_takes_what_earlier_steps_return_and_its_function_asks_for(step: Step) -> None:
    before = {earlier.name for earlier in STEPS[: STEPS.index(step)]}
    assert step.inputs <= before | GIVEN
    inspect.signature(step.function).bind(*step.takes)
    assert len(inspect.signature(step.function).parameters) <= 8
    for check in step.checks:
        inspect.signature(check.function).bind(*check.takes)


def test_no_two_steps_have_one_name_and_each_leads_to_the_result() -> None:
    names = [step.name for step in STEPS]
    assert len(names) == len(set(names))
    needed = set(RESULT_VALUES)
    for step in reversed(STEPS):
        if step.name in needed:
            needed |= step.inputs
    assert needed == set(names) | GIVEN
