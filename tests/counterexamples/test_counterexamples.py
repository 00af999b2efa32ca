"""Files that must be refused: every case of `cases.yaml`, and the sound files they differ from by one fault."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NotRequired, TypedDict

import pandas as pd
import pytest
import yaml

from geodata.comparison.scenarios import load_scenario
from geodata.errors import OnrampError
from geodata.ingest.preflight import usable_settings
from geodata.schemas.parsed import Parsed
from geodata.settings import Settings
from geodata.sources import SOURCES
from geodata.sources.drift import held_to
from geodata.sources.spec import ParseContext
from tests.counterexamples.made import MAKERS

HERE = Path(__file__).resolve().parent


class Case(TypedDict):
    """A fault in words, and either the sentence of the refusal or the rejected row; `made` names a maker of `file`."""

    fault: str
    refused: NotRequired[str]
    rejected: NotRequired[dict[str, str | int]]
    file: NotRequired[str]
    made: NotRequired[str]
    nationwide: NotRequired[bool]
    settings: NotRequired[dict[str, object]]


TABLE: dict[str, dict[str, Case]] = yaml.safe_load((HERE / "cases.yaml").read_text(encoding="utf-8"))
CASES = [(source, name) for source, cases in TABLE.items() for name in cases]
SOUND = sorted(path.relative_to(HERE) for path in HERE.glob("*/sound/*"))
MADE_SOUND = {
    "population_raster": ("population.tif", "sound_grid"),
    "friction_raster": ("friction.tif", "sound_grid"),
    "etpl": ("DownloadPrograms.xlsx", "sound_workbook"),
    "tracts": ("cb_2020_97_tract_500k.gpkg", "sound_package"),
}


def read(source: str, path: Path, case: Case | None = None) -> Parsed:
    """Return what a run makes of the file: parsed, and held to what is known of the source."""
    options: Case = case or {"fault": "none"}
    settings = Settings().with_changes(dict(options.get("settings", {})))
    parsed = SOURCES[source].read(path, ParseContext(settings))
    return held_to(parsed, SOURCES[source].spec, nationwide=bool(options.get("nationwide")))


def file_of(source: str, name: str, folder: Path) -> Path:
    """Return the file of a case, made in `folder` where it is not kept as text."""
    case = TABLE[source][name]
    if "made" in case:
        MAKERS[case["made"]](folder / case["file"])
        return folder / case["file"]
    if source in SOURCES:
        (path,) = (HERE / source / name).iterdir()
        return path
    return HERE / source / f"{name}.yaml"


def outcome(source: str, name: str, path: Path) -> str | pd.DataFrame:
    """Return the sentence by which a file is refused, or the rows that are."""
    try:
        if source == "settings":
            usable_settings(path)
        elif source == "scenarios":
            load_scenario(path)
        else:
            return read(source, path, TABLE[source][name]).rejects
    except OnrampError as problem:
        return str(problem)
    return pd.DataFrame()


@pytest.mark.parametrize(("source", "name"), CASES, ids=["-".join(case) for case in CASES])
def test_a_faulty_file_is_refused_with_its_sentence(source: str, name: str, tmp_path: Path) -> None:
    case = TABLE[source][name]
    found = outcome(source, name, file_of(source, name, tmp_path))
    if "refused" in case:
        assert isinstance(found, str), f"{case['fault']} was not refused"
        # What a library says is in brackets and differs between its versions.
        pattern = re.escape(case["refused"]).replace("…", ".+")
        assert re.fullmatch(pattern, found, re.DOTALL), found
    else:
        assert isinstance(found, pd.DataFrame), found
        assert len(found) == 1, f"{case['fault']}: {len(found)} rows were rejected, not one"
        row = {"remedy": "", **case["rejected"]}
        assert {column: found[column].fillna("").iloc[0] for column in row} == row


@pytest.mark.parametrize("path", SOUND, ids=str)
def test_without_its_fault_a_file_is_read_whole(path: Path) -> None:
    parsed = read(path.parts[0], HERE / path)
    assert parsed.rejects.empty
    assert parsed.rows_kept == parsed.rows_in > 0


@pytest.mark.parametrize("source", MADE_SOUND)
def test_without_its_fault_a_made_file_is_read_whole(source: str, tmp_path: Path) -> None:
    name, maker = MADE_SOUND[source]
    MAKERS[maker](tmp_path / name)
    parsed = read(source, tmp_path / name)
    assert parsed.rejects.empty
    assert parsed.rows_kept == parsed.rows_in > 0


def test_every_source_has_its_counterexamples() -> None:
    assert set(TABLE) == {*SOURCES, "settings", "scenarios"}
    distinct = {(source, case["fault"]) for source, cases in TABLE.items() for case in cases.values()}
    assert len(distinct) == len(CASES), "two cases show one fault"
    assert len(distinct) >= 200
    assert all(TABLE.values())


def test_no_file_lies_about_without_a_case() -> None:
    kept = {(source, name) for source, name in CASES if "made" not in TABLE[source][name]}
    folders = {(path.parent.name, path.name) for path in HERE.glob("*/*") if path.is_dir() and path.name != "sound"}
    files = {(path.parent.name, path.stem) for kind in ("settings", "scenarios") for path in (HERE / kind).iterdir()}
    assert {pair for pair in folders if not pair[0].startswith("__")} | files == kept
