"""What the national page keeps of a state adds up to the state."""

from __future__ import annotations

import pytest

from geodata.schemas.state_result import StateResult
from maps.site.state_entry import entry_of


def test_the_entry_adds_up(synthetic: StateResult) -> None:
    entry = entry_of(synthetic)
    scores = synthetic.table("tract_scores")
    assert entry.counties["adults"].sum() == pytest.approx(scores["eligible_adults"].sum())
    assert entry.counties["tracts"].sum() == (scores["population"] > 0).sum() and entry.tracts == len(scores)
    assert (entry.counties["first"] <= entry.counties["adults"]).all()
    assert entry.gated == scores["gated"].sum()
