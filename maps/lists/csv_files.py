"""Lists as CSV, each with a metadata file beside it (W3C “CSV on the Web”).

UTF-8 with a byte order mark: without it Excel reads “Doña Ana” as another script, and every other reader of
ours skips it. A header row and nothing above it, so that any program can read the file; the date, the kind of
data and the sources with vintage are the last three columns of every row, because a file loses its neighbors
when it is mailed (the long lists leave the sources to the file beside them). Text that a spreadsheet would take
for a formula gets an apostrophe in front (the file beside says so); numbers are left alone. GEOIDs are text:
Excel still drops leading zeros when it opens a CSV by double click, which the workbook does not.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from geodata.storage.files import write_bytes, write_text
from maps.lists.file_provenance import Provenance, shortened
from maps.lists.list_specs import LONG_LISTS
from maps.lists.list_tables import ListTable
from maps.texts import Texts

#: First signs by which a spreadsheet takes text for a formula, their full-width forms included.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
DATATYPES = {"text": "string", "number": "number", "integer": "integer", "flag": "boolean", "date": "date"}
ROW_PROVENANCE = ("data_as_of", "data_kind", "data_sources")


def harmless(text: str) -> str:
    """Return `text` so that no spreadsheet runs it: an apostrophe before what looks like a formula."""
    return f"'{text}" if text.lstrip(" \u00a0\ufeff").startswith(FORMULA_STARTS) else text


def write_csv(table: ListTable, file: Path, provenance: Provenance, texts: Texts) -> list[Path]:
    """Write one list and its metadata; return both files."""
    rows = pd.DataFrame(index=table.rows.index)
    for column in table.columns:
        values = table.rows[column.name]
        if column.kind == "text":
            values = values.map(harmless, na_action="ignore")
        elif column.kind == "date":
            values = values.dt.strftime("%Y-%m-%d")
        elif column.kind == "number":
            values = values.map(lambda value: repr(shortened(value)).removesuffix(".0"), na_action="ignore")
        elif column.kind == "flag":
            values = values.map({True: "true", False: "false"})
        rows[column.name] = values
    kind = texts("lists.data_kind.sample" if provenance.sample else "lists.data_kind.public")
    added = dict(zip(ROW_PROVENANCE, (provenance.as_of, kind, provenance.vintages), strict=True))
    if table.name in LONG_LISTS:
        del added["data_sources"]
    for name, value in added.items():
        rows[name] = harmless(value)
    text = rows.to_csv(index=False, lineterminator="\r\n")
    write_bytes(file, text.encode("utf-8-sig"))
    beside = file.with_name(f"{file.name}-metadata.json")
    write_text(
        beside, json.dumps(_metadata(table, file.name, provenance, tuple(added)), indent=1, ensure_ascii=False) + "\n"
    )
    return [file, beside]


def _metadata(table: ListTable, file_name: str, provenance: Provenance, added: tuple[str, ...]) -> dict[str, object]:
    columns = [
        {
            "name": column.name,
            "datatype": DATATYPES[column.kind],
            "dc:description": column.meaning,
            **({"schema:unitText": column.unit} if column.unit else {}),
        }
        for column in table.columns
    ]
    columns += [{"name": name, "datatype": "string"} for name in added]
    key = table.spec.table.key
    return {
        "@context": "http://www.w3.org/ns/csvw",
        "url": file_name,
        "dc:title": provenance.title,
        "dc:date": provenance.as_of,
        "dc:description": provenance.notice,
        "dc:source": [_source(source) for source in provenance.sources],
        "prov:wasGeneratedBy": f"run {provenance.run_id}, settings {provenance.settings_digest}",
        "rdfs:comment": "Text that begins with a sign a spreadsheet would run (= + - @) has an apostrophe in front. "
        "Identifiers such as GEOIDs are text. An empty cell means no value, never zero.",
        "dialect": {"encoding": "utf-8", "header": True},
        "tableSchema": {"columns": columns, **({"primaryKey": list(key)} if key else {})},
    }


#: What a source says, in the vocabularies the format knows from the start.
SOURCE_TERMS = {
    "title": "dc:title",
    "publisher": "dc:publisher",
    "vintage": "schema:version",
    "licence": "dc:license",
    "page": "schema:mainEntityOfPage",
    "url": "schema:contentUrl",
    "retrieved_at": "prov:generatedAtTime",
    "freshness": "schema:creativeWorkStatus",
    "sha256": "schema:sha256",
    "note": "rdfs:comment",
}


def _source(source: Mapping[str, object]) -> dict[str, object]:
    return {term: source[name] for name, term in SOURCE_TERMS.items() if source[name]}
