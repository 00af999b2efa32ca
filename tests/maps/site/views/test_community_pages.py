"""A community's page words one as one, and many as many."""

from __future__ import annotations

from geodata.schemas.state_result import StateResult
from maps.site.views.community_pages import community
from maps.site.views.site_view import SiteView
from maps.site.views.state_view import StateView


def test_one_is_said_as_one(synthetic: StateResult) -> None:
    view = SiteView(StateView(synthetic), "en", ("en", "es"))
    row = {**next(iter(view.state.community_index.values())), "n_tracts": 1, "kind": "single", "providers_within": 1}
    row |= {"rank": 2, "rank_low": 2.0, "rank_median": 2.0, "rank_high": 2.0, "nearest_provider_name": "A College"}
    view.state.community_index[row["community_id"]] = row
    page = community(view, row["community_id"])
    assert page["lead"].startswith("This tract is ")
    assert page["rank_text"] == f"Rank 2 of {len(view.state.communities)}, the same in at least 90% of simulations."
    assert "the same" not in page["sure_text"]
    assert "1 provider is within reach of some people here." in page["training"]
    assert [stat.text for stat in page["stats"] if stat.value == "1"][-1] == "census tract"
