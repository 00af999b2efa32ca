"""Errors for people: where, what, and what to do, in one sentence without a path of this machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from geodata.errors import AGAIN, InputError, SettingsError, first_line, reading_of


def test_an_input_error_names_the_place_and_the_remedy() -> None:
    problem = InputError(
        "the code is empty", file=Path("/srv/files/towns.csv"), row=3, field="code", remedy="Give one."
    )
    assert str(problem) == "towns.csv, row 3, field “code”: the code is empty. Give one."
    assert str(InputError("it is empty.")) == "it is empty."


def test_what_a_library_raises_becomes_one_sentence() -> None:
    path = Path("/srv/files/towns.gpkg")
    with pytest.raises(InputError) as caught, reading_of(path, "layer"):
        raise RuntimeError(f"{path} is broken\nat line 3")
    assert str(caught.value) == f"towns.gpkg: the layer cannot be read (towns.gpkg is broken). {AGAIN}"


def test_errors_for_people_pass_through() -> None:
    with pytest.raises(SettingsError, match="as it is"), reading_of(Path("x"), "layer"):
        raise SettingsError("as it is")


def test_a_first_line_is_printable_and_never_empty() -> None:
    assert first_line(ValueError("\n\x1b[31m  red \x07")) == "[31m  red"
    assert first_line(ValueError()) == "ValueError"
    assert len(first_line(ValueError("x" * 500))) == 200
