"""Which lists the geocoding command can complete, and that what it writes is read."""

from __future__ import annotations

import shlex
from pathlib import Path

import pandas as pd
import pytest

from geodata.fetching.folder import find_files
from geodata.ingest.geocoding import can_be_looked_up, geocode_command
from geodata.sources import SOURCES


def test_a_publishers_file_is_not_ours_to_geocode() -> None:
    assert geocode_command("afdc", "alt_fuel_stations.csv") is None
    assert geocode_command("training_list", None) is None
    assert geocode_command("planned_sites", "awards.geojson") is None
    assert geocode_command("etpl", "etpl.xlsx") == "onramp geocode etpl.xlsx etpl_geocoded.csv"


@pytest.mark.parametrize(
    ("source", "file"),
    [
        ("etpl", "DownloadPrograms.xlsx"),
        ("etpl", "etpl_2026.csv"),
        ("training_list", "training_providers.xlsx"),
        ("apprenticeship", "apprenticeship sponsors.csv"),
        ("evitp", "evitp_contractors.csv"),
        ("planned_sites", "RI_awards_2026.xlsx"),
        ("job_centers", "job_centers_XL.csv"),
        ("dapip", "InstitutionCampus.csv"),
        ("campus_list", "campuses 2026.xlsx"),
    ],
)
def test_the_file_the_command_writes_is_read_by_the_same_source(source: str, file: str, tmp_path: Path) -> None:
    command = geocode_command(source, file)
    assert command is not None
    target = shlex.split(command)[-1]
    (tmp_path / target).write_text("name\n")
    assert [found.path.name for found in find_files(tmp_path, SOURCES[source].spec.filenames, "nation", None)] == [
        target
    ]


def test_a_national_list_is_looked_up_for_the_state_and_a_looked_up_one_again_into_itself() -> None:
    command = geocode_command("dapip", "InstitutionCampus_geocoded.csv", "GA")
    assert command == "onramp geocode InstitutionCampus_geocoded.csv InstitutionCampus_geocoded.csv --state GA"
    assert (
        geocode_command("training_list", "providers.csv", "GA") == "onramp geocode providers.csv providers_geocoded.csv"
    )
    assert geocode_command("dapip", "InstitutionCampus.zip", "GA") is None


def test_rows_can_be_looked_up_where_their_list_is_a_table_with_addresses() -> None:
    row = {
        "provider_id": "etpl:1",
        "sources": "etpl",
        "address": "1 Main St",
        "location_quality": "zip",
        "latitude": 41.0,
    }
    files = {"etpl": "etpl.csv", "ipeds": "hd2024.csv", "dapip": "InstitutionCampus.csv"}
    assert can_be_looked_up(pd.DataFrame([row]), "sources", files)
    assert can_be_looked_up(
        pd.DataFrame([row | {"provider_id": "ipeds:1/dapip:2", "sources": "ipeds"}]), "sources", files
    )
    for less in ({"address": None}, {"location_quality": "point"}, {"sources": "ipeds"}):
        assert not can_be_looked_up(pd.DataFrame([row | less]).astype({"address": "str"}), "sources", files), less
    assert not can_be_looked_up(pd.DataFrame([row]), "sources", {})
