"""What is typed becomes settings, and is completed as it is typed."""

from __future__ import annotations

from pathlib import Path

import pytest

from geodata.errors import SettingsError
from geodata.states import find_state
from pipelines.command.options import complete_setting, complete_state, settings_changes


def test_states_and_settings_are_completed() -> None:
    assert dict(complete_state("RI")) == {"RI": "Rhode Island"}
    assert ("gA", "Georgia") in set(complete_state("g")) and find_state("gA").usps == "GA"
    assert complete_setting("need.ref") == ["need.reference_area="]
    assert "access.catchment_minutes=" in complete_setting("access.")


def test_what_is_typed_becomes_nested_settings() -> None:
    typed = ["need.weights={svi: 1}", "need.reference_area=nation", "uncertainty.draws=0", "as_of=2026-09-30"]
    made = settings_changes(typed, sources=[Path("/files")], home=Path("/home"))
    assert made["need"] == {"weights": {"svi": 1}, "reference_area": "nation"}
    assert made["uncertainty"] == {"draws": 0}
    assert made["sources"] == {"folder": "/files", "also": []}
    more = settings_changes([], sources=[Path("/files"), Path("/stick")], live=True)["sources"]
    assert more == {"folder": "/files", "also": ["/stick"], "fill_up": True}
    assert made["home"] == "/home"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["need"], "“need” is not a setting"),
        (["need=1", "need.weights=2"], "are both set; give one of them"),
        (["need.weights={svi: "], "Setting “need.weights”: the value {svi:  cannot be read."),
    ],
)
def test_what_is_no_setting_is_one_sentence(typed: list[str], said: str) -> None:
    with pytest.raises(SettingsError) as refused:
        settings_changes(typed)
    assert said in str(refused.value)
