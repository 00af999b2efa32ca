from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from geodata.ingest.canonical_tables import CanonicalTables
from geodata.scoring.eligible_adults import demand, eligible_adults
from tests.geodata.scoring import grid


def test_eligible_adults_are_working_age_times_poverty(canonical: CanonicalTables) -> None:
    adults = eligible_adults(canonical.table("measures")).set_index("geoid")
    # Tract 3: 1,000 of working age × 0.3; margin: √((1000·0.05)² + (0.3·0)²) = 50.
    assert adults.loc[grid.GEOIDS[2], "eligible_adults"] == pytest.approx(300)
    assert adults.loc[grid.GEOIDS[2], "eligible_adults_moe"] == pytest.approx(50)


def test_unmeasured_tracts_compete_with_an_imputed_share_and_say_so() -> None:
    tracts = pd.DataFrame(
        {
            "geoid": ["a", "b", "c", "d"],
            "state": ["XL", "XL", "XS", "XS"],
            "population": [1000.0, 500.0, 2000.0, np.nan],
            "eligible_adults": [200.0, np.nan, np.nan, np.nan],
        }
    )
    table = demand(tracts).set_index("geoid")
    # Share of the measured tract 200/1000; b: 500 × 0.2; c: its state has no measured tract, so the overall 0.2.
    assert table["demand"].to_dict() == pytest.approx({"a": 200, "b": 100, "c": 400, "d": 0})
    assert table["demand_basis"].to_dict() == {"a": "measured", "b": "imputed", "c": "imputed", "d": "unknown"}
