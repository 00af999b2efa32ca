"""CIP codes, the classification of instructional programs: cleaning codes as people type them.

A code names a program by six digits (46.0302), a series of programs by four (46.03) or a whole field by two (46).
Only the first two are precise enough to decide whether a program leads to the work.
"""

from __future__ import annotations

import re
from collections.abc import Collection

import numpy as np
import pandas as pd


def clean_cip(text: pd.Series) -> pd.Series:
    """Return six-digit codes as 46.0302 and series as 46.03, missing where the text is neither.

    Corrected are a missing dot (460302), a lost leading zero (1.0802, 10802) and trailing zeros that a spreadsheet
    took for decimals (46.041 for 46.0410). Whether 46.303 means 46.0303 cannot be decided here: see `chosen_codes`.
    """
    plain = text.astype("str").str.strip().str.strip("'\"")
    dotted = plain.str.replace(r"^(\d{1,2})(\d{4})$", r"\1.\2", regex=True)
    dotted = dotted.str.replace(r"^(\d)\.", r"0\1.", regex=True)
    dotted = dotted.str.replace(r"^(\d{2}\.\d{3})$", r"\g<1>0", regex=True)
    # Four digits without a dot are a series, unless they would read as a field and half a series.
    dotted = dotted.str.replace(r"^(\d{2})(\d{2})$", r"\1.\2", regex=True)
    sound = dotted.str.fullmatch(r"\d{2}\.\d{2}(\d{2})?").fillna(False).astype(bool)
    return dotted.where(sound, np.nan).astype("str")


def chosen_codes(text: pd.Series, chosen: Collection[str]) -> pd.Series:
    """Return for each code as typed the one of `chosen` it stands for, missing where it stands for none.

    A series (46.03) stands for the lowest chosen code in it. 46.303, which is no chosen code when read as
    46.3030, is read as 46.0303 if that is one.
    """
    found: dict[str, str | None] = {}
    cleaned = clean_cip(text)
    for typed, code in zip(text, cleaned, strict=True):
        if isinstance(typed, str) and typed not in found:
            found[typed] = _chosen(typed, code if isinstance(code, str) else None, chosen)
    return text.map(found).astype("str")


def _chosen(typed: str, code: str | None, chosen: Collection[str]) -> str | None:
    if code in chosen:
        return code
    if code is not None and len(code) == 5:
        return min((c for c in chosen if c.startswith(code)), default=None)
    lost = re.fullmatch(r"(\d{2})\.(\d{3})", typed.strip())
    if lost and f"{lost[1]}.0{lost[2]}" in chosen:
        return f"{lost[1]}.0{lost[2]}"
    return None
