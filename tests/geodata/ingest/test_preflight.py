"""Settings that types cannot refuse and a run could not work with."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from geodata.errors import SettingsError
from geodata.ingest.preflight import usable_settings

REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"need": {"weights": {"svii": 1}}}, "Setting “need.weights”: there is no “svii”; did you mean “svi”?"),
    ({"sources": {"optional": ["zzz"]}}, "Setting “sources.optional”: there is no “zzz”; there are acs, "),
    ({"sources": {"off": ["cejs"]}}, "Setting “sources.off”: there is no “cejs”; did you mean “cejst”?"),
    ({"need": {"workforce_measures": ["poverty"]}}, "did you mean “poverty_"),
    ({"barriers": {"measures": ["no_car"]}}, "Setting “barriers.measures”: there is no “no_car”"),
    ({"travel": {"engine": "roads"}}, "roads needs an OpenStreetMap extract; set travel.roads_file."),
    (
        {"travel": {"engine": "roads", "roads_file": "none.pbf"}},
        "“travel.roads_file”: there is no file none.pbf.",
    ),
    ({"travel": {"engine": "osrm"}}, "osrm needs the address of a server; set travel.server_url."),
    (
        {"sources": {"folder": "nowhere"}},
        "“sources.folder”: nowhere does not exist. Fill one with onramp mirror",
    ),
    ({"sources": {"folder": __file__}}, "test_preflight.py is a file, not a folder."),
    (
        {"home": os.fsdecode(b"/srv/\xfc")},
        "“home”: /srv/? has letters that are not in the encoding of this system.",
    ),
    (
        {"hubs": {"mots": 5}},
        "There is no setting “hubs.mots”; did you mean “hubs.most”? docs/settings.md",
    ),
    ({"xyzzy": 1}, "There is no setting “xyzzy”. docs/settings.md lists them all."),
    ({"hubs": 5}, "Setting “hubs”: must be names and values, such as {name: value} (given: 5)."),
    ({"need": {"weights": {"svi": -1}}}, "Setting “need.weights.svi”: must be greater than or equal to 0 (given: -1)."),
    ({"access": {"decay": "sharp"}}, "Setting “access.decay”: must be 'gaussian', 'step' or 'flat' (given: 'sharp')."),
    ({"as_of": "yesterday"}, "Setting “as_of”: must be a date written YYYY-MM-DD, such as 2026-09-30"),
    ({"as_of": "2026-02-30"}, "must be a date"),
    ({"as_of": "20260930"}, "must be a date"),
]


@pytest.mark.parametrize(("changes", "sentence"), REFUSED, ids=lambda value: str(value)[:40])
def test_one_sentence_says_what_is_wrong_and_what_there_is(
    changes: dict[str, Any], sentence: str, tmp_path: Path
) -> None:
    with pytest.raises(SettingsError) as raised:
        usable_settings(None, {"home": str(tmp_path), **changes})
    assert sentence in str(raised.value)


def test_an_index_of_ones_own_may_have_a_weight_once_its_file_is_there(tmp_path: Path) -> None:
    changes = {"sources": {"folder": str(tmp_path)}, "need": {"weights": {"svi": 1, "heat": 1}}}
    with pytest.raises(SettingsError, match=r"there is no “heat”.*index_\*\.csv"):
        usable_settings(None, changes)
    (tmp_path / "index_heat.csv").write_text("geoid,value\n")
    assert usable_settings(None, changes).need.weights["heat"] == 1


def test_a_misspelled_definition_is_refused_beside_a_users_own_index(tmp_path: Path) -> None:
    def weighing(name: str) -> dict[str, Any]:
        return {"sources": {"folder": str(tmp_path)}, "need": {"weights": {name: 1}}}

    file = tmp_path / "index_mine.csv"
    file.write_text("geoid,value,definition\n97001000100,3,heat\n97001000100,4,flood\n")
    with pytest.raises(SettingsError, match="there is no “svii”; did you mean “svi”"):
        usable_settings(None, weighing("svii"))
    assert usable_settings(None, weighing("flood")).need.weights == {"flood": 1}
    file.write_text("geoid,height\n97001000100,3\n")
    assert usable_settings(None, weighing("flood")).need.weights == {"flood": 1}, "the run says what the file lacks"


def test_a_date_may_come_as_yaml_reads_it(tmp_path: Path) -> None:
    file = tmp_path / "settings.yaml"
    file.write_text("as_of: 2026-09-30\n")
    assert usable_settings(file).as_of == "2026-09-30"
