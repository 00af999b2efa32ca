"""Recruitment hubs of a state: the best one to ten sites, against spopt's maximal covering with CBC and with HiGHS.

Also the greedy choice for a nation. People and sites are scattered about towns, as tracts and colleges are. What is
compared is the weight covered by each number of sites.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np
from scipy.spatial import cKDTree

from bench.common import Contender, parser, side_by_side, write_results
from geodata.cover import Cover, ExactCover, greedy, reduced, swapped

Work = Callable[[], np.ndarray]


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


def exact_covers(tracts: int, sites: int, most: int, radius: float) -> Work:
    cover = _cover(tracts, sites, radius)

    def work() -> np.ndarray:
        small, kept = reduced(cover)
        walk, solver = greedy(small, most), ExactCover(small)
        starts = {p: swapped(small, sorted({*walk[:p], *range(p - len(walk[:p]))})) for p in range(1, most + 1)}
        return np.array([solver.solve(p, 600.0, starts[p]).covered for p in range(1, min(most, len(kept)) + 1)])

    return work


def _spopt(tracts: int, sites: int, most: int, radius: float, solver: str) -> Work:
    import pulp
    from scipy.spatial.distance import cdist
    from spopt.locate import MCLP

    warnings.simplefilter("ignore")
    people, places, weight = _land(tracts, sites)
    distance = cdist(people, places)

    def work() -> np.ndarray:
        found = []
        for p in range(1, most + 1):
            problem = MCLP.from_cost_matrix(distance, weight, service_radius=radius, p_facilities=p)
            engine = pulp.PULP_CBC_CMD(msg=False) if solver == "cbc" else pulp.HiGHS(msg=False)
            found.append(problem.solve(engine).problem.objective.value())
        return np.array(found)

    return work


def spopt_cbc(tracts: int, sites: int, most: int, radius: float) -> Work:
    return _spopt(tracts, sites, most, radius, "cbc")


def spopt_highs(tracts: int, sites: int, most: int, radius: float) -> Work:
    return _spopt(tracts, sites, most, radius, "highs")


def greedy_nation(tracts: int, sites: int, most: int, radius: float) -> Work:
    cover = _cover(tracts, sites, radius)
    return lambda: np.array([cover.covered(greedy(cover, most))])


def main(arguments: list[str] | None = None) -> None:
    """Measure and write `results/hubs`."""
    asked = parser(__doc__)
    asked.add_argument("--tracts", type=int, default=1_500)
    asked.add_argument("--sites", type=int, default=300)
    asked.add_argument("--quick", action="store_true", help="300 tracts and 60 sites")
    given = asked.parse_args(arguments)
    state = {"tracts": 300, "sites": 60} if given.quick else {"tracts": given.tracts, "sites": given.sites}
    size = {**state, "most": 10, "radius": 0.05}
    nation = {"tracts": 8_500, "sites": 9_000, "most": 300, "radius": 0.01}
    contenders = [
        Contender("onramp, exact, 1 to 10 hubs", "exact_covers", 3),
        Contender("spopt MCLP with CBC", "spopt_cbc"),
        Contender("spopt MCLP with HiGHS", "spopt_highs"),
        Contender("onramp, greedy, 300 hubs for a nation", "greedy_nation", 3, checked=False, arguments=nation),
    ]
    rows = side_by_side("bench.hubs", contenders, size)
    name, repeat = ("hubs_quick", "python -m bench.hubs --quick") if given.quick else ("hubs", "python -m bench.hubs")
    notes = ["The difference compares the weight covered by 1, 2, … 10 hubs.", f"The nation: {nation}."]
    write_results(name, "Recruitment hubs", rows, size, repeat=repeat, notes=notes)


if __name__ == "__main__":
    main()
