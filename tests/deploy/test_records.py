"""The history of runs in a real PostgreSQL: what each role may do, and a backup that is taken and restored."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
from dagster import DagsterInstance, job
from dagster._core.storage.dagster_run import DagsterRunStatus

from tests.conftest import ROOT
from tests.support.database import Database

pytestmark = pytest.mark.services
DEPLOY = ROOT / "deploy"
ROLES = ("web", "daemon", "run", "backup")
KEPT = ["tables/a/a.parquet", "products/RI/index.html", "products/b.part", "last/RI", "supplied/c.csv", "inbox/d/e.txt"]
LEFT_OUT = ["cache/f", ".shared/g", "tables/.half.part/h"]
WORDS = {role: f"{role}-word" for role in ROLES}


class Deployment:
    """A database with the roles of a deployment and tables made by their owner, and a home folder."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database, self.folder, self.home = database, folder, folder / "home"
        self.home.mkdir()
        (self.home / "dagster").mkdir()
        (self.home / "dagster" / "dagster.yaml").write_text((DEPLOY / "dagster.yaml").read_text())

    def libpq(self, user: str = "onramp", name: str = "postgres") -> dict[str, str]:
        word = self.database.password if user == "onramp" else WORDS[user.removeprefix("onramp_")]
        where = {"PGHOST": "127.0.0.1", "PGPORT": str(self.database.port), "PGDATABASE": name}
        return {**os.environ, **where, "PGUSER": user, "PGPASSWORD": word}

    def url(self, user: str, name: str = "postgres") -> str:
        return f"postgresql://{user}:{self.libpq(user)['PGPASSWORD']}@127.0.0.1:{self.database.port}/{name}"

    def give_roles(self, name: str = "postgres") -> subprocess.CompletedProcess[str]:
        words = {f"ONRAMP_{role.upper()}_PASSWORD": word for role, word in WORDS.items()}
        command = ["psql", "--quiet", "--no-psqlrc", f"--file={DEPLOY / 'postgres' / 'roles.sql'}"]
        return subprocess.run(command, env=self.libpq(name=name) | words, capture_output=True, text=True, timeout=30)

    def asked(self, user: str, query: str) -> list[tuple[object, ...]] | str:
        """Return the rows of a query asked by a role, or the kind of refusal."""
        connection = psycopg2.connect(self.url(user))
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(query)
                return cursor.fetchall() if cursor.description else []
        except psycopg2.Error as refused:
            return type(refused).__name__
        finally:
            connection.close()

    def instance(self, user: str, monkeypatch: pytest.MonkeyPatch, name: str = "postgres") -> DagsterInstance:
        monkeypatch.setenv("ONRAMP_POSTGRES_URL", self.url(user, name))
        return DagsterInstance.from_config(str(self.home / "dagster"))

    def script(self, name: str, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
        command = ["sh", str(DEPLOY / name), *words]
        return subprocess.run(command, env={**os.environ, **env}, capture_output=True, text=True, timeout=60)


@job
def nothing() -> None:
    """A job with a name."""


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    database = Database(port)
    try:
        made = Deployment(database, tmp_path_factory.mktemp("deployment"))
        done = made.give_roles()
        assert done.returncode == 0 and not done.stderr, done.stderr
        with pytest.MonkeyPatch.context() as monkeypatch, made.instance("onramp", monkeypatch) as owner:
            owner.upgrade()
        yield made
    finally:
        database.remove()


def rows(deployment: Deployment, user: str, monkeypatch: pytest.MonkeyPatch, name: str = "postgres") -> set[str]:
    with deployment.instance(user, monkeypatch, name) as instance:
        return {f"{run.run_id} {run.status} {len(instance.all_logs(run.run_id))}" for run in instance.get_runs()}


@pytest.mark.parametrize("role", ["web", "daemon", "run"])
def test_a_part_keeps_records_and_changes_no_table(
    deployment: Deployment, role: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with deployment.instance(f"onramp_{role}", monkeypatch) as instance:
        run = instance.create_run_for_job(nothing, status=DagsterRunStatus.STARTED)
        instance.report_run_canceled(run)
        instance.add_run_tags(run.run_id, {"by": role})
        again = instance.get_run_by_id(run.run_id)
        assert again is not None and again.status is DagsterRunStatus.CANCELED and again.tags["by"] == role
        instance.delete_run(run.run_id)
    for statement in (
        "CREATE TABLE mine (a int)",
        "DROP TABLE runs",
        "ALTER TABLE runs ADD COLUMN a int",
        "TRUNCATE runs",
        "CREATE ROLE mine",
        "ALTER ROLE onramp PASSWORD 'x'",
        "SELECT rolpassword FROM pg_authid",
        "COPY runs TO PROGRAM 'true'",
        "SELECT pg_read_file('/etc/passwd')",
    ):
        assert deployment.asked(f"onramp_{role}", statement) == "InsufficientPrivilege", statement


def test_the_backup_reads_and_writes_nothing(deployment: Deployment) -> None:
    assert isinstance(deployment.asked("onramp_backup", "SELECT * FROM runs"), list)
    for statement in ("DELETE FROM runs", "INSERT INTO kvs (key) VALUES ('a')", "UPDATE runs SET status = 'FAILURE'"):
        assert deployment.asked("onramp_backup", statement) == "InsufficientPrivilege", statement


def test_a_leaked_password_is_changed_alone(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    old = deployment.url("onramp_web")
    monkeypatch.setitem(WORDS, "web", "another's")
    done = deployment.give_roles()
    assert done.returncode == 0, done.stderr
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        psycopg2.connect(old)
    monkeypatch.undo()
    deployment.give_roles()
    assert isinstance(deployment.asked("onramp_web", "SELECT 1"), list)
    assert isinstance(deployment.asked("onramp_daemon", "SELECT 1"), list)
    log = next(deployment.database._folder.glob("log")).read_text()
    assert "another's" not in log and "web-word" not in log


@pytest.fixture(scope="module")
def taken(deployment: Deployment, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one backup of three runs and a home folder with all that is kept, and what is not."""
    with pytest.MonkeyPatch.context() as monkeypatch, deployment.instance("onramp_run", monkeypatch) as instance:
        for _ in range(3):
            run = instance.create_run_for_job(nothing, status=DagsterRunStatus.STARTED)
            instance.report_run_failed(run)
    for name in KEPT + LEFT_OUT:
        (deployment.home / name).parent.mkdir(parents=True, exist_ok=True)
        (deployment.home / name).write_text(name)
    folder = tmp_path_factory.mktemp("taken")
    done = deployment.script("backup.sh", **backing_up(deployment, folder))
    assert done.returncode == 0 and done.stdout.startswith("Backed up to 2"), done.stderr
    return folder


@pytest.fixture
def backups(taken: Path, tmp_path: Path) -> Path:
    shutil.copytree(taken, tmp_path / "backups")
    return tmp_path / "backups"


def backing_up(deployment: Deployment, folder: Path, **more: str) -> dict[str, str]:
    return {
        **deployment.libpq("onramp_backup"),
        "BACKUPS": str(folder),
        "HOME_FOLDER": str(deployment.home),
        "PATH": f"{deployment.database._bin}:{os.environ['PATH']}",
        **more,
    }


def test_what_was_backed_up_is_restored(
    deployment: Deployment, backups: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = rows(deployment, "onramp_run", monkeypatch)
    assert len(before) == 3
    (one,) = backups.iterdir()
    assert sorted(file.name for file in one.iterdir()) == ["SHA256SUMS", "home.tar.gz", "records.dump"]
    assert {file.stat().st_mode & 0o777 for file in one.iterdir()} == {0o600}
    subprocess.run(["psql", "-qc", "CREATE DATABASE other"], env=deployment.libpq(), check=True, timeout=30)
    target = tmp_path / "restored"
    where = backing_up(deployment, backups, **deployment.libpq(name="other")) | {"HOME_FOLDER": str(target)}
    where["PATH"] = f"{deployment.database._bin}:{os.environ['PATH']}"
    done = deployment.script("restore.sh", str(one), **where)
    assert done.returncode == 0 and done.stdout.startswith("Restored"), done.stderr
    assert deployment.give_roles("other").returncode == 0
    for role in ("onramp_run", "onramp_web"):
        assert rows(deployment, role, monkeypatch, "other") == before
    kept = {file.relative_to(target).as_posix(): file.read_text() for file in target.rglob("*") if file.is_file()}
    assert kept.pop("dagster/dagster.yaml") == (DEPLOY / "dagster.yaml").read_text()
    assert kept == {name: name for name in KEPT}
    # Neither over what is there, nor from what a disk changed.
    again = deployment.script("restore.sh", str(one), **where)
    assert again.returncode == 1 and re.search(r"Nothing restored: the database holds \d+ tables", again.stderr)
    subprocess.run(
        ["psql", "-qc", "DROP DATABASE other", "-c", "CREATE DATABASE other"], env=deployment.libpq(), check=True
    )
    again = deployment.script("restore.sh", str(one), **where)
    assert again.returncode == 1 and "Nothing restored: the home folder holds" in again.stderr
    shutil.rmtree(target)
    archive = one / "home.tar.gz"
    flipped = bytearray(archive.read_bytes())
    flipped[len(flipped) // 2] ^= 1
    archive.write_bytes(flipped)
    again = deployment.script("restore.sh", str(one), **where)
    assert again.returncode == 1 and "is not what was backed up" in again.stderr and not target.exists()


def test_a_backup_that_fails_leaves_the_earlier_ones_and_has_no_name(
    deployment: Deployment, backups: Path, tmp_path: Path
) -> None:
    before = sorted(backups.iterdir())
    for wrong in ({"PGPASSWORD": "wrong"}, {"HOME_FOLDER": str(tmp_path / "nowhere")}):
        done = deployment.script("backup.sh", **backing_up(deployment, backups) | wrong)
        assert done.returncode != 0
        assert sorted(file for file in backups.iterdir() if not file.name.startswith(".")) == before


def test_the_newest_backups_are_kept_and_the_cache_where_it_is_wanted(deployment: Deployment, backups: Path) -> None:
    for year in range(2001, 2010):
        (backups / f"{year}-01-01T000000Z").mkdir()
    (backups / "of somebody else").mkdir()
    (backups / ".2010-01-01T000000Z.part").mkdir()
    done = deployment.script("backup.sh", **backing_up(deployment, backups, KEEP="3", WITH_CACHE="yes"))
    assert done.returncode == 0, done.stderr
    names = sorted(folder.name for folder in backups.iterdir())
    assert len(names) == 4 and names[0] == "2009-01-01T000000Z" and names[3] == "of somebody else"
    newest = backups / names[-2]
    listed = subprocess.run(["tar", "-tzf", newest / "home.tar.gz"], capture_output=True, text=True, check=True).stdout
    assert "./cache/f" in listed and ".shared" not in listed
