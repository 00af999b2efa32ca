"""What the data page says of rows without an exact location is what became of them."""

from __future__ import annotations

import dataclasses

import pytest

from geodata.schemas.state_result import StateResult
from maps.site.views.data_page import unlocated_of
from maps.site.views.site_view import SiteView
from maps.site.views.state_view import StateView


@pytest.mark.parametrize(("counted", "lost"), [(0, 2), (1, 1), (2, 0)])
def test_campuses_that_count_by_their_zip_code_are_no_rows_without_travel(
    synthetic: StateResult, counted: int, lost: int
) -> None:
    table = synthetic.table("locations").assign(by_zip=2, by_place=0, counted_by_zip=counted)
    changed = dataclasses.replace(synthetic, tables={**synthetic.tables, "locations": table})
    view = SiteView(StateView(changed), "en", ("en", "es"))
    command = "onramp geocode list.csv list_geocoded.csv"
    assert unlocated_of(view, "training_list") == (lost, counted, command)
    assert unlocated_of(view, "etpl") == (0, 0, "")
