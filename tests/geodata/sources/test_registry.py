"""What every source must say of itself."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from geodata.fetching.folder import unread_files
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


@pytest.mark.realdata
def test_every_real_file_is_read_or_said_not_to_be(realdata: Path) -> None:
    section = DOCUMENT.split("## Files that are not read")[1].split("\n## ")[0]
    named = [name.replace("…", "*").casefold() for name in re.findall(r"`([^`]+)`", section)]
    second = realdata.parent / "realdata-2024"
    patterns = [source.spec.filenames for source in SOURCES.values()]
    unread = [
        re.search(r"“(.+?)”", sentence).group(1)
        for root in (realdata, second)
        if root.is_dir()
        for sentence in unread_files(root, patterns, None)
    ]
    # Timetables have the names of their agencies.
    ours = [Path(path) for path in unread if "gtfs" not in Path(path).parts]
    unnamed = [path for path in ours if not any(fnmatchcase(path.name.casefold(), name) for name in named)]
    assert unnamed == []
