"""The cost of a nation against its size: E2SFCA and the Monte Carlo of ranks from 1,000 to 245,000 origins.

Each size runs in a process of its own; seconds are the best of the warm runs, cpu those of all threads together.
Beside E2SFCA stands its bound, what memory would allow: a pair's minutes and weight are written once and its weight is
read in two passes, with its column each time, at the rate of copying a large array on the same machine.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from bench import access_nation, montecarlo
from bench.common import RESULTS, Contender, begun, keep, measured, parser, size_option, size_suffix, sized
from bench.nation import places

BYTES_A_PAIR = (4 + 4 + 8) + (4 + 8) + 2 * (4 + 8)
SIZES = (1_000, 3_000, 10_000, 30_000, 85_000, 245_000)


def access(tracts: int, providers: int, km: float) -> Callable[[], np.ndarray]:
    return access_nation.minutes_and_csr(tracts, providers, km)


def pairs(tracts: int, providers: int, km: float) -> Callable[[], np.ndarray]:
    origins, destinations = places(tracts, 1), places(providers, 2)
    return lambda: np.array([len(access_nation.ENGINE.minutes(origins, destinations, km))])


def draws(tracts: int, number: int) -> Callable[[], np.ndarray]:
    return montecarlo.ours(tracts, 51, number)


def bandwidth_gb_per_s(mb: int = 256) -> float:
    """Return the best rate of copying `mb` megabytes, counting bytes read and written."""
    source = np.ones(mb * 2**17)
    target = np.empty_like(source)
    best = np.inf
    for _ in range(5):
        start = time.perf_counter()
        np.copyto(target, source)
        best = min(best, time.perf_counter() - start)
    return 2 * source.nbytes / best / 1e9


def curve(sizes: list[int], providers: int, km: float, number: int, bandwidth: float) -> list[dict[str, Any]]:
    """Return a row of figures for each size."""
    rows: list[dict[str, Any]] = []
    for tracts in sizes:
        size = {"tracts": tracts, "providers": providers, "km": km}
        _, found = measured("bench.cost_curve", Contender("pairs", "pairs"), size)
        reached, _ = measured("bench.cost_curve", Contender("access", "access", 4), size)
        chance, _ = measured("bench.cost_curve", Contender("draws", "draws", 2), {"tracts": tracts, "number": number})
        if found is None or reached.warm_seconds is None or chance.warm_seconds is None or reached.failed:
            raise SystemExit(f"{tracts} origins: {reached.failed or chance.failed or 'pairs were not counted'}")
        count = int(found[0])
        rows.append(
            {
                "origins": tracts,
                "pairs": count,
                "access_seconds": reached.warm_seconds,
                "access_cpu_seconds": reached.cpu_seconds,
                "access_cpu_ns_a_pair": 1e9 * (reached.cpu_seconds or 0.0) / max(count, 1),
                "access_bound_seconds": count * BYTES_A_PAIR / bandwidth / 1e9,
                "access_added_mb": reached.added_mb,
                "draws_seconds": chance.warm_seconds,
                "draws_cpu_seconds": chance.cpu_seconds,
                "draws_cpu_ns_a_tract_and_draw": 1e9 * (chance.cpu_seconds or 0.0) / tracts / number,
                "draws_added_mb": chance.added_mb,
            }
        )
        print("  ".join(f"{name} {value:.4g}" for name, value in rows[-1].items()), flush=True)
    return rows


def plot(rows: list[dict[str, Any]], providers: int, number: int, path: Any) -> None:
    """Draw seconds against origins on logarithmic axes."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7, 4.5), layout="constrained")
    origins = [row["origins"] for row in rows]
    axes.loglog(origins, [row["access_seconds"] for row in rows], "o-", label=f"E2SFCA, {providers:,} providers")
    axes.loglog(origins, [row["access_bound_seconds"] for row in rows], ":", label="E2SFCA, memory bandwidth bound")
    axes.loglog(origins, [row["draws_seconds"] for row in rows], "s-", label=f"Monte Carlo of ranks, {number:,} draws")
    axes.set_xlabel("origins")
    axes.set_ylabel("seconds, warm")
    axes.grid(True, which="both", alpha=0.3)
    axes.legend()
    figure.savefig(path, dpi=150)
    pyplot.close(figure)


def main(arguments: list[str] | None = None) -> None:
    """Measure and write `results/cost_curve` (JSON, Markdown and PNG)."""
    asked = parser(__doc__)
    asked.add_argument("--providers", type=int, default=10_000)
    asked.add_argument("--km", type=float, default=60.0)
    asked.add_argument("--draws", type=int, default=100, help="time is linear in them")
    asked.add_argument("--most", type=int, default=SIZES[-1], help="largest number of origins")
    given = asked.parse_args(arguments)
    full = given.most, given.draws, given.providers
    most, number, providers = sized(given, full, (30_000, 20, given.providers), (1_000, 5, 100))
    bandwidth = bandwidth_gb_per_s(sized(given, 256, 256, 16))
    began = begun("Cost against size")
    rows = curve([size for size in SIZES if size <= most], providers, given.km, number, bandwidth)
    account = {
        **began,
        "arguments": {"providers": providers, "km": given.km, "draws": number},
        "copy_bandwidth_gb_per_s": round(bandwidth, 1),
        "repeat": "python -m bench.cost_curve" + size_option(given),
        "rows": rows,
    }
    name = "cost_curve" + size_suffix(given)
    keep(name, account, _markdown(account))
    plot(rows, providers, number, RESULTS / f"{name}.png")


def _markdown(account: dict[str, Any]) -> str:
    lines = [
        f"## {account['title']}\n",
        "| origins | pairs | E2SFCA s | cpu s | cpu ns a pair | bound s | added MB "
        "| draws s | cpu s | cpu ns a tract and draw | added MB |",
        "|" + 11 * "---:|",
    ]
    lines += [
        f"| {row['origins']:,} | {row['pairs']:,} | {row['access_seconds']:.3g} | {row['access_cpu_seconds']:.3g} | "
        f"{row['access_cpu_ns_a_pair']:.3g} | "
        f"{row['access_bound_seconds']:.3g} | {row['access_added_mb']:.0f} | {row['draws_seconds']:.3g} | "
        f"{row['draws_cpu_seconds']:.3g} | {row['draws_cpu_ns_a_tract_and_draw']:.3g} | {row['draws_added_mb']:.0f} |"
        for row in account["rows"]
    ]
    on, given = account["machine"], account["arguments"]
    lines.append(
        f"\n{given['providers']:,} providers within {given['km']:g} km, {given['draws']:,} draws. "
        f"Measured {account['measured_at']} on {on['cores']} cores ({on['processor']}), "
        f"load before {on['load_before']}, copying at "
        f"{account['copy_bandwidth_gb_per_s']} GB/s. Again: `{account['repeat']}`.\n"
    )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
