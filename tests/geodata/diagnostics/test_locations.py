"""The account of locations adds up, and says what to type."""

from __future__ import annotations

import dataclasses
import json
import shlex
from pathlib import Path

import pandas as pd
import pytest

from geodata.analysis.step import Walk
from geodata.diagnostics.locations import geocode_command, locations, sentence
from geodata.fetching.folder import find_files
from geodata.sources import SOURCES

QUALITIES = ["point", "street", "zip", "zip", "place", "county", "area", "unknown"]


def account(walk: Walk) -> pd.DataFrame:
    area = walk.value("study_area")
    one = area.all_providers.iloc[[0]].assign(state="XL", sources="etpl training_list")
    providers = pd.concat([one.assign(location_quality=quality) for quality in QUALITIES], ignore_index=True)
    providers.loc[7, ["latitude", "longitude"]] = None
    use = {
        "source": "training_list",
        "title": "Training programs",
        "publisher": "an office",
        "table": "providers",
        "freshness": "folder",
        "file": "training providers.csv",
    }
    uses = pd.DataFrame({"use": [json.dumps(use)]})
    return locations(dataclasses.replace(area, all_providers=providers, uses=uses))


def test_every_row_is_somewhere_in_the_account(small_walk: Walk) -> None:
    table = account(small_walk)
    parts = ["located", "by_zip", "by_place", "by_county", "by_area", "nowhere"]
    assert (table[parts].sum(axis=1) == table["rows"]).all()
    row = table[table["source"] == "training_list"].iloc[0]
    assert row[["rows", *parts]].tolist() == [8, 2, 2, 1, 1, 1, 1]
    assert set(table["listed_in"]) == {"providers", "sites", "job_centers"}


def test_the_command_is_given_for_a_list_an_office_keeps_and_said(small_walk: Walk) -> None:
    table = account(small_walk).set_index("source")
    command = "onramp geocode 'training providers.csv' 'training providers_geocoded.csv'"
    assert table.loc["training_list", "remedy"] == command
    assert pd.isna(table.loc["etpl", "remedy"])
    said = sentence(table.loc["training_list"].to_dict(), "Training programs")
    parts = "2 placed by ZIP code, 1 placed by city or town, 1 placed by county, 1 with rough coordinates"
    assert said == (
        f"Training programs: 6 of 8 rows have no exact location ({parts}, 1 known by state alone). They are listed, "
        f"and no travel is measured to them. To look up their addresses: {command}"
    )


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
