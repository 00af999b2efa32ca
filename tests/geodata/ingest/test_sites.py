from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

from geodata.ingest.sites import sites, without_repeats
from geodata.schemas.canonical import COUNTIES, SITES

OUTLINE = gpd.GeoDataFrame(
    {"county_geoid": ["44001"], "state": ["RI"], "name": ["Kent County"]},
    geometry=[box(-72, 41, -71, 42)],
    crs="EPSG:4326",
)
METER = 1 / 111_195


def site(number: str, source: str = "afdc", **over: object) -> dict[str, object]:
    return {
        "site_id": f"{source}:{number}",
        "source": source,
        "name": "Quillport Library 56",
        "status": "planned",
        "state": "RI",
        "latitude": 41.5,
        "longitude": -71.5,
        "location_quality": "point",
    } | over


def table(*rows: dict[str, object]) -> pd.DataFrame:
    return SITES.validate(pd.DataFrame(list(rows)))


def award(**over: object) -> dict[str, object]:
    return site("7", "planned_sites", name="QUILLPORT LIBRARY #56", latitude=41.5 + 40 * METER) | over


def test_a_site_listed_twice_counts_once_and_is_filled() -> None:
    first = site("1", network="Non-Networked", program="CMAQ")
    second = award(units_dc_fast=4, power_kw=150.0, expected_date="2027-05-01", program="NEVI CMAQ")
    found = sites(table(first, second), OUTLINE)
    row = found.table.iloc[0]
    assert len(found.table) == 1
    assert (row["site_id"], row["units_dc_fast"], row["power_kw"]) == ("afdc:1", 4, 150)
    assert (row["program"], row["network"]) == ("CMAQ NEVI", "Non-Networked")
    assert str(row["expected_date"].date()) == "2027-05-01"
    assert found.rejects[["key", "reason", "remedy"]].to_numpy().tolist() == [
        ["planned_sites:7", "same_site", "Counted as afdc:1: similar name, 40 m apart."]
    ]
    assert found.notes == ["Planned sites listed by two sources, counted once: 1."]


def test_ports_come_whole_from_one_record() -> None:
    kept, _ = without_repeats(table(site("1", units_level2=2), award(units_dc_fast=4)))
    assert kept["units_level2"].tolist() == [2]
    assert kept["units_dc_fast"].isna().all()


def test_one_address_is_one_site_whatever_its_name() -> None:
    rows = table(site("1", address="400 East Ave"), award(name="Garage", address="400 E. Avenue"))
    kept, twice = without_repeats(rows)
    assert len(kept) == 1
    assert "same address" in twice["remedy"][0]


@pytest.mark.parametrize(
    "over",
    [
        {"latitude": 41.5 + 400 * METER},
        {"name": "Quillport Library 57"},
        {"status": "open"},
        {"network": "FLO"},
        {"source": "afdc", "site_id": "afdc:2"},
        {"latitude": None, "longitude": None},
    ],
)
def test_distinct_sites_stay_distinct(over: dict[str, object]) -> None:
    kept, twice = without_repeats(table(site("1", network="Volta"), award(**over)))
    assert len(kept) == 2
    assert twice.empty


def test_the_nearest_record_is_the_same_one_and_each_only_once() -> None:
    rows = table(
        site("1"),
        site("2", latitude=41.5 + 200 * METER),
        award(),
        award(site_id="planned_sites:8", latitude=41.5 + 60 * METER),
    )
    kept, twice = without_repeats(rows)
    assert sorted(kept["site_id"]) == ["afdc:1", "afdc:2"]
    assert dict(zip(twice["key"], twice["remedy"], strict=True)) == {
        "planned_sites:7": "Counted as afdc:1: similar name, 40 m apart.",
        "planned_sites:8": "Counted as afdc:2: similar name, 140 m apart.",
    }


def test_a_planned_site_beside_an_open_station_of_its_name_is_reported_and_kept() -> None:
    found = sites(table(site("1", status="open"), award()), OUTLINE)
    assert found.table["status"].tolist() == ["open", "planned"]
    assert "kept as planned: 1." in found.notes[0]


def test_sites_that_contradict_their_state_are_left_out() -> None:
    found = sites(table(site("1"), site("2", latitude=33.0)), OUTLINE)
    assert found.table["site_id"].tolist() == ["afdc:1"]
    assert found.rejects["reason"].tolist() == ["in_no_state"]
    assert found.notes == ["Sites outside the state they state, left out: 1."]


def test_without_outlines_nothing_is_checked_and_that_is_said() -> None:
    found = sites(table(site("1"), site("2", latitude=33.0)), COUNTIES.empty())
    assert len(found.table) == 2
    assert "not checked" in found.notes[0]


def test_no_sites() -> None:
    found = sites(SITES.empty(), OUTLINE)
    assert len(found.table) == 0
    assert found.notes == []


@pytest.mark.parametrize("status", ["under_construction", "delayed"])
def test_a_site_under_way_is_the_same_site_in_two_lists(status: str) -> None:
    merged, twice = without_repeats(table(site("1"), award(status=status)))
    assert (len(merged), len(twice)) == (1, 1)
