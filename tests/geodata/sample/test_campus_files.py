"""The campuses of the sample, and what the readers make of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from geodata.sample.campus_files import campus_table, own_list
from geodata.sample.college_files import colleges
from geodata.sample.land import Land, build_land
from geodata.sample.terrain import sample_terrain
from tests.geodata.sources.helpers import parse_text


@pytest.fixture(scope="module")
def land() -> Land:
    return build_land(sample_terrain(200, 4, True))


def test_branches_hang_on_community_colleges_and_a_high_school_is_somebody_else(land: Land, tmp_path: Path) -> None:
    schools = colleges(land)
    written = campus_table(land, schools).to_csv(index=False)
    parsed = parse_text("dapip", tmp_path, "InstitutionCampus.csv", written)
    counts = parsed.table["kind"].value_counts()
    public = int((schools["kind"] == "community").sum())
    assert counts.to_dict() == {"main": len(schools), "branch": public, "other_place": public}
    assert parsed.rejects.empty
    assert "nobody@example.invalid" in written
    assert "@" not in parsed.table.to_csv()


def test_the_office_lists_training_halls_of_colleges_that_teach_the_work(land: Land, tmp_path: Path) -> None:
    schools = colleges(land)
    table = parse_text("campus_list", tmp_path, "campuses.csv", own_list(land, schools).to_csv(index=False)).table
    teaching = set("ipeds:" + schools.loc[schools["trades"], "unitid"].astype(str))
    assert len(table) == 2
    assert set(table["family_id"]) <= teaching
    assert table["name"].str.contains("fictional").all()
