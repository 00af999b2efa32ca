"""Running a parser on text, as a run would."""

from __future__ import annotations

from pathlib import Path

from geodata.schemas.parsed import Parsed
from geodata.settings import Settings
from geodata.sources import SOURCES
from geodata.sources.spec import ParseContext
from geodata.states import find_state


def parse(name: str, path: Path, *, state: str | None = None, **changes: object) -> Parsed:
    settings = Settings().with_changes(changes) if changes else Settings()
    return SOURCES[name].parse(path, ParseContext(settings, find_state(state) if state else None))


def parse_text(name: str, folder: Path, file: str, text: str | bytes, **options: object) -> Parsed:
    path = folder / file
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return parse(name, path, **options)


def reasons(parsed: Parsed) -> dict[str, int]:
    return parsed.rejects["reason"].value_counts().to_dict()
