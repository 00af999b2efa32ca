"""Every parser says what is wrong with a broken or hostile file in one sentence, whatever is in it.

Longer campaigns are run with `python -m tests.robustness.fuzz`; what they found is kept here.
"""

from __future__ import annotations

import io
import json
import random
import struct
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from geodata.errors import InputError
from geodata.geography.geoids import clean_geoids
from geodata.geography.written_coordinates import read_coordinates
from geodata.geography.zips import clean_zips, state_of_zips
from geodata.sample import write_sample
from geodata.settings import load_settings
from geodata.sources.formats.archives import check_zip, member_names
from geodata.sources.formats.layers import read_layer
from geodata.sources.formats.text_tables import from_records, read_csv, read_json, wanted
from geodata.sources.formats.values import SVI_CODES, counts, dates, flags, numbers, to_numbers
from geodata.sources.formats.workbooks import read_workbook
from tests.robustness.fuzz import HOSTILE, mutated, outcome, seeds

EACH = 2


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sample(tmp_path_factory.mktemp("whole") / "sample", tracts=100)


@pytest.mark.slow
def test_no_parser_breaks_on_damaged_files(whole: Path, tmp_path: Path) -> None:
    dice, found = random.Random(15), []
    for target in seeds(whole, load_settings(None, {})):
        data, path = target.whole.read_bytes(), tmp_path / target.whole.name
        for _ in range(EACH):
            path.write_bytes(mutated(data, path.name, dice))
            verdict = outcome(target, path)
            found += [f"{target.name}: {verdict}"] if verdict.startswith("crash") else []
    assert found == []


lines = st.lists(st.one_of(st.sampled_from(HOSTILE), st.text(max_size=30), st.none()), min_size=1, max_size=12)


@settings(max_examples=40)
@given(lines)
@example(["1e308", "9" * 400])
def test_any_text_is_a_value_or_none(cells: list[str | None]) -> None:
    text = pd.Series(cells, dtype="str")
    for found in (to_numbers(text), counts(text), flags(text), dates(text), clean_geoids(text), clean_zips(text)):
        assert len(found) == len(text)
    found = read_coordinates(text, text[::-1].reset_index(drop=True), text, text)
    assert found["latitude"].isna().equals(found["longitude"].isna())
    assert found.loc[found["refused"] != "", "latitude"].isna().all()
    parsed_numbers = numbers(text, codes=SVI_CODES, least=0, most=1)
    assert parsed_numbers.values.dropna().between(0, 1).all()
    assert len(state_of_zips(clean_zips(text))) == len(text)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=400))
@example(b'"')
@example(b"a\n\xff\xfe\x00")
@example(b"PK\x03\x04")
@example(b"a,b\r1,2\r3,4")
def test_any_bytes_are_a_table_or_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "any.csv"
    path.write_bytes(data)
    try:
        text = read_csv(path, wanted("a", required=False), "s")
    except InputError as problem:
        assert str(problem).startswith("any.csv")
    else:
        assert len(text.frame) + len(text.log.table()) == text.rows_in


def test_a_header_without_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "endless.csv"
    path.write_text('"' + "a" * 150_000)
    with pytest.raises(InputError, match=r"endless\.csv: its header cannot be read \(field larger than"):
        read_csv(path, wanted("a", required=False), "s")


def test_json_that_is_nested_too_deeply_or_holds_no_records_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "deep.json"
    path.write_text("[" * 200_000)
    with pytest.raises(InputError, match=r"deep\.json: its brackets are nested too deeply"):
        read_json(path)
    for records in (None, "text", 5, [None], [["a"]], {"a": 1}):
        with pytest.raises(InputError, match="its records are not a list of names and values"):
            from_records(records, wanted("a", required=False), "s", "x.json")  # type: ignore[arg-type]


def test_what_macos_leaves_in_an_archive_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "mac.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("__MACOSX/._a.csv", "._a.csv", "in/._a.csv", "in/a.csv"):
            archive.writestr(name, "x")
    assert member_names(path, "*.csv") == ["in/a.csv"]


def test_a_member_without_a_name_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "nameless.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a", "x")
    data = path.read_bytes()
    # In the directory at the end the length of the name becomes 0, and the letter a comment.
    at = data.index(b"PK\x01\x02")
    path.write_bytes(data[: at + 28] + struct.pack("<HHH", 0, 0, 1) + data[at + 34 :])
    with pytest.raises(InputError, match="has a name that cannot be written"):
        check_zip(path)


def damaged_workbook(part: str, content: bytes) -> bytes:
    """A workbook one part of which is something else."""
    book, held = Workbook(), io.BytesIO()
    book.active.append(["name", "state"])  # type: ignore[union-attr]
    book.active.append(["A", "RI"])  # type: ignore[union-attr]
    book.save(held)
    out = io.BytesIO()
    with zipfile.ZipFile(held) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, content if name == part else old.read(name))
    return out.getvalue()


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "[Content_Types].xml"])
@pytest.mark.parametrize("content", [b"<a><b>", b"", b"\x00\xff" * 20])
def test_a_damaged_workbook_is_one_sentence(tmp_path: Path, part: str, content: bytes) -> None:
    path = tmp_path / "list.xlsx"
    path.write_bytes(damaged_workbook(part, content))
    with pytest.raises(InputError, match=r"list\.xlsx"):
        read_workbook(path, wanted("name", "state"), "s")


def test_a_sheet_that_claims_to_be_enormous_is_read_in_its_own_width(tmp_path: Path) -> None:
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:XFD3000"/>'
        '<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>name</t></is></c></row>'
        '<row r="2"><c r="A2" t="inlineStr"><is><t>Depot</t></is></c></row>'
        '<row r="3000"><c r="XFD3000" t="inlineStr"><is><t>far</t></is></c></row></sheetData></worksheet>'
    )
    path = tmp_path / "wide.xlsx"
    path.write_bytes(damaged_workbook("xl/worksheets/sheet1.xml", sheet.encode()))
    text = read_workbook(path, wanted("name"), "s")
    assert text.frame["name"].tolist() == ["Depot"]


def test_shapes_at_no_place_are_refused_by_row(tmp_path: Path) -> None:
    def feature(longitude: float) -> dict[str, object]:
        return {
            "type": "Feature",
            "properties": {"a": "x"},
            "geometry": {"type": "Point", "coordinates": [longitude, 41.0]},
        }

    path = tmp_path / "points.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature(-71.0), feature(float("inf"))]}))
    try:
        text, geometry = read_layer(path, wanted("a"), "s")
    except InputError as problem:
        assert "points.geojson" in str(problem)
    else:
        assert len(geometry) == 1
        assert text.log.table()["reason"].tolist() == ["no_geometry"]
