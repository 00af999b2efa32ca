from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from geodata.errors import InputError
from geodata.sources.svi import VARIABLES
from tests.geodata.sources.helpers import parse_text, reasons

IN_2020 = [v for v in VARIABLES.values() if v != "POV"]
IN_2018 = [v for v in VARIABLES.values() if v not in ("POV150", "NOINT")]


def header(variables: list[str]) -> list[str]:
    names = ["FIPS", "LOCATION", "E_TOTPOP", "M_TOTPOP"]
    for variable in variables:
        if variable != "TOTPOP":
            names += [f"{lead}_{variable}" for lead in ("E", "M", "EP", "MP")]
    return [*names, "SPL_THEMES", "RPL_THEMES"]


def row(geoid: str, variables: list[str], ranks: tuple[float, float], separator: str = ";", **over: object) -> str:
    values: dict[str, object] = {"FIPS": geoid, "LOCATION": f"Tract{separator} County{separator} State"}
    for variable in variables:
        values |= {f"E_{variable}": 40, f"M_{variable}": 12, f"EP_{variable}": 11.9, f"MP_{variable}": 6.9}
    values |= {"E_TOTPOP": 4482, "M_TOTPOP": 459, "SPL_THEMES": ranks[0], "RPL_THEMES": ranks[1], **over}
    return ",".join(f'"{values[name]}"' for name in header(variables))


def file(rows: list[str], variables: list[str] = IN_2020) -> bytes:
    return ("﻿" + "\n".join([",".join(header(variables)), *rows]) + "\n").encode()


def empty_tract(geoid: str, variables: list[str] = IN_2020) -> str:
    gone = {f"{lead}_{v}": -999 for v in variables if v != "TOTPOP" for lead in ("EP", "MP")}
    zero = {f"E_{v}": 0 for v in variables}
    return row(geoid, variables, (-999, -999), **gone, **zero)


STATE = [row(f"4400103010{i}", IN_2020, (4.0 + i, i / 3)) for i in range(4)]


def test_index_and_its_sentinel(tmp_path: Path) -> None:
    parsed = parse_text("svi", tmp_path, "SVI_2022_RhodeIsland.csv", file([*STATE, empty_tract("44003980000")]))
    table = parsed.table.set_index("geoid")
    assert table["value"].round(3).tolist()[:4] == [0.0, 0.333, 0.667, 1.0]
    assert pd.isna(table.loc["44003980000", "value"])
    assert (table["vintage"] == 2022).all()
    assert (table["tract_vintage"] == 2020).all()
    assert (table["definition"] == "svi").all()
    assert table["designated"].isna().all()
    assert (parsed.rows_in, parsed.rows_kept) == (5, 5)


def test_a_state_download_is_distinguished_from_an_extract_of_the_national_file(tmp_path: Path) -> None:
    ranks = [0.41, 0.55, 0.62, 0.93]
    extract = [row(f"4400103010{i}", IN_2020, (4.0 + i, rank)) for i, rank in enumerate(ranks)]
    nation = [*STATE, row("13001950100", IN_2020, (9.0, 0.8))]
    for rows, pooled in ((STATE, "state"), (extract, "nation"), (nation, "nation")):
        parsed = parse_text("svi", tmp_path, "SVI_2022.csv", file(rows))
        assert parsed.table["pooled"].unique().tolist() == [pooled]


def test_the_columns_give_the_edition_where_the_name_does_not(tmp_path: Path) -> None:
    cases = {
        2022: file(STATE),
        2020: file([row("44001030100", IN_2020, (4.0, 0.5), separator=",")]),
        2018: file([row("44001030100", IN_2018, (4.0, 0.5), separator=",")], IN_2018),
    }
    for year, content in cases.items():
        table = parse_text("svi", tmp_path, "RhodeIsland.csv", content).table
        assert table["vintage"].unique().tolist() == [year]
        assert table["tract_vintage"].unique().tolist() == [2010 if year == 2018 else 2020]


def test_measures_have_counts_shares_and_margins(tmp_path: Path) -> None:
    table = parse_text("svi_measures", tmp_path, "SVI_2022_US.csv", file(STATE)).table
    assert len(table) == 4 * len(IN_2020)
    poor = table[(table["geoid"] == "44001030100") & (table["measure"] == "poverty_150")].iloc[0]
    assert (poor["count"], poor["count_moe"]) == (40, 12)
    assert poor["share"] == pytest.approx(0.119)
    assert poor["share_moe"] == pytest.approx(0.069)
    assert poor["status"] == "value"
    people = table[(table["geoid"] == "44001030100") & (table["measure"] == "population")].iloc[0]
    assert people["count"] == 4482
    assert pd.isna(people["share"])


def test_a_tract_without_residents_has_no_shares_rather_than_zero_shares(tmp_path: Path) -> None:
    table = parse_text("svi_measures", tmp_path, "SVI_2022_US.csv", file([empty_tract("44003980000")])).table
    table = table.set_index("measure")
    assert table.loc["population", "status"] == "value"
    assert table.loc["population", "count"] == 0
    rest = table.drop(index="population")
    assert (rest["status"] == "not_applicable").all()
    assert rest["share"].isna().all()


def test_a_missing_cell_is_missing_and_not_zero(tmp_path: Path) -> None:
    gone = row("44001030100", IN_2020, (4.0, 0.5), E_NOVEH=-999, M_NOVEH=-999, EP_NOVEH=-999, MP_NOVEH=-999)
    table = parse_text("svi_measures", tmp_path, "SVI_2022_US.csv", file([gone])).table.set_index("measure")
    assert table.loc["no_vehicle", "status"] == "missing"
    assert table.loc["no_vehicle", ["count", "count_moe", "share", "share_moe"]].isna().all()
    assert table.loc["no_diploma", "status"] == "value"


def test_the_edition_of_2018_has_the_poverty_line_itself(tmp_path: Path) -> None:
    rows = [row("44001030100", IN_2018, (4.0, 0.5))]
    table = parse_text("svi_measures", tmp_path, "SVI_2018_RhodeIsland.csv", file(rows, IN_2018)).table
    assert "poverty_100" in set(table["measure"])
    assert not {"poverty_150", "no_internet"} & set(table["measure"])
    assert (table["tract_vintage"] == 2010).all()


def test_an_edition_that_lost_a_variable_is_refused_by_name(tmp_path: Path) -> None:
    fewer = [v for v in IN_2020 if v != "NOINT"]
    content = file([row("44001030100", fewer, (4.0, 0.5))], fewer)
    with pytest.raises(
        InputError, match=r"edition of 2022 should have the columns E_NOINT, M_NOINT, EP_NOINT, MP_NOINT"
    ):
        parse_text("svi_measures", tmp_path, "SVI_2022_US.csv", content)


def test_repeated_and_unreadable_tracts_are_refused(tmp_path: Path) -> None:
    rows = [STATE[0], STATE[0], row("Bristol", IN_2020, (1.0, 0.1)), *STATE[1:]]
    parsed = parse_text("svi", tmp_path, "SVI_2022_US.csv", file(rows))
    assert reasons(parsed) == {"repeated": 1, "no_tract_code": 1}
    assert parsed.rejects["row"].tolist() == [4, 3]


def test_group_quarters_come_from_the_index_where_it_has_them(tmp_path: Path) -> None:
    table = parse_text("svi_measures", tmp_path, "SVI_2022_US.csv", file(STATE)).table
    assert (table.loc[table["measure"] == "group_quarters", "count"] == 40).all()
    fewer = [v for v in IN_2020 if v != "GROUPQ"]
    content = file([row("44001030100", fewer, (4.0, 0.5))], fewer)
    table = parse_text("svi_measures", tmp_path, "SVI_2022_US.csv", content).table
    assert "group_quarters" not in set(table["measure"])


def test_a_count_above_the_residents_is_missing_and_told_of(tmp_path: Path) -> None:
    wrong = row("44001030100", IN_2020, (4.0, 0.5), E_NOHSDP=4483)
    parsed = parse_text("svi_measures", tmp_path, "SVI_2022_US.csv", file([wrong, STATE[1]]))
    table = parsed.table.set_index(["measure", "geoid"])
    assert table.loc[("no_diploma", "44001030100"), "status"] == "missing"
    assert table.loc[("no_diploma", "44001030100"), ["count", "count_moe", "share", "share_moe"]].isna().all()
    assert table.loc[("no_diploma", "44001030101"), "count"] == 40
    assert parsed.notes == [
        "no_diploma: tracts where more people are counted than there are in all, treated as missing: 1 "
        "(such as 44001030100)."
    ]
