"""Do the tests notice a wrong sign? Each mutant is one change of the domain, run against the tests of its package.

`python -m tests.robustness.mutation --report F.jsonl` runs them all on one core; `--minutes` ends earlier, the order
depends on the seed alone. Everything is loaded and each test run once; a mutant is a fork in which the change is put in
force (`in_force.py`) and the tests of `tests/geodata/a/test_b.py` for `geodata/a/b.py` run, quick ones first, until one
fails, then those of the other files of its folder (not with `--own`); without real data. Nothing is written to the
project. Survivors that are known, and why they are left, stand in `survivors.yaml`. Needs a Linux that can fork.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import copy
import gc
import json
import os
import random
import resource
import select
import signal
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NoReturn, TextIO

import pytest
import yaml
from hypothesis import Phase, settings

from tests.robustness.in_force import put_in_force

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
LEFT_OUT = "not realdata and not browser and not services and not slow"
SURVIVORS = Path(__file__).with_name("survivors.yaml")
# A mutant that asks for more is stopped by the system instead of the machine by it.
MEMORY = 12 << 30
KILLED, KILLED_BY_OTHERS, NOT_IN_FORCE = 70, 71, 72
OUTCOMES = {
    0: "survived",
    KILLED: "killed",
    KILLED_BY_OTHERS: "killed by others",
    NOT_IN_FORCE: "not in force",
}
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
CHANGED = ast.BinOp, ast.BoolOp, ast.AugAssign, ast.Compare, ast.UnaryOp, ast.IfExp, ast.Call, ast.Constant
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
    if not isinstance(node, CHANGED):
        return None
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


def known_survivors() -> dict[tuple[str, str, str], str]:
    """Return the reason each listed survivor is left, by module, line of code without its margins, and change."""
    listed = yaml.safe_load(SURVIVORS.read_text("utf-8")) or {}
    return {(module, one["code"], one["change"]): one["reason"] for module, many in listed.items() for one in many}


def known_as(mutant: Mutant) -> tuple[str, str, str]:
    """Return what a mutant is listed under: a change is known again where lines above it have moved."""
    code = (ROOT / mutant.module).read_text("utf-8").splitlines()[mutant.line - 1].strip()
    return mutant.module, code, f"{mutant.before} -> {mutant.after}"


def drawn(names: list[str], seed: int) -> Iterator[Mutant]:
    """Yield the mutants of modules in an order that depends on the seed alone: any beginning of it is a fair sample."""
    every = [one for name in names for one in mutants(name)]
    random.Random(seed).shuffle(every)
    yield from every


class Campaign:
    """A plugin of pytest that runs the tests of a session once, and then again in a fork for each mutant."""

    def __init__(self, every: Sequence[Mutant], minutes: float, own: bool, report: TextIO | None) -> None:
        self.every, self.minutes, self.own, self.report = every, minutes, own, report
        self.outcomes: list[tuple[Mutant, str, float]] = []
        self.fails_with: int | None = None
        self.spent: Counter[str] = Counter()
        self.failed: set[str] = set()

    def pytest_collection(self) -> None:
        """Let a failing property end its test at once: which example is the smallest one is of no interest here."""
        phases = (Phase.explicit, Phase.generate)
        settings.register_profile("mutants", settings.get_profile("steady"), phases=phases, report_multiple_bugs=False)
        settings.load_profile("mutants")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """End a fork with the first test that fails."""
        if report.failed and self.fails_with is not None:
            os._exit(self.fails_with)
        self.spent[report.nodeid] += report.duration  # type: ignore[assignment]
        if report.failed:
            self.failed.add(report.nodeid)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run what was collected as it is, then with each mutant in force."""
        items: dict[Path, list[pytest.Item]] = defaultdict(list)
        for item in session.items:
            items[item.path].append(item)
        for of_file in items.values():
            _run(of_file)
        if self.failed:
            raise SystemExit(f"These fail without a mutant: {', '.join(sorted(self.failed))}")
        taken = {path: sum(self.spent[item.nodeid] for item in of_file) for path, of_file in items.items()}
        gc.collect()
        gc.freeze()
        end = time.monotonic() + 60 * self.minutes
        for mutant in self.every:
            if time.monotonic() > end:
                break
            own = tests_of(mutant.module)
            others = sorted(
                (path for path in items if path.parent == own.parent and path != own), key=taken.__getitem__
            )
            files = [own] if self.own else [own, *others]
            what, seconds = self._outcome(mutant, [self._quick_first(items[path]) for path in files])
            self.outcomes.append((mutant, what, seconds))
            if self.report:
                said = {**asdict(mutant), "outcome": what, "seconds": round(seconds, 2)}
                print(json.dumps(said), file=self.report, flush=True)
        return True

    def _quick_first(self, items: Sequence[pytest.Item]) -> list[pytest.Item]:
        return sorted(items, key=lambda item: self.spent[item.nodeid])

    def _outcome(self, mutant: Mutant, files: Sequence[Sequence[pytest.Item]]) -> tuple[str, float]:
        """Return one of OUTCOMES or "timeout", and the seconds taken."""
        begun = time.monotonic()
        # Four times what the tests took as it was, and what compiling takes.
        limit = 30.0 + 4.0 * sum(self.spent[item.nodeid] for items in files for item in items)
        child = os.fork()
        if not child:
            self._in_fork(mutant, files)
        ended = os.pidfd_open(child)
        in_time, _, _ = select.select([ended], [], [], limit)
        os.close(ended)
        if not in_time:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        what = OUTCOMES.get(os.waitstatus_to_exitcode(status), "killed") if in_time else "timeout"
        return what, time.monotonic() - begun

    def _in_fork(self, mutant: Mutant, files: Sequence[Sequence[pytest.Item]]) -> NoReturn:
        code = KILLED
        try:
            os.setpgid(0, 0)
            self.fails_with = KILLED
            hole = os.open(os.devnull, os.O_RDWR)
            for stream in (0, 1, 2):
                os.dup2(hole, stream)
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            name = mutant.module.removesuffix(".py").replace("/", ".")
            # A module that can no longer be loaded at all ends here as well, and counts as noticed.
            if not put_in_force(sys.modules[name], mutated(mutant)):
                os._exit(NOT_IN_FORCE)
            for items in files:
                _run(items)
                self.fails_with = KILLED_BY_OTHERS
            code = 0
        finally:
            os._exit(code)


def _run(items: Sequence[pytest.Item]) -> None:
    for item, following in zip(items, [*items[1:], None], strict=True):
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)


def main() -> None:
    """Run all mutants or a sample, write what became of each, and print the survivors that are not listed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=1000.0, help="how long to go on")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="*", default=[], help="modules whose path holds one of these words")
    parser.add_argument("--own", action="store_true", help="run the test file of the module alone")
    parser.add_argument("--again", type=Path, help="report of an earlier run: only what survived in it")
    parser.add_argument("--besides", type=Path, help="report of an earlier run: only what was not tried in it")
    parser.add_argument("--report", type=Path, help="file for the outcome of each mutant, JSON a line")
    options = parser.parse_args()
    os.chdir(ROOT)
    every = list(drawn([name for name in modules() if _asked(name, options.only)], options.seed))
    if options.again:
        said = [json.loads(line) for line in options.again.read_text("utf-8").splitlines()]
        survived = {(one["module"], one["node"]) for one in said if one["outcome"] == "survived"}
        every = [one for one in every if (one.module, one.node) in survived]
    if options.besides:
        said = [json.loads(line) for line in options.besides.read_text("utf-8").splitlines()]
        tried = {(one["module"], one["node"]) for one in said}
        every = [one for one in every if (one.module, one.node) not in tried]
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="onramp-mutants-"))
        report = stack.enter_context(options.report.open("a", encoding="utf-8")) if options.report else None
        campaign = Campaign(every, options.minutes, options.own, report)
        files = sorted({str(tests_of(one.module) if options.own else tests_of(one.module).parent) for one in every})
        words = ["-s", "-q", "--tb=no", "-m", LEFT_OUT, "--basetemp", f"{folder}/pytest"]
        words += ["-p", "no:cacheprovider", "-p", "no:faulthandler"]
        with contextlib.redirect_stdout(stack.enter_context(Path(os.devnull).open("w", encoding="utf-8"))):
            pytest.main([*files, *words], plugins=[campaign])
    _print_summary(campaign)


def _asked(name: str, words: Sequence[str]) -> bool:
    return not words or any(word in name for word in words)


def _print_summary(campaign: Campaign) -> None:
    known = known_survivors()
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for mutant, what, _ in campaign.outcomes:
        # Code that no longer ends is noticed as well as code that fails.
        what = "killed" if what == "timeout" else what
        if what == "survived" and known_as(mutant) in known:
            what = "listed"
        elif not what.startswith("killed"):
            print(f"{mutant.module}:{mutant.line}: {mutant.before}  ->  {mutant.after}  ({what})")
        counts[mutant.module.split("/")[1]][what] += 1
    for package, of_package in [*sorted(counts.items()), ("all", sum(counts.values(), Counter()))]:
        print(f"{package}: {sum(of_package.values())} tried, {dict(of_package)}")
    seconds = sorted(seconds for *_, seconds in campaign.outcomes)
    if seconds:
        print(
            f"{seconds[len(seconds) // 2]:.2f} s a mutant in the median, {sum(seconds) / len(seconds):.2f} in the mean."
        )


if __name__ == "__main__":
    main()
