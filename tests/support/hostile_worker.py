"""What a process does that a hostile file has taken over: a worker of `geodata.confinement`, asked for a deed."""

from __future__ import annotations

import ctypes
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from geodata.confinement.answers import Answer


def prepare() -> None:
    """Nothing."""


def work(asked: Mapping[str, Any]) -> Answer:
    """Do what is asked, and tell what came of it."""
    return Answer({}, {"told": DEEDS[asked["deed"]](asked)})


def _environment(asked: Mapping[str, Any]) -> object:
    return dict(os.environ)


def _connect(asked: Mapping[str, Any]) -> object:
    return _tried(lambda: socket.create_connection(("127.0.0.1", asked["port"]), timeout=5).close())


def _read(asked: Mapping[str, Any]) -> object:
    return _tried(lambda: Path(asked["path"]).read_text())


def _write(asked: Mapping[str, Any]) -> object:
    return _tried(lambda: Path(asked["path"]).write_text("x"))


def _start(asked: Mapping[str, Any]) -> object:
    return _tried(lambda: subprocess.run([sys.executable, "-c", "pass"], check=True))


def _kill(asked: Mapping[str, Any]) -> object:
    return _tried(lambda: os.kill(asked["number"], 0))


def _eat(asked: Mapping[str, Any]) -> object:
    held = []
    while True:
        held.append(bytearray(50_000_000))


def _loop(asked: Mapping[str, Any]) -> object:
    while True:
        pass


def _crash(asked: Mapping[str, Any]) -> object:
    return ctypes.string_at(0)


def _stumble(asked: Mapping[str, Any]) -> object:
    raise ZeroDivisionError


def _talk(asked: Mapping[str, Any]) -> object:
    return "x" * 200_000_000


def _tried(deed: Callable[[], object]) -> object:
    try:
        found = deed()
    except OSError as problem:
        return [type(problem).__name__, problem.errno]
    return found if isinstance(found, str) else "done"


def _table(asked: Mapping[str, Any]) -> object:
    return len(pd.DataFrame({"a": [1, 2]}))


DEEDS: Mapping[str, Callable[[Mapping[str, Any]], object]] = {
    "environment": _environment,
    "connect": _connect,
    "read": _read,
    "write": _write,
    "start": _start,
    "kill": _kill,
    "eat": _eat,
    "loop": _loop,
    "crash": _crash,
    "stumble": _stumble,
    "talk": _talk,
    "table": _table,
}
