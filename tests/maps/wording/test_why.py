"""Why a tract is where it is: sentences that carry its numbers, and never say a missing one as zero."""

from __future__ import annotations

import pandas as pd
import pytest

from geodata.settings import Industry, IndustryWords, Uncertainty
from maps.texts import load_texts
from maps.wording.why import medians_of, names_of_designations, why

MEDIANS = {
    "nearest_provider_minutes": 11.0,
    "catchment_minutes": 30.0,
    "rural_catchment_minutes": 60.0,
    "reference_area": "state",
    "uncertainty": Uncertainty(tier_a=0.8, tier_b=0.5, tier_c=0.2, top_share=0.1),
    "archived": frozenset({"cejst"}),
}
ROW = {
    "rank": 3,
    "p_top_share": 0.93,
    "need": 87.4,
    "n_indices": 3,
    "agreement_count": 2,
    "designated_by": "svi cejst",
    "population": 4200.0,
    "eligible_adults": 1234.0,
    "eligible_adults_moe": 310.0,
    "nearest_provider_minutes": 23.6,
    "nearest_provider_name": "Fenwick College",
    "providers_within": 2,
    "seats_within": 45.0,
    "rural": False,
    "sites_within": 4,
    "job_years_low": 0.4,
    "job_years_mid": 0.9,
    "job_years_high": 1.6,
    "unranked_reason": None,
}


@pytest.fixture
def texts():
    return load_texts("en")


def test_the_sentences_carry_the_numbers(texts):
    assert why(ROW, texts, MEDIANS) == [
        "Very likely among the top tenth: it was in 93% of simulations.",
        "Need is higher here than in 87% of tracts in the state.",
        "2 of 3 definitions of disadvantage identify this tract.",
        "Officially designated by: Social Vulnerability Index and Climate and Economic Justice Screening Tool "
        "(archived designation).",
        "About 1,200 eligible adults live here (give or take 310).",
        "The nearest training for beginners is 24 minutes away: Fenwick College.",
        "In the median tract of the state it is 11 minutes away.",
        "On average 45 seats a year are within reach.",
        "Planned charger sites within reach are worth on average about 0.9 job-years of work (0.4 to 1.6).",
    ]


def test_a_tract_with_a_rank_has_no_empty_first_sentence(texts):
    assert why({**ROW, "unranked_reason": ""}, texts, MEDIANS) == why(ROW, texts, MEDIANS)


def test_another_industry_names_its_own_places(texts):
    words = dict.fromkeys(IndustryWords.model_fields, "solar farms") | {"kinds": {}}
    other = texts.about(Industry.model_validate({"words": {"en": words}}))
    assert any(sentence.startswith("Planned solar farms") for sentence in why(ROW, other, MEDIANS))


@pytest.mark.parametrize(("rural", "minutes"), [(False, "30"), (True, "60")])
def test_no_training_in_reach_names_the_catchment_of_the_tract(texts, rural, minutes):
    row = {**ROW, "nearest_provider_minutes": None, "providers_within": 0, "rural": rural}
    assert f"No training for beginners is within {minutes} minutes." in why(row, texts, MEDIANS)


def test_unknown_reach_is_not_said_as_no_training(texts):
    row = {**ROW, "nearest_provider_minutes": None, "providers_within": None}
    said = why(row, texts, MEDIANS)
    assert [one for one in said if "training" in one] == [texts("why.training_unknown")] or texts.language != "en"
    assert texts("why.training_unknown") in said
    assert not any(one.startswith("No training") for one in said)


def test_unknown_work_is_not_said_as_no_work(texts):
    row = {**ROW, "sites_within": None, "job_years_low": None, "job_years_mid": None, "job_years_high": None}
    assert texts("why.work_unknown") in why(row, texts, MEDIANS) and texts("why.work_none") not in why(
        row, texts, MEDIANS
    )


def test_seats_and_work_that_are_assumed_say_so(texts):
    said = why({**ROW, "seats_within_assumed": 45.0, "sites_assumed": 4}, texts, MEDIANS)
    assert texts("why.work_assumed", n=4) in said and texts("why.seats_assumed", n=45, assumed="45") in said


@pytest.mark.parametrize("name", ["need", "eligible_adults", "p_top_share", "job_years_mid", "n_indices"])
def test_a_missing_value_is_passed_over(texts, name):
    sentences = why({**ROW, name: None}, texts, MEDIANS)
    assert len(sentences) < len(why(ROW, texts, MEDIANS))
    assert not any("None" in sentence or "nan" in sentence or "no value" in sentence for sentence in sentences)


def test_a_tract_without_residents_says_that_alone_of_people_and_work(texts):
    row = {**ROW, "population": 0.0, "unranked_reason": "no_residents", "rank": None, "need": None, "n_indices": None}
    sentences = why(row, texts, MEDIANS)
    assert sentences[0] == "Not ranked: nobody lives here."
    assert not any("adults" in sentence or "training" in sentence for sentence in sentences)


def test_a_little_work_is_not_rounded_to_nothing(texts):
    assert "worth less than a tenth of a job-year" in " ".join(why({**ROW, "job_years_mid": 0.03}, texts, MEDIANS))
    assert "No planned charger sites are within reach." in why({**ROW, "sites_within": 0}, texts, MEDIANS)


def test_unknown_definitions_keep_their_own_name(texts):
    assert names_of_designations("ours cejst", texts, frozenset({"cejst"})) == [
        "ours",
        "Climate and Economic Justice Screening Tool (archived designation)",
    ]


def test_medians_and_archived_definitions_come_from_the_result(synthetic):
    medians = medians_of(synthetic)
    scores = synthetic.table("tract_scores")
    assert medians["nearest_provider_minutes"] == scores["nearest_provider_minutes"].median()
    assert medians["archived"] == {"cejst"}


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_tract_has_reasons_in_every_language(hostile, language):
    texts, medians = load_texts(language).about(hostile.settings.industry), medians_of(hostile)
    for _, row in hostile.table("tract_scores").iterrows():
        sentences = why(row, texts, medians)
        assert sentences
        assert all(isinstance(sentence, str) and sentence and pd.notna(sentence) for sentence in sentences)


@pytest.mark.parametrize("assumed", [1, 3])
def test_sites_without_ports_are_said_to_be_assumed(texts, assumed):
    sentence = f"The number of ports is assumed at {assumed} of these sites."
    assert why({**ROW, "sites_assumed": assumed}, texts, MEDIANS)[-1] == sentence
    assert not any("assumed" in said for said in why({**ROW, "sites_assumed": 0}, texts, MEDIANS))


def test_training_known_without_an_exact_location_is_said_instead_of_none(texts):
    far = {**ROW, "nearest_provider_minutes": None, "nearest_provider_name": None, "providers_within": 0}
    assert "No training for beginners is within 30 minutes." in why(far, texts, MEDIANS)
    nearby = {**far, "unlocated_providers": 2, "unlocated_where": "Fenwick"}
    english = "are known in Fenwick without an exact location; none with one is within 30 minutes."
    spanish = "En Fenwick se conocen 2 proveedores de capacitación sin ubicación exacta; ninguno con ella queda a menos"
    for language, known in (("en", f"2 providers of training {english}"), ("es", f"{spanish} de 30 minutos.")):
        sentences = why(nearby, load_texts(language), MEDIANS)
        assert known in sentences
        assert not any(text in " ".join(sentences) for text in ("No training", "No hay capacitación"))


def test_training_known_somewhere_is_told_before_it_is_said_that_none_has_a_location(texts):
    none = {"nearest_provider_minutes": None, "nearest_provider_name": None, "providers_within": None}
    unknown = texts("why.training_unknown")
    assert "no provider for beginners with a known location is in or near the state" in unknown
    assert unknown in why({**ROW, **none}, texts, MEDIANS)
    sentences = why({**ROW, **none, "unlocated_providers": 1, "unlocated_where": "ZIP 02840"}, texts, MEDIANS)
    assert unknown not in sentences
    assert any(sentence.startswith("1 provider of training is known in ZIP 02840") for sentence in sentences)
