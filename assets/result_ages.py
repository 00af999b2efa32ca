"""Whether every state of the deployment has been computed recently. National, and not partitioned."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from dagster import (
    AssetCheckResult,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetExecutionContext,
    Failure,
    MaterializeResult,
    MetadataValue,
    asset,
)

from assets.last_finished import Finished, last_finished
from assets.metadata import code
from assets.resources import Choices
from geodata.states import find_state

GROUP = "7_upkeep"
CHECK = "no_state_overdue"


def ages(known: Mapping[str, Finished | None], now: datetime) -> dict[str, float | None]:
    """Return the age in days of each state's last finished run; None where there is none."""
    return {usps: None if run is None else (now - run.at).total_seconds() / 86_400 for usps, run in known.items()}


def overdue(days: Mapping[str, float | None], limit: int) -> AssetCheckResult:
    """Fail where a state is older than `limit` days or was never computed, naming it and its age."""
    late = {usps: age for usps, age in days.items() if age is None or age > limit}
    named = ", ".join(f"{usps} ({'never' if age is None else f'{age:.0f} days'})" for usps, age in late.items())
    recent = "All states are recent." if days else "No states are named in the settings."
    return AssetCheckResult(
        asset_key="state_ages",
        check_name=CHECK,
        passed=not late,
        severity=AssetCheckSeverity.ERROR,
        description=f"Not finished within {limit} days: {named}." if late else recent,
        metadata={"overdue": list(late)},
    )


@asset(
    group_name=GROUP,
    owners=["team:operations"],
    metadata=code(overdue),
    check_specs=[AssetCheckSpec(CHECK, asset="state_ages", description="Every state was computed recently.")],
)
def state_ages(context: AssetExecutionContext, choices: Choices) -> Iterator[MaterializeResult]:
    """How long ago the last finished run of each state of the settings was.

    If one is overdue, the run reports it and then fails, so that the people who get alerts hear of it.
    """
    settings = choices.settings
    states = [find_state(text).usps for text in settings.states]
    known = {usps: last_finished(context.instance, usps) for usps in states}
    days = ages(known, datetime.now(UTC))
    rows = [f"| {usps} | {'never' if age is None else f'{age:.1f}'} |" for usps, age in days.items()]
    table = "\n".join(["| State | Days since its last finished run |", "|---|---|", *rows])
    check = overdue(days, settings.operations.result_age_days)
    yield MaterializeResult(metadata={"states": len(states), "ages": MetadataValue.md(table)}, check_results=[check])
    if not check.passed:
        raise Failure(description=check.description, allow_retries=False)


UPKEEP_ASSETS = [state_ages]
