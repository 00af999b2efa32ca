"""The web server people work in, asked what its pages ask it: a real process, a real run."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from tests.conftest import ROOT

pytestmark = pytest.mark.slow

Ask = Callable[..., dict[str, Any]]
# Runs start at once: there is no daemon here to take them from a queue.
INSTANCE = """\
telemetry: {enabled: false}
run_coordinator: {module: dagster.core.run_coordinator, class: DefaultRunCoordinator}
"""
PATIENCE_SECONDS = 240
LOCATIONS = "{workspaceOrError{... on Workspace{locationEntries{loadStatus locationOrLoadError{__typename}}}}}"
CONTENTS = "{repositoriesOrError{... on RepositoryConnection{nodes{jobs{name} schedules{name} sensors{name}}}}}"
LAUNCH = """mutation($p: ExecutionParams!){launchRun(executionParams: $p){__typename
... on LaunchRunSuccess{run{runId}} ... on PythonError{message}
... on RunConfigValidationInvalid{errors{message}}}}"""
RUN = "query($r: ID!){runOrError(runId: $r){... on Run{status}}}"
CHECKS = """{assetChecksOrError: assetNodes(assetKeys: [{path: ["state_ages"]}]){assetChecksOrError{
... on AssetChecks{checks{name executionForLatestMaterialization{status}}}}}}"""


@pytest.fixture
def ask(tmp_path_factory: pytest.TempPathFactory, unused_port: int) -> Iterator[Ask]:
    """Ask the web server of a new deployment, once it has loaded the code location."""
    home = tmp_path_factory.mktemp("home")
    (home / "dagster").mkdir()
    (home / "dagster" / "dagster.yaml").write_text(INSTANCE)
    environ = {**os.environ, "DAGSTER_HOME": str(home / "dagster"), "ONRAMP_HOME": str(home)}
    environ.pop("ONRAMP_SETTINGS", None)
    session = requests.Session()
    session.trust_env = False

    def question(query: str, **variables: Any) -> dict[str, Any]:
        body = {"query": query, "variables": variables}
        answer = session.post(f"http://127.0.0.1:{unused_port}/graphql", json=body, timeout=PATIENCE_SECONDS).json()
        assert "errors" not in answer, answer
        return answer["data"]

    program = [sys.executable, "-m", "dagster_webserver", "-w", str(ROOT / "workspace.yaml"), "-p", str(unused_port)]
    with (home / "log").open("w") as log:
        server = subprocess.Popen(program, cwd=home, env=environ, stdout=log, stderr=log)
        try:
            until(lambda: server.poll() is not None or answers(question))
            assert server.poll() is None, (home / "log").read_text()
            yield question
        finally:
            server.terminate()
            server.wait(30)


def answers(question: Ask) -> bool:
    try:
        return bool(question(LOCATIONS))
    except requests.ConnectionError:
        return False


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < end, "the web server took too long"
        time.sleep(0.5)


def bad(selector: dict[str, str], choices: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters of a launch with choices that cannot be used."""
    config = {"resources": {"choices": {"config": choices}}}
    return {"selector": selector, "runConfigData": config, "mode": "default"}


def test_everything_is_there_and_a_run_launched_from_the_ui_succeeds(ask: Ask) -> None:
    (location,) = ask(LOCATIONS)["workspaceOrError"]["locationEntries"]
    assert location["locationOrLoadError"]["__typename"] == "RepositoryLocation"
    (repository,) = ask(CONTENTS)["repositoriesOrError"]["nodes"]
    names = {kind: {one["name"] for one in repository[kind]} for kind in ("jobs", "schedules", "sensors")}
    assert {
        "state",
        "refresh_sources",
        "analysis",
        "nation",
        "national_overview",
        "scenario",
        "check_ages",
        "upkeep",
    } <= names["jobs"]
    assert names["schedules"] == {"nightly_sources", "weekly_states", "daily_ages", "weekly_upkeep"}
    assert names["sensors"] == {"alerts", "inbox", "states_after_sources"}

    selector = {
        "repositoryLocationName": "onramp",
        "repositoryName": "__repository__",
        "jobName": "check_ages",
    }
    refused = ask(LAUNCH, p=bad(selector, {"need_weights": {"svi": -1}}))["launchRun"]
    assert refused["message"].startswith(
        "ChoiceRefused: Setting “need.weights.svi”: must be greater than or equal to 0"
    )
    refused = ask(LAUNCH, p=bad(selector, {"travel_engine": "car"}))["launchRun"]
    assert "auto | great_circle | friction | roads" in refused["errors"][0]["message"]
    assert ask("{runsOrError{... on Runs{count}}}")["runsOrError"]["count"] == 0

    launched = ask(LAUNCH, p={"selector": selector, "runConfigData": {}, "mode": "default"})
    run = launched["launchRun"]["run"]["runId"]
    until(lambda: ask(RUN, r=run)["runOrError"]["status"] in ("SUCCESS", "FAILURE"))
    assert ask(RUN, r=run)["runOrError"]["status"] == "SUCCESS"
    (asset,) = ask(CHECKS)["assetChecksOrError"]
    (check,) = asset["assetChecksOrError"]["checks"]
    assert check["name"] == "no_state_overdue"
    assert check["executionForLatestMaterialization"]["status"] == "SUCCEEDED"
