"""Job centers, as CareerOneStop answers and as an office lists them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from geodata.errors import InputError
from tests.geodata.sources.helpers import parse_text, reasons


def center(number: int, **over: object) -> dict[str, object]:
    return {
        "ID": str(number),
        "Name": f"Center {number}",
        "Address1": "1 Main St",
        "City": "Warwick",
        "StateAbbr": "RI",
        "Zip": "02886",
        "ProgramType": "Comprehensive Center",
        "CenterIsOpen": "Y",
        "LastUpdated": "07/22/2026",
        "Latitude": 41.712817,
        "Longitude": -71.481509,
    } | over


def test_job_centers(tmp_path: Path) -> None:
    centers = [
        center(1),
        center(2, ProgramType="Affiliate Center", Latitude=0, Longitude=0),
        center(3, CenterIsOpen="N"),
        center(1),
    ]
    content = json.dumps({"OneStopCenterList": centers, "RecordCount": 4})
    parsed = parse_text("job_centers", tmp_path, "job_centers.json", content)
    table = parsed.table
    assert table["center_id"].tolist() == ["careeronestop:1", "careeronestop:2"]
    assert table["kind"].tolist() == ["comprehensive", "affiliate"]
    assert table["location_quality"].tolist() == ["point", "unknown"]
    assert table["latitude"].isna().tolist() == [False, True]
    assert str(table["as_of"][0].date()) == "2026-07-22"
    assert parsed.out_of_scope == {"closed": 1}
    assert reasons(parsed) == {"repeated": 1}


def test_job_centers_of_an_operator_and_a_refusal(tmp_path: Path) -> None:
    content = "name,kind,address,state,latitude,longitude\nCentral Library,Library,1 Elm,RI,41.81234,-71.41234\n"
    table = parse_text("job_centers", tmp_path, "job_centers.csv", content).table
    assert table[["kind", "state"]].to_numpy().tolist() == [["library", "RI"]]
    assert table["center_id"][0].startswith("job_center:")
    with pytest.raises(InputError, match="no list of job centers"):
        parse_text("job_centers", tmp_path, "job_centers.json", '{"Message": "Authorization has been denied."}')
