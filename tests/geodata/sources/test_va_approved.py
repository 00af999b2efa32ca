"""Places approved for the GI Bill."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from tests.geodata.sources.helpers import parse_text

PLACES = (
    "facility_code,institution,longitude,latitude,ungeocodable\n"
    "14917439,HARBOR COMMUNITY COLLEGE-ISLAND,-71.3002001,41.5001002,False\n"
    "30000539,JATC IBEW LOCAL 9001,-71.4001002,41.7001002,False\n"
    "30000639,BRIGHT COLLEGE ELECTRICAL TRAINING,-71.4001002,41.7001002,False\n"
    "30000739,PLUMBERS JATC,-71.4001002,41.7001002,False\n"
    "30000839,OCEAN STATE ELECTRICAL APPRENTICESHIP,-71.4001002,41.7001002,True\n"
    "15075536X,PRAGUE HIGH SCHOOL,14.4025505,50.0964541,False\n"
    "15075590,KYOTO HIGH SCHOOL,135.7,35.0,False\n"
)
FILE = "va_gi_bill_institution_long_lat_2023.csv"


def test_the_state_is_in_the_facility_code(tmp_path: Path) -> None:
    parsed = parse_text("va_approved", tmp_path, FILE, PLACES)
    assert parsed.table["state"].unique().tolist() == ["RI"]
    assert len(parsed.table) == 5
    assert parsed.table["location_quality"].tolist() == ["point"] * 4 + ["unknown"]
    assert parsed.out_of_scope == {"abroad, or of a kind without a state": 2}


def test_joint_apprenticeships_of_electricians_become_providers_and_nothing_else_does(tmp_path: Path) -> None:
    table = parse_text("va_apprenticeships", tmp_path, FILE, PLACES).table
    assert table["name"].tolist() == ["JATC IBEW LOCAL 9001", "OCEAN STATE ELECTRICAL APPRENTICESHIP"]
    assert (table["kind"] == "apprenticeship").all()
    assert (table["cip_codes"] == "46.0302").all()
    assert table["seats"].isna().all()
    assert (table["seats_basis"] == "assumed").all()
    assert pd.isna(table["latitude"].iloc[1])


def test_another_industry_takes_no_electricians(tmp_path: Path) -> None:
    plumbing = {"cip_codes": ["46.0503"]}
    assert parse_text("va_apprenticeships", tmp_path, FILE, PLACES, training=plumbing).table.empty
