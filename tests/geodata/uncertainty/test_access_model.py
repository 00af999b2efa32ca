"""What access is drawn from, of the grid: at the central factor it is the point estimate."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from geodata.ingest.canonical_tables import CanonicalTables
from geodata.ingest.provider_priors import stated_priors
from geodata.schemas.canonical import PROVIDER_PRIORS
from geodata.scoring.study_area import StudyArea, study_area
from geodata.scoring.tract_scores import training_access, travel, work_access
from geodata.settings import Settings
from geodata.uncertainty.access_model import access_model, job_years, least_factor, measure_of, travel_triangles
from geodata.uncertainty.draws import drawn_access, plan_of, working_order
from geodata.uncertainty.rank_lists import RankedLists
from tests.geodata.scoring import grid
from tests.geodata.uncertainty.models import certain, model

SETTINGS = Settings(access={"rural_catchment_minutes": 30.0, "cells_per_tract": 1})


def area(settings: Settings = SETTINGS) -> StudyArea:
    svi = grid.definition("svi", [n / 10 for n in range(1, 10)], [None] * 9, True)
    tables = {"centers": grid.centers(), "measures": grid.measures(), "definitions": svi}
    supply = {"providers": grid.providers(), "sites": grid.sites()}
    return study_area(CanonicalTables({**tables, **supply}), ["XL"], settings, "2026-09-30")


@pytest.mark.parametrize("measure", ["e2sfca", "2sfca", "3sfca", "gravity", "cumulative"])
@pytest.mark.parametrize("decay", ["gaussian", "step", "flat"])
def test_where_nothing_is_drawn_access_is_the_point_estimate(measure: str, decay: str) -> None:
    settings = SETTINGS.with_changes({"access": {"measure": measure, "decay": decay}})
    world = area(settings)
    reached = travel(world, grid.GridEngine(), settings)
    geoids, access = access_model(world, grid.GridEngine(), settings)
    n = len(geoids)
    given = certain(model(n, access=access, access_row=np.arange(n)))
    seats = world.providers["seats_used"].to_numpy(dtype=float)
    fixed = given.access._replace(providers=access.providers._replace(seats=seats))
    given = dataclasses.replace(given, access=fixed)
    order = working_order(given)
    plan = plan_of(given, order, RankedLists(given.scope[order], given.tie_order[order]), 1)
    training, work = drawn_access(plan.seed, 0, 1, plan.access, 1)
    expected = training_access(world, reached.training, settings).set_index("geoid")["training_access"] / 1000
    np.testing.assert_allclose(training[0, 0], expected.reindex(geoids), rtol=2e-6, atol=1e-5)
    expected = work_access(world, reached.work, settings).set_index("geoid")["work_access"] / 1000
    np.testing.assert_allclose(work[0, 0], expected.reindex(geoids), rtol=2e-6, atol=1e-5)


def test_only_straight_lines_have_a_detour_to_be_unsure_of() -> None:
    assert travel_triangles("friction", Settings().travel)[0] == (1.0, 1.0, 1.0)
    constant = Settings(travel={"detour_factor": 1.35}).travel
    low, mode, high = travel_triangles("great_circle", constant)[0]
    assert (low, mode, high) == pytest.approx((1.2 / 1.35, 1.0, 1.5 / 1.35))
    assert travel_triangles("great_circle", constant)[1] == (0.85, 1.0, 1.15)


def test_the_curves_are_off_by_the_factor_that_was_measured_and_each_tract_by_its_own() -> None:
    settings = Settings(travel={"curve_range": (0.9, 1.3), "tract_spread": 0.1}).travel
    assert travel_triangles("great_circle", settings) == ((0.9, 1.0, 1.3), (1.0, 1.0, 1.0))
    assert least_factor("great_circle", settings) == pytest.approx(0.9 * np.exp(-0.2))
    assert least_factor("friction", settings) == pytest.approx(1 / 1.15)


def test_places_no_scored_tract_reaches_in_any_draw_are_left_out() -> None:
    world = area()
    _, access = access_model(world, grid.GridEngine(), SETTINGS)
    assert len(access.training.place)
    nobody = dataclasses.replace(world, tracts=world.tracts.iloc[:0])
    _, none = access_model(nobody, grid.GridEngine(), SETTINGS)
    assert len(none.training.place) == len(none.work.place) == len(none.training.tract) == 0


def test_seats_nobody_reports_are_drawn_with_the_institution_and_others_are_not() -> None:
    world = area()
    priors = PROVIDER_PRIORS.validate(pd.DataFrame([{"prior": k, **v} for k, v in stated_priors().items()]))
    kind = str(priors.loc[priors["p_teaches"].between(0.05, 0.95), "prior"].iloc[0])
    prior = priors.set_index("prior").loc[kind]
    first = world.providers.iloc[[0]]
    unknown = first.assign(
        unitid="123456", prior=kind, p_teaches=prior["p_teaches"], seats_assumed=True,
        seats_used=0.5 * prior["p_teaches"] * prior["seats_mean"],
    )  # fmt: skip
    campuses = pd.concat([first.assign(seats_assumed=False), unknown, unknown], ignore_index=True)
    campuses["provider_id"] = ["a", "b", "c"]
    world = dataclasses.replace(world, providers=campuses, provider_priors=priors)
    _, access = access_model(world, grid.GridEngine(), SETTINGS)
    made = access.providers
    assert made.seats[0] == first["seats_used"].iloc[0] and np.isnan(made.seats[1:]).all()
    assert made.family[1] == made.family[2] != made.family[0]
    assert made.share[1:] == pytest.approx([0.5, 0.5])
    set_by_hand = SETTINGS.with_changes({"training": {"assumed_seats": 12.0}})
    _, access = access_model(world, grid.GridEngine(), set_by_hand)
    assert np.isfinite(access.providers.seats).all()


def test_rates_end_with_upkeep_and_flat_measures_do_not_fade() -> None:
    assert job_years(Settings().opportunity).shape == (4, 3)
    flat = measure_of(Settings(access={"measure": "2sfca"}).access)
    assert (flat.decay, flat.competing, flat.choosing) == (2, True, False)
    assert measure_of(Settings(access={"measure": "3sfca"}).access).choosing
    assert not measure_of(Settings(access={"measure": "gravity"}).access).competing
