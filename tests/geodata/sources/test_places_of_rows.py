"""Where a row says it is."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from geodata.schemas.parsed import RejectLog
from geodata.sources.formats.text_tables import Text
from geodata.sources.places_of_rows import state_codes, with_points
from tests.geodata.sources.helpers import parse_text, reasons


def text(*values: str | None) -> pd.Series:
    return pd.Series(values, dtype="str")


def test_states_in_their_spellings() -> None:
    found = state_codes(text("RI", "44", "Rhode Island", "9", "Nowhere", None))
    assert found.fillna("").tolist() == ["RI", "RI", "RI", "CT", "", ""]


def rows(latitude: pd.Series, longitude: pd.Series, **columns: pd.Series) -> tuple[Text, pd.DataFrame]:
    frame = pd.DataFrame({"latitude": latitude, "longitude": longitude, **columns})
    return Text(frame, "list.csv", len(frame), RejectLog("list", "list.csv"), ()), frame


def test_decimals_say_how_exact_a_place_can_be() -> None:
    written, frame = rows(
        text("41.8236", "41.82", "41.8", "41.823", "41.82", None),
        text("-71.4222", "-71.4222", "-71.4", "-71.4", "-71.42", None),
    )
    found = with_points(written, frame, states=text(*["RI"] * 6))
    assert found["location_quality"].tolist() == ["point", "point", "area", "street", "area", "unknown"]


def test_repairs_are_told_by_slip_with_their_rows_and_the_rest_is_refused_with_the_remedy() -> None:
    written, frame = rows(
        text("41.8236", "-71.4222", "41,8236", "nan", "41.8236", "45.5136", "41.8", "-71.5"),
        text("-71.4222", "41.8236", "-71,4222", "nan", None, "-122.8339", "-71.4", "41.9"),
    )
    found = with_points(written, frame, states=text(*["RI"] * 8))
    assert found.index.tolist() == [0, 1, 2, 6, 7]
    assert found["latitude"].tolist() == [41.8236, 41.8236, 41.8236, 41.8, 41.9]
    assert [note.split("(", 1)[1] for note in written.notes] == [
        "decimal commas): 1 (row 4).",
        "latitude and longitude exchanged): 2 (row 3, 9).",
    ]
    refused = written.log.table()
    assert dict(zip(refused["row"], refused["reason"], strict=True)) == {
        5: "unreadable_coordinates",
        6: "half_a_point",
        7: "far_from_its_state",
    }
    assert refused["value"].tolist() == ["nan, nan", "41.8236, ", "45.5136, -122.8339"]
    assert refused["field"].eq("latitude, longitude").all()
    assert refused["remedy"].str.contains("decimal degrees|correct the one or the other").all()


def test_nothing_is_repaired_where_the_zip_code_names_another_state() -> None:
    written, frame = rows(text("-71.4222"), text("41.8236"), zip=text("97006"))
    assert with_points(written, frame, states=text("RI")).empty


SWAPPED = {
    "planned_sites": ("planned_sites.csv", "state,site_name,latitude,longitude\nRI,A,-71.41234,41.71234\n"),
    "job_centers": ("job_centers.csv", "name,state,latitude,longitude\nA,RI,-71.41234,41.71234\n"),
    "apprenticeship": ("apprenticeship.csv", "name,state,latitude,longitude\nA,RI,-71.41234,41.71234\n"),
    "training_list": ("training_providers.csv", "name,state,latitude,longitude\nA,RI,-71.41234,41.71234\n"),
    "centers": (
        "CenPop2020_Mean_TR.txt",
        "STATEFP,COUNTYFP,TRACTCE,POPULATION,LATITUDE,LONGITUDE\n44,001,030100,10,-71.41234,41.71234\n",
    ),
    "afdc": (
        "alt_fuel_stations.csv",
        "ID,Status Code,State,Fuel Type Code,Latitude,Longitude,"
        "EV Level1 EVSE Num,EV Level2 EVSE Num,EV DC Fast Count\n"
        "1,P,RI,ELEC,-71.41234,41.71234,,2,\n",
    ),
    "ipeds_directory": (
        "hd2024.csv",
        "UNITID,INSTNM,ADDR,CITY,STABBR,ZIP,CYACTIVE,SECTOR,ICLEVEL,CONTROL,INSTCAT,LATITUDE,LONGITUD,WEBADDR\n"
        "217475,A,1 Way,Warwick,RI,02886,1,4,2,1,4,-71.41234,41.71234,\n",
    ),
}


@pytest.mark.parametrize("source", SWAPPED)
def test_every_source_with_points_reads_them_in_one_way(source: str, tmp_path: Path) -> None:
    file, content = SWAPPED[source]
    parsed = parse_text(source, tmp_path, file, content)
    assert reasons(parsed) == {}
    assert (parsed.table["latitude"].tolist(), parsed.table["longitude"].tolist()) == ([41.71234], [-71.41234])
    assert any("latitude and longitude exchanged): 1 (row 2)" in note for note in parsed.notes)
    refused = parse_text(source, tmp_path, file, content.replace("-71.41234", "nan"))
    assert (refused.rows_kept, reasons(refused)) == (0, {"unreadable_coordinates": 1})
