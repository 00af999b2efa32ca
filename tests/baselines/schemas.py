"""The schemas as the code has them: every canonical and computed table, and the columns each source reads.

`python -m tests.baselines.schemas` accepts them: it writes `schemas.json` again. Say in the changelog what changed.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from unittest.mock import patch

from geodata.schemas import canonical, computed
from geodata.schemas.table import Column, Table
from geodata.settings import Settings
from geodata.sources import SOURCES
from geodata.sources.formats import layers, text_tables, workbooks
from geodata.sources.formats.text_tables import Wanted, choose_columns
from geodata.sources.spec import ParseContext
from tests.counterexamples.test_counterexamples import HERE as COUNTEREXAMPLES
from tests.counterexamples.test_counterexamples import MADE_SOUND, MAKERS

FILE = Path(__file__).with_name("schemas.json")
ACCEPT = (
    "If this is meant, run “python -m tests.baselines.schemas” to accept it, and name it in CHANGELOG.md under "
    "“Data and method”."
)
Schemas = dict[str, dict[str, dict[str, str]]]
"""By “canonical tract”, “computed communities” or “source svi”: by column, what is known of it."""


def schemas_of_code() -> Schemas:
    """Return the schemas the code has now."""
    tables = {
        f"{kind} {table.name}": {column.name: _facts(column, table) for column in table.columns}
        for kind, module in (("canonical", canonical), ("computed", computed))
        for table in vars(module).values()
        if isinstance(table, Table)
    }
    return tables | {f"source {name}": columns_read(name) for name in SOURCES}


def _facts(column: Column, table: Table) -> dict[str, str]:
    facts = {
        "kind": column.kind,
        "unit": column.unit,
        "may be empty": "yes" if column.nullable else "no",
        "part of the key": "yes" if column.name in table.key else "",
        "least": "" if column.least is None else f"{column.least:g}",
        "most": "" if column.most is None else f"{column.most:g}",
        "pattern": column.pattern or "",
        "values": ", ".join(column.one_of or ()),
    }
    return {name: fact for name, fact in facts.items() if fact}


def columns_read(source: str) -> dict[str, dict[str, str]]:
    """Return the columns a source asks a file for, seen while it reads the sound files of its counterexamples."""
    asked: dict[str, dict[str, str]] = {}

    def seen(found: Sequence[str], columns: Sequence[Wanted], file: str) -> tuple[dict[str, int], tuple[str, ...]]:
        for column in columns:
            required = "yes" if column.required else "no"
            asked[column.name] = {"headers": " | ".join(column.spellings), "required": required}
        return choose_columns(found, columns, file)

    with ExitStack() as stack, tempfile.TemporaryDirectory() as folder:
        for module in (layers, text_tables, workbooks):
            stack.enter_context(patch.object(module, "choose_columns", seen))
        for path in _sound_files(source, Path(folder)):
            # In this process, where it can be seen.
            SOURCES[source].parse(path, ParseContext(Settings()))
    return asked


def _sound_files(source: str, folder: Path) -> Iterator[Path]:
    kept = sorted((COUNTEREXAMPLES / source / "sound").glob("*"))
    yield from kept
    if not kept:
        name, maker = MADE_SOUND[source]
        MAKERS[maker](folder / name)
        yield folder / name


def differences(before: Schemas, now: Schemas) -> list[str]:
    """Return one sentence for each table, column or fact that is new, gone or another one."""
    found = [f"{table}: the table is gone." for table in before.keys() - now.keys()]
    found += [f"{table}: the table is new." for table in now.keys() - before.keys()]
    for table in before.keys() & now.keys():
        old, new = before[table], now[table]
        found += [f"{table}: the column “{name}” is gone." for name in old.keys() - new.keys()]
        found += [f"{table}: the column “{name}” is new." for name in new.keys() - old.keys()]
        for name in old.keys() & new.keys():
            was, is_ = old[name], new[name]
            found += [
                f"{table}: “{fact}” of the column “{name}” was “{was.get(fact, '')}”, is “{is_.get(fact, '')}”."
                for fact in was.keys() | is_.keys()
                if was.get(fact) != is_.get(fact)
            ]
        if not found and list(old) != list(new):
            found.append(f"{table}: the columns stand in another order.")
    return sorted(found)


def text_of(schemas: Schemas) -> str:
    """Return the schemas as JSON with a line for each column, so that a change of one is a changed line."""
    tables = []
    for table, columns in schemas.items():
        lines = ",\n".join(f"  {_json(name)}: {_json(facts)}" for name, facts in columns.items())
        tables.append(f" {_json(table)}: {{\n{lines}\n }}")
    return "{\n" + ",\n".join(tables) + "\n}\n"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    FILE.write_text(text_of(schemas_of_code()), encoding="utf-8")
