"""Points of ZIP codes and places, in the layouts of their publishers."""

from __future__ import annotations

import zipfile
from pathlib import Path

from tests.geodata.sources.helpers import parse, parse_text

ZIPS = (
    "US\t97101\tFenwick\tExample\tRI\tGrid\t001\t\t\t41.1\t-71.1\t4\n"
    "US\t97101\tOld Fenwick\tExample\tRI\tGrid\t001\t\t\t41.2\t-71.2\t4\n"
    "US\t09001\tAPO AA\t\t\t\t\t\t\t38.1\t15.6\t\n"
    "US\t2840\tHarbor\tExample\tRI\tGrid\t005\t\t\t41.4\t-71.3\t4\n"
)


def test_the_postal_codes_of_geonames_have_no_header_and_one_point_each(tmp_path: Path) -> None:
    parsed = parse_text("zip_points", tmp_path, "geonames_US_postal_codes.txt", ZIPS)
    assert parsed.table["code"].tolist() == ["97101", "02840"]
    assert parsed.table[["name", "state", "county", "latitude"]].iloc[0].tolist() == ["Fenwick", "RI", "Grid", 41.1]
    assert parsed.out_of_scope == {"outside the states": 1, "another name of the ZIP code": 1}


def test_the_archive_of_geonames_is_read_as_its_text(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "US.zip", "w") as archive:
        archive.writestr("readme.txt", "Readme for GeoNames Postal Code files\n")
        archive.writestr("US.txt", ZIPS)
    assert len(parse("zip_points", tmp_path / "US.zip").table) == 2


def test_the_gazetteer_is_read_in_its_older_edition_and_its_newer_one(tmp_path: Path) -> None:
    older = (
        "STUSPS\tGEOID\tANSICODE\tNAME\tALAND\tINTPTLAT\tINTPTLONG   \r\n"
        "NM\t3500100\t1\tEspañola city\t1\t35.9\t-106.0\r\n"
        "NM\t3500200\t2\tChimayo CDP\t1\t36.0\t-105.9\r\n"
    ).encode("cp1252")
    newer = (
        "USPS|GEOID|GEOIDFQ|NAME|INTPTLAT|INTPTLONG\nNM|3500100|1600000US3500100|Española city|35.9|-106.0\n"
        "NM|3500200|1600000US3500200|Chimayo CDP|36.0|-105.9\n"
    ).encode()
    for name, content in (("Gaz_places_national.txt", older), ("2025_Gaz_place_national.txt", newer)):
        table = parse_text("gazetteer", tmp_path, name, content).table
        assert table["name"].tolist() == ["Española", "Chimayo"]
        assert table[["state", "latitude", "longitude"]].iloc[0].tolist() == ["NM", 35.9, -106.0]
