"""The still maps of pages: drawn once, called by their label, without what a page must not hold."""

from __future__ import annotations

import dataclasses
from xml.etree import ElementTree as ET

import pandas as pd

from maps.cartography import symbols
from maps.cartography.locator import Locator


def test_a_map_outlines_its_tracts_and_is_the_same_every_time(hostile):
    members = hostile.table("community_tracts")
    ident = hostile.table("communities").sort_values("rank")["community_id"].iloc[0]
    geoids = list(members.loc[members["community_id"] == ident, "geoid"])
    drawn = Locator(hostile).of_tracts(geoids, 'a "label" <b>')
    assert drawn == Locator(hostile).of_tracts(geoids, 'a "label" <b>')
    root = ET.fromstring(drawn)
    assert root.get("aria-label") == 'a "label" <b>' and root.get("role") == "img"
    assert {"script", "foreignObject", "image"}.isdisjoint(element.tag for element in root.iter())
    edges = [element for element in root.iter("path") if element.get("stroke-width") == "5"]
    assert [edge.get("stroke") for edge in edges] == [symbols.LINES["subject"].color]


def test_the_state_numbers_its_first_communities_and_colors_every_tier(synthetic):
    communities = synthetic.table("communities").sort_values("rank")
    drawn = Locator(synthetic).of_state(communities, synthetic.table("community_tracts"), "state")
    root = ET.fromstring(drawn)
    placed = communities.dropna(subset=["latitude"])["rank"].head(10)
    assert [int(element.text) for element in root.iter("text")] == placed.tolist()
    fills = {element.get("fill") for element in root.iter("path")}
    assert {symbols.AREAS[tier].fill for tier in communities["tier"].unique() if tier in "ABC"} <= fills


def test_the_state_numbers_the_communities_the_first_sentence_names_whatever_their_rank(synthetic):
    communities = synthetic.table("communities").sort_values("rank").dropna(subset=["latitude"]).reset_index(drop=True)
    communities["named_for"] = [None] * (len(communities) - 1) + ["most_people"]
    more = pd.concat([communities.iloc[:1]] * 12 + [communities.iloc[1:]], ignore_index=True)
    more["rank"] = range(1, len(more) + 1)
    more["community_id"] = [f"c{n}" for n in more["rank"]]
    changed = dataclasses.replace(synthetic, tables={**synthetic.tables, "communities": more})
    root = ET.fromstring(Locator(changed).of_state(more, changed.table("community_tracts"), "state"))
    assert [int(element.text) for element in root.iter("text")] == [*range(1, 11), len(more)]


def test_without_any_polygon_there_is_no_map(synthetic):
    gone = {name: table for name, table in synthetic.tables.items() if name not in ("tracts", "counties")}
    locator = Locator(dataclasses.replace(synthetic, tables=gone))
    assert locator.of_tracts(list(synthetic.table("tract_scores")["geoid"]), "x") == ""
    assert locator.of_state(synthetic.table("communities"), synthetic.table("community_tracts"), "x") == ""
