"""The folder for a place without internet: what it holds is what was fetched, and whole at any moment."""

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
from geodata.fetching.mirror import LOCK_NAME, MirrorWriter, mirror
from geodata.sources.centers import SPEC as CENTERS
from geodata.sources.planned_sites import SPEC as PLANNED
from geodata.states import find_state
from tests.geodata.fetching.conftest import live_with
from tests.support.publisher_server import Reply

RI, VT = find_state("RI"), find_state("VT")


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
