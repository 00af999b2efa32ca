"""Briefs as tagged PDF (PDF/UA-1), set by Typst.

The text of a brief goes in as one JSON value, so nothing of it is read as markup. The fonts are those that come
with matplotlib, whatever the machine has: the same brief is the same bytes everywhere.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import typst

from maps.briefs.model import Brief
from maps.cartography.lettering import FONTS, printable

LONG_WORD = 40  # signs
SOURCE = Path(__file__).resolve().parent / "brief.typ"


def brief_pdf(brief: Brief) -> bytes:
    """Return a brief as PDF/UA-1."""
    data = {name: value if name == "map_svg" else _printable(value) for name, value in brief.to_dict().items()}
    inputs = {"brief": json.dumps(data, ensure_ascii=False, sort_keys=True)}
    made = _compiler().compile(format="pdf", sys_inputs=inputs, pdf_standards=["ua-1"])
    if not isinstance(made, bytes):
        raise TypeError("Typst returned pages instead of one document")
    return made


@cache
def _compiler() -> typst.Compiler:
    return typst.Compiler(str(SOURCE), font_paths=[str(FONTS)], ignore_system_fonts=True)


def _printable(value: object) -> object:
    """Return the value with every text made of signs the font has; PDF/UA allows no glyph that is missing."""
    if isinstance(value, dict):
        return {key: _printable(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_printable(part) for part in value]
    return _breakable(printable(value)) if isinstance(value, str) else value


def _breakable(text: str) -> str:
    """Return text in which a word longer than a line may be broken."""
    return " ".join(
        "\N{ZERO WIDTH SPACE}".join(word[at : at + LONG_WORD] for at in range(0, len(word), LONG_WORD)) if word else ""
        for word in text.split(" ")
    )
