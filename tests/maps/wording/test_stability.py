"""What is said of other weights and other choices: the worst first, nobody reassured, nothing of what is unknown."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from geodata.schemas.state_result import StateResult
from geodata.settings import Settings
from maps.texts import load_texts
from maps.wording.stability import (
    other_choices,
    sensitivity_sentences,
    top_places,
    weights_count,
    weights_sentence,
)

CHANCES = Settings().uncertainty
ROW = {"top_in_weight_sets": 83, "need": 90.0, "training_gap": 80.0, "opportunity": 20.0}


@pytest.mark.parametrize(
    ("language", "unit", "said"),
    [
        (
            "en",
            "community",
            "On average over its eligible adults, its tracts are in the top tenth in 83 of 100 ways to weigh need, "
            "training gap and planned work.",
        ),
        (
            "es",
            "tract",
            "Está en la décima parte superior de las secciones en 83 de 100 maneras de ponderar necesidad, brecha de "
            "capacitación y trabajo previsto.",
        ),
    ],
)
def test_the_ways_to_weigh_are_said_with_their_number(language: str, unit: str, said: str) -> None:
    assert weights_sentence(ROW, load_texts(language), CHANCES, unit) == said


def test_what_is_not_known_is_not_weighed_and_not_named() -> None:
    texts = load_texts("en")
    assert "to weigh need and training gap." in weights_sentence({**ROW, "opportunity": None}, texts, CHANCES, "tract")
    assert "to weigh need and planned work." in weights_sentence({**ROW, "training_gap": None}, texts, CHANCES, "tract")
    missing = {**ROW, "top_in_weight_sets": pd.NA}
    assert weights_sentence(missing, texts, CHANCES, "tract") == weights_count(missing, texts, CHANCES) == ""


def test_a_table_says_it_in_a_few_words() -> None:
    assert weights_count(ROW, load_texts("en"), CHANCES) == "83 of 100 ways to weigh"
    assert weights_count(ROW, load_texts("es"), CHANCES) == "83 de 100 ponderaciones"


def _with(result: StateResult, rows: list[tuple[object, ...]]) -> StateResult:
    names = ["state", "setting", "alternative", "unit_kind", "top", "kept", "rank_correlation", "left_top"]
    return replace(result, tables={**result.tables, "sensitivity": pd.DataFrame(rows, columns=names)})


def test_the_worst_choice_is_first_and_who_leaves_is_named(synthetic: StateResult) -> None:
    communities = synthetic.table("communities").sort_values("rank")
    one, other = communities["community_id"].iloc[:2]
    result = _with(
        synthetic,
        [
            ("XL", "access.decay", "step", "tract", 24, 22, 0.99, None),
            ("XL", "access.decay", "step", "community", 10, 9, 0.95, other),
            ("XL", "assumed_seats", "none", "tract", 24, 11, 0.61, None),
            ("XL", "assumed_seats", "none", "community", 10, 3, 0.5, f"{one} {other}"),
        ],
    )
    texts = load_texts("en")
    first = other_choices(result, texts)[0]
    assert (first.setting, first.alternative) == ("Training seats nobody reports", "counted as none")
    assert (first.kept, first.tracts_kept, first.correlation) == (3, 11, 0.61)
    assert len(first.left) == 2
    stay, worst, tracts = sensitivity_sentences(result, texts)
    assert stay == "Under each of 2 other choices of method or assumption, 3 to 9 of the first 10 communities stay."
    assert worst.startswith("The worst is “Training seats nobody reports: counted as none”; then these leave: ")
    assert all(name in worst for name in first.left)
    assert tracts == "Of the 24 tracts in the top tenth, 11 to 22 stay."


def test_where_all_stay_that_is_said_and_no_more(synthetic: StateResult) -> None:
    rows = [("XL", "access.decay", "step", unit, 10, 10, 1.0, None) for unit in ("tract", "community")]
    first, tracts = sensitivity_sentences(_with(synthetic, rows), load_texts("en"))
    assert first == "Under 1 other choice of method or assumption all of the first 10 communities stay."
    assert tracts == "Of the 10 tracts in the top tenth, 10 stay."


def test_without_communities_tracts_are_counted(synthetic: StateResult) -> None:
    rows = [
        ("XL", "access.decay", "step", "tract", 10, 7, 1.0, None),
        ("XL", "access.decay", "step", "community", 0, 0, None, None),
    ]
    for language in ("en", "es"):
        said = sensitivity_sentences(_with(synthetic, rows), load_texts(language))
        assert len(said) == 2
        assert "7" in said[0]
        assert "3" in said[1]


def test_nothing_computed_says_nothing(synthetic: StateResult) -> None:
    assert sensitivity_sentences(_with(synthetic, []), load_texts("en")) == []


def test_a_tier_is_said_with_its_denominators(synthetic: StateResult) -> None:
    ranked = int(synthetic.summary["n_ranked"])
    tracts, places = (synthetic.facts[f"tracts_{name}"] for name in ("in_the_list", "that_count_as_top"))
    said = top_places(synthetic, load_texts("en"))
    assert said == (
        f"the top tenth ({places}) of the state’s {tracts} scored tracts, {ranked} of which are listed as underserved"
    )
    assert str(ranked) in top_places(synthetic, load_texts("es"))
