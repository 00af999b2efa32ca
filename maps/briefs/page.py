"""Briefs as HTML pages that stand alone: print them, mail them, put them on a shared drive."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path

from markupsafe import Markup

from maps.briefs.model import Brief
from maps.lists.html_table import template

STYLE_FILE = Path(__file__).resolve().parent.parent / "static" / "brief.css"


def brief_html(brief: Brief) -> str:
    """Return a brief as a page. Its policy allows its own style and the map within it, and nothing else."""
    style, style_hash = _style()
    return template("brief.html.j2").render(
        brief=brief,
        style=style,
        style_hash=style_hash,
        map_base64=base64.b64encode(brief.map_svg.encode()).decode(),
    )


@cache
def _style() -> tuple[Markup, str]:
    """Return the style, which is ours and so not escaped, and its hash for the policy."""
    text = STYLE_FILE.read_text(encoding="utf-8")
    return Markup(text), base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()  # noqa: S704
