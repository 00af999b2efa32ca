"""Which engine measures travel, from the settings and what is at hand."""

from __future__ import annotations

from pathlib import Path

from geodata.errors import SettingsError
from geodata.settings import Travel
from geodata.travel.base import TravelEngine
from geodata.travel.friction import FrictionEngine
from geodata.travel.great_circle import GreatCircle


def engine_for(settings: Travel, friction_raster: Path | None = None) -> TravelEngine:
    """Return the engine of the settings; "auto" is the friction raster where there is one, else great circle.

    SettingsError where the engine asked for lacks what it needs.
    """
    chosen = settings.engine
    if chosen == "auto":
        chosen = "great_circle" if friction_raster is None else "friction"
    if chosen == "great_circle":
        return GreatCircle(settings.detour_factor, settings.speed_kmh_urban, settings.speed_kmh_rural)
    if chosen == "friction":
        if friction_raster is None:
            raise SettingsError("Travel over a friction raster needs one: turn its source on or take another engine.")
        return FrictionEngine(friction_raster)
    raise SettingsError(f"The travel engine “{chosen}” is not available here.")
