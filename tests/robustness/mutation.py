"""Do the tests notice a wrong sign? Each mutant is one change of the domain, run against its own test file alone.

`python -m tests.robustness.mutation --minutes 30 --report F.json`. Mutants are drawn with a fixed seed; none is written
to disk: a child process loads the changed module and runs `tests/geodata/a/test_b.py` of `geodata/a/b.py`, without real
data. Needs a system that can fork. Does not hold which survivors are harmless (docs/reliability.md).
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import copy
import importlib
import importlib.machinery
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
#: The packages and modules whose arithmetic decides what a page says.
DOMAIN = (
    "scoring/*.py",
    "access/*.py",
    "communities/*.py",
    "decisions/*.py",
    "statistics/*.py",
    "uncertainty/*.py",
    "geography/crosswalk*.py",
)
LEFT_OUT = "not realdata and not browser and not services"
# What takes long to load and holds nothing of the project, loaded once before the children are made.
HEAVY = ("geopandas", "hypothesis", "networkx", "numba", "pandas", "pandera", "pydantic", "scipy.sparse", "shapely")
SWAPPED: dict[type[ast.AST], type[ast.AST]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,  # codespell:ignore notin
    ast.NotIn: ast.In,  # codespell:ignore notin
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
# Flags of a call that guard against misuse, or say how and not what.
GUARDS = frozenset({"strict", "frozen", "eq", "slots", "kw_only", "copy", "cache", "nogil", "parallel", "nullable"})


@dataclass(frozen=True)
class Mutant:
    """One change of one module: the place of the node in `ast.walk`, the line, and the code before and after."""

    module: str
    node: int
    line: int
    before: str
    after: str


def tests_of(module: str) -> Path:
    """Return the test file of `geodata/a/b.py`."""
    path = Path(module)
    return ROOT / "tests" / path.parent / f"test_{path.name}"


def modules() -> list[str]:
    """Return the modules of the domain that have a test file of their name, as paths within the project."""
    found = sorted(path for pattern in DOMAIN for path in (ROOT / "geodata").glob(pattern))
    names = [path.relative_to(ROOT).as_posix() for path in found]
    return [name for name in names if tests_of(name).exists()]


def mutants(module: str) -> list[Mutant]:
    """Return every change this tool knows of a module, in the order of its lines."""
    tree = ast.parse((ROOT / module).read_text("utf-8"))
    quiet = _untouched(tree)
    found = []
    for place, node in enumerate(ast.walk(tree)):
        if node not in quiet and (changed := _changed(node)) is not None:
            before, after = ast.unparse(node), ast.unparse(changed)
            found.append(Mutant(module, place, node.lineno, before, after))  # type: ignore[attr-defined]
    return sorted(found, key=lambda one: (one.line, one.node))


def mutated(mutant: Mutant) -> ast.Module:
    """Return the module with the change in it."""
    tree = ast.parse((ROOT / mutant.module).read_text("utf-8"))
    node = list(ast.walk(tree))[mutant.node]
    changed = _changed(node)
    if changed is None:
        raise ValueError(f"{mutant.module}:{mutant.line} has no such change")
    for name, value in ast.iter_fields(changed):
        if type(changed) is type(node):
            setattr(node, name, value)
    return tree if type(changed) is type(node) else ast.fix_missing_locations(_Exchange(node, changed).visit(tree))


class _Exchange(ast.NodeTransformer):
    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> Any:
        return ast.copy_location(self.new, node) if node is self.old else self.generic_visit(node)  # type: ignore[type-var]


def _untouched(tree: ast.AST) -> set[ast.AST]:
    """Return the nodes of annotations, docstrings, guarding flags and texts that are put together."""
    roots: list[ast.AST | None] = []
    for node in ast.walk(tree):
        roots += [getattr(node, "annotation", None), getattr(node, "returns", None)]
        roots += [node.value] if isinstance(node, ast.keyword) and node.arg in GUARDS else []
        roots += [node] if isinstance(node, ast.JoinedStr) else []
        # How a refusal is worded is looked at by the tests of refusals.
        roots += [node] if isinstance(node, ast.Raise) else []
    return {node for root in roots if root is not None for node in ast.walk(root)}


def _changed(node: ast.AST) -> ast.AST | None:
    """Return a changed copy of a node, or None where the tool knows no change of it."""
    new = copy.deepcopy(node)
    if isinstance(new, ast.BinOp | ast.BoolOp | ast.AugAssign) and type(new.op) in SWAPPED:
        # Text before a percent sign or added to text is no arithmetic.
        if isinstance(new, ast.BinOp) and any(_is_text(side) for side in (new.left, new.right)):
            return None
        new.op = SWAPPED[type(new.op)]()  # type: ignore[assignment]
        return new
    if isinstance(new, ast.Compare) and type(new.ops[0]) in SWAPPED:
        new.ops[0] = SWAPPED[type(new.ops[0])]()  # type: ignore[call-overload]
        return new
    if isinstance(new, ast.UnaryOp) and isinstance(new.op, ast.Not | ast.Invert | ast.USub):
        return new.operand
    if isinstance(new, ast.IfExp):
        new.body, new.orelse = new.orelse, new.body
        return new
    if isinstance(new, ast.Call) and isinstance(new.func, ast.Attribute) and new.func.attr == "where":
        if len(new.args) == 3:
            new.args[1:] = new.args[:0:-1]
            return new
        return None
    if isinstance(new, ast.Constant) and isinstance(new.value, bool | int | float):
        new.value = not new.value if isinstance(new.value, bool) else new.value + 1
        return new
    return None


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def outcome(module: str, tree: ast.Module | None, seconds: float) -> tuple[str, float]:
    """Return "killed", "survived" or "timeout" of a module's tests with `tree` in its place, and the seconds taken."""
    begun = time.monotonic()
    child = os.fork()
    if not child:
        _run_in_child(module, tree)
    while time.monotonic() - begun < seconds:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            passed = os.waitstatus_to_exitcode(status) == 0
            return ("survived" if passed else "killed"), time.monotonic() - begun
        time.sleep(0.05)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return "timeout", time.monotonic() - begun


def _run_in_child(module: str, tree: ast.Module | None) -> None:
    """Load `module` from `tree` wherever it is imported, run its tests, and end the process with their code."""
    code = 70
    try:
        os.setpgid(0, 0)
        hole = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(hole, stream)
        path = str(ROOT / module)
        as_written = importlib.machinery.SourceFileLoader.get_code

        def get_code(loader: importlib.machinery.SourceFileLoader, fullname: str) -> Any:
            if tree is not None and loader.path == path:
                return compile(tree, path, "exec")
            return as_written(loader, fullname)

        importlib.machinery.SourceFileLoader.get_code = get_code  # type: ignore[method-assign,assignment]
        with tempfile.TemporaryDirectory(prefix="onramp-mutant-") as folder:
            if "njit" in Path(path).read_text("utf-8"):
                # What numba compiled of the file as it is written must not stand in for the mutant.
                importlib.import_module("numba").config.CACHE_DIR = folder
            words = ["-x", "-q", "-m", LEFT_OUT, "-p", "no:cacheprovider", "--basetemp", f"{folder}/pytest"]
            code = int(pytest.main([str(tests_of(module)), *words]))
    finally:
        os._exit(code)


def drawn(names: list[str], seed: int) -> Iterator[Mutant]:
    """Yield the mutants of modules in an order that depends on the seed alone: any beginning of it is a fair sample."""
    every = [one for name in names for one in mutants(name)]
    random.Random(seed).shuffle(every)
    yield from every


def main() -> None:
    """Run a sample, write what became of each mutant, and print the survivors."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=30.0, help="how long to go on")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--part", default="1/1", help="2/3: the second of three parts of the sample")
    parser.add_argument("--only", nargs="*", default=[], help="modules whose path holds one of these words")
    parser.add_argument("--report", type=Path, help="file for the outcome of each mutant, JSON a line")
    options = parser.parse_args()
    part, of = map(int, options.part.split("/"))
    names = [name for name in modules() if not options.only or any(word in name for word in options.only)]
    os.chdir(ROOT)
    for heavy in HEAVY:
        with contextlib.suppress(ImportError):
            importlib.import_module(heavy)
    if any(name.startswith("geodata") for name in sys.modules):
        raise SystemExit("A module of the project is loaded already: a mutant of it would never be read.")
    end, limits, counts, survivors = time.monotonic() + 60 * options.minutes, {}, {"killed": 0, "survived": 0}, []
    for mutant in list(drawn(names, options.seed))[part - 1 :: of]:
        if time.monotonic() > end:
            break
        if mutant.module not in limits:
            whole, seconds = outcome(mutant.module, None, 300.0)
            if whole != "survived":
                print(f"{tests_of(mutant.module)} fails without a mutant; left out.", flush=True)
            limits[mutant.module] = 10.0 + 4.0 * seconds if whole == "survived" else 0.0
        if not limits[mutant.module]:
            continue
        what, seconds = outcome(mutant.module, mutated(mutant), limits[mutant.module])
        # Code that no longer ends is noticed as well as code that fails.
        counts["survived" if what == "survived" else "killed"] += 1
        if what == "survived":
            survivors.append(mutant)
        if options.report:
            with options.report.open("a", encoding="utf-8") as file:
                file.write(json.dumps({**asdict(mutant), "outcome": what, "seconds": round(seconds, 1)}) + "\n")
    for mutant in survivors:
        print(f"{mutant.module}:{mutant.line}: {mutant.before}  ->  {mutant.after}")
    print(f"{counts['killed']} of {sum(counts.values())} killed.")


if __name__ == "__main__":
    main()
