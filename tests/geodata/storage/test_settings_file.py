"""What a person wrote in a settings file stays; what is put in says what was meant."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from geodata.errors import SettingsError
from geodata.storage.settings_file import add_to_file, added

COLUMNS = {"sources": {"columns": {"awards.csv": {"units_dc_fast": "DCFC Ports"}}}}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "states: [RI]  # ours\n",
        "states: [RI]\n\nsources:\n  # where our files lie\n  folder: downloads\n\nneed:\n  gate: 1\n",
        "sources:\n    columns:\n        awards.csv:\n            name: Host  # as they say\n    folder: x\nneed: 1\n",
        "sources:\n  columns:\n    training_list: {name: School}\n",
        'sources:\n  columns:\n    "awards.csv":\n      units_dc_fast: Old\n',
        "need:\n  gate: 1\nsources:\n",
    ],
)
def test_lines_are_put_where_their_section_stands(text: str) -> None:
    after = added(text, COLUMNS)
    assert after is not None
    said = yaml.safe_load(after)
    assert said["sources"]["columns"]["awards.csv"]["units_dc_fast"] == "DCFC Ports"
    # Every line that was there is there, but for the one whose value changed.
    assert [line for line in text.splitlines() if "Old" not in line and line not in after.splitlines()] == []
    before = yaml.safe_load(text) or {}
    assert {name: said[name] for name in before if name != "sources"} == {
        name: before[name] for name in before if name != "sources"
    }
    assert added(after, COLUMNS) == after


@pytest.mark.parametrize("text", ["sources: {folder: x}\n", "- a\n- b\n", "sources: [\n"])
def test_a_file_of_another_form_is_left_alone_and_the_lines_are_told(tmp_path: Path, text: str) -> None:
    path = tmp_path / "settings.yaml"
    path.write_text(text)
    with pytest.raises(SettingsError, match=r"settings\.yaml has no place(.|\n)*units_dc_fast: DCFC Ports"):
        add_to_file(path, COLUMNS)
    assert path.read_text() == text


NAMES = st.text("abcdefghij_.*", min_size=1, max_size=8).filter(lambda name: name.strip("._*"))
VALUES = st.dictionaries(NAMES, st.dictionaries(NAMES, st.text("abc ÄÜ:#'\"=-", min_size=1, max_size=9)), max_size=3)


@given(VALUES, VALUES)
def test_what_is_put_in_is_what_is_read_whatever_the_words(first: dict, second: dict) -> None:
    text = yaml.safe_dump({"sources": {"folder": "x", "columns": first}}, sort_keys=False, allow_unicode=True)
    after = added(text, {"sources": {"columns": second}})
    if after is None:
        # Only a section without any line of its own (`{}`) cannot be put into.
        assert "{}" in text
        return
    said = yaml.safe_load(after)["sources"]["columns"]
    assert said == {**first, **{name: {**first.get(name, {}), **values} for name, values in second.items()}}
