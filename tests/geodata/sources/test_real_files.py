"""Every real public file there is goes through its parser, and every row of it is accounted for.

The figures are of the files themselves, counted independently with the csv module or given by the publisher.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest

from geodata.errors import InputError
from geodata.geography.crosswalk import to_2020
from geodata.geography.points_in_areas import check_states, place
from geodata.ingest.providers import providers
from geodata.ingest.sites import sites
from geodata.schemas.canonical import PROGRAMS, PROVIDERS
from geodata.schemas.parsed import Parsed
from geodata.settings import Settings
from tests.geodata.sources.helpers import parse, reasons

pytestmark = pytest.mark.realdata

# source, file, rows in, rows kept, rejected by reason, out of scope
FILES = [
    ("tracts", "RI/cb_2020_44_tract_500k.zip", 247, 247, {}, {}),
    ("tracts", "RI/cb_2018_44_tract_500k.json", 243, 241, {}, {"all water": 2}),
    ("tracts", "GA/cb_2020_13_tract_500k.zip", 2552, 2552, {}, {}),
    ("centers", "national/CenPop2020_Mean_TR.txt", 85395, 85395, {}, {}),
    ("relationship", "national/tab20_tract20_tract10_natl.txt", 126450, 126450, {}, {}),
    ("svi", "RI/SVI_2020_RhodeIsland.csv", 247, 247, {}, {}),
    ("svi", "RI/SVI_2018_RhodeIsland.csv", 243, 243, {}, {}),
    ("svi", "GA/SVI_2022_Georgia.csv", 2791, 2791, {}, {}),
    ("svi_measures", "RI/SVI_2020_RhodeIsland.csv", 247, 247, {}, {}),
    ("svi_measures", "RI/SVI_2018_RhodeIsland.csv", 243, 243, {}, {}),
    ("svi_measures", "GA/SVI_2022_Georgia.csv", 2791, 2791, {}, {}),
    ("cejst", "national/cejst_1.0-communities_flags.csv", 74134, 74134, {}, {}),
    (
        "afdc",
        "national/alt_fuel_stations_2020-10-27_ELEC.csv",
        30801,
        30786,
        {"far_from_its_state": 13, "no_charger": 2},
        {},
    ),
    (
        "planned_sites",
        "national/planned_sites_standin_2020-10.csv",
        24299,
        24272,
        {"far_from_its_state": 23, "no_state": 4},
        {},
    ),
    (
        "ipeds_directory",
        "national/hd2020.csv",
        6440,
        6311,
        {},
        {"closed or not in the collection": 126, "outside the registry": 3},
    ),
    ("counties", "national/us_geo_census_cb_2020_counties.geojson", 3234, 3234, {}, {}),
    ("states", "national/us_geo_census_cb_2020_states.geojson", 56, 56, {}, {}),
]


def of(realdata: Path, source: str, file: str) -> Parsed:
    return parse(source, realdata / file)


@pytest.mark.parametrize(("source", "file", "rows", "kept", "rejected", "scope"), FILES)
def test_every_row_is_accounted_for(
    realdata: Path, source: str, file: str, rows: int, kept: int, rejected: dict[str, int], scope: dict[str, int]
) -> None:
    parsed = of(realdata, source, file)
    assert (parsed.rows_in, parsed.rows_kept) == (rows, kept)
    assert reasons(parsed) == rejected
    assert parsed.out_of_scope == scope


def rows_of(path: Path, encoding: str = "utf-8-sig") -> list[dict[str, str]]:
    with path.open(encoding=encoding, newline="") as handle:
        return list(csv.DictReader(handle))


def test_stations_agree_with_the_file_read_by_the_csv_module(realdata: Path) -> None:
    name = "national/alt_fuel_stations_2020-10-27_ELEC.csv"
    raw = rows_of(realdata / name)
    parsed = of(realdata, "afdc", name)
    table = parsed.table
    # Thirteen rows far from their state and two planned without a charger are refused, and reported.
    refused = set(parsed.rejects["key"])
    raw = [row for row in raw if row["ID"] not in refused]
    assert table["status"].value_counts().to_dict() == {"open": 30681, "temporary": 56, "planned": 49}
    for column, header in (("units_level2", "EV Level2 EVSE Num"), ("units_dc_fast", "EV DC Fast Count")):
        assert table[column].sum() == sum(int(row[header] or 0) for row in raw)
        assert table[column].isna().sum() == sum(row[header] == "" for row in raw)
    assert table["expected_date"].notna().sum() == sum(row["Expected Date"] != "" for row in raw)
    # Three ZIP codes lost their zero; “TEST” and “G9N 0” are none.
    assert table["zip"].isna().sum() == 2
    assert {"02114", "06850", "02169"} <= set(table["zip"])


def test_the_extract_without_status_is_refused(realdata: Path) -> None:
    with pytest.raises(InputError, match="Status Code"):
        of(realdata, "afdc", "national/alt_fuel_stations_2021-10_ELEC_5col.csv")


@pytest.mark.parametrize(
    ("file", "year", "unranked"),
    [
        ("RI/SVI_2020_RhodeIsland.csv", 2020, 1),
        ("RI/SVI_2018_RhodeIsland.csv", 2018, 3),
        ("GA/SVI_2022_Georgia.csv", 2022, 11),
    ],
)
def test_state_downloads_of_the_index(realdata: Path, file: str, year: int, unranked: int) -> None:
    table = of(realdata, "svi", file).table
    assert table["pooled"].unique().tolist() == ["state"]
    assert table["vintage"].unique().tolist() == [year]
    assert table["value"].isna().sum() == unranked
    assert (table["value"].min(), table["value"].max()) == (0, 1)


def test_measures_agree_with_the_file_read_by_the_csv_module(realdata: Path) -> None:
    raw = {row["FIPS"]: row for row in rows_of(realdata / "GA/SVI_2022_Georgia.csv")}
    table = of(realdata, "svi_measures", "GA/SVI_2022_Georgia.csv").table
    poor = table[(table["measure"] == "poverty_150") & (table["status"] == "value")].set_index("geoid")
    for geoid in (*poor.index[:50], *poor.index[-50:]):
        assert poor.loc[geoid, "count"] == float(raw[geoid]["E_POV150"])
        assert poor.loc[geoid, "count_moe"] == float(raw[geoid]["M_POV150"])
        percent = float(raw[geoid]["EP_POV150"])
        assert pd.isna(poor.loc[geoid, "share"]) if percent == -999 else poor.loc[geoid, "share"] == percent / 100
    people = table[table["measure"] == "population"]
    assert people["count"].sum() == sum(int(row["E_TOTPOP"]) for row in raw.values())
    assert not (table[["count", "count_moe", "share", "share_moe"]] < 0).any().any()


def test_centers_add_up_to_the_census(realdata: Path) -> None:
    table = of(realdata, "centers", "national/CenPop2020_Mean_TR.txt").table
    by_state = table.groupby("state")["population"].sum()
    # Census 2020 resident population, apportionment tables.
    assert (by_state["RI"], by_state["GA"], by_state["WY"]) == (1_097_379, 10_711_908, 576_851)
    assert by_state.drop("PR").sum() == 331_449_281
    assert table.loc[table["state"] == "CT", "ct_scheme"].unique().tolist() == ["counties"]


def test_the_designation_is_carried_over_without_losing_land(realdata: Path) -> None:
    flags = of(realdata, "cejst", "national/cejst_1.0-communities_flags.csv").table
    parts = of(realdata, "relationship", "national/tab20_tract20_tract10_natl.txt").table
    assert flags["designated"].sum() == 27_248
    carried = to_2020(flags, parts, 0.0)
    assert len(carried.rejects) == 0
    assert carried.unmatched["reason"].unique().tolist() == ["no_land"]
    land20 = parts.groupby("geoid_2020")["land_part_m2"].sum()
    land10 = parts.groupby("geoid_2010")["land_part_m2"].sum()
    designated = flags.set_index("geoid")["designated"]
    before = land10[designated[land10.index].to_numpy(dtype=bool)].sum()
    after = (carried.table.set_index("geoid")["designated_share"] * land20).sum()
    assert after == pytest.approx(before, rel=1e-9)
    counts = carried.table[carried.table["state"].isin(["RI", "GA"])].groupby("state").size()
    assert counts.to_dict() == {"GA": 2791, "RI": 247}


def test_slivers_of_the_nation_designate_nobody(realdata: Path) -> None:
    """Without them a tract is designated or not, and ranked as that; none changes its designation for it."""
    flags = of(realdata, "cejst", "national/cejst_1.0-communities_flags.csv").table
    parts = of(realdata, "relationship", "national/tab20_tract20_tract10_natl.txt").table
    exact, cleaned = (to_2020(flags, parts, least).table.set_index("geoid") for least in (0.0, 0.01))
    assert cleaned.index.equals(exact.index)
    assert set(cleaned["value"]) == {0.0, 1.0}
    assert (cleaned["value"] == cleaned["designated"]).all()
    touched = (exact["designated_share"] > 0) & (cleaned["designated_share"] == 0)
    assert touched.sum() > 1_000
    assert exact.loc[touched, "designated_share"].max() < 0.05


def test_points_that_contradict_their_state(realdata: Path) -> None:
    counties = of(realdata, "counties", "national/us_geo_census_cb_2020_counties.geojson").table
    parsed = of(realdata, "afdc", "national/alt_fuel_stations_2020-10-27_ELEC.csv")
    stations, mowabb = parsed.table, parsed.rejects.set_index("key").loc["154548"]
    assert mowabb[["value", "reason"]].tolist() == ["45.513642999999995, -122.833936", "far_from_its_state"]
    checked = check_states(stations, counties, key="site_id")
    refused = checked.rejects.set_index("key")
    assert len(checked.table) + len(checked.rejects) == len(stations)
    assert len(checked.rejects) == 4
    keys = stations[stations["city"] == "Key West"]["site_id"]
    assert len(keys) > 0
    assert not refused.index.isin(keys).any()


def test_stations_on_tracts_and_same_place_records_kept(realdata: Path) -> None:
    stations = of(realdata, "afdc", "national/alt_fuel_stations_2020-10-27_ELEC.csv").table
    ours = stations[stations["state"] == "RI"]
    tracts = of(realdata, "tracts", "RI/cb_2020_44_tract_500k.zip").table
    placed = place(ours, tracts)
    assert placed["tract_basis"].value_counts().to_dict() == {"inside": 144}
    assert ours.duplicated(["latitude", "longitude"]).sum() > 0
    assert len(placed) == len(ours)


def test_stations_and_stand_in_sites_together(realdata: Path) -> None:
    counties = of(realdata, "counties", "national/us_geo_census_cb_2020_counties.geojson").table
    rows = pd.concat(
        [
            of(realdata, "afdc", "national/alt_fuel_stations_2020-10-27_ELEC.csv").table,
            of(realdata, "planned_sites", "national/planned_sites_standin_2020-10.csv").table,
        ],
        ignore_index=True,
    )
    found = sites(rows, counties)
    assert len(found.table) + len(found.rejects) == len(rows)
    assert found.rejects["reason"].value_counts().to_dict() == {"wrong_state": 7}
    # The stand-in sites are all new stations: a tenth of them stands beside an older one of its name.
    assert "kept as planned: 2,4" in found.notes[-1]


def test_colleges_without_a_completions_file(realdata: Path) -> None:
    schools = of(realdata, "ipeds_directory", "national/hd2020.csv").table
    found = providers(schools, PROGRAMS.empty(), PROVIDERS.empty(), Settings().training)
    assert found.table.loc[found.table["state"] == "RI", "name"].tolist() == ["Community College of Rhode Island"]
    # 1,328 public institutions of associate's degrees and certificates, and 19 public two-year ones whose category says
    # otherwise: every kind of which a quarter or more teaches the work.
    assert len(found.table) == 1347
    assert (found.table["seats_basis"] == "assumed").all()


@pytest.mark.slow
def test_the_national_boundaries(realdata: Path) -> None:
    parsed = of(realdata, "tracts", "national/cb_2020_us_tract_500k_partial.parquet")
    assert (parsed.rows_in, parsed.rows_kept) == (78236, 78210)
    assert parsed.out_of_scope == {"all water": 26}
    assert not (parsed.table["state"] == "CT").any()


# The second set: service answers of July 2023, in the older form without units.
NEWER = [
    ("RI/alt_fuel_stations_2023-07-10_RI.json", 342, 341, {"far_from_its_state": 1}),
    ("GA/alt_fuel_stations_2023-07-10_GA.json", 1858, 1857, {"far_from_its_state": 1}),
    ("RI/other/alt_fuel_stations_2023-07-10_CT_MA_border.json", 936, 936, {}),
    ("national/other/alt_fuel_stations_2023-07-10_planned.json", 55, 54, {"no_charger": 1}),
]


@pytest.mark.parametrize(("file", "rows", "kept", "rejected"), NEWER)
def test_answers_of_the_station_service(
    realdata: Path, file: str, rows: int, kept: int, rejected: dict[str, int]
) -> None:
    path = realdata.parent / "realdata-2024" / file
    if not path.exists():
        pytest.skip(f"{path} is not there")
    parsed = parse("afdc", path)
    assert (parsed.rows_in, parsed.rows_kept, reasons(parsed)) == (rows, kept, rejected)
