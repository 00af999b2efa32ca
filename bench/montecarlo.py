"""Monte Carlo of ranks: tracts × draws, percentile ranks taken anew in every draw (METHOD), against pandas and numpy.

All contenders draw the same model: five survey measures from their margins, their percentile ranks and composite, an
ensemble with two fixed definitions under drawn weights, training and work at a drawn travel factor, drawn job-years
and pillar weights, the gate, and ranks within the state; then quantiles of the rank and chances of the top. Random
numbers differ, so results agree up to sampling error only; tests hold small sizes against each other.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from bench.common import Contender, parser, side_by_side, size_option, size_suffix, sized, write_results
from geodata.uncertainty.draw_model import DrawModel
from geodata.uncertainty.draws import simulate_ranks

Work = Callable[[], np.ndarray]
RANGES = {"detour": (0.9, 1.0, 1.1), "speed": (0.85, 1.0, 1.15)}
CONCENTRATION = 50.0


def nation_model(tracts: int, states: int) -> DrawModel:
    """Return a made-up nation's model: states of very unequal size, five travel nodes, four charging levels."""
    rng = np.random.default_rng(11)
    size = 1.0 / np.arange(1, states + 1) ** 0.7
    state = np.sort(rng.choice(states, tracts, p=size / size.sum())).astype(np.int32)
    measures = rng.beta(2, 8, (tracts, 5))
    errors = np.abs(rng.normal(0, 0.03, (tracts, 5)))
    definitions = np.column_stack([rng.random(tracts), rng.random(tracts) < 0.3]).astype(np.float64)
    nodes = np.linspace(0.78, 1.3, 5)
    training = rng.lognormal(0, 1, tracts)[:, None] / nodes ** rng.uniform(0.5, 1.5, tracts)[:, None]
    work = rng.lognormal(-3, 1, (tracts, 1, 4)) / nodes[:, None] ** rng.uniform(0.5, 1.5, (tracts, 1, 1))
    return DrawModel(
        key=np.arange(tracts, dtype=np.uint64) + np.uint64(10_000_000_000),
        reference=state,
        scope=state,
        measures=measures,
        measures_se=errors,
        measures_range=np.tile([0.0, 1.0], (5, 1)),
        definitions=definitions,
        definition_weights=np.ones(3),
        training=training,
        opportunity=work,
        travel_nodes=nodes,
        job_years=np.tile([0.5, 1.0, 2.0], (4, 1)),
        designated=definitions[:, 1] > 0,
        tie_order=rng.permutation(tracts).astype(np.int32),
        travel_detour=RANGES["detour"],
        travel_speed=RANGES["speed"],
        definition_concentration=CONCENTRATION,
        pillar_concentration=CONCENTRATION,
    )


def ours(tracts: int, states: int, draws: int) -> Work:
    model = nation_model(tracts, states)
    return lambda: simulate_ranks(model, draws, 20).tracts.p_top_share


def _drawn_inputs(model: DrawModel, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return measures, training, work and pillar weights of one draw, and use the generator as an analyst would."""
    measures = np.clip(rng.normal(model.measures, model.measures_se), 0.0, 1.0)
    factor = rng.triangular(*model.travel_detour) / rng.triangular(*model.travel_speed)
    node = min(int(np.searchsorted(model.travel_nodes, factor, side="right")) - 1, len(model.travel_nodes) - 2)
    low, high = model.travel_nodes[node], model.travel_nodes[node + 1]
    share = (factor - low) / (high - low)
    training = (1 - share) * model.training[:, node] + share * model.training[:, node + 1]
    jobs = np.array([rng.triangular(*triangle) for triangle in model.job_years])
    work = ((1 - share) * model.opportunity[:, node] + share * model.opportunity[:, node + 1]) @ jobs
    return measures, training, work, rng.dirichlet(CONCENTRATION * np.array(model.pillar_weights))


def _summary(ranks: np.ndarray, top: np.ndarray) -> np.ndarray:
    np.quantile(ranks, [0.05, 0.5, 0.95], axis=0)
    return (ranks <= top).mean(axis=0)


def naive_pandas(tracts: int, states: int, draws: int) -> Work:
    model = nation_model(tracts, states)
    state = pd.Series(model.reference)
    size = state.groupby(state).transform("size")

    def percentile(values: pd.Series) -> pd.Series:
        return 100 * (values.groupby(state).rank() - 0.5) / size

    def work() -> np.ndarray:
        rng = np.random.default_rng(1)
        fixed = [percentile(pd.Series(column)) for column in model.definitions.T]
        ranks = np.empty((draws, tracts), dtype=np.int32)
        for draw in range(draws):
            measures, training, jobs, pillars = _drawn_inputs(model, rng)
            composite = percentile(
                sum((percentile(pd.Series(column)) for column in measures.T), pd.Series(0.0, state.index)) / 5
            )
            weights = rng.dirichlet(CONCENTRATION * np.ones(3) / 3)
            need = percentile(weights[0] * fixed[0] + weights[1] * fixed[1] + weights[2] * composite)
            gap, opportunity = 100 - percentile(pd.Series(training)), percentile(pd.Series(jobs))
            priority = pillars[0] * need + pillars[1] * gap + pillars[2] * opportunity
            gated = model.designated | (need >= model.gate_need)
            ranks[draw] = (priority + 1000 * gated).groupby(state).rank(ascending=False, method="first")
        return _summary(ranks, np.ceil(0.1 * size.to_numpy() - 1e-9))

    return work


def argsort_numpy(tracts: int, states: int, draws: int) -> Work:
    """The same with numpy alone: one argsort a ranking, states told apart by adding their number (no ties)."""
    model = nation_model(tracts, states)
    size = np.bincount(model.reference, minlength=states)
    first = np.concatenate(([0], np.cumsum(size)))[model.reference]
    of = size[model.reference]

    def places(values: np.ndarray) -> np.ndarray:
        span = values.max() - values.min() + 1.0
        order = np.argsort(values - values.min() + span * model.reference)
        place = np.empty(tracts)
        place[order] = np.arange(tracts)
        return place - first

    def percentile(values: np.ndarray) -> np.ndarray:
        return 100 * (places(values) + 0.5) / of

    def work() -> np.ndarray:
        rng = np.random.default_rng(1)
        fixed = [percentile(column) for column in model.definitions.T]
        fixed[1] = pd.Series(model.definitions[:, 1]).groupby(model.reference).rank().to_numpy() * 100 / of - 50 / of
        ranks = np.empty((draws, tracts), dtype=np.int32)
        for draw in range(draws):
            measures, training, jobs, pillars = _drawn_inputs(model, rng)
            composite = percentile(sum((percentile(column) for column in measures.T), np.zeros(tracts)) / 5)
            weights = rng.dirichlet(CONCENTRATION * np.ones(3) / 3)
            need = percentile(weights[0] * fixed[0] + weights[1] * fixed[1] + weights[2] * composite)
            priority = pillars[0] * need + pillars[1] * (100 - percentile(training)) + pillars[2] * percentile(jobs)
            gated = model.designated | (need >= model.gate_need)
            ranks[draw] = of - places(priority + 1000 * gated)
        return _summary(ranks, np.ceil(0.1 * of - 1e-9))

    return work


def main(arguments: list[str] | None = None) -> None:
    """Measure and write `results/montecarlo`."""
    asked = parser(__doc__)
    asked.add_argument("--tracts", type=int, default=85_000)
    asked.add_argument("--states", type=int, default=51)
    asked.add_argument("--draws", type=int, default=1000)
    asked.add_argument(
        "--share", type=float, default=0.05, help="part of the draws the peers do (they are linear in them)"
    )
    given = asked.parse_args(arguments)
    size = {"tracts": given.tracts, "states": given.states, "draws": given.draws}
    if size_suffix(given):
        size = sized(
            given, size, {"tracts": 5_000, "states": 1, "draws": 200}, {"tracts": 200, "states": 2, "draws": 20}
        )
    part = {"draws": max(1, round(size["draws"] * given.share))}
    share = part["draws"] / size["draws"]
    contenders = [
        Contender("onramp, compiled", "ours", 2),
        Contender("onramp, a tenth of the draws", "ours", 2, checked=False, arguments={"draws": size["draws"] // 10}),
        Contender(
            "onramp, a tenth of the draws, nothing compiled yet",
            "ours",
            checked=False,
            compiles=True,
            arguments={"draws": size["draws"] // 10},
        ),
        Contender("pandas groupby rank", "naive_pandas", share=share, checked=False, arguments=part),
        Contender("numpy argsort", "argsort_numpy", share=share, checked=False, arguments=part),
    ]
    rows = side_by_side("bench.montecarlo", contenders, size)
    write_results(
        "montecarlo" + size_suffix(given), "Monte Carlo of ranks", rows, size,
        repeat="python -m bench.montecarlo" + (size_option(given) or f" --share {given.share}"),
        notes=[
            "The peers keep every rank (4 bytes × tracts × draws) to take quantiles; their added memory is that of the "
            "part of the draws measured and grows with the draws. Ours counts places and does not grow."
        ],
    )  # fmt: skip


if __name__ == "__main__":
    main()
