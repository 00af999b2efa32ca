"""Answers come back as they were given; what is no whole answer is none."""

from __future__ import annotations

import io
import random

import geopandas as gpd
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from shapely import Point, box

from geodata.confinement.answers import Answer, NoAnswer, as_bytes, read_answer

TABLE = pd.DataFrame(
    {
        "text": pd.Series(["a", None, "ü"], dtype="str"),
        "whole": pd.Series([1, None, 3], dtype="Int64"),
        "flag": pd.Series([True, None, False], dtype="boolean"),
        "number": [0.1, float("nan"), 1e300],
        "day": pd.Series(["2026-01-01", None, "2025-02-03"], dtype="datetime64[s]"),
    }
)
SHAPES = gpd.GeoDataFrame({"geoid": ["1", "2", "3"]}, geometry=[Point(1, 2), None, box(0, 0, 1, 1)], crs="EPSG:4326")


def read(data: bytes) -> Answer:
    return read_answer(io.BytesIO(data))


def test_tables_and_facts_come_back_as_they_were() -> None:
    facts = {"rows": 3, "notes": ["“quoted”"], "none": None}
    answer = read(as_bytes(Answer({"table": TABLE, "shapes": SHAPES, "none": TABLE.head(0)}, facts)))
    assert_frame_equal(answer.tables["table"], TABLE)
    assert_frame_equal(answer.tables["none"], TABLE.head(0))
    assert isinstance(answer.tables["shapes"], gpd.GeoDataFrame)
    assert answer.tables["shapes"].crs == SHAPES.crs
    assert_frame_equal(answer.tables["shapes"], SHAPES)
    assert answer.facts == facts


def test_what_is_cut_or_changed_is_no_answer_or_another_but_never_breaks() -> None:
    whole, dice = as_bytes(Answer({"table": TABLE, "shapes": SHAPES}, {"rows": 3})), random.Random(7)
    for place in range(0, len(whole), 97):
        with pytest.raises(NoAnswer):
            read(whole[:place])
    for _ in range(300):
        data = bytearray(whole)
        for _ in range(dice.choice([1, 4, 40])):
            data[dice.randrange(len(data))] = dice.randrange(256)
        try:
            read(bytes(data))
        except NoAnswer:
            continue
