"""The account of locations adds up, and says what to type."""

from __future__ import annotations

import dataclasses
import json

import pandas as pd

from geodata.analysis.step import Walk
from geodata.diagnostics.locations import locations, sentence

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


def test_a_branch_campus_counts_for_the_list_that_says_where_it_is(small_walk: Walk) -> None:
    area = small_walk.value("study_area")
    one = area.all_providers.iloc[[0]].assign(state="XL", sources="ipeds", location_quality="point")
    branch = one.assign(provider_id="ipeds:1/dapip:2", location_quality="zip")
    rows = pd.concat([one.assign(provider_id="ipeds:1"), branch], ignore_index=True)
    use = {
        "source": "dapip",
        "title": "Campuses",
        "publisher": "ED",
        "table": "campuses",
        "freshness": "folder",
        "file": "InstitutionCampus.csv",
    }
    table = locations(dataclasses.replace(area, all_providers=rows, uses=pd.DataFrame({"use": [json.dumps(use)]})))
    listed = table[table["listed_in"] == "providers"].set_index("source")
    assert listed[["rows", "located", "by_zip"]].to_numpy().tolist() == [[1, 0, 1], [1, 1, 0]]
    assert listed.index.tolist() == ["dapip", "ipeds"] and pd.isna(listed.loc["ipeds", "remedy"])
    command = "onramp geocode InstitutionCampus.csv InstitutionCampus_geocoded.csv --state XL"
    assert listed.loc["dapip", "remedy"] == command
