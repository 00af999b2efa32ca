"""The fictional sample goes through the same parsers as the real files, its disorder accounted for."""

from __future__ import annotations

from pathlib import Path

import pytest

from geodata.fetching.folder import find_files
from geodata.sample import write_sample
from geodata.settings import Settings
from geodata.sources import SOURCES
from geodata.sources.spec import ParseContext
from geodata.states import find_state


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample") / "files"
    write_sample(folder)
    return folder


READ = [
    "tracts",
    "centers",
    "relationship",
    "svi",
    "svi_measures",
    "acs",
    "cejst",
    "afdc",
    "planned_sites",
    "ipeds_directory",
    "ipeds_completions",
    "etpl",
    "apprenticeship",
    "evitp",
    "job_centers",
    "workforce_areas",
    "counties",
    "places",
    "water",
    "roads",
    "tribal",
]


@pytest.mark.parametrize("name", READ)
def test_the_sample_is_read_as_its_publishers_files(sample: Path, name: str) -> None:
    source, state = SOURCES[name], find_state("XL")
    found = find_files(sample, source.spec.filenames, source.spec.scope, state)
    assert found, f"no file of the sample is recognized as {name}"
    parsed = source.parse(found[0].path, ParseContext(Settings(), state))
    assert parsed.rows_kept > 0
    assert parsed.rows_kept + len(parsed.rejects) + sum(parsed.out_of_scope.values()) == parsed.rows_in
    if "state" in parsed.table:
        assert set(parsed.table["state"]) <= {"XL", "XS"}


def test_every_source_of_the_sample_is_in_the_registry(sample: Path) -> None:
    """Each file of the sample is recognized by a source, so that nothing in it is left unread."""
    known = set()
    for source in SOURCES.values():
        for usps in ("XL", "XS"):
            found = find_files(sample, source.spec.filenames, source.spec.scope, find_state(usps))
            known |= {one.path.name for one in found}
    assert {path.name for path in sample.iterdir()} - known <= {"README.txt", "MANIFEST.json"}
