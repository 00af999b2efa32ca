"""Small files of state as JSON with a checksum in them, so that one that a disk changed is noticed and not believed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from geodata.errors import InputError

SEAL = "checksum"


def sealed(values: Mapping[str, Any]) -> str:
    """Return `values` as JSON, with their checksum beside them; what JSON does not know is a text."""
    plain = json.loads(json.dumps(values, default=str))
    return json.dumps({**plain, SEAL: _checksum(plain)}, indent=1, ensure_ascii=False) + "\n"


def unsealed(text: str) -> dict[str, Any]:
    """Return the values that `sealed` wrote as `text`, without their checksum; what an older version wrote has none.

    Raises ValueError where it is no longer what was written.
    """
    try:
        found = json.loads(text)
        values = {name: value for name, value in found.items() if name != SEAL}
    except (AttributeError, RecursionError):
        raise ValueError("these are no named values") from None
    if SEAL in found and found[SEAL] != _checksum(values):
        raise ValueError("its checksum is another")
    return values


def read_sealed(path: Path, what: str = "this file", remedy: str = "Compute it again.") -> dict[str, Any]:
    """Return the values of a file that `sealed` made.

    Raises InputError, saying `what` it is and the `remedy`, where it is not there or no longer what was written.
    """
    try:
        return unsealed(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise InputError(f"{what} is not there or damaged", file=path, remedy=remedy) from None


def _checksum(values: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]
