"""From text to numbers, flags, dates and counts: what a cell means, and why it has no value.

Missing, suppressed and zero are three things. A publisher's code for one of the first two never comes out of
here as a number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from geodata.errors import InputError

# American Community Survey annotation values, https://www.census.gov/data/developers/data-sets/acs-1year/
# notes-on-acs-estimate-and-annotation-values.html
ACS_CODES: Mapping[float, str] = {
    -666666666: "missing",
    -999999999: "suppressed",
    -888888888: "not_applicable",
    -222222222: "missing",
    -333333333: "missing",
    -555555555: "not_applicable",
}
SVI_CODES: Mapping[float, str] = {-999: "missing", **ACS_CODES}
IPEDS_CODES: Mapping[float, str] = {-1: "missing", -2: "not_applicable", -3: "missing"}


@dataclass(frozen=True)
class Numbers:
    """Numbers with the reason where there is none; both are indexed like the text they came from."""

    values: pd.Series
    status: pd.Series

    def is_(self, status: str) -> pd.Series:
        """Return where the status is `status`: value, missing, suppressed, not_applicable or unreadable."""
        return self.status == status


def to_numbers(text: pd.Series) -> pd.Series:
    """Return text as float64, missing where it is empty or no finite number. Accepts `+46.7` and `-093.4`."""
    try:
        arrow = pa.array(text, type=pa.string(), from_pandas=True)
        values = pc.cast(arrow, pa.float64()).to_numpy(zero_copy_only=False)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        values = pd.to_numeric(text.astype(object), errors="coerce").to_numpy(dtype="float64", na_value=np.nan)
    values = np.where(np.isfinite(values), values, np.nan)
    return pd.Series(values, index=text.index)


def numbers(
    text: pd.Series,
    *,
    codes: Mapping[float, str] | None = None,
    least: float | None = None,
    most: float | None = None,
    file: str | None = None,
    column: str | None = None,
    notes: list[str] | None = None,
) -> Numbers:
    """Return the numbers in `text`, where `codes` gives the publisher's codes for “no value” and their meaning.

    Numbers outside `least`..`most` are no values either: they are unreadable, and a note names them, because
    they may be a code the publisher has newly introduced. Raises InputError where more than half of the cells
    that are filled cannot be read: the column then holds something else than it used to.
    """
    values = to_numbers(text)
    array = values.to_numpy()
    status = np.full(len(array), "value", dtype="<U14")
    status[np.isnan(array)] = "unreadable"
    status[text.isna().to_numpy()] = "missing"
    negative: npt.NDArray[np.bool_] = array < 0
    if codes and negative.any():
        for code, meaning in codes.items():
            status[array == code] = meaning
    within = np.ones(len(array), dtype=bool)
    if least is not None:
        within &= ~(array < least)
    if most is not None:
        within &= ~(array > most)
    outside = ~within & (status == "value")
    status[outside] = "unreadable"
    unreadable = status == "unreadable"
    if unreadable.any():
        _report_unreadable(text, unreadable, file, column, notes)
    return Numbers(values.where(status == "value"), pd.Series(status, index=text.index))


def _report_unreadable(
    text: pd.Series, unreadable: npt.NDArray[np.bool_], file: str | None, column: str | None, notes: list[str] | None
) -> None:
    examples = ", ".join(f"“{value}”" for value in text[unreadable].value_counts().index[:3])
    count, filled = int(unreadable.sum()), int(text.notna().sum())
    if count > 20 and count * 2 > filled:
        raise InputError(
            f"{count:,} of {filled:,} filled cells are not the numbers expected there (such as {examples})",
            file=file,
            field=column,
            remedy="The publisher may have changed this column; check its documentation before using the file.",
        )
    if notes is not None:
        notes.append(f"{column}: cells without a usable number, treated as missing: {count:,} (such as {examples}).")


_TRUE = {"true", "t", "yes", "y", "1", "1.0"}
_FALSE = {"false", "f", "no", "n", "0", "0.0"}


def flags(text: pd.Series) -> pd.Series:
    """Return yes/no text as nullable flags, missing where it is empty or says neither."""
    low = text.str.casefold()
    out = pd.Series(pd.NA, index=text.index, dtype="boolean")
    out[low.isin(_TRUE)] = True
    out[low.isin(_FALSE)] = False
    return out


def dates(text: pd.Series) -> pd.Series:
    """Return dates as datetime64[s] without time: ISO dates and times, and month/day/year as forms write it."""
    head = text.str.extract(r"^(\d{4}-\d{2}-\d{2})", expand=False)
    out = pd.to_datetime(head, format="%Y-%m-%d", errors="coerce")
    rest = out.isna() & text.notna()
    if rest.any():
        forms = text[rest].str.extract(r"^(\d{1,2}/\d{1,2}/\d{4})", expand=False)
        out[rest] = pd.to_datetime(forms, format="%m/%d/%Y", errors="coerce")
        rest = out.isna() & text.notna()
        months = text[rest].str.extract(r"^(\d{4}-\d{2})$", expand=False)
        out[rest] = pd.to_datetime(months, format="%Y-%m", errors="coerce")
    return out.astype("datetime64[s]")


# Three zeros behind a point are a thousands mark as likely as decimals, so such a number says neither.
_THOUSANDS = r"[+-]?\d{1,3}(?:[.,]\d{3})+"
_NOT_GIVEN = {"", "-", "?", "n/a", "na", "none", "null", "tbd", "unknown", "not available", "to be determined"}


def counts(text: pd.Series) -> pd.Series:
    """Return whole numbers from zero to 2**53 as Int64, missing where the text is anything else.

    `4.0` is a four that passed through a spreadsheet; `1.000` and `1,000` are missing, for they may be one or a
    thousand.
    """
    values = to_numbers(text.mask(text.str.fullmatch(_THOUSANDS).fillna(False).astype(bool)))
    # Beyond 2**53 a float is no exact whole number, and nothing counted here is near it.
    whole = (values >= 0) & (values == values.round()) & (values < 2**53)
    return values.where(whole).astype("Int64")


def not_counts(text: pd.Series) -> pd.Series:
    """Return where a cell is filled with neither a count nor a word for “not given” such as n/a or TBD: bool."""
    given = text.notna() & ~text.str.strip().str.casefold().isin(_NOT_GIVEN).fillna(False).astype(bool)
    return pd.Series(given & counts(text).isna(), index=text.index, dtype=bool)
