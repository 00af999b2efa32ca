"""Joint sets against a search of all sets, hand-worked cases and the published example."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.errors import InputError
from geodata.statistics.rank_sets import first_candidates, first_set, joint_rank_region, normal_errors, rank_bounds

# Mathematics of OECD countries in PISA 2018, mean and standard error, as the documentation of the R package csranks
# prints them (https://danielwilhelm.github.io/R-CS-ranks/; scores from https://www.oecd.org/pisa/data/).
PISA_2018 = {
    "Australia": (491.3600, 1.939833),
    "Austria": (498.9423, 2.970999),
    "Belgium": (508.0703, 2.262662),
    "Canada": (512.0169, 2.357476),
    "Chile": (417.4066, 2.415888),
    "Colombia": (390.9323, 2.989559),
    "Czech Republic": (499.4677, 2.460662),
    "Denmark": (509.3984, 1.735002),
    "Estonia": (523.4146, 1.743602),
    "Finland": (507.3014, 1.967920),
    "France": (495.4076, 2.320214),
    "Germany": (500.0438, 2.647083),
    "Greece": (451.3703, 3.091228),
    "Hungary": (481.0826, 2.319597),
    "Iceland": (495.1874, 1.953083),
    "Ireland": (499.6329, 2.198621),
    "Israel": (463.0345, 3.498563),
    "Italy": (486.5899, 2.780046),
    "Japan": (526.9733, 2.471475),
    "Korea": (525.9330, 3.121394),
    "Latvia": (496.1263, 1.962767),
    "Lithuania": (481.1912, 1.953282),
    "Luxembourg": (483.4215, 1.097632),
    "Mexico": (408.8015, 2.493226),
    "Netherlands": (519.2310, 2.632278),
    "New Zealand": (494.4897, 1.705943),
    "Norway": (500.9638, 2.219045),
    "Poland": (515.6479, 2.602085),
    "Portugal": (492.4874, 2.684570),
    "Slovak Republic": (486.1649, 2.555596),
    "Slovenia": (508.8975, 1.363878),
    "Spain": (481.3926, 1.462418),
    "Sweden": (502.3877, 2.654251),
    "Switzerland": (515.3147, 2.908004),
    "Turkey": (453.5078, 2.260407),
    "United Kingdom": (501.7699, 2.564428),
    "United States": (478.2447, 3.235444),
}
COUNTRIES = list(PISA_2018)
SCORES, ERRORS = np.array(list(PISA_2018.values())).T
#: What `cstaubest(…, tau = 5)` printed there at 90 %; at 95 % Sweden is added.
FIRST_FIVE_90 = {
    *("Belgium", "Canada", "Denmark", "Estonia", "Finland", "Japan"),
    *("Korea", "Netherlands", "Poland", "Slovenia", "Switzerland"),
}


@pytest.fixture(scope="module")
def pisa_errors() -> np.ndarray:
    return normal_errors(np.diag(ERRORS**2), 10_000, seed=1)


def test_the_published_candidates_for_the_first_five(pisa_errors: np.ndarray) -> None:
    def named(level: float) -> set[str]:
        return {COUNTRIES[n] for n in np.flatnonzero(first_candidates(SCORES, pisa_errors, 5, level))}

    assert named(0.95) == FIRST_FIVE_90 | {"Sweden"}
    assert named(0.90) == FIRST_FIVE_90


def test_the_published_bounds_on_one_rank(pisa_errors: np.ndarray) -> None:
    # Printed are 8 and 23; the text beside them says 7 and 23, for the bound is on the edge of the bootstrap's error.
    lowest, highest = rank_bounds(SCORES, pisa_errors, 0.95, units=np.array([COUNTRIES.index("United Kingdom")]))
    assert lowest[0] in (7, 8)
    assert highest[0] == 23


def test_the_published_bounds_on_all_ranks(pisa_errors: np.ndarray) -> None:
    low, high = rank_bounds(SCORES, pisa_errors, 0.95)
    bounds = dict(zip(COUNTRIES, zip(low.tolist(), high.tolist(), strict=True), strict=True))
    # “Chile, Mexico and Colombia do not overlap with the others”; “Germany and Korea both contain rank 7”.
    assert min(bounds[name][0] for name in ("Chile", "Mexico", "Colombia")) == 35
    assert max(high for name, (_, high) in bounds.items() if name not in ("Chile", "Mexico", "Colombia")) < 35
    assert bounds["Germany"][0] == bounds["Korea"][1] == 7
    # “at lower levels of confidence (75 %) they do not overlap”.
    low, high = rank_bounds(SCORES, pisa_errors, 0.75)
    assert high[COUNTRIES.index("Korea")] < low[COUNTRIES.index("Germany")]
    # One interval a unit is the wider way, but never contradicts.
    wide_low, wide_high = joint_rank_region(SCORES, pisa_errors, 0.95)
    rank = (-SCORES).argsort().argsort() + 1
    assert ((wide_low <= rank) & (rank <= wide_high)).all()
    assert (wide_high - wide_low).mean() > (high - low).mean()


def test_one_sided_bounds_are_tighter_than_two_sided_ones_for_one_unit(pisa_errors: np.ndarray) -> None:
    norway = np.array([COUNTRIES.index("Norway")])
    one, none = rank_bounds(SCORES, pisa_errors, 0.95, units=norway, upper=False)
    two, _ = rank_bounds(SCORES, pisa_errors, 0.95, units=norway)
    assert one[0] >= two[0]
    assert none[0] == len(SCORES)


def test_units_with_the_same_error_are_ordered_for_certain() -> None:
    common = np.random.default_rng(3).normal(size=(500, 1))
    errors = np.hstack([common, common, 10 * common])
    low, high = rank_bounds(np.array([1.0, 0.9, 0.95]), errors, 0.9)
    assert low.tolist() == [1, 2, 1]
    assert high.tolist() == [2, 3, 3]


def test_bounds_hold_as_often_as_they_say() -> None:
    rng, truth, deviation = np.random.default_rng(11), np.array([0.0, 0.3, 1.0, 1.1, 3.0]), 0.5
    ranks = (-truth).argsort().argsort() + 1
    errors = normal_errors(np.eye(5) * deviation**2, 2_000, seed=4)
    held = {"pairs": 0, "region": 0, "candidates": 0}
    for _ in range(400):
        seen = truth + deviation * rng.normal(size=5)
        for name, made in (("pairs", rank_bounds), ("region", joint_rank_region)):
            low, high = made(seen, errors, 0.9)
            held[name] += bool(((low <= ranks) & (ranks <= high)).all())
        held["candidates"] += bool(first_candidates(seen, errors, 2, 0.9)[ranks <= 2].all())
    # Not below the level; three standard errors of 400 trials are 0.045.
    assert min(held.values()) / 400 > 0.9 - 0.045


def test_the_smallest_set_by_hand() -> None:
    # One is first in every draw; the second place changes hands: b in 6 of 10 draws, c in 3, d in 1.
    ranks = np.array([[1, 2, 3, 4]] * 6 + [[1, 3, 2, 4]] * 3 + [[1, 3, 4, 2]])
    made = first_set(ranks, first=2, level=0.9)
    assert made.members.tolist() == [True, True, True, False]
    assert made.holds == pytest.approx(0.9)
    assert made.chance.tolist() == pytest.approx([1, 0.6, 0.3, 0.1])
    assert first_set(ranks, first=2, level=0.6).members.tolist() == [True, True, False, False]
    assert first_set(ranks, first=2, level=1.0).members.all()


def test_draws_in_which_the_first_change_together_are_seen_together() -> None:
    # Alone b, c, d and e are equally likely; but b comes with c and d with e, and a never fails.
    ranks = np.array([[1, 2, 3, 4, 5]] * 5 + [[1, 4, 5, 2, 3]] * 4)
    assert first_set(ranks, first=3, level=0.5).members.tolist() == [True, True, True, False, False]


def test_fewer_units_than_asked_for_are_all_of_them() -> None:
    assert first_set(np.array([[1, 2], [2, 1]]), first=5).members.all()
    with pytest.raises(InputError, match="at least one draw"):
        first_set(np.empty((0, 4), dtype=int))


@given(
    seed=st.integers(0, 2**32 - 1),
    units=st.integers(1, 8),
    draws=st.integers(1, 30),
    first=st.integers(1, 5),
    level=st.sampled_from([0.5, 0.8, 0.9, 1.0]),
)
def test_the_set_holds_what_it_says_and_is_at_most_one_larger_than_the_smallest(
    seed: int, units: int, draws: int, first: int, level: float
) -> None:
    rng = np.random.default_rng(seed)
    ranks = (rng.normal(size=units) * rng.uniform(0.2, 2) + rng.normal(size=(draws, units))).argsort(1).argsort(1) + 1
    made = first_set(ranks, first, level)
    assert made.holds >= level - 1e-9
    assert made.holds == pytest.approx((~((ranks <= first) & ~made.members).any(axis=1)).mean())
    assert made.members.sum() <= _smallest(ranks <= first, level) + 1


def _smallest(among: np.ndarray, level: float) -> int:
    """Return the size of the smallest set, by trying all."""
    needed = int(np.ceil(level * len(among) - 1e-9))
    for size in range(among.shape[1]):
        for kept in combinations(range(among.shape[1]), size):
            if (~np.delete(among, kept, axis=1).any(axis=1)).sum() >= needed:
                return size
    return among.shape[1]
