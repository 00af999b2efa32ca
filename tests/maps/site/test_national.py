"""The nation leads to the states, compares none of them, and says which are missing."""

from __future__ import annotations

import base64
import gzip
import json
import re
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import shapely

from geodata.schemas.state_result import StateResult
from geodata.states import find_state
from maps.site.national import build_national, entry_of


def moved(result: StateResult, code: str, east: float) -> StateResult:
    """The same tables under another state's name, beside the first."""
    state = find_state(code)
    counties = gpd.GeoDataFrame(result.table("counties"))
    counties = counties.set_geometry(counties.geometry.translate(xoff=east))
    return replace(result, state=state, tables={**result.tables, "counties": counties}, sources=[])


def facts_in(page: str) -> dict:
    block = re.search(r'id="map-facts">([^<]*)<', page)
    assert block
    return json.loads(gzip.decompress(base64.b64decode(block.group(1))))


def test_states_are_shown_in_order_whatever_order_they_come_in(synthetic: StateResult, tmp_path: Path) -> None:
    states = [moved(synthetic, "KS", 62.0), moved(synthetic, "RI", 68.0)]
    one = build_national(map(entry_of, states), tmp_path / "one")
    other = build_national(map(entry_of, iter(reversed(states))), tmp_path / "other")
    for name in ("index.html", "es/index.html"):
        assert (one / name).read_bytes() == (other / name).read_bytes()
    page = (one / "index.html").read_text("utf-8")
    facts = facts_in(page)
    assert [state["name"] for state in facts["states"]] == ["Kansas", "Rhode Island"]
    assert facts["states"][0]["href"] == "KS/index.html"
    assert facts_in((one / "es/index.html").read_text("utf-8"))["states"][1]["href"] == "../RI/es/index.html"
    assert len(facts["counties"]["id"]) == 2 * len(synthetic.table("counties"))
    assert "Alaska" in page
    assert f"2 states: {2 * len(synthetic.table('communities'))} communities to recruit in" in page


def test_people_known_for_some_states_only_are_not_shown_as_those_of_all(
    synthetic: StateResult, tmp_path: Path
) -> None:
    unsurveyed = moved(synthetic, "KS", 62.0)
    blank = unsurveyed.table("state_summary").assign(eligible_adults_grouped=float("nan"))
    states = [replace(unsurveyed, tables={**unsurveyed.tables, "state_summary": blank}), moved(synthetic, "RI", 68.0)]
    page = (build_national(map(entry_of, states), tmp_path / "some") / "index.html").read_text("utf-8")
    assert "Eligible adults are known for 1 of these states: about" in page
    assert "where about" not in page.split("map-words")[0]
    whole = build_national(map(entry_of, [moved(synthetic, "RI", 68.0)]), tmp_path / "whole") / "index.html"
    assert "Eligible adults are known for 1" not in whole.read_text("utf-8")


def test_a_nation_of_which_nothing_is_computed_says_so(tmp_path: Path) -> None:
    page = (build_national(map(entry_of, []), tmp_path / "none") / "index.html").read_text("utf-8")
    assert "No state has been computed yet." in page


def test_a_state_across_the_antimeridian_lies_in_one_piece(synthetic: StateResult, tmp_path: Path) -> None:
    alaska = moved(synthetic, "AK", 0.0)
    counties = alaska.table("counties").copy()
    counties.loc[0, "geometry"] = shapely.box(172, 51, 173, 52)
    page = build_national(
        map(entry_of, [replace(alaska, tables={**alaska.tables, "counties": counties})]), tmp_path / "ak"
    )
    west, _, east, _ = facts_in((page / "index.html").read_text("utf-8"))["bounds"]
    assert east - west < 60


def test_sample_states_are_called_fictional(synthetic: StateResult, tmp_path: Path) -> None:
    page = (build_national(map(entry_of, [synthetic]), tmp_path / "sample") / "index.html").read_text("utf-8")
    assert 'class="banner sample across"' in page[: page.index("<main")]
