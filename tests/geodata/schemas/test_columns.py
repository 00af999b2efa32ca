"""Columns are named once: a column of a schema is asked for by its constant, so that types find a typing error."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from geodata.schemas import columns as col
from geodata.schemas.canonical import CANONICAL
from geodata.schemas.computed import RESULT_TABLES

ROOT = Path(__file__).resolve().parents[3]
NAMES = {value for name, value in vars(col).items() if name.isupper()}
# Types, and what goes between this process and the confined one as JSON.
NO_TABLES = {"Literal", "asked", "error", "reply"}
ROOMS = ("schemas", "geography", "sources", "ingest", "access", "scoring", "uncertainty", "communities", "decisions")
FILES = [path for room in ROOMS for path in sorted((ROOT / "geodata" / room).rglob("*.py"))]


def spelled_out(source: str) -> list[str]:
    """Return the columns a module asks for by a literal: `table["geoid"]` or `table[["geoid", "state"]]`."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Subscript) and getattr(node.value, "id", "") not in NO_TABLES:
            parts = node.slice.elts if isinstance(node.slice, (ast.List, ast.Tuple)) else [node.slice]
            found += [part.value for part in parts if isinstance(part, ast.Constant) and part.value in NAMES]
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_column_is_asked_for_by_its_constant(path: Path) -> None:
    assert spelled_out(path.read_text(encoding="utf-8")) == []


def test_the_check_sees_a_literal() -> None:
    assert spelled_out('x = table[["geoid", "state"]]["geoid"]') == ["geoid", "geoid", "state"]


def test_every_constant_is_a_column_and_says_its_name() -> None:
    columns = {column.name for table in (*CANONICAL, *RESULT_TABLES) for column in table.columns}
    assert {name: value for name, value in vars(col).items() if name.isupper() and name != value.upper()} == {}
    assert columns >= NAMES
