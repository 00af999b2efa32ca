"""Writing `docs/performance.md` from the results measured last; nothing in it is typed by hand but the words."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path
from typing import Any

from bench.common import HERE, RESULTS
from bench.cost_curve import BYTES_A_PAIR

Account = dict[str, Any]
DOCUMENT = HERE.parent / "docs" / "performance.md"
FIRST = ("nation_walk", "access_nation", "cost_curve", "montecarlo", "contiguity")
# What stands at the beginning: the work, its results, and the contender to stand beside ours.
BESIDE = (
    ("Access of a nation's tracts, E2SFCA", "access_nation", "PySAL access, distances handed over"),
    ("", "access_nation", "geopandas"),
    ("", "access_nation", "scipy k-d tree"),
    ("Monte Carlo of ranks", "montecarlo", "pandas"),
    ("Neighbors of a nation's tracts", "contiguity", "libpysal Rook"),
    ("Hubs of a state, 1 to 10", "hubs", "spopt MCLP with CBC"),
    ("Friction raster, a state at 1 km", "friction_state_1km", "scikit-image"),
    ("Friction raster, a state at 250 m", "friction_state_250m", "scikit-image"),
    ("Road network, building included", "roads_all", "pandana"),
    ("People per tract from a raster", "population_cells", "rasterstats"),
    ("Shared borders simplified", "simplify", "topojson"),
)
ALONE = (
    ("Friction raster, the nation at 1 km", "friction_nation", ""),
    ("Hubs of every state, exact", "hubs_states", ""),
    ("Hubs of every state, with a bound", "hubs_states", "greedy"),
)
INTRODUCTION = Path(__file__).with_name("introduction.md")


def main() -> None:
    """Write the document from the results at hand."""
    found = sorted(path.stem for path in RESULTS.glob("*.md") if not path.stem.endswith(("_quick", "_tiny")))
    ordered = [name for name in FIRST if name in found] + [name for name in found if name not in FIRST]
    parts = [introduction()]
    for name in ordered:
        parts.append((RESULTS / f"{name}.md").read_text(encoding="utf-8").rstrip() + "\n")
        if (RESULTS / f"{name}.png").exists():
            parts.append(f"![{name.replace('_', ' ')}](../bench/results/{name}.png)\n")
    DOCUMENT.write_text("\n".join(parts), encoding="utf-8")
    print(f"wrote {Path(DOCUMENT).name}")


def introduction() -> str:
    """Return what stands before the tables, with the figures the results hold and no word of those they do not."""
    filled = INTRODUCTION.read_text(encoding="utf-8").format(
        glance=_glance(), alone=_alone(), cold=_cold(), bound=_bound(), memory=_memory(),
        cluster=_cluster(),
    )  # fmt: skip
    return "\n\n".join(_wrapped(part) for part in filled.strip().split("\n\n")) + "\n"


def _wrapped(part: str) -> str:
    if part.startswith(("|", "#")):
        return part
    return textwrap.fill(part, 118, break_long_words=False, break_on_hyphens=False)


def _account(name: str) -> Account | None:
    path = RESULTS / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def _row(name: str, words: str = "") -> Account | None:
    """Return the row of the contender whose name holds `words`, the first without; None where it did not succeed."""
    rows = [row for row in (_account(name) or {"rows": []})["rows"] if words in row["contender"]]
    return rows[0] if rows and not rows[0]["failed"] else None


def _glance() -> str:
    lines = [
        "| work | ours, warm s | cpu s | added MB | beside | its s | cpu s | added MB "
        "| × time | × cpu | × memory | load |",
        "|---|---:|---:|---:|---|" + 7 * "---:|",
    ]
    for work, name, words in BESIDE:
        ours, theirs = _row(name), _row(name, words)
        if ours is None or theirs is None:
            missing = "not measured: `make peers` installs it" if ours is not None else "not measured yet"
            lines.append(f"| {work} | | | | {words}, {missing} | | | | | | | |")
            continue
        times = [theirs[key] / ours[key] if ours[key] else None for key in ("warm_seconds", "cpu_seconds", "added_mb")]
        lines.append(
            f"| {work} | {_figures(ours)} | {theirs['contender']} | {_figures(theirs)} | "
            f"{' | '.join('' if value is None else f'{value:.3g}' for value in times)} | {_load(name)} |"
        )
    return "\n".join(lines)


def _alone() -> str:
    lines = ["| work, ours alone | cold s | warm s | cpu s | added MB | load |", "|---|---:|---:|---:|---:|---:|"]
    for work, name, words in ALONE:
        row = _row(name, words)
        if row is not None:
            lines.append(f"| {work} | {row['cold_seconds']:.3g} | {_figures(row)} | {_load(name)} |")
    return "\n".join(lines)


def _figures(row: Account) -> str:
    return f"{row['warm_seconds']:.3g} | {row['cpu_seconds']:.3g} | {row['added_mb']:.0f}"


def _load(name: str) -> str:
    return f"{(_account(name) or {})['machine']['load_before']:.1f}"


def _cold() -> str:
    """Say what the first call costs, compiled code at hand and not."""
    said = []
    for work, name, words in (
        ("access of the nation", "access_nation", "nothing compiled"),
        ("a tenth of the draws", "montecarlo", "nothing compiled"),
    ):
        bare = _row(name, words)
        ready = _row(name, "a tenth of the draws" if name == "montecarlo" else "")
        if bare and ready:
            said.append(
                f"{work} took {ready['warm_seconds']:.2g} s warm, {ready['cold_seconds']:.2g} s in a fresh process and "
                f"{bare['cold_seconds']:.2g} s with everything still to be compiled"
            )
    return f"Measured: {'; '.join(said)}. " if said else ""


def _bound() -> str:
    """Say how far the largest size measured is from its bound."""
    account = _account("cost_curve")
    if account is None:
        return ""
    last = account["rows"][-1]
    times = last["access_seconds"] / last["access_bound_seconds"]
    return (
        f" The bound in the curve below is those {BYTES_A_PAIR} bytes a pair over the measured rate of copying memory. "
        f"With {last['origins']:,} origins and {last['pairs'] / 1e6:,.0f} million pairs the measured time was "
        f"{times:.1f} times that bound, {last['access_cpu_ns_a_pair']:.1f} ns of processor time a pair."
    )


def _memory() -> str:
    """Say what the ranks' bins take."""
    account = _account("cost_curve")
    if account is None:
        return ""
    known = [row for row in account["rows"] if row["origins"] == 85_000] + account["rows"][-1:]
    said = " and ".join(f"{row['draws_added_mb']:,.0f} MB with {row['origins']:,} tracts" for row in known)
    each = account["rows"][-1]["draws_added_mb"] / account["rows"][-1]["origins"] * 1024
    return f": {said} ({each:.1f} KB a tract; a nation has 85,000, so this is not made smaller)"


def _cluster() -> str:
    """Say what the cluster took beside one process, and from when on another machine would pay."""
    account = _account("distributed")
    if account is None:
        return ""
    alone, spread = (row["warm_seconds"] for row in account["rows"][:2])
    said = (
        f" Measured with {account['arguments']['origins']:,} origins: {alone:.2g} s in one process, "
        f"{spread:.2g} s on a cluster of the same cores."
    )
    if spread <= alone:
        return said
    # Another machine as good takes over half of the work; what the cluster cost more is paid for sending the origins.
    gains = {n: n * alone / 2 - (spread - alone) for n in (1, 10)}
    gains_said = " and ".join(
        f"{'gain' if gain > 0 else 'lose'} {abs(gain):.2g} s over {n} scenario{'s' if n > 1 else ''}"
        for n, gain in gains.items()
    )
    return said + (
        " A second machine would halve the time of each scenario and cost the difference of the two once, for sending "
        f"the origins: by these figures it would {gains_said}."
    )


if __name__ == "__main__":
    main()
