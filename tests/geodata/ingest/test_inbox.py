"""Files an office drops into a folder."""

from __future__ import annotations

import errno
import json
import os
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from geodata.errors import InputError
from geodata.fetching.acquire import FolderAcquirer
from geodata.ingest import inbox as inbox_module
from geodata.ingest.inbox import ACCEPTED, REJECTED, REPLACED, Round, look, owner_of
from geodata.ingest.read_source import read_source
from geodata.settings import Settings
from geodata.sources import SOURCES
from geodata.states import find_state
from tests.counterexamples import made

GOOD = "state,site_id,name,latitude,longitude,status,ports_dc_fast\nRI,a1,Depot,41.8211,-71.4128,planned,4\n"
PARTLY = GOOD + "QQ,a2,Nowhere,41.8,-71.4,planned,4\n"


def dated(day: str) -> str:
    head, row, _ = GOOD.split("\n")
    return f"{head},as_of\n{row},{day}\n"


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    (tmp_path / "inbox").mkdir()
    return tmp_path / "inbox", tmp_path / "supplied"


def looked_twice(inbox: Path, folder: Path) -> Round:
    first = look(inbox, folder, Settings(), {})
    assert first.outcomes == []
    return look(inbox, folder, Settings(), first.waiting)


def test_a_good_file_goes_where_sources_are_read_from(folders: tuple[Path, Path]) -> None:
    inbox, folder = folders
    (inbox / "planned_sites.csv").write_text(GOOD)
    (outcome,) = looked_twice(inbox, folder).outcomes
    assert outcome.accepted
    assert "1 of 1 rows kept" in outcome.sentence
    assert (folder / "planned_sites.csv").read_text() == GOOD
    assert not (inbox / "planned_sites.csv").exists()


def test_a_file_still_being_copied_is_left_alone(folders: tuple[Path, Path]) -> None:
    inbox, folder = folders
    path = inbox / "planned_sites.csv"
    path.write_text(GOOD[:60])
    first = look(inbox, folder, Settings(), {})
    path.write_text(GOOD)
    second = look(inbox, folder, Settings(), first.waiting)
    assert second.outcomes == []
    assert path.exists()
    assert [one.accepted for one in look(inbox, folder, Settings(), second.waiting).outcomes] == [True]


def test_what_a_new_list_replaces_is_put_aside(folders: tuple[Path, Path]) -> None:
    inbox, folder = folders
    folder.mkdir()
    (folder / "planned_sites_2025.csv").write_text("old")
    (folder / "planned_sites_GA.csv").write_text("another state's")
    (inbox / "planned_sites_new.csv").write_text(GOOD)
    (outcome,) = looked_twice(inbox, folder).outcomes
    assert "takes the place of planned_sites_2025.csv" in outcome.sentence
    assert (inbox / REPLACED / "planned_sites_2025.csv").read_text() == "old"
    assert {path.name for path in folder.iterdir()} == {"planned_sites_new.csv", "planned_sites_GA.csv"}


def test_an_edition_older_by_its_content_does_not_replace_a_newer_one(folders: tuple[Path, Path]) -> None:
    inbox, folder = folders
    folder.mkdir()
    (folder / "planned_sites_2024.csv").write_text(dated("2026-03-01"))
    # Its name is newer, its rows are not.
    (inbox / "planned_sites_2027.csv").write_text(dated("2025-01-31"))
    (outcome,) = looked_twice(inbox, folder).outcomes
    assert not outcome.accepted
    assert "speak for 2025-01-31, those of planned_sites_2024.csv, which is in use, for 2026-03-01" in outcome.sentence
    assert [path.name for path in folder.iterdir()] == ["planned_sites_2024.csv"]
    for text, name in ((dated("2026-03-02"), "planned_sites_b_2020.csv"), (GOOD, "planned_sites_b.csv")):
        # Newer rows under an older name, and rows that say no day, take the place.
        (folder / "planned_sites_b_2024.csv").write_text(dated("2026-03-01"))
        (inbox / name).write_text(text)
        (outcome,) = looked_twice(inbox, folder).outcomes
        assert outcome.accepted and "takes the place of" in outcome.sentence, name


def test_refused_rows_of_an_accepted_file_are_reported(folders: tuple[Path, Path]) -> None:
    inbox, folder = folders
    (inbox / "planned_sites.csv").write_text(PARTLY)
    (outcome,) = looked_twice(inbox, folder).outcomes
    assert outcome.accepted
    report = (inbox / ACCEPTED / "planned_sites.csv.txt").read_text()
    assert "planned_sites.csv, row 3, field state: no_state" in report
    assert "Add a column “state”" in report


def test_columns_nobody_reads_are_reported_with_the_lines_that_take_them(folders: tuple[Path, Path]) -> None:
    inbox, folder = folders
    (inbox / "planned_sites.csv").write_text("state,site_id,zip,DCFC Ports,Host\nRI,1,02886,4,x\n")
    (outcome,) = looked_twice(inbox, folder).outcomes
    assert outcome.accepted
    report = (inbox / ACCEPTED / "planned_sites.csv.txt").read_text()
    assert "Columns not used: “DCFC Ports” (did you mean units_dc_fast?), “Host”." in report
    assert "planned_sites.csv:\n      units_dc_fast: DCFC Ports" in report


@pytest.mark.parametrize(
    ("name", "content", "sentences"),
    [
        ("planned_sites.csv", "state,name\nRI,Depot\n", ["planned_sites.csv", "latitude and longitude"]),
        ("planned_sites.csv", GOOD.replace("RI,", "QQ,"), ["row 2", "field state", "Add a column “state”"]),
        ("planned_sites.xlsx", "not a workbook", ["planned_sites.xlsx"]),
        ("planned_sites.gpkg", "not a layer", ["planned_sites.gpkg"]),
        ("holiday.jpg", "…", ["holiday.jpg", "planned_sites*.csv"]),
        ("index_workforce.csv", "geoid,value\n44001030100,1\n", ["“workforce”", "a name of its own"]),
    ],
)
def test_a_bad_file_is_handed_back_with_a_report(
    folders: tuple[Path, Path], name: str, content: str, sentences: list[str]
) -> None:
    inbox, folder = folders
    (inbox / name).write_text(content)
    (outcome,) = looked_twice(inbox, folder).outcomes
    assert not outcome.accepted
    assert not folder.exists()
    assert (inbox / REJECTED / name).read_text() == content
    report = (inbox / REJECTED / f"{name}.txt").read_text()
    assert all(part in report for part in sentences), report
    assert "Traceback" not in report


def test_the_same_bad_name_twice_keeps_both(folders: tuple[Path, Path]) -> None:
    inbox, folder = folders
    for content in ("one", "two"):
        (inbox / "holiday.jpg").write_text(content)
        looked_twice(inbox, folder)
    assert {path.name for path in (inbox / REJECTED).iterdir()} == {
        "holiday.jpg", "holiday.jpg.txt", "holiday-2.jpg", "holiday-2.jpg.txt",
    }  # fmt: skip


def test_a_list_of_one_state_is_read_beside_one_of_all(folders: tuple[Path, Path]) -> None:
    inbox, folder = folders
    folder.mkdir()
    other = GOOD.replace("RI,", "GA,").replace("41.8211,-71.4128", "33.7490,-84.3880")
    (folder / "planned_sites.csv").write_text(other)
    (inbox / "RI_planned_sites.csv").write_text(GOOD)
    (outcome,) = looked_twice(inbox, folder).outcomes
    assert outcome.accepted
    states = [find_state("RI"), find_state("GA")]
    got = read_source(SOURCES["planned_sites"], FolderAcquirer(folder), states, Settings())
    assert sorted(got.table["state"]) == ["GA", "RI"]
    assert sorted(use.file for use in got.uses) == ["RI_planned_sites.csv", "planned_sites.csv"]


def test_a_row_of_two_lists_counts_once_and_is_reported(folders: tuple[Path, Path]) -> None:
    _, folder = folders
    folder.mkdir()
    (folder / "planned_sites_city.csv").write_text(GOOD)
    (folder / "planned_sites_state_2026.csv").write_text(GOOD)
    got = read_source(SOURCES["planned_sites"], FolderAcquirer(folder), [find_state("RI")], Settings())
    assert len(got.table) == 1
    assert got.rejects[["file", "reason"]].to_numpy().tolist() == [
        ["planned_sites_city.csv", "repeated_in_another_file"]
    ]
    assert [(use.file, use.rows_in, use.rows_kept, use.rows_rejected) for use in got.uses] == [
        ("planned_sites_state_2026.csv", 1, 1, 0), ("planned_sites_city.csv", 1, 0, 1),
    ]  # fmt: skip


HOSTILE = {
    "planned_sites_view.gpkg": (
        made.package_without_a_beginning,
        "more than the 1 seconds that a file in the inbox may",
    ),
    "planned_sites_rows.xlsx": (made.workbook_of_two_thousand_million_rows, "planned_sites_rows.xlsx"),
    "planned_sites_holes.csv": (made.table_of_holes, "the rest are holes"),
    "planned_sites_virtual.gpkg": (made.virtual_layer, "does not begin like one"),
    f"planned_sites_{'n' * 232}.csv": (made.virtual_layer, "more than the 200 allowed"),
    f"planned_sites.{'c' * 100}": (made.virtual_layer, "more than the 200 allowed (its ending 20)"),
}


def test_no_file_keeps_others_from_being_taken_in_and_none_is_read_twice(folders: tuple[Path, Path]) -> None:
    inbox, folder = folders
    for name, (make, _) in HOSTILE.items():
        make(inbox / name)
    (inbox / "zz_planned_sites.csv").write_text(GOOD)
    (inbox / "RI_planned_sites.csv").write_text(GOOD)
    settings = Settings().with_changes({"files": {"inbox_seconds": 1}})
    waiting = look(inbox, folder, settings, {}).waiting
    outcomes = []
    while waiting:
        found = look(inbox, folder, settings, waiting)
        outcomes += found.outcomes
        assert set(found.waiting) < set(waiting), "a look gets on"
        waiting = found.waiting
    assert (folder / "RI_planned_sites.csv").read_text() == GOOD
    assert len(outcomes) == len(HOSTILE) + 2
    reports = [path.read_text() for path in (inbox / REJECTED).glob("*.txt")]
    for _, sentence in HOSTILE.values():
        assert any(sentence in report for report in reports), sentence
    assert not any("Traceback" in report for report in reports)
    assert {path.name for path in inbox.iterdir()} <= {REJECTED, ACCEPTED, REPLACED}


def test_a_look_that_takes_too_long_leaves_the_rest_for_the_next(
    folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox, folder = folders
    for name in ("planned_sites_a.csv", "planned_sites_b.csv"):
        (inbox / name).write_text(GOOD)
    clock = iter([0.0, 1.0, 30.0, 0.0, 1.0])
    monkeypatch.setattr(inbox_module, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    waiting = {path.name: (path.stat().st_size, path.stat().st_mtime_ns) for path in inbox.iterdir()}
    first = look(inbox, folder, Settings(), waiting)
    assert [one.name for one in first.outcomes] == ["planned_sites_a.csv"]
    assert list(first.waiting) == ["planned_sites_b.csv"]
    second = look(inbox, folder, Settings(), first.waiting)
    assert [one.name for one in second.outcomes] == ["planned_sites_b.csv"]


def test_a_file_that_ended_the_program_is_not_read_again(folders: tuple[Path, Path]) -> None:
    inbox, folder = folders
    path = inbox / "planned_sites.csv"
    path.write_text(GOOD)
    seen = (path.stat().st_size, path.stat().st_mtime_ns)
    (inbox / ".being_read").write_text(json.dumps([path.name, *seen]))
    (outcome,) = look(inbox, folder, Settings(), {path.name: seen}).outcomes
    assert not outcome.accepted
    assert "this program ended while it read the file" in (inbox / REJECTED / "planned_sites.csv.txt").read_text()
    path.write_text(GOOD)
    assert looked_twice(inbox, folder).outcomes[0].accepted, "put in again it is a new file"


@pytest.mark.parametrize("fails", ["copyfile", "copy2"])
@pytest.mark.parametrize("name", ["planned_sites_new.csv", "planned_sites_2025.csv"])
def test_a_full_disk_leaves_the_list_in_use(
    folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, fails: str, name: str
) -> None:
    inbox, folder = folders
    folder.mkdir()
    (folder / "planned_sites_2025.csv").write_text("old")
    (inbox / name).write_text(GOOD)

    def full(source: Path, target: Path) -> None:
        target.write_bytes(Path(source).read_bytes()[:2])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(shutil, fails, full)
        found = looked_twice(inbox, folder)
    assert [one.sentence for one in found.outcomes] == [
        f"{name}: it could not be taken in (No space left on device) and stays in the inbox."
    ]
    assert (folder / "planned_sites_2025.csv").read_text() == "old"
    assert [path.name for path in folder.iterdir()] == ["planned_sites_2025.csv"]
    assert (inbox / name).read_text() == GOOD
    (again,) = look(inbox, folder, Settings(), found.waiting).outcomes
    assert again.accepted
    assert (inbox / REPLACED / "planned_sites_2025.csv").read_text() == "old"
    assert [path.name for path in folder.iterdir()] == [name]


def test_names_tell_whose_file_it_is() -> None:
    assert owner_of("planned_sites_new.csv").state is None
    assert owner_of("RI_planned_sites.csv").source.spec.name == "planned_sites"
    state = owner_of("RI_planned_sites.csv").state
    assert state is not None
    assert state.usps == "RI"
    assert owner_of("training_providers.xlsx").source.spec.name == "training_list"
    with pytest.raises(InputError, match="evitp"):
        owner_of("readme.csv")
