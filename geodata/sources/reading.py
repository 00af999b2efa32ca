"""Reading tables of text: every value stays a string until a parser says what it is.

Holds encodings, delimiters, header spellings, rows of the wrong length, and the refusal of files that are not
what they claim to be. Does not hold the meaning of any column: see `geodata.sources.values` for numbers and
dates, and the modules of the publishers for the rest.
"""

from __future__ import annotations

import csv
import difflib
import io
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from openpyxl.utils.exceptions import InvalidFileException
from pyarrow import csv as arrow_csv

from geodata.errors import InputError
from geodata.fetching.archives import check_zip
from geodata.schemas import Table
from geodata.sources.archives import read_member
from geodata.tables import Parsed, RejectLog

MOST_BYTES = 1_000_000_000
_HEADER_ROWS = 25
_DELIMITERS = ",|\t;"
_AGAIN = "Download it again from the publisher, or take it out of the folder."


@dataclass(frozen=True)
class Wanted:
    """A column a parser asks for: its name in code and the header spellings publishers have used for it."""

    name: str
    headers: tuple[str, ...] = ()
    required: bool = True

    @property
    def spellings(self) -> tuple[str, ...]:
        """The accepted headers, the preferred first; the name itself where none is given."""
        return self.headers or (self.name,)


def wanted(*names: str, required: bool = True) -> tuple[Wanted, ...]:
    """Return columns whose name in code is their header."""
    return tuple(Wanted(name, required=required) for name in names)


@dataclass
class Text:
    """A file read as text: the wanted columns, the headers of all, and the log of refused rows.

    The index of `frame` is the position of each row in the data part of the file, so that a row can be found
    again; columns wanted but absent are present and empty, and listed in `absent`.
    """

    frame: pd.DataFrame
    file: str
    rows_in: int
    log: RejectLog
    headers: tuple[str, ...]
    absent: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list)

    def parsed(
        self, table: Table, frame: pd.DataFrame, *, kept: int | None = None, out_of_scope: dict[str, int] | None = None
    ) -> Parsed:
        """Return the account of this file with `frame` as its canonical table.

        `kept` is the number of rows of the file behind `frame`, where it is not the length of `frame`.
        """
        rows_kept = len(frame) if kept is None else kept
        scope = {reason: count for reason, count in (out_of_scope or {}).items() if count}
        return Parsed(table.validate(frame), self.log.table(), self.rows_in, rows_kept, scope, self.notes)


def read_csv(path: Path, columns: Sequence[Wanted], source: str, *, member: str | None = None) -> Text:
    """Return the wanted columns of a delimited text file, of the zip member matching `member` where it is a zip.

    The delimiter is told from the header line; UTF-8 with or without BOM is tried first, then Windows-1252.
    Rows with too many or too few fields go to the log. Raises InputError where the file is empty, is a web page
    or another kind of file, lacks a wanted column, or has many rows of the wrong length.
    """
    path = Path(path)
    name = path.name
    if path.suffix.lower() == ".zip":
        name, data = read_member(path, member or "*.csv", most_bytes=MOST_BYTES)
    else:
        data = read_bytes(path)
    text = decode(data)
    _refuse_other_kinds(text[:400], data[:4], name)
    delimiter = max(_DELIMITERS, key=text.partition("\n")[0].count)
    found, body = _split_header(text, delimiter)
    chosen, absent = choose_columns(found, columns, name)
    arrow, bad_rows = _read_body(body, len(found), sorted(chosen.values()), delimiter, name)
    rows_in = arrow.num_rows + len(bad_rows)
    if len(bad_rows) > max(20, arrow.num_rows // 10):
        raise InputError(
            f"{len(bad_rows):,} of {rows_in:,} rows do not have the {len(found)} fields of the header",
            file=name,
            remedy=_AGAIN,
        )
    log = RejectLog(source, name)
    positions = pd.RangeIndex(rows_in).difference([spot for spot, _ in bad_rows])
    frame = pd.DataFrame({key: _trimmed(arrow.column(str(i))) for key, i in chosen.items()})
    frame.index = positions if bad_rows else pd.RangeIndex(rows_in)
    for key in absent:
        frame[key] = pd.Series(None, index=frame.index, dtype="str")
    if bad_rows:
        spots, lengths = zip(*bad_rows, strict=True)
        log.take(
            pd.DataFrame({"fields": lengths}, index=list(spots)),
            pd.Series(True, index=list(spots)),
            "wrong_number_of_fields",
            field="fields",
            remedy="Quote values that contain the delimiter.",
        )
    return Text(frame, name, rows_in, log, tuple(found), absent)


def _read_body(
    body: str, width: int, chosen: list[int], delimiter: str, name: str
) -> tuple[pa.Table, list[tuple[int, int]]]:
    """Return the chosen columns, named by position, and the place and length of each row of another length."""
    if not body.strip():
        return pa.table({str(i): pa.array([], pa.string()) for i in chosen}), []
    bad_rows: list[tuple[int, int]] = []

    def note_bad(row: arrow_csv.InvalidRow) -> str:
        bad_rows.append((row.number - 1, row.actual_columns))
        return "skip"

    try:
        table = arrow_csv.read_csv(
            io.BytesIO(body.encode("utf-8")),
            # One thread, because only then the reader tells the number of a bad row.
            read_options=arrow_csv.ReadOptions(
                column_names=[str(i) for i in range(width)], use_threads=False, block_size=16 << 20
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=delimiter, newlines_in_values=True, invalid_row_handler=note_bad
            ),
            convert_options=arrow_csv.ConvertOptions(
                include_columns=[str(i) for i in chosen],
                column_types={str(i): pa.string() for i in chosen},
                strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid as problem:
        raise InputError(f"the rows cannot be told apart ({problem})", file=name, remedy=_AGAIN) from None
    return table, bad_rows


def _trimmed(column: pa.ChunkedArray) -> pd.Series:
    text = pc.utf8_trim_whitespace(column)
    text = pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)
    return pd.Series(pd.array(text.combine_chunks().cast(pa.large_string()), dtype="str"))


def read_table(path: Path, columns: Sequence[Wanted], source: str, *, least: int = 1) -> Text:
    """Return the wanted columns of an operator's table: a workbook by its ending, else delimited text."""
    if Path(path).suffix.lower() in (".xlsx", ".xlsm"):
        return read_workbook(Path(path), columns, source, least=least)
    return read_csv(path, columns, source)


def read_bytes(path: Path, most_bytes: int = MOST_BYTES) -> bytes:
    """Return the bytes of a file; InputError where it is missing, empty or beyond `most_bytes`."""
    try:
        size = path.stat().st_size
    except OSError:
        raise InputError("the file is not there", file=path, remedy="Check the folder of sources.") from None
    if size == 0:
        raise InputError("the file is empty", file=path, remedy=_AGAIN)
    if size > most_bytes:
        raise InputError(f"the file has {size:,} bytes, more than the {most_bytes:,} allowed", file=path, remedy=_AGAIN)
    return path.read_bytes()


def decode(data: bytes) -> str:
    """Return `data` as text: UTF-8 (BOM dropped), else Windows-1252, as older federal files are."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _refuse_other_kinds(start: str, magic: bytes, name: str) -> None:
    if re.match(r"\s*<(!doctype|html|head|\?xml)", start, re.IGNORECASE):
        raise InputError("this is a web page, not data", file=name, remedy=_AGAIN)
    if magic == b"PK\x03\x04":
        raise InputError("this is a zip archive named like a text file", file=name, remedy="Give it the ending .zip.")
    if not start.strip():
        raise InputError("the file is empty", file=name, remedy=_AGAIN)


def _split_header(text: str, delimiter: str) -> tuple[list[str], str]:
    """Return the headers and the text below them (a quoted header may hold a line break)."""
    head = io.StringIO(text[:200_000], newline="")
    reader = csv.reader(iter(head.readline, ""), delimiter=delimiter)
    found = [" ".join(header.split()) for header in next(reader, [])]
    return found, text[head.tell() :]


def plain(header: str) -> str:
    """Return a header reduced to its letters and digits, so that spellings can be compared."""
    return re.sub(r"[^a-z0-9]+", "", header.casefold())


def choose_columns(
    found: Sequence[str], columns: Iterable[Wanted], file: str
) -> tuple[dict[str, int], tuple[str, ...]]:
    """Return the position of each wanted column among the headers `found`, and the optional ones absent.

    Raises InputError naming every required column that is absent and the headers that look like it.
    """
    exact: dict[str, int] = {}
    loose: dict[str, int] = {}
    for i, header in enumerate(found):
        exact.setdefault(header, i)
        loose.setdefault(plain(header), i)
    chosen: dict[str, int] = {}
    absent: list[str] = []
    gone: list[Wanted] = []
    for column in columns:
        spot = next((exact[s] for s in column.spellings if s in exact), None)
        if spot is None:
            spot = next((loose[plain(s)] for s in column.spellings if plain(s) in loose), None)
        if spot is not None:
            chosen[column.name] = spot
        elif column.required:
            gone.append(column)
        else:
            absent.append(column.name)
    if gone:
        raise InputError(
            _gone_sentence(gone, found),
            file=file,
            remedy="Check that this is the right file; a column the publisher renamed must be added to the source.",
        )
    return chosen, tuple(absent)


def _gone_sentence(gone: Sequence[Wanted], found: Sequence[str]) -> str:
    told = []
    for column in gone[:5]:
        near = difflib.get_close_matches(column.spellings[0], list(found), n=3, cutoff=0.55)
        tail = f" (similar: {', '.join(f'“{n}”' for n in near)})" if near else ""
        told.append(f"“{column.spellings[0]}”{tail}")
    more = f" and {len(gone) - 5} more" if len(gone) > 5 else ""
    return f"the column {', '.join(told)}{more} is not among its {len(found)} columns"


def read_json(path: Path, most_bytes: int = MOST_BYTES) -> Any:
    """Return the content of a JSON file; InputError where it is a web page, cut short or not JSON."""
    text = decode(read_bytes(path, most_bytes))
    _refuse_other_kinds(text[:400], text[:4].encode(), path.name)
    try:
        return json.loads(text)
    except ValueError as problem:
        raise InputError(f"the file is not sound JSON ({problem})", file=path, remedy=_AGAIN) from None


def from_records(records: Sequence[dict[str, Any]], columns: Sequence[Wanted], source: str, file: str) -> Text:
    """Return records (of a JSON file or a feature layer) as text columns, indexed by position."""
    found = list(dict.fromkeys(key for record in records for key in record))
    if not records:
        raise InputError("the file holds no records", file=file, remedy=_AGAIN)
    chosen, absent = choose_columns(found, columns, file)
    frame = pd.DataFrame(index=pd.RangeIndex(len(records)))
    for key, spot in chosen.items():
        frame[key] = pd.array([as_text(record.get(found[spot])) for record in records], dtype="str")
    for key in absent:
        frame[key] = pd.Series(None, index=frame.index, dtype="str")
    return Text(frame, file, len(records), RejectLog(source, file), tuple(found), absent)


def as_text(value: Any) -> str | None:
    """Return a cell of JSON or a workbook as trimmed text, None where it is empty."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if value != value:
            return None
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, (list, tuple)):
        return " ".join(part for part in map(as_text, value) if part) or None
    if hasattr(value, "isoformat"):
        return str(value.isoformat())[:10]
    return str(value).strip() or None


def read_workbook(path: Path, columns: Sequence[Wanted], source: str, *, least: int = 1) -> Text:
    """Return the wanted columns of a workbook, from the sheet and row that look most like its header.

    Title rows above the header are skipped: among the first rows of each sheet the one with the most wanted
    columns wins, if all required ones and at least `least` are there. Raises InputError naming what is not found.
    """
    check_zip(path)
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, KeyError, ValueError, OSError) as fault:
        raise InputError(f"the workbook cannot be opened ({fault})", file=path, remedy=_AGAIN) from None
    best: tuple[dict[str, int], tuple[str, ...], list[str], str, int] | None = None
    problem: InputError | None = None
    try:
        for title in book.sheetnames:
            top = book[title].iter_rows(max_row=_HEADER_ROWS, values_only=True)
            for spot, row in enumerate(top, start=1):
                found = [as_text(cell) or "" for cell in row]
                try:
                    chosen, absent = choose_columns(found, columns, path.name)
                except InputError as fault:
                    problem = fault if problem is None or sum(map(bool, found)) > 1 else problem
                    continue
                if len(chosen) >= least and (best is None or len(chosen) > len(best[0])):
                    best = (chosen, absent, found, title, spot)
        if best is None:
            raise problem or InputError("no sheet has a header row with the columns expected", file=path, remedy=_AGAIN)
        chosen, absent, found, title, spot = best
        spots = sorted(set(chosen.values()))
        rows = [
            {i: as_text(row[i]) if i < len(row) else None for i in spots}
            if any(cell is not None for cell in row)
            else {}
            for row in book[title].iter_rows(min_row=spot + 1, values_only=True)
        ]
    finally:
        book.close()
    return _from_rows(rows, found, chosen, absent, source, path.name)


def _from_rows(
    rows: list[dict[int, str | None]],
    found: list[str],
    chosen: dict[str, int],
    absent: tuple[str, ...],
    source: str,
    file: str,
) -> Text:
    filled = {i: row for i, row in enumerate(rows) if row}
    frame = pd.DataFrame(
        {key: pd.array([row[spot] for row in filled.values()], dtype="str") for key, spot in chosen.items()},
        index=pd.Index(list(filled), dtype="int64"),
    )
    for key in absent:
        frame[key] = pd.Series(None, index=frame.index, dtype="str")
    return Text(frame, file, len(filled), RejectLog(source, file), tuple(found), absent)
