"""Where files come from: a folder that is named, the fictional sample, or the publishers themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from geodata.errors import OnrampError
from geodata.fetching.acquire import FolderAcquirer
from geodata.fetching.choose_acquirer import acquirer_for, operator_folder, states_served
from geodata.fetching.live import LiveAcquirer
from geodata.settings import Settings, load_settings
from geodata.states import SAMPLE_STATE, find_state

RI, GA, SAMPLE = find_state("RI"), find_state("GA"), find_state(SAMPLE_STATE)


def settings_of(home: Path, **more: object) -> Settings:
    return load_settings(None, {"home": str(home), **more})


def test_fictional_and_real_states_never_meet(tmp_path: Path) -> None:
    assert states_served(settings_of(tmp_path)) == [SAMPLE]
    both = settings_of(tmp_path, states=["RI", "GA"])
    assert set(states_served(both)) == {RI, GA}
    assert states_served(both, SAMPLE_STATE) == [SAMPLE]
    with pytest.raises(OnrampError):
        states_served(both, "Atlantis")


def test_a_folder_that_is_named_is_all_there_is(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    settings = settings_of(tmp_path, sources={"folder": str(tmp_path / "files")})
    for state in (SAMPLE, RI):
        acquirer = acquirer_for(settings, [state])
        assert isinstance(acquirer, FolderAcquirer)
        assert acquirer.folder == tmp_path / "files"
    assert operator_folder(settings) == tmp_path / "files"


def test_real_states_come_from_their_publishers_and_what_an_office_brings_from_its_folder(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, states=["RI"])
    assert isinstance(acquirer_for(settings, [RI]), LiveAcquirer)
    assert operator_folder(settings) == tmp_path / "supplied"
