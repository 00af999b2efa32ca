"""Which providers count, and with how many seats."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata.scoring.training import counting_providers
from geodata.settings import Training

CHOICES = Training(cip_codes=("46.0302",), entry_stages=("entry",), assumed_seats=12)


def providers(**columns: list[object]) -> pd.DataFrame:
    plain = {"location_quality": "point", "latitude": 1.0, "entry_stage": "entry", "cip_codes": "46.0302",
             "seats": 40.0, "seats_basis": "reported"}  # fmt: skip
    n = len(next(iter(columns.values())))
    return pd.DataFrame({**{name: [value] * n for name, value in plain.items()}, **columns})


def test_counted_are_placed_entry_programs_of_the_chosen_codes() -> None:
    assert len(counting_providers(providers(location_quality=["point", "street", "postal_code"]), CHOICES)) == 2
    assert len(counting_providers(providers(latitude=[1.0, np.nan]), CHOICES)) == 1
    assert len(counting_providers(providers(entry_stage=["entry", "advanced"]), CHOICES)) == 1
    # Without any code known a provider counts.
    assert len(counting_providers(providers(cip_codes=["01.0101 46.0302", "01.0101", "", None]), CHOICES)) == 3


def test_unknown_seats_take_the_default_and_are_flagged() -> None:
    made = counting_providers(providers(seats=[40.0, np.nan, 9.0], seats_basis=["x", "x", "assumed"]), CHOICES)
    assert made["seats_used"].tolist() == [40.0, 12.0, 9.0]
    assert made["seats_assumed"].tolist() == [False, True, True]
