from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from geodata.ingest import providers as module
from geodata.ingest.provider_priors import provider_priors
from geodata.ingest.providers import merge, providers
from geodata.schemas.canonical import CAMPUSES, INSTITUTIONS, PROGRAMS, PROVIDERS
from geodata.schemas.parsed import Refined
from geodata.schemas.programs import programs_together
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


def from_ipeds(schools: pd.DataFrame, awards: pd.DataFrame, settings: Training) -> Refined:
    return module.from_ipeds(schools, awards, provider_priors(schools, awards, PROVIDERS.empty(), settings), settings)


def table(*rows: dict[str, object]) -> pd.DataFrame:
    return PROVIDERS.validate(pd.DataFrame(list(rows)))


def test_awards_in_chosen_codes_and_levels_are_seats() -> None:
    schools = institutions(institution("100001"), institution("100002"), institution("100003"))
    awards = programs(
        ("100001", "46.0302", "20", 12),
        ("100001", "47.0614", "3", 8),
        ("100001", "47.0604", "3", 50),
        ("100001", "46.0302", "5", 99),
        ("100001", "51.3901", "3", 99),
        ("100002", "46.0301", "2", 0),
        ("100003", "51.3901", "3", 40),
    )
    found = from_ipeds(schools, awards, SETTINGS).table.set_index("provider_id")
    assert found["seats"].to_dict() == {"ipeds:100001": 20, "ipeds:100002": 0}
    assert found["cip_codes"].to_dict() == {"ipeds:100001": "46.0302 47.0614", "ipeds:100002": "46.0301"}
    assert (found["seats_basis"] == "completions").all()
    assert found["seats_by_program"].fillna("").to_dict() == {
        "ipeds:100001": "46.0302=12 47.0614=8",
        "ipeds:100002": "",
    }


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


def test_without_completions_kinds_that_often_teach_the_work_are_possible_providers() -> None:
    schools = institutions(
        institution("100001"),
        institution("100002", control="for_profit"),
        institution("100003", level="four_year", mainly_sub_baccalaureate=False),
        institution("100004", control=None),
        institution("100005", latitude=np.nan, longitude=np.nan),
    )
    found = providers(schools, PROGRAMS.empty(), PROVIDERS.empty(), SETTINGS)
    table = found.table
    assert table["provider_id"].tolist() == ["ipeds:100001", "ipeds:100005"]
    assert (table["seats_basis"] == "assumed").all()
    assert table["seats"].isna().all()
    assert table["cip_codes"].isna().all()
    assert table["location_quality"].tolist() == ["point", "unknown"]
    assert (table["prior"] == "public_two_year").all()
    assert table["p_teaches"].tolist() == [0.59, 0.59]
    assert table["seats_expected"].tolist() == pytest.approx([0.59 * 48, 0.59 * 48])
    assert found.notes == [
        "2 institutions (of 5 in the directory) have no completions file and are of a kind of which at least 25% "
        "teaches the work: possible providers, counted with what is expected of their kind."
    ]


def test_the_share_of_a_kind_that_makes_a_possible_provider_is_a_setting() -> None:
    schools = institutions(institution("100001"), institution("100002", control="for_profit"))
    wide = Training(least_share_teaching=0.1)
    assert len(providers(schools, PROGRAMS.empty(), PROVIDERS.empty(), wide).table) == 2


def test_an_institution_a_completions_file_leaves_out_is_unknown_and_one_it_names_without_the_work_is_none() -> None:
    schools = institutions(institution("100001"), institution("100002"), institution("100003"))
    awards = programs(("100001", "46.0302", "20", 12), ("100002", "51.3901", "3", 40))
    found = providers(schools, awards, PROVIDERS.empty(), SETTINGS).table.set_index("provider_id")
    assert found["seats_basis"].to_dict() == {"ipeds:100001": "completions", "ipeds:100003": "assumed"}
    assert found["p_teaches"].to_dict() == {"ipeds:100001": 1.0, "ipeds:100003": 0.59}


def test_a_provider_with_known_zero_awards_is_listed_and_expects_none() -> None:
    found = providers(
        institutions(institution("100001")), programs(("100001", "46.0302", "2", 0)), PROVIDERS.empty(), SETTINGS
    )
    row = found.table.iloc[0]
    assert (row["seats"], row["p_teaches"], row["seats_expected"]) == (0, 0, 0)
    assert found.notes[-1].endswith("listed and no supply: 1.")


def test_an_apprenticeship_without_a_size_is_not_one_seat() -> None:
    rows = table(listed("Local 9000 JATC", "apprenticeship", kind="apprenticeship", cip_codes="46.0302"))
    row = providers(INSTITUTIONS.empty(), PROGRAMS.empty(), rows, SETTINGS).table.iloc[0]
    assert (row["p_teaches"], row["seats_expected"], row["seats_basis"]) == (1, 9, "assumed")
    assert pd.isna(row["seats"])


def test_relevance_weighs_the_seats_of_a_program() -> None:
    half = Training(cip_relevance={"15.0303": 0.5})
    awards = programs(("100001", "46.0302", "2", 20), ("100001", "15.0303", "3", 10))
    row = providers(institutions(institution("100001")), awards, PROVIDERS.empty(), half).table.iloc[0]
    assert (row["seats"], row["seats_expected"]) == (30, 25)


def test_awards_come_out_as_they_went_in_over_campuses_too() -> None:
    schools = institutions(institution("100001", name="Harbor Community College"), institution("100002"))
    awards = programs(("100001", "46.0302", "2", 20), ("100001", "15.0303", "3", 11), ("100002", "46.0302", "2", 4))
    branches = CAMPUSES.validate(
        pd.DataFrame(
            {
                "campus_id": ["dapip:2", "dapip:3"],
                "source": "dapip",
                "family_id": "ipeds:100001",
                "name": ["Harbor Community College - North", "Harbor Community College - West"],
                "kind": "branch",
                "state": "RI",
                "zip": ["02840", "02865"],
                "latitude": [41.5, 41.9],
                "longitude": [-71.3, -71.5],
                "location_quality": ["point", "zip"],
            }
        )
    )
    found = providers(schools, awards, PROVIDERS.empty(), SETTINGS, branches).table
    assert len(found) == 4
    assert found["seats"].sum() == pytest.approx(35)
    assert found["seats_expected"].sum() == pytest.approx(35)
    assert programs_together(found["seats_by_program"]) == "46.0302=24 15.0303=11"
    shared = found[found["unitid"] == "100001"]
    assert shared["seats_basis"].unique().tolist() == ["shared"]
    assert shared["share"].tolist() == pytest.approx([1 / 3] * 3)
    assert shared["evidence"].str.contains("shared over 3 campuses").all()


def test_a_college_in_three_sources_is_one_with_the_evidence() -> None:
    schools = institutions(institution("100001", name="Harbor Community College"))
    awards = programs(("100001", "46.0302", "20", 12))
    rows = table(
        listed("Harbor Comm. College", cip_codes="47.0614", seats=5, seats_basis="seats"),
        listed(
            "HARBOR COMMUNITY COLLEGE", "training_list", latitude=41.7005, longitude=-71.4, location_quality="point"
        ),
    )
    found = providers(schools, awards, rows, SETTINGS)
    row = found.table.iloc[0]
    assert len(found.table) == 1
    assert (row["provider_id"], row["name"]) == ("ipeds:100001", "Harbor Community College")
    assert row["sources"] == "ipeds training_list etpl"
    assert row["cip_codes"] == "46.0302 47.0614"
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
        (("completions", 0), ("seats", 4), "seats", 4),
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
