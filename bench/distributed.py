"""A job of block groups on one process and spread over a Dask cluster on the same machine: where spreading pays.

E2SFCA for the nation's 245,000 block groups. Spread out, the origins go to the workers in strips of
longitude, as states would: every worker sums the demand of its own origins at each provider, the sums are added,
and every worker reads the ratios back: two small messages a worker. Both ways compute the same strips one after the
other or at once, so the results are the same to the last bit. Starting the cluster is not timed; sending the
origins is, for a cluster has to be given its data. Memory of the workers is not in the table: it is theirs.
"""

from __future__ import annotations

import atexit
from collections.abc import Callable

import numba
import numpy as np

from bench.access_nation import ENGINE
from bench.common import Contender, parser, side_by_side, size_option, size_suffix, sized, write_results
from bench.nation import people, places, seats
from geodata.access.catchment_weights import CatchmentWeights, catchment_weights
from geodata.geography.coordinates import Points

Work = Callable[[], np.ndarray]
STRIPS = 8
Strip = tuple[Points, np.ndarray]


def _strips(origins: int) -> list[Strip]:
    """Return strips of origins with their demand, from west to east."""
    points, demand = places(origins, 1), people(origins, 3)
    order = np.argsort(points.longitude, kind="stable")
    return [(points.take(rows), demand[rows]) for rows in np.array_split(order, STRIPS)]


def _prepared(strip: Strip, providers: int, km: float) -> CatchmentWeights:
    return catchment_weights(ENGINE.minutes(strip[0], places(providers, 2), km), km)


def _demand(weights: CatchmentWeights, strip: Strip) -> np.ndarray:
    return weights.demand_on(strip[1])


def _access(weights: CatchmentWeights, ratio: np.ndarray) -> np.ndarray:
    return weights.reachable(ratio)


def _ratio(parts: list[np.ndarray], providers: int) -> np.ndarray:
    competing = np.sum(parts, axis=0)
    return np.divide(seats(providers, 4), competing, out=np.zeros(providers), where=competing > 0)


def one_process(origins: int, providers: int, km: float) -> Work:
    strips = _strips(origins)

    def work() -> np.ndarray:
        searches = [_prepared(strip, providers, km) for strip in strips]
        ratio = _ratio([_demand(search, strip) for search, strip in zip(searches, strips, strict=True)], providers)
        return np.concatenate([_access(search, ratio) for search in searches])

    return work


def dask_cluster(origins: int, providers: int, km: float, workers: int = 2) -> Work:
    from distributed import Client, LocalCluster

    strips = _strips(origins)
    cluster = LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None)
    client = Client(cluster)
    atexit.register(cluster.close)
    atexit.register(client.close)
    client.run(numba.set_num_threads, 1)

    def work() -> np.ndarray:
        there = client.scatter(strips, hash=False)
        searches = client.map(_prepared, there, providers=providers, km=km, pure=False)
        parts = client.gather(client.map(_demand, searches, there, pure=False))
        ratio = client.scatter(_ratio(parts, providers), broadcast=True, hash=False)
        return np.concatenate(client.gather(client.map(_access, searches, ratio=ratio, pure=False)))

    return work


def main(arguments: list[str] | None = None) -> None:
    """Measure and write `results/distributed`."""
    asked = parser(__doc__)
    asked.add_argument("--origins", type=int, default=245_000)
    asked.add_argument("--providers", type=int, default=10_000)
    asked.add_argument("--km", type=float, default=60.0)
    given = asked.parse_args(arguments)
    origins, providers = sized(given, (given.origins, given.providers), (100_000, 1_000), (2_000, 100))
    size = {"origins": origins, "providers": providers, "km": given.km}
    contenders = [
        Contender("one process, a thread per core", "one_process", 3),
        Contender("Dask LocalCluster, 2 workers", "dask_cluster", 3),
    ]
    rows = side_by_side("bench.distributed", contenders, size)
    write_results(
        "distributed" + size_suffix(given), "Access of block groups on one process and on Dask", rows, size,
        repeat="python -m bench.distributed" + size_option(given),
        notes=["On one machine both have the same cores, so what differs is the cost of sending data and results."],
    )  # fmt: skip


if __name__ == "__main__":
    main()
