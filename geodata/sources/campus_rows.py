"""What lists of campuses have in common: which of their places are an institution's own, and the rows of the table.

Institutions hold classes at hospitals, high schools, prisons and bases too. Those are places of somebody else, where
the public does not come to learn a trade. Does not hold which institution a place belongs to
(`geodata.ingest.campuses`).
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from geodata.schemas import columns as col
from geodata.schemas.canonical import CAMPUSES

#: Words of places that are no campus open to the public, wherever they stand in a name.
_OTHERS = re.compile(
    r"\b(hospitals?|medical|health|healthcare|clinics?|nursing|hospice|corrections?|correctional|prisons?|penitentiary"
    r"|detention|jail|juvenile|youth development|elementary|charter|academy|schools?(?! of)|senior high|k-?12|isd|hs"
    r"|adult|learning centers?|career centers?|city hall|town hall|municipal|airport"
    r"|church|temple|seminary|ministry|ministries|monastery|online|distance|virtual|air force|afb|naval|navy|army"
    r"|marine corps|military|national guard|base|museum|library|residency|embassy)\b",
    re.IGNORECASE,
)
#: Words by which a place says that it is a campus, where it does not name the institution.
_CAMPUSES = re.compile(
    r"\b(campus|center|centre|site|location|branch|extension|annex|building|hall|facility|division"  # codespell:ignore
    r"|institute|college|technical|technology|tech|training|workforce|trades?)\b",
    re.IGNORECASE,
)


def kind_of_place(name: str, institution: str | None) -> str:
    """Return branch or other_place by the name of a place; the words of its institution's own name count for nothing.

    A place is a branch where its name holds that of the institution or says that it is a campus, a center or a site,
    and no word of somebody else's place. Whatever else institutions list (a company, an airport) is other_place.
    """
    own = set(re.findall(r"[a-z]+", (institution or "").casefold()))
    rest = " ".join(word for word in re.findall(r"[\w-]+", name) if word.casefold() not in own)
    if _OTHERS.search(rest):
        return "other_place"
    words = set(re.findall(r"[a-z]+", name.casefold()))
    named = bool(own) and len(own & words) >= max(1, len(own) - 1)
    return "branch" if named or _CAMPUSES.search(rest) else "other_place"


def unitids(codes: pd.Series) -> pd.Series:
    """Return IPEDS identifiers as text without the decimals of a table that has them as numbers."""
    return codes.str.replace(r"\.0$", "", regex=True)


def campus_table(frame: pd.DataFrame, source: str) -> pd.DataFrame:
    """Return rows with the columns of `CAMPUSES`; place, identifier, name and kind are in `frame`."""
    placed = frame[col.LATITUDE].notna() if col.LATITUDE in frame else pd.Series(False, index=frame.index)
    quality = frame[col.LOCATION_QUALITY] if col.LOCATION_QUALITY in frame else np.where(placed, "point", "unknown")
    return CAMPUSES.validate(frame.assign(**{col.SOURCE: source, col.LOCATION_QUALITY: quality}))
