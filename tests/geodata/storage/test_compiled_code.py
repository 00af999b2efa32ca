from __future__ import annotations

from pathlib import Path

import pytest

from geodata.storage import compiled_code
from geodata.storage.compiled_code import SETTING, find_a_place


def test_a_read_only_place_compiles_for_the_process_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    blocked = tmp_path / "a file"
    blocked.touch()
    nowhere = blocked / "below" / "it"
    monkeypatch.setattr(compiled_code.tempfile, "mkdtemp", lambda prefix: str(tmp_path / prefix))
    monkeypatch.setenv(SETTING, "named")
    find_a_place([nowhere])
    assert compiled_code.os.environ[SETTING] == "named"
    monkeypatch.delenv(SETTING)
    find_a_place([nowhere, tmp_path / "not" / "yet" / "there"])
    assert SETTING not in compiled_code.os.environ
    monkeypatch.setenv(SETTING, "restored afterwards")
    monkeypatch.delenv(SETTING)
    find_a_place([nowhere])
    assert compiled_code.os.environ[SETTING] == str(tmp_path / "onramp-compiled-")
