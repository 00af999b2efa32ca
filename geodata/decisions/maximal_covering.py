"""Maximal covering (Church & ReVelle 1974, Papers of the Regional Science Association 32:101-118).

Given who is covered by which site, choose p sites that cover most people: exactly, by integer programming with
HiGHS, or nearly so in milliseconds, with a bound on what is missed. Rows and columns are numbers. Does not hold
people, sites or travel.
"""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csc_matrix, csr_matrix

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
PRICE_ROUNDS = 30


@dataclass(frozen=True, eq=False)
class Cover:
    """Who is covered by what: `weight` float64[n_rows] of each row, `rows` csr bool[n_rows, n_sites]."""

    weight: FloatArray
    rows: csr_matrix

    @classmethod
    def from_pairs(cls, row: ArrayLike, site: ArrayLike, weight: ArrayLike, n_sites: int) -> Cover:
        """Return the cover of pairs, `row` and `site` int[n_pairs], each of which may be given more than once."""
        weight = np.asarray(weight, dtype=np.float64)
        row, site = np.asarray(row, dtype=np.int64), np.asarray(site, dtype=np.int64)
        matrix = csr_matrix((np.ones(len(row), dtype=bool), (row, site)), shape=(len(weight), n_sites))
        return cls(weight, matrix)

    @property
    def sites(self) -> csc_matrix:
        """The same by site."""
        return self.rows.tocsc()

    def covered(self, chosen: ArrayLike) -> float:
        """Return the weight covered by the sites `chosen` (int[p], their numbers), each row counted once."""
        return float(self.weight[self.rows[:, np.asarray(chosen, dtype=np.int64)].getnnz(axis=1) > 0].sum())

    def alone(self) -> FloatArray:
        """Return float64[n_sites]: the weight each site covers on its own."""
        return np.asarray(self.rows.T @ self.weight).ravel()


@dataclass(frozen=True, eq=False)
class Chosen:
    """Sites chosen (rising numbers), the weight they cover, the proven bound and the relative gap to it."""

    sites: IntArray
    covered: float
    bound: float
    gap: float


def reduced(cover: Cover) -> tuple[Cover, IntArray]:
    """Return an equivalent smaller cover and, for each of its sites, the number of the site it stands for.

    Rows covered by the same sites become one; rows nobody covers or without weight go. Of sites that cover
    the same rows the first stays; a site whose rows are all covered by another goes, for choosing the other
    is never worse. The best value for every p stays what it was.
    """
    merged = _merged(cover)
    kept = _undominated(merged.rows) if len(merged.weight) else np.zeros(0, dtype=np.int64)
    return Cover(merged.weight, merged.rows[:, kept].tocsr()), kept


def _merged(cover: Cover) -> Cover:
    """Return the cover with one row for all that are covered by the same sites, and none for those that add nothing."""
    keep = (cover.rows.getnnz(axis=1) > 0) & (cover.weight > 0)
    rows, weight = cover.rows[keep], cover.weight[keep]
    if len(weight) == 0:
        return Cover(weight, rows)
    rows.sort_indices()
    patterns: dict[bytes, int] = {}
    group = np.fromiter(
        (
            patterns.setdefault(rows.indices[rows.indptr[i] : rows.indptr[i + 1]].tobytes(), len(patterns))
            for i in range(len(weight))
        ),
        dtype=np.int64,
        count=len(weight),
    )
    first = np.unique(group, return_index=True)[1]
    return Cover(np.bincount(group, weights=weight).astype(np.float64), rows[first])


def _undominated(rows: csr_matrix) -> IntArray:
    counts = rows.astype(np.int32)
    shared = (counts.T @ counts).tocoo()
    size = rows.getnnz(axis=0)
    a, b, common = shared.row, shared.col, shared.data
    # a goes where all it covers is covered by b, which covers more, or the same and comes first.
    loses = (a != b) & (common == size[a]) & ((size[b] > size[a]) | (b < a))
    stays = size > 0
    stays[a[loses]] = False
    return np.flatnonzero(stays).astype(np.int64)


def greedy(cover: Cover, most: int) -> list[int]:
    """Return up to `most` sites, each adding the most weight to those before; lower number first among equals.

    Stops where nothing is left to add. Reaches at least 1 - 1/e of the best (Nemhauser, Wolsey & Fisher 1978).
    Work is proportional to the number of pairs, so the nation takes no longer than reading it.
    """
    sites = cover.sites
    gain = cover.alone()
    waiting = np.ones(len(cover.weight), dtype=bool)
    chosen: list[int] = []
    while len(chosen) < most and len(gain):
        best = int(np.argmax(gain))
        if gain[best] <= 1e-9 * max(1.0, float(cover.weight.sum())):
            break
        chosen.append(best)
        new = sites.indices[sites.indptr[best] : sites.indptr[best + 1]]
        new = new[waiting[new]]
        waiting[new] = False
        block = cover.rows[new]
        lost = np.repeat(cover.weight[new], np.diff(block.indptr))
        gain -= np.bincount(block.indices, weights=lost, minlength=len(gain))
        gain[best] = 0.0
    return chosen


def swapped(cover: Cover, chosen: list[int]) -> list[int]:
    """Return `chosen` after exchanging single sites as long as that covers more (Teitz & Bart 1968)."""
    current = sorted(chosen)
    sites = cover.sites
    times = np.asarray(cover.rows[:, current].sum(axis=1)).ravel()
    tiny = 1e-9 * max(1.0, float(cover.weight.sum()))
    improved = True
    while improved:
        improved = False
        for position, leaving in enumerate(list(current)):
            members = sites.indices[sites.indptr[leaving] : sites.indptr[leaving + 1]]
            times[members] -= 1
            gain = np.asarray(cover.rows.T @ np.where(times == 0, cover.weight, 0.0)).ravel()
            best = int(np.argmax(gain))
            if gain[best] > gain[leaving] + tiny:
                current[position], improved = best, True
                members = sites.indices[sites.indptr[best] : sites.indptr[best + 1]]
            times[members] += 1
    return sorted(current)


def near_best(cover: Cover, most: int) -> list[Chosen]:
    """Return a good choice of 1, 2 … `most` sites (no more than there are), each with how far it may be off.

    The better of the greedy choice and of the sites the bound favors, both improved by exchanges.
    """
    walk = greedy(cover, most)
    n_sites = cover.rows.shape[1]
    found = []
    price = cover.weight / np.maximum(cover.rows.getnnz(axis=1), 1)
    for p in range(1, min(most, n_sites) + 1):
        chosen = swapped(cover, filled(walk, p, n_sites))
        covered = cover.covered(chosen)
        bound, price, favored = _priced(cover, p, covered, price)
        other = swapped(cover, favored)
        if cover.covered(other) > covered:
            chosen, covered = other, cover.covered(other)
        found.append(_chosen(chosen, covered, max(bound, covered)))
    return found


def filled(walk: list[int], p: int, n_sites: int) -> list[int]:
    """Return the first p sites of a greedy walk, filled up by number where it ended early."""
    return [*walk, *sorted(set(range(n_sites)) - set(walk))][:p]


def _priced(cover: Cover, p: int, known: float, price: FloatArray) -> tuple[float, FloatArray, list[int]]:
    """Return a bound on what p sites can cover, the prices that prove it and the p sites they favor.

    Lagrangean relaxation (Fisher 1981; Galvão & ReVelle 1996): if covering row i must be bought from the chosen sites
    at price i, each row is taken where its weight exceeds its price and the p sites that earn most are chosen. No
    prices can make that less than the best cover, so they are lowered step by step (subgradients) from `price`.
    """
    counted = cover.rows.astype(np.float64)
    by_site = counted.T.tocsr()
    least, best_price, favored, step, since = np.inf, price, np.arange(p), 1.0, 0
    for _ in range(PRICE_ROUNDS):
        earned = by_site @ price
        top = np.argsort(-earned, kind="stable")[:p]
        value = float(np.maximum(cover.weight - price, 0.0).sum() + earned[top].sum())
        if value < least:
            least, best_price, favored, since = value, price, top, 0
        else:
            since += 1
        if least <= known * (1 + 1e-9):
            break
        if since == 4:
            step, since, price = step / 2, 0, best_price
            continue
        open_ = np.zeros(len(earned))
        open_[top] = 1.0
        slope = counted @ open_ - (cover.weight > price)
        squared = float(slope @ slope)
        if squared == 0.0:
            break
        price = np.clip(price - step * (value - known) / squared * slope, 0.0, cover.weight)
    return least, best_price, np.sort(favored).tolist()


class ExactCover:
    """Solves one cover exactly for several numbers of sites, each start warmed by the one before.

    max Σ w_i z_i with z_i ≤ Σ_{j covers i} y_j, Σ y_j = p, y binary, 0 ≤ z ≤ 1 (z need not be whole: at a best
    solution each is 0 or 1). The linear relaxation is solved first. Its bound often proves a known solution
    best; otherwise every site whose reduced cost says it cannot be part of a better one is struck out, and
    the integer program is left with few.
    """

    def __init__(self, cover: Cover) -> None:
        self.cover = cover
        self._tiny = 1e-9 * max(1.0, float(cover.weight.sum()))
        self._lp = _solver()
        self._lp.passModel(_model(cover, 1, whole=False))

    def solve(self, p: int, seconds: float, start: list[int], bound: float = np.inf) -> Chosen:
        """Return the best `p` sites found in about `seconds`, with the gap to the proven bound (0: optimal).

        `start` are p sites to improve on; they are returned where nothing better is found in time. `bound` is what is
        known already to be out of reach.
        """
        cover, n_sites = self.cover, self.cover.rows.shape[1]
        known = cover.covered(start)
        if bound <= known + self._tiny:
            return _chosen(start, known, known)
        if p >= n_sites or p == 1:
            best = np.arange(n_sites) if p >= n_sites else np.array([int(np.argmax(cover.alone()))])
            return Chosen(best, cover.covered(best), cover.covered(best), 0.0)
        relaxed, y, reduced_cost = self._relaxed(p, seconds)
        bound = min(bound, relaxed)
        if y is not None:
            rounded = swapped(cover, np.argsort(-y, kind="stable")[:p].tolist())
            if cover.covered(rounded) > known + self._tiny:
                start, known = rounded, cover.covered(rounded)
        if bound <= known + self._tiny or y is None:
            return _chosen(start, known, max(bound, known))
        # At a maximum, raising a site from 0 costs its (non-positive) reduced cost.
        open_ = (y > 1e-6) | (relaxed + reduced_cost > known)
        open_[start] = True
        few = np.flatnonzero(open_)
        part = _merged(Cover(cover.weight, cover.rows[:, few].tocsr()))
        sites, bound = _whole(part, p, seconds, np.searchsorted(few, np.sort(start)).tolist(), bound)
        found = few[sites]
        if cover.covered(found) <= known:
            found = np.asarray(start, dtype=np.int64)
        return _chosen(found, cover.covered(found), max(bound, known))

    def _relaxed(self, p: int, seconds: float) -> tuple[float, FloatArray | None, FloatArray]:
        """Return the bound of the linear relaxation, its y and their reduced costs; all weight if it fails."""
        n_rows, n_sites = self.cover.rows.shape
        self._lp.setOptionValue("time_limit", self._lp.getRunTime() + float(seconds))
        self._lp.changeRowBounds(n_rows, float(p), float(p))
        self._lp.run()
        if self._lp.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return float(self.cover.weight.sum()), None, np.zeros(n_sites)
        solution = self._lp.getSolution()
        value = float(self._lp.getInfo().objective_function_value)
        return value, np.asarray(solution.col_value[:n_sites]), np.asarray(solution.col_dual[:n_sites])


def _chosen(sites: ArrayLike, covered: float, bound: float) -> Chosen:
    gap = 0.0 if bound <= 0 else (bound - covered) / bound
    return Chosen(np.sort(np.asarray(sites, dtype=np.int64)), covered, bound, gap if gap > 1e-9 else 0.0)


def _whole(cover: Cover, p: int, seconds: float, start: list[int], bound: float) -> tuple[IntArray, float]:
    """Return the sites and proven bound of the integer program, started from `start`."""
    n_sites = cover.rows.shape[1]
    solver = _solver()
    solver.setOptionValue("time_limit", float(seconds))
    solver.passModel(_model(cover, p, whole=True))
    given = highspy.HighsSolution()
    y = np.zeros(n_sites)
    y[start] = 1.0
    given.col_value = np.concatenate([y, cover.rows[:, start].getnnz(axis=1) > 0]).tolist()
    solver.setSolution(given)
    solver.run()
    info = solver.getInfo()
    if info.primal_solution_status != int(highspy.SolutionStatus.kSolutionStatusFeasible):
        return np.asarray(start, dtype=np.int64), bound
    found = np.flatnonzero(np.asarray(solver.getSolution().col_value[:n_sites]) > 0.5)
    proven = solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return found, cover.covered(found) if proven else min(bound, float(info.mip_dual_bound))


class _Quiet(highspy.Highs):
    """HiGHS that prints no banner: it does so as soon as callbacks are set, before an option can be given."""

    def enableCallbacks(self) -> None:  # noqa: N802
        """Set the callbacks with the output off."""
        self.setOptionValue("output_flag", False)
        super().enableCallbacks()  # type: ignore[no-untyped-call]


def _solver() -> highspy.Highs:
    solver = _Quiet()  # type: ignore[no-untyped-call]
    options = {"threads": 1, "random_seed": 0, "mip_rel_gap": 0.0, "mip_abs_gap": 1e-6}
    for name, value in options.items():
        solver.setOptionValue(name, value)
    return solver


def _model(cover: Cover, p: int, *, whole: bool) -> highspy.HighsLp:
    n_rows, n_sites = cover.rows.shape
    rows = cover.rows.tocsr()
    rows.sort_indices()
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = n_sites + n_rows, n_rows + 1
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.col_cost_ = np.concatenate([np.zeros(n_sites), cover.weight])
    lp.col_lower_ = np.zeros(n_sites + n_rows)
    lp.col_upper_ = np.ones(n_sites + n_rows)
    lp.row_lower_ = np.concatenate([np.zeros(n_rows), [float(p)]])
    lp.row_upper_ = np.concatenate([np.full(n_rows, highspy.kHighsInf), [float(p)]])
    if whole:
        kinds = highspy.HighsVarType
        lp.integrality_ = [kinds.kInteger] * n_sites + [kinds.kContinuous] * n_rows
    # Each row holds its sites with +1 and its own z with -1; the last row counts the sites.
    length = np.diff(rows.indptr)
    starts = np.concatenate([[0], np.cumsum(length + 1), [rows.nnz + n_rows + n_sites]])
    index = np.empty(starts[-1], dtype=np.int32)
    value = np.ones(starts[-1])
    own = starts[1:-1] - 1
    index[own], value[own] = n_sites + np.arange(n_rows), -1.0
    others = np.ones(starts[-1], dtype=bool)
    others[own] = False
    index[others] = np.concatenate([rows.indices, np.arange(n_sites)])
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = starts.astype(np.int32)
    lp.a_matrix_.index_ = index
    lp.a_matrix_.value_ = value
    return lp
