"""Training known in a place or county without an exact location is named there, and nowhere else."""

from __future__ import annotations

import pandas as pd
import pytest

from geodata.scoring.training import counting_providers, unlocated_providers
from geodata.scoring.unlocated import unlocated_near
from geodata.settings import Training

TRACTS = pd.DataFrame(
    {
        "geoid": ["a", "b", "c", "d"],
        "state": ["XL", "XL", "XL", "YL"],
        "county_geoid": ["97001", "97001", "97003", "98001"],
        "county_name": ["East County", "East County", None, "Far County"],
        "place_name": ["Fenwick", None, None, None],
        "town_name": [None, "Oxbow", None, None],
        "latitude": [41.0, 41.2, 42.0, 41.0],
        "longitude": [-71.0, -71.2, -72.0, -71.0],
    }
)


NO_ZIPS = pd.DataFrame({"state": [], "latitude": [], "longitude": []}).astype({"state": "str"})


def named(table: pd.DataFrame, zips: pd.DataFrame = NO_ZIPS) -> list[tuple[int, str | None]]:
    found = unlocated_near(TRACTS, table, zips)
    where = [None if pd.isna(name) else name for name in found["unlocated_where"]]
    return list(zip(found["unlocated_providers"].tolist(), where, strict=True))


def at(latitude: float, quality: str, state: str = "XL") -> pd.DataFrame:
    frame = pd.DataFrame({"state": [state], "latitude": [latitude], "location_quality": [quality], "zip": ["02840"]})
    return frame.assign(longitude=-(latitude + 30.0))


def test_a_zip_code_is_told_in_its_place_and_otherwise_in_its_county() -> None:
    # Nearest to (41.01, -71.01) is tract a, in Fenwick.
    assert named(at(41.01, "zip")) == [(1, "Fenwick"), (1, "East County"), (0, None), (0, None)]


def test_the_place_counts_its_own_and_the_county_all() -> None:
    both = pd.concat([at(41.01, "zip"), at(41.01, "place"), at(41.19, "zip")])
    assert named(both) == [(2, "Fenwick"), (1, "Oxbow"), (0, None), (0, None)]


def test_a_provider_known_by_its_county_is_told_in_all_of_it() -> None:
    assert named(at(41.01, "county"))[:2] == [(1, "East County"), (1, "East County")]
    assert named(at(42.0, "zip"))[2] == (1, "County 97003")


def test_a_provider_known_by_its_state_is_said_of_no_tract() -> None:
    lost = at(41.0, "unknown").assign(latitude=float("nan"), longitude=float("nan"))
    assert named(lost) == [(0, None)] * 4


def test_a_provider_is_counted_or_unlocated_and_never_both_or_neither() -> None:
    plain = {"entry_stage": "entry", "cip_codes": "46.0302", "seats": 5.0, "seats_basis": "seats", "longitude": -71.0}
    plain |= {"share": 1.0, "seats_expected": 5.0}
    qualities = ["point", "street", "zip", "place", "county", "area", "unknown"]
    table = pd.DataFrame([{**plain, "location_quality": quality, "latitude": 41.0} for quality in qualities])
    table = pd.concat([table, table.assign(entry_stage="advanced"), table.assign(cip_codes="51.0000")])
    choices = Training()
    assert counting_providers(table, choices)["location_quality"].tolist() == qualities[:2]
    assert unlocated_providers(table, choices)["location_quality"].tolist() == qualities[2:]
    # A campus with part of the awards counts by its ZIP code too: elsewhere its seats would err more.
    campuses = table.assign(share=0.5)
    assert counting_providers(campuses, choices)["location_quality"].tolist() == qualities[:3]
    assert unlocated_providers(campuses, choices)["location_quality"].tolist() == qualities[3:]


def test_a_campus_that_shares_awards_is_counted_at_its_zip_code() -> None:
    campus = {"entry_stage": "entry", "cip_codes": "46.0302", "seats": 5.0, "seats_basis": "shared", "share": 0.5}
    table = pd.DataFrame([{**campus, "seats_expected": 5.0, "location_quality": "zip", "latitude": 41.0}])
    for name, counted in (("share", True), ("whole", False), ("none", False)):
        rows = table.assign(share={"share": 0.5, "whole": 1.0, "none": 0.0}[name])
        assert len(counting_providers(rows, Training())) == counted, name
        assert len(unlocated_providers(rows, Training())) == (not counted), name
    assert not len(counting_providers(table.assign(latitude=float("nan")), Training()))


def test_people_of_the_zip_code_are_told_whatever_their_place_and_county() -> None:
    zips = pd.DataFrame({"state": "XL", "latitude": [41.5, 42.9, 41.5], "longitude": [-71.5, -72.9, -71.5]})
    lost = pd.concat([at(41.5, "zip"), at(41.5, "zip").assign(zip="02841"), at(41.5, "zip").assign(zip="02841")])
    # Nearest to (41.5, -71.5) is tract b in Oxbow; people of a share the ZIP code, and so do those of c.
    assert named(lost, zips) == [(2, "ZIP 02841"), (3, "Oxbow"), (2, "ZIP 02841"), (0, None)]
    # Another state's people do not hear of it, and a provider known by its place has no ZIP code to tell.
    assert named(at(41.5, "zip"), zips.assign(state="YL")) == [
        (1, "East County"),
        (1, "Oxbow"),
        (0, None),
        (0, None),
    ]
    assert named(at(41.5, "place"), zips)[2] == (0, None)


@pytest.mark.parametrize("count", [0, 1])
def test_without_tracts_or_providers_nothing_is_told(count: int) -> None:
    table = unlocated_near(TRACTS.iloc[:count], at(41.0, "zip").iloc[:0], NO_ZIPS)
    assert table["unlocated_providers"].sum() == 0


def test_a_place_comes_before_a_zip_code_and_a_zip_code_before_a_county() -> None:
    """One provider each way: in tract a's place, in the ZIP code of b and c, and in the county of all but d."""
    zips = pd.DataFrame({"state": "XL", "latitude": [41.3, 41.01], "longitude": [-71.3, -71.01]})
    assert named(at(41.3, "zip"), zips) == [(1, "East County"), (1, "Oxbow"), (1, "ZIP 02840"), (0, None)]
    # Of two codes at one point the one of more providers is named, and of equals the lower number.
    equal = pd.concat([at(41.3, "zip").assign(zip="02841"), at(41.3, "zip")])
    assert named(equal, zips)[2] == (1, "ZIP 02840")
    # A code nobody has written down is none.
    assert named(at(41.3, "zip").assign(zip=None), zips)[2] == (0, None)


def test_tracts_without_a_center_have_no_zip_code_and_are_nobodys_home() -> None:
    tracts = TRACTS.assign(latitude=[float("nan"), 41.2, 42.0, 41.0])
    zips = pd.DataFrame({"state": ["XL"], "latitude": [41.0], "longitude": [-71.0]})
    found = unlocated_near(tracts, at(41.0, "zip"), zips)
    assert found["unlocated_where"].fillna("").tolist() == ["East County", "Oxbow", "ZIP 02840", ""]
    assert found["unlocated_providers"].tolist() == [1, 1, 1, 0]
