"""Templates escape, policies name what is inside, addresses never clash."""

from __future__ import annotations

import base64
import hashlib
import html.parser
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError

from maps.inline_content import hashed
from maps.interactive.map_view import inert_json
from maps.site.addresses import Addresses, file_of, slug
from maps.site.html_pages import isolated, pages, policy, render
from tests.maps.synthetic import HOSTILE_NAMES

FRAME = {
    "language": "en",
    "title": "T",
    "state_name": "S",
    "nav": [],
    "switch": [],
    "home": "#top",
    "banners": [],
    "travel": "",
    "as_of": "",
    "footer": "",
    "standalone": False,
    "kind": "counties",
    "t": lambda key, **values: key,
}


class Reader(html.parser.HTMLParser):
    """Collects what a browser would build: elements, texts and attributes."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.text: list[str] = []
        self.attributes: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]

    def handle_data(self, data: str) -> None:
        self.text.append(data)


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_a_name_stays_text(name: str) -> None:
    row = {"name": name, "href": "#x", "communities": 1, "adults_gated": 1, "tier_ab": 1, "gated": 1, "tracts": 1}
    page = render("areas.html", {**FRAME, "title": name, "rows": [row]}, styles=["p{}"])
    reader = Reader()
    reader.feed(page)
    assert reader.tags.count("script") == reader.tags.count("img") == 0
    assert not any(attribute.startswith("on") for attribute in reader.attributes)
    assert name in "".join(reader.text)


def test_a_missing_value_is_an_error_not_an_empty_page() -> None:
    with pytest.raises(UndefinedError):
        render("areas.html", {key: value for key, value in FRAME.items() if key != "title"}, styles=[])
    assert pages().autoescape is True


def test_the_policy_names_exactly_what_the_page_holds() -> None:
    scripts, styles = ["alert(1)\n", "two()"], ["p{color:red}"]
    page = render("areas.html", {**FRAME, "rows": []}, styles=styles, scripts=scripts)
    rule = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert rule
    allowed = rule.group(1).replace("&#39;", "'")
    for element, wanted in (("script", scripts), ("style", styles)):
        found = re.findall(rf"<{element}>(.*?)</{element}>", page, re.DOTALL)
        assert found == wanted
        for content in found:
            digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
            assert f"'sha256-{digest}'" in allowed
    assert "default-src 'none'" in allowed
    assert "unsafe" not in allowed
    assert "http" not in allowed


def test_tiles_open_one_door_for_pictures_only() -> None:
    rule = policy([], [], ["https://tile.example"])
    assert "img-src data: https://tile.example" in rule
    assert rule.count("https:") == 1
    assert "script-src 'none'" in rule


@pytest.mark.parametrize("content", ["a</script>b", "a</SCRIPT >b", "<!-- <script>"])
def test_a_script_that_would_end_itself_is_refused(content: str) -> None:
    with pytest.raises(ValueError, match="before its end"):
        render("areas.html", {**FRAME, "rows": []}, styles=[], scripts=[content])


def test_an_inert_block_cannot_be_left() -> None:
    with pytest.raises(ValueError, match="could be left"):
        render("areas.html", {**FRAME, "rows": []}, styles=[], blocks={"x": "</script>"})
    for name in HOSTILE_NAMES:
        assert "<" not in inert_json({"name": name})


@given(st.text(max_size=80), st.text(max_size=80))
def test_different_identifiers_never_share_a_file(one: str, other: str) -> None:
    assert re.fullmatch(r"[a-z0-9-]+", slug(one))
    assert (slug(one) == slug(other)) == (one == other)


def test_addresses_lead_from_folder_to_folder() -> None:
    english, spanish = Addresses("en", ("en", "es")), Addresses("es", ("en", "es"))
    assert (english.folder, spanish.folder) == ("", "es/")
    assert english.other("es", "overview") == "es/index.html"
    assert spanish.other("en", "county", "44007") == "../county-44007.html"
    assert spanish.other("es", "data") == "../es/data.html"
    assert file_of("overview") == "index.html"


def test_names_in_sentences_keep_their_direction_to_themselves() -> None:
    assert isolated("مدينة") == "\u2068مدينة\u2069"
    assert hashed("") == "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
