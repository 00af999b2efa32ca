"""Finding files in a folder: by the names publishers and people give them, best first."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.fetching.folder import fill_patterns, find_files, states_named, unread_files, vintage_in
from geodata.sources import SOURCES
from geodata.states import find_state

RI, GA = find_state("RI"), find_state("GA")


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("svi", "Georgia.csv"),
        ("svi", "SVI 2022 Georgia.csv"),
        ("svi", "SVI2022_GEORGIA.CSV"),
        ("svi", "SVI_2022_GA.csv"),
        ("svi", "SVI_2022_Georgia (1).csv"),
        ("svi", "deep/SVI_2022_US.csv"),
        ("tracts", "CB_2020_13_TRACT_500K.ZIP"),
        ("tracts", "cb_2020_13_tract_500k (2).zip"),
        ("tracts", "cb_2020_13_tract_500k/cb_2020_13_tract_500k.shp"),
        ("tracts", "tl_2020_13_tract.zip"),
        ("tracts", "tl_2020_13_tract20.zip"),
        ("acs", "acs5_2021_tract_wide_with_moe.csv"),
    ],
)
def test_a_file_is_known_by_the_names_people_leave_it(folder, source, name):
    root = folder(name, "SVI_2022_Alabama.csv", "cb_2020_01_tract_500k.zip")
    spec = SOURCES[source].spec
    assert [one.path for one in find_files(root, spec.filenames, spec.scope, GA)] == [root / name]


def test_a_state_is_not_taken_for_one_whose_name_ends_like_it(folder):
    root = folder("SVI_2022_West_Virginia.csv", "SVI2022_Arkansas.csv", "SVI_2020_Virginia.csv")
    spec = SOURCES["svi"].spec

    def names(state):
        return [one.path.name for one in find_files(root, spec.filenames, spec.scope, find_state(state))]

    assert names("VA") == ["SVI_2020_Virginia.csv"]
    assert names("WV") == ["SVI_2022_West_Virginia.csv"]
    assert (names("KS"), names("AR")) == ([], ["SVI2022_Arkansas.csv"])


def test_a_file_no_source_takes_is_named_with_the_name_it_might_have(folder):
    root = folder("cb_2020_13_tract_5m.zip", "holiday.csv", "SVI_2022_Alabama.csv", "README.txt", "Georgia.csv.part")
    (root / "svi.csv").symlink_to(root / "nowhere.csv")
    names = [source.spec.filenames for source in SOURCES.values()]
    assert unread_files(root, names, GA) == [
        "“cb_2020_13_tract_5m.zip” is not read: no source has such a name; "
        "if it is such a file, call it cb_*_13_tract_500k.zip.",
        "“holiday.csv” is not read: no source has such a name; docs/sources.md lists the names.",
        "“svi.csv” is not read: it is a link to a file that is not there.",
    ]


def test_half_downloads_and_hidden_files_are_not_files(folder):
    root = folder(".SVI_2022_US.csv", "SVI_2022_US.csv.part", ".hidden/SVI_2022_US.csv")
    assert find_files(root, ("SVI_2022_US.csv*",), "nation", None) == []


def test_a_name_in_another_encoding_is_reported_and_passed_over(folder):
    root = folder("SVI_2022_US.csv")
    strange = root / os.fsdecode(b"SVI_2022_US_\xe9.csv")
    strange.write_text("x")
    assert [one.path.name for one in find_files(root, ("SVI_2022_US*.csv",), "nation", None)] == ["SVI_2022_US.csv"]
    sentence = "“SVI_2022_US_?.csv” is not read: its name is not in the encoding of this system; give it another."
    assert unread_files(root, [("SVI_2022_US*.csv",)], None) == [sentence]
    strange.rename(root / "SVI_2022_US_é.csv")
    assert len(find_files(root, ("SVI_2022_US*.csv",), "nation", None)) == 2


def test_what_only_has_the_name_of_a_file_is_none(folder):
    root = folder("SVI_2022_US.csv")
    os.mkfifo(root / "SVI_2024_US.csv")
    (root / "SVI_2025_US.csv").mkdir()
    (root / "SVI_2026_US.csv").symlink_to("SVI_2026_US.csv")
    (root / "loop").symlink_to(root)
    found = find_files(root, ("SVI_20*_US.csv",), "nation", None)
    assert [one.path.name for one in found] == ["SVI_2022_US.csv"]


@pytest.mark.parametrize(
    ("name", "vintage"),
    [
        ("alt_fuel_stations_2020-10-27_ELEC.csv", (2020, 10, 27)),
        ("alt_fuel_stations_2021-10_ELEC_5col.csv", (2021, 10, 0)),
        ("cb_2020_44_tract_500k.zip", (2020, 0, 0)),
        ("hd2020.csv", (2020, 0, 0)),
        ("EDGE_GEOCODE_POSTSECSCH_2425.zip", (0, 0, 0)),
        ("tab20_tract20_tract10_natl.txt", (0, 0, 0)),
        ("order_120201.csv", (0, 0, 0)),
    ],
)
def test_vintages_are_read_from_names(name, vintage):
    assert vintage_in(name) == vintage


@given(st.text(alphabet="0123456789-_abc.", max_size=40))
def test_any_name_has_a_vintage_that_is_a_date_or_nothing(name):
    year, month, day = vintage_in(name)
    assert year == 0 or 1990 <= year <= 2099
    assert 0 <= month <= 12 and 0 <= day <= 99


def test_patterns_that_need_a_state_are_left_out_without_one():
    assert fill_patterns(("a_{fips}.csv", "b.csv"), None) == ("b.csv",)
    assert fill_patterns(("a_{fips}_{usps}.csv",), RI) == ("a_44_RI.csv",)


@pytest.mark.parametrize(
    ("name", "pattern", "states"),
    [
        ("alt_fuel_stations_2023-07-10_CT_MA_border.json", "alt_fuel_stations*.json", ["CT", "MA"]),
        ("EJScreen_2024_Tract_with_AS_CNMI_GU_VI.csv", "ejscreen_*_tract_with_as_cnmi_gu_vi.csv", []),
        ("acs5_2020_West Virginia.csv", "acs5_*.csv", ["WV"]),
        ("alt_fuel_stations (Oct 27 2020).csv", "alt_fuel_stations (*).csv", []),
        ("calenviroscreen3_california_tracts.csv", "calenviroscreen*.csv", ["CA"]),
        ("alt_fuel_stations_2020-10-27_ELEC.csv", "alt_fuel_stations_????-??-??*.csv", []),
    ],
)
def test_the_states_a_name_names_are_those_of_its_own_words(name: str, pattern: str, states: list[str]) -> None:
    assert [state.usps for state in states_named(name, pattern)] == states
