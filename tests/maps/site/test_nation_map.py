"""The map of the nation: its outlines, and addresses that lead nowhere where there is no site."""

from __future__ import annotations

from geodata.schemas.state_result import StateResult
from maps.site.nation_map import CONTIGUOUS, inside, land_of
from maps.site.state_entry import entry_of


def test_the_land_is_as_wide_as_its_counties(synthetic: StateResult) -> None:
    entry = entry_of(synthetic)
    assert land_of([entry]).bounds == tuple(entry.counties.total_bounds)


def test_a_nation_without_states_shows_the_contiguous_ones() -> None:
    assert land_of([]).bounds == CONTIGUOUS


def test_a_state_without_a_site_leads_nowhere() -> None:
    assert inside(None, "index.html") == ""
    assert inside("RI/", "index.html") == "RI/index.html"
