"""The limits of states: every state has some, and they hold what lies in it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geodata.geography.state_extents import EXTENTS, lies_within, within_extents
from geodata.geography.written_coordinates import BEYOND_DEGREES
from geodata.states import REGISTRY


def test_every_state_has_limits_in_order() -> None:
    assert set(EXTENTS) == {state.usps for state in REGISTRY}
    for south, north, west, east in EXTENTS.values():
        assert -90 < south < north < 90
        assert -190 < west < east < 180


def test_points_lie_in_their_state_and_not_in_another() -> None:
    states = pd.Series(["RI", "OR", "RI", "ZZ", "AK", "AK"])
    found = within_extents([41.8, 41.8, 45.5, 41.8, 52.9, 61.2], [-71.4, -71.4, -122.8, -71.4, 173.2, -149.9], states)
    assert found.tolist() == [True, False, False, False, True, True]
    assert lies_within(41.8, -71.4, "RI") and lies_within(52.9, 173.2, "AK")
    assert not lies_within(41.8, -71.4, "OR")


def test_a_margin_reaches_beyond() -> None:
    states = pd.Series(["RI", "RI"])
    assert within_extents([42.5, 43.5], [-71.4, -71.4], states, 1.0).tolist() == [True, False]


@pytest.mark.realdata
def test_the_centers_of_all_tracts_lie_within_the_limits_of_their_state(realdata: Path) -> None:
    centers = pd.read_csv(
        realdata / "national" / "CenPop2020_Mean_TR.txt", dtype=str, encoding="utf-8-sig", usecols=[0, 2, 4, 5]
    ).set_axis(["state", "tract", "latitude", "longitude"], axis=1)
    usps = centers["state"].str.zfill(2).map({state.fips: state.usps for state in REGISTRY})
    points = centers["latitude"].astype(float), centers["longitude"].astype(float), usps
    # Tracts of water alone reach into the Great Lakes, beyond the land but not beyond the margin.
    water = centers["tract"].str.startswith("99")
    assert np.all(within_extents(*points) | water)
    assert np.all(within_extents(*points, BEYOND_DEGREES))
