"""The commands about sources, as a person types them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from typer.testing import CliRunner

from geodata.errors import SettingsError
from geodata.fetching import baseline
from geodata.fetching.client.download_cache import Cache, Entry, iso
from geodata.sources import SOURCES
from geodata.sources.centers import SPEC as CENTERS
from geodata.sources.spec import Expected
from geodata.storage.files import sha256_of
from pipelines.command import source_commands
from pipelines.command.terminal import Terminal
from tests.support.publisher_server import Publisher, Reply, file_of

POINTS = b"STATEFP,COUNTYFP,TRACTCE,POPULATION,LATITUDE,LONGITUDE\n44,007,000101,3000,+41.8,-071.4\n"


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ONRAMP_SOURCES__CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("ONRAMP_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "160")
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    return lambda *words: CliRunner().invoke(source_commands.commands, [str(word) for word in words])


@pytest.fixture
def one_source(monkeypatch: pytest.MonkeyPatch):
    with Publisher() as publisher:
        spec = replace(CENTERS, urls=(f"{publisher.url}/CenPop2020_Mean_TR.txt",), others=(), expected=Expected())
        only = {"centers": replace(SOURCES["centers"], spec=spec)}
        monkeypatch.setattr(source_commands, "SOURCES", only)
        publisher.script("/CenPop2020_Mean_TR.txt", file_of(POINTS))
        yield publisher


def test_a_mirror_is_filled_and_then_examined(command, one_source, tmp_path):
    filled = command("mirror", tmp_path / "folder", "--state", "RI")
    assert filled.exit_code == 0, filled.output
    assert "CenPop2020_Mean_TR.txt" in filled.output and "live" in filled.output
    assert (tmp_path / "folder" / "national" / "CenPop2020_Mean_TR.txt").read_bytes() == POINTS
    rows = json.loads(command("doctor", "--sources", tmp_path / "folder", "--json").stdout)
    assert [(row["source"], row["use"], row["rows"]) for row in rows] == [("centers", "folder", 1)]
    online = command("doctor", "--state", "RI")
    assert online.exit_code == 0
    assert "cached" in online.output and "yes" in online.output


def test_the_doctor_prints_the_lines_that_take_columns_it_proposes(command, monkeypatch, tmp_path):
    monkeypatch.setattr(source_commands, "SOURCES", {"planned_sites": SOURCES["planned_sites"]})
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "planned_sites.csv").write_text("state,site_id,zip,DCFC Ports\nRI,1,02886,4\n")
    (folder / "wages.xlsx").write_bytes(b"-")
    examined = command("doctor", "--state", "RI", "--sources", folder)
    assert examined.exit_code == 0, examined.output
    assert "planned_sites.csv: Columns not used: “DCFC Ports” (did you mean units_dc_fast?)." in examined.output
    assert "put these lines into the settings file:\nsources:\n  columns:\n    planned_sites.csv:" in examined.output
    assert "“wages.xlsx” is not read" in examined.output
    # Accepted, the column is read, and what else stands in the file of settings stays.
    settings = tmp_path / "settings.yaml"
    settings.write_text("states: [RI]  # ours\n")
    accepted = command("doctor", "--sources", folder, "--settings", settings, "--accept")
    assert accepted.exit_code == 0, accepted.output
    assert "settings.yaml, planned_sites.csv: “DCFC Ports” is units_dc_fast" in accepted.output
    assert settings.read_text().startswith("states: [RI]  # ours\nsources:\n")
    assert "not used" not in command("doctor", "--sources", folder, "--settings", settings).output
    assert "name it with --settings" in str(command("doctor", "--sources", folder, "--accept").exception)
    (folder / "planned_sites.csv").write_bytes(b"<html>")
    assert command("doctor", "--state", "RI", "--sources", folder).exit_code == 1


def test_a_required_source_that_cannot_be_had_is_reported_and_counts_as_failure(command, one_source, tmp_path):
    one_source.script("/CenPop2020_Mean_TR.txt", Reply(b"<html><title>Away</title>"))
    failed = command("mirror", tmp_path / "folder")
    assert failed.exit_code == 1
    said = " ".join(failed.output.split())
    assert "answered with a web page that says “Away” instead of a table of text. Try again later, or download" in said
    examined = command("doctor")
    assert examined.exit_code == 1
    assert "nothing" in examined.output and "says “Away”" in " ".join(examined.output.split())


def test_words_of_a_publisher_are_no_markup_in_the_terminal(command, one_source, tmp_path):
    one_source.script("/CenPop2020_Mean_TR.txt", Reply(b"<html><title>[bold]\x1b[31mred[/bold]</title>"))
    assert "“[bold] [31mred[/bold]”" in " ".join(command("mirror", tmp_path / "folder").output.split())


def test_older_copies_are_pruned_and_the_last_good_one_stays(command, tmp_path):
    cache = Cache(tmp_path / "cache")
    now = iso(datetime(2026, 11, 22, tzinfo=UTC))
    for content in (b"one", b"four"):
        part = cache.partial_path("centers", "nation", "part")
        part.write_bytes(content)
        cache.store("centers", "nation", part, Entry("", "c.txt", sha256_of(part), len(content), now, now))
    pruned = command("prune", "--keep", "1")
    assert pruned.exit_code == 0
    assert "1 file removed, 3 bytes freed" in pruned.output
    assert cache.newest_good("centers", "nation")[1].read_bytes() == b"four"
    assert command("prune", "--keep", "0").exit_code == 2


def test_addresses_are_geocoded_into_a_new_file(command, tmp_path, monkeypatch):
    (tmp_path / "awards.csv").write_text("address,zip\n1 Main St,02903\n2 Main St,02903\n")
    with Publisher() as publisher:
        row = '"0","1 Main St, 02903","Match","Exact","1 MAIN ST","-71.4,41.8","1","L","44","007","000101","1"'
        publisher.script("/geocoder/geographies/addressbatch", Reply(f'{row}\n"1","2 Main St","No_Match"\n'.encode()))
        service = partial(source_commands.ask_geocoder, host=publisher.url)
        monkeypatch.setattr(source_commands, "ask_geocoder", service)
        run = command("geocode", tmp_path / "awards.csv", tmp_path / "filled.csv")
    assert run.exit_code == 0, run.output
    assert "2 rows, 0 of them with coordinates before" in run.output
    assert "1 exact" in run.output and "1 no match" in run.output
    assert "41.800000,-71.400000" in (tmp_path / "filled.csv").read_text()


def test_the_requests_of_a_run_are_listed_without_making_one(command, one_source, monkeypatch):
    listed = command("sources", "--requests", "--state", "RI")
    assert listed.exit_code == 0, listed.output
    address = f"{one_source.url}/CenPop2020_Mean_TR.txt"
    hosts = f"hosts (wanted, first): HEAD {one_source.url}/\n"
    assert listed.output == f"{hosts}centers (required, first): GET {address}, about 4.3 MB\n"
    assert one_source.seen == []
    (_, row) = json.loads(command("sources", "--requests", "--state", "RI", "--json").stdout)
    assert (row["method"], row["address"], row["required"], row["keys"]) == ("GET", address, True, [])
    assert "centers: Centers of Population of census tracts, by U.S. Census Bureau" in command("sources").output


def test_the_doctor_fits_a_narrow_terminal_and_tells_refused_from_never_asked(command, one_source, monkeypatch):
    only = {name: SOURCES[name] for name in ("planned_sites", "ejscreen", "scorecard_branches")}
    one_source.script("/CenPop2020_Mean_TR.txt", Reply(b"", 403))
    monkeypatch.setattr(source_commands, "SOURCES", {**source_commands.SOURCES, **only})
    monkeypatch.setattr(source_commands, "console", Terminal(width=80))
    examined = command("doctor", "--state", "RI")
    assert examined.exit_code == 1
    words = {line.split()[0]: line for line in examined.output.splitlines() if line.strip()}
    assert "refused" in words["centers"] and "no" in words["centers"].split()
    assert "not brought" in words["planned_sites"]
    assert "not asked" in words["ejscreen"]
    table = examined.output.partition("nothing can be computed")[0]
    assert "…" not in table and max(map(len, table.splitlines())) <= 80


def test_a_bundle_is_written_from_a_folder_and_taken(command, one_source, tmp_path, monkeypatch):
    monkeypatch.setattr(baseline, "BASELINE_SOURCES", ("centers",))
    folder = tmp_path / "downloads"
    folder.mkdir()
    (folder / "CenPop2020_Mean_TR.txt").write_bytes(POINTS)
    stick = tmp_path / "stick.zip"
    made = command("mirror", stick, "--baseline", "--state", "RI", "--sources", folder)
    assert made.exit_code == 0, made.output
    assert sha256_of(stick) in made.output
    taken = command("baseline", stick)
    assert taken.exit_code == 0 and "1 files for the nation are in" in taken.output
    assert (tmp_path / "home" / "baseline" / "national" / "CenPop2020_Mean_TR.txt").read_bytes() == POINTS
    one_source.script("/CenPop2020_Mean_TR.txt", Reply(b"", 403))
    rows = json.loads(command("doctor", "--state", "RI", "--json").stdout)
    assert (rows[0]["use"], rows[0]["said"].startswith("It is the copy of the baseline")) == ("stale", True)
    for words in (("baseline",), ("mirror", stick, "--baseline"), ("mirror", stick, "--sources", folder)):
        refused = command(*words)
        assert isinstance(refused.exception, SettingsError), refused.output
