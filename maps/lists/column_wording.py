"""How a list is worded for people: names and help of its columns, and codes as words."""

from __future__ import annotations

from geodata.schemas.canonical import UNITS
from geodata.schemas.table import Column
from maps.texts import Texts
from maps.wording.words import is_missing

#: Columns of codes, and the group of texts that words them; a column not named here shows its own group or itself.
GROUPS = {"definition": "definition", "designated_by": "definition", "barriers": "measure", "tier": "tier_short"}
#: Columns that hold several codes separated by blanks.
SEVERAL = frozenset({"designated_by", "barriers", "settled_by"})


def label_of(texts: Texts, name: str, column: Column) -> str:
    """Return the heading of a column of list `name`."""
    if column.name.startswith(UNITS):
        return texts.word("codes.units", column.name.removeprefix(UNITS)).capitalize()
    return _wording(texts, name, column, "label") or column.name


def help_of(texts: Texts, name: str, column: Column) -> str:
    """Return what a column means; where the texts say nothing, the schema's own meaning."""
    if column.name.startswith(UNITS):
        return texts("lists.units_of_kind")
    return _wording(texts, name, column, "help") or column.meaning


def _wording(texts: Texts, name: str, column: Column, part: str) -> str:
    """Return the label or help of a column, that of its list before that of all lists; nothing where there is none."""
    for place in (f"lists.columns_of.{name}", "lists.columns"):
        found = texts.find(f"{place}.{column.name}.{part}")
        if isinstance(found, str):
            return found
    return ""


def cell_words(texts: Texts, column: Column, value: object) -> str:
    """Return a text, code or flag as a reader sees it; the code itself where there is no word for it."""
    if is_missing(value):
        return ""
    if column.kind == "flag":
        return texts.word("codes.flag", str(bool(value)).lower())
    group = f"codes.{GROUPS.get(column.name, column.name)}"
    if column.name in SEVERAL:
        return ", ".join(texts.word(group, code) for code in str(value).split())
    return texts.word(group, value)
