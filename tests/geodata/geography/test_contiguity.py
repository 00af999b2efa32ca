from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
from shapely.geometry import box

from geodata.geography.contiguity import contacts

METER = 1 / 111_320


def frame(**boxes) -> gpd.GeoDataFrame:
    """Return tracts of one state called by a letter: 97a, 97b and so on."""
    return gpd.GeoDataFrame({"geoid": [f"97{name}" for name in boxes]}, geometry=list(boxes.values()), crs="EPSG:4326")


def pairs(table) -> set[tuple[str, str]]:
    return {
        (a.removeprefix("97"), b.removeprefix("97")) for a, b in zip(table["geoid_a"], table["geoid_b"], strict=True)
    }


def test_a_corner_is_no_contact_and_a_side_is():
    tracts = frame(a=box(0, 0, 0.01, 0.01), b=box(0.01, 0, 0.02, 0.01), c=box(0.02, 0.01, 0.03, 0.02))
    table = contacts(tracts, 50.0)
    assert pairs(table) == {("a", "b")}
    assert table["shared_m"].iloc[0] == pytest.approx(0.01 / METER, rel=0.01)


def test_slivers_neither_part_nor_join():
    gap, overlap = 2 * METER, -2 * METER
    tracts = frame(
        a=box(0, 0, 0.01, 0.01),
        b=box(0.01 + gap, 0, 0.02, 0.01),
        c=box(0.02 + overlap, 0, 0.03, 0.01),
        far=box(0.03 + 20 * METER, 0, 0.04, 0.01),
    )
    assert pairs(contacts(tracts, 50.0)) == {("a", "b"), ("b", "c")}


def test_a_shorter_border_than_asked_for_does_not_count():
    tracts = frame(a=box(0, 0, 0.01, 0.01), b=box(0.01, 0.01 - 30 * METER, 0.02, 0.02))
    assert pairs(contacts(tracts, 50.0)) == set()
    assert pairs(contacts(tracts, 20.0)) == {("a", "b")}


def test_rows_without_polygon_and_their_order_do_not_matter():
    tracts = frame(b=box(0.01, 0, 0.02, 0.01), x=None, a=box(0, 0, 0.01, 0.01))
    turned = tracts.iloc[::-1]
    assert pairs(contacts(tracts, 50.0)) == pairs(contacts(turned, 50.0)) == {("a", "b")}


def test_states_are_apart():
    tracts = frame(a=box(0, 0, 0.01, 0.01), b=box(0.01, 0, 0.02, 0.01))
    tracts["geoid"] = ["97a", "98b"]
    assert len(contacts(tracts, 50.0)) == 0
    assert contacts(tracts.iloc[:0], 50.0).columns.tolist() == ["geoid_a", "geoid_b", "shared_m"]


@pytest.mark.realdata
def test_georgia_has_borders_that_do_not_match_edge_by_edge(realdata):
    tracts = gpd.read_file(realdata / "GA" / "cb_2020_13_tract_500k.zip").rename(columns={"GEOID": "geoid"})
    table = contacts(tracts.to_crs(4326), 50.0)
    # Matched by edges alone, these two tracts of two counties would not touch.
    assert ("13071970102", "13277960800") in pairs(table)
    # These lie over one another in part.
    assert ("13027960600", "13275961100") in pairs(table)
    degree = np.bincount(np.unique(table[["geoid_a", "geoid_b"]].to_numpy(), return_inverse=True)[1].ravel())
    assert 4.5 < degree.mean() < 6.5
