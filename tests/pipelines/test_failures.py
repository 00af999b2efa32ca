"""Checks that stop a run, and the sentence a person gets."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO

from dagster import (
    AssetCheckResult,
    AssetCheckSpec,
    AssetsDefinition,
    Definitions,
    Output,
    ResourceDefinition,
    asset,
    define_asset_job,
    in_process_executor,
)
from rich.console import Console

from assets import ALL_ASSETS
from assets.nation import COMPUTED
from assets.result_ages import CHECK
from pipelines.command.console import LINES, progress
from pipelines.failures import sentences


@asset(check_specs=[AssetCheckSpec("every_tract_listed", asset="scores", blocking=True)])
def scores() -> Iterator[Output[int] | AssetCheckResult]:
    """A table whose check fails."""
    yield Output(1)
    yield AssetCheckResult(passed=False, description="3 tracts without rank or reason.")


@asset
def pages(scores: int) -> int:
    """What would be made of it."""
    return scores


def test_a_blocking_check_stops_what_follows_and_says_what_it_found() -> None:
    job = define_asset_job("job", executor_def=in_process_executor)
    definitions = Definitions(assets=[scores, pages], jobs=[job])
    result = definitions.resolve_job_def("job").execute_in_process(raise_on_error=False)
    assert [event.asset_key.to_user_string() for event in result.get_asset_materialization_events()] == ["scores"]
    expected = ["scores: the check every_tract_listed failed: 3 tracts without rank or reason."]
    assert sentences(result.all_events) == expected


def test_what_fails_around_the_steps_is_a_sentence_too() -> None:
    def full(_: object) -> None:
        raise OSError(24, "Too many open files")

    job = define_asset_job("job", executor_def=in_process_executor)
    needy = asset(name="needy", required_resource_keys={"disk"})(lambda: 1)
    definitions = Definitions(assets=[needy], jobs=[job], resources={"disk": ResourceDefinition(full)})
    result = definitions.resolve_job_def("job").execute_in_process(raise_on_error=False)
    assert sentences(result.all_events) == ["Too many files are open. Raise the limit (ulimit -n) and run again."]


def test_every_check_says_whether_it_stops_a_run() -> None:
    specs = [spec for made in ALL_ASSETS if isinstance(made, AssetsDefinition) for spec in made.check_specs]
    assert len(specs) > 80
    for spec in specs:
        if spec.name not in (CHECK, COMPUTED):  # errors of jobs that nothing follows
            assert ("Stops what follows" in spec.description) == spec.blocking, spec.name
            assert ("Warns only" in spec.description) != spec.blocking, spec.name


def test_steps_left_out_after_a_failure_are_not_listed_one_by_one() -> None:
    @asset
    def broken() -> int:
        """A step that fails."""
        raise ValueError("no rows")

    @asset
    def after(broken: int) -> int:
        """What cannot be made of it."""
        return broken

    @asset
    def apart(context) -> int:
        """What has to say something."""
        context.log.warning("One file is old.")
        return 1

    shown = StringIO()
    job = define_asset_job("job", executor_def=in_process_executor)
    definitions = Definitions.merge(
        Definitions(assets=[broken, after, apart], jobs=[job]), progress(Console(file=shown))
    )
    definitions.resolve_job_def("job").execute_in_process(raise_on_error=False, run_config={"loggers": {LINES: {}}})
    assert shown.getvalue().splitlines()[0] == "One file is old."
    assert "after" not in shown.getvalue()
