"""Templates of pages, tables and QGIS files: every text is escaped, and a name that is missing is an error.

Does not hold the templates (`maps/templates`) or what goes into them.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

TEMPLATES = Path(__file__).resolve().parent / "templates"


@cache
def environment(trimmed: bool = True) -> Environment:
    """Return the template environment; where `trimmed`, a line of tags alone leaves no line."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=trimmed,
        lstrip_blocks=trimmed,
        keep_trailing_newline=trimmed,
    )


@cache
def standing_alone(name: str) -> Template:
    """Return the template of a list or brief, which says itself where lines end: a list may have thousands of rows."""
    return environment(trimmed=False).get_template(name)
