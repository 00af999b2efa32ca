"""Pointers come back as they were written, and one that is damaged or reaches outside is refused."""

from __future__ import annotations

import json

import pytest

from geodata.errors import OnrampError
from geodata.storage.pointers import Known, Pointer

POINTER = Pointer(("site",), {"site/b": Known("bb", 2, 10**18 + 7), "site/a": Known("aa", 1, 5)})


def test_a_pointer_comes_back_as_it_was_written() -> None:
    text = POINTER.text()
    assert Pointer.read(text) == POINTER
    assert json.loads(text)["format"] == 1
    assert list(json.loads(text)["files"]) == ["site/a", "site/b"]


def test_times_make_no_difference_to_the_bytes() -> None:
    later = Pointer(POINTER.roots, {path: Known(one.sha256, one.size, 0) for path, one in POINTER.files.items()})
    assert later != POINTER and later.same_bytes(POINTER)
    assert not POINTER.same_bytes(Pointer((), POINTER.files))
    assert not POINTER.same_bytes(None)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"roots": []}', '{"roots": [1], "files": {"a": {"sha256": "x"}}}'])
def test_a_damaged_one_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError):
        Pointer.read(text)


def test_one_in_which_a_bit_changed_is_the_same_or_a_value_error() -> None:
    whole = POINTER.text().encode()
    refused = 0
    for bit in range(8 * len(whole)):
        flipped = bytearray(whole)
        flipped[bit // 8] ^= 1 << bit % 8
        try:
            assert Pointer.read(flipped.decode("utf-8", "replace")) == POINTER
        except ValueError:
            refused += 1
    assert refused > 0.7 * 8 * len(whole)


@pytest.mark.parametrize("path", ["../outside", "/etc/outside", "a/../../outside"])
def test_one_that_reaches_outside_is_refused(path: str) -> None:
    with pytest.raises(OnrampError, match="outside the home folder"):
        Pointer.read(Pointer((), {path: Known("aa", 1, 5)}).text())
