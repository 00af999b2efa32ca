from __future__ import annotations

from pathlib import Path

from tests.geodata.sources.helpers import parse_text, reasons

FLAGS = "Census tract 2010 ID,County Name,State/Territory,Identified as disadvantaged\n"
FULL = (
    "Census tract 2010 ID,County Name,Total threshold criteria exceeded,Total categories exceeded,"
    "Identified as disadvantaged without considering neighbors,Identified as disadvantaged,"
    "Identified as disadvantaged in v1.0,"
    "Identified as disadvantaged solely due to status in v1.0 (grandfathered),Total population\n"
)


def test_flags_only(tmp_path: Path) -> None:
    content = FLAGS + "01001020100,Autauga County,Alabama,False\n1001020200,Autauga County,Alabama,True\n"
    parsed = parse_text("cejst", tmp_path, "cejst_1.0-communities_flags.csv", content)
    table = parsed.table.set_index("geoid")
    assert table["designated"].tolist() == [False, True]
    assert table["value"].tolist() == [0.0, 1.0]
    assert table.loc["01001020200", "vintage"] == 2022
    assert (table["archived"] & table["official"]).all()
    assert (table["tract_vintage"] == 2010).all()
    assert "designations only" in parsed.notes[0]


def test_version_2_counts_categories(tmp_path: Path) -> None:
    content = FULL + (
        "01001021100,Autauga County,6,4.0,True,True,True,False,1993.0\n"
        "01001020100,Autauga County,0,0.0,False,False,False,False,1993.0\n"
        "01001020300,Autauga County,0,0.0,False,True,True,True,1993.0\n"
        "78030960100,,,,False,False,False,False,\n"
    )
    parsed = parse_text("cejst", tmp_path, "2.0-communities.csv", content)
    table = parsed.table.set_index("geoid")
    assert table["value"].tolist()[:3] == [4.0, 0.0, 0.0]
    assert table["value"].isna().tolist() == [False, False, False, True]
    assert table["designated"].tolist() == [True, False, True, False]
    assert (table["vintage"] == 2024).all()
    assert table.loc["78030960100", "state"] == "VI"
    assert parsed.notes == []


def test_a_grandfathered_tract_must_be_designated(tmp_path: Path) -> None:
    content = FULL + "01001020300,Autauga County,0,0.0,False,False,True,True,1993.0\n"
    notes = parse_text("cejst", tmp_path, "2.0-communities.csv", content).notes
    assert notes == ["Tracts to be designated for their status in version 1.0 that are not: 1."]


def test_what_cannot_be_used_is_refused_with_its_reason(tmp_path: Path) -> None:
    content = FLAGS + "01001020100,a,b,False\n01001020100,a,b,True\nAutauga,a,b,True\n01001020400,a,b,\n"
    parsed = parse_text("cejst", tmp_path, "1.0-communities.csv", content)
    assert reasons(parsed) == {"repeated": 1, "no_tract_code": 1, "no_designation": 1}
    assert (parsed.rows_in, parsed.rows_kept) == (4, 1)


def test_categories_of_an_undesignated_tract_are_told_of_and_count_for_nothing(tmp_path: Path) -> None:
    content = FULL + "01001020300,Autauga County,5,3.0,False,False,False,False,1993.0\n"
    parsed = parse_text("cejst", tmp_path, "2.0-communities.csv", content)
    assert parsed.table.set_index("geoid").loc["01001020300", ["value", "designated"]].tolist() == [0.0, False]
    assert parsed.notes == [
        "Tracts said to exceed categories of burden that are not identified as disadvantaged, read as exceeding none: "
        "1 (such as 01001020300)."
    ]
