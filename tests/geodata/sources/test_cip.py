from __future__ import annotations

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.settings import Training
from geodata.sources.cip import chosen_codes, clean_cip

CHOSEN = Training().cip_codes


def listed(series: pd.Series) -> list[str | None]:
    return [None if pd.isna(value) else value for value in series]


def test_codes_as_people_type_them() -> None:
    typed = [
        "46.0302",
        "460302",
        "'46.0302'",
        "1.0802",
        "10802",
        "46.03",
        "4603",
        "46.041",
        "46",
        "99",
        "-1",
        "x",
        None,
    ]
    assert listed(clean_cip(pd.Series(typed, dtype="str"))) == [
        *["46.0302"] * 3,
        *["01.0802"] * 2,
        *["46.03"] * 2,
        "46.0410",
        *[None] * 5,
    ]


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 99), st.integers(0, 9999))
def test_a_sound_code_survives(field: int, program: int) -> None:
    code = f"{field:02d}.{program:04d}"
    assert listed(clean_cip(pd.Series([code, code.replace(".", "")], dtype="str"))) == [code, code]


def test_which_chosen_code_is_meant() -> None:
    typed = ["46.0302", "460303", "46.03", "46.303", "51.3901", "51.39", "46", None]
    found = listed(chosen_codes(pd.Series(typed, dtype="str"), CHOSEN))
    assert found == ["46.0302", "46.0303", "46.0301", "46.0303", None, None, None, None]
