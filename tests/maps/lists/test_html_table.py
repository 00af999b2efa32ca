"""The HTML table: whole without scripts, every row, headings for readers, and no name that becomes markup."""

from __future__ import annotations

import dataclasses
from collections import Counter
from html.parser import HTMLParser

import pytest

from maps.lists import LISTS, html_table, list_table
from maps.lists.html_table import safe_web_address
from maps.texts import load_texts

TAGS = {
    "div", "p", "strong", "label", "input", "select", "option", "table", "caption", "thead", "tbody", "tr", "th", "td",
    "details", "summary", "dl", "dt", "dd", "a",
}  # fmt: skip
ATTRIBUTES = {
    "class", "id", "hidden", "type", "autocomplete", "spellcheck", "data-list", "data-column", "data-text", "data-kind",
    "role", "aria-labelledby", "aria-describedby", "tabindex", "scope", "value", "href", "rel",
}  # fmt: skip


class Seen(HTMLParser):
    """Counts what a browser would make of the markup."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str, str]] = []
        self.rows: list[list[str]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags[tag] += 1
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_data(self, data):
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] += data


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("name", LISTS)
def test_every_row_is_there_with_all_its_cells(synthetic, name, language):
    seen = Seen(html_table(synthetic, name, load_texts(language)))
    source = synthetic.sources if name == "sources" else synthetic.table(LISTS[name].table.name)
    assert len(seen.rows) == len(source) + 1
    widths = {len(row) for row in seen.rows}
    shown = len(list_table(synthetic, name).shown)
    assert widths == {shown}
    assert seen.tags["caption"] == seen.tags["table"] == 1
    scopes = Counter(value for tag, attribute, value in seen.attributes if (tag, attribute) == ("th", "scope"))
    assert scopes == {"col": shown, "row": len(source)}


@pytest.mark.parametrize("name", LISTS)
def test_hostile_names_stay_text(hostile, name):
    seen = Seen(html_table(hostile, name, load_texts("en")))
    assert set(seen.tags) <= TAGS
    assert {attribute for _, attribute, _ in seen.attributes} <= ATTRIBUTES
    assert all(not value for tag, attribute, value in seen.attributes if attribute == "href" and tag != "a")


def test_hostile_names_are_shown_as_they_are(hostile):
    seen = Seen(html_table(hostile, "sites", load_texts("en")))
    assert {row[0] for row in seen.rows[1:]} == set(hostile.table("sites")["name"])


def test_the_text_states_rows_columns_units_and_that_it_is_fictional(synthetic):
    text = html_table(synthetic, "tracts", load_texts("en"))
    assert "Fictional sample data" in text
    assert f"Showing {len(synthetic.table('tract_scores'))} of" in text
    assert "Unit: people." in text
    assert 'role="region"' in text and 'tabindex="0"' in text


def test_missing_is_a_dash_and_zero_is_zero(synthetic):
    seen = Seen(html_table(synthetic, "tracts", load_texts("en")))
    adults, need = LISTS["tracts"].shown_columns.index("eligible_adults"), LISTS["tracts"].shown_columns.index("need")
    geoid = LISTS["tracts"].shown_columns.index("geoid")
    scores = synthetic.table("tract_scores").set_index("geoid")
    empty = scores.index[(scores["eligible_adults"] == 0) & scores["need"].isna()]
    assert len(empty)
    for row in seen.rows[1:]:
        if row[geoid] in empty:
            assert row[adults].strip() == "0"
            assert row[need].strip() == "–"


def test_a_name_leads_where_the_page_says(synthetic):
    text = html_table(
        synthetic, "communities", load_texts("en"), link=lambda row: f"community-{row['community_id']}.html"
    )
    links = [value for tag, attribute, value in Seen(text).attributes if (tag, attribute) == ("a", "href")]
    assert links == [
        f"community-{ident}.html" for ident in synthetic.table("communities").sort_values("rank")["community_id"]
    ]


def test_names_of_communities_are_in_the_language_of_the_page(synthetic):
    text = html_table(synthetic, "communities", load_texts("es"))
    assert not any(f"({word})" in text for word in ("north", "south", "west"))


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("https://example.edu/a?b=c", True),
        ("http://example.edu", True),
        ("javascript:alert(1)", False),
        (" JavaScript:alert(1)", False),
        ("data:text/html,x", False),
        ("//example.edu", False),
        ("https:", False),
        ("http://[", False),
        ("", False),
    ],
)
def test_only_web_addresses_become_links(address, allowed):
    assert (safe_web_address(address) is not None) == allowed


def test_an_empty_list_says_so(synthetic):
    result = dataclasses.replace(
        synthetic, tables={**synthetic.tables, "rejects": synthetic.table("rejects").iloc[0:0]}
    )
    assert "There are no rows" in html_table(result, "rejects", load_texts("en"))
