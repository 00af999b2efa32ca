"""Towns that govern, towns of a state's own layer, and neighborhoods."""

from __future__ import annotations

from pathlib import Path

from tests.geodata.sources.helpers import layer, parse, zipped_shapefile


def test_only_subdivisions_that_govern_are_towns_and_only_where_people_go_by_them(tmp_path: Path) -> None:
    rows = [
        {"GEOID": "4400305140", "NAME": "Oxbow", "LSAD": "43"},
        {"GEOID": "4400300000", "NAME": "County subdivisions not defined", "LSAD": "00"},
        {"GEOID": "1300190000", "NAME": "Fenwick", "LSAD": "22"},
        {"GEOID": "1800190001", "NAME": "Center", "LSAD": "44"},
    ]
    parsed = parse("county_subdivisions", zipped_shapefile(tmp_path, "cb_2020_44_cousub_500k", layer(rows)))
    assert parsed.table[["area_id", "kind", "name", "state"]].values.tolist() == [
        ["cousub:4400305140", "town", "Oxbow", "RI"]
    ]
    assert parsed.out_of_scope == {"governs nothing": 2, "townships people do not go by": 1}


def test_the_setting_says_where_townships_name_places(tmp_path: Path) -> None:
    file = zipped_shapefile(
        tmp_path, "cb_2020_18_cousub_500k", layer([{"GEOID": "1800190001", "NAME": "Center", "LSAD": "44"}])
    )
    assert len(parse("county_subdivisions", file, communities={"town_states": ["IN"]}).table) == 1


def test_a_town_of_several_pieces_has_a_row_for_each(tmp_path: Path) -> None:
    rows = [{"NAME": "HARBOR"}, {"NAME": "HARBOR"}, {"NAME": "OXBOW"}]
    parsed = parse("towns", zipped_shapefile(tmp_path, "XL_Municipalities_1997", layer(rows)), state="XL")
    assert parsed.table["area_id"].is_unique
    assert (set(parsed.table["name"]), set(parsed.table["state"]), set(parsed.table["vintage"])) == (
        {"HARBOR", "OXBOW"},
        {"XL"},
        {1997},
    )


def test_neighborhoods_need_nothing_but_a_name(tmp_path: Path) -> None:
    file = tmp_path / "city_neighborhoods.geojson"
    layer([{"nhood": "Mill End"}], crs="EPSG:4326").to_file(file, driver="GeoJSON")
    table = parse("neighborhoods", file).table
    assert table[["kind", "name"]].values.tolist() == [["neighborhood", "Mill End"]]
