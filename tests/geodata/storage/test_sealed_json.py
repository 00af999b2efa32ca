"""A small file of state that was damaged is noticed, whatever bit it is."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from geodata.errors import InputError
from geodata.storage.sealed_json import read_sealed, sealed

VALUES = {
    "tables": ["tracts", "sites"],
    "as_of": "2026-11-30",
    "facts": {"RI": {"moran": 0.1 + 0.2, "n": 3, "x": None}},
}


def test_values_come_back_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(sealed(VALUES), encoding="utf-8")
    assert read_sealed(path) == VALUES


def test_one_of_an_older_version_has_no_checksum(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('{"notes": []}', encoding="utf-8")
    assert read_sealed(path) == {"notes": []}


def test_a_bit_that_a_disk_changed_is_noticed_or_changes_nothing(tmp_path: Path) -> None:
    draw, path = random.Random(3), tmp_path / "a.json"
    whole = sealed(VALUES).encode()
    noticed = 0
    for _ in range(300):
        damaged = bytearray(whole)
        damaged[draw.randrange(len(whole))] ^= 1 << draw.randrange(8)
        path.write_bytes(damaged)
        try:
            found = read_sealed(path)
        except InputError:
            noticed += 1
        else:
            # Blanks between values, or the name of the checksum itself.
            assert {name: found.get(name) for name in VALUES} == VALUES
    assert noticed > 200


@pytest.mark.parametrize("content", [None, b"", b"[]", b"{", b'{"checksum": "x"}', b"\xff"])
def test_one_that_is_not_there_or_damaged_is_a_sentence_with_its_remedy(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "a.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=r"a\.json: the account is not there or damaged\. Read it again"):
        read_sealed(path, "the account", "Read it again.")
