"""What assumed supply brings into Priority: nothing, all of it, or as much as plain draws of it show."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from geodata.uncertainty.assumed_supply import variance_of_priority, with_expected_supply
from geodata.uncertainty.draw_model import DrawModel
from geodata.uncertainty.draws import simulate_ranks
from geodata.uncertainty.supply_draws import job_years_of_draws, seats_of_draws
from tests.geodata.uncertainty.models import access, model

DRAWS = 400


def spread(made: DrawModel, draws: int = DRAWS) -> pd.DataFrame:
    used = pd.DataFrame({"state": np.where(made.scope == 0, "GA", "RI"), "gated": made.scope >= 0})
    return variance_of_priority(used, simulate_ranks(made, DRAWS, 3, draws))


def still(made: DrawModel) -> dict[str, object]:
    """Return changes that leave nothing but assumed supply to be drawn."""
    held = made.access
    rates = np.repeat(held.sites.job_years[:, 1:2], 3, axis=1)
    sites = held.sites._replace(built=np.ones(len(held.sites.built)), job_years=rates)
    travel = held.travel._replace(triangles=np.ones((2, 3)), own_sd=0.0)
    exact = held._replace(people_se=np.zeros(len(held.people_se)), sites=sites, travel=travel)
    return {"measures_se": np.zeros(made.measures_se.shape), "access": exact}


def test_reported_supply_brings_nothing() -> None:
    made = model()
    reported = model(access=with_expected_supply(made.access))
    table = spread(reported)
    assert (table["variance"] > 0).all() and (table["assumed"] == 0).all()


def test_supply_alone_brings_everything() -> None:
    alone = model(**still(model()))
    table = spread(alone)
    assert (table["variance"] > 0).all() and table["assumed"].tolist() == pytest.approx([1.0, 1.0])
    nothing = model(**{**still(alone), "access": with_expected_supply(alone.access)})
    table = spread(nothing)
    assert (table["variance"] == 0).all() and table["assumed"].isna().all()


def test_of_both_it_brings_what_plain_draws_lose_without_it() -> None:
    made = model()
    table = spread(made)
    every = simulate_ranks(made, DRAWS, 3, 130)
    rest = simulate_ranks(model(access=with_expected_supply(made.access)), DRAWS, 3)
    # The first draws are those of a simulation that assumes nothing; asking for them changes nothing else.
    np.testing.assert_array_equal(every.with_expected, rest.priority[:130])
    np.testing.assert_array_equal(every.priority, simulate_ranks(made, DRAWS, 3).priority)
    for number, state in enumerate(("GA", "RI")):
        own = made.scope[every.listed] == number
        lost = 1 - rest.priority[:, own].var(axis=0).sum() / every.priority[:, own].var(axis=0).sum()
        assert 0 < lost < 1 and table.loc[state, "assumed"] == pytest.approx(lost, abs=1e-4)


def test_the_expectation_is_what_draws_come_to() -> None:
    held = access(sites=40, providers=30)
    certain = held.sites._replace(built=np.ones(40))
    held = held._replace(sites=certain, providers=held.providers._replace(log_sd=np.full(30, 0.5)))
    expected = with_expected_supply(held)
    seats, work, mean_work = (np.empty((n, 40_000), np.float32) for n in (30, 40, 40))
    seats_of_draws(np.uint64(1), 0, held.providers, seats)
    assert seats.mean(axis=1) == pytest.approx(expected.providers.seats, rel=0.05)
    job_years_of_draws(np.uint64(1), 0, held.sites, work)
    job_years_of_draws(np.uint64(1), 0, expected.sites, mean_work)
    assert work.mean(axis=1) == pytest.approx(mean_work.mean(axis=1), rel=0.05)


def test_without_enough_draws_nothing_is_said() -> None:
    assert spread(model(), 1).empty and spread(model(), 0).empty
