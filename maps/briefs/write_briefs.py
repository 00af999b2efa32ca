"""Writes the briefs of a state into a folder."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from geodata.schemas import columns as col
from geodata.schemas.state_result import StateResult
from geodata.storage.files import write_bytes, write_text
from maps.briefs.community_brief import community_brief
from maps.briefs.model import Brief
from maps.briefs.page import brief_html
from maps.briefs.parts import Writer
from maps.briefs.pdf import brief_pdf
from maps.briefs.state_brief import state_brief
from maps.wording.rows import records


def brief_name(result: StateResult, community_id: str | None, language: str, ending: str) -> str:
    """Return the name of a brief's file: `ri-brief.en.pdf` for the state, `ri-brief-{community}.en.pdf`."""
    part = "" if community_id is None else "-" + re.sub(r"[^a-z0-9]+", "-", community_id.lower()).strip("-")
    return f"{result.state.usps.lower()}-brief{part}.{language}.{ending}"


def briefs(result: StateResult, language: str, most: int | None = None) -> Iterator[tuple[str | None, Brief]]:
    """Yield the state's brief (its id is None) and those of the first `most` communities, or of all."""
    writer = Writer.of(result, language)
    yield None, state_brief(writer)
    communities = result.table("communities").sort_values(col.RANK).drop(columns="geometry")
    for row in records(communities.head(len(communities) if most is None else most)):
        yield row[col.COMMUNITY_ID], community_brief(writer, row)


def write_briefs(result: StateResult, folder: Path, languages: tuple[str, ...] = ("en", "es")) -> list[Path]:
    """Write every brief of a state as HTML and PDF to `folder` and return the files, in order."""
    written = []
    for language in languages:
        for ident, brief in briefs(result, language):
            written.append(write_text(folder / brief_name(result, ident, language, "html"), brief_html(brief)))
            written.append(write_bytes(folder / brief_name(result, ident, language, "pdf"), brief_pdf(brief)))
    return written
