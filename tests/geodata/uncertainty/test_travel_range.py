"""Access if travel were quicker or slower."""

from __future__ import annotations

import numpy as np
import pytest

from geodata.ingest.canonical_tables import CanonicalTables
from geodata.scoring.study_area import study_area
from geodata.scoring.tract_scores import training_access, travel, work_access
from geodata.settings import Settings
from geodata.uncertainty.travel_range import job_years, travel_access, travel_triangles
from tests.geodata.scoring import grid


def test_access_at_the_central_factor_is_the_point_estimate_and_quicker_travel_reaches_more():
    svi = grid.definition("svi", [n / 10 for n in range(1, 10)], [None] * 9, True)
    tables = {"centers": grid.centers(), "measures": grid.measures(), "definitions": svi}
    settings = Settings(access={"rural_catchment_minutes": 30.0, "cells_per_tract": 1})
    area = study_area(
        CanonicalTables({**tables, "providers": grid.providers(), "sites": grid.sites()}),
        ["XL"],
        settings,
        "2026-09-30",
    )
    reached = travel(area, grid.GridEngine(), settings)
    access = travel_access(area, grid.GridEngine(), settings)
    center = int(np.flatnonzero(access.nodes == 1.0)[0])
    seats = training_access(area, reached.training, settings).set_index("geoid")["training_access"] / 1000
    work = work_access(area, reached.work, settings).set_index("geoid")["work_access"] / 1000
    np.testing.assert_allclose(access.training[:, center], seats.reindex(access.geoids), atol=1e-12)
    middle = access.opportunity[:, center] @ job_years(settings.opportunity)[:, 1]
    np.testing.assert_allclose(middle, work.reindex(access.geoids), atol=1e-12)
    reached_by = (access.training > 1e-9).sum(axis=0)
    # 30 minutes hold tracts at most 2 steps from the provider (3 steps count nothing), 35 hold those at 3.
    assert reached_by[0] == 8
    assert reached_by[center] == 6
    assert (np.diff(reached_by) <= 0).all()


def test_only_straight_lines_have_a_detour_to_be_unsure_of():
    assert travel_triangles("friction", Settings().travel)[0] == (1.0, 1.0, 1.0)
    constant = Settings(travel={"detour_factor": 1.35}).travel
    low, mode, high = travel_triangles("great_circle", constant)[0]
    assert (low, mode, high) == pytest.approx((1.2 / 1.35, 1.0, 1.5 / 1.35))
    assert travel_triangles("great_circle", constant)[1] == (0.85, 1.0, 1.15)


def test_the_curves_are_off_by_the_factor_that_was_measured_and_by_nothing_beside_it():
    settings = Settings(travel={"curve_range": (0.9, 1.3)}).travel
    assert travel_triangles("great_circle", settings) == ((0.9, 1.0, 1.3), (1.0, 1.0, 1.0))
