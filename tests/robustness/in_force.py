"""Puts a changed module in force in a process that has loaded everything: the functions there are get the new code.

Names imported elsewhere name the same function, so they are changed as well. Constants are exchanged wherever a module
of the project holds them under their name; what numba compiled of either, and of whatever calls it, is compiled again
without its cache. Does not reach what a module made of a constant of another when it was loaded.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from functools import cached_property
from types import FunctionType, ModuleType
from typing import Any

import numpy as np
from numba.core.caching import NullCache
from numba.core.dispatcher import Dispatcher

_ADDRESS = re.compile(r" at 0x[0-9a-f]+")


def put_in_force(module: ModuleType, tree: ast.Module) -> bool:
    """Give what `module` defines the code and values of `tree`; return whether anything differs from before."""
    names = {name: value for name, value in vars(module).items() if name.startswith("__")}
    exec(compile(tree, str(module.__file__), "exec"), names)
    changed = [one for name, new in names.items() for one in _exchanged(module, name, new)]
    for holder in _project():
        for value in list(vars(holder).values()):
            if hasattr(value, "cache_clear"):
                value.cache_clear()
    _compile_again(changed)
    return bool(changed)


def _project() -> list[ModuleType]:
    return [
        one for name, one in list(sys.modules.items()) if name.split(".")[0] in ("geodata", "assets", "maps", "tests")
    ]


def _exchanged(owner: Any, name: str, new: Any) -> Iterator[Any]:
    """Exchange one name of a module or class, and yield what has become another by it."""
    old = vars(owner).get(name)
    if old is new or (name.startswith("__") and not isinstance(new, FunctionType | staticmethod)):
        return
    if isinstance(new, Dispatcher):
        if _given(old.py_func, new.py_func):
            yield old
    elif isinstance(new, property):
        if any(_given(getattr(old, part), getattr(new, part)) for part in ("fget", "fset") if getattr(new, part)):
            yield old
    elif isinstance(new, cached_property):
        if _given(old.func, new.func):
            yield old
    elif isinstance(new, staticmethod | classmethod):
        if _given(old.__func__, new.__func__):
            yield old
    elif isinstance(new, FunctionType):
        if _given(old, new):
            yield old
    elif isinstance(new, type) and isinstance(old, type):
        for part, value in list(vars(new).items()):
            yield from _exchanged(old, part, value)
    elif _said(old) != _said(new):
        for holder in [owner] if isinstance(owner, type) else _project():
            if vars(holder).get(name) is old:
                setattr(holder, name, new)
        yield new


def _given(old: Any, new: Any) -> bool:
    """Give a function the code and defaults of another; return whether they differ."""
    if hasattr(new, "__wrapped__"):
        return _given(old.__wrapped__, new.__wrapped__)
    parts = ("__code__", "__defaults__", "__kwdefaults__")
    differs = old.__code__ != new.__code__ or any(
        _said(getattr(old, part)) != _said(getattr(new, part)) for part in parts[1:]
    )
    for part in parts if differs else ():
        setattr(old, part, getattr(new, part))
    return differs


def _said(value: Any) -> str:
    # Long arrays are said with dots in between.
    return value.tobytes().hex() if isinstance(value, np.ndarray) else _ADDRESS.sub("", repr(value))


def _compile_again(changed: list[Any]) -> None:
    """Forget what was compiled of changed functions and constants, and of every function that uses them."""
    compiled: set[Any] = {
        value for holder in _project() for value in vars(holder).values() if isinstance(value, Dispatcher)
    }
    stale = {id(one) for one in changed}
    found = True
    while found:
        using = [one for one in compiled if id(one) in stale or stale & _used(one)]
        for one in using:
            one._cache = NullCache()
            one._can_compile = True
            one._reset_overloads()
            stale.add(id(one))
        compiled -= set(using)
        found = bool(using)


def _used(dispatcher: Any) -> set[int]:
    """Return what a compiled function names, by itself or as a part of a module."""
    function = dispatcher.py_func
    names = function.__code__.co_names
    held = [function.__globals__.get(name) for name in names]
    parts = [vars(one).get(name) for one in held if isinstance(one, ModuleType) for name in names]
    return {id(one) for one in (*held, *parts)}
