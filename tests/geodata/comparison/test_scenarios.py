from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from geodata.comparison.scenarios import apply, load_scenario, scenario_of
from geodata.errors import InputError, SettingsError
from tests.geodata.scoring import grid
from tests.geodata.small_world import SETTINGS, canonical


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "plan.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_file_is_read_whole(tmp_path):
    text = """
name: A program in the south
providers:
  add:
    - {name: New College, latitude: 39.8, longitude: -134.8, seats: 30, cip_codes: ["46.0302"]}
  remove: ["test:1"]
sites:
  resize:
    - {id: "test:1", units_dc_fast: 8}
settings:
  access: {catchment_minutes: 40}
"""
    scenario = load_scenario(written(tmp_path, text))
    tables, settings = apply(scenario, canonical(), SETTINGS)
    providers = tables.table("providers")
    assert providers["provider_id"].tolist() == ["scenario:1"]
    assert providers.loc[0, ["state", "seats_basis", "cip_codes"]].tolist() == ["XL", "seats", "46.0302"]
    assert tables.table("sites")["units_dc_fast"].tolist() == [8]
    assert settings.access.catchment_minutes == 40
    # What the scenario does not speak of stays.
    assert settings.access.rural_catchment_minutes == SETTINGS.access.rural_catchment_minutes
    assert len(canonical().table("providers")) == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name: x\nproviders:\n  add:\n    - {name: A, latitude: 99, longitude: 0}", "providers.add.1.latitude"),
        ("name: x\nproviders:\n  add:\n    - {name: A, latitude: 9, longitude: 0, seat: 3}", "seat"),
        ("name: x\nsites:\n  resize:\n    - {id: a}", "units of at least one kind"),
        ("name: x", "changes nothing"),
        ("providers: {remove: [a]}", "plan.yaml, field “name”"),
        ("- a\n- b", "plan.yaml"),
        ("name: x\n  sites: [", "row 2"),
        ("name: x\nprovider: {remove: [a]}", "field “provider”"),
        ("name: x\nsettings:\n  as_of: 2026-13-01", "a date there does not exist (month must be in 1..12)"),
        ("name: x\nsites:\n  add:\n    - {name: A, expected: 2027-02-30}", "a date there does not exist (day"),
    ],
)
def test_each_mistake_is_a_sentence_with_its_place(tmp_path, text, message):
    with pytest.raises(InputError) as error:
        load_scenario(written(tmp_path, text))
    assert message in str(error.value)
    assert "plan.yaml" in str(error.value)
    assert "\n" not in str(error.value)


def test_a_scenario_in_another_encoding_is_refused_with_a_sentence(tmp_path):
    file = tmp_path / "plan.yaml"
    file.write_bytes("name: Caf\u00e9".encode("latin-1"))  # codespell:ignore caf
    with pytest.raises(InputError, match="UTF-8"):
        load_scenario(file)


def test_what_is_not_there_cannot_be_removed_and_the_nearest_name_is_offered():
    with pytest.raises(InputError, match=r"there is no “test:2”.*Did you mean “test:1”"):
        apply(scenario_of({"name": "x", "providers": {"remove": ["test:2"]}}), canonical(), SETTINGS)
    with pytest.raises(InputError, match=r"sites\.resize"):
        apply(scenario_of({"name": "x", "sites": {"resize": [{"id": "q", "units_level2": 1}]}}), canonical(), SETTINGS)


def test_a_setting_that_cannot_be_is_refused_as_any_other():
    with pytest.raises(SettingsError, match="catchment_minutes"):
        apply(scenario_of({"name": "x", "settings": {"access": {"catchment_minutes": -3}}}), canonical(), SETTINGS)


def test_columns_beyond_the_schema_survive():
    sites = grid.sites().assign(duplicate_of=None)
    plan = {"name": "x", "sites": {"add": [{"name": "N", "latitude": 40, "longitude": -135, "units_level2": 2}]}}
    tables, _ = apply(scenario_of(plan), canonical(sites=sites), SETTINGS)
    made = tables.table("sites")
    assert made["duplicate_of"].isna().all()
    assert made.loc[1, ["site_id", "status", "state"]].tolist() == ["scenario:1", "planned", "XL"]
    assert pd.isna(made.loc[1, "units_dc_fast"])
