"""Every language says everything: the same keys, the same names to fill in, the same forms of number."""

from __future__ import annotations

import string
from collections.abc import Iterator
from typing import Any, get_args

import pytest
import yaml

from geodata.communities import community_names
from geodata.errors import InputError
from geodata.schemas import canonical as schemas
from geodata.schemas import computed as result_tables
from geodata.schemas.provenance import Freshness
from geodata.settings import Barriers, Industry, IndustryWords, Need, Opportunity
from maps.lists.list_pages import PAGES
from maps.texts import FOLDER, languages, load_texts

#: Where a language may say more than English, whose words are the schema's own meaning of the column.
OWN_WORDS = ("lists.columns.",)
#: What a sentence may call by the industry's words, or by another phrase where a language needs it.
INDUSTRY = {"n", "industry", *(form for word in IndustryWords.model_fields for form in (word, word.capitalize()))}


def leaves(tree: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text with its dotted key."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from leaves(value, f"{path}.{key}" if path else str(key))
    elif isinstance(tree, list):
        for place, value in enumerate(tree):
            yield from leaves(value, f"{path}.{place}")
    else:
        yield path, str(tree)


def names_in(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


ALL = {code: dict(leaves(yaml.safe_load((FOLDER / f"{code}.yaml").read_text("utf-8")))) for code in languages()}


def own(key: str) -> bool:
    return key.startswith(OWN_WORDS) and key.endswith(".help")


def test_english_and_spanish_are_there() -> None:
    assert {"en", "es"} <= set(languages())


def keys_given_twice(node: yaml.Node) -> Iterator[str]:
    """Every key that stands twice in one group, with its line; YAML takes the last of them without a word."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                yield f"{key.value}, line {key.start_mark.line + 1}"
            seen.add(key.value)
            yield from keys_given_twice(value)


@pytest.mark.parametrize("language", languages())
def test_no_key_stands_twice(language: str) -> None:
    tree = yaml.compose((FOLDER / f"{language}.yaml").read_text("utf-8"), Loader=yaml.SafeLoader)
    assert tree is not None and list(keys_given_twice(tree)) == []


@pytest.mark.parametrize("language", languages())
def test_every_list_has_a_name_for_its_sheet(language: str) -> None:
    texts = load_texts(language)
    assert [name for name in PAGES if not texts.has(f"lists.sheets.{name}")] == []


@pytest.mark.parametrize("language", [code for code in languages() if code != "en"])
def test_every_key_is_in_every_language(language: str) -> None:
    missing = {key for key in ALL["en"] if key not in ALL[language]}
    beyond = {key for key in ALL[language] if key not in ALL["en"] and not own(key)}
    assert (missing, beyond) == (set(), set())


@pytest.mark.parametrize("language", [code for code in languages() if code != "en"])
def test_every_text_takes_the_same_names(language: str) -> None:
    differing = {
        key: (names_in(text), names_in(ALL[language][key]))
        for key, text in ALL["en"].items()
        if names_in(text) - INDUSTRY != names_in(ALL[language][key]) - INDUSTRY
    }
    assert differing == {}


@pytest.mark.parametrize("language", languages())
def test_no_text_is_empty_and_none_is_left_in_english(language: str) -> None:
    assert [key for key, text in ALL[language].items() if not text.strip()] == []
    if language == "en":
        return
    long_ones = {key: text for key, text in ALL["en"].items() if len(text.split()) > 5}
    assert [key for key, text in long_ones.items() if ALL[language][key] == text] == []


@pytest.mark.parametrize("language", languages())
def test_a_key_that_is_not_there_is_an_error_and_never_falls_back(language: str) -> None:
    with pytest.raises(KeyError, match="no text"):
        load_texts(language)("site.no_such_text")


def test_a_language_without_texts_is_named() -> None:
    with pytest.raises(InputError, match="“xx”"):
        load_texts("xx")


def test_numbers_choose_the_form() -> None:
    texts = load_texts("en")
    assert texts("site.community_word", n=1) == "1 community"
    assert texts("site.community_word", n="1,200") == "1,200 communities"


def test_values_are_never_read_as_templates() -> None:
    assert load_texts("en")("why.training", minutes="5", name="{site} {0.__class__}").endswith("{site} {0.__class__}.")


def test_the_built_in_industry_is_worded_as_settings_word_another() -> None:
    for language in languages():
        own = yaml.safe_load((FOLDER / f"{language}.yaml").read_text("utf-8"))["industry"]
        assert IndustryWords(**own).kinds.keys() == Opportunity().job_years_per_unit.keys()


def test_another_industry_needs_only_its_words() -> None:
    words = dict.fromkeys(IndustryWords.model_fields, "x") | {"name": "heat pump", "sites": "installations"}
    heat = {"words": dict.fromkeys(languages(), words | {"kinds": {"home": "heat pumps in homes"}})}
    for language in languages():
        texts = load_texts(language).about(Industry.model_validate(heat))
        assert "heat pump" in texts("site.overview.title", state="Kansas")
        assert "nstallations" in texts("map.controls.sites")
        assert "{" not in str(texts.find("map.signs.sites"))
        assert texts.word("codes.units", "home") == "heat pumps in homes"
    assert "vehículos eléctricos" in load_texts("es").about(Industry())("site.overview.title", state="X")


@pytest.mark.parametrize("language", languages())
def test_every_code_a_run_can_give_has_words(language: str) -> None:
    groups = {
        "tier": result_tables.TIERS,
        "action": result_tables.ACTIONS,
        "action_means": result_tables.ACTIONS,
        "single_reason": result_tables.SINGLE_REASONS,
        "measure": schemas.MEASURE_NAMES,
        "support": Barriers().measures,
        "unranked_reason": ("no_residents", "no_index", "no_origin", "group_quarters", "not_gated"),
        "entry_stage": schemas.ENTRY_STAGES,
        "seats_basis": schemas.SEATS_BASES,
        "location_quality": schemas.LOCATION_QUALITY,
        "compass": (*community_names.COMPASS, "central"),
        "freshness": get_args(Freshness),
        "unit_kind": result_tables.UNIT_KINDS,
        "definition": Need().weights,
        "flags": ("adults_below_100", "adults_imputed", "no_polygon", "training_unknown", "work_unknown"),
    }
    texts = load_texts(language)
    wanted = [f"codes.{group}.{code}" for group, codes in groups.items() for code in codes]
    silent = [key for key in wanted if not texts.find(key)]
    silent += [code for code in result_tables.EQUITY_METRICS if not texts.find(f"site.method.metric.{code}")]
    assert silent == []
