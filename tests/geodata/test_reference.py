"""The reference pages say what the code says."""

from __future__ import annotations

import pytest

from geodata.reference import DOCS, PAGES


@pytest.mark.parametrize("file", PAGES)
def test_the_page_is_up_to_date(file: str) -> None:
    assert (DOCS / file).read_text(encoding="utf-8") == PAGES[file](), "write it anew: python -m geodata.reference"


def test_every_setting_says_what_it_is() -> None:
    page = PAGES["settings.md"]()
    assert "|  |" not in page.replace("| |", "|  |"), "a setting has no description"
