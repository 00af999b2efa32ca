"""The one symbol set: distinguishable without color, on any fill, and the same wherever a map is drawn."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

from maps.cartography import symbols
from maps.cartography.colors import contrast


def test_tiers_differ_by_more_than_color():
    a, b, c = (symbols.AREAS[tier].pattern for tier in "ABC")
    assert a is None and b and c and b != c
    assert symbols.AREAS["unknown"].pattern not in (a, b, c)
    assert all(area.pattern is None or area.pattern in symbols.PATTERNS for area in symbols.AREAS.values())


def test_a_pattern_stands_out_from_the_fill_under_it():
    for area in symbols.AREAS.values():
        ink = symbols.pattern_ink(area.fill)
        assert len(ink) == 9 and contrast(ink[:7], area.fill) > 3, area


def test_marks_of_different_meaning_differ_in_shape_or_fill():
    looks = {(mark.shape, mark.fill) for mark in symbols.MARKS.values()}
    assert len(looks) == len(symbols.MARKS)
    assert set(symbols.MARK_OF.values()) <= set(symbols.MARKS)
    assert len({symbols.MARKS[name].shape for name in symbols.MARK_OF.values()}) == len(symbols.MARK_OF)


def test_every_shape_lies_within_its_radius_and_turns_one_way():
    for name, corners in symbols.SHAPES.items():
        assert max(abs(x) for x, _ in corners) <= 1 and max(abs(y) for _, y in corners) <= 1, name
        area = sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise([*corners, corners[0]]))
        assert area > 0, name


def test_the_scripts_read_the_same_symbols():
    read = json.loads(json.dumps(symbols.as_json()))
    assert set(read["lines"]) == set(symbols.LINES) and set(read["marks"]) == set(symbols.MARKS)
    assert read["areas"]["B"] == {"fill": symbols.AREAS["B"].fill, "pattern": symbols.AREAS["B"].pattern}


def test_the_page_around_the_map_shows_the_same_sea() -> None:
    style = (Path(__file__).parents[3] / "maps" / "static" / "map.css").read_text(encoding="utf-8")
    assert f"background:{symbols.AREAS['sea'].fill};" in style
    assert f".abroad{{background:{symbols.AREAS['abroad'].fill}}}" in style


def test_a_tier_that_is_none_is_drawn_as_listed():
    assert [symbols.kind_of_tier(tier) for tier in ("A", "B", "C", "none", None)] == ["A", "B", "C", "listed", "listed"]
