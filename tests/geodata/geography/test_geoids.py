from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.errors import InputError
from geodata.geography.geoids import (
    clean_geoids,
    connecticut_bridge,
    connecticut_scheme,
    county_of,
    ct_scheme_column,
    tract_vintage,
    usps_of,
    year_in,
)
from geodata.states import REGISTRY

FIPS = [state.fips for state in REGISTRY]
sound = st.builds(lambda fips, rest: fips + f"{rest:09d}", st.sampled_from(FIPS), st.integers(0, 999_999_999))


def text(*values: object) -> pd.Series:
    return pd.Series(list(values), dtype="str")


def cleaned(*values: object, digits: int = 11) -> list[str | None]:
    return [None if pd.isna(v) else v for v in clean_geoids(text(*values), digits)]


@given(sound)
def test_a_sound_code_survives_cleaning(geoid: str) -> None:
    assert cleaned(geoid, f" {geoid} ", f"{geoid}.0", f"1400000US{geoid}") == [geoid] * 4


@given(sound.filter(lambda g: g[0] == "0"))
def test_one_lost_zero_is_put_back(geoid: str) -> None:
    assert cleaned(geoid[1:], f"{geoid[1:]}.0") == [geoid, geoid]


@given(sound, st.integers(1, 9))
def test_a_code_cut_shorter_is_not_filled_up(geoid: str, kept: int) -> None:
    assert cleaned(geoid[-kept:]) == [None]


def test_what_is_no_tract_code_is_missing() -> None:
    assert cleaned("0500000US44001", "44001", "00001020100", "4400103010O", "", None, "440010301001") == [None] * 7
    # Ten digits that begin with no state once filled up: 00 is none.
    assert cleaned("0123456789") == [None]


def test_other_levels_have_their_own_length_and_prefix() -> None:
    assert cleaned("0500000US44001", "1001", "44001", digits=5) == ["44001", "01001", "44001"]
    assert cleaned("1600000US4459000", digits=7) == ["4459000"]
    assert cleaned("0400000US44", "6", digits=2) == ["44", "06"]


def test_parts() -> None:
    codes = text("44007000101", "97001000100")
    assert list(usps_of(codes)) == ["RI", "XL"]
    assert list(county_of(codes)) == ["44007", "97001"]


def test_connecticut_schemes_are_distinguished() -> None:
    assert connecticut_scheme(text("44001030100")) == "not_applicable"
    assert connecticut_scheme(text("09001010101", "09015900100", "44001030100")) == "counties"
    assert connecticut_scheme(text("09110010101", "09190900100")) == "planning_regions"
    assert list(ct_scheme_column(text("09001010101", "44001030100"))) == ["counties", "not_applicable"]


def test_a_file_of_both_schemes_or_of_neither_is_refused() -> None:
    with pytest.raises(InputError, match="mixed"):
        connecticut_scheme(text("09001010101", "09110010201"))
    with pytest.raises(InputError, match="09777"):
        connecticut_scheme(text("09777010101"))


def test_connecticuts_schemes_are_bridged_by_the_tract_code() -> None:
    counties = text("09013528100", "09001010101", "44001030100")
    regions = text("09190010101", "09110528100")
    bridge = connecticut_bridge(regions, counties)
    assert bridge.to_dict() == {"09013528100": "09110528100", "09001010101": "09190010101"}


def test_a_bridge_needs_one_table_of_each_scheme() -> None:
    with pytest.raises(InputError, match="same codes"):
        connecticut_bridge(text("09001010101"), text("09013528100"))
    with pytest.raises(InputError, match="twice"):
        connecticut_bridge(text("09001010101", "09003010101"), text("09110010101"))


def test_vintage_and_year() -> None:
    assert [tract_vintage(year) for year in (2018, 2019, 2020, 2024)] == [2010, 2010, 2020, 2020]
    assert year_in("cb_2020_44_tract_500k.zip") == 2020
    assert year_in("hd2023.csv") == 2023
    assert year_in("10775979.csv") is None
