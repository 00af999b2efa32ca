"""What is weak or unknown is said first, in both languages, with what would settle it."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from geodata.schemas.computed import EVIDENCE
from geodata.schemas.state_result import StateResult
from maps.texts import load_texts
from maps.wording import evidence as words

SUBJECTS = (
    ("need", "people"),
    ("need", "margins"),
    ("need", "definitions"),
    ("training", "seats"),
    ("training", "providers"),
    ("work", "units"),
    ("work", "sites"),
)


def with_known(result: StateResult, **shares: float | None) -> StateResult:
    """Return the result with evidence of which `shares` are measured; None is unknown, and what is not named whole."""
    rows = []
    for pillar, subject in SUBJECTS:
        share = shares.get(subject, 1.0)
        verdict = "unknown" if share is None else "measured" if share >= 0.5 else "weak"
        rows.append(
            {
                "state": result.state.usps,
                "pillar": pillar,
                "subject": subject,
                "total": 0.0 if share is None else 10.0,
                "measured": share,
                "assumed": None if share is None else 1 - share,
                "unknown": None if share is None else 0.0,
                "verdict": verdict,
                "settled_by": None if verdict == "measured" else "completions seats_list",
            }
        )
    return replace(result, tables={**result.tables, "evidence": EVIDENCE.validate(pd.DataFrame(rows))})


@pytest.mark.parametrize("language", ["en", "es"])
def test_what_is_measured_is_not_spoken_of(synthetic: StateResult, language: str) -> None:
    texts, sound = load_texts(language), with_known(synthetic)
    assert words.first_sentence("Start in Ash.", sound, texts) == "Start in Ash."
    assert words.cautions(sound, texts, settle=True) == [] == words.settled_by(sound, texts)
    assert words.action_means(sound, texts, "recruit_now") == texts("codes.action_means.recruit_now")


def test_the_first_sentence_names_the_share_that_is_assumed(synthetic: StateResult) -> None:
    texts, weak = load_texts("en"), with_known(synthetic, seats=0.08)
    said = words.first_sentence("Start in Ash.", weak, texts)
    assert said == "Start in Ash. But check first: 92% of the training seats counted are assumed, not reported."
    assert "C2024_A.csv" in words.settled_by(weak, texts)[0]
    none = words.first_sentence("Start in Ash.", with_known(synthetic, seats=0.0), texts)
    assert none == "Start in Ash. But check first: all training seats counted are assumed, not reported."


def test_an_action_begins_with_what_to_find_out(synthetic: StateResult) -> None:
    texts = load_texts("en")
    said = words.action_means(with_known(synthetic, seats=0.1, units=0.2), texts, "bring_training")
    assert said.startswith("Find out first which providers teach the trade")
    assert "Ask first how many ports" in said and said.endswith(texts("codes.action_means.bring_training"))


@pytest.mark.parametrize("subject", [subject for _, subject in SUBJECTS])
@pytest.mark.parametrize("language", ["en", "es"])
def test_every_subject_has_its_sentence(synthetic: StateResult, subject: str, language: str) -> None:
    texts = load_texts(language).about(synthetic.settings.industry)
    for share in (0.1, None):
        found = words.doubts(with_known(synthetic, **{subject: share}), texts)
        # Places are of a list: where there is none the list itself is what is unknown.
        assert len(found) == (0 if share is None and subject in ("providers", "sites") else 1)
        assert all("{" not in one for one in found)


def test_without_people_no_margin_is_missed(synthetic: StateResult) -> None:
    texts = load_texts("en")
    assert words.doubts(with_known(synthetic, people=None, margins=None), texts) == [texts("evidence.unknown.people")]


def test_priority_rests_on_the_pillars_that_are_known(synthetic: StateResult) -> None:
    texts = load_texts("en")
    assert words.rests_on(synthetic, texts) == []
    scores = synthetic.table("tract_scores").assign(training_gap=float("nan"))
    silent = replace(synthetic, tables={**synthetic.tables, "tract_scores": scores})
    assert words.rests_on(silent, texts) == ["Priority is therefore based on need and planned work within reach alone."]


@pytest.mark.parametrize(("assumed", "said"), [(0, "56"), (14, "56 (assumed)"), (3, "56 (partly assumed)")])
def test_units_say_that_they_are_assumed(assumed: int, said: str) -> None:
    row = {"sites": 14, "units": 56, "sites_assumed": assumed}
    assert words.units_text(load_texts("en"), row) == said
    assert words.units_text(load_texts("en"), {"sites": 14, "units": 56}) == "56"


def test_what_lies_within_reach_says_how_much_of_it_is_assumed() -> None:
    texts = load_texts("en")
    row = {"seats_within_assumed": 12.0, "sites_assumed": 2}
    assert words.seats_assumed(texts, row) == "12 of them are assumed, not reported."
    assert words.work_assumed(texts, row) == "The number of ports is assumed at 2 of these sites."
    nothing = {"seats_within_assumed": 0.0, "sites_assumed": 0}
    assert words.seats_assumed(texts, nothing) == "" == words.work_assumed(texts, nothing)
    assert words.seats_assumed(texts, {}) == "" == words.work_assumed(texts, {})


def test_none_within_reach_is_known_and_a_missing_number_is_not() -> None:
    assert words.training_known({"providers_within": 0}) and not words.training_known({"providers_within": pd.NA})
    assert words.work_known({"sites_within": 0}) and not words.work_known({})
