"""`onramp dev`, started as a person starts it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from tests.conftest import ROOT
from tests.support.web_server import until

ENTRY = "from pipelines.command.entry import main; main()"


@pytest.mark.slow
def test_the_command_for_one_machine_serves_behind_the_guard(tmp_path: Path, unused_port: int) -> None:
    command = [sys.executable, "-c", ENTRY, "dev", "--home", str(tmp_path), "--port", str(unused_port)]
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("ONRAMP_", "DAGSTER_"))}
    with (tmp_path / "log").open("w") as log:
        started = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=log, stderr=log)
        address, names = f"http://127.0.0.1:{unused_port}/server_info", ("127.0.0.1", "evil.test")
        session = requests.Session()
        session.trust_env = False
        try:
            until(lambda: started.poll() is not None or listening(session, address))
            assert started.poll() is None, (tmp_path / "log").read_text()
            answers = [session.get(address, headers={"Host": name}, timeout=60).status_code for name in names]
            assert answers == [200, 421]
        finally:
            started.send_signal(signal.SIGINT)
            started.wait(120)


def listening(session: requests.Session, address: str) -> bool:
    try:
        return bool(session.get(address, timeout=60))
    except requests.ConnectionError:
        return False
