"""The Leaflet files that pages carry inside, taken from an installed package instead of a network.

XStatic-Leaflet holds Leaflet's files and nothing else. Pictures that Leaflet's style names are left out: none of
the controls that show them is used.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from geodata.errors import OnrampError

PACKAGE = "xstatic-leaflet"


def _file(name: str) -> Path:
    try:
        return Path(str(distribution(PACKAGE).locate_file(f"xstatic/pkg/leaflet/data/{name}")))
    except PackageNotFoundError:
        raise OnrampError(f"The package {PACKAGE}, which carries Leaflet, is not installed.") from None


@cache
def script() -> str:
    """Return Leaflet's script without the note of a source map, which would be looked for beside the page."""
    return re.sub(r"//# sourceMappingURL=\S+", "", _file("leaflet.js").read_text(encoding="utf-8")).strip()


@cache
def style() -> str:
    """Return Leaflet's style sheet without addresses of pictures."""
    return re.sub(r"url\([^)]*\)", "none", _file("leaflet.css").read_text(encoding="utf-8")).strip()
