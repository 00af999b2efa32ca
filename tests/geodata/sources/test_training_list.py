"""The list of training programs an office keeps."""

from __future__ import annotations

from pathlib import Path

from tests.geodata.sources.helpers import parse_text, reasons


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
