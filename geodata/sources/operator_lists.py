"""What lists kept by hand have in common: where a provider is, under which identifier, and under which name."""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd

from geodata.geography.zips import clean_zips, state_of_zips
from geodata.schemas import columns as col
from geodata.sources.formats.text_tables import Text, Wanted
from geodata.sources.formats.values import counts
from geodata.sources.places_of_rows import near_on_street, state_codes, with_points

NAME = Wanted("name", ("name", "provider_name", "organization name", "ORGANIZATION NAME"))
PLACE = (
    Wanted("address", ("address", "street", "ADDRESS"), required=False),
    Wanted("city", ("city", "CITY"), required=False),
    Wanted("state", ("state", "STATE", "StateAbbr"), required=False),
    Wanted("zip", ("zip", "zip_code", "ZIP"), required=False),
    Wanted("county", ("county", "county_name", "COUNTYNM"), required=False),
    Wanted("latitude", ("latitude", "lat"), required=False),
    Wanted("longitude", ("longitude", "lon", "lng"), required=False),
    # Written by the geocoding command.
    Wanted("geocoded", required=False),
)
_NOTHING = {"does not apply", "n/a", "na", "none", "-1", "null", "not available"}


def without_fillers(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the text with words that stand for an empty cell (“does not apply”, “n/a”, -1) taken out."""
    return pd.DataFrame(frame.apply(lambda column: column.mask(column.str.casefold().isin(_NOTHING)).astype("str")))


def with_place(text: Text, key: str = "name") -> pd.DataFrame:
    """Return the rows of a list with usps, zip, latitude, longitude and location_quality; others go to the log.

    A row that states no state takes that of its ZIP code. `zip` and the coordinates are cleaned in place of the
    text they were.
    """
    frame = text.frame
    zips = clean_zips(frame[col.ZIP])
    usps = state_codes(frame[col.STATE]).fillna(state_of_zips(zips).where(frame[col.STATE].isna()))
    frame = frame.assign(usps=usps, zip=zips)
    frame = text.log.take(frame, frame[key].isna(), "no_name", field=key)
    frame = text.log.take(
        frame, frame["usps"].isna(), "no_state", key=key, field="state", remedy="Give a state's postal code."
    )
    frame = with_points(text, frame, states=frame["usps"], key=key)
    return frame.assign(location_quality=near_on_street(frame))


def identifiers(prefix: str, *parts: pd.Series) -> pd.Series:
    """Return `prefix:…` with twelve hexadecimal digits drawn from the parts, the same for the same text."""
    columns = [part.fillna("").astype("str").str.casefold().tolist() for part in parts]
    digests = [hashlib.sha256("|".join(row).encode()).hexdigest()[:12] for row in zip(*columns, strict=True)]
    return pd.Series([f"{prefix}:{digest}" for digest in digests], index=parts[0].index, dtype="str")


def provider_rows(frame: pd.DataFrame, source: str, *, kind: str, entry_stage: str) -> pd.DataFrame:
    """Return the provider columns that every hand-kept list fills alike; seats are not known from them."""
    return pd.DataFrame(
        {
            col.PROVIDER_ID: identifiers(source, frame[col.NAME], frame["usps"], frame[col.ZIP], frame[col.ADDRESS]),
            col.NAME: frame[col.NAME],
            col.ENTRY_STAGE: entry_stage,
            col.KIND: kind,
            col.STATE: frame["usps"],
            col.ADDRESS: frame[col.ADDRESS],
            col.CITY: frame[col.CITY],
            col.ZIP: frame[col.ZIP],
            col.COUNTY: frame[col.COUNTY] if "county" in frame.columns else None,
            col.LATITUDE: frame[col.LATITUDE],
            col.LONGITUDE: frame[col.LONGITUDE],
            col.LOCATION_QUALITY: frame[col.LOCATION_QUALITY],
            col.SEATS: np.nan,
            col.SEATS_BASIS: "assumed",
            col.SOURCES: source,
            col.URL: frame[col.URL] if "url" in frame.columns else None,
        }
    )


def with_countable(text: Text, frame: pd.DataFrame, column: str, key: str = "name") -> pd.DataFrame:
    """Return the rows whose `column` is empty or a number of people from zero up; the others go to the log."""
    strange = frame[column].notna() & counts(frame[column]).isna()
    remedy = "Give a whole number of people a year, or leave the cell empty."
    return text.log.take(frame, strange, "no_count", key=key, field=column, remedy=remedy)


def with_seats(table: pd.DataFrame, seats: pd.Series) -> pd.DataFrame:
    """Return the providers with the yearly seats a list states; zero is a statement, an empty cell is not."""
    stated = counts(seats).astype("float64")
    return table.assign(seats=stated, seats_basis=np.where(stated.notna(), "seats", "assumed"))
