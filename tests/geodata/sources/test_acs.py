from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geodata.errors import InputError
from geodata.schemas.canonical import MEASURE_NAMES
from geodata.sources.acs import API, RECIPES, SUMMARY
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
    # Five are made for the index alone, of tables that come in no detailed form.
    of_the_index = {"housing_burden", "minority", "multi_unit", "mobile_home", "crowding"}
    assert set(RECIPES) == set(MEASURE_NAMES) - of_the_index
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
    parsed = parse_text("acs_summary", tmp_path, "acsdt5y2022-b01003.dat", content)
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
    assert both["measure"].nunique() == 12
    assert len(both) == 12 * 247
    pd.testing.assert_series_equal(both["count"], both["count_index"], check_names=False)
    close = (both["share"] - both["share_index"]).abs().dropna()
    assert close.max() < 0.00051
    margins = both[~both["measure"].isin(["limited_english", "single_parent"])]
    pd.testing.assert_series_equal(margins["count_moe"], margins["count_moe_index"], check_names=False, atol=0.51)


def test_people_of_18_to_64_below_150_percent_by_age_and_ratio(tmp_path: Path) -> None:
    """Every line of the table holds another number, so that a line too many or too few changes the sum."""
    lines = [f"B17024_{line:03d}" for line in range(1, 132)]
    # Ten ages of twelve ratios, the total of each before its ratios; the line's number is in its estimate.
    counts = dict.fromkeys(range(1, 132), 0)
    for age in range(10):
        first = 2 + 13 * age
        counts |= {first + ratio: 1000 * age + ratio for ratio in range(1, 13)}
        counts[first] = sum(counts[first + ratio] for ratio in range(1, 13))
    counts[1] = sum(counts[2 + 13 * age] for age in range(10))
    content = table(lines, row("44001030100", *((counts[line], 3) for line in range(1, 132))))
    parsed = parse_text("acs", tmp_path, "acs5_2022_44.csv", content)
    found = parsed.table[parsed.table["measure"] == "adults_poverty_150"].iloc[0]
    # Ages 18 to 24, 25 to 34, 35 to 44, 45 to 54, 55 to 64 are the fourth to the eighth; five ratios are below 1.50.
    expected = sum(1000 * age + ratio for age in range(3, 8) for ratio in range(1, 6))
    adults = sum(1000 * age + ratio for age in range(3, 8) for ratio in range(1, 13))
    assert found["count"] == expected
    assert found["count_moe"] == pytest.approx(np.sqrt(25 * 3**2))
    assert found["share"] == pytest.approx(expected / adults)
    of_whole = expected / adults * np.sqrt(5 * 3**2)
    assert found["share_moe"] == pytest.approx(np.sqrt(25 * 3**2 - of_whole**2) / adults)


def test_empty_lines_of_the_table_count_once_with_their_largest_margin(tmp_path: Path) -> None:
    recipe = RECIPES["adults_poverty_150"][0]
    cells = [(50, 20), *[(0, 12)] * 23, (0, 15)]
    content = table(list(recipe.variables), row("44001030100", *cells, *[(200, 30)] * 5))
    found = parse_text("acs", tmp_path, "acs5_2022_44.csv", content).table.iloc[0]
    assert (found["count"], found["count_moe"]) == (50, pytest.approx(np.sqrt(20**2 + 15**2)))


def test_both_services_are_asked_for_the_table_and_for_group_quarters() -> None:
    lines = [41, 54, 67, 80, 93, *(age + ratio for age in (41, 54, 67, 80, 93) for ratio in range(1, 6))]
    wanted = {f"B17024_{line:03d}{kind}" for line in lines for kind in "EM"} | {"B26001_001E", "B26001_001M"}
    for spec in (API, SUMMARY):
        asked = spec.urls[0].partition("variables=")[2].partition("&")[0].split(",")
        assert wanted <= set(asked)
        assert {name for name in asked if name.startswith("B17024")} == {n for n in wanted if n.startswith("B17024")}
        assert len(asked) == len(set(asked))


def test_a_part_above_its_whole_is_missing_and_told_of(tmp_path: Path) -> None:
    variables = ["B26001_001", "B01003_001"]
    rows = [row("44001030100", (900, 50), (1000, 80)), row("44001030200", (1100, 50), (1000, 80))]
    parsed = parse_text("acs", tmp_path, "acs5_2022_44.csv", table(variables, *rows))
    found = parsed.table[parsed.table["measure"] == "group_quarters"].set_index("geoid")
    assert found["status"].to_dict() == {"44001030100": "value", "44001030200": "missing"}
    assert found.loc["44001030200", ["count", "count_moe", "share", "share_moe"]].isna().all()
    assert (
        "group_quarters: tracts where more people are counted than there are in all, treated as missing: 1 "
        "(such as 44001030200)."
    ) in parsed.notes


def test_an_empty_margin_is_unknown_and_told_of_once(tmp_path: Path) -> None:
    content = table(["B01003_001", "B26001_001"], row("44001030100", (1000, ""), (10, 5)))
    parsed = parse_text("acs", tmp_path, "acs5_2022_44.csv", content)
    found = parsed.table.set_index("measure")
    assert found.loc["population", "count"] == 1000
    assert pd.isna(found.loc["population", "count_moe"]) and pd.isna(found.loc["group_quarters", "share_moe"])
    sentence = "B01003_001M: estimates without a margin of error, so that theirs is unknown: 1."
    assert parsed.notes.count(sentence) == 1


def test_a_percentage_above_a_hundred_is_none(tmp_path: Path) -> None:
    content = table(["DP03_0005", "DP03_0009P"], row("44001030100", (91, 57), (140, 2.5)))
    parsed = parse_text("acs", tmp_path, "acs5_2020.csv", content)
    assert pd.isna(parsed.table.iloc[0]["share"])
    assert any(note.startswith("DP03_0009PE: cells without a usable number") for note in parsed.notes)
