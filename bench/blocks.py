"""E2SFCA of 245,000 block groups and of 8 million blocks on this machine: what the compiled grid needs for them.

The nation is the made-up one. The readable way, minutes then CSR, stands beside for the block groups; for the blocks
its matrix alone would take tens of gigabytes.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bench import access_nation, cost_curve
from bench.common import Contender, measured, parser, side_by_side, write_results

Work = Callable[[], np.ndarray]
MATRIX_BYTES_A_PAIR = 4 + 4 + 8 + 8


def grid(tracts: int, providers: int, km: float) -> Work:
    return access_nation.grid(tracts, providers, km)


def minutes_and_csr(tracts: int, providers: int, km: float) -> Work:
    return access_nation.minutes_and_csr(tracts, providers, km)


def pairs(tracts: int, providers: int, km: float) -> Work:
    return cost_curve.pairs(tracts, providers, km)


def main(arguments: list[str] | None = None) -> None:
    """Measure and write `results/blocks`."""
    asked = parser(__doc__)
    asked.add_argument("--quick", action="store_true", help="24,500 and 200,000 origins, 1,000 providers")
    given = asked.parse_args(arguments)
    groups, blocks, providers = (24_500, 200_000, 1_000) if given.quick else (245_000, 8_000_000, 10_000)
    size = {"tracts": groups, "providers": providers, "km": 60.0}
    larger = {"tracts": blocks}
    contenders = [
        Contender(f"onramp grid, {groups:,} block groups", "grid", 3),
        Contender(f"onramp minutes + CSR, {groups:,} block groups", "minutes_and_csr", 2),
        Contender(f"onramp grid, {blocks:,} blocks", "grid", 2, checked=False, arguments=larger),
    ]
    rows = side_by_side("bench.blocks", contenders, size)
    notes = []
    counted = [measured("bench.blocks", Contender("pairs", "pairs"), {**size, **more})[1] for more in ({}, larger)]
    if counted[0] is not None and counted[1] is not None:
        few, many = (int(found[0]) for found in counted)
        notes.append(
            f"Pairs within reach: {few / 1e6:,.1f} million for block groups, {many / 1e6:,.0f} million for blocks, "
            f"whose matrix and minutes would take {many * MATRIX_BYTES_A_PAIR / 2**30:,.0f} GB."
        )
    write_results(
        "blocks" + ("_quick" if given.quick else ""), "E2SFCA of block groups and blocks", rows,
        {"providers": providers, "km": 60.0}, repeat="python -m bench blocks" + (" --quick" if given.quick else ""),
        notes=notes,
    )  # fmt: skip


if __name__ == "__main__":
    main()
