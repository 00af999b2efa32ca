"""National E2SFCA: tracts × providers within a distance, against what an analyst would use today.

Ours is what a run does: minutes by the great-circle engine, then a sparse matrix of weights (CSR). The others: SciPy's
k-d tree and CSR; PySAL `access` with its own distance table, and with the distances handed over ready; geopandas'
distance join and groupby. All but geopandas and `access`'s own table use great-circle distances, all the Gaussian of
Dai (2010) unless they say otherwise.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from bench.common import Contender, parser, side_by_side, size_option, size_suffix, sized, write_results
from bench.nation import people, places, seats
from geodata.access.decay import gaussian_decay
from geodata.access.measures import e2sfca
from geodata.geography.coordinates import Points
from geodata.geography.sphere import EARTH_RADIUS_KM, unit_vectors
from geodata.travel.great_circle import GreatCircle
from geodata.travel.minutes import TravelMinutes

ENGINE = GreatCircle.at_constant_speed(
    detour_factor=1.0, speed_kmh_urban=60.0, speed_kmh_rural=60.0
)  # a kilometer a minute
Work = Callable[[], np.ndarray]


def _nation(tracts: int, providers: int) -> tuple[Points, Points, np.ndarray, np.ndarray]:
    return places(tracts, 1), places(providers, 2), people(tracts, 3), seats(providers, 4)


def minutes_and_csr(tracts: int, providers: int, km: float) -> Work:
    origins, destinations, demand, supply = _nation(tracts, providers)
    return lambda: e2sfca(ENGINE.minutes(origins, destinations, km), supply, demand, km).access


def tree_and_csr(tracts: int, providers: int, km: float) -> Work:
    """SciPy alone: a k-d tree on the unit sphere gives a sparse matrix of chords, the rest is products."""
    from scipy.spatial import KDTree

    origins, destinations, demand, supply = _nation(tracts, providers)

    def work() -> np.ndarray:
        chord = 2 * np.sin(km / EARTH_RADIUS_KM / 2)
        here, there = KDTree(unit_vectors(origins)), KDTree(unit_vectors(destinations))
        weights = here.sparse_distance_matrix(there, chord, output_type="coo_matrix").tocsr()
        weights.data = gaussian_decay(2 * EARTH_RADIUS_KM * np.arcsin(weights.data / 2), km)
        competing = weights.T @ demand
        return weights @ np.divide(supply, competing, out=np.zeros(providers), where=competing > 0)

    return work


def csr_with_minutes(tracts: int, providers: int, km: float) -> Work:
    origins, destinations, demand, supply = _nation(tracts, providers)
    minutes = ENGINE.minutes(origins, destinations, km)
    return lambda: e2sfca(minutes, supply, demand, km).access


def _frames(tracts: int, providers: int, polygons: bool = False) -> tuple[Any, Any]:
    """Demand and supply as GeoDataFrames in meters (Albers); `access` needs areas to avoid its full cross product."""
    import geopandas as gpd

    origins, destinations, demand, supply = _nation(tracts, providers)

    def frame(points: Points, values: np.ndarray, name: str) -> Any:
        geometry = gpd.points_from_xy(points.longitude, points.latitude, crs="EPSG:4326").to_crs("EPSG:5070")
        return gpd.GeoDataFrame({name: values}, geometry=geometry)

    here, there = frame(origins, demand, "people"), frame(destinations, supply, "seats")
    if polygons:
        here["geometry"] = here.buffer(1.0, quad_segs=1)
    return here, there


def _weight(km: float) -> Callable[[float], float]:
    """The Gaussian as a scalar function, as `access` calls it for every pair."""
    import math

    floor = math.exp(-0.5)

    def weight(t: float) -> float:
        return (math.exp(-0.5 * (t / km) ** 2) - floor) / (1 - floor) if t <= km else 0.0

    return weight


def _named(frame: Any) -> Any:
    """`access` joins by the name of the index."""
    return frame.rename_axis("geoid")


def _handed(minutes: TravelMinutes) -> Any:
    import pandas as pd

    return pd.DataFrame({"origin": minutes.origin, "dest": minutes.destination, "cost": minutes.minutes})


def _in_order(column: Any, tracts: int) -> np.ndarray:
    return column.reindex(range(tracts)).fillna(0.0).to_numpy()


def pysal_handed(tracts: int, providers: int, km: float, flat: bool = False) -> Work:
    import pandas as pd
    from access import Access

    warnings.simplefilter("ignore")
    origins, destinations, demand, supply = _nation(tracts, providers)
    costs = _handed(ENGINE.minutes(origins, destinations, km))
    here, there = _named(pd.DataFrame({"people": demand})), _named(pd.DataFrame({"seats": supply}))

    def work() -> np.ndarray:
        names = {"cost_origin": "origin", "cost_dest": "dest", "cost_name": "cost"}
        made = Access(
            demand_df=here, demand_value="people", supply_df=there, supply_value="seats", cost_df=costs, **names
        )
        if flat:
            found = made.two_stage_fca(max_cost=km)
        else:
            found = made.enhanced_two_stage_fca(max_cost=km, weight_fn=_weight(km))
        return _in_order(found.iloc[:, 0], tracts)

    return work


def pysal_own(tracts: int, providers: int, km: float) -> Work:
    import pandas as pd
    from access import Access

    warnings.simplefilter("ignore")
    here, there = (_named(frame) for frame in _frames(tracts, providers, polygons=True))

    def work() -> np.ndarray:
        none = pd.DataFrame({"origin": pd.Series(dtype="int64"), "dest": pd.Series(dtype="int64"), "cost": []})
        made = Access(
            demand_df=here, demand_value="people", supply_df=there, supply_value="seats",
            cost_df=none, cost_origin="origin", cost_dest="dest", cost_name="cost",
        )  # fmt: skip
        made.create_euclidean_distance(name="meters", threshold=km * 1000)
        found = made.enhanced_two_stage_fca(cost="meters", max_cost=km * 1000, weight_fn=_weight(km * 1000))
        return _in_order(found.iloc[:, 0], tracts)

    return work


def geopandas_join(tracts: int, providers: int, km: float) -> Work:
    here, there = _frames(tracts, providers)

    def work() -> np.ndarray:
        pairs = here.sjoin(there, predicate="dwithin", distance=km * 1000)
        meters = here.geometry.loc[pairs.index].distance(there.geometry.loc[pairs["index_right"]], align=False)
        pairs["weight"] = gaussian_decay(meters.to_numpy(), km * 1000)
        pairs["competing"] = pairs["weight"] * pairs["people"]
        ratio = there["seats"] / pairs.groupby("index_right")["competing"].sum()
        pairs["access"] = pairs["index_right"].map(ratio) * pairs["weight"]
        return _in_order(pairs.groupby(level=0)["access"].sum(), tracts)

    return work


def main(arguments: list[str] | None = None) -> None:
    """Measure and write `results/access_nation`."""
    asked = parser(__doc__)
    asked.add_argument("--tracts", type=int, default=85_000)
    asked.add_argument("--providers", type=int, default=10_000)
    asked.add_argument("--km", type=float, default=60.0)
    asked.add_argument("--without-access", action="store_true", help="leave PySAL access out (gigabytes, minutes)")
    given = asked.parse_args(arguments)
    size = {"tracts": given.tracts, "providers": given.providers, "km": given.km}
    part = sized(given, 1, 10, 100)
    size |= {"tracts": given.tracts // part, "providers": given.providers // part}
    contenders = [
        Contender("onramp minutes + CSR", "minutes_and_csr", 5),
        Contender("onramp minutes + CSR, nothing compiled yet", "minutes_and_csr", 2, compiles=True),
        Contender("onramp CSR, minutes handed over", "csr_with_minutes", 3),
        Contender("scipy k-d tree + CSR", "tree_and_csr", 2),
        Contender("geopandas sjoin dwithin + groupby", "geopandas_join", checked=False),
    ]
    if not given.without_access:
        contenders += [
            Contender("PySAL access, distances handed over", "pysal_handed"),
            Contender(
                "PySAL access, 2SFCA without decay, handed over",
                "pysal_handed",
                checked=False,
                arguments={"flat": True},
            ),
            Contender("PySAL access, its own distance table", "pysal_own", checked=False),
        ]
    rows = side_by_side("bench.access_nation", contenders, size)
    write_results(
        "access_nation" + size_suffix(given), "National E2SFCA", rows, size,
        repeat="python -m bench.access_nation" + size_option(given),
        notes=[
            "geopandas and `access`'s own table measure plane distances (Albers), so their values differ slightly.",
            "`access` gets tracts as small areas for its own table: between points it builds the full cross product.",
        ],
    )  # fmt: skip


if __name__ == "__main__":
    main()
