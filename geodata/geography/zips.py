"""ZIP codes: cleaning, and the state a ZIP code is delivered in.

The first three digits name a sectional center, and those of one state form a few ranges (USPS Domestic Mail
Manual, labeling list L002). A handful of ZIP codes cross a state line, so a state read from one is evidence, not
proof; `geodata.geography.points_in_areas` checks it against the coordinates.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

_RANGES = """
AL 350-352 354-369|AK 995-999|AZ 850-865|AR 716-729|CA 900-908 910-928 930-961|CO 800-816|CT 060-062 064-069
DE 197-199|DC 200 202-205 569|FL 320-339 341-342 344 346-347 349|GA 300-319 398-399|HI 967-968|ID 832-838
IL 600-620 622-629|IN 460-479|IA 500-516 520-528|KS 660-679|KY 400-427|LA 700-701 703-708 710-714|ME 039-049
MD 206-212 214-219|MA 010-027 055|MI 480-499|MN 550-551 553-567|MS 386-397|MO 630-631 633-641 644-658|MT 590-599
NE 680-681 683-693|NV 889-891 893-895 897-898|NH 030-038|NJ 070-089|NM 870-871 873-875 877-884|NY 005 063 100-149
NC 270-289|ND 580-588|OH 430-459|OK 730-731 734-741 743-749|OR 970-979|PA 150-196|PR 006-007 009|RI 028-029
SC 290-299|SD 570-577|TN 370-385|TX 733 750-770 772-799 885|UT 840-847|VT 050-054 056-059|VA 201 220-246
VI 008|WA 980-986 988-994|WV 247-268|WI 530-532 534-535 537-549|WY 820-831|GU 969
"""


def _prefixes() -> dict[str, str]:
    found: dict[str, str] = {}
    for entry in _RANGES.strip().replace("\n", "|").split("|"):
        usps, *ranges = entry.split()
        for text in ranges:
            first, _, last = text.partition("-")
            for number in range(int(first), int(last or first) + 1):
                found[f"{number:03d}"] = usps
    return found


_STATE_OF_PREFIX = _prefixes()
# Delivered by the New York office of Mid-Hudson, but Fishers Island alone: the rest of 063 is Connecticut.
_STATE_OF_PREFIX["063"] = "CT"
_SINGLE = {"06390": "NY", "96799": "AS", "96950": "MP", "96951": "MP", "96952": "MP"}


def clean_zips(codes: pd.Series) -> pd.Series:
    """Return five-digit ZIP codes; undoes ZIP+4, a decimal tail and lost leading zeros (at most two), or both."""
    text = codes.astype("str").str.strip().str.replace(r"\.0+$", "", regex=True)
    # Three or four digits before the four of ZIP+4 are a ZIP code that lost its zeros.
    text = text.str.replace(r"^(\d{3,5})[- ]?\d{4}$", r"\1", regex=True).str.replace(
        r"^(\d{3,5})-\d*$", r"\1", regex=True
    )
    short = text.str.fullmatch(r"\d{3,4}").fillna(False).astype(bool)
    text = text.where(~short, text.str.zfill(5))
    return text.where(text.str.fullmatch(r"\d{5}").fillna(False).astype(bool), np.nan).astype("str")


def state_of_zips(zips: pd.Series) -> pd.Series:
    """Return the postal code of the state of each five-digit ZIP code, missing where unknown."""
    return zips.map(_SINGLE).fillna(zips.str[:3].map(_STATE_OF_PREFIX)).astype("str")
