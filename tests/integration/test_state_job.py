"""The job a person launches, on a real Dagster instance, over the whole fictional state."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from dagster import AssetKey, DagsterInstance, ExecuteInProcessResult

from assets.last_finished import last_finished
from assets.products import MAKERS, national_paths, product_paths, result_folder
from assets.sources import source_key
from geodata.sample import write_sample
from geodata.schemas.state_result import StateResult
from geodata.settings import load_settings
from pipelines.build import build_defs
from pipelines.instance import prepare
from tests.conftest import ROOT

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sample(tmp_path_factory.mktemp("files") / "sample", tracts=100)


def run_state(home: Path, folder: Path, *only: AssetKey) -> ExecuteInProcessResult:
    """Run the job, whole in a new home or only the assets named in one that has what they are made from."""
    given = {"home": str(home), "sources": {"folder": str(folder)}, "as_of": "2026-09-30"}
    prepare(home)
    return (
        build_defs(load_settings(None, given))
        .resolve_job_def("state")
        .execute_in_process(
            instance=DagsterInstance.from_config(str(home / "dagster")),
            partition_key="XL",
            run_config={"resources": {"choices": {"config": {"other": given}}}},
            raise_on_error=False,
            asset_selection=only or None,
        )
    )


@pytest.fixture(scope="module")
def finished(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ExecuteInProcessResult]:
    home = tmp_path_factory.mktemp("home")
    return home, run_state(home, sample)


def test_the_run_succeeds_and_no_check_fails(finished: tuple[Path, ExecuteInProcessResult]) -> None:
    _, result = finished
    assert result.success
    checks = result.get_asset_check_evaluations()
    assert len(checks) > 40
    failed = {(c.asset_key.to_user_string(), c.check_name): c.description for c in checks if not c.passed}
    assert failed == {}


def test_every_source_accounts_for_its_rows(finished: tuple[Path, ExecuteInProcessResult]) -> None:
    home, _ = finished
    result = StateResult.load(home / "tables" / "state_result" / "XL")
    used = [use for use in result.sources if use.freshness != "missing"]
    assert len(used) > 15
    for use in used:
        assert use.rows_in == use.rows_kept + use.rows_rejected + sum(use.rows_out_of_scope.values()), use.source
        assert use.freshness == "sample"
        assert use.sha256
    assert result.sample


def test_scores_sum_and_every_tract_has_a_rank_or_a_reason(finished: tuple[Path, ExecuteInProcessResult]) -> None:
    home, _ = finished
    scores = StateResult.load(home / "tables" / "state_result" / "XL").table("tract_scores")
    points = scores[["points_need", "points_training_gap", "points_opportunity"]].sum(axis=1)
    known = scores["priority"].notna()
    assert (points - scores["priority"])[known].abs().max() < 1e-9
    assert (scores["rank"].notna() == (scores["unranked_reason"].fillna("") == "")).all()
    listed = scores[scores["rank"].notna()].sort_values("rank")
    assert listed["priority"].is_monotonic_decreasing
    assert set(scores["tier"]) >= {"A", "none"}


def test_the_ui_gets_metadata_people_can_read(finished: tuple[Path, ExecuteInProcessResult]) -> None:
    _, result = finished
    by_asset = {
        event.asset_key.to_user_string(): event.step_materialization_data.materialization.metadata
        for event in result.get_asset_materialization_events()
    }
    svi = by_asset["sources/svi"]
    assert {"dagster/row_count", "dagster/column_schema", "preview", "provenance"} <= set(svi)
    assert svi["dagster/row_count"].value > 100
    assert "data:image/png;base64," in by_asset["state_result"]["map"].value


def test_a_missing_required_source_stops_only_what_needs_it(
    finished: tuple[Path, ExecuteInProcessResult], sample: Path, tmp_path: Path
) -> None:
    """Though everything is there from the run before, and only what this needs is run again."""
    folder, home = tmp_path / "files", tmp_path / "home"
    folder.mkdir()
    for path in sample.iterdir():
        if "CenPop" not in path.name:
            (folder / path.name).write_bytes(path.read_bytes())
    shutil.copytree(finished[0] / "tables", home / "tables")
    keys = (source_key("centers"), source_key("svi"), *map(AssetKey, ("centers", "definitions", "study_area")))
    result = run_state(home, folder, *keys)
    assert not result.success
    assert [step.step_key for step in result.get_step_failure_events()] == ["sources__centers"]
    done = {event.asset_key for event in result.get_asset_materialization_events()}
    assert done == {source_key("svi"), AssetKey("definitions")}


def test_the_workspace_loads_from_any_directory(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "dagster", "definitions", "validate", "--workspace", str(ROOT / "workspace.yaml")]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr


def test_all_states_in_one_run_give_what_the_state_alone_gave(
    finished: tuple[Path, ExecuteInProcessResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the run counts for the state as its own would: fresh in every product, and marked with what it rests on."""
    home, _ = finished
    folder = result_folder(home, "XL")
    before = StateResult.load(folder)
    instance = DagsterInstance.from_config(str(home / "dagster"))
    alone = last_finished(instance, "XL")
    monkeypatch.setattr("assets.nation.MAKERS", {**MAKERS, "lists": lambda *_: {}, "briefs": lambda *_: {}})
    given = {"home": str(home), "as_of": "2026-09-30"}
    job = build_defs(load_settings(None, given)).resolve_implicit_global_asset_job_def()
    asked = {"pages": True, "lists": True, "briefs": True}
    done = job.execute_in_process(
        instance=instance,
        asset_selection=[AssetKey("all_states"), AssetKey("national")],
        run_config={"resources": {"choices": {"config": {"other": given}}}, "ops": {"all_states": {"config": asked}}},
    )
    after = StateResult.load(folder)
    assert after.run_id == done.run_id != before.run_id
    assert set(before.tables) == set(after.tables)
    for name, table in before.tables.items():
        pd.testing.assert_frame_equal(pd.DataFrame(table), pd.DataFrame(after.tables[name]), rtol=1e-12, obj=name)
    pd.testing.assert_series_equal(pd.Series(before.facts), pd.Series(after.facts)[list(before.facts)], rtol=1e-12)
    together = last_finished(instance, "XL")
    assert alone is not None and together is not None
    assert together.at > alone.at and together.fingerprint == alone.fingerprint
    assert "national/index.html" in product_paths(home, "XL")["map"].read_text("utf-8")
    assert "../XL/site/index.html" in national_paths(home)["map"].read_text("utf-8")
