"""What is said of a source that did not come: the file by its publisher's name, the address, the folder, the keys."""

from __future__ import annotations

import pytest

from geodata.fetching.to_get import ToGet, in_order, to_get
from geodata.settings import load_settings
from geodata.sources import SOURCES
from geodata.states import find_state

RI = find_state("RI")
SAID = (
    "Centers of Population of census tracts could not be obtained and there is no earlier copy. www2.census.gov "
    "cannot be reached: its name is not known here. Try again later, or download it at https://x.example/a and put it "
    "into the folder supplied under the home folder."
)


@pytest.mark.parametrize(
    ("source", "file", "address"),
    [
        (
            "centers",
            "CenPop2020_Mean_TR.txt",
            "https://www2.census.gov/geo/docs/reference/cenpop2020/tract/CenPop2020_Mean_TR.txt",
        ),
        (
            "tracts",
            "cb_2024_44_tract_500k.zip",
            "https://www2.census.gov/geo/tiger/GENZ2024/shp/cb_2024_44_tract_500k.zip",
        ),
        ("svi", "SVI_2022_US.csv", "https://svi.cdc.gov/Documents/Data/2022/csv/states/SVI_2022_US.csv"),
        ("afdc", "alt_fuel_stations*.json", "https://afdc.energy.gov/stations"),
        ("etpl", "DownloadPrograms.xlsx", "https://www.trainingproviderresults.gov/data/DownloadPrograms.xlsx"),
    ],
)
def test_the_file_has_its_publishers_name_and_full_address(source, file, address):
    entry = to_get(SOURCES[source].spec, [RI], load_settings(), SAID, environ={})
    assert (entry.file, entry.address) == (file, address)
    assert entry.why == "www2.census.gov cannot be reached: its name is not known here."
    assert entry.folder.endswith("supplied")


def test_only_keys_that_are_not_set_are_asked_for():
    spec = SOURCES["job_centers"].spec
    neither = to_get(spec, [RI], load_settings(), SAID, environ={})
    assert neither.keys == ("CAREERONESTOP_TOKEN", "CAREERONESTOP_USER_ID")
    assert neither.key_page == spec.key_page
    one = to_get(spec, [RI], load_settings(), SAID, environ={"CAREERONESTOP_TOKEN": "secret"})
    assert one.keys == ("CAREERONESTOP_USER_ID",)
    assert "secret" not in str(one.to_dict())


def test_an_entry_survives_being_written_down_and_required_ones_come_first_then_definitions_of_need():
    entries = [
        to_get(SOURCES[name].spec, [RI], load_settings(), SAID, environ={}) for name in ("afdc", "centers", "svi")
    ]
    assert [ToGet.from_dict(entry.to_dict()) for entry in entries] == entries
    assert [entry.source for entry in in_order(entries)] == ["centers", "svi", "afdc"]
