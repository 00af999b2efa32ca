"""Columns that the settings map, file by file and for all of a kind, and the lines that accept a proposal."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from geodata.errors import InputError, SettingsError
from geodata.ingest.preflight import check
from geodata.schemas.parsed import Unread
from geodata.settings import Settings
from geodata.sources import SOURCES
from geodata.sources.mapped_columns import settings_lines
from geodata.sources.spec import ParseContext

AWARDS = (
    "site_id,Name,Street,Town,ST,ZIP,DCFC Ports,In-service\n"
    "1,Depot,1 Main St,Warwick,RI,02886,4,2027-05\n"
    "2,Garage,2 Main St,Warwick,RI,02886,2,2028-01\n"
)


def read(name: str, path: Path, **sources: object):
    settings = Settings().with_changes({"sources": sources}) if sources else Settings()
    return SOURCES[name].read(path, ParseContext(settings))


def test_columns_an_office_names_otherwise_are_named_and_taken_when_accepted(tmp_path: Path) -> None:
    path = tmp_path / "planned_sites_awards.csv"
    path.write_text(AWARDS)
    before = read("planned_sites", path)
    assert before.table["units_dc_fast"].isna().all() and before.table["expected_date"].isna().all()
    assert "“DCFC Ports” (did you mean units_dc_fast?)" in before.notes[-1]
    assert "“In-service” (did you mean expected_operational_date?)" in before.notes[-1]
    accepted = yaml.safe_load(settings_lines({path.name: before.unread}))["sources"]
    after = read("planned_sites", path, **accepted)
    assert after.table["units_dc_fast"].tolist() == [4, 2]
    assert after.table["expected_date"].dt.year.tolist() == [2027, 2028]
    assert after.table["city"].tolist() == ["Warwick", "Warwick"]
    assert after.unread == ()


def test_a_mapping_is_of_one_file_or_of_all_of_its_kind(tmp_path: Path) -> None:
    for name in ("training_providers_a.csv", "training_providers_b.csv"):
        (tmp_path / name).write_text("School,State,Places\nCalder College,RI,30\n")
    one = {"training_providers_a.csv": {"name": "School", "seats": "Places"}}
    assert read("training_list", tmp_path / "training_providers_a.csv", columns=one).table["seats"].tolist() == [30]
    with pytest.raises(InputError, match="School"):
        read("training_list", tmp_path / "training_providers_b.csv", columns=one)
    every = {"training_list": {"name": "School"}, "training*_b.csv": {"seats": "Places"}}
    assert read("training_list", tmp_path / "training_providers_b.csv", columns=every).table["seats"].tolist() == [30]
    # What is mapped must be there: by file where lists differ.
    (tmp_path / "training_providers_c.csv").write_text("name,state\nCalder College,RI\n")
    with pytest.raises(InputError, match="the column “School”"):
        read("training_list", tmp_path / "training_providers_c.csv", columns=every)


@pytest.mark.parametrize("source", ["apprenticeship", "evitp", "job_centers", "training_list"])
def test_every_list_of_an_office_takes_a_mapping_and_a_value_for_every_row(tmp_path: Path, source: str) -> None:
    path = tmp_path / f"{source}.csv"
    path.write_text("Who,Where\nCalder Hall,Warwick\n")
    parsed = read(source, path, columns={source: {"name": "Who", "city": "Where", "state": "=RI"}})
    assert (parsed.table["name"].tolist(), parsed.table["state"].tolist()) == (["Calder Hall"], ["RI"])
    assert parsed.table["city"].tolist() == ["Warwick"]


def test_an_index_of_another_layout_is_mapped(tmp_path: Path) -> None:
    path = tmp_path / "index_heat.csv"
    path.write_text("Tract ID,Heat\n44001030100,3\n")
    parsed = read("user_index", path, columns={"index_heat.csv": {"geoid": "Tract ID", "value": "Heat"}})
    assert parsed.table["value"].tolist() == [3.0]


def test_a_mapping_of_what_there_is_not_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "evitp.csv"
    path.write_text("name,state\nCalder,RI\n")
    with pytest.raises(InputError, match="name shade, which no list of this kind has"):
        read("evitp", path, columns={"evitp": {"shade": "x"}})
    with pytest.raises(SettingsError, match="there is no “evitpp”; did you mean “evitp”"):
        check(Settings().with_changes({"sources": {"columns": {"evitpp": {"name": "x"}}}}))


def test_nothing_to_accept_gives_no_lines() -> None:
    assert settings_lines({"a.csv": [Unread("Comments")]}) == ""
