"""A list of addresses gets its coordinates where they were lacking, and says how it came by each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest

from geodata.errors import InputError
from geodata.fetching.geocode_file import fill_coordinates
from geodata.fetching.publishers.geocoder import Address, Geocoded
from geodata.settings import Settings

LIST = (
    "Site Name;Street Address;City;State;ZIP;Latitude;Longitude;Notes\n"
    "Library;1 Main St;Providence;RI;02903;;;kept\n"
    "Mall;2 Main St;Providence;RI;02903;41.8;-71.4;given\n"
    "Depot;3 Main St;Providence;RI;02903;;;\n"
    "Field;;Providence;RI;02903;;;no street\n"
    "Plaza;4 Main St;Providence;RI;02903;;;\n"
)


def answers(addresses: list[Address]) -> list[Geocoded]:
    asked.append([address.street for address in addresses])
    found = {
        "1 Main St": Geocoded(
            addresses[0], "match", True, "1 MAIN ST, PROVIDENCE, RI, 02903", -71.41, 41.82, "44007000101"
        ),
        "3 Main St": Geocoded(addresses[0], "tie"),
        "4 Main St": Geocoded(addresses[0], "match", False, "4 N MAIN ST, PROVIDENCE, RI", -71.42, 41.83),
    }
    return [found[address.street] for address in addresses]


asked: list[list[str]] = []


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_only_what_lacks_coordinates_is_asked_for_and_nothing_else_changes(tmp_path: Path, kind: str):
    source, target = tmp_path / f"sites.{kind}", tmp_path / "filled.csv"
    source.write_text(LIST)
    if kind == "xlsx":
        pd.read_csv(tmp_path / "sites.xlsx", sep=";", dtype=str, keep_default_na=False).to_excel(source, index=False)
    asked.clear()
    filled = fill_coordinates(source, target, answers, Settings())
    assert asked == [["1 Main St", "3 Main St", "4 Main St"]]
    assert (filled.rows, filled.had) == (5, 1)
    assert filled.outcomes == {"exact": 1, "near": 1, "no_address": 1, "tie": 1}
    table = pd.read_csv(target, dtype=str, keep_default_na=False)
    assert list(table["geocoded"]) == ["exact", "given", "tie", "no_address", "near"]
    assert list(table["Latitude"]) == ["41.820000", "41.8", "", "", "41.830000"]
    assert list(table["ZIP"]) == ["02903"] * 5
    assert list(table["Notes"]) == ["kept", "given", "", "no street", ""]
    assert table["geocoded_address"][4] == "4 N MAIN ST, PROVIDENCE, RI"


def test_columns_for_coordinates_are_added_where_there_are_none(tmp_path: Path):
    source = tmp_path / "sites.csv"
    source.write_text("address,zip\n1 Main St,02903\n")
    fill_coordinates(source, tmp_path / "filled.csv", answers, Settings())
    table = pd.read_csv(tmp_path / "filled.csv", dtype=str)
    assert (table["latitude"][0], table["longitude"][0]) == ("41.820000", "-71.410000")


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("sites.csv", "name,city\nA,B\n", r"sites\.csv: the column “address” is not among its 2 columns"),
        ("sites.xlsx", "no workbook", r"sites\.xlsx: this is not a whole zip archive"),
        ("sites.csv", "", r"sites\.csv: the file is empty"),
    ],
)
def test_a_list_that_cannot_be_used_is_a_sentence_and_leaves_no_file(tmp_path: Path, name, content, sentence):
    (tmp_path / name).write_text(content)
    with pytest.raises(InputError, match=sentence):
        fill_coordinates(tmp_path / name, tmp_path / "filled.csv", answers, Settings())
    assert not (tmp_path / "filled.csv").exists()


def test_addresses_on_one_line_are_taken_apart_and_other_states_not_asked_for(tmp_path: Path):
    source = tmp_path / "InstitutionCampus.csv"
    source.write_text(
        'DapipId,Address\n1,"1 Main St, Providence, RI 02903-1807"\n2,"4 Main St, Macon, GA 31201"\n'
        '3,"Providence, RI 02903"\n'
    )
    seen: list[Address] = []

    def service(addresses: Sequence[Address]) -> list[Geocoded]:
        seen.extend(addresses)
        return answers(list(addresses))

    filled = fill_coordinates(source, tmp_path / "filled.csv", service, Settings(), ["RI"])
    assert seen == [Address("1 Main St", "Providence", "RI", "02903")]
    assert filled.outcomes == {"exact": 1, "no_address": 1, "not_asked": 1}
    # Another state's rows are added to what is known already, in the same file.
    fill_coordinates(tmp_path / "filled.csv", tmp_path / "filled.csv", service, Settings(), ["GA"])
    table = pd.read_csv(tmp_path / "filled.csv", dtype=str, keep_default_na=False)
    assert table["geocoded"].tolist() == ["exact", "near", "not_asked"]
    assert table["latitude"].tolist() == ["41.820000", "41.830000", ""]
    assert table["geocoded_address"].tolist() == [
        "1 MAIN ST, PROVIDENCE, RI, 02903", "4 N MAIN ST, PROVIDENCE, RI", "",
    ]  # fmt: skip
