"""What rests on a supply nobody reported is missing, in every table and for that state alone."""

from __future__ import annotations

import pandas as pd

from geodata.analysis.scoring_steps import SCORING
from geodata.analysis.step import Walk
from geodata.schemas.canonical import PROVIDERS
from geodata.scoring.known_supplies import RESTS_ON, known_supplies, masked
from tests.geodata import small_world as world


def scored(**changed: pd.DataFrame) -> Walk:
    given = {"canonical": world.canonical(**changed), "states": ["XL"], "settings": world.SETTINGS}
    return Walk(SCORING, {**given, "as_of": world.AS_OF})


def test_a_supply_is_known_where_any_row_of_it_lies_in_or_near_the_state() -> None:
    area = scored(providers=PROVIDERS.empty()).value("study_area")
    assert known_supplies(area, world.SETTINGS).to_dict("records") == [
        {"state": "XL", "training": False, "work": True, "job_centers": True}
    ]


def test_a_tract_beyond_every_provider_has_none_and_one_of_an_unknown_state_has_no_number() -> None:
    known = scored().value("tract_scores").set_index("geoid")
    far = known[known["nearest_provider_minutes"].isna()]
    assert len(far) and (far["providers_within"] == 0).all() and (far["seats_within"] == 0).all()
    unknown = scored(providers=PROVIDERS.empty()).value("tract_scores")
    assert unknown[list(set(RESTS_ON["training"]) & set(unknown))].isna().all(axis=None)
    assert unknown["sites_within"].notna().all() and unknown["opportunity"].notna().all()


def test_only_the_state_that_does_not_know_is_masked() -> None:
    table = pd.DataFrame({"state": ["XL", "XM"], "providers": [3, 0], "seats": [9.0, 0.0], "planned_sites": [1, 2]})
    known = pd.DataFrame({"state": ["XL", "XM"], "training": [True, False], "work": True, "job_centers": False})
    made = masked(table, known)
    assert made["providers"].tolist() == [3, pd.NA] and made["seats"].isna().tolist() == [False, True]
    assert made["planned_sites"].tolist() == [1, 2]
    assert table["providers"].tolist() == [3, 0]


def test_a_state_without_a_row_of_what_is_known_knows_nothing() -> None:
    table = pd.DataFrame({"state": ["XS"], "providers": [3]})
    known = pd.DataFrame({"state": ["XL"], "training": [True], "work": [True], "job_centers": [True]})
    assert masked(table, known)["providers"].isna().all()
