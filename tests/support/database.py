"""A PostgreSQL server of its own on loopback, started and stopped as a test says."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest

USER = "postgres"


def programs() -> Path:
    """Return the folder of the server's programs; the test is skipped, saying what to install, where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parent.parent.name))
    here = found[-1] if found else shutil.which("initdb")
    if here is None:
        pytest.skip("PostgreSQL is not on this machine; .ci/run installs Debian's package postgresql")
    return Path(here).parent


class Database:
    """A server with one database, user and password, in a folder that goes when it is stopped for good."""

    def __init__(self, port: int) -> None:
        self.port, self.password = port, secrets.token_hex(16)
        self._bin = programs()
        self._folder = Path(tempfile.mkdtemp(prefix="onramp-postgres-"))
        self._who: dict[str, Any] = {}
        if os.geteuid() == 0:
            # The server refuses to run as root.
            account = pwd.getpwnam(USER)
            os.chown(self._folder, account.pw_uid, account.pw_gid)
            self._who = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        word = self._folder / "word"
        word.write_text(self.password)
        word.chmod(0o644)
        self._do("initdb", "--username=onramp", f"--pwfile={word}", "--auth=scram-sha-256", "--no-sync", self._data)
        word.unlink()
        self.start()

    @property
    def url(self) -> str:
        return f"postgresql://onramp:{self.password}@127.0.0.1:{self.port}/postgres"

    @property
    def _data(self) -> str:
        return str(self._folder / "data")

    def start(self) -> None:
        options = f"-c listen_addresses=127.0.0.1 -p {self.port} -c unix_socket_directories='' -c fsync=off"
        self._do("pg_ctl", "start", "-w", "-t", "60", "-D", self._data, "-l", str(self._folder / "log"), "-o", options)

    def stop(self) -> None:
        """Stop at once, as a machine that goes away does."""
        self._do("pg_ctl", "stop", "-w", "-m", "immediate", "-D", self._data)

    def remove(self) -> None:
        if Path(self._data, "postmaster.pid").exists():
            self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        import psycopg2

        with psycopg2.connect(self.url) as connection, connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall()

    def _do(self, program: str, *options: str) -> None:
        done = subprocess.run(
            [self._bin / program, *options], cwd=self._folder, stdout=subprocess.DEVNULL, timeout=90, **self._who
        )
        assert done.returncode == 0, f"{program} {options[:2]} failed"
