"""Putting data into a page as inert text: gzip, then base64, decoded by static/payload.js.

The same input gives the same bytes: keys keep their order, gzip carries no time. Nothing packed here can be
read as markup, script or template. Does not hold what the data are.
"""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

import numpy as np
import pandas as pd


def packed(content: bytes) -> str:
    """Return bytes as base64 of gzip, without a time in the header."""
    return base64.b64encode(gzip.compress(content, compresslevel=9, mtime=0)).decode("ascii")


def packed_json(value: object) -> str:
    """Return a plain value as packed JSON."""
    return packed(json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8"))


def whole(values: pd.Series, factor: float = 1.0) -> list[int | None]:
    """Return numbers × `factor` as whole ones, None where there is no value."""
    plain = pd.to_numeric(values, errors="coerce").to_numpy(dtype=float, na_value=np.nan) * factor
    return [None if np.isnan(value) else round(value) for value in plain.tolist()]


def indexed(values: pd.Series) -> tuple[list[str], list[int]]:
    """Return the distinct texts, sorted, and for each row the place of its text among them, −1 for none."""
    texts = sorted({str(value) for value in values.dropna().unique()})
    place = {text: number for number, text in enumerate(texts)}
    return texts, [-1 if pd.isna(value) else place[str(value)] for value in values]


def plain(value: Any, factor: float = 1) -> int | None:
    """Return a number × `factor` as a whole one, None where there is no value."""
    return None if pd.isna(value) else round(float(value) * factor)
