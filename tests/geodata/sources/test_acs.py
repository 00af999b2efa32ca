from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geodata.errors import InputError
from geodata.schemas.canonical import MEASURE_NAMES
from geodata.sources.acs import RECIPES
from tests.geodata.sources.helpers import parse, parse_text, reasons

POVERTY = ["C17002_001", "C17002_002", "C17002_003", "C17002_004", "C17002_005"]


def row(geoid: str, *pairs: tuple[object, object]) -> list[object]:
    return [geoid, *(value for pair in pairs for value in pair)]


def table(variables: list[str], *rows: list[object]) -> str:
    header = ["GEOID", *(f"{v}{kind}" for v in variables for kind in "EM")]
    return "\n".join(",".join(map(str, r)) for r in [header, *rows]) + "\n"


def test_a_measure_by_hand(tmp_path: Path) -> None:
    content = table(POVERTY, row("44001030100", (1000, 100), (50, 20), (60, 30), (0, 12), (40, 24)))
    parsed = parse_text("acs", tmp_path, "acs5_2022_44.csv", content)
    poor = parsed.table.iloc[0]
    assert (poor["measure"], poor["count"], poor["share"], poor["vintage"]) == ("poverty_150", 150, 0.15, 2022)
    margin = np.sqrt(20**2 + 30**2 + 24**2 + 12**2)
    assert poor["count_moe"] == pytest.approx(margin)
    assert poor["share_moe"] == pytest.approx(np.sqrt(margin**2 - 0.15**2 * 100**2) / 1000)
    assert "population" in parsed.notes[0]


def test_every_measure_has_a_recipe_of_detailed_tables() -> None:
    assert set(RECIPES) == set(MEASURE_NAMES)
    for recipes in RECIPES.values():
        assert all(variable[0] in "BC" for variable in recipes[0].variables)


def test_codes_are_no_estimates(tmp_path: Path) -> None:
    whole = (1000, 100)
    rows = [
        row("44001030100", whole, (-666666666, -222222222), (1, 1), (1, 1), (1, 1)),
        row("44001030200", whole, (-999999999, -999999999), (1, 1), (1, 1), (1, 1)),
        row("44001030300", whole, ("", ""), (1, 1), (1, 1), (1, 1)),
        row("44001030400", (0, 12), (0, 12), (0, 12), (0, 12), (0, 12)),
        row("44001030500", whole, (10, -555555555), (10, 5), (10, 5), (10, 5)),
    ]
    found = parse_text("acs", tmp_path, "acs5_2022_44.csv", table(POVERTY, *rows)).table
    assert found["status"].tolist() == ["missing", "suppressed", "missing", "not_applicable", "value"]
    assert found["count"].isna().tolist() == [True, True, True, False, False]
    assert found["share"].isna().tolist() == [True, True, True, True, False]
    # A controlled estimate has no sampling error: its margin counts as none.
    assert found["count_moe"].iloc[4] == pytest.approx(np.sqrt(75))


def test_the_answer_of_the_data_api(tmp_path: Path) -> None:
    header = ["NAME", "B01003_001E", "B01003_001M", "state", "county", "tract"]
    answer = [header, ["Census Tract 301; Bristol County; Rhode Island", "4482", "459", "44", "001", "030100"]]
    answer.append(["Census Tract 302", None, None, "44", "001", "030200"])
    found = parse_text("acs", tmp_path, "acs5_2023_44.json", json.dumps(answer)).table
    assert found["geoid"].tolist() == ["44001030100", "44001030200"]
    assert found["count"].tolist()[0] == 4482
    assert found["status"].tolist() == ["value", "missing"]
    with pytest.raises(InputError, match="not an answer of the Census Data API"):
        parse_text("acs", tmp_path, "acs5_2023_44.json", '{"error": 1}')


def test_summary_files_name_their_columns_otherwise_and_hold_all_levels(tmp_path: Path) -> None:
    content = (
        "GEO_ID|B01003_E001|B01003_M001\n"
        "0100000US|331097593|-555555555\n"
        "0400000US44|1094250|-555555555\n"
        "1400000US44001030100|4482|459\n"
        "1400000US44001030100|4482|459\n"
    )
    parsed = parse_text("acs_summary", tmp_path, "acsdt5y2022-b01003.csv", content)
    assert parsed.table["geoid"].tolist() == ["44001030100"]
    assert parsed.out_of_scope == {"another level of geography": 2}
    assert reasons(parsed) == {"repeated": 1}


def test_a_percentage_of_the_profile_stands_in_for_a_universe(tmp_path: Path) -> None:
    content = table(["DP03_0005", "DP03_0009P"], row("44001030100", (91, 57), (4.1, 2.5)))
    found = parse_text("acs", tmp_path, "acs5_2020.csv", content).table.iloc[0]
    assert (found["measure"], found["count"]) == ("unemployed", 91)
    assert (found["share"], found["share_moe"]) == pytest.approx((0.041, 0.025))


def test_a_file_without_variables_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no variables from which a measure can be made"):
        parse_text("acs", tmp_path, "acs5_2020.csv", "GEOID,NAME\n44001030100,x\n")


@pytest.mark.realdata
def test_the_survey_and_the_vulnerability_index_agree(realdata: Path) -> None:
    """The index is made from the same survey, so counts must be equal; shares are rounded to a thousandth there."""
    survey = parse("acs", realdata / "RI/acs5_2020_tract_wide_with_moe.csv")
    assert (survey.rows_in, survey.rows_kept) == (250, 250)
    index = parse("svi_measures", realdata / "RI/SVI_2020_RhodeIsland.csv").table
    both = survey.table.merge(index, on=["geoid", "measure"], suffixes=("", "_index"))
    assert both["measure"].nunique() == 11
    assert len(both) == 11 * 247
    pd.testing.assert_series_equal(both["count"], both["count_index"], check_names=False)
    close = (both["share"] - both["share_index"]).abs().dropna()
    assert close.max() < 0.00051
    margins = both[~both["measure"].isin(["limited_english", "single_parent"])]
    pd.testing.assert_series_equal(margins["count_moe"], margins["count_moe_index"], check_names=False, atol=0.51)
