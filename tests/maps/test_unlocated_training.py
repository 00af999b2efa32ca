"""Where training is known without an exact location, no product says that none is within reach: it says that."""

from __future__ import annotations

import dataclasses

import pytest

from geodata.schemas.state_result import StateResult
from maps.briefs.write_briefs import briefs
from maps.interactive.map_points import points
from maps.site.views.community_pages import community
from maps.site.views.site_view import SiteView
from maps.site.views.state_view import StateView

DENIALS = {
    "en": ("No training for beginners is within reach", "training for beginners within reach", "Out of reach"),
    "es": ("No hay capacitación para principiantes al alcance", "Fuera de alcance"),
}
KNOWN = {"en": "known in Fenwick", "es": "En Fenwick se conoce"}


@pytest.fixture(scope="module")
def unlocated(synthetic: StateResult) -> StateResult:
    """Return the state with its first community beyond all providers but two that are known in Fenwick."""
    far = {"nearest_provider_id": None, "nearest_provider_name": None, "nearest_provider_minutes": None}
    far |= {"providers_within": 0, "seats_within": 0.0, "unlocated_providers": 2, "unlocated_where": "Fenwick"}
    tables = dict(synthetic.tables)
    ident = tables["communities"].sort_values("rank")["community_id"].iloc[0]
    for name in ("communities", "tract_scores"):
        table = tables[name].copy()
        for column, value in far.items():
            table.loc[table["community_id"] == ident, column] = value
        tables[name] = table
    providers = tables["providers"].copy()
    providers.loc[providers.index[:2], "location_quality"] = "zip"
    tables["providers"] = providers
    return dataclasses.replace(synthetic, tables=tables)


def first(result: StateResult) -> str:
    return str(result.table("communities").sort_values("rank")["community_id"].iloc[0])


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_brief_of_a_community_says_what_is_known(unlocated: StateResult, language: str) -> None:
    made = {ident: brief for ident, brief in briefs(unlocated, language) if ident is not None}
    text = str(dataclasses.asdict(made[first(unlocated)]))
    assert KNOWN[language] in text
    assert not any(words in text for words in DENIALS[language])


def test_what_has_no_exact_location_has_no_mark_on_the_map(unlocated: StateResult) -> None:
    drawn = points(unlocated)["providers"]
    placed = unlocated.table("providers").set_index("provider_id")["location_quality"].isin(["point", "street"])
    assert [x is not None for x in drawn["x"]] == placed.loc[drawn["id"]].tolist()


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_page_of_a_community_says_what_is_known(unlocated: StateResult, language: str) -> None:
    page = str(community(SiteView(StateView(unlocated), language, ("en", "es")), first(unlocated)))
    assert any(words in page for words in ("known in", "se conoce", "conocidos en"))
    assert not any(words in page for words in DENIALS[language])


def test_a_place_without_any_known_training_is_still_named_so(unlocated: StateResult) -> None:
    tables = {
        name: unlocated.table(name).assign(unlocated_providers=0, unlocated_where=None)
        for name in ("communities", "tract_scores")
    }
    bare = dataclasses.replace(unlocated, tables={**unlocated.tables, **tables})
    page = str(community(SiteView(StateView(bare), "en", ("en", "es")), first(bare)))
    assert DENIALS["en"][0] in page
