"""The grid and its settings for every test of scoring."""

from __future__ import annotations

import pandas as pd
import pytest

from geodata.ingest.canonical_tables import CanonicalTables
from geodata.settings import Settings
from tests.geodata.scoring import grid


@pytest.fixture
def canonical() -> CanonicalTables:
    svi = grid.definition("svi", [n / 10 for n in range(1, 10)], [None] * 9, True)
    cejst = grid.definition("cejst", [0, 0, 0, 0, 0, 0, 0, 1, 1], [False] * 7 + [True] * 2, True)
    return CanonicalTables(
        {
            "centers": grid.centers(),
            "measures": grid.measures(),
            "definitions": pd.concat([svi, cejst], ignore_index=True),
            "providers": grid.providers(),
            "sites": grid.sites(),
        }
    )


@pytest.fixture
def settings() -> Settings:
    # Rurality is of no concern on the grid: everybody has the same 30 minutes.
    return Settings(
        need={"weights": {"svi": 1, "cejst": 1}}, access={"rural_catchment_minutes": 30.0, "cells_per_tract": 1}
    )
