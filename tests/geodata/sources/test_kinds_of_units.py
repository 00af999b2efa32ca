"""Which kind of units a power or a program stands for."""

from __future__ import annotations

import pandas as pd

from geodata.settings import Opportunity
from geodata.sources.kinds_of_units import told_kinds


def test_power_tells_the_kind_before_the_program_and_neither_tells_none() -> None:
    programs = pd.Series(["NEVI", None, None, None, "state", "nevi cfi"], dtype="str")
    power = pd.Series([None, 19.3, 19.2, 1.9, None, 7.2], dtype="float64")
    found = told_kinds(programs, power, Opportunity())
    assert found.fillna("").tolist() == ["dc_fast", "dc_fast", "level2", "level1", "", "level2"]
