"""Assets made from the steps of the analysis: one per stored step, partitioned by state.

Does not hold the steps (`geodata.analysis`) or the first asset of a state (`assets.scoring`).
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from typing import Any

import pandas as pd
from dagster import (
    AssetCheckResult,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetDep,
    AssetExecutionContext,
    AssetIn,
    AssetsDefinition,
    DagsterType,
    Output,
    PythonObjectDagsterType,
    asset,
)

from assets.history import LAST_RESULT, earlier
from assets.metadata import Metadata, code, docs, rows_metadata, table_metadata
from assets.partitions import STATES
from assets.resources import Choices
from geodata.analysis import STEPS, Check, Step, Walk, stored_behind
from geodata.schemas.table import Table
from geodata.schemas.table_with_facts import TableWithFacts
from geodata.scoring.study_area import StudyArea

GROUPS = {"scoring": "3_analysis", "decisions": "4_decisions"}
OWNERS = ["team:analysis"]
# Given to a walk by the run or the deployment: no asset brings them.
GIVEN = frozenset({"settings", "as_of", LAST_RESULT})


def step_ins(names: Iterable[str]) -> dict[str, AssetIn]:
    """Return the assets among `names` as inputs, each read as what its step returns."""
    steps = {step.name: step for step in STEPS}
    stored = (steps[name] for name in sorted(set(names) - GIVEN))
    return {step.name: AssetIn(dagster_type=_type(stored_as(step))) for step in stored}


@cache
def _type(kind: type) -> DagsterType:
    """Return Dagster's name for a type, of which there may be one only."""
    return PythonObjectDagsterType(kind)


def stored_as(step: Step) -> type:
    """Return the type that the result of a step is stored as."""
    if step.has_facts:
        return TableWithFacts
    return pd.DataFrame if isinstance(step.output, Table) else step.output


def walk_of(
    context: AssetExecutionContext, choices: Choices, inputs: Mapping[str, object], needed: Iterable[str]
) -> Walk:
    """Return the walk of a state from the stored results `inputs`; `needed` are the inputs of what is computed."""
    usps, settings = context.partition_key, choices.settings
    given = {"settings": settings, **inputs}
    area = inputs.get("study_area")
    if isinstance(area, StudyArea):
        given["as_of"] = choices.date_of(area.sources())
    if LAST_RESULT in needed:
        given[LAST_RESULT] = earlier(settings, usps)
    return Walk(STEPS, given, _unstored(context.run.run_id, usps))


@lru_cache(maxsize=1)
def _unstored(run_id: str, usps: str) -> dict[str, object]:
    """Return the results of steps that are not stored, which the steps of a run in one process share."""
    return {}


def step_asset(step: Step) -> AssetsDefinition:
    """Return the asset of a step: it reads the stored inputs, calls the function and evaluates the checks."""
    needed = stored_behind(STEPS, step.inputs)

    def made(
        context: AssetExecutionContext, choices: Choices, **inputs: object
    ) -> Iterator[Output[object] | AssetCheckResult]:
        walk = walk_of(context, choices, inputs, needed)
        yield output_of(step, walk.result(step.name))
        for check in step.checks:
            yield check_result(check, walk)

    lineage = [AssetDep(LAST_RESULT)] if LAST_RESULT in needed else None
    declared: AssetsDefinition = asset(**declaration(step), ins=step_ins(needed), deps=lineage)(made)
    return declared


def declaration(step: Step) -> dict[str, Any]:
    """Return how the asset of a step is named, described and checked."""
    return {
        "name": step.name,
        "group_name": GROUPS[step.stage],
        "partitions_def": STATES,
        "owners": OWNERS,
        "kinds": set(step.kinds),
        "description": step.meaning or (step.output.meaning if isinstance(step.output, Table) else None),
        "metadata": {**docs("methodology.md"), **code(step.function)},
        "check_specs": [
            AssetCheckSpec(check.name, asset=step.name, blocking=check.blocking, description=check.meaning)
            for check in step.checks
        ],
    }


def output_of(step: Step, result: object) -> Output[object]:
    """Return the result of a step with its metadata: rows, columns, a preview, figures."""
    table, facts = result if isinstance(result, TableWithFacts) else (result, {})
    found = {name: value for known in facts.values() for name, value in known.items() if value is not None}
    figures = {} if step.figures is None else step.figures(table)
    rows: Metadata = {}
    if isinstance(table, pd.DataFrame):
        rows = table_metadata(table, step.output) if isinstance(step.output, Table) else rows_metadata(table)
    return Output(result, metadata={**rows, **figures, **found})


def check_result(check: Check, walk: Walk) -> AssetCheckResult:
    """Return the result of a check; a check that does not block the run warns."""
    verdict = walk.verdict(check)
    severity = AssetCheckSeverity.ERROR if check.blocking else AssetCheckSeverity.WARN
    return AssetCheckResult(
        check_name=check.name, passed=verdict.passed, severity=severity, description=verdict.sentence
    )


def step_assets(steps: Iterable[Step]) -> list[AssetsDefinition]:
    """Return the assets of the steps whose results are stored."""
    return [step_asset(step) for step in steps if step.stored]
