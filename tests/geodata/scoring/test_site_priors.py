"""What sites without units are taken to have, worked out by hand."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.scoring.site_priors import expected_units, site_kinds, site_priors, site_without_units
from geodata.settings import Opportunity

FEW = Opportunity(prior_least_stations=4)


def stations(*rows: tuple[str, str, int | None, int | None]) -> pd.DataFrame:
    """Return sites of (state, status, level 2 ports, DC fast ports)."""
    table = pd.DataFrame(rows, columns=["state", "status", "units_level2", "units_dc_fast"])
    whole = {name: table[name].astype("Int64") for name in ("units_level2", "units_dc_fast")}
    return table.assign(
        **whole,
        units_level1=pd.array([None] * len(table), dtype="Int64"),
        source="afdc",
        as_of=pd.to_datetime(["2026-08-11"] * len(table)).astype("datetime64[s]"),
    )


FOUR = stations(("RI", "open", 2, None), ("RI", "open", 2, None), ("RI", "temporary", 4, 2), ("RI", "open", None, 8))
NOT_COUNTED = stations(("RI", "planned", 50, 50), ("RI", "rescinded", 50, 50), ("RI", "open", None, None))


def test_the_distribution_of_existing_stations_stands_for_a_site_that_reports_none() -> None:
    table = site_priors(pd.concat([FOUR, NOT_COUNTED]), ["RI"], FEW)
    whole = table[table["site_kind"] == "any"]
    assert whole[["units_level2", "units_dc_fast", "stations", "probability"]].to_numpy().tolist() == [
        [0, 8, 1, 0.25],
        [2, 0, 2, 0.5],
        [4, 2, 1, 0.25],
    ]
    assert whole["stations_of"].eq("RI").all()
    assert (whole["source"].iloc[0], whole["vintage"].iloc[0]) == ("afdc", "2026-08-11")
    expected = expected_units(table, FEW).loc[("RI", "any")]
    assert expected[["level1", "level2", "dc_fast"]].tolist() == [0, 2, 2.5]
    assert expected["units_variance"] == pytest.approx((64 + 2 * 4 + 36) / 4 - 4.5**2)
    each = [8 * 0.122, 2 * 0.036, 2 * 0.036, 4 * 0.036 + 2 * 0.122]
    mean = sum(each) / 4
    assert expected["job_years_variance"] == pytest.approx(sum((value - mean) ** 2 for value in each) / 4)


def test_a_kind_too_rare_in_the_state_takes_all_stations_of_the_run_and_else_the_setting() -> None:
    elsewhere = stations(*[("MA", "open", None, 4)] * 3)
    table = site_priors(pd.concat([FOUR, elsewhere]), ["RI", "MA"], FEW)
    areas = table.drop_duplicates(["state", "site_kind"]).set_index(["state", "site_kind"])["stations_of"]
    assert areas.loc[("RI", "any")] == "RI"
    assert areas.loc[("RI", "dc_fast")] == areas.loc[("MA", "any")] == areas.loc[("MA", "dc_fast")] == "US"
    assert areas.loc[("RI", "level1")] == areas.loc[("RI", "level2")] == "setting"
    expected = expected_units(table, FEW)
    assert expected.loc[("RI", "dc_fast"), "dc_fast"] == pytest.approx((2 + 8 + 3 * 4) / 5)
    assert expected.loc[("RI", "level1"), ["level1", "level2"]].tolist() == [2, 0]


def test_without_stations_the_settings_say_what_is_assumed() -> None:
    units, work = site_without_units(pd.DataFrame(columns=["state", "site_kind"]), "RI", Opportunity())
    assert units == {"level1": 0, "level2": 2, "dc_fast": 0}
    assert work == pytest.approx(2 * 0.036)
    units, _ = site_without_units(site_priors(FOUR, ["RI"], FEW), "RI", FEW)
    assert units == {"level1": 0, "level2": 2, "dc_fast": 2.5}


def test_without_any_site_there_is_nothing_to_expect() -> None:
    assert expected_units(site_priors(FOUR.iloc[:0], [], FEW), FEW).empty


def test_the_kind_of_a_site_is_what_its_power_or_its_program_tells() -> None:
    sites = pd.DataFrame(
        {"program": ["NEVI", None, None, "state", "nevi cfi"], "power_kw": [None, 150, 7.2, None, 7.2]}
    )
    sites = sites.astype({"program": "str", "power_kw": "float64"})
    assert site_kinds(sites, Opportunity()).tolist() == ["dc_fast", "dc_fast", "level2", "any", "level2"]


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=4, max_size=40))
def test_chances_sum_to_one_and_expectations_are_means(ports: list[tuple[int, int]]) -> None:
    sites = stations(*[("RI", "open", level2 + 1, dc) for level2, dc in ports])
    table = site_priors(sites, ["RI"], FEW)
    assert table.groupby("site_kind")["probability"].sum().tolist() == pytest.approx([1.0] * 4)
    expected = expected_units(table, FEW).loc[("RI", "any")]
    assert expected["level2"] == pytest.approx(sum(level2 + 1 for level2, _ in ports) / len(ports))
    assert expected["dc_fast"] == pytest.approx(sum(dc for _, dc in ports) / len(ports))


def test_without_any_site_in_any_list_nothing_is_expected_and_nothing_breaks() -> None:
    nothing = site_priors(pd.DataFrame(), [], FEW)
    assert not len(nothing)
    assert not len(expected_units(nothing, FEW))


def test_upkeep_of_the_years_counted_is_part_of_the_work_of_a_site() -> None:
    """2 ports of a station and none of the other: 1 expected, variance 1; each port 0.036 and 3 years of 0.01."""
    settings = Opportunity(
        prior_least_stations=2,
        maintenance_years=3,
        maintenance_job_years_per_unit_year={"low": 0.005, "mid": 0.01, "high": 0.02},
    )
    table = site_priors(
        stations(("RI", "open", 2, None), ("RI", "open", 4, None), ("MA", "open", 9, 9)), ["RI"], settings
    )
    a_port = settings.job_years_per_unit["level2"].mid + 3 * 0.01
    expected = expected_units(table, settings).loc[("RI", "level2")]
    assert expected["level2"] == 3 and expected["units_variance"] == pytest.approx(1.0)
    assert expected["job_years_variance"] == pytest.approx(a_port**2)
    elsewhere = table.assign(state="MA", units_level2=50)
    units, work = site_without_units(pd.concat([table, elsewhere]), "RI", settings)
    assert units == {"level1": 0, "level2": 3, "dc_fast": 0}
    assert work == pytest.approx(3 * a_port)


def test_combinations_are_numbered_from_one_and_name_their_newest_station() -> None:
    sites = FOUR.assign(source=["b", "a", "b", "a"])
    sites["as_of"] = pd.to_datetime(["2026-08-11", "2026-08-12", None, "2026-08-01"]).astype("datetime64[s]")
    whole = site_priors(sites, ["RI"], FEW).query("site_kind == 'any'")
    assert whole["profile"].tolist() == [1, 2, 3]
    assert set(whole["source"]) == {"a b"} and set(whole["vintage"]) == {"2026-08-12"}
    undated = site_priors(sites.assign(as_of=pd.NaT), ["RI"], FEW).query("site_kind == 'any'")
    assert undated["vintage"].isna().all()
    assumed = site_priors(FOUR.iloc[:0], ["RI"], FEW)
    assert assumed["profile"].tolist() == [1] * 4 and assumed["stations"].tolist() == [0] * 4
    assert assumed["probability"].tolist() == [1.0] * 4 and set(assumed["source"]) == {"setting"}


def test_a_station_of_no_ports_is_none_and_one_of_one_port_is_one() -> None:
    settings = Opportunity(prior_least_stations=2)
    sites = stations(("RI", "open", 0, 0), ("RI", "open", 1, None), ("RI", "open", 1, 3), ("RI", "open", 0, None))
    table = site_priors(sites, ["RI"], settings)
    assert table.index.tolist() == list(range(len(table)))
    own = table[table["site_kind"].isin(["any", "level2"])]
    assert set(own["stations_of"]) == {"RI"}
    assert own[["units_level2", "units_dc_fast", "probability"]].to_numpy().tolist() == [[1, 0, 0.5], [1, 3, 0.5]] * 2


def test_where_all_stations_are_alike_nothing_varies() -> None:
    settings = Opportunity(prior_least_stations=2)
    table = site_priors(stations(("RI", "open", 2, None), ("RI", "open", 2, None)), ["RI"], settings)
    expected = expected_units(table, settings).loc[("RI", "level2")]
    assert (expected["units_variance"], expected["job_years_variance"]) == (0.0, 0.0)
