"""Reading tables of text: every value stays a string until a parser says what it is.

Holds encodings, delimiters, header spellings, rows of the wrong length, and the refusal of files that are not
what they claim to be. Does not hold the meaning of any column: see `geodata.sources.formats.values` for numbers and
dates, and the modules of the publishers for the rest.
"""

from __future__ import annotations

import csv
import difflib
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from geodata.errors import AGAIN, InputError
from geodata.schemas.parsed import Parsed, RejectLog, Unread
from geodata.schemas.table import Table
from geodata.sources.formats.archives import read_member
from geodata.sources.formats.row_limit import refuse_more_rows
from geodata.sources.formats.text_stream import TextStream, decode
from geodata.sources.formats.unread import ALIKE, likeness, unread_columns

MOST_BYTES = 1_000_000_000
_DELIMITERS = ",|\t;"
Json = Any
"""What a JSON file holds: objects, lists, text, numbers."""


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
    unread: tuple[Unread, ...] = ()
    as_of: date | None = None

    def parsed(
        self, table: Table, frame: pd.DataFrame, *, kept: int | None = None, out_of_scope: dict[str, int] | None = None
    ) -> Parsed:
        """Return the account of this file with `frame` as its canonical table.

        `kept` is the number of rows of the file behind `frame`, where it is not the length of `frame`.
        """
        rows_kept = len(frame) if kept is None else kept
        scope = {reason: count for reason, count in (out_of_scope or {}).items() if count}
        return Parsed(
            table.validate(frame),
            self.log.table(),
            self.rows_in,
            rows_kept,
            scope,
            self.notes,
            unread=self.unread,
            as_of=self.as_of,
        )


def read_csv(
    path: Path,
    columns: Sequence[Wanted],
    source: str,
    *,
    member: str | None = None,
    headers: Sequence[str] = (),
) -> Text:
    """Return the wanted columns of a delimited text file, of the zip member matching `member` where it is a zip.

    The delimiter is that of the header line, or the one Excel writes above it (`sep=;`); for encodings see `decode`.
    Rows with too many or too few fields go to the log. Raises InputError where the file is empty, is a web page
    or another kind of file, lacks a wanted column, or has many rows of the wrong length. `headers` names the columns
    of a file that has no header line.
    """
    with _opened(Path(path), member) as (name, file):
        stream = TextStream(file)
        _refuse_other_kinds(stream.head[:400], stream.magic, name)
        text, delimiter = delimited(stream.head)
        found, body = (list(headers), text) if headers else _split_header(text, delimiter, name)
        chosen, absent = choose_columns(found, columns, name)
        stream.skip(len(stream.head) - len(body))
        arrow, bad_rows = _read_body(stream, len(found), sorted(chosen.values()), delimiter, name)
    rows_in = arrow.num_rows + len(bad_rows)
    if len(bad_rows) > max(20, arrow.num_rows // 10):
        raise InputError(
            f"{len(bad_rows):,} of {rows_in:,} rows do not have the {len(found)} fields of the header",
            file=name,
            remedy=AGAIN,
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
    return Text(frame, name, rows_in, log, tuple(found), absent, unread=unread_columns(found, chosen, columns))


@contextmanager
def _opened(path: Path, member: str | None) -> Iterator[tuple[str, BinaryIO]]:
    """Open a delimited file, or the member of a zip, with the name to call it by."""
    if path.suffix.lower() == ".zip":
        name, data = read_member(path, member or "*.csv", most_bytes=MOST_BYTES)
        yield name, io.BytesIO(data)
        return
    _refuse_sizes(path, MOST_BYTES)
    with path.open("rb") as file:
        yield path.name, file


def _read_body(
    body: TextStream, width: int, chosen: list[int], delimiter: str, name: str
) -> tuple[pa.Table, list[tuple[int, int]]]:
    """Return the chosen columns, named by position, and the place and length of each row of another length.

    Of a large file no more is held than one block and these columns.
    """
    if body.is_blank:
        return pa.table({str(i): pa.array([], pa.string()) for i in chosen}), []
    bad_rows: list[tuple[int, int]] = []

    def note_bad(row: arrow_csv.InvalidRow) -> str:
        bad_rows.append((row.number - 1, row.actual_columns))
        return "skip"

    batches, rows = [], 0
    try:
        reader = arrow_csv.open_csv(
            body,
            # One thread, because only then the reader gives the number of a bad row.
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
        for batch in reader:
            batches.append(batch)
            rows += batch.num_rows
            refuse_more_rows(rows + len(bad_rows), name)
    except pa.ArrowInvalid as problem:
        raise InputError(f"the rows cannot be separated ({problem})", file=name, remedy=AGAIN) from None
    return pa.Table.from_batches(batches, reader.schema), bad_rows


def _trimmed(column: pa.ChunkedArray) -> pd.Series:
    text = pc.utf8_trim_whitespace(column)
    text = pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)
    return pd.Series(pd.array(text.combine_chunks().cast(pa.large_string()), dtype="str"))


def read_bytes(path: Path, most_bytes: int = MOST_BYTES) -> bytes:
    """Return the bytes of a file; InputError where it is missing, empty or beyond `most_bytes`."""
    _refuse_sizes(path, most_bytes)
    return path.read_bytes()


def _refuse_sizes(path: Path, most_bytes: int) -> None:
    try:
        size = path.stat().st_size
    except OSError:
        raise InputError("the file is not there", file=path, remedy="Check the folder of sources.") from None
    if size == 0:
        raise InputError("the file is empty", file=path, remedy=AGAIN)
    if size > most_bytes:
        raise InputError(f"the file has {size:,} bytes, more than the {most_bytes:,} allowed", file=path, remedy=AGAIN)


def delimited(text: str) -> tuple[str, str]:
    """Return the text of a delimited file from its header on, and its delimiter.

    Excel writes and obeys a first line such as `sep=;`, which is no row of the table.
    """
    line, _, rest = text.partition("\n")
    said = re.fullmatch(r'"?sep=(.|\\t)"?\s*', line.strip("\r"), re.IGNORECASE)
    if said:
        return rest, "\t" if said.group(1) in ("\\t", "\t") else said.group(1)
    return text, max(_DELIMITERS, key=line.count)


def _refuse_other_kinds(start: str, magic: bytes, name: str) -> None:
    if re.match(r"\s*<(!doctype|html|head|\?xml)", start, re.IGNORECASE):
        raise InputError("this is a web page, not data", file=name, remedy=AGAIN)
    if magic == b"PK\x03\x04":
        raise InputError("this is a zip archive named like a text file", file=name, remedy="Give it the ending .zip.")
    if not start.strip():
        raise InputError("the file is empty", file=name, remedy=AGAIN)


def _split_header(text: str, delimiter: str, name: str) -> tuple[list[str], str]:
    """Return the headers and the text below them (a quoted header may hold a line break)."""
    head = io.StringIO(text[:200_000], newline="")
    reader = csv.reader(iter(head.readline, ""), delimiter=delimiter)
    try:
        found = [" ".join(header.split()) for header in next(reader, [])]
    except csv.Error as problem:
        raise InputError(f"its header cannot be read ({problem})", file=name, remedy=AGAIN) from None
    return found, text[head.tell() :]


def plain(header: str) -> str:
    """Return a header reduced to its letters and digits, so that spellings can be compared."""
    return re.sub(r"[^a-z0-9]+", "", header.casefold())


def positions_of(found: Sequence[str], columns: Iterable[Wanted]) -> dict[str, int]:
    """Return the position of each wanted column that is among the headers `found`.

    A header that is spelled exactly so is preferred to one that differs in case, blanks or punctuation.
    """
    exact: dict[str, int] = {}
    loose: dict[str, int] = {}
    for i, header in enumerate(found):
        exact.setdefault(header, i)
        loose.setdefault(plain(header), i)
    chosen: dict[str, int] = {}
    for column in columns:
        spots = [exact[s] for s in column.spellings if s in exact]
        spots += [loose[plain(s)] for s in column.spellings if plain(s) in loose]
        if spots:
            chosen[column.name] = spots[0]
    return chosen


def choose_columns(
    found: Sequence[str], columns: Sequence[Wanted], file: str
) -> tuple[dict[str, int], tuple[str, ...]]:
    """Return the position of each wanted column among the headers `found`, and the optional ones absent.

    Raises InputError naming every required column that is absent and the headers that look like it, or a header
    that stands twice where a wanted column is read: which of the two is meant, nobody could say.
    """
    chosen = positions_of(found, columns)
    for spot in chosen.values():
        if found[spot].strip() and list(found).count(found[spot]) > 1:
            raise InputError(
                f"the column “{found[spot]}” stands {list(found).count(found[spot])} times in its header",
                file=file,
                remedy="Keep the one that is meant, or give the other a name of its own.",
            )
    gone = [column for column in columns if column.required and column.name not in chosen]
    if gone:
        raise InputError(
            _gone_sentence(gone, found),
            file=file,
            remedy="Check that this is the right file; a column the publisher renamed must be added to the source.",
        )
    return chosen, tuple(column.name for column in columns if column.name not in chosen)


def _gone_sentence(gone: Sequence[Wanted], found: Sequence[str]) -> str:
    names = []
    for column in gone[:5]:
        near = difflib.get_close_matches(column.spellings[0], list(found), n=3, cutoff=0.55)
        near = near or [header for header in found if likeness(header, column) >= ALIKE][:3]
        tail = f" (similar: {', '.join(f'“{n}”' for n in near)})" if near else ""
        names.append(f"“{column.spellings[0]}”{tail}")
    more = f" and {len(gone) - 5} more" if len(gone) > 5 else ""
    subject, verb = ("column", "is") if len(gone) == 1 else ("columns", "are")
    return f"the {subject} {', '.join(names)}{more} {verb} not among its {len(found)} columns"


def read_json(path: Path, most_bytes: int = MOST_BYTES) -> Json:
    """Return the content of a JSON file; InputError where it is a web page, cut short or not JSON."""
    text = decode(read_bytes(path, most_bytes))
    _refuse_other_kinds(text[:400], text[:4].encode(), path.name)
    try:
        return json.loads(text)
    except RecursionError:
        raise InputError("its brackets are nested too deeply to be data", file=path, remedy=AGAIN) from None
    except ValueError as problem:
        raise InputError(f"the file is not valid JSON ({problem})", file=path, remedy=AGAIN) from None


def from_records(records: Sequence[Mapping[str, object]], columns: Sequence[Wanted], source: str, file: str) -> Text:
    """Return records (of a JSON file or a feature layer) as text columns, indexed by position."""
    if not isinstance(records, (list, tuple)) or not all(isinstance(record, dict) for record in records):
        raise InputError("its records are not a list of names and values", file=file, remedy=AGAIN)
    found = list(dict.fromkeys(key for record in records for key in record))
    refuse_more_rows(len(records), file)
    if not records:
        raise InputError("the file holds no records", file=file, remedy=AGAIN)
    chosen, absent = choose_columns(found, columns, file)
    frame = pd.DataFrame(index=pd.RangeIndex(len(records)))
    for key, spot in chosen.items():
        frame[key] = pd.array([as_text(record.get(found[spot])) for record in records], dtype="str")
    for key in absent:
        frame[key] = pd.Series(None, index=frame.index, dtype="str")
    unread = unread_columns(found, chosen, columns)
    return Text(frame, file, len(records), RejectLog(source, file), tuple(found), absent, unread=unread)


def as_text(value: object) -> str | None:
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
