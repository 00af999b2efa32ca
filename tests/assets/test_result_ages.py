"""States that have not been computed lately are named."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from dagster import AssetKey, AssetMaterialization, DagsterInstance, materialize

from assets.last_finished import PRODUCTS, RESULT, Finished
from assets.resources import Choices
from assets.result_ages import ages, overdue, state_ages

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


def test_overdue_states_are_named_with_their_age() -> None:
    known = {
        "RI": Finished(NOW - timedelta(days=1), "a"),
        "GA": Finished(NOW - timedelta(days=12), "b"),
        "TX": None,
    }
    check = overdue(ages(known, NOW), 8)
    assert not check.passed
    assert check.description == "Not finished within 8 days: GA (12 days), TX (never)."


def test_recent_states_pass() -> None:
    check = overdue(ages({"RI": Finished(NOW - timedelta(days=8), "a")}, NOW), 8)
    assert check.passed
    assert check.description == "All states are recent."


def report(instance: DagsterInstance, keys: tuple[AssetKey, ...], usps: str) -> None:
    for key in keys:
        instance.report_runless_asset_event(AssetMaterialization(key, partition=usps))


def test_a_run_of_the_asset_fails_with_the_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ONRAMP_SETTINGS", raising=False)
    with DagsterInstance.ephemeral(tempdir=str(tmp_path)) as instance:
        report(instance, (RESULT, *PRODUCTS), "RI")
        report(instance, (RESULT, *PRODUCTS[:-1]), "GA")

        def look(*states: str) -> tuple[bool, str | None]:
            choices = Choices(other={"home": str(tmp_path), "states": list(states)})
            result = materialize([state_ages], instance=instance, resources={"choices": choices}, raise_on_error=False)
            (check,) = result.get_asset_check_evaluations()
            return result.success, check.description

        assert look("RI") == (True, "All states are recent.")
        assert look("RI", "GA") == (False, "Not finished within 8 days: GA (never).")
