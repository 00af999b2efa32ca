"""Eligible training programs."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from tests.geodata.sources.helpers import parse, parse_text, reasons

ETPL = (
    "d101_eligible_training_provider,d104_entity_type,d105_program_name,d107_program_url,d110_cip_code,"
    "d117_program_soc_occupation_1,address,city,state,zip\n"
)


def test_programs_of_one_provider_and_place_become_one(tmp_path: Path) -> None:
    content = ETPL + (
        "Harbor Tech,Private,Electrician,https://a.example.org,46.0302,47-2111.00,1 Pier Rd,Warwick,RI,2886\n"
        "HARBOR TECH,Private,Auto,https://a.example.org,470614,49-3023.00,1 Pier Road,Warwick,RI,02886\n"
        "Harbor Tech,Private,Electrician,https://a.example.org,46.0302,47-2111.00,9 Far St,Newport,RI,02840\n"
    )
    parsed = parse_text("etpl", tmp_path, "etpl.csv", content)
    table = parsed.table.sort_values("city", ignore_index=True)
    assert table["cip_codes"].tolist() == ["46.0302", "46.0302 47.0614"]
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
