"""What the confined process is given to begin with."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from geodata.confinement.walls import clean_environment, program_files


def test_only_what_python_needs_is_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CENSUS_API_KEY", "AWS_SECRET_ACCESS_KEY", "ONRAMP_HOME", "SSH_AUTH_SOCK"):
        monkeypatch.setenv(name, "secret")
    monkeypatch.setenv("TZ", "UTC")
    found = clean_environment({"MORE": "1"})
    assert "secret" not in found.values()
    assert found["TZ"] == "UTC"
    assert found["MORE"] == "1"
    assert found["OMP_NUM_THREADS"] == "1"
    assert all(Path(place).is_absolute() for place in found["PYTHONPATH"].split(":"))


def test_of_the_checkout_only_the_packages_are_seen() -> None:
    """A home folder, a settings file and keys may lie beside them."""
    checkout = Path(__file__).resolve().parents[3]
    assert checkout / "geodata" in program_files()
    assert not any(file == checkout or file in checkout.parents for file in program_files())
    assert Path(sys.prefix) in program_files()
