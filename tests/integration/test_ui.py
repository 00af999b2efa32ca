"""The web server people work in, asked what its pages ask it: a real process, a real run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.browser import chromium, serving
from tests.support.web_server import LOCATIONS, WebServer, until, web_server

pytestmark = pytest.mark.slow

CONTENTS = "{repositoriesOrError{... on RepositoryConnection{nodes{jobs{name} schedules{name} sensors{name}}}}}"
SELECTOR = {"repositoryLocationName": "onramp", "repositoryName": "__repository__", "jobName": "check_ages"}
INLINE_SELECTOR = """{mode: "default", selector: {repositoryLocationName: "onramp",
repositoryName: "__repository__", jobName: "check_ages"}}"""
LAUNCH = """mutation($p: ExecutionParams!){launchRun(executionParams: $p){__typename
... on LaunchRunSuccess{run{runId}} ... on PythonError{message}
... on RunConfigValidationInvalid{errors{message}}}}"""
RUN = "query($r: ID!){runOrError(runId: $r){... on Run{status}}}"
CHECKS = """{assetChecksOrError: assetNodes(assetKeys: [{path: ["state_ages"]}]){assetChecksOrError{
... on AssetChecks{checks{name executionForLatestMaterialization{status}}}}}}"""


@pytest.fixture
def server(tmp_path: Path, unused_port: int) -> Iterator[WebServer]:
    with web_server(tmp_path, unused_port) as served:
        yield served


def with_choices(choices: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters of a launch with these choices."""
    config = {"resources": {"choices": {"config": choices}}}
    return {"selector": SELECTOR, "runConfigData": config, "mode": "default"}


def test_everything_is_there_and_a_run_launched_from_the_ui_succeeds(server: WebServer) -> None:
    ask = server.ask
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

    refused = ask(LAUNCH, p=with_choices({"need_weights": {"svi": -1}}))["launchRun"]
    assert refused["message"].startswith(
        "ChoiceRefused: Setting “need.weights.svi”: must be greater than or equal to 0"
    )
    refused = ask(LAUNCH, p=with_choices({"travel_engine": "car"}))["launchRun"]
    assert "auto | great_circle | friction | roads" in refused["errors"][0]["message"]
    refused = ask(LAUNCH, p=with_choices({"other": {"home": "/tmp/elsewhere"}}))["launchRun"]
    assert refused["message"].startswith("ChoiceRefused: Setting “home” cannot be chosen for a run")
    assert server.runs() == 0

    launched = ask(LAUNCH, p={"selector": SELECTOR, "runConfigData": {}, "mode": "default"})
    run = launched["launchRun"]["run"]["runId"]
    until(lambda: ask(RUN, r=run)["runOrError"]["status"] in ("SUCCESS", "FAILURE"))
    assert ask(RUN, r=run)["runOrError"]["status"] == "SUCCESS"
    (asset,) = ask(CHECKS)["assetChecksOrError"]
    (check,) = asset["assetChecksOrError"]["checks"]
    assert check["name"] == "no_state_overdue"
    assert check["executionForLatestMaterialization"]["status"] == "SUCCEEDED"


# What a page of somebody else's can try from a person's browser, each telling its name when it was answered or refused.
ATTACKS = """<!doctype html><title>elsewhere</title><form method=post enctype=text/plain><input name=a></form><script>
const there = "%s/graphql", launch = %s, query = there + "?query=" + encodeURIComponent(%s);
const text = {method: "POST", body: launch, mode: "no-cors", credentials: "include"};
const socket = () => new Promise((opened, refused) => {
  const one = new WebSocket(there.replace("http", "ws"), "graphql-ws"); one.onopen = opened; one.onerror = refused; });
const framed = () => new Promise((loaded) => {
  const frame = document.body.appendChild(document.createElement("iframe"));
  frame.onload = loaded; frame.src = there.replace("/graphql", "/"); });
window.attack = async () => {
  const said = {};
  const tries = {get: () => fetch(query, {mode: "no-cors"}), text: () => fetch(there, text),
    form: () => fetch(query, {...text, headers: {"Content-Type": "application/x-www-form-urlencoded"}}),
    json: () => fetch(there, {method: "POST", body: launch, headers: {"Content-Type": "application/json"}}),
    read: () => fetch(there.replace("/graphql", "/server_info")), socket, framed};
  for (const [name, attack] of Object.entries(tries))
    said[name] = await attack().then(() => "answered", () => "refused");
  return said;
};</script>"""


@pytest.mark.browser
def test_no_web_page_can_launch_or_read_anything(server: WebServer, tmp_path: Path) -> None:
    """A page on another name, and one on a name that its owner lets point to this machine after it was opened."""
    launch = {"query": LAUNCH, "variables": {"p": with_choices({})}}
    inline = LAUNCH.replace("mutation($p: ExecutionParams!)", "mutation").replace("$p", INLINE_SELECTOR)
    page = ATTACKS % (server.address, json.dumps(json.dumps(launch)), json.dumps(inline))
    site = tmp_path / "elsewhere"
    site.mkdir()
    (site / "index.html").write_text(page)
    port = server.address.rsplit(":", 1)[1]
    flags = ["--host-resolver-rules=MAP evil.test 127.0.0.1", "--proxy-bypass-list=evil.test"]
    with serving(site) as elsewhere, chromium(tmp_path / "profile", flags=flags) as driver:
        for address in (elsewhere, elsewhere.replace("127.0.0.1", "evil.test")):
            driver.get(address + "/index.html")
            said = driver.execute_async_script("attack().then(arguments[0])")
            assert said["json"] == said["read"] == said["socket"] == "refused", said
            assert len(said) == 7
        driver.get(f"http://evil.test:{port}/runs")
        assert "does not go by that name" in driver.page_source
        driver.get(f"{server.address}/graphql?query=" + "mutation%7Bx%7D")
        assert "Ask by a POST of JSON" in driver.page_source
        assert server.runs() == 0
        # Its own page asks all it needs: the list of runs appears.
        driver.get(server.address + "/runs")
        shown = "return document.body.innerText.includes('Runs') && !document.body.innerText.includes('Error')"
        until(lambda: bool(driver.execute_script(shown)))
    assert server.session.get(server.address + "/graphql", params={"query": inline}, timeout=60).status_code == 405
    assert server.session.get(server.address, headers={"Host": "evil.test"}, timeout=60).status_code == 421
    launched = server.ask(LAUNCH, p=with_choices({}))
    assert launched["launchRun"]["__typename"] == "LaunchRunSuccess"


def test_a_server_that_only_shows_launches_nothing(tmp_path: Path, unused_port: int) -> None:
    signed = {"X-Forwarded-Email": "ana@example.gov", "X-Onramp-Proxy-Secret": "long and random"}
    environment = {
        "ONRAMP_WEB__READ_ONLY": "true",
        "ONRAMP_WEB__LOGIN_HEADER": "X-Forwarded-Email",
        "ONRAMP_PROXY_SECRET": "long and random",
    }
    with web_server(tmp_path, unused_port, signed=signed, **environment) as server:
        refused = server.ask(LAUNCH, p=with_choices({}))["launchRun"]
        assert refused["__typename"] == "UnauthorizedError"
        assert server.runs() == 0
        assert server.get("/runs", **dict.fromkeys(signed, "")).status_code == 401
