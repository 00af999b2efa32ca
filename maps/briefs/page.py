"""Briefs as HTML pages that stand alone: print them, mail them, put them on a shared drive."""

from __future__ import annotations

import base64

from maps.briefs.model import Brief
from maps.inline_content import hashed, own_files
from maps.templating import standing_alone


def brief_html(brief: Brief) -> str:
    """Return a brief as a page. Its policy allows its own style and the map within it, and nothing else."""
    style = own_files("brief.css")
    return standing_alone("brief.html.j2").render(
        brief=brief,
        style=style,
        style_hash=hashed(style),
        map_base64=base64.b64encode(brief.map_svg.encode()).decode(),
    )
