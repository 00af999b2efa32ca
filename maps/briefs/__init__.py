"""One or two printable pages about each community and each state, as HTML and as tagged PDF."""

from maps.briefs.community_brief import community_brief
from maps.briefs.model import Brief
from maps.briefs.page import brief_html
from maps.briefs.parts import Writer
from maps.briefs.pdf import brief_pdf
from maps.briefs.state_brief import state_brief
from maps.briefs.write_briefs import brief_name, briefs, write_briefs

__all__ = [
    "Brief",
    "Writer",
    "brief_html",
    "brief_name",
    "brief_pdf",
    "briefs",
    "community_brief",
    "state_brief",
    "write_briefs",
]
