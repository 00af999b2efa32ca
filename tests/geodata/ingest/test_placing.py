"""Rows without coordinates are placed by the finest thing they say, and none is lost."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

from geodata.ingest.combine import combine
from geodata.ingest.placing import Gazetteer, placed
from geodata.schemas.canonical import COUNTIES, NAMED_AREAS, PLACE_POINTS, PLACES, PROVIDERS, SITES
from geodata.schemas.sourced import Sourced
from geodata.settings import Settings
from tests.geodata.sources.helpers import parse_text

POINTS = PLACE_POINTS.validate(
    pd.DataFrame(
        [
            ("zip", "97101", "Fenwick", "XL", "Grid", 41.1, -71.1),
            ("zip", "02903", "Providence", "RI", "Providence", 41.82, -71.41),
            ("place", "9700100", "Harbor", "XL", None, 41.3, -71.3),
        ],
        columns=["kind", "code", "name", "state", "county", "latitude", "longitude"],
    )
)
COUNTY = COUNTIES.validate(
    gpd.GeoDataFrame(
        {"county_geoid": ["97001"], "state": ["XL"], "name": ["Grid County"]},
        geometry=[box(-72.0, 41.0, -71.0, 42.0)],
        crs="EPSG:4326",
    )
)
TOWN = NAMED_AREAS.validate(
    gpd.GeoDataFrame(
        {"area_id": ["t"], "kind": ["town"], "name": ["OXBOW"], "state": ["XL"]},
        geometry=[box(-71.6, 41.6, -71.5, 41.7)],
        crs="EPSG:4326",
    )
)


def gazetteer(known: pd.DataFrame | None = None) -> Gazetteer:
    tables = {"place_points": POINTS, "places": PLACES.empty(), "named_areas": TOWN, "counties": COUNTY}
    return Gazetteer.of({**tables, "known": SITES.empty() if known is None else known})


def rows(**columns: object) -> pd.DataFrame:
    base = {"city": None, "zip": None, "county": None, "state": "XL", "location_quality": "unknown"}
    table = pd.DataFrame([{**base, "latitude": None, "longitude": None, **columns}])
    return table.astype({"latitude": "float64", "longitude": "float64"})


@pytest.mark.parametrize(
    ("said", "quality", "latitude"),
    [
        ({"zip": "97101", "city": "Harbor"}, "zip", 41.1),
        ({"zip": "97999", "city": "HARBOR"}, "place", 41.3),
        ({"city": "Town of Oxbow"}, "place", 41.65),
        ({"city": "fenwick"}, "place", 41.1),
        ({"city": "Nowhere", "county": "Grid"}, "county", 41.5),
        ({"city": "Grid County"}, "county", 41.5),
        ({"city": "Nowhere"}, "unknown", None),
        # A ZIP code of another state is a slip, and the city is believed.
        ({"zip": "02903", "state": "GA", "city": "Harbor"}, "unknown", None),
    ],
)
def test_the_finest_place_a_row_names_places_it(said: dict[str, str], quality: str, latitude: float | None) -> None:
    row = placed(rows(**said), gazetteer()).iloc[0]
    assert row["location_quality"] == quality
    assert pd.isna(row["latitude"]) if latitude is None else row["latitude"] == pytest.approx(latitude)


def test_located_rows_keep_their_point_and_tell_where_their_zip_code_is() -> None:
    known = rows(zip="97555", city="Quarry", latitude=41.9, longitude=-71.9, location_quality="point")
    both = pd.concat([known, rows(zip="97555"), rows(city="Quarry")], ignore_index=True)
    table = placed(both, gazetteer(known))
    assert table["location_quality"].tolist() == ["point", "zip", "place"]
    assert table["latitude"].tolist() == [41.9] * 3


def test_a_training_list_of_addresses_is_listed_whole_and_placed_by_what_it_says(tmp_path: Path) -> None:
    lines = [f"Program {n},{n} Main St,Fenwick,XL,97101,," for n in range(40)]
    lines += [f"Course {n},{n} Bay St,Harbor,XL,,," for n in range(5)]
    lines += ["Workshop,1 Hill Rd,Grid County,XL,,,", "Mystery,2 Hill Rd,Nowhere,XL,,,"]
    lines += ["Known College,3 Hill Rd,Fenwick,XL,97101,41.10001,-140.10002"]
    text = "\n".join(["name,address,city,state,zip,latitude,longitude", *lines])
    parsed = parse_text("training_list", tmp_path, "training_providers.csv", text)
    assert (parsed.rows_in, parsed.rows_kept) == (48, 48)
    reads = {
        "training_list": Sourced(parsed.table, parsed.rejects),
        "zip_points": Sourced(POINTS, parsed.rejects),
        "counties": Sourced(COUNTY, parsed.rejects),
    }
    made = combine(PROVIDERS, reads, Settings())
    table = made.table
    assert made.notes == [
        "Rows without coordinates, listed without travel to them: 47; placed by ZIP code 40, by city or town 5, "
        "by county 1, not at all 1."
    ]
    assert Counter(table["location_quality"]) == {"zip": 40, "place": 5, "county": 1, "unknown": 1, "point": 1}
