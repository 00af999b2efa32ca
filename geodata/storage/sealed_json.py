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


def read_sealed(path: Path, what: str = "this file", remedy: str = "Compute it again.") -> dict[str, Any]:
    """Return the values of a file that `sealed` made, without their checksum; one of an older version has none.

    Raises InputError, saying `what` it is and the `remedy`, where it is not there or no longer what was written.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        values = {name: value for name, value in found.items() if name != SEAL}
        whole = SEAL not in found or found[SEAL] == _checksum(values)
    except (OSError, ValueError, AttributeError, RecursionError):
        whole, values = False, {}
    if not whole:
        raise InputError(f"{what} is not there or damaged", file=path, remedy=remedy)
    return values


def _checksum(values: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]
