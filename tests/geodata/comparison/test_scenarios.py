from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geodata.analysis import analyse
from geodata.comparison.reruns import run_scenario
from geodata.comparison.scenarios import apply, load_scenario, scenario_of
from geodata.errors import InputError, SettingsError
from geodata.schemas.state_result import StateResult
from tests.geodata.scoring import grid
from tests.geodata.small_world import AS_OF, SETTINGS, canonical

COLLEGE = {"name": "New College", "latitude": grid.place(9)[0], "longitude": grid.place(9)[1], "seats": 30}


@pytest.fixture(scope="module")
def baseline() -> StateResult:
    return analyse(canonical(), ["XL"], SETTINGS, AS_OF)["XL"]


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
    ],
)
def test_each_mistake_is_a_sentence_with_its_place(tmp_path, text, message):
    with pytest.raises(InputError) as error:
        load_scenario(written(tmp_path, text))
    assert message in str(error.value)
    assert "plan.yaml" in str(error.value)
    assert "\n" not in str(error.value)


def test_what_is_not_there_cannot_be_removed_and_the_nearest_name_is_offered():
    with pytest.raises(InputError, match=r"there is no “test:2”.*Did you mean “test:1”"):
        apply(scenario_of({"name": "x", "providers": {"remove": ["test:2"]}}), canonical(), SETTINGS)
    with pytest.raises(InputError, match=r"sites\.resize"):
        apply(scenario_of({"name": "x", "sites": {"resize": [{"id": "q", "units_level2": 1}]}}), canonical(), SETTINGS)


def test_a_setting_that_cannot_be_is_refused_as_any_other():
    with pytest.raises(SettingsError, match="catchment_minutes"):
        apply(scenario_of({"name": "x", "settings": {"access": {"catchment_minutes": -3}}}), canonical(), SETTINGS)


def test_a_new_program_raises_access_and_the_difference_says_for_whom(baseline):
    scenario = scenario_of({"name": "x", "providers": {"add": [COLLEGE]}})
    before, after, found = run_scenario(canonical(), "XL", SETTINGS, AS_OF, scenario, baseline)
    changed = found.tracts.set_index("geoid")
    # Steps north are 22.5 minutes and steps east 17, so the far corner alone lies beyond 50 minutes (57).
    gaining = set(grid.GEOIDS[1:])
    assert set(changed.index[changed["access_change"] > 1e-9]) == gaining
    assert (changed["access_change"] >= -1e-12).all()
    assert found.summary["adults_whose_training_access_rises"] == pytest.approx(4400)
    # The old provider stands in tract 1 and is out of reach of tract 9 alone.
    assert found.summary["adults_who_gain_a_first_provider"] == pytest.approx(900)
    assert found.summary["adults_whose_training_access_falls"] == 0
    equity = found.equity[found.equity["scope_kind"] == "state"].set_index(["subject", "metric"])
    assert equity.loc[("training_access", "without_any"), "change"] == pytest.approx(-900 / 4500)
    assert equity.loc[("training_access", "fgt1"), "change"] < 0
    # Against the baseline's line, not one that rose with the mean.
    line = before.table("equity").set_index(["scope_kind", "subject", "metric"])["line"]
    assert np.isclose(
        line["state", "training_access", "fgt1"],
        after.table("equity").set_index(["scope_kind", "subject", "metric"])["line"][
            "state", "training_access", "fgt1"
        ],
    )


def test_a_scenario_that_moves_nothing_differs_in_nothing(baseline):
    scenario = scenario_of({"name": "x", "settings": {"hubs": {"most": 9}}})
    _, _, found = run_scenario(canonical(), "XL", SETTINGS, AS_OF, scenario, baseline)
    assert found.summary["tracts_whose_rank_moves"] == 0
    assert set(found.communities["change"]) == {"same"}
    assert (found.equity["change"].dropna() == 0).all()
    assert found.summary["communities_entered"] == found.summary["communities_left"] == 0


def test_columns_beyond_the_schema_survive():
    sites = grid.sites().assign(duplicate_of=None)
    plan = {"name": "x", "sites": {"add": [{"name": "N", "latitude": 40, "longitude": -135, "units_level2": 2}]}}
    tables, _ = apply(scenario_of(plan), canonical(sites=sites), SETTINGS)
    made = tables.table("sites")
    assert made["duplicate_of"].isna().all()
    assert made.loc[1, ["site_id", "status", "state"]].tolist() == ["scenario:1", "planned", "XL"]
    assert pd.isna(made.loc[1, "units_dc_fast"])
