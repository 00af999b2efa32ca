"""The folder for a place without internet, and the account of what a run would find today."""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from filelock import FileLock

from geodata.errors import OnrampError, SourceUnavailable
from geodata.fetching.acquire import Acquired, FolderAcquirer
from geodata.fetching.client.download_cache import Cache
from geodata.fetching.doctor import diagnose
from geodata.fetching.live import LiveAcquirer, LiveOptions
from geodata.fetching.mirror import LOCK_NAME, MirrorWriter, mirror
from geodata.ingest.read_source import read_source
from geodata.settings import load_settings
from geodata.sources import SOURCES
from geodata.sources.centers import SPEC as CENTERS
from geodata.sources.planned_sites import SPEC as PLANNED
from geodata.sources.spec import SourceSpec
from geodata.states import find_state
from tests.support.publisher_server import Publisher, Reply, file_of

RI, VT = find_state("RI"), find_state("VT")
POINTS = (
    "STATEFP,COUNTYFP,TRACTCE,POPULATION,LATITUDE,LONGITUDE\n"
    "44,001,030100,4000,+41.740000,-071.310000\n44,007,000101,3000,+41.800000,-071.400000\n"
)
BOM = b"\xef\xbb\xbf"


@pytest.fixture
def specs(publisher: Publisher) -> dict[str, SourceSpec]:
    centers = replace(CENTERS, urls=(f"{publisher.url}/CenPop2020_Mean_TR.txt",))
    tracts = replace(
        centers,
        name="tracts",
        title="Tracts",
        scope="state",
        filenames=("tracts_*_{fips}.csv",),
        urls=(f"{publisher.url}/tracts_2024_{{fips}}.csv",),
    )
    keyed = replace(
        centers,
        name="keyed",
        title="Keyed",
        filenames=("keyed*.csv",),
        urls=(f"{publisher.url}/keyed.csv",),
        key_env="A_KEY",
    )
    publisher.script("/CenPop2020_Mean_TR.txt", file_of(BOM + POINTS.encode()))
    publisher.script("/tracts_2024_44.csv", file_of(b"GEOID\n44001030100\n"))
    publisher.script(
        "/keyed.csv",
        lambda seen: Reply(b"a\n") if seen.headers.get("authorization") == "Bearer good" else Reply(b"", 403),
    )
    return {spec.name: spec for spec in (centers, tracts, keyed)}


def live_with(fetcher, folder, **environ) -> LiveAcquirer:
    return LiveAcquirer(fetcher, Cache(folder), options=LiveOptions(environ=environ))


def test_a_mirror_is_read_back_as_it_was_fetched(publisher, fetcher, specs, tmp_path, fake_time):
    folder = tmp_path / "mirror"
    live = live_with(fetcher, tmp_path / "cache", A_KEY="good")
    account = mirror(live, [*specs.values(), PLANNED], [RI, VT], folder, clock=fake_time.clock())
    assert [(row.source, row.scope, row.status) for row in account] == [
        ("centers", "nation", "live"),
        ("tracts", "RI", "live"),
        ("tracts", "VT", "missing"),
        ("keyed", "nation", "live"),
        ("planned_sites", "RI", "missing"),
        ("planned_sites", "VT", "missing"),
    ]
    assert "no such file (HTTP 404)" in account[2].note
    assert "is brought by you: put a file called planned_sites*.csv" in account[4].note
    places = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    assert places == [
        LOCK_NAME,
        "MANIFEST.json",
        "RI/tracts_2024_44.csv",
        "national/CenPop2020_Mean_TR.txt",
        "national/keyed.csv",
    ]
    assert "good" not in (folder / "MANIFEST.json").read_text()

    asked = [("centers", RI), ("tracts", RI), ("keyed", VT)]
    online = [live.obtain(specs[name], state) for name, state in asked]
    fake_time.forward(days=10)
    offline = FolderAcquirer(folder, clock=fake_time.clock())
    for (name, state), fetched in zip(asked, online, strict=True):
        read = offline.obtain(specs[name], state)
        assert (read.sha256, read.url, read.retrieved_at) == (fetched.sha256, fetched.url, fetched.retrieved_at)
        assert (read.status, read.age_days, read.note) == ("folder", 10, "")
    with pytest.raises(SourceUnavailable, match="Tracts for Vermont is not in the folder “mirror”"):
        offline.obtain(specs["tracts"], VT)


def test_a_second_mirror_replaces_what_is_superseded_and_keeps_what_cannot_be_renewed(
    publisher, fetcher, specs, tmp_path, fake_time
):
    folder = tmp_path / "mirror"
    live = live_with(fetcher, tmp_path / "cache")
    daily = replace(
        specs["centers"], name="stations", cadence="daily", filenames=("stations_*.csv",), year=None,
        urls=(f"{publisher.url}/v1.csv",),
    )  # fmt: skip
    publisher.script("/v1.csv", Reply(b"id\n1\n"))
    mirror(live, [daily, specs["tracts"]], [RI], folder, clock=fake_time.clock())
    assert (folder / "national" / "stations_2026-11-22.csv").exists()
    fake_time.forward(days=7)
    publisher.script("/v1.csv", Reply(b"id\n1\n2\n"))
    publisher.script("/tracts_2024_44.csv", Reply(b"", 404))
    account = mirror(live, [daily, specs["tracts"]], [RI], folder, clock=fake_time.clock())
    assert [(row.source, row.status) for row in account] == [("stations", "live"), ("tracts", "stale")]
    names = sorted(path.name for path in folder.rglob("*.csv"))
    assert names == ["stations_2026-11-29.csv", "tracts_2024_44.csv"]
    listed = {file["path"]: file for file in json.loads((folder / "MANIFEST.json").read_text())["files"]}
    assert listed["RI/tracts_2024_44.csv"]["status"] == "stale"
    assert "has no such file (HTTP 404)" in listed["RI/tracts_2024_44.csv"]["note"]


def test_a_folder_with_a_list_of_another_kind_is_left_alone(publisher, fetcher, specs, tmp_path):
    (tmp_path / "MANIFEST.json").write_text('{"files": [{"name": "mine"}]}')
    with pytest.raises(OnrampError, match=r"was not written by onramp mirror\. Give another folder"):
        mirror(live_with(fetcher, tmp_path / "cache"), specs.values(), [RI], tmp_path)
    assert (tmp_path / "MANIFEST.json").read_text() == '{"files": [{"name": "mine"}]}'


def acquired_file(folder: Path, name: str, content: bytes, scope: str = "nation") -> Acquired:
    """A file as it comes from a publisher."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(content)
    sha256 = hashlib.sha256(content).hexdigest()
    return Acquired("s", scope, folder / name, "live", "2026-11-22T09:00:00+00:00", 0, sha256, len(content))


def test_two_mirrors_fill_one_folder_and_its_list_holds_what_both_brought(tmp_path):
    mirrored = tmp_path / "mirror"

    def fill(name: str) -> None:
        writer = MirrorWriter(mirrored)
        for turn in range(8):
            for own in (name, "both"):
                content = f"{own} {turn}".encode() * 1000
                writer.add(replace(CENTERS, name=own), acquired_file(tmp_path / name, f"{own}.csv", content))

    with ThreadPoolExecutor() as pool:
        list(pool.map(fill, ["one", "other"]))
    listed = json.loads((mirrored / "MANIFEST.json").read_text())["files"]
    assert [file["path"] for file in listed] == ["national/both.csv", "national/one.csv", "national/other.csv"]
    for file in listed:
        assert hashlib.sha256((mirrored / file["path"]).read_bytes()).hexdigest() == file["sha256"]


def test_a_mirror_that_waited_long_for_another_says_so(tmp_path):
    writer = MirrorWriter(tmp_path / "mirror", lock_seconds=0.05)
    with FileLock(tmp_path / "mirror" / LOCK_NAME), pytest.raises(OnrampError, match="Another onramp mirror has held"):
        writer.add(CENTERS, acquired_file(tmp_path / "x", "a.csv", b"a"))
    assert not (tmp_path / "mirror" / "MANIFEST.json").exists()


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
    found, missing = diagnose(folder, [specs["centers"], specs["tracts"]], [RI], load_settings())
    assert (found.use, found.rows, found.scope) == ("folder", 2, "nation")
    assert (missing.use, missing.scope) == ("nothing", "RI")
    assert "no file there is called tracts_*_44.csv" in missing.said
    (tmp_path / "CenPop2020_Mean_TR.txt").write_text("A,B\n1,2\n")
    (drifted,) = diagnose(folder, [specs["centers"]], [RI], load_settings())
    assert drifted.rows is None and "STATEFP" in drifted.said


def test_a_source_turned_off_is_not_looked_for(specs, tmp_path, fetcher):
    settings = load_settings(None, {"sources": {"off": ["centers"]}})
    again = replace(specs["centers"], name="again", file_of="centers")
    rows = diagnose(live_with(fetcher, tmp_path), [specs["centers"], again], [RI], settings)
    assert [(row.use, row.reachable) for row in rows] == [("off", "not asked")] * 2
    source = replace(SOURCES["centers"], spec=replace(specs["centers"], required=True))
    got = read_source(source, live_with(fetcher, tmp_path), [RI], settings)
    assert len(got.table) == 0 and got.uses == []


def test_an_optional_source_is_downloaded_only_when_named_but_used_where_it_lies(publisher, specs, tmp_path, fetcher):
    optional = replace(specs["centers"], optional=True)
    supplied = tmp_path / "supplied"
    shy = LiveAcquirer(fetcher, Cache(tmp_path / "cache"), options=LiveOptions(environ={}), supplied=supplied)
    with pytest.raises(SourceUnavailable, match=r"is optional and not asked for: name centers in sources\.optional"):
        shy.obtain(optional)
    assert publisher.seen == []
    supplied.mkdir()
    (supplied / "CenPop2020_Mean_TR.txt").write_bytes(POINTS.encode())
    assert shy.obtain(optional).status == "folder"
    named = LiveOptions(environ={}, optional=frozenset({"centers"}))
    assert LiveAcquirer(fetcher, Cache(tmp_path / "cache"), options=named).obtain(optional).status == "live"
