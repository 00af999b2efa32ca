"""Nightly runs: what did not change is not computed again, on a real Dagster instance.

The tables of the sample and its study area are real; what follows in the walk is stood in for, to be quick.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from dagster import (
    AssetsDefinition,
    AssetSelection,
    DagsterInstance,
    Definitions,
    ExecuteInProcessResult,
    Output,
    asset,
    define_asset_job,
)

from assets.canonical_tables import TABLE_ASSETS
from assets.last_finished import FINGERPRINT, PRODUCTS, RESULT, mark_of
from assets.partitions import STATES
from assets.resources import Choices
from assets.scoring import study_area
from assets.sources import SOURCE_ASSETS
from geodata.fetching.acquire import FolderAcquirer
from geodata.ingest.combine import FEEDS, combine
from geodata.ingest.read_source import read_source
from geodata.sample import write_sample
from geodata.schemas.canonical import CANONICAL
from geodata.schemas.sourced import Sourced
from geodata.scoring.study_area import StudyArea
from geodata.settings import Settings
from geodata.sources import SOURCES
from geodata.states import find_state
from pipelines.instance import prepare
from pipelines.storage import TableStorage

pytestmark = pytest.mark.slow

Run = Callable[..., set[str]]
ALL = {"study_area", "state_result", *(key.to_user_string() for key in PRODUCTS)}


def product(name: str) -> AssetsDefinition:
    @asset(name=name, partitions_def=STATES)
    def stand_in(study_area: StudyArea, choices: Choices) -> Output[None]:
        if (choices.settings.home / f"fail-{name}").exists():
            raise RuntimeError("asked to fail")
        return Output(None, metadata={FINGERPRINT: mark_of(study_area, choices.settings)})

    return stand_in


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home folder of a deployment whose sources have been refreshed."""
    home = tmp_path_factory.mktemp("home")
    settings = Settings(home=home)
    acquirer = FolderAcquirer(write_sample(home / "files", tracts=100))
    names = sorted({name for feeds in FEEDS.values() for name in feeds})
    reads = {name: read_source(SOURCES[name], acquirer, [find_state("XL")], settings) for name in names}
    for table in CANONICAL:
        if table.name in FEEDS:
            feeds = {name: reads[name] for name in FEEDS[table.name]}
            combine(table, feeds, settings).save(home / "tables" / table.name)
    return home


@pytest.fixture(scope="module")
def run(home: Path) -> Run:
    """Run the states' job and return what it made."""
    prepare(home)
    instance = DagsterInstance.from_config(str(home / "dagster"))
    job = Definitions(
        assets=[
            *SOURCE_ASSETS,
            *TABLE_ASSETS,
            study_area,
            *(product(key.to_user_string()) for key in (RESULT, *PRODUCTS)),
        ],
        jobs=[define_asset_job("walk", selection=AssetSelection.assets("study_area", RESULT, *PRODUCTS))],
        resources={"io_manager": TableStorage(home=str(home)), "choices": Choices()},
    ).resolve_job_def("walk")

    def once(*, only_if_changed: bool = True, **other: object) -> set[str]:
        choices = {"other": {"home": str(home), "as_of": "2026-09-30", **other}, "only_if_changed": only_if_changed}
        result = job.execute_in_process(
            instance=instance,
            partition_key="XL",
            run_config={"resources": {"choices": {"config": choices}}},
            raise_on_error=False,
        )
        assert result.success == (not list(home.glob("fail-*")))
        return made(result)

    return once


def made(result: ExecuteInProcessResult) -> set[str]:
    return {event.asset_key.to_user_string() for event in result.get_asset_materialization_events()}


def change(home: Path, row: int, **values: object) -> None:
    """Change one planned site as a refresh would, with the account of its file."""
    sites = Sourced.load(home / "tables" / "sites")
    sites.table.loc[row, list(values)] = pd.Series(values)
    sites.uses = [replace(use, sha256=f"{use.sha256}-{row}") for use in sites.uses]
    sites.save(home / "tables" / "sites")


def planned(home: Path) -> int:
    """Return the row of a planned site that brings work."""
    sites = Sourced.load(home / "tables" / "sites").table
    fit = (sites["status"] == "planned") & (sites["state"] == "XL") & (sites["location_quality"] == "point")
    return int(sites.index[fit][0])


def test_only_what_bears_on_the_state_is_computed_again(home: Path, run: Run) -> None:
    assert run() == ALL
    assert run() == set()
    assert run(only_if_changed=False) == ALL

    row = planned(home)
    sites = Sourced.load(home / "tables" / "sites")
    far = sites.table.iloc[[row]].assign(site_id="far", state="XS", latitude=10.0, longitude=-60.0)
    sites.table = pd.concat([sites.table, far], ignore_index=True)
    sites.save(home / "tables" / "sites")
    assert run() == set()
    change(home, len(sites.table) - 1, units_dc_fast=40)
    assert run() == set()

    change(home, row, units_dc_fast=37)
    assert run() == ALL
    assert run() == set()


def test_another_setting_is_a_change(run: Run) -> None:
    run()
    assert run(access={"catchment_minutes": 31}) == ALL
    assert run() == ALL


def test_a_run_that_did_not_finish_does_not_count(home: Path, run: Run) -> None:
    run()
    (home / "fail-briefs").touch()
    assert run(only_if_changed=False) == ALL - {"briefs"}
    (home / "fail-briefs").unlink()
    assert run() == ALL
    assert run() == set()
