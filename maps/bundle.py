"""The bundle for e-mail: brief, workbook and map of a state in one archive that mail servers let through."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path

from geodata.errors import InputError
from geodata.schemas.state_result import StateResult
from geodata.storage.files import write_bytes
from maps.briefs import brief_name, brief_pdf, briefs
from maps.figures import state_map_png
from maps.lists.file_names import file_name
from maps.lists.workbook import workbook_bytes
from maps.lists.write_lists import tables_in, texts_for, workbook_tables
from maps.wording.words import Words

#: Many mail servers refuse more than 10 MB, counted in megabytes of a million bytes.
MOST_BYTES = 10_000_000
FIRST_COMMUNITIES = 10
MAP_WIDTH_PX = 1600


def write_bundle(result: StateResult, path: Path, language: str = "en", most_bytes: int = MOST_BYTES) -> Path:
    """Write the bundle of a state: PDF briefs, the workbook of lists and the map as PNG.

    Holds the briefs of the state and of its first communities. InputError where it would be larger than
    `most_bytes`; nothing is written then. Two bundles of one result are the same bytes.
    """
    texts = texts_for(result, language)
    workbook = workbook_bytes(result, workbook_tables(tables_in(result, texts)), texts)
    parts = {
        brief_name(result, ident, language, "pdf"): brief_pdf(brief)
        for ident, brief in briefs(result, language, FIRST_COMMUNITIES)
    }
    parts[file_name(result, "lists", f"{language}.xlsx")] = workbook
    parts[file_name(result, "map", f"{language}.png")] = state_map_png(result, MAP_WIDTH_PX, language)
    notice = [
        texts("lists.workbook.title", state=result.state.name),
        texts("lists.as_of", date=Words(texts).date(result.as_of)),
    ]
    notice += [texts("lists.sample")] if result.sample else []
    parts["README.txt"] = ("\r\n".join([*notice, "", *sorted(parts)]) + "\r\n").encode("utf-8-sig")
    packed = _packed(parts, result.as_of)
    if len(packed) > most_bytes:
        largest = max(parts, key=lambda name: len(parts[name]))
        raise InputError(
            f"the e-mail bundle of {result.state.name} would be {len(packed) / 1e6:.1f} MB, "
            f"more than the {most_bytes / 1e6:.1f} MB that mail servers let through",
            file=path,
            remedy=f"Send the files one by one, or a link to the pages; the largest is {largest}.",
        )
    return write_bytes(path, packed)


def _packed(parts: dict[str, bytes], as_of: str) -> bytes:
    """Return a ZIP archive whose only date is the date of the data."""
    day = date.fromisoformat(as_of)
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in sorted(parts.items()):
            entry = zipfile.ZipInfo(name, (day.year, day.month, day.day, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # the same on every machine
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return held.getvalue()
