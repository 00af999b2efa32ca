"""Coordinates as written: what is read, what is put right because it is certain, and what is refused."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.geography.written_coordinates import read_coordinates

RADIUS_M = 6_378_137.0


def read(latitude: str | None, longitude: str | None, state: str = "RI", zip_state: str | None = None) -> pd.Series:
    cells = (pd.Series([cell], dtype="str") for cell in (latitude, longitude, state, zip_state))
    return read_coordinates(*cells).iloc[0]


@pytest.mark.parametrize(
    ("latitude", "longitude", "slips"),
    [
        ("41.8236", "-71.4222", ""),
        ("+41.8236", "-071.4222", ""),
        ("-71.4222", "41.8236", "latitude and longitude exchanged"),
        ("41.8236", "71.4222", "a sign lost"),
        ("-41.8236", "-71.4222", "a sign lost"),
        ("71.4222", "41.8236", "latitude and longitude exchanged, a sign lost"),
        ("41,8236", "-71,4222", "decimal commas"),
        ("41.8236", "-71,4222", "decimal commas"),
        ("5134594", "-7950683", "meters of EPSG:3857"),
        ("-7950683.3", "5134594.2", "latitude and longitude exchanged, meters of EPSG:3857"),
        ("41\N{DEGREE SIGN}49'25\"N", "71\N{DEGREE SIGN}25'20\"W", "degrees with minutes"),
        ("41 49.416", "-71 25.332", "degrees with minutes"),
        ("41-49-25", "71-25-20", "degrees with minutes, a sign lost"),
        ("4149.416", "-7125.332", "degrees with minutes"),
        ("41.8236 N", "71.4222 W", "degrees with marks"),
        ("41.8236\N{DEGREE SIGN}", "-71.4222\N{DEGREE SIGN}", "degrees with marks"),
        ("41.8236", "\N{MINUS SIGN}71.4222", ""),
    ],
)
def test_slips_whose_repair_is_certain(latitude: str, longitude: str, slips: str) -> None:
    found = read(latitude, longitude)
    assert found["latitude"] == pytest.approx(41.8236, abs=2e-4)
    assert found["longitude"] == pytest.approx(-71.4222, abs=2e-4)
    assert (found["repaired"], found["refused"]) == (slips, "")


@pytest.mark.parametrize(
    ("latitude", "longitude", "reason"),
    [
        ("NaN", "NaN", "unreadable_coordinates"),
        ("inf", "-71.4", "unreadable_coordinates"),
        ("-Infinity", "-71.4", "unreadable_coordinates"),
        ("91.8", "-71.4", "unreadable_coordinates"),
        ("41.823.6", "-71.4222", "unreadable_coordinates"),
        ("north", "-71.4", "unreadable_coordinates"),
        ("41 75 20", "-71 25 20", "unreadable_coordinates"),
        ("123456", "654321", "unreadable_coordinates"),
        ("41.8236S", "71.4222W", "unreadable_coordinates"),
        ("41.8", None, "half_a_point"),
        (None, "-71.4", "half_a_point"),
        ("0", "-71.4", "far_from_its_state"),
        ("45.5136", "-122.8339", "far_from_its_state"),
    ],
)
def test_what_is_not_certain_is_refused(latitude: str | None, longitude: str | None, reason: str) -> None:
    found = read(latitude, longitude)
    assert pd.isna(found["latitude"]) and pd.isna(found["longitude"])
    assert (found["repaired"], found["refused"]) == ("", reason)


@pytest.mark.parametrize("nothing", [None, "", "0", "0.0", "-999", "-1", "n/a", "NOT AVAILABLE"])
def test_no_coordinates_are_no_fault(nothing: str | None) -> None:
    found = read(nothing, nothing)
    assert pd.isna(found["latitude"]) and found["refused"] == ""


def test_a_zip_code_of_another_state_makes_nothing_certain() -> None:
    assert read("-71.4222", "41.8236", zip_state="OR")["refused"] == "far_from_its_state"
    assert read("-71.4222", "41.8236", zip_state="RI")["refused"] == ""


def test_a_point_near_its_state_is_taken_as_written() -> None:
    assert read("40.6", "-71.4")["latitude"] == 40.6
    assert read("40.0", "-71.4")["refused"] == "far_from_its_state"


def test_two_readings_that_both_lie_in_the_state_are_no_certainty() -> None:
    """Latitude 64 and longitude -64 exchanged would lie in no state; Alaska alone spans numbers that could be both."""
    assert read("-151.2", "61.4", "AK")["repaired"] == "latitude and longitude exchanged"
    assert read("61.4", "-151.2", "AK")["repaired"] == ""


def test_how_exact_a_reading_is() -> None:
    exact = [read(*pair)["decimals"] for pair in (("41 49 25", "-71 25 20"), ("41 49", "-71 25"), ("41,8", "-71,4"))]
    assert exact == [3, 1, 1]
    assert read("5134594", "-7950683")["decimals"] == 5


inside = st.tuples(st.floats(41.15, 42.0), st.floats(-71.85, -71.15))


@given(inside)
def test_every_slip_of_a_point_in_the_state_leads_back_to_it(point: tuple[float, float]) -> None:
    lat, lon = (round(value, 5) for value in point)
    north = RADIUS_M * math.log(math.tan(math.pi / 4 + math.radians(lat) / 2))
    east = RADIUS_M * math.radians(lon)
    written = [
        (f"{lat:.5f}", f"{lon:.5f}"),
        (f"{lon:.5f}", f"{lat:.5f}"),
        (f"{lat:.5f}", f"{-lon:.5f}"),
        (f"{lat:.5f}".replace(".", ","), f"{lon:.5f}".replace(".", ",")),
        (f"{north:.2f}", f"{east:.2f}"),
    ]
    for pair in written:
        found = read(*pair)
        assert found["latitude"] == pytest.approx(lat, abs=1e-5)
        assert found["longitude"] == pytest.approx(lon, abs=1e-5)
