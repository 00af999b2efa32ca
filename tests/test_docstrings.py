"""Docstrings: everything public has one, and those of functions on arrays say what the arrays hold.

Read from the syntax tree, so nothing is imported. The style of docstrings is ruff's.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("geodata", "maps", "assets", "pipelines")
MODULES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
Function = ast.FunctionDef | ast.AsyncFunctionDef
ARRAY = re.compile(r"\b(NDArray|ndarray|ArrayLike|FloatArray|IntArray|BoolArray|IndexArray)\b")
#: A shape such as float64[n], a unit, or a word for what a number counts or is.
STATED = re.compile(
    r"\w+\d*\[[^\]]+\]|EPSG:\d+|\b(degrees?|radians|minutes|km|met(?:er|re)s?|people|supply|demand|shares?|weight(s|ed)?|ranks?"
    r"|margins?|index|coefficient|positions?|unit sphere)\b"
)


def public(path: Path) -> Iterator[tuple[str, ast.AST, str]]:
    """Yield the name, node and docstring of the module, and of every public function, class and method in it."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    yield "", tree, ast.get_docstring(tree) or ""

    def within(node: ast.Module | ast.ClassDef, prefix: str) -> Iterator[tuple[str, ast.AST, str]]:
        for child in node.body:
            if isinstance(child, Function | ast.ClassDef) and not child.name.startswith("_"):
                yield prefix + child.name, child, ast.get_docstring(child) or ""
                if isinstance(child, ast.ClassDef):
                    yield from within(child, f"{prefix}{child.name}.")

    yield from within(tree, "")


@pytest.mark.parametrize("room", ROOMS)
def test_everything_public_has_a_docstring(room: str) -> None:
    missing = [
        f"{path.relative_to(ROOT)}: {name or 'the module'}"
        for path in MODULES
        if path.relative_to(ROOT).parts[0] == room
        for name, node, text in public(path)
        if not text.strip() and (name or path.name != "__init__.py" or ast.unparse(node).strip())
    ]
    assert missing == []


def test_functions_on_arrays_say_what_the_arrays_hold() -> None:
    """In the library; the module, or the class of a method, may say it for all."""
    silent = []
    for path in MODULES:
        if path.relative_to(ROOT).parts[0] != "geodata":
            continue
        texts = {name: text for name, _, text in public(path)}
        for name, node, text in public(path):
            if not isinstance(node, Function):
                continue
            types = ast.unparse(node.args) + (ast.unparse(node.returns) if node.returns else "")
            if ARRAY.search(types) and not STATED.search(f"{text} {texts.get(name.rpartition('.')[0], '')}"):
                silent.append(f"{path.relative_to(ROOT)}: {name}: {text}")
    assert silent == []
