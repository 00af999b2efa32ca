"""A changed module is in force everywhere, also where its names were imported and where numba compiled them."""

from __future__ import annotations

import ast
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

import tests
from tests.robustness.in_force import put_in_force

BEFORE = """
from __future__ import annotations
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple
import numba
import numpy as np

TABLE = np.arange(5000.0)
FACTOR = 1000.5

@numba.njit(cache=True)
def kernel(value):
    return value + 1.0

@numba.njit(cache=True)
def using(value):
    return FACTOR * kernel(value)

def function(value, more=2):
    return value - more

@dataclass(frozen=True)
class Held:
    value: float = 3.0

    def method(self):
        return self.value + 1

    @property
    def seen(self):
        return self.value + 2

    @cached_property
    def kept(self):
        return self.value + 3

    @classmethod
    def made(cls):
        return cls(5.0)

class Pair(NamedTuple):
    first: float
    second: float = 7.0
"""
USER = """
import numba
from tests import made_up
from tests.made_up import FACTOR, TABLE, Held, Pair, function, kernel, using

@numba.njit
def by_module(value):
    return made_up.kernel(value)
"""


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[ModuleType]:
    """A module and one that has imported every name of it."""
    loaded = []
    for name, text in (("made_up", BEFORE), ("user", USER)):
        path = tmp_path / f"{name}.py"
        path.write_text(text, "utf-8")
        spec = importlib.util.spec_from_file_location(f"tests.{name}", path)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, f"tests.{name}", module)
        monkeypatch.setattr(tests, name, module, raising=False)
        spec.loader.exec_module(module)
        loaded.append(module)
    return loaded


def answers(user: ModuleType) -> list[float]:
    """What every part of the module says, as its user sees it."""
    held = user.Held()
    whole = [user.FACTOR, user.kernel(1.0), user.using(1.0), user.function(1)]
    return [
        *whole,
        held.value,
        held.method(),
        held.seen,
        held.kept,
        user.Held.made().value,
        user.Pair(1.0).second,
        user.by_module(1.0),
        user.TABLE[2500],
    ]


@pytest.mark.parametrize(
    ("old", "new", "then"),
    [
        ("FACTOR = 1000.5", "FACTOR = 1.5", {0: 1.5, 2: 3.0}),
        ("value + 1.0", "value - 1.0", {1: 0.0, 2: 0.0, 10: 0.0}),
        ("FACTOR * kernel", "FACTOR / kernel", {2: 500.25}),
        ("value - more", "value + more", {3: 3}),
        ("more=2", "more=4", {3: -3}),
        ("value: float = 3.0", "value: float = 4.0", {4: 4.0, 5: 5.0, 6: 6.0, 7: 7.0}),
        ("self.value + 1", "self.value - 1", {5: 2.0}),
        ("self.value + 2", "self.value - 2", {6: 1.0}),
        ("self.value + 3", "self.value - 3", {7: 0.0}),
        ("cls(5.0)", "cls(6.0)", {8: 6.0}),
        ("np.arange(5000.0)", "np.arange(5000.0) + 1", {11: 2501.0}),
        ("second: float = 7.0", "second: float = 8.0", {9: 8.0}),
    ],
)
def test_a_change_is_seen_by_whoever_imported_the_name(
    modules: list[ModuleType], old: str, new: str, then: dict[int, float]
) -> None:
    module, user = modules
    before = answers(user)
    assert before == [1000.5, 2.0, 2001.0, -1, 3.0, 4.0, 5.0, 6.0, 5.0, 7.0, 2.0, 2500.0]
    assert BEFORE.count(old) == 1
    assert put_in_force(module, ast.parse(BEFORE.replace(old, new)))
    assert answers(user) == [then.get(place, value) for place, value in enumerate(before)]


def test_a_module_as_it_was_changes_nothing(modules: list[ModuleType]) -> None:
    assert not put_in_force(modules[0], ast.parse(BEFORE))
