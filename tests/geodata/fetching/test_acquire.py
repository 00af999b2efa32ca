"""A source taken from a folder: which file, with which date and hash, and what is said of one that is not there."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from geodata.errors import InputError, SourceUnavailable
from geodata.fetching.acquire import FolderAcquirer, FoldersAcquirer, age_in_days, obtain_for
from geodata.fetching.client.clock import Clock
from geodata.fetching.folder import list_of
from geodata.schemas.canonical import TRACTS as TRACTS_TABLE
from geodata.sources import SOURCES
from geodata.sources.spec import SourceSpec
from geodata.states import find_state

RI, GA = find_state("RI"), find_state("GA")
CLOCK = Clock(now=lambda: datetime(2026, 11, 22, tzinfo=UTC))
SVI = SourceSpec(
    name="svi",
    title="Social Vulnerability Index",
    publisher="CDC/ATSDR",
    table=TRACTS_TABLE,
    scope="nation",
    filenames=("SVI_*_US.csv", "SVI_*_{state_name}.csv"),
    page="https://publisher.example/svi",
    licence="public domain",
    cadence="two years",
    urls=("https://publisher.example/svi.csv",),
)
TRACTS = replace(
    SVI,
    name="tracts",
    title="Census tracts",
    scope="state",
    filenames=("cb_*_{fips}_tract_500k.*", "cb_*_us_tract*"),
)


def test_the_national_file_serves_every_state_even_beside_a_newer_state_file(folder):
    root = folder("national/SVI_2020_US.csv", "RI/SVI_2022_RhodeIsland.csv")
    for state in (RI, GA, None):
        acquired = FolderAcquirer(root, clock=CLOCK).obtain(SVI, state)
        assert (acquired.path.name, acquired.scope) == ("SVI_2020_US.csv", "nation")


def test_without_a_national_file_each_state_gets_its_own_newest(folder):
    root = folder("RI/SVI_2018_RhodeIsland.csv", "RI/SVI_2020_RhodeIsland.csv", "GA/SVI_2022_Georgia.csv")
    acquirer = FolderAcquirer(root, clock=CLOCK)
    found = [acquirer.obtain(SVI, state) for state in (RI, GA)]
    assert [(one.path.name, one.scope) for one in found] == [
        ("SVI_2020_RhodeIsland.csv", "RI"),
        ("SVI_2022_Georgia.csv", "GA"),
    ]
    assert "Matching files passed over by their names: 1 (SVI_2018_RhodeIsland.csv)." in found[0].note
    every = obtain_for(acquirer, SVI, [RI, GA, find_state("VT")])
    assert [one.path.name for one in every] == [
        "SVI_2020_RhodeIsland.csv",
        "SVI_2018_RhodeIsland.csv",
        "SVI_2022_Georgia.csv",
    ]
    with pytest.raises(SourceUnavailable):
        obtain_for(acquirer, SVI, [find_state("VT")])


def test_a_state_source_prefers_the_states_file_and_takes_the_national_one_when_absent(folder):
    root = folder("cb_2022_us_tract_500k.zip", "cb_2020_44_tract_500k.zip")
    acquirer = FolderAcquirer(root, clock=CLOCK)
    assert acquirer.obtain(TRACTS, RI).path.name == "cb_2020_44_tract_500k.zip"
    assert acquirer.obtain(TRACTS, GA).path.name == "cb_2022_us_tract_500k.zip"
    assert [one.scope for one in obtain_for(acquirer, TRACTS, [RI, GA])] == ["RI", "nation"]


def test_an_office_brings_a_list_for_each_state_and_the_newest_edition_of_each_is_read(folder):
    spec = replace(SVI, urls=(), filenames=("awards*.csv", "{usps}_awards*.csv"))
    root = folder(
        "awards_RI_2025.csv", "awards_RI_2026-03 (1).csv", "awards_GA_2024.csv", "awards_GA_v2.csv", "VT_awards.csv",
        "GA_awards.csv",
    )  # fmt: skip
    acquirer = FolderAcquirer(root, clock=CLOCK)
    found = {one.path.name: one.scope for state in (RI, GA) for one in acquirer.obtain_all(spec, state)}
    assert sorted(found) == ["GA_awards.csv", "awards_GA_2024.csv", "awards_RI_2026-03 (1).csv"]
    assert len(obtain_for(acquirer, spec, [RI, GA])) == 5
    assert acquirer.obtain(spec, RI).path.name == "awards_RI_2026-03 (1).csv"
    assert list_of("Copy of awards_RI_final_2026-01-31.xlsx") == list_of("AWARDS-RI.csv") == "awards ri"


def test_a_file_in_another_states_folder_is_never_taken(folder):
    root = folder("RI/tracts.zip", "Georgia/deep/tracts.zip")
    spec = replace(TRACTS, filenames=("tracts.zip",))
    acquirer = FolderAcquirer(root, clock=CLOCK)
    assert acquirer.obtain(spec, RI).path == root / "RI" / "tracts.zip"
    assert acquirer.obtain(spec, GA).scope == "GA"
    with pytest.raises(SourceUnavailable):
        acquirer.obtain(spec, find_state("VT"))
    with pytest.raises(SourceUnavailable):
        acquirer.obtain(spec)


def test_what_is_missing_is_said_with_the_names_looked_for_and_where_to_get_it(folder):
    root = folder("other.txt")
    with pytest.raises(SourceUnavailable) as caught:
        FolderAcquirer(root, clock=CLOCK).obtain(SVI, RI)
    assert str(caught.value) == (
        "Social Vulnerability Index for Rhode Island is not in the folder “files”: no file there is called "
        "SVI_*_US.csv or SVI_*_RhodeIsland.csv or SVI_*_Rhode_Island.csv or SVI_*_Rhode-Island.csv "
        "(or 1 other form). It can be downloaded at https://publisher.example/svi."
    )


def test_the_date_is_the_files_when_no_list_says_more(folder):
    acquired = FolderAcquirer(folder("SVI_2022_US.csv"), clock=CLOCK).obtain(SVI)
    assert acquired.retrieved_at == "2026-09-21T14:13:20+00:00"
    assert acquired.age_days == 61
    assert acquired.status == "folder"
    assert acquired.note == "The date is that of the file: nothing in the folder says when it was retrieved."
    assert acquired.sha256 == hashlib.sha256(b"content of SVI_2022_US.csv").hexdigest()


def test_a_listed_file_brings_its_address_and_date_and_is_held_to_its_hash(folder):
    root = folder("SVI_2022_US.csv")
    listed = {
        "path": "SVI_2022_US.csv",
        "url": "https://publisher.example/SVI_2022_US.csv",
        "sha256": hashlib.sha256(b"content of SVI_2022_US.csv").hexdigest(),
        "size": 26,
        "retrieved_at": "2026-11-01T00:00:00+00:00",
    }
    (root / "MANIFEST.json").write_text(json.dumps({"files": [listed]}))
    acquired = FolderAcquirer(root, clock=CLOCK).obtain(SVI)
    assert (acquired.url, acquired.age_days, acquired.note) == (listed["url"], 21, "")
    reader = FolderAcquirer(root, clock=CLOCK)
    (root / "SVI_2022_US.csv").write_text("a newer edition")
    newer = listed | {"sha256": hashlib.sha256(b"a newer edition").hexdigest()}
    (root / "MANIFEST.json").write_text(json.dumps({"files": [newer]}))
    assert reader.obtain(SVI).sha256 == newer["sha256"]  # A mirror came between the list and the file.
    (root / "SVI_2022_US.csv").write_text("tampered")
    with pytest.raises(InputError, match=r"SVI_2022_US\.csv: its SHA-256 is .* but the folder's list says"):
        FolderAcquirer(root, clock=CLOCK).obtain(SVI)
    (root / "MANIFEST.json").write_text('{"files": [{}]}')
    with pytest.raises(InputError, match=r"MANIFEST\.json: this list of files cannot be read \(KeyError\)"):
        FolderAcquirer(root, clock=CLOCK)
    (root / "MANIFEST.json").unlink()
    (root / "MANIFEST.json").mkdir()
    with pytest.raises(InputError, match=r"MANIFEST\.json: this list of files cannot be read \(IsADirectoryError\)"):
        FolderAcquirer(root, clock=CLOCK)


def test_a_missing_folder_is_a_sentence(tmp_path):
    with pytest.raises(InputError, match=r"nowhere: this folder of source files does not exist\. Fill"):
        FolderAcquirer(tmp_path / "nowhere")


def test_a_file_of_holes_is_a_sentence_before_its_hash_is_sought(tmp_path):
    path = tmp_path / "planned_sites_holes.csv"
    path.write_text("state,site_id\n")
    os.truncate(path, 900_000_000_000)
    with pytest.raises(InputError, match=r"planned_sites_holes\.csv: it says that it has 900,000,000,000 bytes"):
        FolderAcquirer(tmp_path).candidates(SOURCES["planned_sites"].spec, find_state("RI"))


def test_age_is_never_negative():
    assert age_in_days("2026-12-01T00:00:00+00:00", datetime(2026, 11, 22, tzinfo=UTC)) == 0


@pytest.mark.realdata
def test_the_real_folder_is_read_as_it_lies(realdata):
    acquirer = FolderAcquirer(realdata, clock=CLOCK)
    assert acquirer.obtain(TRACTS, RI).path == realdata / "RI" / "cb_2020_44_tract_500k.zip"
    assert acquirer.obtain(TRACTS, GA).path == realdata / "GA" / "cb_2020_13_tract_500k.zip"
    assert acquirer.obtain(SVI, RI).path == realdata / "RI" / "SVI_2020_RhodeIsland.csv"
    assert acquirer.obtain(SVI, GA).path == realdata / "GA" / "SVI_2022_Georgia.csv"
    centers = replace(SVI, filenames=("CenPop2020_Mean_TR.txt", "CenPop2020_Mean_TR{fips}.txt"))
    assert acquirer.obtain(centers, RI).path == realdata / "national" / "CenPop2020_Mean_TR.txt"


def test_several_folders_are_one_place_in_their_order(tmp_path):
    one, other = tmp_path / "one", tmp_path / "other"
    for folder, names in ((one, ["CenPop2020_Mean_TR.txt"]), (other, ["CenPop2020_Mean_TR.txt", "SVI_2022_US.csv"])):
        folder.mkdir()
        for name in names:
            (folder / name).write_text(folder.name)
    both = FoldersAcquirer([one, other])
    assert both.obtain(SOURCES["centers"].spec).path == one / "CenPop2020_Mean_TR.txt"
    assert both.obtain(SOURCES["svi"].spec).path == other / "SVI_2022_US.csv"
    assert [file.path.parent.name for file in both.candidates(SOURCES["centers"].spec)] == ["one", "other"]
    with pytest.raises(SourceUnavailable, match=r"is not in the folder “one”.*Nor is it in “other”\."):
        both.obtain(SOURCES["cejst"].spec)
