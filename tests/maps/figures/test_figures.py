"""Figures: the same bytes twice, sound SVG without scripts, and a text alternative with the numbers."""

from __future__ import annotations

import dataclasses
import struct
from xml.etree import ElementTree as ET

import pandas as pd
import pytest

from maps.figures import FIGURES, alt, figure_png, figure_svg, state_map_png, write_figures
from maps.wording.hub_choice import WORTHWHILE_SHARE, recommended_hubs

SVG = "{http://www.w3.org/2000/svg}"


def png_width(content):
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    return struct.unpack(">I", content[16:20])[0]


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_is_the_same_bytes_twice_and_holds_no_script(hostile, name):
    first = figure_svg(name, hostile)
    assert first == figure_svg(name, hostile)
    root = ET.fromstring(first)
    tags = {element.tag for element in root.iter()}
    assert f"{SVG}script" not in tags and f"{SVG}foreignObject" not in tags
    assert not any(key.startswith("on") for element in root.iter() for key in element.attrib)
    assert "<dc:date>" not in first


def test_png_has_the_width_asked_for_and_no_date(synthetic):
    content = state_map_png(synthetic, 640)
    assert png_width(content) == 640
    assert content == state_map_png(synthetic, 640)
    assert b"tIME" not in content
    assert png_width(figure_png("hub_curve", synthetic, width_px=500)) == 500


def test_all_figures_are_written_with_their_text(synthetic, tmp_path):
    files = write_figures(synthetic, tmp_path, languages=("es",))
    assert len(files) == 3 * len(FIGURES)
    assert all(file.stat().st_size for file in files)


def test_the_map_shows_tiers_communities_and_hubs(synthetic):
    said, tiers = alt("state_map", synthetic), synthetic.table("tract_scores")["tier"].value_counts()
    assert said.startswith("Fictional sample data")
    assert f"{tiers['A']} of " in said and f"{tiers['B']} in tier B" in said
    for name in recommended_hubs(synthetic)["name"]:
        assert name in said


def test_rank_intervals_tell_every_range(synthetic):
    said = alt("rank_intervals", synthetic)
    for row in synthetic.table("communities").to_dict("records"):
        assert f"{row['rank']} ({row['rank_low']:.0f} to {row['rank_high']:.0f})" in said


def test_the_hub_curve_states_every_number(synthetic):
    said = alt("hub_curve", synthetic)
    for p, adults in synthetic.table("hubs").groupby("p")["covered_adults"].first().items():
        assert f"{p}: {adults:,.0f} (" in said


def test_equity_states_gini_and_the_worse_off_half(synthetic):
    said, equity = alt("equity", synthetic), synthetic.table("equity")
    whole = equity[(equity["scope_kind"] == "state") & (equity["metric"] == "gini")].set_index("subject")["value"]
    assert f"Gini {whole['training_access']:.2f}" in said
    assert "%" in said


def test_sensitivity_states_what_stays(synthetic):
    said, table = alt("sensitivity", synthetic, "es"), synthetic.table("sensitivity")
    for kept in table.loc[table["unit_kind"] == "community", "kept"]:
        assert f": {kept}" in said


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("name", FIGURES)
def test_nothing_to_draw_is_drawn_and_said(synthetic, name, language):
    gone = ("communities", "hubs", "equity", "equity_curve", "sensitivity", "tracts", "counties", "landmarks", "places")
    tables = {key: table for key, table in synthetic.tables.items() if key not in gone}
    result = dataclasses.replace(synthetic, tables=tables)
    assert alt(name, result, language)
    assert ET.fromstring(figure_svg(name, result, language)).tag == f"{SVG}svg"


def test_a_sample_says_so_and_real_data_do_not(synthetic):
    real = dataclasses.replace(
        synthetic,
        state=dataclasses.replace(synthetic.state, kind="state"),
        sources=[dataclasses.replace(use, freshness="live") for use in synthetic.sources],
    )
    assert "Fictional" in alt("equity", synthetic)
    assert "Fictional" not in alt("equity", real)
    assert figure_svg("equity", synthetic) != figure_svg("equity", real)


def hubs_of(shares):
    rows = [(p, order, share) for p, share in enumerate(shares, start=1) for order in range(1, p + 1)]
    return pd.DataFrame(rows, columns=["p", "order", "covered_share"])


@pytest.mark.parametrize(
    ("shares", "chosen"),
    [
        ([0.4, 0.6, 0.7, 0.72, 0.73], 3),  # the fourth adds 2 points
        ([0.4, 0.6, 0.8], 3),  # each is worth it
        ([0.03, 0.05], 1),  # none is, but one is the least
        ([0.9, 0.91, 0.99], 1),  # a later leap does not save the second
    ],
)
def test_a_hub_is_recommended_while_it_adds_enough(synthetic, shares, chosen):
    result = dataclasses.replace(synthetic, tables={**synthetic.tables, "hubs": hubs_of(shares)})
    hubs = recommended_hubs(result)
    assert WORTHWHILE_SHARE == 0.05
    assert hubs["p"].tolist() == [chosen] * chosen
    assert hubs["order"].tolist() == list(range(1, chosen + 1))
