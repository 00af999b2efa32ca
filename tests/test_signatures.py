"""No function takes more parameters than a reader can hold.

Eight; twelve where compiled code takes arrays; ten where a command of the terminal takes its options, each of which
stands there with its help.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("geodata", "maps", "assets", "pipelines")
MOST, MOST_COMPILED, MOST_OPTIONS = 8, 12, 10
# What is still longer: this list may only shrink.
STILL_LONGER: set[str] = set()


def parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return how many parameters a function takes, `*args` and `**kwargs` being one each."""
    given = function.args
    named = len(given.posonlyargs) + len(given.args) + len(given.kwonlyargs)
    return named + (given.vararg is not None) + (given.kwarg is not None)


def most(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return how many parameters a function may take."""
    decorators = " ".join(ast.unparse(decorator) for decorator in function.decorator_list)
    return MOST_COMPILED if "jit" in decorators else MOST_OPTIONS if "app.command(" in decorators else MOST


def too_long(source: str) -> list[str]:
    """Return the names of the functions of `source` that take too many parameters."""
    functions = [
        node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    return [each.name for each in functions if parameters(each) > most(each)]


@pytest.mark.parametrize("room", ROOMS)
def test_no_function_takes_too_many_parameters(room: str) -> None:
    found = {
        f"{path.relative_to(ROOT).as_posix()}:{name}"
        for path in sorted((ROOT / room).rglob("*.py"))
        for name in too_long(path.read_text(encoding="utf-8"))
    }
    assert found == {name for name in STILL_LONGER if name.startswith(f"{room}/")}


def test_parameters_of_every_kind_are_counted() -> None:
    assert too_long("def f(a, b, /, c, d, *e, g, h, **i): ...") == []
    assert too_long("class A:\n    async def f(a, b, /, c, d, *e, g, h, j, **i): ...") == ["f"]
    compiled = "@numba.njit(cache=True)\ndef f({}): ..."
    assert too_long(compiled.format(", ".join("abcdefghijkl"))) == []
    assert too_long(compiled.format(", ".join("abcdefghijklm"))) == ["f"]
    command = "@app.command(epilog='')\ndef f({}): ..."
    assert too_long(command.format(", ".join("abcdefghij"))) == []
    assert too_long(command.format(", ".join("abcdefghijk"))) == ["f"]
