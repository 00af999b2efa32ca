"""A deployment's web server for tests: the guarded server in a process of its own, on loopback."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from tests.conftest import ROOT

# Runs start at once: there is no daemon here to take them from a queue.
INSTANCE = """\
telemetry: {enabled: false}
run_coordinator: {module: dagster.core.run_coordinator, class: DefaultRunCoordinator}
"""
PATIENCE_SECONDS = 240
LOCATIONS = "{workspaceOrError{... on Workspace{locationEntries{loadStatus locationOrLoadError{__typename}}}}}"


@dataclass(frozen=True)
class WebServer:
    """A running server at `address`, with its folder."""

    address: str
    home: Path
    session: requests.Session

    def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """Return the data of an answer to a GraphQL question."""
        body = {"query": query, "variables": variables}
        answer = self.session.post(f"{self.address}/graphql", json=body, timeout=PATIENCE_SECONDS).json()
        assert "errors" not in answer, answer
        return dict(answer["data"])

    def get(self, path: str, **headers: str) -> requests.Response:
        """Return the answer to a GET with these headers."""
        return self.session.get(self.address + path, headers=headers, timeout=PATIENCE_SECONDS)

    def runs(self) -> int:
        """Return how many runs there are."""
        return int(self.ask("{runsOrError{... on Runs{count}}}")["runsOrError"]["count"])


@contextmanager
def web_server(home: Path, port: int, signed: dict[str, str] | None = None, **environment: str) -> Iterator[WebServer]:
    """Serve a new deployment under `home` until the end, once it has loaded the code location.

    `signed` are the headers a sign-in proxy would add to every request.
    """
    (home / "dagster").mkdir()
    (home / "dagster" / "dagster.yaml").write_text(INSTANCE)
    environ = {**os.environ, "DAGSTER_HOME": str(home / "dagster"), "ONRAMP_HOME": str(home), **environment}
    environ.pop("ONRAMP_SETTINGS", None)
    session = requests.Session()
    session.trust_env = False
    session.headers.update(signed or {})
    server = WebServer(f"http://127.0.0.1:{port}", home, session)
    program = [sys.executable, "-m", "pipelines.web.server", "-w", str(ROOT / "workspace.yaml"), "-p", str(port)]
    with (home / "log").open("w") as log:
        process = subprocess.Popen(program, cwd=ROOT, env=environ, stdout=log, stderr=log)
        try:
            until(lambda: process.poll() is not None or _answers(server))
            assert process.poll() is None, (home / "log").read_text()
            yield server
        finally:
            process.terminate()
            process.wait(30)


def until(true: Callable[[], bool]) -> None:
    """Wait until a condition is true; only a broken server is waited for to the end."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < end, "the web server took too long"
        time.sleep(0.5)


def _answers(server: WebServer) -> bool:
    try:
        return bool(server.ask(LOCATIONS))
    except requests.ConnectionError:
        return False
