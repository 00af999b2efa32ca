"""A place small enough to work out by hand: nine tracts on a 3 × 3 grid, ten minutes from one to the next.

1 2 3      tract n holds 1,000 residents, n·100 of them eligible adults;
4 5 6      the training provider stands in tract 1 (90 seats a year),
7 8 9      the planned site in tract 9 (one DC fast port).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from geodata.geography.coordinates import Points
from geodata.schemas.canonical import CENTERS, DEFINITIONS, MEASURES, PROVIDERS, SITES
from geodata.travel.minutes import TravelMinutes
from tests.geodata.travel_pairs import travel_minutes

GEOIDS = [f"97001{n:06d}" for n in range(1, 10)]
AS_OF = "2026-09-30"
STEP_DEGREES = 0.1


class GridEngine:
    """Ten minutes for each step on the grid, diagonals taking two steps."""

    name = "grid"

    def minutes(self, origins: Points, destinations: Points, catchment_minutes) -> TravelMinutes:
        """Return the pairs within each origin's catchment."""
        steps = (
            np.abs(origins.latitude[:, None] - destinations.latitude)
            + np.abs(origins.longitude[:, None] - destinations.longitude)
        ) / STEP_DEGREES
        minutes = 10.0 * np.round(steps)
        limit = np.broadcast_to(catchment_minutes, (len(origins),))
        origin, destination = np.nonzero(minutes <= limit[:, None])
        pairs = (origin, destination, minutes[origin, destination])
        return replace(travel_minutes(*pairs, len(origins), len(destinations)), engine="grid")


def place(n: int) -> tuple[float, float]:
    """Return latitude and longitude of tract n."""
    return 40.0 - STEP_DEGREES * ((n - 1) // 3), -135.0 + STEP_DEGREES * ((n - 1) % 3)


def centers() -> pd.DataFrame:
    rows = [
        {"geoid": geoid, "state": "XL", "population": 1000, "latitude": place(n)[0], "longitude": place(n)[1]}
        for n, geoid in enumerate(GEOIDS, start=1)
    ]
    return CENTERS.validate(pd.DataFrame(rows).assign(tract_vintage=2020, ct_scheme="not_applicable"))


def measures(**shares: list[float]) -> pd.DataFrame:
    """Return measures: 1,000 residents, all of working age, n tenths of them below the line in tract n."""
    rows = []
    for n, geoid in enumerate(GEOIDS, start=1):
        counts = {"population": (1000.0, 1.0), "under_18": (0.0, 0.0), "over_64": (0.0, 0.0)}
        for name, (count, share) in counts.items():
            rows.append((geoid, name, count, 0.0, share, 0.0))
        rows.append((geoid, "poverty_150", n * 100.0, 50.0, n / 10, 0.05))
        rows += [(geoid, name, 1000 * values[n - 1], 0.0, values[n - 1], 0.0) for name, values in shares.items()]
    frame = pd.DataFrame(rows, columns=["geoid", "measure", "count", "count_moe", "share", "share_moe"])
    return MEASURES.validate(
        frame.assign(
            state="XL", status="value", source="test", vintage=2022, tract_vintage=2020, ct_scheme="not_applicable"
        )
    )


def definition(name: str, values: list[float | None], designated: list[bool | None], official: bool) -> pd.DataFrame:
    frame = pd.DataFrame({"geoid": GEOIDS, "value": values, "designated": designated})
    return DEFINITIONS.validate(
        frame.assign(
            state="XL",
            definition=name,
            official=official,
            archived=False,
            pooled="nation",
            crosswalk_basis="none",
            vintage=2022,
            tract_vintage=2020,
            ct_scheme="not_applicable",
        )
    )


def providers() -> pd.DataFrame:
    latitude, longitude = place(1)
    return PROVIDERS.validate(
        pd.DataFrame(
            [
                {
                    "provider_id": "test:1",
                    "name": "Corner College",
                    "entry_stage": "entry",
                    "kind": "community_college",
                    "state": "XL",
                    "latitude": latitude,
                    "longitude": longitude,
                    "location_quality": "point",
                    "cip_codes": "46.0302",
                    "seats": 90.0,
                    "seats_basis": "completions",
                    "sources": "test",
                }
            ]
        )
    )


def sites() -> pd.DataFrame:
    latitude, longitude = place(9)
    return SITES.validate(
        pd.DataFrame(
            [
                {
                    "site_id": "test:1",
                    "source": "test",
                    "name": "Corner plaza",
                    "status": "planned",
                    "state": "XL",
                    "latitude": latitude,
                    "longitude": longitude,
                    "location_quality": "point",
                    "units_dc_fast": 1,
                    "expected_date": "2027-02-10",
                }
            ]
        )
    )
