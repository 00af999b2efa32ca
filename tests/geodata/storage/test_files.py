"""Files and folders are whole, old or new, wherever a process dies that writes them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from geodata.errors import InputError
from geodata.storage.files import folder_written_aside, refuse_holes, write_text
from geodata.storage.leftovers import LEFTOVER
from tests.robustness.kill import Death, FetchCampaign, moments_in, run_child

NAMES = ("a.parquet", "b.json", "run.json")


def fill(folder: Path, content: str) -> None:
    with folder_written_aside(folder) as aside:
        for name in NAMES:
            write_text(aside / name, content)


def held(folder: Path) -> list[tuple[str, str]]:
    return sorted((path.name, path.read_text()) for path in folder.iterdir() if not LEFTOVER.fullmatch(path.name))


def test_a_folder_is_old_or_new_whole_at_every_moment_a_writer_may_die(tmp_path: Path) -> None:
    log = tmp_path / "log"
    fill(tmp_path / "trial", "old")
    killed, code, _ = run_child(lambda: fill(tmp_path / "trial", "new"), log)
    assert (killed, code) == (False, 0)
    moments = moments_in(log)
    assert moments > 10
    seen = set()
    for moment in range(1, moments + 1):
        folder = tmp_path / f"{moment}" / "table"
        fill(folder, "old")
        killed, _, _ = run_child(lambda folder=folder: fill(folder, "new"), log, Death(moment=moment))  # type: ignore[misc]
        assert killed
        (found,) = {content for _, content in held(folder)}
        assert held(folder) == [(name, found) for name in NAMES]
        seen.add(found)
        fill(folder, "next")
        assert held(folder) == [(name, "next") for name in NAMES]
    assert seen == {"old", "new"}


@pytest.mark.slow
def test_a_fetch_that_is_killed_leaves_cache_and_folder_whole(tmp_path: Path) -> None:
    account = FetchCampaign(tmp_path, sources=("centers", "job_centers")).kill(kills=5, seed=3, alone_after=3)
    assert account.problems == []
    assert account.kills == 5
    assert account.left_alone == 2


def test_a_large_file_of_holes_is_refused_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"a" * 10_000)
    os.truncate(path, 90_000_000)
    refuse_holes(path)
    os.truncate(path, 400_000_000_000)
    with pytest.raises(
        InputError, match=r"a\.csv: it says that it has 400,000,000,000 bytes and holds 1\d,\d\d\d; the rest"
    ):
        refuse_holes(path)
    path.write_bytes(b"a" * 101_000_000)
    refuse_holes(path)
