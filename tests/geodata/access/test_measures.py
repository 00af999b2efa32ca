import numpy as np
import pandas as pd
import pytest
from access import fca
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from geodata.access.catchment_weights import catchment_weights
from geodata.access.decay import flat, gaussian_decay, step_decay
from geodata.access.measures import cumulative, e2sfca, gravity, three_step, two_step
from geodata.errors import InputError
from tests.geodata.access import plain
from tests.geodata.travel_pairs import travel_minutes

# Hand-worked case: three tracts, three colleges, minutes between them (— beyond the catchment of 30 minutes).
#              college 0   college 1   college 2
#   tract 0        0          15          —
#   tract 1       15           0          30
#   tract 2        —          15          40 (beyond)
HAND = travel_minutes(
    [0, 0, 1, 1, 1, 2, 2], [0, 1, 0, 1, 2, 1, 2], [0, 15, 15, 0, 30, 15, 40], n_origins=3, n_destinations=3
)
PEOPLE, SEATS = [100.0, 200.0, 300.0], [10.0, 20.0, 30.0]


def random_case(draw):
    n, m = draw(st.integers(1, 7)), draw(st.integers(1, 6))
    minutes = draw(hnp.arrays(float, (n, m), elements=st.floats(0, 90, width=32)))
    kept = draw(hnp.arrays(bool, (n, m)))
    origin, destination = np.nonzero(kept)
    travel = travel_minutes(origin, destination, minutes[kept], n_origins=n, n_destinations=m)
    amount = st.one_of(st.just(0.0), st.floats(0.001, 1e5))
    supply = draw(hnp.arrays(float, m, elements=amount))
    demand = draw(hnp.arrays(float, n, elements=amount))
    catchment = draw(hnp.arrays(float, n, elements=st.sampled_from([20.0, 30.0, 60.0])))
    return travel, supply, demand, catchment


cases = st.composite(random_case)()
decays = st.sampled_from([gaussian_decay, step_decay, flat])


def test_hand_worked_two_step():
    # Demand: college 0: 100 + 200 = 300; college 1: 100 + 200 + 300 = 600; college 2: 200 (tract 2 is beyond).
    # Ratios: 10/300 = 1/30; 20/600 = 1/30; 30/200 = 0.15.
    # Access: tract 0: 1/30 + 1/30; tract 1: 1/30 + 1/30 + 0.15; tract 2: 1/30.
    result = two_step(HAND, SEATS, PEOPLE, 30)
    np.testing.assert_allclose(result.ratio, [1 / 30, 1 / 30, 0.15], rtol=1e-14)
    np.testing.assert_allclose(result.access, [2 / 30, 2 / 30 + 0.15, 1 / 30], rtol=1e-14)


def test_hand_worked_e2sfca():
    # W(0) = 1, W(15) = w = 0.701366…, W(30) = 0.
    # Demand: college 0: 100 + 200 w; college 1: 100 w + 200 + 300 w; college 2: 200 · 0 = 0, so its ratio is 0.
    w = float(gaussian_decay(15, 30))
    r0, r1 = 10 / (100 + 200 * w), 20 / (200 + 400 * w)
    result = e2sfca(HAND, SEATS, PEOPLE, 30)
    np.testing.assert_allclose(result.ratio, [r0, r1, 0], rtol=1e-14)
    np.testing.assert_allclose(result.access, [r0 + w * r1, w * r0 + r1, w * r1], rtol=1e-14)
    assert result.reached.tolist() == [True, True, False]
    assert result.zero_demand_destinations == 1  # college 2 is in a catchment, but nobody counts there


def test_hand_worked_per_origin_catchment():
    # Tract 2 is rural with 60 minutes: college 2 at 40 minutes now counts for it, in both steps.
    result = two_step(HAND, SEATS, PEOPLE, [30, 30, 60])
    np.testing.assert_allclose(result.ratio, [1 / 30, 1 / 30, 30 / 500], rtol=1e-14)
    np.testing.assert_allclose(result.access[2], 1 / 30 + 30 / 500, rtol=1e-14)


def test_hand_worked_gravity_and_cumulative():
    w = float(gaussian_decay(15, 30))
    np.testing.assert_allclose(gravity(HAND, SEATS, 30), [10 + 20 * w, 10 * w + 20, 20 * w], rtol=1e-14)
    np.testing.assert_allclose(cumulative(HAND, SEATS, 30), [30, 60, 20])
    np.testing.assert_allclose(cumulative(HAND, [1, 1, 1], 30), [2, 3, 1])


@given(cases, decays)
def test_everything_supplied_is_shared_out(case, decay):
    travel, supply, demand, catchment = case
    result = e2sfca(travel, supply, demand, catchment, decay)
    np.testing.assert_allclose(result.access @ demand, supply[result.reached].sum(), rtol=1e-9, atol=1e-9)
    selective = three_step(travel, supply, demand, catchment, decay)
    np.testing.assert_allclose(selective.access @ demand, supply[selective.reached].sum(), rtol=1e-9, atol=1e-9)


@given(cases)
def test_agrees_with_plain_loops(case):
    travel, supply, demand, catchment = case
    pairs = dict(zip(zip(travel.origin, travel.destination, strict=True), travel.minutes, strict=True))
    for decay, slow in ((gaussian_decay, plain.gaussian), (step_decay, plain.steps), (flat, plain.everything)):
        result = e2sfca(travel, supply, demand, catchment, decay)
        access, ratio = plain.plain_e2sfca(pairs, supply, demand, catchment, slow)
        np.testing.assert_allclose(result.access, access, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(result.ratio, ratio, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(
            three_step(travel, supply, demand, catchment, decay).access,
            plain.plain_three_step(pairs, supply, demand, catchment, slow),
            rtol=1e-9,
            atol=1e-12,
        )


@given(cases, decays, st.integers(0, 5), st.floats(0, 100))
def test_more_seats_anywhere_lower_nobodys_access(case, decay, where, seats):
    travel, supply, demand, catchment = case
    before = e2sfca(travel, supply, demand, catchment, decay).access
    more = supply.copy()
    more[where % len(supply)] += seats
    assert (e2sfca(travel, more, demand, catchment, decay).access >= before * (1 - 1e-12)).all()


@given(cases, decays)
def test_scaling_all_seats_scales_access_and_changes_no_place(case, decay):
    travel, supply, demand, catchment = case
    before = e2sfca(travel, supply, demand, catchment, decay).access
    after = e2sfca(travel, supply * 4, demand, catchment, decay).access  # a power of two: exact
    np.testing.assert_array_equal(after, before * 4)
    np.testing.assert_array_equal(np.argsort(after, kind="stable"), np.argsort(before, kind="stable"))


@given(cases, st.randoms(use_true_random=False))
def test_rows_may_come_in_any_order(case, random):
    travel, supply, demand, catchment = case
    rows, columns = list(range(len(demand))), list(range(len(supply)))
    random.shuffle(rows), random.shuffle(columns)
    rows, columns = np.array(rows), np.array(columns)
    new_row, new_column = np.argsort(rows), np.argsort(columns)
    shuffled = travel_minutes(
        new_row[travel.origin], new_column[travel.destination], travel.minutes,
        n_origins=len(rows), n_destinations=len(columns)
    )  # fmt: skip
    before = e2sfca(travel, supply, demand, catchment)
    after = e2sfca(shuffled, supply[columns], demand[rows], catchment[rows])
    np.testing.assert_allclose(after.access, before.access[rows], rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(after.ratio, before.ratio[columns], rtol=1e-12, atol=1e-15)


def test_columns_of_supply_share_one_demand_and_add_up():
    weights = catchment_weights(HAND, 30, flat)
    both = weights.share(np.column_stack([SEATS, [1, 0, 5]]), PEOPLE)
    np.testing.assert_allclose(both.access[:, 0], two_step(HAND, SEATS, PEOPLE, 30).access, rtol=1e-15)
    np.testing.assert_allclose(both.access.sum(axis=1), two_step(HAND, [11, 20, 35], PEOPLE, 30).access, rtol=1e-14)


@pytest.fixture
def long_table():
    """Distances as PySAL `access` wants them: every pair of 40 tracts and 15 providers, in random order."""
    rng = np.random.default_rng(5)
    minutes = rng.uniform(0, 45, (40, 15)).round(3)
    origin, destination = np.divmod(rng.permutation(600), 15)
    table = pd.DataFrame({"origin": origin, "dest": destination, "cost": minutes[origin, destination]})
    people = pd.DataFrame({"people": rng.integers(1, 5000, 40).astype(float)})
    seats = pd.DataFrame({"seats": rng.integers(1, 90, 15).astype(float)})
    travel = travel_minutes(origin, destination, table["cost"], n_origins=40, n_destinations=15)
    return table, people, seats, travel


@pytest.mark.parametrize("decay", [gaussian_decay, step_decay, flat], ids=lambda decay: decay.__name__)
def test_agrees_with_pysal_access(long_table, decay):
    table, people, seats, travel = long_table

    def weight(t):
        return float(decay(t, 30.0))

    theirs = fca.two_stage_fca(
        people, seats, table, max_cost=30, demand_index=True, demand_name="people", supply_name="seats",
        weight_fn=None if decay is flat else weight,
    )  # fmt: skip
    ours = e2sfca(travel, seats["seats"], people["people"], 30, decay)
    np.testing.assert_allclose(ours.access[theirs.index], theirs, rtol=1e-12)
    assert len(theirs) == 40


def test_three_step_agrees_with_pysal_access(long_table):
    table, people, seats, travel = long_table
    theirs = fca.three_stage_fca(
        people, seats, table.copy(), max_cost=30, demand_index=True, demand_name="people", supply_name="seats",
        weight_fn=lambda t: float(gaussian_decay(t, 30.0)),
    )  # fmt: skip
    ours = three_step(travel, seats["seats"], people["people"], 30)
    np.testing.assert_allclose(ours.access[theirs.index], theirs, rtol=1e-12)


def test_a_missing_amount_is_an_error_not_zero():
    with pytest.raises(InputError, match=r"demand.*row 1|row 1.*demand"):
        e2sfca(HAND, SEATS, [100, np.nan, 300], 30)
    with pytest.raises(InputError, match="supply"):
        e2sfca(HAND, [1, -2, 3], PEOPLE, 30)
    with pytest.raises(InputError, match="3 are expected"):
        e2sfca(HAND, SEATS, [1, 2], 30)


def test_no_pairs_no_access():
    nothing = travel_minutes([], [], [], n_origins=2, n_destinations=1)
    result = e2sfca(nothing, [5], [10, 10], 30)
    assert result.access.tolist() == [0, 0]
    assert result.zero_demand_destinations == 0
