from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geodata.geography.crosswalk_measures import measures_to_2020
from geodata.ingest.canonical_tables import CanonicalTables
from geodata.schemas.canonical import MEASURES
from geodata.scoring.eligible_adults import demand, eligible_adults
from geodata.settings import Settings
from geodata.sources import SOURCES
from geodata.sources.spec import ParseContext
from tests.geodata.scoring import grid

TRACT = "97001000100"
# 1,000 residents, 250 of them under 18 and 150 of 65 and over; 200 of 800 people with a known income are poor.
AGES = {
    "population": {"count": 1000.0, "count_moe": 60.0},
    "under_18": {"count": 250.0, "count_moe": 30.0},
    "over_64": {"count": 150.0, "count_moe": 20.0},
}
POOR = {"poverty_150": {"count": 200.0, "count_moe": 40.0, "share": 0.25, "share_moe": 0.04}}


def survey(**rows: dict[str, float | str]) -> pd.DataFrame:
    frame = pd.DataFrame([{"measure": name, "status": "value", **row} for name, row in rows.items()])
    same = {"geoid": TRACT, "state": "XL", "source": "test", "vintage": 2022, "tract_vintage": 2020}
    return MEASURES.validate(frame.assign(**same, ct_scheme="not_applicable"))


def one(**rows: dict[str, float | str]) -> pd.Series:
    return eligible_adults(survey(**rows)).iloc[0]


def test_eligible_adults_are_working_age_times_poverty(canonical: CanonicalTables) -> None:
    adults = eligible_adults(canonical.table("measures")).set_index("geoid")
    # Tract 3: 1,000 of working age × 0.3; margin: √((1000·0.05)² + (0.3·0)²) = 50.
    assert adults.loc[grid.GEOIDS[2], "eligible_adults"] == pytest.approx(300)
    assert adults.loc[grid.GEOIDS[2], "eligible_adults_moe"] == pytest.approx(50)
    assert set(adults["eligible_adults_basis"]) == {"estimated"}


def test_the_old_and_the_young_are_not_of_working_age() -> None:
    found = one(**AGES, poverty_150={"count": 300.0, "count_moe": 40.0, "share": 0.25, "share_moe": 0.04})
    assert found["working_age"] == 1000 - 250 - 150
    assert found["eligible_adults"] == pytest.approx(600 * 0.25)
    # Both halves of the formula for products, with the margin of the working age from all three counts.
    working = np.sqrt(60**2 + 30**2 + 20**2)
    assert found["eligible_adults_moe"] == pytest.approx(np.sqrt((600 * 0.04) ** 2 + (0.25 * working) ** 2))
    assert found["eligible_adults_basis"] == "estimated"


def test_there_are_never_more_than_the_poor_people_of_the_file_times_the_adult_share() -> None:
    found = one(**AGES, **POOR)
    # 600 × 0.25 = 150, but 200 poor people × 0.6 adults are 120.
    assert (found["eligible_adults"], found["eligible_adults_basis"]) == (pytest.approx(120), "capped")
    working = np.sqrt(60**2 + 30**2 + 20**2)
    adult_share = np.sqrt(working**2 - 0.6**2 * 60**2) / 1000
    assert found["eligible_adults_moe"] == pytest.approx(np.sqrt((200 * adult_share) ** 2 + (0.6 * 40) ** 2))


def test_a_share_rounded_by_the_publisher_is_no_cap() -> None:
    # 251 of 1,000 are poor; the index says 25.1 %, a survey's own share 0.2512: the same but for the rounding.
    found = one(**AGES, poverty_150={"count": 251.0, "count_moe": 40.0, "share": 0.2512, "share_moe": 0.04})
    assert (found["eligible_adults"], found["eligible_adults_basis"]) == (pytest.approx(251 * 0.6), "estimated")


def test_the_survey_s_own_count_comes_first_with_its_margin() -> None:
    found = one(**AGES, **POOR, adults_poverty_150={"count": 131.0, "count_moe": 44.0})
    assert found[["eligible_adults", "eligible_adults_moe"]].tolist() == [131.0, 44.0]
    assert found["eligible_adults_basis"] == "counted"
    # Where it is withheld the estimate stands in, and says so.
    found = one(**AGES, **POOR, adults_poverty_150={"status": "suppressed"})
    assert (found["eligible_adults"], found["eligible_adults_basis"]) == (pytest.approx(120), "capped")


def test_an_index_of_2018_that_knows_poverty_at_100_percent_counts_those_and_says_so() -> None:
    found = one(**AGES, poverty_100={"count": 100.0, "count_moe": 30.0, "share": 0.1, "share_moe": 0.03})
    assert (found["eligible_adults"], found["eligible_adults_basis"]) == (pytest.approx(60), "below_100")
    found = one(**AGES, **POOR, poverty_100={"count": 100.0, "count_moe": 30.0, "share": 0.1, "share_moe": 0.03})
    assert found["eligible_adults_basis"] == "capped"


@pytest.mark.parametrize("measure", ["population", "under_18", "over_64", "poverty_150"])
def test_with_one_margin_unknown_the_margin_is_unknown(measure: str) -> None:
    rows = {**AGES, **POOR}
    margins = {"count_moe", "share_moe"}
    bare = {name: value for name, value in rows[measure].items() if name not in margins}
    found = one(**{**rows, measure: bare})
    assert found["eligible_adults"] == pytest.approx(120)
    assert pd.isna(found["eligible_adults_moe"])


def test_a_missing_part_leaves_it_unknown_and_nobody_is_nobody() -> None:
    found = one(**{**AGES, "over_64": {"status": "missing"}}, **POOR)
    assert pd.isna(found["eligible_adults"]) and pd.isna(found["eligible_adults_basis"])
    empty = {name: {"count": 0.0, "count_moe": 12.0} for name in AGES}
    found = one(**empty, poverty_150={"status": "not_applicable"})
    assert found[["working_age", "eligible_adults", "eligible_adults_moe"]].tolist() == [0, 0, 0]
    assert pd.isna(found["group_quarters_share"])


def test_the_share_of_residents_in_group_quarters() -> None:
    assert one(**AGES, group_quarters={"count": 700.0, "count_moe": 0.0})["group_quarters_share"] == pytest.approx(0.7)
    assert pd.isna(one(**AGES)["group_quarters_share"])


def test_unmeasured_tracts_compete_with_an_imputed_share_and_say_so() -> None:
    tracts = pd.DataFrame(
        {
            "geoid": ["a", "b", "c", "d", "e"],
            "state": ["XL", "XL", "XS", "XS", "XL"],
            "population": [1000.0, 500.0, 2000.0, np.nan, 700.0],
            "eligible_adults": [200.0, np.nan, np.nan, np.nan, np.nan],
            "eligible_adults_moe": [50.0, np.nan, np.nan, np.nan, np.nan],
        }
    )
    table = demand(tracts, pd.Series({"a": 1200, "b": 600, "c": 2000})).set_index("geoid")
    # Share of the measured tract 200/1000. b: 600 residents at the census × 0.2, not the survey's 500; c: its state has
    # no measured tract, so the overall 0.2; e: the census has no count, so the survey's.
    assert table["demand"].to_dict() == pytest.approx({"a": 200, "b": 120, "c": 400, "d": 0, "e": 140})
    basis = {"a": "measured", "b": "imputed", "c": "imputed", "d": "unknown", "e": "imputed"}
    assert table["demand_basis"].to_dict() == basis
    assert table["demand_moe"].dropna().to_dict() == {"a": 50.0}


@pytest.mark.realdata
@pytest.mark.parametrize(("file", "in_quarters"), [("RI/SVI_2020_RhodeIsland.csv", 5), ("GA/SVI_2022_Georgia.csv", 28)])
def test_no_tract_has_more_eligible_adults_than_poor_people(realdata: Path, file: str, in_quarters: int) -> None:
    measures = SOURCES["svi_measures"].read(realdata / file, ParseContext(Settings())).table
    adults = eligible_adults(measures).set_index("geoid")
    poor = measures[measures["measure"] == "poverty_150"].set_index("geoid")["count"]
    known = adults["eligible_adults"].dropna()
    assert (known <= poor.reindex(known.index) + 1e-9).all()
    assert (adults["group_quarters_share"] > 0.5).sum() == in_quarters


@pytest.mark.realdata
def test_the_index_of_2018_alone_gives_eligible_adults_below_100_percent(realdata: Path) -> None:
    context = ParseContext(Settings())
    old = SOURCES["svi_measures"].read(realdata / "RI/SVI_2018_RhodeIsland.csv", context).table
    parts = SOURCES["relationship"].read(realdata / "national/tab20_tract20_tract10_natl.txt", context).table
    measures, _, _ = measures_to_2020(old, parts, Settings().sources.sliver_share)
    adults = eligible_adults(measures)
    lived_in = adults[adults["population"] > 0]
    assert set(lived_in["eligible_adults_basis"].dropna()) == {"below_100"}
    assert lived_in["eligible_adults"].notna().sum() >= 240


def test_a_tract_of_one_resident_counts_like_any_other() -> None:
    ages = {"population": {"count": 1.0}, "under_18": {"count": 0.0}, "over_64": {"count": 0.0}}
    poor = {"poverty_150": {"count": 0.25, "share": 0.5}}
    found = one(**ages, **poor, group_quarters={"count": 1.0})
    assert found[["working_age", "eligible_adults", "group_quarters_share"]].tolist() == [1.0, 0.25, 1.0]
    # More people in group quarters than residents: two tables of the survey, one whole.
    assert one(**AGES, group_quarters={"count": 1200.0})["group_quarters_share"] == 1.0


def test_what_rounding_of_the_share_explains_is_no_cap() -> None:
    ages = {"population": {"count": 1000.0}, "under_18": {"count": 0.0}, "over_64": {"count": 0.0}}
    for poor, basis in ((250.0, "estimated"), (249.6, "estimated"), (249.4, "capped")):
        found = one(**ages, poverty_150={"count": poor, "share": 0.25})
        assert (found["eligible_adults"], found["eligible_adults_basis"]) == (pytest.approx(poor), basis)


def test_without_any_measured_resident_everybody_is_demand() -> None:
    tracts = pd.DataFrame(
        {
            "geoid": ["a", "b", "c"],
            "state": ["XL", "XL", "XS"],
            "population": [0.0, 500.0, 30.0],
            "eligible_adults": [0.0, np.nan, np.nan],
            "eligible_adults_moe": [0.0, np.nan, np.nan],
        }
    )
    table = demand(tracts, pd.Series(dtype="float64"))
    assert table["demand"].tolist() == [0, 500, 30]
    assert table["demand_basis"].tolist() == ["measured", "imputed", "imputed"]
    # One measured resident in all is enough for a share, and one of a state for its own.
    one_measured = tracts.assign(population=[1.0, 500.0, 30.0], eligible_adults=[0.5, np.nan, np.nan])
    assert demand(one_measured, pd.Series(dtype="float64"))["demand"].tolist() == [0.5, 250, 15]


def test_without_residents_there_is_no_share_in_group_quarters_and_equal_estimates_keep_the_margin_of_the_share() -> (
    None
):
    empty = {name: {"count": 0.0} for name in AGES}
    assert np.isnan(one(**empty, group_quarters={"count": 3.0})["group_quarters_share"])
    ages = {"population": {"count": 1000.0, "count_moe": 0.0}, "under_18": {"count": 0.0, "count_moe": 0.0}}
    both = {"poverty_150": {"count": 250.0, "count_moe": 80.0, "share": 0.25, "share_moe": 0.1}}
    found = one(**ages, over_64={"count": 0.0, "count_moe": 0.0}, **both)
    assert (found["eligible_adults"], found["eligible_adults_moe"]) == (250.0, pytest.approx(100.0))


def test_one_measured_resident_speaks_for_a_state_and_states_of_none_take_the_share_of_all() -> None:
    tracts = pd.DataFrame(
        {"geoid": list("abcd"), "state": ["XL", "XL", "XS", "XM"], "population": [1.0, 500.0, 9.0, 60.0]}
    )
    tracts["eligible_adults"] = [0.5, np.nan, 0.5, np.nan]
    found = demand(tracts.assign(eligible_adults_moe=np.nan), pd.Series(dtype="float64"))["demand"]
    assert found.tolist() == pytest.approx([0.5, 250.0, 0.5, 60 * 1.0 / 10])


def test_only_values_count_and_no_age_is_less_than_nobody() -> None:
    hidden = {**POOR["poverty_150"], "status": "not_applicable"}
    assert np.isnan(one(**AGES, poverty_150=hidden)["eligible_adults"])
    ages = {"population": {"count": 100.0}, "under_18": {"count": 60.0}, "over_64": {"count": 40.0}}
    assert one(**ages, **POOR)["working_age"] == 0
