"""Where compiled functions are kept: beside the code, in the user's cache folder, or for this process alone.

numba finds the first two by itself and refuses to load a function where it may write to neither, as in a container
whose file system is read-only.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

SETTING = "NUMBA_CACHE_DIR"


def find_a_place(kept: Sequence[Path] | None = None) -> None:
    """Name a folder of this process for compiled code where none of `kept` may be written to and none is named."""
    if SETTING in os.environ or any(_writable(folder) for folder in kept or _usual()):
        return
    # Never a folder others could have prepared: compiled code is loaded from it.
    folder = tempfile.mkdtemp(prefix="onramp-compiled-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ[SETTING] = folder


def _usual() -> list[Path]:
    return [Path(__file__).parent.parent, Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser()]


def _writable(folder: Path) -> bool:
    """Say whether a file could be written below `folder`, which need not be there yet."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)
