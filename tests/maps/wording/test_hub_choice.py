"""Which hubs are recommended, and which is nearest."""

from __future__ import annotations

import pandas as pd
import pytest

from maps.wording.hub_choice import nearest_hub, recommended_of


def hubs(shares: list[float]) -> pd.DataFrame:
    """Solutions for one hub, two, and so on."""
    rows = [(p, order, share) for p, share in enumerate(shares, start=1) for order in range(1, p + 1)]
    return pd.DataFrame(rows, columns=["p", "order", "covered_share"])


def test_the_last_hub_that_adds_enough_is_the_last_recommended() -> None:
    assert list(recommended_of(hubs([0.5, 0.7, 0.72]))["p"]) == [2, 2]
    assert list(recommended_of(hubs([0.02, 0.03]))["p"]) == [1]
    assert recommended_of(hubs([])).empty


PLACE = {"latitude": 41.8, "longitude": -71.4}


def test_the_nearest_hub_is_found_with_its_distance() -> None:
    table = pd.DataFrame(
        {"name": ["Far", "Near", "Lost"], "latitude": [42.8, 41.9, None], "longitude": [-71.4, -71.4, 0.0]}
    )
    found = nearest_hub(table, PLACE)
    assert found is not None
    assert found[0]["name"] == "Near"
    assert found[1] == pytest.approx(11.1, abs=0.1)


def test_east_and_west_meet_at_the_antimeridian() -> None:
    table = pd.DataFrame({"name": ["Across", "Away"], "latitude": [52.0, 52.0], "longitude": [-179.9, 170.0]})
    found = nearest_hub(table, {"latitude": 52.0, "longitude": 179.9})
    assert found is not None
    assert found[0]["name"] == "Across"


def test_no_coordinates_no_hub() -> None:
    table = pd.DataFrame({"name": ["Here"], "latitude": [41.8], "longitude": [-71.4]})
    assert nearest_hub(table, {"latitude": None, "longitude": None}) is None
    assert nearest_hub(table.iloc[:0], PLACE) is None
