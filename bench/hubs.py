"""Recruitment hubs: the best one to ten sites of a state against spopt's maximal covering, and of every state.

For one state people and sites are scattered about towns, and what is compared is the weight covered by each number of
sites; spopt solves some of the numbers. The nation is the made-up one, cut into 51 states of unequal size from west
to east: 40 % of its tracts are to be reached by 10,000 sites, 20 minutes being near.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np
from scipy.spatial import cKDTree

from bench.common import Contender, measured, parser, side_by_side, size_option, size_suffix, sized, write_results
from bench.nation import people, places
from geodata.decisions.maximal_covering import Chosen, Cover, ExactCover, near_best, reduced
from geodata.travel.great_circle import GreatCircle

Work = Callable[[], np.ndarray]
SPOPT_SOLVES = (2, 6, 10)
ENGINE = GreatCircle.at_constant_speed(detour_factor=1.35, speed_kmh_urban=40.0, speed_kmh_rural=70.0)
NEAR_MINUTES = 20.0
STATES = 51


def _land(tracts: int, sites: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(6)
    towns = rng.random((max(3, tracts // 60), 2))
    size = rng.pareto(1.2, len(towns)) + 0.2
    people, places = (
        towns[rng.choice(len(towns), n, p=size / size.sum())] + rng.normal(0, 0.02, (n, 2)) for n in (tracts, sites)
    )
    return people, places, rng.integers(50, 1500, tracts).astype(float)


def _cover(tracts: int, sites: int, radius: float) -> Cover:
    people, places, weight = _land(tracts, sites)
    pairs = cKDTree(people).sparse_distance_matrix(cKDTree(places), radius, output_type="coo_matrix")
    return Cover.from_pairs(pairs.row, pairs.col, weight, sites)


def _state_covers(tracts: int, sites: int) -> list[Cover]:
    """Return a cover for each of 51 states; who lives near the border may be reached from beyond it."""
    homes, there = places(tracts, 1), places(sites, 2)
    adults = people(tracts, 3)
    rng = np.random.default_rng(9)
    size = rng.permutation(1.0 / np.arange(1, STATES + 1) ** 0.7)
    ends = np.round(np.cumsum(size / size.sum()) * tracts).astype(int)
    covers = []
    for rows in np.split(np.argsort(homes.longitude, kind="stable"), ends[:-1]):
        minutes = ENGINE.minutes(homes.take(rows), there, NEAR_MINUTES)
        used, site = np.unique(minutes.destination, return_inverse=True)
        covers.append(Cover.from_pairs(minutes.origin, site, adults[rows], len(used)))
    return covers


def _exact(cover: Cover, most: int) -> list[Chosen]:
    small, _ = reduced(cover)
    solver = ExactCover(small)
    starts = enumerate(near_best(small, most), start=1)
    return [solver.solve(p, 600.0, near.sites.tolist(), near.bound) for p, near in starts]


def exact_covers(tracts: int, sites: int, most: int, radius: float) -> Work:
    cover = _cover(tracts, sites, radius)
    return lambda: np.array([found.covered for found in _exact(cover, most)])


def exact_states(tracts: int, sites: int, most: int) -> Work:
    covers = _state_covers(tracts, sites)
    return lambda: np.array([found.covered for cover in covers for found in _exact(cover, most)])


def near_best_states(tracts: int, sites: int, most: int) -> Work:
    covers = _state_covers(tracts, sites)
    return lambda: np.array([found.covered for cover in covers for found in near_best(reduced(cover)[0], most)])


def gaps(tracts: int, sites: int, most: int) -> Work:
    """Prepare the largest gap of the exact solutions, and the mean and the largest of the quick ones."""
    covers = _state_covers(tracts, sites)

    def work() -> np.ndarray:
        exact = [found.gap for cover in covers for found in _exact(cover, most)]
        quick = [found.gap for cover in covers for found in near_best(reduced(cover)[0], most)]
        return np.array([max(exact), np.mean(quick), max(quick)])

    return work


def _spopt(tracts: int, sites: int, most: int, radius: float, solver: str) -> Work:
    import pulp
    from scipy.spatial.distance import cdist
    from spopt.locate import MCLP

    warnings.simplefilter("ignore")
    people, places, weight = _land(tracts, sites)
    distance = cdist(people, places)

    def work() -> np.ndarray:
        found = np.full(most, np.nan)
        for p in SPOPT_SOLVES:
            problem = MCLP.from_cost_matrix(distance, weight, service_radius=radius, p_facilities=p)
            engine = pulp.PULP_CBC_CMD(msg=False) if solver == "cbc" else pulp.HiGHS(msg=False)
            found[p - 1] = problem.solve(engine).problem.objective.value()
        return found

    return work


def spopt_cbc(tracts: int, sites: int, most: int, radius: float) -> Work:
    return _spopt(tracts, sites, most, radius, "cbc")


def spopt_highs(tracts: int, sites: int, most: int, radius: float) -> Work:
    return _spopt(tracts, sites, most, radius, "highs")


def main(arguments: list[str] | None = None) -> None:
    """Measure and write `results/hubs`."""
    asked = parser(__doc__)
    asked.add_argument("--tracts", type=int, default=1_500)
    asked.add_argument("--sites", type=int, default=300)
    given = asked.parse_args(arguments)
    tracts, sites = sized(given, (given.tracts, given.sites), (300, 60), (80, 20))
    state = {"tracts": tracts, "sites": sites}
    size = {**state, "most": 10, "radius": 0.05}
    share = len(SPOPT_SOLVES) / size["most"]
    contenders = [
        Contender("onramp, exact, 1 to 10 hubs", "exact_covers", 3),
        Contender("spopt MCLP with CBC", "spopt_cbc", share=share),
        Contender("spopt MCLP with HiGHS", "spopt_highs", share=share),
    ]
    rows = side_by_side("bench.hubs", contenders, size)
    suffix = size_suffix(given)
    repeat = "python -m bench hubs" + size_option(given)
    note = f"Compared is the weight covered; spopt solves for {', '.join(map(str, SPOPT_SOLVES))} hubs."
    write_results(f"hubs{suffix}", "Recruitment hubs of a state", rows, size, repeat=repeat, notes=[note])
    tracts, sites = sized(given, (34_000, 10_000), (3_400, 1_000), (600, 200))
    states = {"tracts": tracts, "sites": sites, "most": sized(given, 10, 10, 2)}
    contenders = [
        Contender("onramp, exact, 51 states, 1 to 10 hubs", "exact_states", 2),
        Contender("onramp, greedy with exchanges and a bound", "near_best_states", 3),
    ]
    rows = side_by_side("bench.hubs", contenders, states)
    _, found = measured("bench.hubs", Contender("gaps", "gaps"), states)
    notes = ["Compared is the weight covered, all states and numbers of hubs, as a share of the largest."]
    if found is not None:
        notes.append(
            f"The largest gap of the exact solutions is {found[0]:.2g}; what the quick way may have missed, by its "
            f"own bound, is {100 * found[1]:.1f} % on average and at most {100 * found[2]:.0f} %."
        )
    title = "Recruitment hubs of every state"
    write_results(f"hubs_states{suffix}", title, rows, states, repeat=repeat, notes=notes)


if __name__ == "__main__":
    main()
