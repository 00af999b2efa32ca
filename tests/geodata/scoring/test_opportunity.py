from __future__ import annotations

import pandas as pd

from geodata.scoring.opportunity import opening_quarters


def test_quarters_are_counted_from_the_day_of_the_run() -> None:
    days = pd.Series(pd.to_datetime(["2026-01-01", "2026-11-22", "2026-12-31", "2027-04-01", None]))
    assert list(opening_quarters(days, "2026-11-22")) == ["past", "2026Q4", "2026Q4", "2027Q2", "unknown"]
