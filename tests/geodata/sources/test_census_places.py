"""Cities, towns and census-designated places."""

from __future__ import annotations

from pathlib import Path

from tests.geodata.sources.helpers import layer, parse, zipped_shapefile


def test_places_tell_what_they_are(tmp_path: Path) -> None:
    rows = [
        {"GEOID": "4459000", "NAME": "Providence", "NAMELSAD": "Providence city", "LSAD": "25"},
        {"GEOID": "4400001", "NAME": "Ashaway", "NAMELSAD": None, "LSAD": "57"},
    ]
    table = parse("places", zipped_shapefile(tmp_path, "cb_2020_44_place_500k", layer(rows))).table
    assert table["kind"].tolist() == ["city", "CDP"]
    assert table["place_geoid"].tolist() == ["4459000", "4400001"]
