"""The engine that the settings and the available data call for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from geodata.errors import SettingsError
from geodata.settings import Travel
from geodata.travel.choose_engine import engine_for

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


@pytest.mark.parametrize(
    ("engine", "message"),
    [("friction", "needs one"), ("roads", "travel.roads_file"), ("valhalla", "travel.server_url")],
)
def test_what_an_engine_lacks_is_named(engine: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        engine_for(Travel(engine=engine))  # type: ignore[arg-type]
