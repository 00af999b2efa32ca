"""The tables in a real browser: sorted, filtered, by keyboard, without scripts, with any name."""

from __future__ import annotations

from pathlib import Path

import pytest

from maps.briefs import brief_html, briefs
from maps.lists import LISTS, html_table, list_table
from maps.lists.list_pages import PAGES, list_page
from maps.texts import load_texts
from tests.support.browser import Page, chromium

pytestmark = pytest.mark.browser
STATIC = Path(__file__).resolve().parents[2] / "maps" / "static"
NEED = LISTS["tracts"].shown_columns.index("need")
TABLES = ("communities", "tracts", "sites", "rejects")


@pytest.fixture(scope="module")
def driver(tmp_path_factory):
    with chromium(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.mark.parametrize("language", ["en", "es"])
def test_list_pages_work_under_their_own_policy(driver, hostile, tmp_path, language):
    texts = load_texts(language).about(hostile.settings.industry)
    for name in PAGES:
        file = tmp_path / f"{name}.html"
        file.write_text(list_page(hostile, name, texts, ("en", "es")), encoding="utf-8")
        page = Page(driver, file)
        shown = len(list_table(hostile, name).shown)
        assert page.run("return document.querySelectorAll('thead button').length") == shown
        assert page.run("return window.hacked === undefined")
        assert page.run("return getComputedStyle(document.querySelector('h1')).fontFamily").startswith("Charter")
        assert page.requests() == [] and page.logs() == []
        if name in ("communities", "providers"):
            assert page.axe() == []


@pytest.fixture(scope="module")
def page(driver, hostile, tmp_path_factory):
    texts = load_texts("en")
    tables = "".join(f"<h2>{name}</h2>{html_table(hostile, name, texts)}" for name in TABLES)
    css, js = ((STATIC / f"tables.{ending}").read_text(encoding="utf-8") for ending in ("css", "js"))
    file = tmp_path_factory.mktemp("page") / "tables.html"
    head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Tables</title>'
    file.write_text(
        f'<!doctype html><html lang="en"><head>{head}<style>{css}</style></head><body><main><h1>Tables</h1>{tables}'
        f"</main><script>{js}</script></body></html>",
        encoding="utf-8",
    )
    return Page(driver, file)


def cells(page, name, column):
    script = (
        "return [...document.querySelectorAll('[data-list=' + arguments[0] + '] tbody tr')]"
        ".filter(row => !row.hidden).map(row => row.cells[arguments[1]].textContent.trim())"
    )
    return page.run(script, name, column)


def click_head(page, name, column):
    script = "document.querySelectorAll('[data-list=' + arguments[0] + '] thead button')[arguments[1]].click()"
    page.run(script, name, column)


def test_a_heading_sorts_numbers_as_numbers_both_ways_and_missing_last(page):
    for down in (False, True):
        click_head(page, "tracts", NEED)
        shown = [None if text == "–" else float(text.replace(",", "")) for text in cells(page, "tracts", NEED)]
        known = [value for value in shown if value is not None]
        assert known == sorted(known, reverse=down)
        assert None in shown and all(value is None for value in shown[len(known) :])
        sorted_by = page.run(
            "return document.querySelector('[data-list=tracts] [aria-sort]:not([aria-sort=none])').ariaSort"
        )
        assert sorted_by == ("descending" if down else "ascending")


def test_a_filter_keeps_what_holds_all_its_words_and_says_how_many(page):
    page.run(
        "const field = document.querySelector('[data-list=tracts] .list-filter'); field.value = arguments[0];"
        "field.dispatchEvent(new Event('input'));",
        "9700 1",
    )
    page.until("return document.querySelector('[data-list=tracts] tbody tr[hidden]')")
    total = page.run("return document.querySelectorAll('[data-list=tracts] tbody tr').length")
    shown = cells(page, "tracts", 1)
    assert 0 < len(shown) <= total
    assert page.text("[data-list=tracts] .list-count") == f"Showing {len(shown)} of {total} rows"


def test_choices_are_made_of_what_is_there(page, hostile):
    options = page.run(
        "return [...document.querySelectorAll('[data-list=communities] .list-choice')].map(c => c.options.length)"
    )
    assert options and all(options)
    counties = page.run(
        "return [...document.querySelector('[data-list=tracts] .list-choice').options].map(o => o.text)"
    )
    assert len(counties) == hostile.table("tract_scores")["county_name"].nunique() + 1


def test_no_name_ran_and_nothing_was_asked_for(page):
    assert page.run("return window.hacked === undefined")
    assert page.requests() == []
    assert page.logs() == []


def test_the_tables_pass_the_accessibility_rules(page):
    assert page.axe() == []


@pytest.mark.parametrize("language", ["en", "es"])
def test_brief_pages_pass_the_accessibility_rules_and_run_nothing(driver, hostile, tmp_path, language):
    for ident, brief in list(briefs(hostile, language))[:2]:
        file = tmp_path / f"{ident or 'state'}.html"
        file.write_text(brief_html(brief), encoding="utf-8")
        page = Page(driver, file)
        assert page.axe() == []
        assert page.run("return document.querySelector('img').naturalWidth") > 0
        assert page.run("return getComputedStyle(document.querySelector('h1')).color") == "rgb(18, 53, 91)"
        assert page.requests() == []
        assert [line for line in page.logs() if "SEVERE" in line] == []
