"""Boundary files of the sample: cartographic tracts, counties, places, a tribal area; water and roads."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geodata.sample.file_writing import write_csv, write_json, write_shapefile
from geodata.sample.land import CRS, Land
from geodata.sample.spots import each
from geodata.sample.svi_file import tract_name
from geodata.sample.terrain import City, Objects, Terrain

CORRIDORS = "NTAD_Alternative_Fuel_Corridors.geojson"


def _layer(columns: str, rows: Sequence[tuple[object, ...]]) -> gpd.GeoDataFrame:
    """Return a layer of `rows`, whose last value is the shape."""
    frame = pd.DataFrame(rows, columns=[*columns.split(), "geometry"])
    return gpd.GeoDataFrame(frame, geometry="geometry", crs=CRS)


def tract_layer(land: Land, state: int) -> gpd.GeoDataFrame:
    """Return the cartographic tract file of one state; all-water tracts are absent from it."""
    here = land.terrain.states[state]
    rows: list[tuple[object, ...]] = []
    for tract in each(land.tracts[(land.tracts["state"] == state) & (land.tracts["kind"] != "water")]):
        code, name, county = tract.geoid, tract_name(tract.geoid), f"{land.counties['name'][tract.county]} County"
        place = (here.fips, code[2:5], code[5:], f"1400000US{code}", code, name, f"Census Tract {name}")
        size = (tract.land_m2, tract.water_m2, tract.geometry)
        rows.append((*place, here.usps, county, here.name, "CT", *size))
    columns = "STATEFP COUNTYFP TRACTCE AFFGEOID GEOID NAME NAMELSAD STUSPS NAMELSADCO STATE_NAME LSAD ALAND AWATER"
    return _layer(columns, rows)


def county_layer(land: Land) -> gpd.GeoDataFrame:
    """Return the cartographic county file of all states: exact unions of their tracts, lakes left out."""
    of_county = land.tracts.groupby("county")[["land_m2", "water_m2"]].sum()
    dry = land.tracts[land.tracts["kind"] != "water"]
    members, shapes = dry.groupby("county").indices, dry.geometry.to_numpy()
    rows = []
    for index, county in land.counties.iterrows():
        state, code, name = land.terrain.states[county["state"]], county["geoid"], county["name"]
        place = (state.fips, code[2:], f"{9_700_000 + int(code[2:]):08d}", f"0500000US{code}", code)
        size = (int(of_county["land_m2"][index]), int(of_county["water_m2"][index]))
        whole = shapely.coverage_union_all(shapes[members[index]])
        rows.append((*place, name, f"{name} County", state.usps, state.name, "06", *size, whole))
    columns = "STATEFP COUNTYFP COUNTYNS AFFGEOID GEOID NAME NAMELSAD STUSPS STATE_NAME LSAD ALAND AWATER"
    return _layer(columns, rows)


def state_layer(land: Land, counties: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the cartographic state file: exact unions of the counties."""
    rows = []
    for order, state in enumerate(land.terrain.states):
        members = counties[counties["STATEFP"] == state.fips]
        place = (state.fips, f"{9_600_000 + order:08d}", f"0400000US{state.fips}", state.fips, state.usps, state.name)
        size = (int(members["ALAND"].sum()), int(members["AWATER"].sum()))
        rows.append((*place, "00", *size, shapely.coverage_union_all(members.geometry.values)))
    return _layer("STATEFP STATENS AFFGEOID GEOID STUSPS NAME LSAD ALAND AWATER", rows)


def city_tracts(land: Land, state: int) -> pd.DataFrame:
    """Return tract (index) and city (index into terrain.cities): the tracts whose seed lies in a city."""
    tracts = land.tracts[(land.tracts["state"] == state) & land.tracts["kind"].isin(["people", "park"])]
    x, y = tracts["x"].to_numpy(), tracts["y"].to_numpy()
    best, home = np.full(len(tracts), np.inf), np.full(len(tracts), -1)
    for number, city in enumerate(land.terrain.cities):
        if city.state != state:
            continue
        far = np.hypot(x - city.x, y - city.y) / (city.spread_km * (1.5 if city.metro else 1.1))
        closer = (far < best) & (far <= 1)
        best[closer], home[closer] = far[closer], number
    members = pd.DataFrame({"tract": tracts.index, "city": home})
    return members[members["city"] >= 0]


def place_layer(land: Land, state: int) -> gpd.GeoDataFrame:
    """Return the cartographic place file of one state: cities as unions of tracts, towns as part of one."""
    members = city_tracts(land, state)
    here = land.terrain.states[state]
    rows = []
    cities = [(number, city) for number, city in enumerate(land.terrain.cities) if city.state == state]
    for order, (number, city) in enumerate(cities):
        inside = members.loc[members["city"] == number, "tract"]
        town = len(inside) < 2
        shape = _town_shape(land, city) if town else shapely.coverage_union_all(land.tracts.geometry[inside].values)
        suffix, lsad = ("town", "43") if town else ("city", "25")
        fips = f"{4_000 + 1_260 * order % 90_000:05d}"
        code = here.fips + fips
        place = (here.fips, fips, f"{9_800_000 + order:08d}", f"1600000US{code}", code, city.name)
        area = _area_m2(land.terrain, shape)
        rows.append((*place, f"{city.name} {suffix}", here.usps, here.name, lsad, area, 0, shape))
    columns = "STATEFP PLACEFP PLACENS AFFGEOID GEOID NAME NAMELSAD STUSPS STATE_NAME LSAD ALAND AWATER"
    return _layer(columns, rows)


def _town_shape(land: Land, city: City) -> shapely.Geometry:
    """Return the built-up area of a town that is smaller than its tract."""
    ring = shapely.segmentize(shapely.Point(city.x, city.y).buffer(0.8 * city.spread_km, quad_segs=6), 0.5)
    bent = land.terrain.to_degrees(land.terrain.warp(shapely.get_coordinates(ring)))
    shape = shapely.Polygon(bent)
    dry = land.tracts[land.tracts["kind"] != "water"]
    near = dry.geometry.values[shapely.STRtree(dry.geometry.values).query(shape, predicate="intersects")]
    return shapely.intersection(shape, shapely.union_all(near))


def _area_m2(terrain: Terrain, shape: shapely.Geometry) -> int:
    plane = shapely.transform(shape, terrain.to_plane)
    return round(float(plane.area) * 1e6)


def tribal_layer(land: Land) -> gpd.GeoDataFrame:
    """Return one small invented reservation: a rural tract of the first state, cut in half."""
    tracts = land.tracts[(land.tracts["state"] == 0) & (land.tracts["kind"] == "people")]
    tract = tracts.loc[tracts["land_m2"].idxmax()]
    west, south, east, north = tract.geometry.bounds
    shape = shapely.intersection(tract.geometry, shapely.box(west, south, (west + east) / 2, north))
    name = ("Amber Heron (fictional)", "Amber Heron Reservation (fictional)")
    row = ("9701", "09790001", "2500000US9701R", "9701R", *name, "86", _area_m2(land.terrain, shape), 0, shape)
    return _layer("AIANNHCE AIANNHNS AFFGEOID GEOID NAME NAMELSAD LSAD ALAND AWATER", [row])


def water_layer(land: Land, state: int, outline: shapely.Geometry) -> gpd.GeoDataFrame:
    """Return the area-water file of the state with that outline: its lakes (by county) and its rivers."""
    rows: list[tuple[object, ...]] = []
    lakes = land.tracts[(land.tracts["state"] == state) & (land.tracts["kind"] == "water")]
    for order, tract in enumerate(each(lakes)):
        code = f"1109{97_000_000 + order}"
        rows.append(("", code, land.terrain.lake.name, "H2030", 0, tract.water_m2, tract.geometry))
    for order, (river, whole) in enumerate(zip(land.terrain.rivers, land.rivers, strict=True)):
        shape = shapely.intersection(whole, outline)
        if shape.area > 0:
            area = _area_m2(land.terrain, shape)
            rows.append(("", f"1109{98_000_000 + order}", river.name, "H3010", 0, area, shape))
    return _layer("ANSICODE HYDROID FULLNAME MTFCC ALAND AWATER", rows)


def road_layer(land: Land, outline: shapely.Geometry) -> gpd.GeoDataFrame:
    """Return the primary-roads file of the state with that outline."""
    rows = []
    for order, (road, line) in enumerate(zip(land.terrain.roads, land.roads, strict=True)):
        part = shapely.intersection(line, outline)
        if not part.is_empty and part.length > 0:
            rows.append((f"11097{order:08d}", road.name, road.route_type, "S1100", part))
    return _layer("LINEARID FULLNAME RTTYP MTFCC", rows)


def corridor_features(land: Land) -> list[dict[str, object]]:
    """Return the alternative fuel corridors as GeoJSON features: interstates ready, some highways pending or not."""
    features: list[dict[str, object]] = []
    for order, (road, line) in enumerate(zip(land.terrain.roads, land.roads, strict=True), start=1):
        electric = road.route_type == "I" or order % 3 != 0
        features.append(
            {
                "type": "Feature",
                "properties": {
                    "OBJECTID": order,
                    "AFC_NUMBER": 9_700 + order,
                    "ROADTYPE": road.route_type,
                    "NUMBER": road.name.split()[-1],
                    "PRIMARY_NA": road.name,
                    "STATE": land.terrain.states[0].usps,
                    "EV": int(electric),
                    "EV_ROUND": 1 + order % 7 if electric else None,
                    "ELECTRICVE": ("Signage Ready" if road.route_type == "I" else "Signage Pending")
                    if electric
                    else "",
                    "Len_miles": round(line.length * 55, 2),
                },
                "geometry": {"type": "LineString", "coordinates": [[x, y] for x, y in line.coords]},
            }
        )
    return features


def write_boundaries(land: Land, folder: Path) -> Objects:
    """Write all boundary files and the centers of population of every state; return the outline of each state."""
    counties = county_layer(land)
    states = state_layer(land, counties)
    write_shapefile(folder / "cb_2020_us_county_500k.zip", counties)
    write_shapefile(folder / "cb_2020_us_state_500k.zip", states)
    for index, state in enumerate(land.terrain.states):
        write_shapefile(folder / f"cb_2020_{state.fips}_tract_500k.zip", tract_layer(land, index))
        write_shapefile(folder / f"cb_2020_{state.fips}_place_500k.zip", place_layer(land, index))
        water = water_layer(land, index, states.geometry[index])
        if len(water):
            write_shapefile(folder / f"tl_2020_{state.fips}_areawater.zip", water)
        write_shapefile(folder / f"tl_2020_{state.fips}_primaryroads.zip", road_layer(land, states.geometry[index]))
    corridors = corridor_features(land)
    write_json(folder / CORRIDORS, {"type": "FeatureCollection"}, "features", corridors)
    write_shapefile(folder / "cb_2020_us_aiannh_500k.zip", tribal_layer(land))
    write_csv(folder / "CenPop2020_Mean_TR.txt", centers_table(land), bom=True)
    return np.asarray(states.geometry.to_numpy())


def centers_table(land: Land) -> pd.DataFrame:
    """Return the centers of population: signed, zero-padded degrees; water tracts with nobody included."""
    tracts = land.tracts
    return pd.DataFrame(
        {
            "STATEFP": tracts["geoid"].str[:2],
            "COUNTYFP": tracts["geoid"].str[2:5],
            "TRACTCE": tracts["geoid"].str[5:],
            "POPULATION": tracts["population"],
            "LATITUDE": [f"{value:+010.6f}" for value in tracts["latitude"]],
            "LONGITUDE": [f"{value:+011.6f}" for value in tracts["longitude"]],
        }
    )
