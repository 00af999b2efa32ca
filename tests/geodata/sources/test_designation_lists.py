"""Lists on which standing is the designation."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
from shapely import box

from tests.geodata.sources.helpers import parse, reasons


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
