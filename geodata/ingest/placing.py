"""Rows without coordinates, placed by the finest thing they say of where they are: ZIP code, place or county.

The point is the middle of that area and no address: `location_quality` says which, and no minutes are measured to it
(`geodata.geography.located`). What says nothing that is known stays without a point, and in every list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from geodata.geography.located import located
from geodata.geography.place_names import place_key
from geodata.schemas import columns as col

POINT = [col.LATITUDE, col.LONGITUDE]
_COUNTY = r"\b(?:county|parish|borough|census area)$"


@dataclass(frozen=True)
class Gazetteer:
    """Points [latitude, longitude] by (state, ZIP code), (state, place) and (state, county); names as `place_key` has
    them.
    """

    zips: pd.DataFrame
    places: pd.DataFrame
    counties: pd.DataFrame

    @classmethod
    def of(cls, tables: Mapping[str, pd.DataFrame]) -> Gazetteer:
        """Return the points that canonical tables tell: place_points, places, named_areas, counties, and rows of
        `known` [zip, city, state, location_quality, latitude, longitude] that are located themselves.

        A publisher's point is preferred to one made from rows that happen to lie there.
        """
        points, known = tables["place_points"], tables["known"]
        known = known[located(known)]
        zips = points[points[col.KIND] == "zip"]
        by_zip = zips[[col.STATE, col.CODE, *POINT]].rename(columns={col.CODE: col.ZIP})
        names = [
            _named(tables["places"]),
            _named(points[points[col.KIND] == "place"]),
            _named(tables["named_areas"].loc[lambda table: table[col.KIND] == "town"]),
            _middle(_keyed(zips, col.NAME), [col.STATE, col.KEY]),
            _middle(_keyed(known, col.CITY), [col.STATE, col.KEY]),
        ]
        return cls(
            _first([by_zip, _middle(known, [col.STATE, col.ZIP])], [col.STATE, col.ZIP]),
            _first(names, [col.STATE, col.KEY]),
            _first([_named(tables["counties"])], [col.STATE, col.KEY]),
        )


def placed(rows: pd.DataFrame, gazetteer: Gazetteer) -> pd.DataFrame:
    """Return `rows` with a point for those without one that name a ZIP code, a place or a county that is known.

    Their location_quality becomes zip, place or county, the first of these that is known. A ZIP code of another state
    than the row's is not believed.
    """
    lost = rows[rows[col.LATITUDE].isna() | rows[col.LONGITUDE].isna()]
    if lost.empty:
        return rows
    out = rows.copy()
    # Some lists write a county where a city is asked for.
    meant = lost.assign(city=lost[col.CITY].where(lost[col.CITY].str.contains(_COUNTY, case=False, na=False)))
    asked = (
        ("zip", lost[[col.STATE, col.ZIP]], gazetteer.zips),
        ("place", _keyed(lost, col.CITY)[[col.STATE, col.KEY]], gazetteer.places),
        ("county", _keyed(lost, col.COUNTY)[[col.STATE, col.KEY]], gazetteer.counties),
        ("county", _keyed(meant, col.CITY)[[col.STATE, col.KEY]], gazetteer.counties),
    )
    for quality, keys, points in asked:
        names = list(keys.columns)
        still = out.loc[lost.index, col.LATITUDE].isna()
        wanted = keys[still.to_numpy() & keys.notna().all(axis=1).to_numpy()]
        found = wanted.reset_index(names="row").merge(points, on=names, how="inner").set_index("row")
        out.loc[found.index, POINT] = found[POINT]
        out.loc[found.index, col.LOCATION_QUALITY] = quality
    return out


def placing_notes(rows: pd.DataFrame) -> list[str]:
    """Return how the rows that gave no coordinates are placed, in a sentence; none where all gave some."""
    words = {"zip": "by ZIP code", "place": "by city or town", "county": "by county", "unknown": "not at all"}
    counts = rows.loc[rows[col.LOCATION_QUALITY].isin(words), col.LOCATION_QUALITY].value_counts()
    if counts.empty:
        return []
    parts = ", ".join(f"{word} {counts[name]:,}" for name, word in words.items() if counts.get(name, 0))
    return [f"Rows without coordinates, listed without travel to them: {counts.sum():,}; placed {parts}."]


def _keyed(table: pd.DataFrame, column: str) -> pd.DataFrame:
    key = table[column].map(place_key, na_action="ignore").astype("str")
    return table.assign(key=key.where(key != ""))


def _named(table: pd.DataFrame) -> pd.DataFrame:
    """Return [state, key, latitude, longitude] of areas (a point inside the largest of a name) or of points."""
    keyed = _keyed(pd.DataFrame(table), col.NAME)
    if isinstance(table, gpd.GeoDataFrame) or "geometry" in table.columns:
        shapes = gpd.GeoSeries(table["geometry"], index=table.index, crs=getattr(table, "crs", None))
        inside = shapes.representative_point()
        size = shapes.bounds.eval("(maxx - minx) * (maxy - miny)")
        keyed = keyed.assign(latitude=inside.y, longitude=inside.x, size=size).sort_values("size", ascending=False)
    return keyed.loc[keyed[col.KEY].notna(), [col.STATE, col.KEY, *POINT]].drop_duplicates([col.STATE, col.KEY])


def _middle(table: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Return the median point of the rows of each value of `by`."""
    return table.dropna(subset=by).groupby(by)[POINT].median().reset_index()


def _first(tables: list[pd.DataFrame], by: list[str]) -> pd.DataFrame:
    filled = [table[[*by, *POINT]] for table in tables if len(table)]
    if not filled:
        return pd.DataFrame({name: pd.Series(dtype="str" if name in by else "float64") for name in [*by, *POINT]})
    return pd.concat(filled, ignore_index=True).drop_duplicates(by)
