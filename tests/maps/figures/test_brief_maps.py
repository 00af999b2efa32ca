"""The maps of briefs: a community outlined with what is near it, and the state in small beside it."""

from __future__ import annotations

from maps.cartography import symbols
from maps.cartography.base_map import ground_of
from maps.figures.brief_maps import in_view, locator_svg
from maps.texts import load_texts


def test_a_community_is_outlined_and_its_neighborhood_counted(hostile):
    ground, texts = ground_of(hostile), load_texts("en").about(hostile.settings.industry)
    ident = hostile.table("communities")["community_id"].iloc[0]
    svg = locator_svg(ground, ident, texts)
    assert f'stroke="{symbols.LINES["subject"].color}" stroke-width="5"' in svg
    assert svg == locator_svg(ground_of(hostile), ident, texts)
    assert "<script" not in svg and 'onerror="' not in svg
    counts = in_view(ground, ident)
    assert set(counts) == {"sites", "providers", "job_centers", "hubs"}
    assert all(count <= len(ground.points[name]) for name, count in counts.items())
