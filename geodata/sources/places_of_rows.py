"""Where a row says it is: states spelled in several ways, and the one way in which coordinates are read.

Every source with points takes them from `with_points`: slips that can be put right with certainty are, and reported;
rows whose coordinates cannot be used go to the log with the remedy. What is a slip:
`geodata.geography.written_coordinates`.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata.errors import SettingsError
from geodata.geography.written_coordinates import ELSEWHERE, HALF, UNREADABLE, read_coordinates
from geodata.geography.zips import clean_zips, state_of_zips
from geodata.schemas import columns as col
from geodata.sources.formats.text_tables import Text
from geodata.states import find_state

_DEGREES = "decimal degrees (EPSG:4326) such as 41.8236 and -71.4222"
_REMEDIES = {
    UNREADABLE: f"Give latitude and longitude in {_DEGREES}, or leave both empty.",
    HALF: f"Give both latitude and longitude, in {_DEGREES}, or neither.",
    ELSEWHERE: "The coordinates lie far outside the state of the row: correct the one or the other.",
}
_EXAMPLES = 5
# “400 East Ave, Warwick, RI 02886-1807”
_ONE_LINE = r"^(?:(?P<address>.*),\s*)?(?P<city>[^,]+),\s*(?P<state>[A-Z]{2})\s+(?P<zip>\d{5})(?:-?\d{4})?$"


def state_codes(text: pd.Series) -> pd.Series:
    """Return the postal code for each state given as postal code, FIPS code or name; missing where unknown."""
    found: dict[str, str] = {}
    for value in text.dropna().unique():
        try:
            found[value] = find_state(value.zfill(2) if value.isdigit() else value).usps
        except SettingsError:
            continue
    return text.map(found).astype("str")


def split_addresses(lines: pd.Series) -> pd.DataFrame:
    """Return [address, city, state, zip] of addresses written on one line; missing where a line ends otherwise.

    `address` is the street, missing where the line begins with the city; `state` is as written, two letters.
    """
    return pd.DataFrame(lines.astype("str").str.extract(_ONE_LINE))


def near_on_street(frame: pd.DataFrame) -> pd.Series:
    """Return location_quality of `frame`: a point the geocoder found by a similar address is on its street at best.

    The column `geocoded`, where there is one, is as `onramp geocode` writes it.
    """
    quality = frame[col.LOCATION_QUALITY]
    if "geocoded" not in frame.columns:
        return quality
    return quality.mask((frame["geocoded"] == "near") & (quality == "point"), "street")


def with_points(
    text: Text, frame: pd.DataFrame, *, states: pd.Series, key: str | None = None, first_row: int = 2
) -> pd.DataFrame:
    """Return `frame` with latitude and longitude in degrees and location_quality; unusable rows go to the log.

    `frame` holds the two columns as text and, where the source has ZIP codes, `zip`; `states` are the postal codes
    of its rows, `key` the column that names a row in the log. Rows that give no coordinates stay, with the quality
    unknown. What was repaired stands in the notes of `text`, with the numbers of the first rows; `first_row` is the
    number of the first data row in the file.
    """
    no_zips = pd.Series(None, index=frame.index, dtype="str")
    zips = state_of_zips(clean_zips(frame[col.ZIP])) if col.ZIP in frame.columns else no_zips
    read = read_coordinates(frame[col.LATITUDE], frame[col.LONGITUDE], states.reindex(frame.index), zips)
    written = frame[col.LATITUDE].fillna("") + ", " + frame[col.LONGITUDE].fillna("")
    log_field = "latitude, longitude"
    out = frame.assign(**{log_field: written})
    for reason, remedy in _REMEDIES.items():
        bad = (read["refused"] == reason).reindex(out.index)
        out = text.log.take(out, bad, reason, key=key, field=log_field, remedy=remedy, first_row=first_row)
    read = read.reindex(out.index)
    for slip, rows in read[read["repaired"] != ""].groupby("repaired", sort=True):
        numbers = [f"{spot + first_row:,}" for spot in rows.index[:_EXAMPLES]]
        more = ", …" if len(rows) > _EXAMPLES else ""
        text.notes.append(
            f"Coordinates put right, as the point then lies in the state of its row and as written it cannot ({slip}): "
            f"{len(rows):,} (row {', '.join(numbers)}{more})."
        )
    return out.drop(columns=log_field).assign(
        latitude=read[col.LATITUDE], longitude=read[col.LONGITUDE], location_quality=_quality(read)
    )


def _quality(read: pd.DataFrame) -> pd.Series:
    """Return how exact coordinates can be: point, street (three decimals of a degree), area (two or fewer).

    A thousandth of a degree is about 100 m, a hundredth about 1 km; the finer of the two coordinates is looked at,
    since one may end in a zero that was not written. Without coordinates it is unknown.
    """
    decimals = read["decimals"]
    quality = np.select([decimals >= 4, decimals == 3], ["point", "street"], "area")
    return pd.Series(np.where(read[col.LATITUDE].isna(), "unknown", quality), index=read.index)
