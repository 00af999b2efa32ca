"""A result is stored with its settings in plain JSON, and read back as what it was."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from geodata.errors import InputError, SettingsError
from geodata.schemas.state_result import MANIFEST, StateResult
from geodata.settings import Settings
from geodata.states import find_state
from geodata.storage.sealed_json import read_sealed, sealed

SETTINGS = Settings().with_changes({"need": {"weights": {"svi": 2.0, "cejst": 1.0}}, "hubs": {"cover_minutes": 25}})


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    result = StateResult(find_state("XL"), "2026-09-30", {}, settings=SETTINGS, settings_digest=SETTINGS.digest())
    return result.save(tmp_path / "run")


def rewrite(folder: Path, **values: object) -> None:
    manifest = read_sealed(folder / MANIFEST)
    (folder / MANIFEST).write_text(sealed({**manifest, **values}), "utf-8")


def test_settings_are_read_back_as_they_were_and_can_be_read_by_people(stored: Path) -> None:
    found = StateResult.load(stored)
    assert found.settings.method() == SETTINGS.method()
    assert found.settings.digest() == found.settings_digest == SETTINGS.digest()
    assert found.settings.hubs.cover_minutes == 25
    assert json.loads((stored / MANIFEST).read_text("utf-8"))["settings"] == SETTINGS.method()


def test_a_setting_that_came_later_has_its_default_in_an_older_result(stored: Path) -> None:
    known = SETTINGS.method()
    del known["equity"], known["hubs"]["most"]
    rewrite(stored, settings=known)
    found = StateResult.load(stored).settings
    assert found.equity == Settings().equity and found.hubs.most == Settings().hubs.most
    assert found.hubs.cover_minutes == 25


@pytest.mark.parametrize("settings", [{"need": {"weight": {}}}, {"stale_section": 1}, "none", None])
def test_settings_this_version_does_not_know_are_one_sentence(stored: Path, settings: object) -> None:
    rewrite(stored, settings=settings)
    with pytest.raises(SettingsError, match=r"The run in .*run "):
        StateResult.load(stored)


def test_a_folder_without_a_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not hold a finished run"):
        StateResult.load(tmp_path)
