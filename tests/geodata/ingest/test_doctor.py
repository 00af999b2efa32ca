"""What a run would find today, source by source, without downloading anything."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from geodata.errors import InputError
from geodata.fetching.acquire import FolderAcquirer
from geodata.ingest.doctor import diagnose
from geodata.ingest.read_source import read_source
from geodata.schemas.parsed import Unread
from geodata.settings import load_settings
from geodata.sources import SOURCES
from geodata.sources.spec import Expected
from geodata.states import find_state
from tests.geodata.fetching.conftest import BOM, POINTS, live_with
from tests.support.publisher_server import Reply

RI, VT = find_state("RI"), find_state("VT")


def test_the_doctor_says_what_a_run_would_use_before_and_after_a_download(
    publisher, fetcher, specs, tmp_path, fake_time
):
    settings = load_settings()
    live = live_with(fetcher, tmp_path / "cache", A_KEY="bad")

    def table():
        rows = diagnose(live, specs.values(), [RI, VT], settings)
        return [(row.source, row.scope, row.reachable, row.key, row.use, row.age_days, row.rows) for row in rows]

    assert table() == [
        ("centers", "nation", "yes", "none needed", "live", None, None),
        ("tracts", "RI", "yes", "none needed", "live", None, None),
        ("tracts", "VT", "no", "none needed", "nothing", None, None),
        ("keyed", "nation", "yes", "refused", "nothing", None, None),
    ]
    assert not (tmp_path / "cache" / "objects").exists()
    live.obtain(specs["centers"])
    fake_time.forward(days=2)
    assert table()[0] == ("centers", "nation", "yes", "none needed", "cached", 2, 2)
    fake_time.forward(days=10)
    publisher.script("/CenPop2020_Mean_TR.txt", Reply(b"<html><title>Moved</title>"))
    rows = diagnose(live, [specs["centers"]], [RI], settings)
    assert (rows[0].reachable, rows[0].use, rows[0].feeds) == ("no", "stale", "centers")
    assert rows[0].said == (f"{publisher.host} answered with a web page that says “Moved” instead of a table of text.")


def test_the_doctor_asks_nobody_when_offline_and_names_a_missing_key(publisher, fetcher, specs, tmp_path):
    live = live_with(fetcher, tmp_path / "cache")
    rows = diagnose(live, specs.values(), [RI], load_settings(), online=False)
    assert publisher.seen == []
    assert [(row.reachable, row.key, row.use) for row in rows] == [
        ("not asked", "none needed", "live"),
        ("not asked", "none needed", "live"),
        ("not asked", "missing", "nothing"),
    ]
    (keyed,) = diagnose(live, [specs["keyed"]], [RI], load_settings())
    assert (keyed.key, keyed.reachable) == ("missing", "not asked")
    assert "set A_KEY to it" in keyed.said
    accepted = live_with(fetcher, tmp_path / "cache", A_KEY="good")
    assert diagnose(accepted, [specs["keyed"]], [RI], load_settings())[0].key == "accepted"


def test_the_doctor_of_a_folder_says_what_is_there_and_what_cannot_be_read(specs, tmp_path, fake_time):
    (tmp_path / "CenPop2020_Mean_TR.txt").write_bytes(BOM + POINTS.encode())
    folder = FolderAcquirer(tmp_path, clock=fake_time.clock())
    centers = replace(specs["centers"], expected=Expected())
    found, missing = diagnose(folder, [centers, specs["tracts"]], [RI], load_settings())
    assert (found.use, found.rows, found.scope) == ("folder", 2, "nation")
    assert (missing.use, missing.scope) == ("nothing", "RI")
    assert "no file there is called tracts_*_44.csv" in missing.said
    (tmp_path / "CenPop2020_Mean_TR.txt").write_text("A,B\n1,2\n")
    (drifted,) = diagnose(folder, [centers], [RI], load_settings())
    assert drifted.rows is None and "STATEFP" in drifted.said


def test_a_source_turned_off_is_not_looked_for(specs, tmp_path, fetcher):
    settings = load_settings(None, {"sources": {"off": ["centers"]}})
    again = replace(specs["centers"], name="again", file_of="centers")
    rows = diagnose(live_with(fetcher, tmp_path), [specs["centers"], again], [RI], settings)
    assert [(row.use, row.reachable) for row in rows] == [("off", "not asked")] * 2
    source = replace(SOURCES["centers"], spec=replace(specs["centers"], required=True))
    got = read_source(source, live_with(fetcher, tmp_path), [RI], settings)
    assert len(got.table) == 0 and got.uses == []


def test_the_doctor_names_columns_and_files_that_nobody_reads(tmp_path):
    (tmp_path / "planned_sites.csv").write_text("state,site_id,zip,DCFC Ports,as_of\nRI,1,02886,4,2026-03-01\n")
    (tmp_path / "planned_sites_2026.csv").write_text("state,site_id,zip,as_of\nRI,1,02886,2026-01-01\n")
    (row,) = diagnose(FolderAcquirer(tmp_path), [SOURCES["planned_sites"].spec], [RI], load_settings())
    assert (row.path.name, row.use, row.rows) == ("planned_sites.csv", "folder", 1)
    assert row.unread == (Unread("DCFC Ports", "units_dc_fast"),)
    assert row.passed_over == ("Matching files passed over: 1 (planned_sites_2026.csv, of 2026-01-01).",)


def test_the_doctor_judges_a_file_as_the_run_will(tmp_path):
    spec = SOURCES["svi"].spec
    (tmp_path / "SVI_2022_US.csv").write_text("FIPS,LOCATION,RPL_THEMES,SPL_THEMES\n44001030100,x,0.5,7\n")
    (row,) = diagnose(FolderAcquirer(tmp_path), [spec], [RI], load_settings())
    assert (row.use, row.rows, row.stops) == ("nothing", None, True)
    with pytest.raises(InputError) as refused:
        read_source(SOURCES["svi"], FolderAcquirer(tmp_path), [RI], load_settings())
    assert row.said == str(refused.value)
    # An index nobody asked for stops no run.
    (tmp_path / "ejscreen.csv").write_text("ID,DEMOGIDX_2\n44001030100,0.5\n")
    (row,) = diagnose(FolderAcquirer(tmp_path), [SOURCES["ejscreen"].spec], [RI], load_settings())
    assert (row.use, row.stops) == ("nothing", False)
    assert read_source(SOURCES["ejscreen"], FolderAcquirer(tmp_path), [RI], load_settings()).missing


def test_a_file_that_is_not_the_one_listed_stops_the_doctor_as_it_stops_a_run(tmp_path):
    name = "CenPop2020_Mean_TR.txt"
    (tmp_path / name).write_text(POINTS)
    listed = {"path": name, "sha256": "0" * 64, "retrieved_at": "2026-01-01T00:00:00Z", "url": "", "source": "centers"}
    listed["size"] = len(POINTS)
    (tmp_path / "MANIFEST.json").write_text(json.dumps({"files": [listed]}))
    (row,) = diagnose(FolderAcquirer(tmp_path), [SOURCES["centers"].spec], [RI], load_settings())
    assert row.stops and row.use == "nothing" and "its SHA-256 is" in row.said
    with pytest.raises(InputError, match="its SHA-256 is"):
        read_source(SOURCES["centers"], FolderAcquirer(tmp_path), [RI], load_settings())
