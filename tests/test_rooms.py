"""The rooms of the house: code imports one way, pipelines → assets → maps → geodata."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("geodata", "maps", "assets", "pipelines")
# What a room may not know of, beside the rooms above it.
FOREIGN = {"geodata": {"dagster", "folium", "branca", "jinja2", "typer"}, "maps": {"dagster", "typer"}}


def imported(path: Path) -> set[str]:
    """Return the first parts of all modules a file imports, wherever in it the import stands."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} imports relatively: name the room instead"
            names.add((node.module or "").split(".")[0])
    return names


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_knows_only_the_rooms_below_it(room: str) -> None:
    above = set(ROOMS[ROOMS.index(room) + 1 :])
    files = sorted((ROOT / room).rglob("*.py"))
    assert files
    wrong = {
        path.relative_to(ROOT).as_posix(): sorted(found)
        for path in files
        if (found := imported(path) & (above | FOREIGN.get(room, set()) | {"tests", "bench"}))
    }
    assert not wrong


def test_the_check_sees_an_import_anywhere(tmp_path: Path) -> None:
    file = tmp_path / "x.py"
    file.write_text("def f():\n    from dagster import asset\n    import folium.plugins\n")
    assert imported(file) == {"dagster", "folium"}
