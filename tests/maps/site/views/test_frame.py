"""The frame of a page: where one is, the same page in each language, and what must be known first."""

from __future__ import annotations

from dataclasses import replace

from geodata.schemas.state_result import StateResult
from maps.site.addresses import Addresses
from maps.site.views.frame import banners, frame, language_switch
from maps.site.views.site_view import SiteView
from maps.site.views.state_view import StateView


def view_of(result: StateResult, **more: object) -> SiteView:
    return SiteView(StateView(result), "en", ("en", "es"), **more)  # type: ignore[arg-type]


def test_the_navigation_marks_the_page_it_is_on(synthetic: StateResult) -> None:
    entries = frame(view_of(synthetic), "method", "How")["nav"]
    assert [entry.href for entry in entries if entry.here] == ["method.html"]


def test_a_state_of_a_nation_leads_back_to_it(synthetic: StateResult) -> None:
    entries = frame(view_of(synthetic, nation="../national/"), "overview", "Where")["nav"]
    assert entries[-1].href == "../national/index.html"


def test_one_file_has_no_other_pages(synthetic: StateResult) -> None:
    page = frame(view_of(synthetic, standalone=True), "overview", "Where")
    assert (page["nav"], page["switch"], page["home"]) == ([], [], "#top")


def test_each_language_is_offered_on_the_same_page() -> None:
    offered = language_switch(Addresses("es", ("en", "es")), "community", "xl-001")
    assert [(entry.code, entry.href, entry.here) for entry in offered] == [
        ("en", "../community-xl-001.html", False),
        ("es", "../es/community-xl-001.html", True),
    ]


def test_many_missing_sources_are_counted_and_few_are_named(synthetic: StateResult) -> None:
    use = synthetic.sources[0]
    for many, named in ((2, True), (5, False)):
        missing = [replace(use, title=f"Source {n}", freshness="missing") for n in range(many)]
        banner = next(one for one in banners(view_of(replace(synthetic, sources=missing))) if one.kind == "missing")
        assert ("Source 0" in banner.text) is named
        assert (banner.href == "data.html#sources") is not named
