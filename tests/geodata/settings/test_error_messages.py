"""The sentences for settings that cannot be used."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from geodata.settings import Settings
from geodata.settings.error_messages import LONGEST_VALUE, sentences


def said_of(**values: object) -> str:
    with pytest.raises(ValidationError) as caught:
        Settings(**values)  # type: ignore[arg-type]
    return sentences(caught.value, Settings)


def test_each_bad_value_has_its_sentence() -> None:
    said = said_of(uncertainty={"draws": -1, "top_share": 2})
    assert said == (
        "Setting “uncertainty.draws”: must be greater than or equal to 0 (given: -1). "
        "Setting “uncertainty.top_share”: must be less than or equal to 1 (given: 2)."
    )


def test_a_name_near_an_existing_one_is_guessed() -> None:
    assert "did you mean “need.reference_area”?" in said_of(need={"reference_aera": "state"})
    assert said_of(xylophone=1) == "There is no setting “xylophone”. docs/settings.md lists them all."


def test_a_group_needs_names_and_values() -> None:
    assert "must be names and values, such as {name: value}" in said_of(need="state")


def test_secrets_and_long_values_are_not_repeated() -> None:
    said = said_of(storage={"url": "https://user:secret@example.org/bucket"})
    assert "secret" not in said
    assert "is not written as docs/settings.md says" in said
    assert len(said_of(as_of="x" * 500)) < LONGEST_VALUE + 120
