"""Which of several files answers: the newest by what it holds, never the one with the better name."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from geodata.errors import InputError
from geodata.ingest.choose_files import content_day, written
from geodata.schemas.canonical import REJECTS, SITES
from geodata.schemas.parsed import Parsed
from geodata.scoring.eligible_adults import eligible_adults
from geodata.settings import Settings
from tests.geodata.ingest.test_read_source import put, read
from tests.geodata.sources.helpers import layer, zipped_shapefile
from tests.geodata.sources.test_afdc import station
from tests.geodata.sources.test_rasters import grid

NAMES = "Fuel Type Code,Station Name,State,Status Code,Latitude,Longitude,ID,EV Level1 EVSE Num,EV Level2 EVSE Num,EV DC Fast Count,Updated At"  # noqa: E501


# Where the stations of a state lie: latitude, and whole degrees of longitude.
PLACES = {"RI": (41.7, -71), "CT": (41.7, -72), "MA": (42.3, -71), "GA": (33.5, -83), "VT": (44.0, -72)}


def stations(*rows: tuple[int, str, str]) -> str:
    """Return a station file of [number, state, day of the last update]."""
    lines = [
        f"ELEC,Station {n},{state},P,{PLACES[state][0]},{PLACES[state][1]}.{n:04d},{n},,2,,{day} 12:00:00 UTC"
        for n, state, day in rows
    ]
    return "\n".join([NAMES, *lines]) + "\n"


def answer(*rows: tuple[int, str, str]) -> str:
    records = [
        station(
            n,
            state=state,
            latitude=PLACES[state][0],
            longitude=PLACES[state][1] - n / 1000,
            updated_at=f"{day}T00:00:00Z",
            date_last_confirmed=None,
        )
        for n, state, day in rows
    ]
    return json.dumps({"total_results": len(records), "fuel_stations": records})


def day_of(table: pd.DataFrame) -> tuple[int, int, int]:
    return content_day(Parsed(table, REJECTS.empty(), len(table), len(table)))


def files_of(got) -> list[tuple[str, str]]:
    return [(use.file, use.vintage) for use in got.uses]


def test_an_undated_file_of_this_year_wins_over_one_with_an_old_date_in_its_name(tmp_path: Path) -> None:
    folder = put(
        tmp_path,
        {
            "alt_fuel_stations.csv": stations((1, "RI", "2025-04-12"), (2, "GA", "2024-01-01")),
            "alt_fuel_stations_2020-10-27.csv": stations((1, "RI", "2020-10-27"), (3, "RI", "2020-10-01")),
        },
    )
    got = read("afdc", folder, "RI", least_rows=2)
    assert files_of(got) == [("alt_fuel_stations.csv", "2025-04-12")]
    assert sorted(got.table["site_id"]) == ["afdc:1", "afdc:2"]
    # The older whole file tells of stations that are gone: none of its rows comes back.
    assert "alt_fuel_stations_2020-10-27.csv, of 2020-10-27" in got.notes[0]


def test_files_of_several_states_add_up_and_a_newer_one_speaks_for_its_state(tmp_path: Path) -> None:
    folder = put(
        tmp_path,
        {
            "alt_fuel_stations_2020-10-27.csv": stations(
                *((n, ["RI", "GA", "CT"][n % 3], "2020-10-27") for n in range(1, 10))
            ),
            "RI/alt_fuel_stations_2023-07-10_RI.json": answer((3, "RI", "2023-07-10"), (11, "RI", "2023-07-01")),
            "alt_fuel_stations_2023-07-10_GA.json": answer((1, "GA", "2023-07-10")),
        },
    )
    got = read("afdc", folder, "RI", least_rows=9)
    states = got.table.groupby("state")["site_id"].agg(sorted).to_dict()
    assert states["RI"] == ["afdc:11", "afdc:3"]
    assert states["CT"] == ["afdc:2", "afdc:5", "afdc:8"]
    assert states["GA"] == ["afdc:1"]
    (old,) = [use for use in got.uses if use.file == "alt_fuel_stations_2020-10-27.csv"]
    assert old.rows_out_of_scope == {"told by a newer file": 6}
    assert old.rows_in == old.rows_kept + sum(old.rows_out_of_scope.values())
    both = read("afdc", folder, "RI", "GA", least_rows=9).table.groupby("state")["site_id"].agg(sorted).to_dict()
    assert both == states


def test_a_border_list_in_the_states_folder_is_not_taken_for_the_states(tmp_path: Path) -> None:
    folder = put(
        tmp_path,
        {
            "RI/alt_fuel_stations_2023-07-10_CT_MA_border.json": answer(
                (1, "CT", "2023-07-10"), (2, "MA", "2023-07-10")
            ),
            "RI/alt_fuel_stations_2023-07-10_RI.json": answer((3, "RI", "2023-07-10"), (4, "RI", "2023-07-10")),
        },
    )
    got = read("afdc", folder, "RI")
    assert got.table["state"].value_counts().to_dict() == {"RI": 2, "CT": 1, "MA": 1}
    assert len(got.uses) == 2


def test_a_list_of_some_sites_of_a_state_does_not_speak_for_all_of_them(tmp_path: Path) -> None:
    files = {
        "alt_fuel_stations_RI_planned.json": answer((7, "RI", "2025-01-01")),
        "alt_fuel_stations_RI.csv": stations((1, "RI", "2024-01-01"), (2, "RI", "2024-01-01")),
    }
    got = read("afdc", put(tmp_path, files), "RI")
    assert sorted(got.table["site_id"]) == ["afdc:1", "afdc:2", "afdc:7"]


def test_a_list_of_planned_sites_alone_is_not_the_nation_but_adds_to_it(tmp_path: Path) -> None:
    files = {"alt_fuel_stations_2023-07-10_planned.json": answer((9, "VT", "2023-07-10"))}
    with pytest.raises(InputError, match=r"_planned\.json: .*holds 1 rows where at least 4 are expected"):
        read("afdc", put(tmp_path, files), "RI", least_rows=4)
    whole = stations(*((n, "RI", "2020-10-27") for n in range(1, 5)))
    got = read("afdc", put(tmp_path, {"alt_fuel_stations_2020-10-27.csv": whole}), "RI", least_rows=4)
    assert sorted(got.table["site_id"]) == ["afdc:1", "afdc:2", "afdc:3", "afdc:4", "afdc:9"]


def test_a_file_of_another_state_under_a_national_pattern_stops_no_run(tmp_path: Path) -> None:
    content = "geoid,E_TOTPOP\n"
    folder = put(tmp_path, {"acs5_2020_GA.csv": content})
    got = read("acs", folder, "RI")
    assert (len(got.table), got.uses) == (0, [])


def test_an_edition_that_cannot_be_read_is_passed_over_where_another_can(tmp_path: Path) -> None:
    files = {
        "calenviroscreen50.csv": "Census Tract,CES 5.0 Score\n6001400100,30\n",
        "calenviroscreen60.csv": "Tract,Index\n6001400100,30\n",
    }
    got = read("calenviroscreen", put(tmp_path, files), "CA")
    assert [use.file for use in got.uses] == ["calenviroscreen50.csv"]
    assert "calenviroscreen60.csv: " in got.notes[0]
    (tmp_path / "calenviroscreen50.csv").unlink()
    alone = read("calenviroscreen", tmp_path, "CA")
    assert alone.missing and "calenviroscreen60.csv" in alone.notes[0]


def test_cartographic_tracts_win_over_newer_ones_that_reach_into_the_water(tmp_path: Path) -> None:
    rows = [{"GEOID": f"4400103010{i}", "ALAND": 5, "AWATER": 1} for i in range(2)]
    zipped_shapefile(tmp_path, "cb_2020_44_tract_500k", layer(rows))
    sea = {"GEOID": "44001990000", "ALAND": 0, "AWATER": 9}
    zipped_shapefile(tmp_path, "tl_2023_44_tract", layer([*rows, sea]))
    (tmp_path / "inner").rename(tmp_path.parent / f"{tmp_path.name}_inner")
    got = read("tracts", tmp_path, "RI")
    assert files_of(got) == [("cb_2020_44_tract_500k.zip", "2020")]
    (tmp_path / "cb_2020_44_tract_500k.zip").unlink()
    got = read("tracts", tmp_path, "RI")
    assert files_of(got) == [("tl_2023_44_tract.zip", "2023")]
    assert (len(got.table), got.uses[0].rows_out_of_scope) == (2, {"all water": 1})


def test_editions_of_an_offices_list_are_told_apart_by_what_they_say(tmp_path: Path) -> None:
    line = "state,site_id,name,latitude,longitude,as_of\nRI,{0},Depot,41.70001,-71.40001,{1}\n"
    files = {"planned_sites.csv": line.format(1, "2026-03-01"), "planned_sites_2026.csv": line.format(2, "2026-01-15")}
    got = read("planned_sites", put(tmp_path, files), "RI")
    assert files_of(got) == [("planned_sites.csv", "2026-03-01")]
    assert "planned_sites_2026.csv, of 2026-01-15" in got.notes[0]


def test_a_list_without_dates_in_its_table_is_dated_by_its_own_column(tmp_path: Path) -> None:
    line = "name,state,as_of\n{0},RI,{1}\n"
    files = {"evitp.csv": line.format("New", "2026-03-01"), "evitp_2026.csv": line.format("Old", "2026-01-15")}
    got = read("evitp", put(tmp_path, files), "RI")
    assert (files_of(got), got.table["name"].tolist()) == ([("evitp.csv", "2026-03-01")], ["New"])
    assert not got.uses[0].unread


def test_two_lists_whose_programs_share_a_provider_stop_no_run(tmp_path: Path) -> None:
    program = "provider_name,cip_code,city,state,zip\n" + 2 * "Calder College,46.0302,Warwick,RI,02886\n"
    got = read("etpl", put(tmp_path, {"etpl_RI.csv": program, "etpl_all.csv": program}), "RI")
    assert len(got.table) == 1
    assert [use.rows_kept for use in got.uses] == [2, 2]
    assert any("told once: 1" in note for note in got.notes)


def test_of_two_states_grids_one_is_taken_and_the_other_named(tmp_path: Path) -> None:
    for usps, west in (("RI", -71.6), ("GA", -84.4)):
        grid(tmp_path / f"population_{usps}.tif", west, 33.0, np.ones((2, 2)))
    got = read("population_raster", tmp_path, "RI", "GA")
    assert [use.file for use in got.uses] == ["population_RI.tif"]
    assert "population_GA.tif" in got.notes[0]


def test_a_day_to_come_is_no_date_of_a_file() -> None:
    sites = SITES.empty().reindex(range(2))
    sites["as_of"] = pd.to_datetime(["2025-02-03", "2999-01-01"]).astype("datetime64[s]")
    assert day_of(sites) == (2025, 2, 3)
    assert day_of(gpd.GeoDataFrame({"vintage": [2019, 2022]})) == (2022, 0, 0)
    assert day_of(pd.DataFrame({"a": [1]})) == (0, 0, 0)
    assert [written(day) for day in ((2025, 2, 3), (2025, 2, 0), (2025, 0, 0), (0, 0, 0))] == [
        "2025-02-03",
        "2025-02",
        "2025",
        "",
    ]
    assert Settings().as_of is None


@pytest.mark.realdata
def test_both_sets_of_real_files_with_what_lay_apart_in_one_folder(realdata: Path, tmp_path: Path) -> None:
    second = realdata.parent / "realdata-2024"
    if not second.is_dir():
        pytest.skip("the second set of real files is not here")
    for root in (realdata, second):
        for place in ("national", "RI", "GA"):
            for path in sorted((root / place).rglob("*")):
                if path.is_file():
                    (tmp_path / place).mkdir(exist_ok=True)
                    (tmp_path / place / path.name).symlink_to(path)
    assert files_of(read("tracts", tmp_path, "RI")) == [("cb_2020_44_tract_500k.zip", "2020")]
    assert files_of(read("svi", tmp_path, "RI", "GA")) == [
        ("SVI_2020_RhodeIsland.csv", "2020"),
        ("SVI_2022_Georgia.csv", "2022"),
    ]
    assert files_of(read("ipeds_directory", tmp_path, "RI")) == [("hd2024.csv", "2024")]
    assert files_of(read("calenviroscreen", tmp_path, "CA")) == [("calenviroscreen3_california_tracts.csv", "2018")]
    stations = read("afdc", tmp_path, "RI")
    assert files_of(stations) == [
        ("alt_fuel_stations_2023-07-10_RI.json", "2023-07-10"),
        ("alt_fuel_stations_2023-07-10_CT_MA_border.json", "2023-07-10"),
        ("alt_fuel_stations_2023-07-10_planned.json", "2023-07-06"),
        ("alt_fuel_stations_2020-10-27_ELEC.csv", "2020-10-27"),
    ]
    assert (stations.table["state"] == "RI").sum() == 341
    assert not stations.table["site_id"].duplicated().any()
    for use in stations.uses:
        assert use.rows_in == use.rows_kept + use.rows_rejected + sum(use.rows_out_of_scope.values())


def test_of_one_list_the_copy_with_addresses_looked_up_is_read(tmp_path: Path) -> None:
    plain = "name,state,zip,address,latitude,longitude,geocoded\nTrade School,RI,02886,1 Main St,{}\n"
    folder = put(
        tmp_path,
        {
            "training_providers.csv": plain.format(",,"),
            "training_providers_geocoded.csv": plain.format("41.700100,-71.400100,exact"),
        },
    )
    got = read("training_list", folder, "RI", least_rows=0)
    assert [use.file for use in got.uses] == ["training_providers_geocoded.csv"]
    assert got.table["location_quality"].tolist() == ["point"] and got.rejects.empty
    assert "training_providers.csv" in got.notes[0]


def test_a_survey_in_one_file_a_table_is_read_whole_and_never_of_two_editions(tmp_path: Path) -> None:
    def table(name: str, lines: dict[int, int], margin: int = 10) -> str:
        heads = "|".join(f"{name}_E{n:03d}|{name}_M{n:03d}" for n in lines)
        cells = "|".join(f"{value}|{margin}" for value in lines.values())
        return f"GEO_ID|{heads}\n0400000US44|{cells}\n1400000US44001030100|{cells}\n"

    over_64 = {1: 1000, **dict.fromkeys((*range(20, 26), *range(44, 50)), 10)}
    ages = (41, 54, 67, 80, 93)
    poor = {n: 100 if n in ages else 5 for age in ages for n in range(age, age + 6)}
    folder = put(
        tmp_path,
        {
            "acsdt5y2022-b17024.dat": table("B17024", poor),
            "acsdt5y2022-b01001.dat": table("B01001", over_64),
            "acsdt5y2022-b01003.dat": table("B01003", {1: 1000}),
            "acsdt5y2022-b09001.dat": table("B09001", {1: 200}),
            "acsdt5y2022-b26001.dat": table("B26001", {1: 30}),
            # Another year's tables are of other people, also those that this year's files lack.
            "acsdt5y2020-b01003.dat": table("B01003", {1: 900}),
            "acsdt5y2020-b28002.dat": table("B28002", {1: 400, 13: 40}),
        },
    )
    got = read("acs_summary", folder, "RI", least_rows=1)
    counts = got.table.set_index("measure")["count"].to_dict()
    assert counts == {
        "adults_poverty_150": 125.0,
        "over_64": 120.0,
        "population": 1000.0,
        "under_18": 200.0,
        "group_quarters": 30.0,
    }
    assert (got.table["vintage"] == 2022).all()
    assert sorted(use.file for use in got.uses) == [
        f"acsdt5y2022-{name}.dat" for name in ("b01001", "b01003", "b09001", "b17024", "b26001")
    ]
    assert all(use.sha256 and (use.rows_in, use.rows_kept) == (2, 1) for use in got.uses)
    assert "acsdt5y2020-b28002.dat" in got.notes[0] and not any("without their variables" in note for note in got.notes)
    adults = eligible_adults(got.table).iloc[0]
    assert (adults["eligible_adults"], adults["eligible_adults_basis"]) == (125, "counted")
    assert (adults["working_age"], adults["group_quarters_share"]) == (680, 0.03)
