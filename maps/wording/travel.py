"""How travel was measured and who reaches training, in words that every page takes from here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from geodata.schemas import columns as col
from geodata.travel.great_circle import CALIBRATED, CONSTANT_SPEED, GreatCircle
from maps.texts import Texts
from maps.wording.rows import Row
from maps.wording.words import Words, is_missing

_STRAIGHT = {CALIBRATED: "calibrated", CONSTANT_SPEED: "constant_speed"}
# A share that is written as 0 % is not given.
LEAST_TOLD = 0.005


def travel_sentence(facts: Mapping[str, Any], texts: Texts) -> str:
    """Return what measured the minutes of a run, by the `facts` of its result; nothing where that is not known."""
    engine = str(facts.get("engine", ""))
    code = _STRAIGHT.get(str(facts.get("engine_version")), "") if engine == GreatCircle.name else engine
    if not code or not texts.has(f"codes.travel.{code}"):
        return ""
    return texts("site.travel", engine=texts(f"codes.travel.{code}"))


def share_without_training(row: Row) -> float:
    """Return the share (0–1) of a tract's or community's people who reach no training; NaN where it is not known."""
    share = row.get(col.SHARE_REACHING_TRAINING)
    return float("nan") if is_missing(share) else 1.0 - float(row[col.SHARE_REACHING_TRAINING])


def mostly_without_training(row: Row) -> bool:
    """Return whether more than half of the people reach none, so that the minutes of the others are no headline."""
    return is_missing(row[col.NEAREST_PROVIDER_MINUTES]) or share_without_training(row) > 0.5


def reach_notes(row: Row, texts: Texts) -> list[str]:
    """Return who reaches no training though others here do, and for whom the line to it crosses open water."""
    words, notes = Words(texts), []
    without, wet = share_without_training(row), row.get(col.SHARE_OVER_WATER)
    if not is_missing(row.get(col.NEAREST_PROVIDER_MINUTES)) and without >= LEAST_TOLD:
        notes.append(texts("map.card.far", percent=words.percent(without)))
    if not is_missing(wet) and float(row[col.SHARE_OVER_WATER]) >= LEAST_TOLD:
        notes.append(texts("map.card.over_water", percent=words.percent(row[col.SHARE_OVER_WATER])))
    return notes
