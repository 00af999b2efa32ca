"""The national product is made of the states there are, and names those there are not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from dagster import AssetMaterialization, DagsterInstance, Definitions, Failure, asset, define_asset_job, materialize

from assets.last_finished import RESULT
from assets.nation import available_results, national
from assets.partitions import STATES
from assets.products import national_paths, product_paths, result_folder
from assets.resources import Choices
from geodata.schemas.state_result import StateResult
from geodata.states import find_state
from tests.maps.synthetic import synthetic_result


@asset(name="state_result", partitions_def=STATES)
def breaks_off() -> None:
    raise Failure("asked to fail", allow_retries=False)


def of_state(result: StateResult, usps: str, definitions: set[str] | None = None) -> StateResult:
    """The same tables under another state's name, perhaps without some definitions of disadvantage."""
    parts = result.table("need_parts")
    kept = parts if definitions is None else parts[parts["definition"].isin(definitions)]
    communities = gpd.GeoDataFrame(result.table("communities")).assign(state=usps)
    tables = {**result.tables, "need_parts": kept, "communities": communities}
    return replace(result, state=find_state(usps), tables=tables, sources=[])


def test_states_that_are_missing_or_broke_off_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ONRAMP_SETTINGS", raising=False)
    whole = synthetic_result(40)
    of_state(whole, "RI").save(result_folder(tmp_path, "RI"))
    of_state(whole, "KS", {"svi"}).save(result_folder(tmp_path, "KS"))
    whole.save(result_folder(tmp_path, "XL"))
    unreadable = result_folder(tmp_path, "GA")
    unreadable.mkdir(parents=True)
    product_paths(tmp_path, "RI")["map"].parent.mkdir(parents=True)
    product_paths(tmp_path, "RI")["map"].touch()
    choices = Choices(other={"home": str(tmp_path), "states": ["RI", "KS", "GA", "ME"]})

    with DagsterInstance.ephemeral(tempdir=str(tmp_path / "dagster")) as instance:
        job = Definitions(
            assets=[breaks_off], jobs=[define_asset_job("one", selection="state_result")]
        ).resolve_job_def("one")
        instance.report_runless_asset_event(AssetMaterialization(RESULT, partition="KS"))
        job.execute_in_process(instance=instance, partition_key="KS", raise_on_error=False)
        made = materialize([national], instance=instance, resources={"choices": choices})
        (check,) = made.get_asset_check_evaluations()
        assert not check.passed
        assert check.description == "2 states are on the page. Not computed yet: GA, ME. Last run failed: GA, KS."
        # The state that broke off is retried alone, and is then in order.
        instance.report_runless_asset_event(AssetMaterialization(RESULT, partition="KS"))
        again = materialize([national], instance=instance, resources={"choices": choices})
        assert "Last run failed: GA." in str(again.get_asset_check_evaluations()[0].description)

    assert [result.state.usps for result in available_results(tmp_path)[0]] == ["KS", "RI"]
    page = national_paths(tmp_path)["map"].read_text("utf-8")
    assert 'href="../RI/site/index.html"' in page
    assert 'href="../KS/site/index.html"' not in page
    assert "failed; what is shown is from an earlier run" in page and "Georgia" in page
    assert "Climate and Economic Justice Screening Tool: only" in page and "Social Vulnerability Index: all" in page
    listed = pd.read_csv(national_paths(tmp_path)["lists"] / "us-communities.csv", encoding="utf-8-sig")
    assert listed["state"].tolist() == sorted(listed["state"]) and set(listed["state"]) == {"KS", "RI"}
    assert (listed.groupby("state")["rank"].min() == 1).all()
    assert {path.suffix for path in national_paths(tmp_path)["lists"].iterdir()} >= {
        ".csv",
        ".xlsx",
        ".gpkg",
        ".parquet",
    }
