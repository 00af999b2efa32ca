"""Where a row says it is."""

from __future__ import annotations

import pandas as pd

from geodata.sources.places_of_rows import quality_of_decimals, state_codes


def text(*values: str | None) -> pd.Series:
    return pd.Series(values, dtype="str")


def test_states_in_their_spellings() -> None:
    found = state_codes(text("RI", "44", "Rhode Island", "9", "Nowhere", None))
    assert found.fillna("").tolist() == ["RI", "RI", "RI", "CT", "", ""]


def test_decimals_say_how_exact_a_place_can_be() -> None:
    latitude = text("41.8236", "41.82", "41.8", "41.823", "41.82", "north", None)
    longitude = text("-71.4222", "-71.4222", "-71.4", "-71.4", "-71.42", "-71.4222", "-71.4")
    assert quality_of_decimals(latitude, longitude).tolist() == [
        "point",
        "point",
        "area",
        "street",
        "area",
        "unknown",
        "unknown",
    ]
