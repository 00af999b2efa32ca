from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from geodata.decisions.barriers import barrier_lists, barriers
from geodata.schemas.canonical import MEASURES
from geodata.settings import Barriers

CHOICES = Barriers(measures=("no_vehicle", "no_internet"))


GEOIDS = [f"97001{n:06d}" for n in range(5)]


def survey(rows: list[tuple[int, str, float | None, float | None, float | None, str]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["n", "measure", "count", "share", "share_moe", "status"])
    frame["geoid"] = [GEOIDS[n] for n in frame["n"]]
    return MEASURES.validate(frame.assign(state="XL", count_moe=0.0, source="test", tract_vintage=2020))


def table(rows, members=((0, "c"), (1, "c"))) -> pd.DataFrame:
    tracts = pd.DataFrame({"geoid": GEOIDS, "state": "XL", "population": 1000.0})
    grouped = pd.DataFrame([(GEOIDS[n], name) for n, name in members], columns=["geoid", "community_id"])
    return barriers(survey(rows), tracts, grouped, CHOICES).set_index(["unit_kind", "unit_id", "measure"])


VEHICLES = [
    (0, "no_vehicle", 80.0, 0.20, 0.06, "value"),
    (1, "no_vehicle", 60.0, 0.30, 0.08, "value"),
    (2, "no_vehicle", 20.0, 0.05, 0.02, "value"),
    (3, "no_vehicle", 40.0, 0.10, 0.05, "value"),
    (4, "no_vehicle", None, None, None, "suppressed"),
]


def test_a_community_divides_its_counts_by_its_universes():
    made = table(VEHICLES)
    community = made.loc[("community", "c", "no_vehicle")]
    # Universes 80 / 0.20 = 400 and 60 / 0.30 = 200 households.
    assert community["share"] == pytest.approx(140 / 600)
    assert community["share_moe"] == pytest.approx(np.hypot(400 * 0.06, 200 * 0.08) / 600)
    assert community["state_median"] == pytest.approx(0.15)
    assert bool(community["clearly_above"]) is True
    assert community["support"] == "transit_or_mobile"


def test_a_share_counts_as_above_only_when_its_interval_is():
    made = table(VEHICLES)
    assert bool(made.loc[("tract", GEOIDS[0], "no_vehicle"), "clearly_above"]) is False
    assert bool(made.loc[("tract", GEOIDS[1], "no_vehicle"), "clearly_above"]) is True
    assert pd.isna(made.loc[("tract", GEOIDS[0], "no_vehicle"), "support"])


def test_what_the_survey_does_not_say_stays_missing():
    made = table(VEHICLES)
    suppressed = made.loc[("tract", GEOIDS[4], "no_vehicle")]
    assert np.isnan(suppressed["share"])
    assert pd.isna(suppressed["clearly_above"])
    assert made.xs("no_internet", level="measure")["share"].isna().all()


def test_a_community_mostly_without_values_has_no_share():
    made = table(VEHICLES, members=((0, "c"), (4, "d"), (1, "c")))
    assert np.isnan(made.loc[("community", "d", "no_vehicle"), "share"])


def test_a_margin_that_is_missing_makes_the_sum_uncertain_not_sure():
    rows = [(n, m, c, s, None if n == 0 else e, status) for n, m, c, s, e, status in VEHICLES]
    community = table(rows).loc[("community", "c", "no_vehicle")]
    assert np.isnan(community["share_moe"])
    assert pd.isna(community["clearly_above"])


def test_a_count_of_zero_keeps_its_people_in_the_denominator():
    rows = [*VEHICLES[:1], (1, "no_vehicle", 0.0, 0.0, 0.03, "value"), *VEHICLES[2:]]
    community = table(rows).loc[("community", "c", "no_vehicle")]
    # The usual universe is 0.4 households a resident, so tract 1 brings 400.
    assert community["share"] == pytest.approx(80 / 800)


def test_lists_name_the_farthest_above_first():
    rows = [*VEHICLES, (0, "no_internet", 300.0, 0.9, 0.01, "value"), (2, "no_internet", 3.0, 0.01, 0.01, "value")]
    rows += [(3, "no_internet", 3.0, 0.01, 0.01, "value"), (1, "no_internet", 200.0, 0.9, 0.01, "value")]
    made = table(rows).reset_index()
    assert barrier_lists(made, "community")["c"] == "no_internet no_vehicle"


def test_tracts_without_a_value_or_without_residents_add_nothing() -> None:
    made = table(VEHICLES, members=((0, "c"), (1, "c"), (4, "c")))
    community = made.loc[("community", "c", "no_vehicle")]
    assert community["share"] == pytest.approx(140 / 600)
    assert community["share_moe"] == pytest.approx(np.hypot(400 * 0.06, 200 * 0.08) / 600)
    rows = survey(
        [*VEHICLES[:1], (1, "no_vehicle", 0.0, 0.0, 0.03, "value"), (2, "no_vehicle", 20.0, 0.05, 0.02, "value")]
    )
    tracts = pd.DataFrame({"geoid": GEOIDS, "state": "XL", "population": [1000.0, 1000.0, 0.0, 0.0, 0.0]})
    grouped = pd.DataFrame({"geoid": GEOIDS[:2], "community_id": "c"})
    one = barriers(rows, tracts, grouped, CHOICES).set_index(["unit_kind", "measure"]).loc[("community", "no_vehicle")]
    # Of the tracts with residents one says how many households they are, 0.4 each; 400 are another 1,000.
    assert one["share"] == pytest.approx(80 / 800)


def test_lists_go_by_how_many_times_the_median_then_by_name_and_units_in_order() -> None:
    rows = [
        ("b", "no_vehicle", 0.3, 0.1), ("b", "no_internet", 0.9, 0.5), ("b", "disability", 0.6, 0.2),
        ("a", "no_vehicle", 0.2, 0.0), ("a", "no_internet", 0.3, 0.0),
    ]  # fmt: skip
    made = pd.DataFrame(rows, columns=["unit_id", "measure", "share", "state_median"])
    made = made.assign(unit_kind="tract", clearly_above=pd.array([True] * 5, dtype="boolean"))
    found = barrier_lists(made, "tract")
    assert found.to_dict() == {"a": "no_internet no_vehicle", "b": "disability no_vehicle no_internet"}
    assert list(found.index) == ["a", "b"] and barrier_lists(made, "community").empty


def test_a_share_or_a_count_of_nothing_says_nothing_of_how_many_are_asked() -> None:
    # Rounded by the publisher: five of a share of none, none of a tenth. 400 of 1,000 residents are usual here.
    rows = [(0, "no_vehicle", 5.0, 0.0, 0.01, "value"), (1, "no_vehicle", 0.0, 0.1, 0.01, "value")]
    others = [(2, "no_vehicle", 80.0, 0.2, 0.02, "value"), (3, "no_vehicle", 1.0, 0.0025, 0.001, "value")]
    community = table(rows + others).loc[("community", "c", "no_vehicle")]
    assert community["share"] == pytest.approx(0.1 * 400 / 800)
    one = table(rows + others, members=((3, "c"), (2, "c"))).loc[("community", "c", "no_vehicle")]
    assert one["share"] == pytest.approx(81 / 800)


def test_half_of_the_residents_are_enough_to_speak_for_a_community() -> None:
    made = table(VEHICLES, members=((0, "c"), (4, "c")))
    assert made.loc[("community", "c", "no_vehicle"), "share"] == pytest.approx(0.2)
    assert made.loc[("state", "XL", "no_vehicle"), "share"] == pytest.approx(200 / 1400)
    unknown = pd.DataFrame({"unit_kind": "tract", "unit_id": ["a"], "measure": "no_vehicle", "share": 0.9})
    unknown = unknown.assign(state_median=0.1, clearly_above=pd.array([None], dtype="boolean"))
    assert barrier_lists(unknown, "tract").empty
