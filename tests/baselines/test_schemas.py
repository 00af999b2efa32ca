"""The schemas are those agreed on, and a change of one says what it is."""

from __future__ import annotations

import copy
import json

from geodata.schemas.canonical import CANONICAL
from geodata.sources import SOURCES
from tests.baselines.schemas import ACCEPT, FILE, Schemas, differences, schemas_of_code

BASELINE: Schemas = json.loads(FILE.read_text(encoding="utf-8"))


def test_schemas_are_those_agreed_on() -> None:
    found = differences(BASELINE, schemas_of_code())
    assert not found, "\n".join([*found, ACCEPT])


def test_baseline_holds_every_table_and_source() -> None:
    assert {f"canonical {table.name}" for table in CANONICAL} <= set(BASELINE)
    assert {f"source {name}" for name in SOURCES} <= set(BASELINE)
    without_columns = {name for name, columns in BASELINE.items() if not columns}
    assert without_columns == {"source population_raster", "source friction_raster"}


def test_a_change_is_named() -> None:
    now = copy.deepcopy(BASELINE)
    assert differences(BASELINE, now) == []
    now["canonical tracts"]["geoid"]["kind"] = "number"
    del now["canonical tracts"]["name"]
    now["canonical tracts"]["color"] = {"kind": "text"}
    del now["source svi"]
    assert differences(BASELINE, now) == [
        "canonical tracts: the column “color” is new.",
        "canonical tracts: the column “name” is gone.",
        "canonical tracts: “kind” of the column “geoid” was “text”, is “number”.",
        "source svi: the table is gone.",
    ]
