"""Files beside the site are offered in words, in the reader's language, and lead from every folder."""

from __future__ import annotations

from pathlib import Path

from geodata.schemas.state_result import StateResult
from maps.briefs.write_briefs import brief_name
from maps.site.build import build_site
from maps.site.views.downloads import brief, downloads, list_table
from maps.site.views.site_view import SiteView
from maps.site.views.state_view import StateView

FILES = (
    "../lists/xl-lists.en.xlsx",
    "../lists/xl-lists.es.xlsx",
    "../lists/xl-lists.gpkg",
    "../lists/xl-tracts.csv",
    "../lists/xl-tracts.en.html",
    "../lists/xl-tracts.es.html",
    "../lists/xl-need_parts.parquet",
    "../briefs/xl-brief.en.pdf",
    "../briefs/xl-brief.es.pdf",
    "../onramp-XL.zip",
    "../notes.txt",
)


def view(result: StateResult, language: str) -> SiteView:
    return SiteView(StateView(result), language, ("en", "es"), downloads=FILES)


def test_lists_are_rows_with_their_formats(synthetic: StateResult) -> None:
    offered = downloads(view(synthetic, "es"))
    tracts = next(row for row in offered.lists if "Secciones" in row.title)
    assert [(one.text, one.href) for one in tracts.formats] == [
        ("Tabla ordenable", "../../lists/xl-tracts.es.html"),
        ("CSV", "../../lists/xl-tracts.csv"),
    ]
    assert [one.href for one in offered.whole] == [
        "../../lists/xl-lists.es.xlsx",
        "../../lists/xl-lists.gpkg",
        "../../briefs/xl-brief.es.pdf",
        "../../onramp-XL.zip",
    ]
    assert [one.text for one in offered.other] == ["notes.txt"]


def test_tables_and_briefs_are_found_in_the_readers_language(synthetic: StateResult) -> None:
    english = view(synthetic, "en")
    ident = synthetic.table("communities")["community_id"].iloc[0]
    assert list_table(english, "tracts") == "../lists/xl-tracts.en.html"
    assert list_table(english, "hubs") == ""
    assert brief(english) == "../briefs/xl-brief.en.pdf"
    assert brief(english, ident) == "../briefs/" + brief_name(synthetic, ident, "en", "pdf")
    assert brief(SiteView(StateView(synthetic), "en", ("en",)), ident) == ""


def test_pages_lead_to_them(synthetic: StateResult, tmp_path: Path) -> None:
    site = build_site(synthetic, tmp_path / "site", downloads=FILES, figures=False)
    assert 'href="../briefs/xl-brief.en.pdf"' in (site / "index.html").read_text("utf-8")
    assert 'href="../../briefs/xl-brief.es.pdf"' in (site / "es" / "index.html").read_text("utf-8")
    assert "briefs/" not in (site / "XL-en.html").read_text("utf-8")
    assert 'href="../lists/xl-tracts.en.html"' in (site / "data.html").read_text("utf-8")
