"""Monte Carlo of ranks: tracts × draws, access and percentiles computed in every draw, against pandas and numpy.

All contenders draw the same model: five survey measures from their margins and a composite of their percentile
ranks, an ensemble with two fixed definitions, people, seats and travel drawn and access by E2SFCA at the drawn
minutes (with scipy's sparse matrices, as an analyst would), the gate, and ranks within the state; then quantiles of
the rank and chances of the top. Random numbers differ, so results agree up to sampling error only; tests hold small
sizes against each other.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix

from bench.common import Contender, parser, side_by_side, size_option, size_suffix, sized, write_results
from geodata.access.decay import gaussian_decay
from geodata.uncertainty.access_draws import GAUSSIAN, Measure, Pairs, TravelFactors
from geodata.uncertainty.draw_model import AccessModel, DrawModel
from geodata.uncertainty.draws import simulate_ranks
from geodata.uncertainty.supply_draws import Providers, Sites

Work = Callable[[], np.ndarray]
FACTORS = np.array([(0.9, 1.0, 1.1), (0.85, 1.0, 1.15)])
OWN_SD = 0.1
# Places within reach of a tract, of training and of work.
PER_TRACT = (6, 20)


def nation_model(tracts: int, states: int) -> DrawModel:
    """Return a made-up nation's model: states of very unequal size, places in reach of neighboring tracts."""
    rng = np.random.default_rng(11)
    size = 1.0 / np.arange(1, states + 1) ** 0.7
    state = np.sort(rng.choice(states, tracts, p=size / size.sum())).astype(np.int32)
    definitions = np.column_stack([rng.random(tracts), rng.random(tracts) < 0.3]).astype(np.float64)
    people = rng.uniform(100, 900, tracts)
    providers, sites = max(8, tracts // 40), max(25, tracts // 15)
    access = AccessModel(
        key=np.arange(tracts, dtype=np.uint64) + np.uint64(10_000_000_000),
        people=people,
        people_se=0.15 * people,
        survey_purpose=0,
        training=_pairs(rng, tracts, providers, PER_TRACT[0]),
        work=_pairs(rng, tracts, sites, PER_TRACT[1]),
        providers=Providers(
            np.arange(providers, dtype=np.uint64), np.full(providers, np.nan), np.full(providers, 0.6),
            np.full(providers, 3.0), np.full(providers, 0.8), np.ones(providers),
            np.zeros(providers, np.int64), np.ones(providers, np.int64),
        ),
        sites=Sites(
            np.arange(sites, dtype=np.uint64), rng.integers(1, 9, (sites, 1)).astype(float), np.full(sites, -1),
            np.array([0, 1]), np.ones((1, 1)), np.ones(1), np.ones(sites), np.array([[0.5, 1.0, 2.0], [0, 0, 0]]), 0.0,
        ),
        travel=TravelFactors(state.astype(np.uint64), FACTORS, OWN_SD),
        measure=Measure(GAUSSIAN, True, False),
    )  # fmt: skip
    return DrawModel(
        key=access.key,
        reference=state,
        scope=state,
        measures=rng.beta(2, 8, (tracts, 5)),
        measures_se=np.abs(rng.normal(0, 0.03, (tracts, 5))),
        measures_range=np.tile([0.0, 1.0], (5, 1)),
        purposes=np.arange(5),
        in_composite=np.ones(5, dtype=bool),
        in_index=np.zeros(5, dtype=bool),
        definitions=definitions,
        definition_weights=np.ones(3),
        definition_error=np.zeros(2),
        access=access,
        access_row=np.arange(tracts),
        designated=definitions[:, 1] > 0,
        tie_order=rng.permutation(tracts).astype(np.int32),
    )


def _pairs(rng: np.random.Generator, tracts: int, places: int, per_tract: int) -> Pairs:
    """Return minutes from each tract to places of its part of the nation."""
    middle = np.arange(tracts) * places // tracts
    place = np.sort((middle[:, None] + np.arange(per_tract) - per_tract // 2) % places, axis=1)
    return Pairs(
        np.arange(tracts + 1) * per_tract,
        np.arange(tracts),
        np.ones(tracts, np.float32),
        np.full(tracts, 30, np.float32),
        place.ravel().astype(np.int32),
        rng.uniform(2, 45, tracts * per_tract).astype(np.float32),
    )


def ours(tracts: int, states: int, draws: int) -> Work:
    model = nation_model(tracts, states)
    return lambda: simulate_ranks(model, draws, 20).tracts.p_top_share


def _drawn_inputs(model: DrawModel, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return measures, access to training and to work of one draw, and use the generator as an analyst would."""
    known = model.access
    measures = np.clip(rng.normal(model.measures, model.measures_se), 0.0, 1.0)
    people = np.clip(rng.normal(known.people, known.people_se), 0.0, None)
    states = model.reference.max() + 1
    common = rng.triangular(*FACTORS[0], states) / rng.triangular(*FACTORS[1], states)
    factor = common[model.reference] * np.exp(rng.normal(0, OWN_SD, len(model)))
    seats = np.exp(rng.normal(known.providers.log_mean, known.providers.log_sd))
    seats *= rng.random(len(seats)) < known.providers.teaches
    work = known.sites.units[:, 0] * rng.triangular(*known.sites.job_years[0])
    return measures, _access(known.training, seats, people, factor), _access(known.work, work, people, factor)


def _access(pairs: Pairs, capacity: np.ndarray, people: np.ndarray, factor: np.ndarray) -> np.ndarray:
    tract = np.repeat(pairs.tract, np.diff(pairs.row_start))
    weight = gaussian_decay(pairs.minutes * factor[tract], pairs.catchment[tract])
    reach = csr_matrix((weight, pairs.place, pairs.row_start), shape=(len(people), len(capacity)))
    load = people @ reach
    return reach @ np.divide(capacity, load, out=np.zeros_like(load), where=load > 0)


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
        rng, pillars = np.random.default_rng(1), model.pillar_weights
        fixed = [percentile(pd.Series(column)) for column in model.definitions.T]
        ranks = np.empty((draws, tracts), dtype=np.int32)
        for draw in range(draws):
            measures, training, jobs = _drawn_inputs(model, rng)
            composite = percentile(
                sum((percentile(pd.Series(column)) for column in measures.T), pd.Series(0.0, state.index)) / 5
            )
            need = percentile(fixed[0] + fixed[1] + composite)
            gap, opportunity = 100 - percentile(pd.Series(training)), percentile(pd.Series(jobs))
            priority = pillars[0] * need + pillars[1] * gap + pillars[2] * opportunity
            gated = model.designated | (need >= model.gate_need)
            ranks[draw] = (priority + 1000 * gated).groupby(state).rank(ascending=False, method="first")
        return _summary(ranks, np.ceil(0.1 * size.to_numpy() - 1e-9))

    return work


def argsort_numpy(tracts: int, states: int, draws: int) -> Work:
    """The same with numpy alone: one argsort a ranking, states kept apart by adding their number (no ties)."""
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
        rng, pillars = np.random.default_rng(1), model.pillar_weights
        fixed = [percentile(column) for column in model.definitions.T]
        fixed[1] = pd.Series(model.definitions[:, 1]).groupby(model.reference).rank().to_numpy() * 100 / of - 50 / of
        ranks = np.empty((draws, tracts), dtype=np.int32)
        for draw in range(draws):
            measures, training, jobs = _drawn_inputs(model, rng)
            composite = percentile(sum((percentile(column) for column in measures.T), np.zeros(tracts)) / 5)
            need = percentile(fixed[0] + fixed[1] + composite)
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
            "part of the draws measured and grows with the draws. Ours counts places and keeps Priority, as many bytes."
        ],
    )  # fmt: skip


if __name__ == "__main__":
    main()
