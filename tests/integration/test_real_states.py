"""Rhode Island from its publishers' files to decisions."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from geodata.analysis import analyze
from geodata.communities.grouping import Previous
from geodata.ingest.canonical_tables import CanonicalTables
from geodata.ingest.gather import gather
from geodata.schemas.state_result import StateResult
from geodata.settings import Settings, load_settings
from maps.briefs import brief_html, briefs
from maps.lists.write_lists import texts_for
from maps.site.build import build_site
from maps.wording.rows import records
from maps.wording.why import medians_of, why
from tests.golden.digests import differing, digests_of, golden, result_of, settings_of
from tests.maps.test_unknown_is_not_zero import forbidden, seen

pytestmark = [pytest.mark.realdata, pytest.mark.slow]


@pytest.fixture(scope="module")
def island(realdata: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[CanonicalTables, StateResult]:
    settings = settings_of("RI", tmp_path_factory.mktemp("home"), realdata)
    canonical = gather(["RI"], settings)
    return canonical, result_of("RI", settings, canonical)


def test_it_is_what_it_was(island, tmp_path: Path):
    """The golden record of the state, as `tests.golden.test_golden` has it of the sample."""
    assert differing(digests_of(island[1], tmp_path), golden("RI")) == []


def test_every_tract_has_a_rank_or_a_reason(island):
    scores = island[1].table("tract_scores")
    assert len(scores) >= 247
    assert (scores["rank"].notna() == (scores["unranked_reason"].fillna("") == "")).all()
    points = scores[["points_need", "points_training_gap", "points_opportunity"]].sum(axis=1)
    assert (points - scores["priority"])[scores["priority"].notna()].abs().max() < 1e-9


def test_chances_and_tiers_fit_the_places_there_are(island):
    _, result = island
    scores = result.table("tract_scores")
    places = result.facts["tracts_that_count_as_top"]
    assert places == -(-result.facts["tracts_in_the_list"] // 10)
    assert 0.9 * places <= scores["p_top_share"].sum() <= places + 1e-6
    ranked = scores[scores["rank"].notna()]
    assert ranked["rank"].between(ranked["rank_low"], ranked["rank_high"]).all()
    # In each set of weights the places at the top are filled, by listed tracts alone.
    assert scores["top_in_weight_sets"].sum() == places * Settings().uncertainty.weight_sets
    assert (scores["top_in_weight_sets"].notna() == scores["rank"].notna()).all()
    assert (scores.loc[~scores["gated"], "tier"] == "none").all()
    assert result.facts["tiers_that_differ_between_halves"] < 0.15


def test_communities_are_where_the_state_knows_need_to_be(island):
    _, result = island
    scores, communities = result.table("tract_scores"), result.geo("communities")
    grouped = result.table("community_tracts")
    meant = scores[scores["gated"] & scores["cut_tier"].isin(["A", "B"])]
    assert sorted(grouped["geoid"]) == sorted(meant["geoid"])
    assert communities["population"].max() <= 40_000
    assert communities["name"].is_unique
    assert communities.geometry.is_valid.all()
    # Central Falls (tracts 108 to 111) is one neighborhood of one community.
    falls = grouped[grouped["geoid"].isin([f"440070{n}00" for n in (108, 109, 110, 111)])]
    assert len(falls) == 4
    assert falls["community_id"].nunique() == 1


def test_a_second_run_keeps_ids_and_names(island):
    canonical, first = island
    settings = load_settings(None, {"states": ["RI"], "uncertainty": {"draws": 300, "seed": 4}})
    previous = Previous(first.table("community_tracts"), first.table("communities"))
    second = analyze(canonical, ["RI"], settings, "2026-10-31", previous)["RI"]
    names = dict(zip(first.table("communities")["community_id"], first.table("communities")["name"], strict=True))
    again = second.table("communities")
    kept = again[again["community_id"].isin(names)]
    # Another seed moves tracts at the edge of tier B; what they leave and join stays itself.
    assert len(kept) >= len(names) - 1
    assert all(names[row.community_id] == row.name for row in kept[["community_id", "name"]].itertuples(index=False))


def test_evenness_leans_to_lesser_need_where_one_college_stands_in_the_suburbs(island):
    equity = island[1].table("equity")
    state = equity[equity["scope_kind"] == "state"].set_index(["subject", "metric"])["value"]
    assert -1 < state["training_access", "concentration_index"] < 0
    assert state["training_access", "fgt0"] >= state["training_access", "fgt1"] >= state["training_access", "fgt2"]
    assert state["training_access", "without_any"] <= state["training_access", "fgt0"]


# Without sites alone, real communities have no training within reach, which is known and may be said.
@pytest.mark.parametrize("removed", ["providers", "measures"])
def test_no_page_or_list_claims_what_is_taken_away(island, removed: str, tmp_path: Path):
    """As `tests.maps.test_unknown_is_not_zero` has it of a small state, with real tracts and names."""
    canonical, _ = island
    taken = CanonicalTables({name: table for name, table in canonical.tables.items() if name != removed})
    settings = load_settings(None, {"states": ["RI"], "uncertainty": {"draws": 20}})
    result = analyze(taken, ["RI"], settings, "2026-09-30")["RI"]
    folder = build_site(result, tmp_path / "site", ("en",), figures=False)
    said = " ".join(seen(page.read_text("utf-8")) for page in sorted(folder.glob("*.html")))
    texts = texts_for(result, "en")
    tracts = records(result.table("tract_scores"))
    said += " ".join(sentence for row in tracts for sentence in why(row, texts, medians_of(result)))
    said += " ".join(seen(brief_html(brief)) for _, brief in briefs(result, "en", 3))
    kind = {"measures": "survey"}.get(removed, removed)
    assert [match.group(0) for text in forbidden(kind, texts) for match in re.finditer(text, said, flags=re.I)] == []
