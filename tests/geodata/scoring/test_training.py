"""Which providers count, and with how many seats."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata.scoring.training import counting_providers, unlocated_providers
from geodata.settings import Training

CHOICES = Training(cip_codes=("46.0302",), entry_stages=("entry",), assumed_seats=12)


def providers(**columns: list[object]) -> pd.DataFrame:
    plain = {"location_quality": "point", "latitude": 1.0, "entry_stage": "entry", "cip_codes": "46.0302",
             "seats": 40.0, "seats_basis": "seats", "seats_expected": np.nan, "share": 1.0}  # fmt: skip
    n = len(next(iter(columns.values())))
    return pd.DataFrame({**{name: [value] * n for name, value in plain.items()}, **columns})


def test_counted_are_placed_entry_programs_of_the_chosen_codes() -> None:
    assert len(counting_providers(providers(location_quality=["point", "street", "postal_code"]), CHOICES)) == 2
    assert len(counting_providers(providers(latitude=[1.0, np.nan]), CHOICES)) == 1
    assert len(counting_providers(providers(entry_stage=["entry", "advanced"]), CHOICES)) == 1
    # Without any code known a provider counts.
    assert len(counting_providers(providers(cip_codes=["01.0101 46.0302", "01.0101", "", None]), CHOICES)) == 3


def test_unknown_seats_take_the_default_and_are_flagged() -> None:
    made = counting_providers(providers(seats=[40.0, np.nan, 9.0], seats_basis=["seats", "seats", "assumed"]), CHOICES)
    assert made["seats_used"].tolist() == [40.0, 12.0, 9.0]
    assert made["seats_assumed"].tolist() == [False, True, True]


def test_expected_seats_stand_in_where_no_setting_overrides_them() -> None:
    expecting = CHOICES.model_copy(update={"assumed_seats": None})
    rows = providers(
        seats=[40.0, np.nan], seats_expected=[30.0, 14.2], seats_basis=["completions", "assumed"], share=[1.0, 0.5]
    )
    made = counting_providers(rows, expecting)
    assert made["seats_used"].tolist() == [30.0, 14.2]
    assert made["seats_assumed"].tolist() == [False, True]
    # The setting says the seats of a whole institution: half of it stands at a campus with half a share.
    assert counting_providers(rows, CHOICES)["seats_used"].tolist() == [30.0, 6.0]


def test_a_provider_known_to_award_nothing_is_no_supply() -> None:
    rows = providers(seats=[40.0, 0.0, np.nan], seats_expected=[40.0, 0.0, 0.0])
    assert len(counting_providers(rows, CHOICES.model_copy(update={"assumed_seats": None}))) == 1
    assert len(counting_providers(providers(seats=[0.0]), CHOICES)) == 0


def test_a_campus_that_shares_awards_counts_from_its_zip_code_and_no_other_provider_does() -> None:
    rows = providers(location_quality=["zip", "zip", "zip", "place"], share=[0.5, 1.0, 0.0, 0.5])
    assert counting_providers(rows, CHOICES)["share"].tolist() == [0.5]


def test_rows_are_numbered_anew_and_one_seat_is_a_supply() -> None:
    rows = providers(seats=[0.0, 1.0, np.nan], entry_stage=["entry", "entry", "advanced"])
    made = counting_providers(rows, CHOICES)
    assert made.index.tolist() == [0] and made["seats_used"].tolist() == [1.0]
    lost = providers(location_quality=["point", "county", "county"], entry_stage=["entry", "advanced", "entry"])
    assert unlocated_providers(lost, CHOICES).index.tolist() == [0]


def test_half_a_seat_is_one_and_a_share_nobody_knows_is_the_whole() -> None:
    rows = providers(seats=[0.5, np.nan, np.nan], share=[1.0, np.nan, 0.25])
    assert counting_providers(rows, CHOICES)["seats_used"].tolist() == [0.5, 12.0, 3.0]


def test_a_share_of_a_campus_known_by_its_county_alone_counts_nowhere() -> None:
    rows = providers(location_quality=["point", "county", "zip"], share=[1.0, 0.5, 0.5])
    assert unlocated_providers(rows, CHOICES)["location_quality"].tolist() == ["county"]
    assert counting_providers(rows, CHOICES).columns.tolist() == [*rows.columns, "seats_used", "seats_assumed"]
