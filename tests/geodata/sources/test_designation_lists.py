"""Lists on which standing is the designation."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
from shapely import box

from tests.geodata.sources.helpers import parse, parse_text, reasons


def test_lists_on_which_standing_is_the_designation(tmp_path: Path) -> None:
    rows = [["Designated Qualified Opportunity Zones", None, None], ["State", "County", "Census Tract Number"]]
    rows += [["Alabama", "Autauga", 1001020700], ["Arizona", "Apache", "04019002704"], ["Total", None, None]]
    pd.DataFrame(rows).to_excel(tmp_path / "designated-qozs.12.14.18.xlsx", index=False, header=False)
    parsed = parse("opportunity_zones", tmp_path / "designated-qozs.12.14.18.xlsx")
    assert parsed.table["geoid"].tolist() == ["01001020700", "04019002704"]
    assert parsed.table["designated"].all()
    assert parsed.table["value"].isna().all()
    assert (parsed.table["tract_vintage"] == 2010).all()
    assert reasons(parsed) == {"no_tract_code": 1}
    layer = gpd.GeoDataFrame({"GEOID": ["44001030100"]}, geometry=[box(0, 0, 1, 1)], crs=4326)
    layer.to_file(tmp_path / "QUALIFIED_CENSUS_TRACTS_2026.geojson", driver="GeoJSON")
    table = parse("hud_qct", tmp_path / "QUALIFIED_CENSUS_TRACTS_2026.geojson").table
    assert table[["geoid", "tract_vintage", "vintage"]].to_numpy().tolist() == [["44001030100", 2020, 2026]]


def test_the_header_of_the_codes_says_of_which_census_they_are(tmp_path: Path) -> None:
    cases = [
        ("opportunity_zones", "GEOID20", 2020),
        ("opportunity_zones", "GEOID10", 2010),
        ("opportunity_zones", "fips", 2010),
        ("hud_qct", "GEOID10", 2010),
        ("hud_qct", "geoid", 2020),
    ]
    for name, header, census in cases:
        parsed = parse_text(name, tmp_path, f"{name}_2026.csv", f"{header},County\n44001030100,Bristol\n")
        assert (parsed.table["tract_vintage"] == census).all()
        odd = census != {"opportunity_zones": 2010, "hud_qct": 2020}[name]
        assert parsed.notes == (
            [f"Its codes are in {header}: they are taken for tracts of {census}, not of {4030 - census}."]
            if odd
            else []
        )


def test_with_codes_of_both_censuses_a_list_is_read_by_its_own(tmp_path: Path) -> None:
    content = "GEOID20,GEOID10\n44001030102,44001030100\n"
    zones = parse_text("opportunity_zones", tmp_path, "opportunity_zones.csv", content).table
    assert zones[["geoid", "tract_vintage"]].to_numpy().tolist() == [["44001030100", 2010]]
    tracts = parse_text("hud_qct", tmp_path, "hud_qct_2026.csv", content).table
    assert tracts[["geoid", "tract_vintage"]].to_numpy().tolist() == [["44001030102", 2020]]
