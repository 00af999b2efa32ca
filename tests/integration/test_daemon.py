"""Schedules and sensors fire: the daemon's own rounds, on a real instance, with the clock set."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from dagster import DagsterEvent, DagsterEventType, DagsterInstance, DagsterRun, DagsterRunStatus
from dagster._core.definitions.job_base import InMemoryJob
from dagster._core.execution.api import execute_run
from dagster._core.remote_origin import InProcessCodeLocationOrigin
from dagster._core.test_utils import InProcessTestWorkspaceLoadTarget, freeze_time
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._daemon.sensor import execute_sensor_iteration
from dagster._scheduler.scheduler import launch_scheduled_runs

from pipelines.build import build_defs
from pipelines.instance import prepare
from tests.conftest import ROOT

pytestmark = pytest.mark.slow

SATURDAY = datetime(2026, 11, 28, 0, 50, tzinfo=UTC)
GOOD = "state,site_id,name,latitude,longitude,status,ports_dc_fast\nRI,a1,Depot,41.8211,-71.4128,planned,4\n"
LOG = logging.getLogger("daemon")


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, Any]]]:
    """What alerts post to a web address."""
    bodies: list[dict[str, Any]] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    monkeypatch.setenv("ONRAMP_ALERT_WEBHOOK", f"http://127.0.0.1:{server.server_address[1]}/")
    yield bodies
    server.shutdown()
    server.server_close()


class Deployment:
    """A deployment whose clock stands still until the test advances it."""

    def __init__(self, home: Path, instance: DagsterInstance, context: WorkspaceProcessContext) -> None:
        self.home, self.instance, self.now = home, instance, SATURDAY
        self._context = context
        (self._location,) = context.create_request_context().code_locations
        (repository,) = self._location.get_repositories().values()
        with freeze_time(self.now):
            for schedule in repository.get_schedules():
                instance.start_schedule(schedule)
            for sensor in repository.get_sensors():
                instance.start_sensor(sensor)

    def until(self, moment: datetime) -> list[tuple[str, str | None]]:
        """Let the clock go to `moment`, the scheduler look once, and return the runs asked for, oldest first."""
        self.now = moment
        with freeze_time(moment):
            return self._asked(lambda: launch_scheduled_runs(self._context, LOG, moment, iteration_times={}))

    def look(self) -> list[tuple[str, str | None]]:
        """Let the clock go on by more than a minute, sensors look once, and return the runs asked for."""
        self.now += timedelta(seconds=70)
        with freeze_time(self.now):
            return self._asked(lambda: execute_sensor_iteration(self._context, LOG, None, None))

    def _asked(self, round_of_daemon: Any) -> list[tuple[str, str | None]]:
        known = {run.run_id for run in self.instance.get_runs()}
        assert [event for event in round_of_daemon() if event is not None and hasattr(event, "message")] == []
        new = [run for run in self.instance.get_runs() if run.run_id not in known]
        assert all(run.status == DagsterRunStatus.QUEUED for run in new)
        return [(run.job_name, run.tags.get("dagster/partition")) for run in reversed(new)]

    def last(self, job: str) -> DagsterRun:
        return next(run for run in self.instance.get_runs() if run.job_name == job)

    def report(self, run: DagsterRun, kind: DagsterEventType) -> None:
        self.instance.report_dagster_event(DagsterEvent(kind.value, run.job_name), run.run_id)


@pytest.fixture
def deployed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hook: object) -> Iterator[Deployment]:
    home = tmp_path / "home"
    (tmp_path / "settings.yaml").write_text(yaml.safe_dump({"states": ["RI"], "home": str(home)}))
    monkeypatch.setenv("ONRAMP_SETTINGS", str(tmp_path / "settings.yaml"))
    monkeypatch.setenv("DAGSTER_HOME", "")
    prepare(home)
    file = str(ROOT / "pipelines" / "definitions.py")
    origin = InProcessCodeLocationOrigin(
        LoadableTargetOrigin(python_file=file, working_directory=str(ROOT)), location_name="onramp"
    )
    with (
        DagsterInstance.from_config(str(home / "dagster")) as instance,
        WorkspaceProcessContext(instance, InProcessTestWorkspaceLoadTarget(origin)) as context,
    ):
        yield Deployment(home, instance, context)


def test_a_week_end_by_the_clock(deployed: Deployment) -> None:
    assert deployed.until(SATURDAY + timedelta(minutes=5)) == []
    assert deployed.until(SATURDAY.replace(hour=1, minute=0, second=30)) == [("upkeep", None)]
    assert deployed.until(SATURDAY.replace(hour=2, minute=30, second=30)) == [("refresh_sources", None)]
    assert deployed.until(SATURDAY.replace(hour=7, minute=0, second=30)) == [("check_ages", None)]
    sunday = SATURDAY + timedelta(days=1)
    assert sorted(deployed.until(sunday.replace(hour=6, minute=30, second=30))) == [
        ("analysis", "RI"),
        ("refresh_sources", None),
    ]
    assert deployed.until(sunday.replace(hour=6, minute=31)) == []


def test_states_follow_their_sources_and_a_dropped_file_asks_for_them(deployed: Deployment) -> None:
    assert deployed.look() == []
    (deployed.home / "inbox" / "planned_sites.csv").write_text(GOOD)
    assert deployed.look() == []
    assert deployed.look() == [("refresh_sources", None)]
    assert (deployed.home / "supplied" / "planned_sites.csv").read_text() == GOOD
    deployed.report(deployed.last("refresh_sources"), DagsterEventType.RUN_SUCCESS)
    assert deployed.look() == [("analysis", "RI")]
    assert deployed.look() == []


def test_a_run_that_fails_is_reported(deployed: Deployment, hook: list[dict[str, Any]]) -> None:
    assert deployed.look() == []
    deployed.until(SATURDAY.replace(hour=7, minute=0, second=30))
    run = deployed.last("check_ages")
    deployed.report(run, DagsterEventType.PIPELINE_STARTING)
    starting = deployed.instance.get_run_by_id(run.run_id)
    assert starting is not None
    job = build_defs().resolve_job_def("check_ages")
    assert not execute_run(InMemoryJob(job), starting, deployed.instance, raise_on_error=False).success
    assert deployed.look() == []
    (alert,) = hook
    assert alert["subject"] == "Onramp: check_ages failed"
    assert "RI (never)" in alert["text"]
    deployed.look()
    assert len(hook) == 1
