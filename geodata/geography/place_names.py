"""What people call the place a tract lies in: its county, the city, town and neighborhood that hold its center.

Also how names are compared and spelled: one publisher writes DeKalb, another Dekalb or DEKALB.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from functools import lru_cache

import pandas as pd

from geodata.geography.points_in_areas import areas_of
from geodata.schemas import columns as col

# Layers of towns end at another shore than tracts do.
NEAR_TOWN_M = 1_000.0


_KINDS_BEFORE = re.compile(r"^(?:city|town|village|township|borough|county) of ")
_KINDS_BEHIND = re.compile(r" (?:county|parish|census area|planning region|town|township|village|cdp)$")
_COUNTY_KIND = re.compile(r"^(.*?)( (?:County|Parish|Borough|Census Area|Municipality|Municipio|city))$")
# What the census sets behind the name of a city that governs its county too, or of the rest of one.
_GOVERNMENT = re.compile(
    r" (?:consolidated|metropolitan|unified|metro|urban county) (?:government|govt)(?: \(balance\))?$"
    r"| urban county$|(?: (?:city|town|village))? \(balance\)$",
    re.IGNORECASE,
)
_CITY_AND_COUNTY = re.compile(r"^([^-/–]+)[-/–](.+)$")
_WORDS = {"st": "saint", "ste": "sainte", "mt": "mount", "ft": "fort", "n": "north", "s": "south"}
_WORDS |= {"e": "east", "w": "west"}
_SMALL = frozenset(("of", "the", "and", "on", "at", "in", "de", "del", "la", "las", "los", "du"))


@lru_cache(maxsize=200_000)
def place_key(name: str) -> str:
    """Return a name by which spellings of one place are equal: St. Mary's and SAINT MARYS, Kent County and Kent."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    text = re.sub(r"[^a-z0-9]+", " ", plain.replace("'", "").replace("’", "")).strip()
    text = re.sub(_KINDS_BEHIND, "", re.sub(_KINDS_BEFORE, "", text))
    return " ".join(_WORDS.get(word, word) for word in text.split())


def short_name(place: str, counties: Collection[object]) -> str:
    """Return what people call a place in one of `counties`: the city alone where it and its county are one government.

    Macon for Macon-Bibb County in Bibb County; Winston-Salem stays as it is, for no county is called Salem.
    """
    name = re.sub(_GOVERNMENT, "", place)
    parts = re.match(_CITY_AND_COUNTY, name)
    if parts and place_key(parts[2]) in {place_key(county) for county in counties if isinstance(county, str)}:
        return parts[1]
    return name


def spelled(names: pd.Series, known: Iterable[str]) -> pd.Series:
    """Return `names` as the publishers of `known` names write them, where one writes the same letters.

    Of several spellings the one with most capitals inside words wins (DeKalb over Dekalb), for nobody sets those by
    accident; names in capitals throughout are no spelling. What nobody else writes and is all capitals gets
    a capital for each word. The kind behind a county's name plays no part.
    """
    best: dict[str, str] = {}
    for name in known:
        if name.isupper() or name.islower():
            continue
        key = name.casefold()
        if key not in best or _inner_capitals(name) > _inner_capitals(best[key]):
            best[key] = name
    return names.map(lambda name: _spelled(name, best), na_action="ignore").astype("str")


def _spelled(name: str, best: dict[str, str]) -> str:
    found = best.get(name.casefold())
    if found is not None and (name.isupper() or _inner_capitals(found) > _inner_capitals(name)):
        return found
    parts = re.match(_COUNTY_KIND, name)
    if parts:
        return _spelled(parts[1], best) + parts[2]
    if not name.isupper() or len(name) < 3:
        return name
    words = [word if word in _SMALL else word[:1].upper() + word[1:] for word in name.lower().split()]
    return " ".join([words[0][:1].upper() + words[0][1:], *words[1:]])


def _inner_capitals(name: str) -> int:
    """Return how many capitals stand inside words: one in DeKalb, none in Dekalb or De Kalb."""
    return len(re.findall(r"(?<=[a-z])[A-Z]", name))


def tract_names(
    tracts: pd.DataFrame, counties: pd.DataFrame, places: pd.DataFrame, named_areas: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return [geoid, county_name, place_name, town_name, neighborhood] for `tracts` [geoid, county_geoid, latitude,
    longitude].

    Where two places hold a tract's center the one with the lower GEOID names it, in the form of `short_name`. A name
    that cannot be had is missing. A center in no town, as on a shore drawn otherwise, takes that of the nearest within
    NEAR_TOWN_M.
    """
    county = tracts[col.COUNTY_GEOID].map(counties.set_index(col.COUNTY_GEOID)[col.NAME])
    named = tracts[[col.GEOID]].assign(county_name=county)
    known = tracts[tracts[col.LATITUDE].notna().to_numpy()]
    for column, areas, key, tolerance_m in (
        (col.PLACE_NAME, places, col.PLACE_GEOID, 0.0),
        (col.TOWN_NAME, _of_kind(named_areas, "town"), col.AREA_ID, NEAR_TOWN_M),
        (col.NEIGHBORHOOD, _of_kind(named_areas, "neighborhood"), col.AREA_ID, 0.0),
    ):
        named[column] = named[col.GEOID].map(_holding(known, areas, key, tolerance_m)).astype("str")
    held = named[col.PLACE_NAME].notna()
    pairs = zip(named.loc[held, col.PLACE_NAME], named.loc[held, col.COUNTY_NAME], strict=True)
    named.loc[held, col.PLACE_NAME] = [short_name(place, [county]) for place, county in pairs]
    return named


def _of_kind(named_areas: pd.DataFrame | None, kind: str) -> pd.DataFrame | None:
    return None if named_areas is None else named_areas[named_areas[col.KIND] == kind]


def _holding(tracts: pd.DataFrame, areas: pd.DataFrame | None, key: str, tolerance_m: float) -> dict[str, str]:
    """Return by geoid the name of the area that holds the center of each tract, or is within `tolerance_m` of it."""
    if areas is None or areas.empty or tracts.empty:
        return {}
    ordered = areas.sort_values(key, ignore_index=True)
    longitude, latitude = (tracts[name].to_numpy(dtype="float64") for name in (col.LONGITUDE, col.LATITUDE))
    found, _ = areas_of(longitude, latitude, ordered["geometry"].to_numpy(), tolerance_m)
    hit = found >= 0
    names = ordered[col.NAME].to_numpy()[found[hit]]
    return dict(zip(tracts[col.GEOID].to_numpy()[hit], names, strict=True))
