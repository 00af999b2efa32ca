"""What an analyst fills in the launchpad, before a run is made of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import pytest
from dagster import (
    DagsterInstance,
    DagsterInvalidConfigError,
    Definitions,
    JobDefinition,
    asset,
    define_asset_job,
)

from assets.resources import ChoiceRefused, Choices, choices_checked_at_launch
from geodata.schemas.provenance import SourceUse
from geodata.settings import Access, Need, Priority, Settings, Travel


@asset
def chosen(choices: Choices) -> dict[str, Any]:
    """The settings a run sees."""
    return choices.settings.method()


@pytest.fixture
def job(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> JobDefinition:
    monkeypatch.setenv("ONRAMP_HOME", str(tmp_path))
    monkeypatch.delenv("ONRAMP_SETTINGS", raising=False)
    resources = {"choices": choices_checked_at_launch(by_operator=False)}
    return Definitions(assets=[chosen], jobs=[define_asset_job("job")], resources=resources).resolve_job_def("job")


def config(**choices: Any) -> dict[str, Any]:
    return {"resources": {"choices": {"config": choices}}}


@pytest.mark.parametrize(
    ("choices", "sentence"),
    [
        ({"need_weights": {"svi": -1.0}}, "Setting “need.weights.svi”: must be greater than or equal to 0"),
        ({"need_weights": {"svii": 1.0}}, "Setting “need.weights”: there is no “svii”; did you mean “svi”?"),
        ({"other": {"hubs": {"mots": 5}}}, "There is no setting “hubs.mots”; did you mean “hubs.most”?"),
        ({"other": {"languages": ["xx"]}}, "Setting “languages”: there are no texts in “xx”; there are en, es"),
        ({"as_of": "30 September"}, "Setting “as_of”: must be a date written YYYY-MM-DD"),
        ({"scenario": "nowhere.yaml"}, "nowhere.yaml: the scenario cannot be read."),
        (
            {"sources_folder": "nowhere"},
            "sources_folder: the setting sources.folders has no folder “nowhere”",
        ),
        ({"scenario": "../../etc/passwd"}, "scenario: give the name of a file in the folder scenarios under home"),
        ({"scenario": "/etc/passwd"}, "scenario: give the name of a file in the folder scenarios under home"),
        ({"scenario": ".."}, "..: the scenario cannot be read."),
        ({"other": {"home": "/tmp/elsewhere"}}, "Setting “home” cannot be chosen for a run"),
        ({"other": {"sources": {"folder": "/etc"}}}, "Setting “sources.folder” cannot be chosen for a run"),
        (
            {"other": {"sources": {"afdc_host": "http://evil"}}},
            "Setting “sources.afdc_host” cannot be chosen for a run",
        ),
        ({"other": {"alerts": {"webhook_url_env": "PATH"}}}, "Setting “alerts” cannot be chosen for a run"),
        ({"other": {"storage": {"url": "s3://evil"}}}, "Setting “storage” cannot be chosen for a run"),
        (
            {"other": {"travel": {"server_url": "http://evil"}}},
            "Setting “travel.server_url” cannot be chosen for a run",
        ),
    ],
)
def test_what_cannot_be_used_is_refused_before_there_is_a_run(
    job: JobDefinition, choices: dict[str, Any], sentence: str
) -> None:
    with DagsterInstance.ephemeral() as instance:
        with pytest.raises(ChoiceRefused) as raised:
            job.execute_in_process(config(**choices), instance=instance, raise_on_error=False)
        assert str(raised.value).startswith(sentence)
        assert instance.get_runs_count() == 0


def test_a_wrong_choice_of_a_few_names_them(job: JobDefinition) -> None:
    with pytest.raises(DagsterInvalidConfigError, match=r"auto \| great_circle \| friction \| roads.*got car"):
        job.execute_in_process(config(travel_engine="car"))


def test_what_is_filled_in_reaches_the_run(job: JobDefinition) -> None:
    given = config(
        access_measure="2sfca", catchment_minutes=20, need_weights={"svi": 1.0}, other={"hubs": {"most": 5}}, draws=7
    )
    method = job.execute_in_process(given).output_for_node("chosen")
    assert method["access"]["measure"] == "2sfca"
    assert method["access"]["catchment_minutes"] == 20
    assert method["need"]["weights"] == {"svi": 1.0}
    assert method["hubs"]["most"] == 5
    assert method["uncertainty"]["draws"] == 7
    assert method["travel"] == Settings().method()["travel"]


@pytest.mark.parametrize(
    ("field", "section", "name"),
    [
        ("reference_area", Need, "reference_area"),
        ("aggregation", Priority, "aggregation"),
        ("access_measure", Access, "measure"),
        ("decay", Access, "decay"),
        ("travel_engine", Travel, "engine"),
    ],
)
def test_the_launchpad_offers_what_the_settings_take(field: str, section: type, name: str) -> None:
    offered, _ = get_args(Choices.model_fields[field].annotation)
    assert tuple(offered) == get_args(section.model_fields[name].annotation)


def test_a_folder_of_the_deployment_is_chosen_by_its_name(
    job: JobDefinition, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ONRAMP_SOURCES__FOLDERS", f'{{"georgia": "{tmp_path}"}}')
    assert Choices(sources_folder="georgia").settings.sources.folder == tmp_path
    with pytest.raises(ChoiceRefused, match="“florida”; it has georgia"):
        job.execute_in_process(config(sources_folder="florida"))
    assert job.execute_in_process(config(sources_folder="georgia")).success


def test_an_operator_at_a_terminal_chooses_everything(tmp_path: Path) -> None:
    resources = {"choices": choices_checked_at_launch(by_operator=True)}
    made = Definitions(assets=[chosen], jobs=[define_asset_job("job")], resources=resources).resolve_job_def("job")
    assert made.execute_in_process(config(other={"home": str(tmp_path), "sources": {"folder": str(tmp_path)}})).success


def test_a_scenario_file_lies_under_home_unless_its_whole_path_is_given(tmp_path: Path) -> None:
    other = {"home": str(tmp_path)}
    assert Choices(other=other, scenario="college.yaml").scenario_file == tmp_path / "scenarios" / "college.yaml"
    assert Choices(other=other, scenario="/data/college.yaml").scenario_file == Path("/data/college.yaml")
    assert Choices(other=other).scenario_file is None


def test_the_day_of_a_run_is_that_of_its_newest_source_unless_one_is_asked_for() -> None:
    uses = [SourceUse("afdc", "Stations", "P", "sites", "folder", vintage="2023-07-10")]
    assert Choices().date_of(uses) == "2023-07-10"
    assert Choices(as_of="2026-01-02").date_of(uses) == "2026-01-02"
