"""Records of runs in PostgreSQL: a real server on loopback, real runs, and the server going away."""

import socket
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from dagster import (
    AssetKey,
    DagsterInstance,
    DagsterRunStatus,
    asset,
    materialize,
)

from assets.partitions import STATES
from geodata.settings import load_settings
from pipelines.build import build_defs
from pipelines.instance import POSTGRES, prepare
from tests.conftest import ROOT
from tests.support.database import Database

pytestmark = pytest.mark.services


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Database(port)
    yield server
    server.remove()


@pytest.fixture
def home(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(POSTGRES, database.url)
    monkeypatch.setenv("DAGSTER_HOME", "")
    prepare(tmp_path)
    return tmp_path


@pytest.fixture
def instance(home: Path) -> Iterator[DagsterInstance]:
    with DagsterInstance.from_config(str(home / "dagster")) as instance:
        yield instance


def test_a_job_of_the_project_is_recorded_in_the_database(
    home: Path, instance: DagsterInstance, database: Database
) -> None:
    settings = load_settings(None, {"home": str(home)})
    done = build_defs(settings).resolve_job_def("check_ages").execute_in_process(instance=instance)
    assert done.success
    assert database.ask(f"select pipeline_name, status from runs where run_id = '{done.run_id}'") == [
        ("check_ages", "SUCCESS")
    ]
    assert database.ask(f"select count(*) from event_logs where run_id = '{done.run_id}'")[0][0] > 5
    assert not list(home.rglob("*.db")), "records were written to SQLite as well"


def test_the_password_is_nowhere_in_what_is_written(home: Path, instance: DagsterInstance, database: Database) -> None:
    assert yaml.safe_load((home / "dagster" / "dagster.yaml").read_text())["storage"]["postgres"] == {
        "postgres_url": {"env": POSTGRES}
    }
    settings = load_settings(None, {"home": str(home)})
    build_defs(settings).resolve_job_def("check_ages").execute_in_process(instance=instance)
    for path in home.rglob("*"):
        assert path.is_dir() or database.password.encode() not in path.read_bytes(), path
    for table in ("runs", "event_logs", "run_tags"):
        rows = f"select count(*) from {table} t where t::text like '%{database.password}%'"
        assert database.ask(rows) == [(0,)], table


ONE_STATE = """
import sys
from dagster import DagsterInstance
from tests.integration.test_postgres import run_beside
with DagsterInstance.get() as instance:
    run_beside(instance, sys.argv[1], sys.argv[2])
"""


def run_beside(instance: DagsterInstance, folder: str, usps: str) -> None:
    """Run one state, which ends only once the other has begun."""

    @asset(partitions_def=STATES)
    def scores(context) -> None:
        Path(folder, usps).touch()
        end = time.monotonic() + 60
        while not (Path(folder, "RI").exists() and Path(folder, "CT").exists()):
            assert time.monotonic() < end, "the other state never came"
            time.sleep(0.01)
        for number in range(30):
            context.log.info(f"{usps} {number}")

    assert materialize([scores], partition_key=usps, instance=instance).success


def test_two_states_run_at_once(home: Path, instance: DagsterInstance) -> None:
    other = subprocess.Popen([sys.executable, "-c", ONE_STATE, str(home), "RI"], cwd=ROOT, stderr=subprocess.DEVNULL)
    run_beside(instance, str(home), "CT")
    assert other.wait(90) == 0
    assert instance.get_materialized_partitions(AssetKey("scores")) == {"RI", "CT"}


def test_a_run_outlasts_a_server_that_goes_away_and_comes_back(instance: DagsterInstance, database: Database) -> None:
    back = threading.Timer(1.0, database.start)

    @asset
    def table() -> None:
        database.stop()
        back.start()

    done = materialize([table], instance=instance)
    back.join()
    assert done.success
    run = instance.get_run_by_id(done.run_id)
    assert run is not None
    assert run.status == DagsterRunStatus.SUCCESS


def test_a_missing_server_is_reported_without_the_password(
    database: Database, unused_port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(POSTGRES, database.url.replace(str(database.port), str(unused_port)))
    monkeypatch.setenv("DAGSTER_HOME", "")
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    prepare(tmp_path)
    with pytest.raises(Exception) as lost:
        DagsterInstance.from_config(str(tmp_path / "dagster"))
    message = "".join(traceback.format_exception(lost.value))
    assert str(unused_port) in message
    assert database.password not in message
