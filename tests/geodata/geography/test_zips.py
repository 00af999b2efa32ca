from __future__ import annotations

import pandas as pd

from geodata.geography.zips import clean_zips, state_of_zips
from geodata.states import REGISTRY


def test_zip_codes_are_cleaned() -> None:
    typed = pd.Series(["02903", "2903", "02903-1234", "029031234", "801", "2903.0", "O2903", None, "12"], dtype="str")
    found = [None if pd.isna(value) else value for value in clean_zips(typed)]
    assert found == ["02903", "02903", "02903", "02903", "00801", "02903", None, None, None]


def test_the_state_of_a_zip_code() -> None:
    codes = ["02903", "30301", "39901", "20001", "06390", "06320", "00601", "99501", "96799", "96910", "00000"]
    found = [None if pd.isna(value) else value for value in state_of_zips(pd.Series(codes, dtype="str"))]
    assert found == ["RI", "GA", "GA", "DC", "NY", "CT", "PR", "AK", "AS", "GU", None]


def test_every_real_state_has_zip_codes() -> None:
    every = pd.Series([f"{number:05d}" for number in range(100, 100_000, 50)], dtype="str")
    found = set(state_of_zips(every).dropna()) | set(state_of_zips(pd.Series(["96799"], dtype="str")))
    assert found == {state.usps for state in REGISTRY if not state.fictional}


def test_the_four_of_zip_plus_four_do_not_hide_a_lost_zero() -> None:
    typed = pd.Series(["2903-1234", "29031234", "801-0123", "8010123", "2903 1234", "123456"], dtype="str")
    found = [None if pd.isna(value) else value for value in clean_zips(typed)]
    assert found == ["02903", "02903", "00801", "00801", "02903", None]
