"""The project's own styles and scripts inside a page, and the hashes by which its policy allows exactly these.

Nothing else may run or load in a page: the Content-Security-Policy names each inline style and script by its hash.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path

from markupsafe import Markup

STATIC = Path(__file__).resolve().parent / "static"


def hashed(content: str) -> str:
    """Return the source expression by which a policy allows exactly this inline content."""
    digest = base64.b64encode(hashlib.sha256(content.encode("utf-8")).digest()).decode("ascii")
    return f"'sha256-{digest}'"


@cache
def own_files(*names: str) -> Markup:
    """Return files of `maps/static` as one text, which is the project's own and so not escaped."""
    return Markup("".join((STATIC / name).read_text(encoding="utf-8") for name in names))  # noqa: S704
