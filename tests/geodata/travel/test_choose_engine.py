"""The engine that the settings and the available data call for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from geodata.errors import SettingsError
from geodata.settings import Settings, Travel
from geodata.travel.choose_engine import engine_for, straight_lines
from geodata.travel.great_circle import Curve

RASTER = Path("friction.tif")


@pytest.mark.parametrize(
    ("asked", "raster", "name"),
    [
        ({}, None, "great_circle"),
        ({}, RASTER, "friction"),
        ({"engine": "great_circle"}, RASTER, "great_circle"),
        ({"engine": "friction"}, RASTER, "friction"),
        ({"engine": "roads", "roads_file": "a.osm.pbf"}, RASTER, "roads"),
        ({"engine": "valhalla", "server_url": "http://localhost:8002"}, None, "valhalla"),
        ({"engine": "osrm", "server_url": "http://localhost:5000"}, None, "osrm"),
    ],
)
def test_each_setting_has_its_engine(asked: dict[str, Any], raster: Path | None, name: str) -> None:
    assert engine_for(Travel(**asked), raster).name == name


def test_straight_lines_are_the_curves_unless_a_constant_speed_is_set() -> None:
    curves = straight_lines(Travel(curve_urban={"start": 1.0, "per_km": 0.5, "per_root_km": 2.0}))  # type: ignore[arg-type]
    assert (curves.version, curves.urban) == ("calibrated", Curve(1.0, 0.5, 2.0))
    assert curves.rural.minutes(0.0) == 0.0


@pytest.mark.parametrize(
    ("asked", "urban", "rural"),
    [
        ({"detour_factor": 1.2}, 60 * 1.2 / 40, 60 * 1.2 / 70),
        ({"speed_kmh_urban": 30.0}, 60 * 1.35 / 30, 60 * 1.35 / 70),
        ({"speed_kmh_rural": 80.0}, 60 * 1.35 / 40, 60 * 1.35 / 80),
    ],
)
def test_the_earlier_settings_keep_working(asked: dict[str, Any], urban: float, rural: float) -> None:
    engine = straight_lines(Travel(**asked))
    assert engine.version == "constant speed"
    assert [engine.urban.minutes(10.0), engine.rural.minutes(10.0)] == pytest.approx([10 * urban, 10 * rural])
    # Also where one is changed in settings that were complete before, as in the launchpad and in scenarios.
    changed = Settings().with_changes({"travel": asked}).travel
    assert straight_lines(changed) == engine
    assert straight_lines(Settings(travel=changed.model_dump()).travel) == engine


def test_no_curve_is_faster_than_anything_is_looked_for() -> None:
    with pytest.raises(ValidationError, match="per_km"):
        Travel(curve_urban={"per_km": 0.3, "per_root_km": 0.0})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("engine", "message"),
    [("friction", "needs one"), ("roads", "travel.roads_file"), ("valhalla", "travel.server_url")],
)
def test_what_an_engine_lacks_is_named(engine: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        engine_for(Travel(engine=engine))  # type: ignore[arg-type]
