from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from geodata.ingest.providers import from_ipeds, merge, providers
from geodata.schemas.canonical import INSTITUTIONS, PROGRAMS, PROVIDERS
from geodata.settings import Training

SETTINGS = Training()


def institution(unitid: str, **over: object) -> dict[str, object]:
    return {
        "unitid": unitid,
        "name": f"College {unitid}",
        "state": "RI",
        "address": "1 Main St",
        "city": "Warwick",
        "zip": "02886",
        "latitude": 41.7,
        "longitude": -71.4,
        "control": "public",
        "level": "two_year",
        "mainly_sub_baccalaureate": True,
        "vintage": 2023,
    } | over


def institutions(*rows: dict[str, object]) -> pd.DataFrame:
    return INSTITUTIONS.validate(pd.DataFrame(list(rows)))


def programs(*rows: tuple[str, str, str, float | None]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["unitid", "cip_code", "award_level", "awards"])
    frame["status"] = np.where(frame["awards"].isna(), "missing", "value")
    return PROGRAMS.validate(frame)


def listed(name: str, source: str = "etpl", **over: object) -> dict[str, object]:
    return {
        "provider_id": f"{source}:{name}",
        "name": name,
        "entry_stage": "entry",
        "kind": "etpl_program",
        "state": "RI",
        "city": "Warwick",
        "zip": "02886",
        "latitude": np.nan,
        "longitude": np.nan,
        "location_quality": "unknown",
        "seats_basis": "assumed",
        "sources": source,
    } | over


def table(*rows: dict[str, object]) -> pd.DataFrame:
    return PROVIDERS.validate(pd.DataFrame(list(rows)))


def test_awards_in_chosen_codes_and_levels_are_seats() -> None:
    schools = institutions(institution("100001"), institution("100002"), institution("100003"))
    awards = programs(
        ("100001", "46.0302", "20", 12),
        ("100001", "47.0604", "3", 8),
        ("100001", "46.0302", "5", 99),
        ("100001", "51.3901", "3", 99),
        ("100002", "46.0301", "2", 0),
        ("100003", "51.3901", "3", 40),
    )
    found = from_ipeds(schools, awards, SETTINGS).table.set_index("provider_id")
    assert found["seats"].to_dict() == {"ipeds:100001": 20, "ipeds:100002": 0}
    assert found["cip_codes"].to_dict() == {"ipeds:100001": "46.0302 47.0604", "ipeds:100002": "46.0301"}
    assert (found["seats_basis"] == "completions").all()


def test_a_missing_award_count_leaves_the_sum_unknown() -> None:
    awards = programs(("100001", "46.0302", "20", 12), ("100001", "46.0302", "2", None))
    row = from_ipeds(institutions(institution("100001")), awards, SETTINGS).table.iloc[0]
    assert pd.isna(row["seats"])
    assert row["seats_basis"] == "assumed"
    awards.loc[1, "status"] = "suppressed"
    assert from_ipeds(institutions(institution("100001")), awards, SETTINGS).table["seats_basis"][0] == "suppressed"


def test_awards_of_an_unknown_institution_are_refused() -> None:
    awards = programs(("999999", "46.0302", "20", 12), ("100001", "46.0302", "20", 12), ("888888", "51.3901", "3", 1))
    found = from_ipeds(institutions(institution("100001")), awards, SETTINGS)
    assert found.rejects[["key", "reason"]].to_numpy().tolist() == [["999999", "not_in_directory"]]


def test_without_completions_public_colleges_below_the_bachelors_are_assumed() -> None:
    schools = institutions(
        institution("100001"),
        institution("100002", control="for_profit"),
        institution("100003", mainly_sub_baccalaureate=False),
        institution("100004", control=None),
        institution("100005", latitude=np.nan, longitude=np.nan),
    )
    found = from_ipeds(schools, PROGRAMS.empty(), SETTINGS)
    assert found.table["provider_id"].tolist() == ["ipeds:100001", "ipeds:100005"]
    assert (found.table["seats_basis"] == "assumed").all()
    assert found.table["seats"].isna().all()
    assert found.table["cip_codes"].isna().all()
    assert found.table["location_quality"].tolist() == ["point", "unknown"]
    assert "2 public institutions" in found.notes[0]


def test_a_college_in_three_sources_is_one_with_the_evidence() -> None:
    schools = institutions(institution("100001", name="Harbor Community College"))
    awards = programs(("100001", "46.0302", "20", 12))
    rows = table(
        listed("Harbor Comm. College", cip_codes="47.0604", seats=5, seats_basis="seats"),
        listed(
            "HARBOR COMMUNITY COLLEGE", "training_list", latitude=41.7005, longitude=-71.4, location_quality="point"
        ),
    )
    found = providers(schools, awards, rows, SETTINGS)
    row = found.table.iloc[0]
    assert len(found.table) == 1
    assert (row["provider_id"], row["name"]) == ("ipeds:100001", "Harbor Community College")
    assert row["sources"] == "ipeds training_list etpl"
    assert row["cip_codes"] == "46.0302 47.0604"
    assert (row["seats"], row["seats_basis"]) == (12, "completions")
    assert "similar name, both in ZIP code 02886" in row["evidence"]
    assert "m apart" in row["evidence"]
    assert "repeats: 2" in found.notes[-1]


@pytest.mark.parametrize(
    "over",
    [
        {"state": "MA"},
        {"entry_stage": "advanced"},
        {"zip": "02840"},
        {"name": "Harbor Beauty Academy"},
        {"zip": None, "city": "Newport"},
    ],
)
def test_what_is_another_place_or_name_stays_apart(over: dict[str, object]) -> None:
    rows = table(listed("Harbor College", "training_list"), listed("Harbor College") | over)
    assert len(merge(rows)) == 2


def test_branches_far_apart_in_one_zip_code_stay_apart_and_near_ones_do_not() -> None:
    one = listed("Harbor College", "training_list", latitude=41.70, longitude=-71.4, location_quality="point")
    for step, count in ((0.005, 1), (0.08, 2)):
        other = listed("Harbor College", latitude=41.70 + step, longitude=-71.4, location_quality="point")
        assert len(merge(table(one, other))) == count


def test_without_zip_code_and_coordinates_the_city_decides() -> None:
    rows = table(
        listed("Harbor College", "training_list", zip=None), listed("Harbor College", zip=None, city="WARWICK")
    )
    assert len(merge(rows)) == 1


def test_records_of_one_source_are_never_merged() -> None:
    assert len(merge(table(listed("Harbor College"), listed("Harbor College") | {"provider_id": "etpl:b"}))) == 2


@pytest.mark.parametrize(
    ("first", "second", "basis", "seats"),
    [
        (("assumed", None), ("seats", 7), "seats", 7),
        (("suppressed", None), ("assumed", None), "suppressed", None),
        (("seats", 0), ("assumed", None), "seats", 0),
        (("suppressed", None), ("seats", 4), "seats", 4),
    ],
)
def test_the_strongest_basis_of_seats_wins(first: tuple, second: tuple, basis: str, seats: float | None) -> None:
    rows = table(
        listed("Harbor College", "training_list", seats_basis=first[0], seats=first[1]),
        listed("Harbor College", seats_basis=second[0], seats=second[1]),
    )
    row = merge(rows).iloc[0]
    assert row["seats_basis"] == basis
    assert pd.isna(row["seats"]) if seats is None else row["seats"] == seats


def test_a_listed_provider_gains_the_coordinates_of_its_institution() -> None:
    rows = table(
        listed("Harbor College", "training_list"),
        listed("Harbor College", latitude=41.7, longitude=-71.4, location_quality="street"),
    )
    row = merge(rows).iloc[0]
    assert (row["latitude"], row["location_quality"]) == (41.7, "street")


def test_merging_does_not_depend_on_the_order_of_rows() -> None:
    rows = table(*(listed(f"Harbor {word} College", source) for word in "ABC" for source in ("etpl", "training_list")))
    forwards, backwards = merge(rows), merge(rows.iloc[::-1])
    pd.testing.assert_frame_equal(forwards, backwards)


def test_nothing_in_nothing_out() -> None:
    found = providers(INSTITUTIONS.empty(), PROGRAMS.empty(), PROVIDERS.empty(), SETTINGS)
    assert len(found.table) == 0
    assert list(found.table.columns) == PROVIDERS.names
