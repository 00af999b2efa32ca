from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.errors import InputError
from geodata.sources.formats.values import ACS_CODES, SVI_CODES, counts, dates, flags, not_counts, numbers, to_numbers


def text(*values: object) -> pd.Series:
    return pd.Series(list(values), dtype="str")


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False, width=64), max_size=30))
def test_numbers_survive_the_way_through_text(values: list[float]) -> None:
    assert np.array_equal(to_numbers(text(*map(repr, values))).to_numpy(), np.array(values, dtype=float))


def test_signed_and_padded_numbers_as_the_census_writes_them() -> None:
    assert to_numbers(text("+46.703130", "-093.405963", "x", None)).tolist()[:2] == [46.70313, -93.405963]
    assert to_numbers(text("inf", "nan", "-inf")).isna().all()


def test_codes_never_become_numbers_and_keep_their_meaning() -> None:
    found = numbers(text("0", "12", "-999", "-666666666", "-999999999", None), codes=SVI_CODES, least=0)
    assert found.values.tolist()[:2] == [0, 12]
    assert found.values[2:].isna().all()
    assert found.status.tolist() == ["value", "value", "missing", "missing", "suppressed", "missing"]


@given(st.lists(st.sampled_from([*ACS_CODES, -999.0, -555555555.0, 0.0, 7.0]), min_size=1, max_size=50))
def test_no_code_reaches_arithmetic(values: list[float]) -> None:
    found = numbers(text(*(f"{value:.0f}" for value in values)), codes=SVI_CODES, least=0)
    assert not (found.values < 0).any()
    assert found.values.notna().tolist() == [value >= 0 for value in values]


def test_a_new_code_is_named_and_treated_as_missing() -> None:
    notes: list[str] = []
    found = numbers(text("5", "-777777777"), codes=SVI_CODES, least=0, column="E_POV150", notes=notes)
    assert found.values.isna().tolist() == [False, True]
    assert notes == ["E_POV150: cells without a usable number, treated as missing: 1 (such as “-777777777”)."]


def test_a_column_that_changed_its_kind_is_refused() -> None:
    with pytest.raises(InputError, match=r"SVI\.csv, field “EP_POV150”: 30 of 31 filled cells") as raised:
        numbers(text(*["11.9%"] * 30, "3"), file="SVI.csv", column="EP_POV150")
    assert "“11.9%”" in str(raised.value)


def test_flags_and_dates() -> None:
    assert flags(text("True", "false", "1", "0.0", "maybe", None)).tolist()[:4] == [True, False, True, False]
    assert flags(text("maybe", None)).isna().all()
    found = dates(
        text("2026-05-14", "2025-12-09T17:32:22Z", "2020-09-03 19:35:48", "07/22/2026", "2026-07", "2027-13-40")
    )
    assert [None if pd.isna(d) else str(d.date()) for d in found] == [
        "2026-05-14",
        "2025-12-09",
        "2020-09-03",
        "2026-07-22",
        "2026-07-01",
        None,
    ]


def test_counts_are_whole_and_not_negative() -> None:
    found = counts(text("4", "4.0", "4.5", "-1", "", None, "x"))
    assert found.tolist()[:2] == [4, 4]
    assert found[2:].isna().all()


def test_a_thousands_mark_is_no_decimal_point() -> None:
    found = counts(text("1.000", "1,000", "12.345.678", "4.0", "4.00", "1000", "+4"))
    assert found.tolist()[3:] == [4, 4, 1000, 4]
    assert found.isna().tolist()[:3] == [True, True, True]


def test_what_is_no_count_is_told_from_what_is_not_told() -> None:
    wrong = not_counts(text("4", "1.000", "1,000", "two", "-3", "4.5", "inf", "n/a", "TBD", "unknown", "", None))
    assert wrong.tolist() == [False, True, True, True, True, True, True, False, False, False, False, False]
