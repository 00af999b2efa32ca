"""What runs by itself: states after their sources, files from the inbox, the clock, upkeep."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from dagster import (
    DagsterInstance,
    Definitions,
    RunRequest,
    SensorResult,
    SkipReason,
    build_run_status_sensor_context,
    build_schedule_context,
    build_sensor_context,
    job,
    op,
)

from pipelines.build import build_defs
from pipelines.housekeeping import forget
from pipelines.schedules import SCHEDULES, weekly_states
from pipelines.sensors import IF_CHANGED, SENSORS, inbox, states_after_sources

GOOD = "state,site_id,name,latitude,longitude,status,ports_dc_fast\nRI,a1,Depot,41.8211,-71.4128,planned,4\n"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home folder of a deployment for two states."""
    write_settings(tmp_path, ["RI", "Massachusetts"])
    monkeypatch.setenv("ONRAMP_SETTINGS", str(tmp_path / "settings.yaml"))
    return tmp_path / "home"


def write_settings(folder: Path, states: list[str]) -> None:
    text = yaml.safe_dump({"states": states, "home": str(folder / "home")})
    (folder / "settings.yaml").write_text(text)


@op
def nothing() -> None:
    pass


@job
def refreshed() -> None:
    nothing()


def after_sources(instance: DagsterInstance) -> list[RunRequest | SkipReason]:
    result = refreshed.execute_in_process(instance=instance)
    run = instance.get_run_by_id(result.run_id)
    assert run is not None
    context = build_run_status_sensor_context(
        sensor_name="states_after_sources",
        dagster_event=result.get_run_success_event(),
        dagster_instance=instance,
        dagster_run=run,
    )
    return list(states_after_sources(context))  # type: ignore[call-overload]


def test_each_state_follows_its_sources_if_changed(home: Path, tmp_path: Path) -> None:
    with DagsterInstance.ephemeral(tempdir=str(tmp_path)) as instance:
        asked = after_sources(instance)
        assert [request.partition_key for request in asked] == ["RI", "MA"]  # type: ignore[union-attr]
        assert all(request.run_config == IF_CHANGED for request in asked)  # type: ignore[union-attr]
        again = after_sources(instance)
        assert {request.run_key for request in asked} & {request.run_key for request in again} == set()  # type: ignore[union-attr]
        write_settings(tmp_path, [])
        assert [type(answer) for answer in after_sources(instance)] == [SkipReason]


def look(cursor: str | None) -> SensorResult:
    with build_sensor_context(cursor=cursor) as context:
        answer = inbox(context)
    assert isinstance(answer, SensorResult)
    return answer


def test_a_file_dropped_in_asks_for_a_run_once_it_is_whole(home: Path) -> None:
    first = look(None)
    assert first.skip_reason is not None
    assert first.skip_reason.skip_message == "Nothing new in the inbox."
    (home / "inbox" / "planned_sites.csv").write_text(GOOD)
    second = look(first.cursor)
    assert second.run_requests is None or second.run_requests == []
    assert list(json.loads(second.cursor or "")) == ["planned_sites.csv"]
    third = look(second.cursor)
    assert len(third.run_requests or []) == 1
    assert (home / "supplied" / "planned_sites.csv").read_text() == GOOD
    assert not look(third.cursor).run_requests


def test_a_bad_file_asks_for_no_run(home: Path) -> None:
    look(None)
    (home / "inbox" / "planned_sites.csv").write_text("state,name\nRI,Depot\n")
    answer = look(look(None).cursor)
    assert not answer.run_requests
    assert answer.skip_reason is not None
    assert "planned_sites.csv" in str(answer.skip_reason.skip_message)
    assert (home / "inbox" / "rejected" / "planned_sites.csv.txt").exists()


def test_every_week_all_states_are_computed_again(home: Path) -> None:
    context = build_schedule_context(scheduled_execution_time=datetime(2026, 11, 22, 6, 30, tzinfo=UTC))
    asked = list(weekly_states(context))
    assert [(request.partition_key, request.run_config) for request in asked] == [("RI", {}), ("MA", {})]


def test_the_code_location_holds_all_of_them(home: Path) -> None:
    Definitions.validate_loadable(build_defs())
    repository = build_defs().get_repository_def()
    assert {one.name for one in repository.schedule_defs} == {one.name for one in SCHEDULES}
    assert {one.name for one in repository.sensor_defs} == {one.name for one in SENSORS}
    assert repository.get_job("upkeep").name == "upkeep"
    chosen = {key.to_user_string() for key in repository.get_job("state").asset_layer.executable_asset_keys}
    assert "pages" in chosen
    assert "state_ages" not in chosen


def test_records_of_old_runs_go_and_recent_ones_stay(tmp_path: Path) -> None:
    with DagsterInstance.ephemeral(tempdir=str(tmp_path)) as instance:
        run_id = refreshed.execute_in_process(instance=instance).run_id
        assert forget(instance, datetime.now(UTC) - timedelta(days=1)) == 0
        assert instance.get_run_by_id(run_id) is not None
        assert forget(instance, datetime.now(UTC) + timedelta(days=1)) == 1
        assert instance.get_run_by_id(run_id) is None


def test_a_run_asked_for_by_assets_is_one_process() -> None:
    """A backfill's runs are not of a job: with a process for each step they took longer to start than to compute."""
    assert build_defs().resolve_implicit_global_asset_job_def().executor_def.name == "in_process"
