"""The files of the fictional sample: publishers' formats, their disorder, and counts that agree."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from fnmatch import fnmatch
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
import rasterio

from geodata.sample import write_sample
from geodata.sample.cejst_file import COLUMNS as CEJST
from geodata.sample.svi_file import columns as svi_columns
from geodata.settings import Settings
from geodata.sources import SOURCES
from geodata.sources.spec import ParseContext
from geodata.states import find_state

SMALL = {"tracts": 200, "seed": 4}


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return write_sample(tmp_path_factory.mktemp("sample") / "xl", **SMALL)


def hashes(folder: Path) -> dict[str, str]:
    return {f.name: hashlib.sha256(f.read_bytes()).hexdigest() for f in sorted(folder.iterdir())}


def table(path: Path, **options) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig", **options)


def test_same_bytes_in_another_process_whatever_its_hash_seed(folder, tmp_path):
    code = f"from geodata.sample import write_sample; write_sample(r'{tmp_path / 'again'}', tracts=200, seed=4)"
    environment = {**os.environ, "PYTHONHASHSEED": "99", "TZ": "Asia/Tokyo"}
    root = Path(__file__).resolve().parents[3]
    subprocess.run([sys.executable, "-c", code], check=True, cwd=root, env=environment, timeout=120)
    assert hashes(tmp_path / "again") == hashes(folder)


def test_another_seed_is_another_state(folder, tmp_path):
    other = hashes(write_sample(tmp_path / "other", tracts=200, seed=5))
    mine = hashes(folder)
    assert other.keys() == mine.keys()
    assert all(other[name] != mine[name] for name in mine if name != "workforce_areas.csv")


#: The sources that the sample has a file for.
SERVED = [
    "tracts",
    "centers",
    "relationship",
    "svi",
    "svi_measures",
    "acs",
    "cejst",
    "afdc",
    "planned_sites",
    "ipeds_directory",
    "ipeds_completions",
    "dapip",
    "campus_list",
    "etpl",
    "apprenticeship",
    "training_list",
    "evitp",
    "job_centers",
    "workforce_areas",
    "counties",
    "places",
    "states",
    "water",
    "roads",
    "tribal",
    "corridors",
    "population_raster",
    "friction_raster",
]


def files_of(name: str, folder: Path) -> list[Path]:
    state = find_state("XL")
    shapes = [
        p.format(fips=state.fips, usps=state.usps, state_name="Larkspur").lower() for p in SOURCES[name].spec.filenames
    ]
    return [f for shape in shapes for f in sorted(folder.iterdir()) if fnmatch(f.name.lower(), shape)]


@pytest.mark.parametrize("name", SERVED)
def test_every_parser_reads_the_sample_and_loses_nothing(folder, name):
    found = files_of(name, folder)
    assert found, f"the sample has no file for {name}"
    parsed = SOURCES[name].parse(found[0], ParseContext(Settings(), find_state("XL")))
    assert len(parsed.table) > 0
    assert parsed.rows_in == parsed.rows_kept + len(parsed.rejects) + sum(parsed.out_of_scope.values())
    assert parsed.rows_kept > 0.75 * (parsed.rows_in - sum(parsed.out_of_scope.values()))


def test_every_file_of_the_sample_is_for_some_parser(folder):
    read = {f.name for name in SERVED for f in files_of(name, folder)}
    left = {f.name for f in folder.iterdir()} - read
    assert {name for name in left if "_98_" not in name} == {"README.txt"}


def test_fiction_is_said_wherever_a_format_allows(folder):
    assert (folder / "README.txt").read_text(encoding="utf-8").startswith("FICTIONAL SAMPLE DATA")
    assert set(table(folder / "SVI_2022_US.csv")["STATE"]) == {"Larkspur (fictional)", "Sumac (fictional)"}
    assert set(gpd.read_file(folder / "cb_2020_97_tract_500k.zip")["STATE_NAME"]) == {"Larkspur (fictional)"}
    directory = table_in(folder / "HD2023.zip", "HD2023.csv")
    assert directory["INSTNM"].str.endswith("(fictional)").all()
    sponsors = table(folder / "apprenticeship_sponsors.csv")
    assert sponsors["ORGANIZATION NAME"].str.contains("fictional").all()
    assert sponsors["EMAIL"].str.endswith("@example.invalid").all()


def test_state_lies_where_none_is(folder):
    west, south, east, north = gpd.read_file(folder / "cb_2020_us_state_500k.zip").total_bounds
    assert -140 < west < east < -130
    assert 37 < south < north < 43


def table_in(path: Path, member: str) -> pd.DataFrame:
    with zipfile.ZipFile(path) as archive:
        return pd.read_csv(io.BytesIO(archive.read(member)), dtype=str, keep_default_na=False, encoding="utf-8-sig")


def test_boundary_files_have_their_publishers_fields(folder):
    tracts = gpd.read_file(folder / "cb_2020_97_tract_500k.zip")
    fields = "STATEFP COUNTYFP TRACTCE AFFGEOID GEOID NAME NAMELSAD STUSPS NAMELSADCO STATE_NAME LSAD ALAND AWATER"
    assert list(tracts.columns) == [*fields.split(), "geometry"]
    assert tracts.crs.to_epsg() == 4269
    assert (tracts["AFFGEOID"] == "1400000US" + tracts["GEOID"]).all()
    assert tracts["GEOID"].str.fullmatch(r"97\d{9}").all()
    assert (tracts.loc[tracts["TRACTCE"] == "000101", "NAME"] == "1.01").all()
    with zipfile.ZipFile(folder / "cb_2020_97_tract_500k.zip") as archive:
        assert {Path(n).suffix for n in archive.namelist()} == {".shp", ".shx", ".dbf", ".prj", ".cpg"}
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}


def test_centers_of_population_are_signed_padded_and_include_water(folder):
    raw = (folder / "CenPop2020_Mean_TR.txt").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbfSTATEFP,COUNTYFP,TRACTCE,POPULATION,LATITUDE,LONGITUDE\n")
    lines = raw.decode("utf-8-sig").splitlines()[1:]
    assert all(re.fullmatch(r"9[78],\d{3},\d{6},\d+,\+\d\d\.\d{6},-\d{3}\.\d{6}", line) for line in lines)
    centers = table(folder / "CenPop2020_Mean_TR.txt")
    water = centers[centers["TRACTCE"].str.startswith("99")]
    assert len(water) > 0
    assert set(water["POPULATION"]) == {"0"}
    keys = centers["STATEFP"] + centers["COUNTYFP"] + centers["TRACTCE"]
    drawn = {g for fips in ("97", "98") for g in gpd.read_file(folder / f"cb_2020_{fips}_tract_500k.zip")["GEOID"]}
    assert set(keys) - drawn == set(keys[water.index])
    assert drawn <= set(keys)


def test_vulnerability_index_ranks_and_sentinels(folder):
    raw = table(folder / "SVI_2022_US.csv")
    assert list(raw.columns) == svi_columns()
    assert len(svi_columns()) == 158
    assert raw["LOCATION"].str.count(";").eq(2).all()
    figures = raw.drop(columns=["STATE", "ST_ABBR", "COUNTY", "FIPS", "LOCATION"]).astype(float)
    empty = figures["E_TOTPOP"] == 0
    assert empty.sum() >= 3
    assert (figures.loc[empty, ["EP_POV150", "EPL_POV150", "RPL_THEMES", "F_TOTAL"]] == -999).all(axis=None)
    assert (figures.loc[empty, "E_POV150"] == 0).all()
    assert (figures["M_GROUPQ"] == -555555555).sum() == 1
    homeless = (figures["E_HH"] == 0) & ~empty
    assert (figures.loc[homeless, "EP_NOVEH"] == -999).all()
    assert (figures.loc[homeless, "EP_AGE65"] >= 0).all()
    assert homeless.sum() >= 1
    known = figures["RPL_THEMES"] >= 0
    assert figures.loc[known, "RPL_THEMES"].max() == 1
    assert figures.loc[known, "RPL_THEMES"].min() == 0
    total = figures.loc[known, [f"SPL_THEME{i}" for i in range(1, 5)]].sum(axis=1)
    assert np.allclose(total, figures.loc[known, "SPL_THEMES"], atol=2e-4)
    assert (figures.loc[known, "F_POV150"] == (figures.loc[known, "EPL_POV150"] >= 0.9)).all()


def test_relationship_file_areas_add_up_and_tracts_changed(folder):
    raw = (folder / "tab20_tract20_tract10_natl.txt").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbfOID_TRACT_20|GEOID_TRACT_20|")
    parts = table(folder / "tab20_tract20_tract10_natl.txt", sep="|")
    assert len(parts.columns) == 16
    areas = parts[[c for c in parts if c.startswith("AREA")]].astype(int)
    assert (areas >= 0).all(axis=None)
    for side in ("10", "20"):
        key = parts[f"GEOID_TRACT_{side}"]
        assert (areas["AREALAND_PART"].groupby(key).transform("sum") == areas[f"AREALAND_TRACT_{side}"]).all()
        assert (areas["AREAWATER_PART"].groupby(key).transform("sum") == areas[f"AREAWATER_TRACT_{side}"]).all()
    land = pd.Series(dtype=int)
    for fips in ("97", "98"):
        layer = gpd.read_file(folder / f"cb_2020_{fips}_tract_500k.zip")
        land = pd.concat([land, layer.set_index("GEOID")["ALAND"]])
    published = areas.groupby(parts["GEOID_TRACT_20"])["AREALAND_TRACT_20"].first()
    assert (published.loc[land.index] == land).all()
    large = parts[areas["AREALAND_PART"] > 0.05 * areas["AREALAND_TRACT_20"].clip(lower=1)]
    assert large["GEOID_TRACT_10"].duplicated().sum() >= 5, "tracts were split"
    assert large["GEOID_TRACT_20"].duplicated().sum() >= 3, "tracts were merged"
    moved = large[large["GEOID_TRACT_10"].str[:5] != large["GEOID_TRACT_20"].str[:5]]
    assert len(moved) >= 3, "a county was given another code"
    assert len(parts) > len(large), "borders moved a little"


def test_justice_file_has_its_header_encodings_and_rules(folder):
    raw = (folder / "2.0-communities.csv").read_bytes()
    assert not raw.startswith(b"\xef\xbb\xbf")
    frame = table(folder / "2.0-communities.csv")
    assert list(frame.columns) == list(CEJST)
    assert len(CEJST) == 136
    parts = table(folder / "tab20_tract20_tract10_natl.txt", sep="|")
    with_land = parts[parts["AREALAND_TRACT_10"].astype(int) > 0]
    assert set(frame["Census tract 2010 ID"]) == set(with_land["GEOID_TRACT_10"])
    final = frame["Identified as disadvantaged"]
    assert set(final) == {"True", "False"}
    assert 0.15 < (final == "True").mean() < 0.55
    old = frame["Identified as disadvantaged solely due to status in v1.0 (grandfathered)"] == "True"
    assert old.any()
    assert (final[old] == "True").all()
    exceeded = frame["Total categories exceeded"]
    assert exceeded.str.fullmatch(r"\d+\.0").all()
    assert (final[exceeded.astype(float) > 0] == "True").all()
    assert frame["Energy burden (percentile)"].str.fullmatch(r"\d{0,2}").all()
    share = frame["Adjusted percent of individuals below 200% Federal Poverty Line (percentile)"]
    assert share[share != ""].astype(float).between(0, 1).all()
    assert (share == "").any()
    assert set(frame["Identified as disadvantaged due to tribal overlap"]) == {"", "True"}


@pytest.fixture(scope="module")
def stations(folder) -> dict:
    return json.loads((folder / "alt_fuel_stations.json").read_text(encoding="utf-8"))


def test_station_envelope_counts_stations_and_ports(stations):
    records = stations["fuel_stations"]
    assert stations["total_results"] == len(records)
    ports = sum(r[f] or 0 for r in records for f in ("ev_level1_evse_num", "ev_level2_evse_num", "ev_dc_fast_num"))
    assert stations["station_counts"]["total"] == stations["station_counts"]["fuels"]["ELEC"]["total"] == ports
    assert len({r["id"] for r in records}) == len(records)
    assert {r["status_code"] for r in records} == {"E", "P", "T"}


def test_station_records_hold_the_known_disorder(stations):
    records = stations["fuel_stations"]
    assert all(r[f] != 0 for r in records for f in ("ev_level1_evse_num", "ev_level2_evse_num", "ev_dc_fast_num"))
    assert {type(r["funding_sources"]) for r in records} == {type(None), str, list}
    assert any(r["ev_charging_units"] is None for r in records)
    assert any(r["ev_charging_units"] == [] for r in records)
    units = [u for r in records for u in r["ev_charging_units"] or []]
    powers = [c["power_kw"] for u in units for c in u["connectors"].values() if c["port_count"]]
    assert None in powers
    assert 0.0 in powers
    assert any(u["connectors"]["TESLA"]["port_count"] for u in units)
    assert {u["port_count"] for u in units} == {1}
    assert {u["charging_level"] for u in units} <= {"1", "2", "dc_fast"}
    assert sum(r["country"] == "CA" for r in records) == 1
    far = [r for r in records if r["state"] == "XL" and r["latitude"] < 36]
    assert len(far) == 1
    spots = pd.Series([(r["latitude"], r["longitude"]) for r in records])
    assert spots.duplicated().sum() >= 3
    planned = [r for r in records if r["status_code"] == "P"]
    assert any((r["expected_date"] or "9999") < "2026-09-30" for r in planned)
    assert any(r["expected_date"] is None for r in planned)
    assert any(r["geocode_status"] == "200-4" for r in planned)
    ports = ("ev_level2_evse_num", "ev_dc_fast_num")
    assert any(all(r[f] is None for f in ports) for r in planned)
    assert any("<Diner>" in r["station_name"] for r in records)


def test_planned_sites_follow_corridors_and_people(stations):
    planned = [r for r in stations["fuel_stations"] if r["status_code"] == "P" and r["state"] == "XL"]
    assert len(planned) > 30
    quarters = {r["expected_date"][:4] for r in planned if r["expected_date"]}
    assert {"2026", "2027", "2028"} <= quarters


def test_award_list_keeps_the_contract_and_its_slips(folder, stations):
    with (folder / "state_awards.csv").open(encoding="utf-8", newline="") as handle:
        header = next(csv.reader(handle))
    assert header[:6] == ["state", "site_id", "site_name", "location_city", "corridor", "award_date"]
    assert header[-6:] == ["latitude", "longitude", "address", "program", "source_url", "as_of"]
    awards = table(folder / "state_awards.csv")
    assert (awards["charger_count"] == "").sum() >= 3
    assert (awards["latitude"] == "").sum() == 1
    assert awards["site_id"].duplicated().sum() == 1
    assert (awards["expected_operational_date"] == "2027-13-40").sum() == 1
    assert awards["award_amount_usd"].str.startswith("$").sum() == 1
    again = awards.iloc[-1]
    close = [
        r
        for r in stations["fuel_stations"]
        if r["status_code"] == "P"
        and abs(r["latitude"] - float(again["latitude"])) < 0.001
        and abs(r["longitude"] - float(again["longitude"])) < 0.001
    ]
    assert close, "the last award is a place the federal list has too"


def test_colleges_and_completions(folder):
    directory = table_in(folder / "HD2023.zip", "HD2023.csv")
    with zipfile.ZipFile(folder / "HD2023.zip") as archive:
        assert archive.read("HD2023.csv").startswith(b"\xef\xbb\xbfUNITID,INSTNM,")
    assert (directory["CYACTIVE"] == "2").sum() == 1
    assert directory["COUNTYCD"].str.fullmatch(r"9[78]\d{3}").all()
    with zipfile.ZipFile(folder / "C2023_A.zip") as archive:
        assert archive.namelist() == ["C2023_a.csv", "C2023_a_RV.csv"]
        assert b'"46.03"' in archive.read("C2023_a.csv")
    first, revised = (table_in(folder / "C2023_A.zip", m) for m in ("C2023_a.csv", "C2023_a_RV.csv"))
    assert (first["CTOTALT"] != revised["CTOTALT"]).any()
    assert {"46", "46.03", "99"} <= set(revised["CIPCODE"])
    assert set(revised["MAJORNUM"]) == {"1", "2"}
    assert {"12", "13", "15"} <= set(revised["AWLEVEL"])
    assert first["AWLEVEL"].str.fullmatch(r"\d\d").all()
    assert (revised["AWLEVEL"] == "5").any()
    detail = revised[revised["CIPCODE"].str.fullmatch(r"\d\d\.\d{4}") & (revised["MAJORNUM"] == "1")]
    detail = detail[~detail["AWLEVEL"].isin(["12", "13", "15"])]
    totals = revised[revised["CIPCODE"] == "99"].set_index("UNITID")["CTOTALT"].astype(int)
    assert (detail["CTOTALT"].astype(int).groupby(detail["UNITID"]).sum() == totals).all()


def test_programs_sponsors_and_centers(folder):
    sheet = openpyxl.load_workbook(folder / "DownloadPrograms.xlsx", read_only=True).active
    rows = list(sheet.iter_rows(values_only=True))
    programs = pd.DataFrame(rows[1:], columns=rows[0])
    assert rows[0][:3] == ("d101_eligible_training_provider", "d104_entity_type", "d105_program_name")
    codes = set(programs["d110_cip_code"])
    assert any("." in c for c in codes)
    assert any(re.fullmatch(r"\d{6}", c) for c in codes)
    assert "-1" in codes
    assert (programs["d114_program_length_weeks"] == -1).any()
    assert "latitude" not in programs
    directory = set(table_in(folder / "HD2023.zip", "HD2023.csv")["INSTNM"])
    spelled = {n for n in programs["d101_eligible_training_provider"] if "Comm. College" in n}
    assert spelled
    assert not spelled & directory
    sponsors = table(folder / "apprenticeship_sponsors.csv")
    assert {"CONTACT PERSON", "EMAIL", "PHONE"} <= set(sponsors)
    assert (sponsors["PHONE"] == "does not apply").any()
    centers = json.loads((folder / "job_centers.json").read_text(encoding="utf-8"))
    assert centers["RecordCount"] == len(centers["OneStopCenterList"])
    assert sum(c["Latitude"] == 0 for c in centers["OneStopCenterList"]) == 1
    areas = table(folder / "workforce_areas.csv")
    counties = gpd.read_file(folder / "cb_2020_us_county_500k.zip")["GEOID"]
    assert set(areas["substfips"] + areas["subarea"].str[-3:]) == set(counties)


def test_rasters_agree_with_tracts_and_roads(folder):
    with rasterio.open(folder / "population.tif") as source:
        people = source.read(1)
        assert source.crs.to_epsg() == 4326
        assert source.nodata == -99999
        assert source.profile["tiled"]
        assert source.res == pytest.approx((1 / 120, 1 / 120))
    total = table(folder / "CenPop2020_Mean_TR.txt")["POPULATION"].astype(int).sum()
    assert people[people != -99999].sum() == pytest.approx(total, rel=2e-3)
    with rasterio.open(folder / "friction.tif") as source:
        minutes = source.read(1)
        assert source.nodata == -9999
        west, south, east, north = source.bounds
        known = minutes[minutes != -9999]
        assert 0.0005 < known.min() < 0.0006, "about 105 km/h on motorways"
        assert 0.001 < known.max() < 0.02
        lakes = gpd.read_file(folder / "tl_2020_97_areawater.zip")
        lake = lakes[lakes["MTFCC"] == "H2030"].to_crs(4326).geometry.union_all().centroid
        assert next(source.sample([(lake.x, lake.y)]))[0] == -9999
    bounds = gpd.read_file(folder / "cb_2020_us_state_500k.zip").total_bounds
    assert west < bounds[0] < bounds[2] < east
    assert south < bounds[1] < bounds[3] < north


def test_half_written_folder_is_never_seen(tmp_path, monkeypatch):
    target = write_sample(tmp_path / "xl", tracts=200, seed=4)
    before = hashes(target)
    monkeypatch.setattr("geodata.sample.write.write_rasters", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        write_sample(target, tracts=200, seed=9)
    assert hashes(target) == before
    assert [f.name for f in tmp_path.iterdir()] == ["xl"]


@pytest.mark.realdata
def test_headers_are_those_of_real_files(folder, realdata):
    for mine, real in (
        ("SVI_2022_US.csv", "GA/SVI_2022_Georgia.csv"),
        ("CenPop2020_Mean_TR.txt", "national/CenPop2020_Mean_TR.txt"),
        ("tab20_tract20_tract10_natl.txt", "national/tab20_tract20_tract10_natl.txt"),
    ):
        with (folder / mine).open("rb") as ours, (realdata / real).open("rb") as theirs:
            assert ours.readline().strip() == theirs.readline().strip(), mine
