"""How travel was measured and who reaches training, in words."""

from __future__ import annotations

import pytest

from maps.texts import Texts, load_texts
from maps.wording.travel import mostly_without_training, reach_notes, travel_sentence


@pytest.fixture
def texts() -> Texts:
    return load_texts("en")


@pytest.mark.parametrize(
    ("engine", "version", "words"),
    [
        ("great_circle", "calibrated", "straight lines, calibrated on published drives"),
        ("great_circle", "constant speed", "straight lines at a constant speed"),
        ("friction", "1", "over a travel-time surface"),
        ("valhalla", "3.5", "by a routing server (Valhalla)"),
    ],
)
def test_the_engine_stands_in_words(texts: Texts, engine: str, version: str, words: str) -> None:
    assert travel_sentence({"engine": engine, "engine_version": version}, texts) == f"Minutes of travel: {words}."


def test_nothing_is_said_of_an_engine_that_is_not_known(texts: Texts) -> None:
    assert travel_sentence({}, texts) == travel_sentence({"engine": "by hand"}, texts) == ""


def test_those_who_reach_none_are_told_beside_the_minutes_of_the_others(texts: Texts) -> None:
    row = {"nearest_provider_minutes": 47.0, "share_reaching_training": 0.085, "share_over_water": 0.3}
    far, wet = reach_notes(row, texts)
    assert far == "92% of the people counted here reach none; the minutes are the median of the others."
    assert wet.startswith("For 30% of those who reach any, the straight line crosses open water")
    assert mostly_without_training(row)
    all_reach = {"nearest_provider_minutes": 20.0, "share_reaching_training": 1.0, "share_over_water": 0.0}
    assert reach_notes(all_reach, texts) == []
    assert not mostly_without_training(all_reach)


def test_what_is_not_known_is_not_told(texts: Texts) -> None:
    row = {"nearest_provider_minutes": 20.0, "share_reaching_training": None, "share_over_water": float("nan")}
    assert reach_notes(row, texts) == []
    assert not mostly_without_training(row)
    assert mostly_without_training({"nearest_provider_minutes": None})
