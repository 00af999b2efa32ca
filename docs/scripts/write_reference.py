"""Reference pages made from the code: the data dictionary from the schemas, the settings from their definitions.

`python docs/scripts/write_reference.py` writes them to `docs/`; a test holds the files to what is made here.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from geodata.schemas.canonical import CANONICAL
from geodata.schemas.computed import RESULT_TABLES
from geodata.schemas.table import Table
from geodata.settings import CHECKOUT, Settings
from geodata.storage.files import write_text

DOCS = CHECKOUT / "docs"


def data_dictionary() -> str:
    """Return the data dictionary as Markdown: every canonical and result table with its columns and units."""
    parts = [
        "# Data dictionary",
        "Made from the schemas by `python docs/scripts/write_reference.py`. Geometry is in EPSG:4326. A value that is "
        "not there is missing, never zero.",
        "## Canonical tables",
        *(_table(table) for table in CANONICAL),
        "## Result tables",
        *(_table(table) for table in RESULT_TABLES),
    ]
    return "\n\n".join(parts) + "\n"


def settings_page() -> str:
    """Return all settings as Markdown: name, default and meaning, section by section."""
    parts = [
        "# Settings",
        "Made from their definitions by `python docs/scripts/write_reference.py`. Give them in a YAML file "
        "(`onramp run --settings file.yaml`, or the file named by `ONRAMP_SETTINGS`), in the environment "
        "(`ONRAMP_NEED__REFERENCE_AREA=nation`), one by one (`--set need.reference_area=nation`), or in the run config "
        "of the Dagster UI. The last one is strongest. A value that cannot be used stops the run before it begins.",
        "## General",
        _settings({n: f for n, f in Settings.model_fields.items() if not _is_section(f)}),
    ]
    for name, section in Settings.model_fields.items():
        if _is_section(section):
            model: Any = section.annotation
            parts += [f"## {name}", (model.__doc__ or "").strip(), _settings(model.model_fields)]
    return "\n\n".join(parts) + "\n"


def _table(table: Table) -> str:
    key = f" Key: {', '.join(f'`{name}`' for name in table.key)}." if table.key else ""
    rows = [
        (f"`{c.name}`", c.kind, c.unit, "" if c.nullable else "yes", _meaning(c.meaning, c.one_of))
        for c in table.columns
    ]
    return f"### {table.name}\n\n{table.meaning}.{key}\n\n" + _grid(
        ("column", "kind", "unit", "always", "meaning"), rows
    )


def _meaning(meaning: str, one_of: tuple[str, ...] | None) -> str:
    return f"{meaning} (one of {', '.join(one_of)})" if one_of else meaning


def _is_section(field: FieldInfo) -> bool:
    return isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)


def _settings(fields: dict[str, FieldInfo]) -> str:
    rows = [(f"`{name}`", _default(field), field.description or "") for name, field in fields.items()]
    return _grid(("setting", "default", "meaning"), rows)


def _default(field: FieldInfo) -> str:
    value = field.get_default(call_default_factory=True)
    if isinstance(value, Path):
        value = value.relative_to(CHECKOUT) if value.is_relative_to(CHECKOUT) else value
    if isinstance(value, BaseModel):
        value = value.model_dump()
    if isinstance(value, dict):
        plain = {k: v.model_dump() if isinstance(v, BaseModel) else v for k, v in value.items()}
        return f"`{plain}`"
    if isinstance(value, tuple):
        return f"`{list(value)}`"
    return "none" if value is None else f"`{value}`"


def _grid(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


PAGES = {"data-dictionary.md": data_dictionary, "settings.md": settings_page}

if __name__ == "__main__":
    for file, page in PAGES.items():
        write_text(DOCS / file, page())
