"""Coordinates as people and programs write them: degrees, and the slips that make another place or none of them.

A slip is repaired only where the repair is certain: the point as written cannot lie in the row's own state and
exactly one other reading of what is written does. Everything else is left to the reader of the file to refuse.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from geodata.geography.state_extents import EXTENTS, lies_within, within_extents

# How far beyond its state's limits (degrees) a point can lie and still be a pier, an island or a rounded coordinate.
BEYOND_DEGREES = 1.0
# Radius of the sphere of EPSG:3857, https://epsg.io/3857.
_MERCATOR_RADIUS_M = 6_378_137.0
_LEAST_METERS = 1_000.0
# What publishers write in both columns where there is no point.
_NO_POINT = {"0", "0.0", "-1", "-2", "-3", "-9", "-99", "-999", "-9999", "-999.0"}
_NO_WORDS = {"n/a", "na", "none", "null", "not available", "does not apply", "unknown", "tbd", "-", "#n/a"}

EXCHANGED, SIGN_LOST, COMMA = "latitude and longitude exchanged", "a sign lost", "decimal commas"
MINUTES, METERS, MARKS = "degrees with minutes", "meters of EPSG:3857", "degrees with marks"
UNREADABLE, HALF, ELSEWHERE = "unreadable_coordinates", "half_a_point", "far_from_its_state"

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE)
_DECIMAL_COMMA = re.compile(r"[+-]?\d{1,3},\d+|[+-]?\d{4,8},\d{1,3}")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3}){2,}(\.\d+)?")
_PARTS = re.compile(
    r"""(?P<before>[NSEW])?\s*(?P<sign>[+-])?\s*(?P<degrees>\d{1,3}([.,]\d+)?)\s*(?P<mark>°|º|˚|deg\.?|d)?
    (\s*[\s:-]?\s*(?P<minutes>\d{1,2}([.,]\d+)?)\s*(['′’`m]|min\.?)?
    (\s*[\s:-]?\s*(?P<seconds>\d{1,2}([.,]\d+)?)\s*(["″”s]|''|′′|’’|sec\.?)?)?)?
    \s*(?P<after>[NSEW])?""",
    re.IGNORECASE | re.VERBOSE,
)


@dataclass(frozen=True)
class _Reading:
    """A number read off a cell: degrees or meters, the decimals of a degree it is exact to, and how it was read."""

    value: float
    decimals: int
    how: str = ""
    axis: str = ""


def read_coordinates(
    latitude: pd.Series, longitude: pd.Series, states: pd.Series, zip_states: pd.Series
) -> pd.DataFrame:
    """Return what two columns of text say: [latitude, longitude, decimals, repaired, refused], with their index.

    Latitude and longitude are degrees, EPSG:4326, missing where nothing usable is said; `decimals` is how many of a
    degree are exact; `repaired` names the slips that were put right; `refused` is why the row's coordinates cannot
    be used: unreadable_coordinates, half_a_point, far_from_its_state. `states` and `zip_states` are postal codes, of
    the row and of its ZIP code: where the two differ, nothing about the row's region is certain.
    """
    lat_text, lon_text = _cleaned(latitude), _cleaned(longitude)
    lat, lon = pd.to_numeric(lat_text, errors="coerce"), pd.to_numeric(lon_text, errors="coerce")
    lat, lon = lat.astype("float64"), lon.astype("float64")
    none = (lat_text.isna() & lon_text.isna()) | ((lat_text == lon_text) & lat_text.isin(_NO_POINT))
    sound = lat.between(-90, 90) & lon.between(-180, 180)
    known = states.isin(EXTENTS)
    home = within_extents(lat, lon, states, BEYOND_DEGREES)
    doubtful = ~none & (~sound | (known & ~home))
    decimals = pd.concat([_decimals(lat_text), _decimals(lon_text)], axis=1).max(axis=1)
    out = pd.DataFrame(
        {
            "latitude": lat.where(sound & ~none),
            "longitude": lon.where(sound & ~none),
            "decimals": decimals,
            "repaired": "",
            "refused": "",
        },
        index=latitude.index,
    )
    odd = np.flatnonzero(doubtful.to_numpy())
    if not len(odd):
        return out
    cells = (part.iloc[odd].tolist() for part in (lat_text, lon_text, states, zip_states, sound))
    out.iloc[odd] = pd.DataFrame([_put_right(*row) for row in zip(*cells, strict=True)]).to_numpy(dtype=object)
    return out.astype({"latitude": "float64", "longitude": "float64", "decimals": int})


def _put_right(first: Any, second: Any, state: Any, zip_state: Any, sound: bool) -> tuple[float, float, int, str, str]:
    """Return latitude, longitude, decimals, the slips, and why the row is refused, of a row that cannot stand."""
    nowhere = (math.nan, math.nan, 0, "")
    if pd.isna(first) or pd.isna(second):
        return (*nowhere, HALF)
    certain = pd.isna(zip_state) or zip_state == state
    found = _repaired(str(first), str(second), str(state)) if certain else None
    if found is None:
        return (*nowhere, ELSEWHERE if sound else UNREADABLE)
    return (*found, "")


def _cleaned(text: pd.Series) -> pd.Series:
    """Return text trimmed, with the minus signs of type set as hyphens and words for “none” taken out."""
    plain = text.astype("str").str.strip().str.replace(r"[−–]", "-", regex=True)
    return plain.mask(plain.str.casefold().isin(_NO_WORDS) | (plain == ""))


def _decimals(text: pd.Series) -> pd.Series:
    return text.str.extract(r"\.(\d+)$", expand=False).str.len().fillna(0).astype(int)


def _repaired(first: str, second: str, state: str) -> tuple[float, float, int, str] | None:
    """Return latitude, longitude, decimals and the slips, where exactly one reading lies in `state`; else None."""
    found: dict[tuple[float, float], tuple[int, str]] = {}
    if state not in EXTENTS:
        return None
    for one, other in ((a, b) for a in _readings(first) for b in _readings(second)):
        for lat, lon, exchanged in ((one, other, ""), (other, one, EXCHANGED)):
            if lat.axis == "longitude" or lon.axis == "latitude" or (lat.how == METERS) != (lon.how == METERS):
                continue
            for point in _signs(_in_degrees(lat, lon)):
                here = (round(point[0].value, 9), round(point[1].value, 9))
                if here not in found and lies_within(*here, state):
                    slips = dict.fromkeys([exchanged, lat.how, lon.how, point[2]])
                    decimals = max(point[0].decimals, point[1].decimals)
                    found[here] = (decimals, ", ".join(slip for slip in slips if slip))
    if len(found) != 1:
        return None
    ((latitude, longitude), (decimals, how)), *_ = found.items()
    return latitude, longitude, decimals, how


def _signs(point: tuple[_Reading, _Reading]) -> list[tuple[_Reading, _Reading, str]]:
    """Return the point as it is and with each sign that may have been lost; a letter of the compass is no slip."""
    lat, lon = point
    out = [(lat, lon, "")]
    for turn_lat, turn_lon in ((1, -1), (-1, 1), (-1, -1)):
        if (turn_lat < 0 and lat.axis) or (turn_lon < 0 and lon.axis) or lat.how == METERS:
            continue
        out.append((replace(lat, value=lat.value * turn_lat), replace(lon, value=lon.value * turn_lon), SIGN_LOST))
    return out


def _in_degrees(lat: _Reading, lon: _Reading) -> tuple[_Reading, _Reading]:
    if lat.how != METERS:
        return lat, lon
    north = math.degrees(2 * math.atan(math.exp(max(min(lat.value / _MERCATOR_RADIUS_M, 700.0), -700.0))) - math.pi / 2)
    east = math.degrees(lon.value / _MERCATOR_RADIUS_M)
    return replace(lat, value=north), replace(lon, value=east)


def _readings(text: str) -> list[_Reading]:
    """Return what a cell can mean: decimal degrees, with a comma, degrees and minutes, or meters."""
    out: list[_Reading] = []
    if _THOUSANDS.fullmatch(text):
        return [_Reading(float(text.replace(",", "")), 5, METERS)]
    comma = bool(_DECIMAL_COMMA.fullmatch(text))
    plain = text.replace(",", ".") if comma else text
    if _NUMBER.fullmatch(plain):
        value, decimals = float(plain), len(plain.partition(".")[2])
        if abs(value) <= 180:
            out.append(_Reading(value, decimals, COMMA if comma else ""))
        if abs(value) >= _LEAST_METERS:
            out.append(_Reading(value, 5, METERS))
            degrees, minutes = divmod(abs(value), 100.0)
            if degrees <= 180 and minutes < 60:
                out.append(_Reading(math.copysign(degrees + minutes / 60, value), decimals + 2, MINUTES))
        return out
    return _sexagesimal(text)


def _sexagesimal(text: str) -> list[_Reading]:
    """Return the reading of degrees, minutes and seconds, or of degrees with a mark or a letter; none for else."""
    match = _PARTS.fullmatch(text)
    if match is None:
        return []
    part = {name: (value or "").replace(",", ".") for name, value in match.groupdict().items()}
    degrees, minutes, seconds = (float(part[name] or 0) for name in ("degrees", "minutes", "seconds"))
    whole = "." not in part["degrees"] or not part["minutes"]
    if minutes >= 60 or seconds >= 60 or degrees > 180 or not whole or (part["before"] and part["after"]):
        return []
    letter = (part["before"] or part["after"]).upper()
    sign = -1.0 if part["sign"] == "-" or letter in ("S", "W") else 1.0
    # A second of arc is 31 m, a minute 1.9 km.
    finest = part["seconds"] or part["minutes"] or part["degrees"]
    written = len(finest.partition(".")[2])
    decimals = written + (3 if part["seconds"] else 1 if part["minutes"] else 0)
    axis = {"N": "latitude", "S": "latitude", "E": "longitude", "W": "longitude"}.get(letter, "")
    how = MINUTES if part["minutes"] else MARKS
    return [_Reading(sign * (degrees + minutes / 60 + seconds / 3600), decimals, how, axis)]
