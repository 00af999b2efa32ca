"""Training programs, sponsors, contractors, job centers and workforce areas."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from geodata.errors import InputError
from tests.geodata.sources.helpers import parse, parse_text, reasons

ETPL = (
    "d101_eligible_training_provider,d104_entity_type,d105_program_name,d107_program_url,d110_cip_code,"
    "d117_program_soc_occupation_1,address,city,state,zip\n"
)


def test_programs_of_one_provider_and_place_become_one(tmp_path: Path) -> None:
    content = ETPL + (
        "Harbor Tech,Private,Electrician,https://a.example.org,46.0302,47-2111.00,1 Pier Rd,Warwick,RI,2886\n"
        "HARBOR TECH,Private,Auto,https://a.example.org,470604,49-3023.00,1 Pier Road,Warwick,RI,02886\n"
        "Harbor Tech,Private,Electrician,https://a.example.org,46.0302,47-2111.00,9 Far St,Newport,RI,02840\n"
    )
    parsed = parse_text("etpl", tmp_path, "etpl.csv", content)
    table = parsed.table.sort_values("city", ignore_index=True)
    assert table["cip_codes"].tolist() == ["46.0302", "46.0302 47.0604"]
    assert table["zip"].tolist() == ["02840", "02886"]
    assert table["seats_basis"].tolist() == ["assumed", "assumed"]
    assert table["evidence"].fillna("").tolist() == ["", "2 programs in the chosen fields"]
    assert (parsed.rows_in, parsed.rows_kept) == (3, 3)


def test_programs_of_other_fields_and_without_a_code(tmp_path: Path) -> None:
    rest = ",,Warwick,RI,02886\n"
    content = ETPL + (
        f"A,x,Nursing,u,51.3901,29-2061.00{rest}"
        f"B,x,Mystery,u,-1,29-2061.00{rest}"
        f"C,x,Wiring,u,-1,47-2111.00{rest}"
        f"D,x,Line work,u,46.303,49-9051.00{rest}"
        f"E,x,Series,u,46.03,47-2111.00{rest}"
        ",x,Nobody,u,46.0302,47-2111.00,,Warwick,RI,02886\n"
    )
    parsed = parse_text("etpl", tmp_path, "etpl.csv", content)
    codes = parsed.table.set_index("name")["cip_codes"]
    assert codes.fillna("").to_dict() == {"C": "", "D": "46.0303", "E": "46.0301"}
    assert parsed.out_of_scope == {"other field of study": 1}
    assert reasons(parsed) == {"no_cip_code": 1, "no_name": 1}


def test_people_served_are_seats_and_suppression_is_not_zero(tmp_path: Path) -> None:
    head = ETPL.strip() + ",field_c_total_served\n"
    row = "{},x,Wiring,u,46.0302,47-2111.00,,Warwick,RI,02886,{}\n"
    content = head + "".join(row.format(name, n) for name, n in [("A", 12), ("A", 5), ("B", 12), ("B", -1), ("C", "")])
    table = parse_text("etpl", tmp_path, "etpl.csv", content).table.set_index("name")
    assert table["seats_basis"].to_dict() == {"A": "seats", "B": "suppressed", "C": "assumed"}
    assert table.loc["A", "seats"] == 17
    assert table.loc[["B", "C"], "seats"].isna().all()


def test_a_workbook_of_programs(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        [
            dict(
                zip(
                    ETPL.strip().split(","), ["A", "x", "y", "u", "46.0302", "", "", "Warwick", "RI", 2886], strict=True
                )
            )
        ]
    )
    frame.to_excel(tmp_path / "DownloadPrograms.xlsx", index=False, startrow=2)
    table = parse("etpl", tmp_path / "DownloadPrograms.xlsx").table
    assert table[["name", "zip", "cip_codes"]].to_numpy().tolist() == [["A", "02886", "46.0302"]]


SPONSORS = (
    "ORGANIZATION NAME,ORGANIZATION TYPE,ADDRESS,CITY,STATE,ZIP,CONTACT PERSON,EMAIL,PHONE,ORGANIZATION URL,"
    "latitude,longitude\n"
)


def test_sponsors_lose_their_personal_contacts(tmp_path: Path) -> None:
    content = SPONSORS + (
        "Local 99 JATC,Labor,1 Union Way,Cranston,RI,02920,Jo Doe,jo@example.org,401-555-0100,does not apply,"
        "41.78,-71.43\n"
        "Bright Electric,Employer,2 Elm,Cranston,RI,2920,Al Roe,al@example.org,does not apply,www.example.org,,\n"
    )
    parsed = parse_text("apprenticeship", tmp_path, "apprenticeship_sponsors.csv", content)
    said = parsed.table.to_csv()
    assert not any(text in said for text in ("Doe", "Roe", "@", "555"))
    assert parsed.table["url"].fillna("").tolist() == ["", "www.example.org"]
    assert (parsed.table["entry_stage"] == "entry").all()
    assert parsed.table["location_quality"].tolist() == ["area", "unknown"]


def test_sponsors_of_other_occupations_are_out_of_scope(tmp_path: Path) -> None:
    content = "name,state,occupation_code\nA,RI,47-2111.00\nB,RI,35-1011.00\nC,RI,\n"
    parsed = parse_text("apprenticeship", tmp_path, "apprenticeship.csv", content)
    assert parsed.table["name"].tolist() == ["A", "C"]
    assert parsed.out_of_scope == {"other occupation": 1}


def test_contractors_are_for_people_who_are_electricians(tmp_path: Path) -> None:
    content = (
        "name,city,state,zip,url,as_of\n"
        "Volt Co,Warwick,RI,2886,u,2026-09-30\n"
        "Volt Co,Warwick,RI,02886,u,2026-09-30\n"
        "No State,,,,,\n"
    )
    parsed = parse_text("evitp", tmp_path, "evitp_contractors.csv", content)
    assert parsed.table[["entry_stage", "kind", "zip"]].to_numpy().tolist() == [["advanced", "certified", "02886"]]
    assert reasons(parsed) == {"repeated": 1, "no_state": 1}


def test_a_list_of_the_office(tmp_path: Path) -> None:
    content = (
        "name,entry_stage,kind,city,state,latitude,longitude,cip_codes,seats,url\n"
        "Bridge to Power,Entry,pre_apprenticeship,Providence,RI,41.82345,-71.41234,460302; 46.03,24,u\n"
        "Zero,entry,,Providence,RI,41.82345,-71.41234,,0,u\n"
        "Odd,expert,,Providence,RI,41.82345,-71.41234,,,u\n"
    )
    parsed = parse_text("training_list", tmp_path, "training_providers.csv", content)
    table = parsed.table.set_index("name")
    assert table.loc["Bridge to Power", ["seats", "seats_basis", "cip_codes"]].tolist() == [
        24,
        "seats",
        "46.03 46.0302",
    ]
    assert table.loc["Zero", ["seats", "seats_basis"]].tolist() == [0, "seats"]
    assert reasons(parsed) == {"unknown_entry_stage": 1}


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


def test_workforce_areas(tmp_path: Path) -> None:
    content = (
        "stfips,areatype,area,areaname,substfips,subareatype,subarea\n"
        "44,55,000001,Greater Rhode Island,44,04,000003\n"
        "44,55,000001,Greater Rhode Island,44,04,000009\n"
        "6,55,000002,,06,01,000100\n"
        "6,55,000002,,06,04,000037\n"
        "44,55,000001,Greater Rhode Island,44,04,000003\n"
        "44,55,000001,Greater Rhode Island,00,04,000003\n"
    )
    parsed = parse_text("workforce_areas", tmp_path, "workforce_areas.csv", content)
    assert parsed.table["unit_geoid"].tolist() == ["44003", "44009", "06037"]
    assert parsed.table["area_id"].tolist() == ["44000001", "44000001", "06000002"]
    assert parsed.table["area_name"].tolist()[2] == "Workforce area 2"
    assert parsed.out_of_scope == {"member is no county": 1}
    assert reasons(parsed) == {"repeated": 1, "no_county_code": 1}
    assert parsed.notes == ["Areas with members other than counties, known in part only: 1."]
