"""What every source must say of itself."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from geodata.settings import Opportunity
from geodata.sources import SOURCES
from geodata.sources.planned_sites import columns_of

DOCUMENT = (Path(__file__).parents[3] / "docs" / "sources.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", SOURCES)
def test_a_source_says_what_people_ask_of_it(name: str) -> None:
    spec = SOURCES[name].spec
    assert spec.name == name
    assert spec.title and spec.publisher and spec.licence and spec.cadence
    assert spec.filenames
    assert spec.page.startswith("https://") or not spec.urls
    assert all(url.startswith(("https://", "{afdc_host}/")) for url in spec.urls)
    assert not any("key=" in url or "token=" in url for url in spec.urls)


def test_the_document_lists_every_source() -> None:
    documented = set(re.findall(r"`(\w+)`", DOCUMENT.split("## What happens")[0]))
    assert set(SOURCES) <= documented


def test_the_document_lists_the_columns_of_planned_sites() -> None:
    listed = DOCUMENT.split("### Planned sites")[1].split("Needed are")[0]
    wanted = {column.headers[0] for column in columns_of(Opportunity().kinds)}
    assert wanted <= set(re.findall(r"\w+", listed))
