"""Do intervals of 90 % hold nine true ranks of ten, and tiers what they say? On truths made of a real state's margins.

A state's published survey is taken for the truth. Surveys of it are drawn by its margins, the index made of each, and
the product's own draws made of that; the truths of supply and travel that stand beside it are drawn by another seed.
Counted is how often the interval holds the true rank, in every tenth of the list, and how often a tract or community
that is said to be in the top tenth with some chance is there. `python -m bench.coverage --state RI --sources folder`.
"""

from __future__ import annotations

import dataclasses
import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bench.common import begun, keep, parser, size_suffix, sized
from geodata.analysis.analyze import STEPS
from geodata.analysis.step import Walk
from geodata.decisions.communities import community_tracts
from geodata.fetching.acquire import FolderAcquirer
from geodata.ingest.canonical_tables import CanonicalTables
from geodata.ingest.combine import FEEDS, combine
from geodata.ingest.read_source import read_source
from geodata.sample import write_sample
from geodata.schemas import columns as col
from geodata.schemas.canonical import CANONICAL
from geodata.scoring.study_area import study_area
from geodata.settings import Settings, load_settings
from geodata.sources import SOURCES
from geodata.states import SAMPLE_STATE, find_state
from geodata.uncertainty.certainty import (
    NONE_FOUND,
    community_lists,
    community_of,
    draw_model,
    means_of_groups,
    tiers,
    weights_of,
)
from geodata.uncertainty.draw_model import DrawModel, Drawn
from geodata.uncertainty.draws import Block, fill, plan_of, rank_groups, simulate_ranks, working_order
from geodata.uncertainty.need_draws import index_of_estimates
from geodata.uncertainty.rank_lists import RankedLists, Top

FloatArray = NDArray[np.float64]
BOUNDS = (0.0, 0.02, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.97, 1.0)


def walk_of(state: str, sources: Path, settings: Settings, as_of: str) -> Walk:
    """Return the walk of a state from a folder of files."""
    acquirer, states = FolderAcquirer(sources), [find_state(state)]
    names = sorted({name for feeds in FEEDS.values() for name in feeds})
    reads = {name: read_source(SOURCES[name], acquirer, states, settings) for name in names}
    tables = [table for table in CANONICAL if table.name in FEEDS]
    made = {table.name: combine(table, {name: reads[name] for name in FEEDS[table.name]}, settings) for table in tables}
    area = study_area(CanonicalTables.of(made), [state], settings, as_of)
    return Walk(STEPS, {"study_area": area, "settings": settings, "as_of": as_of, "last_result": None})


@dataclasses.dataclass
class Known:
    """A truth, and the model of what is published of it; `names` are the definitions, `land` the tracts that touch.

    `used` are the tracts of the list, the first rows of the model.
    """

    used: pd.DataFrame
    model: DrawModel
    names: list[str]
    land: tuple[pd.DataFrame, pd.DataFrame]

    @classmethod
    def of(cls, walk: Walk, settings: Settings) -> Known:
        """Return the state of a walk as a truth."""
        given = (walk.value(name) for name in ("tract_scores", "need_parts", "study_area.measures", "access_model"))
        names = sorted(name for name, weight in settings.need.weights.items() if weight > 0 and name != "workforce")
        used, model = draw_model(*given, settings)
        return cls(used, model, names, (walk.value("study_area.polygons"), walk.value("contacts")))

    def grouped(self, drawn: Drawn, settings: Settings) -> pd.DataFrame:
        """Return the communities that the first half of the draws would cut, [geoid, community_id]."""
        gated = self.used[col.GATED].astype(bool)
        cut = tiers(pd.Series(drawn.first_half, index=self.used.index), gated, settings.uncertainty)
        return community_tracts(self.used.assign(cut_tier=cut), *self.land, settings.communities)

    def truth(self) -> DrawModel:
        """Return the model in which the published survey is exact."""
        exact = self.model.access._replace(people_se=np.zeros_like(self.model.access.people_se))
        errors = np.zeros_like(self.model.measures_se)
        return dataclasses.replace(self._surveyed(self.model.measures), measures_se=errors, access=exact)

    def survey(self, rng: np.random.Generator) -> DrawModel:
        """Return the model of a survey that errs by the published margins; where there is none, none is found."""
        model, access = self.model, self.model.access
        some = model.measures > 0
        published = np.where(some, model.measures_se, model.measures_se / NONE_FOUND)
        error = rng.normal(size=model.measures.shape)
        found = np.where(np.isnan(model.measures), np.nan, np.clip(model.measures + some * published * error, 0, 1))
        # The people err with the measure they rest on.
        of_people = rng.normal(size=len(access.people))
        scored = model.access_row >= 0
        of_people[model.access_row[scored]] = error[scored, list(model.purposes).index(access.survey_purpose)]
        people = np.clip(access.people + access.people_se * of_people, 0, None)
        known = access._replace(people=people, people_se=np.where(people > 0, access.people_se, 0.0))
        errors = published * np.where(found > 0, 1.0, NONE_FOUND)
        return dataclasses.replace(self._surveyed(found), measures_se=errors, access=known)

    def _surveyed(self, measures: FloatArray) -> DrawModel:
        """Return the model with these measures and the index its publisher would make of them."""
        definitions = self.model.definitions.copy()
        if "svi" in self.names and self.model.in_index.any():
            column = definitions[:, self.names.index("svi")]
            parts = self.model.in_composite, self.model.in_index, self.model.reference
            made = index_of_estimates(np.ascontiguousarray(measures.T), *parts)
            definitions[:, self.names.index("svi")] = np.where(np.isfinite(column), made, np.nan)
        return dataclasses.replace(self.model, measures=measures, definitions=definitions)


def true_places(truth: DrawModel, truths: int, seed: int) -> tuple[FloatArray, NDArray[np.float32]]:
    """Return rank and Priority of the listed tracts under truths of supply and travel, both [truths, listed]."""
    order = working_order(truth)
    lists = RankedLists(truth.scope[order], truth.tie_order[order])
    block = Block.of(truths, len(order), lists.length)
    fill(block, 0, plan_of(truth, order, lists, seed))
    ranks = np.full((truths, len(truth)), np.nan)
    ranks[:, order[lists.rows]] = block.ranks
    return ranks[:, truth.scope >= 0], block.priority[:, lists.rows].astype(np.float32)


def measured(known: Known, settings: Settings, surveys: int, truths: int, seed: int = 5) -> dict[str, pd.DataFrame]:
    """Return, for tracts and communities: a row a unit and survey, [median, held, said, true]."""
    rng, chances, truth = np.random.default_rng(seed), settings.uncertainty, known.truth()
    weight, top = weights_of(known.used), Top(chances.top_share, 1)
    made: dict[str, list[pd.DataFrame]] = {"tracts": [], "communities": []}
    for survey in range(surveys):
        drawn = simulate_ranks(known.survey(rng), chances.draws, chances.seed).of_first(len(known.used))
        ranks, priority = true_places(truth, truths, 1000 + survey)
        first = np.ceil(chances.top_share * drawn.tracts.list_length - 1e-9)
        of_tracts = _row(drawn.tracts, ranks).assign(said=drawn.tracts.p_top_share, true=(ranks <= first).mean(0))
        made["tracts"].append(of_tracts)
        grouping = known.grouped(drawn, settings)
        if len(grouping):
            names = sorted(set(grouping[col.COMMUNITY_ID]))
            group = community_of(known.used, grouping, names)
            lists = RankedLists(*community_lists(known.used, group, weight, len(names)))
            summary, _ = rank_groups(drawn, group, weight, lists, top, drawn.draws // 2)
            actual = dataclasses.replace(drawn, priority=priority, draws=truths)
            _, of_groups = rank_groups(actual, group, weight, lists, top, 0)
            # What the tier of a community says: the chance that one of its eligible adults lives in a first tract.
            chances_of = (np.nan_to_num(drawn.p_of_rest()), of_tracts["true"].to_numpy())
            said, true = (means_of_groups(one, group, weight, len(names)) for one in chances_of)
            made["communities"].append(_row(summary, of_groups.astype(float)).assign(said=said, true=true))
    return {name: pd.concat(rows, ignore_index=True) for name, rows in made.items() if rows}


def _row(summary: Any, ranks: FloatArray) -> pd.DataFrame:
    held = (summary.rank_low <= ranks) & (ranks <= summary.rank_high)
    return pd.DataFrame({"median": summary.rank_median, "held": held.mean(0)})


def account(rows: pd.DataFrame) -> dict[str, Any]:
    """Return the share held, in all and in every tenth of the list, and said beside true chances."""
    tenth = np.ceil(rows["median"].rank(pct=True, method="first") * 10).astype(int) - 1
    bins = pd.cut(rows["said"], list(BOUNDS), include_lowest=True)
    tier = pd.cut(rows["said"], [0.2, 0.5, 0.8, 1.0], right=False, labels=["C", "B", "A"])
    tier = tier.mask(rows["said"] == 1.0, "A")
    return {
        "rows": len(rows),
        "held": float(rows["held"].mean()),
        "held_by_tenth": [float(rows["held"][tenth == k].mean()) for k in range(10)],
        "reliability": _said_and_true(rows, bins),
        "tiers": _said_and_true(rows, tier),
    }


def _said_and_true(rows: pd.DataFrame, by: pd.Series) -> list[dict[str, Any]]:
    grouped = rows.groupby(by, observed=True)[["said", "true"]].agg(["mean", "size"])
    columns = (grouped[("said", "size")], grouped[("said", "mean")], grouped[("true", "mean")])
    return [
        {"of": str(key), "rows": int(rows), "said": float(said), "true": float(true)}
        for key, rows, said, true in zip(grouped.index, *columns, strict=True)
    ]


def table(made: dict[str, dict[str, Any]]) -> str:
    """Return the accounts as Markdown."""
    lines = []
    for name, known in made.items():
        lines += [
            f"**{name}**: {known['held']:.1%} of true ranks within the 90 % interval ({known['rows']:,} rows).",
            "",
        ]
        lines += ["| tenth of the list | " + " | ".join(str(k + 1) for k in range(10)) + " |", "|---" * 11 + "|"]
        lines += [
            "| held | "
            + " | ".join(f"{share:.1%}" if share == share else "–" for share in known["held_by_tenth"])
            + " |",
            "",
        ]
        for title, rows in (("chance of the top", known["reliability"]), ("tier", known["tiers"])):
            lines += [f"| {title} | rows | said | true |", "|---|--:|--:|--:|"]
            lines += [f"| {row['of']} | {row['rows']:,} | {row['said']:.3f} | {row['true']:.3f} |" for row in rows]
            lines.append("")
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> None:
    """Measure and write `results/coverage_<state>`."""
    asked = parser(__doc__)
    asked.add_argument("--state", default=SAMPLE_STATE)
    asked.add_argument("--sources", type=Path, help="folder of the state's files; none is the invented sample")
    asked.add_argument("--surveys", type=int, default=40)
    asked.add_argument("--truths", type=int, default=20)
    asked.add_argument("--draws", type=int, default=1000)
    given = asked.parse_args(arguments)
    surveys, truths, draws = sized(given, (given.surveys, given.truths, given.draws), (8, 10, 300), (2, 2, 20))
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(None, {"home": folder, "uncertainty": {"draws": draws}})
        files = given.sources or write_sample(Path(folder) / "sample", tracts=100 if given.tiny else 400)
        known = Known.of(walk_of(given.state, files, settings, "2026-09-30"), settings)
    made = {name: account(rows) for name, rows in measured(known, settings, surveys, truths).items()}
    title = "Do intervals and tiers hold what they say?"
    size = {"state": given.state, "surveys": surveys, "truths": truths, "draws": draws}
    keep(
        f"coverage_{given.state}{size_suffix(given)}",
        {**begun(title), "arguments": size, "results": made},
        f"## {title}\n\n{json.dumps(size)}\n\n{table(made)}",
    )
    print(table(made))


if __name__ == "__main__":
    main()
