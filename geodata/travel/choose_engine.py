"""Which engine measures travel, from the settings and the files there are."""

from __future__ import annotations

from pathlib import Path

from platformdirs import user_cache_path

from geodata.errors import SettingsError
from geodata.settings import Travel
from geodata.travel.friction import FrictionEngine
from geodata.travel.great_circle import Curve, GreatCircle
from geodata.travel.minutes import TravelEngine
from geodata.travel.roads import RoadsEngine
from geodata.travel.routing_server import osrm, valhalla


def engine_for(settings: Travel, friction_raster: Path | None = None) -> TravelEngine:
    """Return the engine of the settings; "auto" is the friction raster where there is one, else great circle.

    SettingsError where the engine asked for lacks what it needs.
    """
    chosen = settings.engine
    if chosen == "auto":
        chosen = "great_circle" if friction_raster is None else "friction"
    if chosen == "great_circle":
        return straight_lines(settings)
    if chosen == "friction":
        if friction_raster is None:
            raise SettingsError("Travel over a friction raster needs one: turn its source on or take another engine.")
        return FrictionEngine(friction_raster)
    cache = settings.cache or user_cache_path("onramp", appauthor=False) / "travel"
    if chosen == "roads":
        if settings.roads_file is None:
            raise SettingsError("Travel over roads needs an OpenStreetMap extract: set travel.roads_file.")
        return RoadsEngine(settings.roads_file, cache)
    if settings.server_url is None:
        raise SettingsError(f"Travel by {chosen} needs the address of a server: set travel.server_url.")
    return (valhalla if chosen == "valhalla" else osrm)(settings.server_url, cache)


def straight_lines(settings: Travel) -> GreatCircle:
    """Return the engine of straight lines: calibrated curves, or constant speeds where one of these is set."""
    if settings.constant_speeds is not None:
        return GreatCircle.at_constant_speed(*settings.constant_speeds)
    return GreatCircle(Curve(*settings.curve_urban.parts), Curve(*settings.curve_rural.parts))
