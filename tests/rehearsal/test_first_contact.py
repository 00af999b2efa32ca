"""The first live run, on good days and bad ones: how long it waits, how it ends, and every word that it says.

The whole terminal text of each scene is a file in `golden/`, to be read by eye. `ONRAMP_RECORD_REHEARSAL=1` writes
them again. Seconds are those of the client's clock: a firewall costs what it would cost, in no time at all.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from geodata.schemas.state_result import StateResult
from tests.rehearsal.conftest import KEYS, Command, Ended
from tests.support.publisher_server import Reply
from tests.support.rehearsal import CLOUDFLARE, CONSENT, LOGIN, Rehearsal, Scene

GOLDEN = Path(__file__).with_name("golden")
RUN = ("run", "--state", "RI", "--as-of", "2026-11-30", "--set", "uncertainty.draws=0")
WAIT_A_DAY = Reply(b'{"error":{"code":"OVER_RATE_LIMIT","message":"You have exceeded your rate limit."}}', 429)
WAIT_A_DAY.headers.update({"Retry-After": "78590", "Content-Type": "application/json"})
pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]


@dataclass(frozen=True)
class Play:
    """A scene, the keys that are set, and what it may cost: `code` and at most `seconds` of waiting."""

    scene: Scene
    code: int
    seconds: float
    keys: dict[str, str] = field(default_factory=dict)


PLAYS = {
    "all well without keys": Play(Scene(), 0, 15.0),
    "all well with keys": Play(Scene(), 0, 15.0, KEYS),
    "no name is known": Play(Scene(unknown=None), 1, 15.0, KEYS),
    "all packets are dropped": Play(Scene(dropped=None), 1, 90.0, KEYS),
    "the Census Bureau refuses": Play(Scene(answers={"www2.census.gov": lambda seen: CLOUDFLARE}), 0, 15.0),
    "a bad day of everybody": Play(
        Scene(
            answers={
                "svi.cdc.gov": lambda seen: CONSENT,
                "svi2.cdc.gov": lambda seen: LOGIN,
                "developer.nlr.gov": lambda seen: WAIT_A_DAY,
                "dblew8dgr6ajz.cloudfront.net": lambda seen: Reply(b"", 503, {"Retry-After": "50"}),
                "web.archive.org": lambda seen: Reply(b"", 429, {"Retry-After": "30"}),
            },
            forged=frozenset({"nces.ed.gov"}),
            dropped=frozenset({"www.trainingproviderresults.gov"}),
        ),
        1,
        240.0,
        {"NLR_API_KEY": KEYS["NLR_API_KEY"]},
    ),
}


def golden(name: str, ended: Ended) -> None:
    """Hold what a scene gave to its golden file."""
    path = GOLDEN / f"{name.replace(' ', '-').lower()}.txt"
    text = f"exit code {ended.code}; {ended.seconds:.0f} seconds waited\n\n{ended.text}"
    if os.environ.get("ONRAMP_RECORD_REHEARSAL"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PLAYS)
def test_a_scene_ends_in_time_with_the_words_of_its_golden_file(onramp: Command, rehearsal: Rehearsal, name: str):
    play = PLAYS[name]
    ended = onramp(play.scene, *RUN, keys=play.keys)
    golden(name, ended)
    assert (ended.code, ended.seconds <= play.seconds) == (play.code, True), ended.seconds
    assert rehearsal.strangers <= {"login.portal.invalid"}
    assert all(agent.startswith("Onramp/") for agent in rehearsal.agents)
    for secret in KEYS.values():
        assert secret not in ended.text
    listed = ended.home / "tables" / "to_get_by_hand" / "RI" / "to-get-by-hand.json"
    by_hand = {entry["source"] for entry in json.loads(listed.read_text())} if listed.exists() else set()
    ticked = {line.split(" / ")[1].split(" …")[0] for line in ended.text.splitlines() if line.startswith("✓ sources")}
    assert not {one.replace("_", " ") for one in by_hand} & ticked
    if name == "the Census Bureau refuses":
        (tracts,) = [
            use for use in StateResult.load(ended.home / "tables/state_result/RI").sources if use.source == "tracts"
        ]
        assert tracts.url == "ftp://ftp2.census.gov/geo/tiger/GENZ2025/shp/cb_2025_44_tract_500k.zip"
        assert "It came from ftp2.census.gov, after another address failed: www2.census.gov refuses" in tracts.note
        assert "It is the edition of 2025" in tracts.note and "a connection that is not protected" in tracts.note


def test_every_request_of_a_run_was_listed_before(onramp: Command, rehearsal: Rehearsal) -> None:
    listed = onramp(Scene(), "sources", "--requests", "--state", "RI", "--json", keys=KEYS)
    assert rehearsal.asked == []
    planned = {
        (
            row["method"],
            row["address"].replace("$CAREERONESTOP_USER_ID", KEYS["CAREERONESTOP_USER_ID"]).partition("?")[0],
        )
        for row in json.loads(listed.text)
    }
    # Without the boundaries a run ends after its sources, which is all that is looked at here.
    away = Scene(
        answers={"www2.census.gov": lambda seen: Reply(b"", 404), "tigerweb.geo.census.gov": lambda seen: CONSENT}
    )
    onramp(away, *RUN, "--set", "sources.supplied=after", keys=KEYS)
    asked = {tuple(one.partition("?")[0].split(" ", 1)) for one in rehearsal.asked}
    assert len(asked) > 20
    assert asked <= planned


def test_files_brought_by_hand_count_in_a_run_that_the_publishers_refuse(
    onramp: Command, rehearsal: Rehearsal, files: Path, tmp_path: Path
) -> None:
    supplied = tmp_path / "home" / "supplied"
    supplied.mkdir(parents=True)
    for name in ("CenPop2020_Mean_TR.txt", "cb_2025_44_tract_500k.zip"):
        shutil.copy(files / name, supplied)
    ended = onramp(Scene(unknown=None), *RUN)
    golden("only two files brought", ended)
    assert ended.code == 1
    assert "Nothing says where need is" in ended.text
    assert not (ended.home / "products" / "RI").exists()


def test_a_baseline_serves_where_the_census_bureau_refuses_by_all_its_ways(
    onramp: Command, rehearsal: Rehearsal, files: Path, tmp_path: Path
) -> None:
    stick, nobody = tmp_path / "stick" / "baseline.zip", Scene(unknown=None)
    made = onramp(nobody, "mirror", str(stick), "--baseline", "--state", "RI", "--sources", str(files))
    assert made.code == 0 and "its SHA-256 is" in made.text
    taken = onramp(nobody, "baseline", str(stick))
    assert taken.code == 0 and "files for RI are in" in taken.text
    away = Scene(
        answers={"www2.census.gov": lambda seen: CLOUDFLARE, "tigerweb.geo.census.gov": lambda seen: CONSENT},
        dropped=frozenset({"ftp2.census.gov"}),
    )
    ended = onramp(away, *RUN)
    golden("baseline brought", ended)
    assert ended.code == 0
    uses = {use.source: use for use in StateResult.load(ended.home / "tables/state_result/RI").sources}
    for name in ("centers", "tracts", "counties"):
        assert uses[name].freshness == "stale"
        assert uses[name].note.startswith("It is the copy of the baseline, of ")
        assert "www2.census.gov refuses to serve this computer" in uses[name].note


def test_a_folder_and_the_publishers_make_one_result_and_are_asked_for_changes_only(
    onramp: Command, rehearsal: Rehearsal, files: Path, tmp_path: Path
) -> None:
    own = tmp_path / "downloads"
    own.mkdir()
    for name in ("SVI_2022_US.csv", "HD2024.zip", "training_providers.csv"):
        shutil.copy(files / name, own)
    ended = onramp(Scene(), *RUN, "--sources", str(own), "--live")
    golden("a folder and the publishers", ended)
    assert ended.code == 0
    asked = list(rehearsal.asked)
    assert not [one for one in asked if "svi" in one or "HD2024" in one]
    assert [one for one in asked if "C2024_A.zip" in one]
    uses = {use.source: use for use in StateResult.load(ended.home / "tables/state_result/RI").sources}
    assert {name: uses[name].freshness for name in ("svi", "ipeds_directory", "training_list")} == dict.fromkeys(
        ("svi", "ipeds_directory", "training_list"), "folder"
    )
    assert {uses[name].freshness for name in ("centers", "tracts", "cejst", "ipeds_completions")} == {"live"}
    assert (ended.home / "products" / "RI" / "site" / "index.html").exists()
    # A copy that is here is asked for by its mark: nothing that did not change comes twice.
    again = onramp(Scene(), "mirror", str(tmp_path / "mirrored"), "--state", "RI", "--set", "sources.off=[svi]")
    assert again.code == 0
    plain = [one for one in rehearsal.asked if "/geo/" in one or "C2024_A" in one or "2.0-communities" in one]
    known = [one for one in plain if one in asked and "_2026_" not in one]
    assert len(known) > 6
    assert set(known) <= set(rehearsal.unchanged)


def test_the_nation_ends_with_the_closing_list_too(onramp: Command, rehearsal: Rehearsal) -> None:
    away = Scene(answers={"www.trainingproviderresults.gov": lambda seen: CLOUDFLARE})
    words = ("nation", "--products", "none", "--as-of", "2026-11-30", "--set", "uncertainty.draws=0")
    ended = onramp(away, *words, "--set", "states=[RI]")
    golden("the nation", ended)
    assert ended.code == 0
    listed = ended.home / "tables" / "to_get_by_hand" / "nation" / "to-get-by-hand.json"
    by_hand = {entry["source"]: entry for entry in json.loads(listed.read_text())}
    assert "refuses to serve this computer" in by_hand["etpl"]["why"]
    assert "What this run did not get" in ended.text and "Then repeat: onramp nation" in ended.text
