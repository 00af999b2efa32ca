"""Recruitment hubs: where p places reach most of the people the work is meant for, p = 1, 2 and so on.

Takes people, candidate sites and the minutes between them. Does not hold the solver
(`geodata.decisions.maximal_covering`) or how travel is measured.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata.access.reach import points, reach
from geodata.decisions.maximal_covering import Cover, ExactCover, greedy, near_best, reduced
from geodata.geography.coordinates import Points
from geodata.geography.located import located
from geodata.schemas import columns as col
from geodata.schemas.computed import HUBS
from geodata.scoring.study_area import StudyArea, water_around
from geodata.settings import Hubs, Settings
from geodata.travel.great_circle import GreatCircle
from geodata.travel.minutes import TravelEngine
from geodata.travel.open_water import OpenWater

ORIGIN = "origin"
CANDIDATE_COLUMNS = [col.CANDIDATE_ID, col.NAME, col.KIND, col.LATITUDE, col.LONGITUDE]


def hub_table(area: StudyArea, scores: pd.DataFrame, engine: TravelEngine, settings: Settings) -> pd.DataFrame:
    """Return the `hubs` table of every state of `scores`: where p hubs reach most people of tiers A and B."""
    places = candidates(area.job_centers, area.all_providers, settings.hubs)
    people = people_to_reach(scores)
    cover = settings.hubs.cover_minutes
    catchment = settings.access.model_copy(update={"catchment_minutes": cover, "rural_catchment_minutes": cover})
    origins = area.origins[area.origins[col.GEOID].isin(people[col.GEOID])].reset_index(drop=True)
    found = reach(origins, places, engine, catchment).minutes
    minutes = pd.DataFrame(
        {
            ORIGIN: found.origin,
            col.CANDIDATE_ID: places[col.CANDIDATE_ID].to_numpy()[found.destination],
            "minutes": found.minutes,
        }
    )
    cells = people_by_origin(people, origins)
    made = [hubs(part, places, minutes, settings.hubs, str(state)) for state, part in cells.groupby(col.STATE)]
    table = pd.concat(made, ignore_index=True) if made else hubs(cells, places, minutes, settings.hubs, "")
    table[col.COVERED_OVER_WATER] = np.nan
    open_water = water_around(area, settings) if found.engine == GreatCircle.name and len(table) else None
    if open_water is not None:
        chosen = minutes[minutes[col.CANDIDATE_ID].isin(table[col.CANDIDATE_ID]) & minutes[ORIGIN].isin(cells[ORIGIN])]
        over = over_water(cells, chosen, points(origins), places, open_water)
        table[col.COVERED_OVER_WATER] = [
            over.get(key, 0.0) for key in zip(table[col.STATE], table[col.CANDIDATE_ID], strict=True)
        ]
    return HUBS.validate(table)


def over_water(
    cells: pd.DataFrame, minutes: pd.DataFrame, homes: Points, places: pd.DataFrame, open_water: OpenWater
) -> dict[tuple[str, str], float]:
    """Return, by state and candidate, the adults of `cells` whose straight line of `minutes` crosses open water.

    `homes` are the origins `minutes` counts, `places` the candidates.
    """
    site = pd.Index(places[col.CANDIDATE_ID]).get_indexer(pd.Index(minutes[col.CANDIDATE_ID]))
    crossed = open_water.crossed(homes.take(minutes[ORIGIN].to_numpy()), points(places).take(site))
    people = minutes[crossed].merge(cells, on=ORIGIN)
    sums = people.groupby([col.STATE, col.CANDIDATE_ID])["adults"].sum()
    keys = sums.index.to_frame(index=False).astype("str").itertuples(index=False, name=None)
    return dict(zip(keys, sums.astype("float64").tolist(), strict=True))


def candidates(job_centers: pd.DataFrame, providers: pd.DataFrame, settings: Hubs) -> pd.DataFrame:
    """Return [candidate_id, name, kind, latitude, longitude]: the places a hub may stand at that can be placed.

    Training that only takes working electricians is no place to recruit beginners.
    """
    frames = []
    if "job_centers" in settings.candidates:
        frames.append(job_centers.rename(columns={col.CENTER_ID: col.CANDIDATE_ID}))
    if "providers" in settings.candidates:
        entry = providers[providers[col.ENTRY_STAGE] == "entry"]
        frames.append(entry.rename(columns={col.PROVIDER_ID: col.CANDIDATE_ID}))
    columns = [*CANDIDATE_COLUMNS, col.LOCATION_QUALITY]
    table = pd.concat([frame[columns] for frame in frames], ignore_index=True)
    kept = table.loc[located(table), CANDIDATE_COLUMNS].drop_duplicates(col.CANDIDATE_ID)
    return kept.sort_values(col.CANDIDATE_ID).reset_index(drop=True)


def people_to_reach(scores: pd.DataFrame) -> pd.DataFrame:
    """Return [geoid, state, adults] of the listed tracts of tier A or B with eligible adults."""
    counted = scores[col.GATED] & scores[col.TIER].isin(["A", "B"]) & (scores[col.ELIGIBLE_ADULTS] > 0)
    table = scores.loc[counted, [col.GEOID, col.STATE, col.ELIGIBLE_ADULTS]]
    return table.rename(columns={col.ELIGIBLE_ADULTS: "adults"}).sort_values(col.GEOID).reset_index(drop=True)


def people_by_origin(people: pd.DataFrame, origins: pd.DataFrame) -> pd.DataFrame:
    """Return [origin, geoid, state, adults]: the people of tracts at the origins (row numbers) they are counted at."""
    cells = origins[[col.GEOID, col.WEIGHT]].reset_index(drop=True).rename_axis(ORIGIN).reset_index()
    cells = cells.merge(people, on=col.GEOID)
    cells["adults"] *= cells[col.WEIGHT]
    return cells.drop(columns=col.WEIGHT)


def hubs(people: pd.DataFrame, sites: pd.DataFrame, minutes: pd.DataFrame, settings: Hubs, state: str) -> pd.DataFrame:
    """Return the `hubs` table of a state: for each number of hubs the best places, and how sure that is.

    Maximal covering (Church & ReVelle 1974), solved by `geodata.decisions.maximal_covering`. `people` is [origin,
    adults]: who lives at each origin, so that a tract is covered as far as its people are. `sites` are the
    `candidates`, `minutes` is [origin, candidate_id, minutes] of at least all pairs within `cover_minutes`. The table
    ends at the number of hubs beyond which nobody more is reached. `covered_share` is of all `people`, those beyond
    every candidate included. `order` puts the place that covers most alone first. Empty where no candidate covers
    anybody.
    """
    # Among equally good solutions the solver's choice must not hang on the order of rows.
    people, sites = people.sort_values(ORIGIN), sites.sort_values(col.CANDIDATE_ID)
    cover = _cover(people, sites, minutes, settings)
    small, kept = reduced(cover)
    total = float(people["adults"].sum())
    frames = []
    walk = greedy(small, settings.most)
    alone = cover.alone()
    reachable = small.covered(np.arange(len(kept)))
    most = min(settings.most, len(kept))
    if not most:
        return HUBS.empty()
    solver = ExactCover(small)
    for p, near in enumerate(near_best(small, most), start=1):
        best = solver.solve(p, settings.solver_seconds, near.sites.tolist(), near.bound)
        chosen = kept[best.sites]
        chosen = chosen[np.argsort(-alone[chosen], kind="stable")]
        frame = sites.iloc[chosen].assign(
            state=state,
            p=p,
            order=range(1, len(chosen) + 1),
            covered_adults=best.covered,
            covered_share=best.covered / total,
            gap=best.gap,
            greedy_adults=small.covered(walk[:p]),
            covered_alone=alone[chosen],
        )
        frames.append(frame)
        if best.covered >= reachable * (1 - 1e-12):
            break
    return HUBS.validate(pd.concat(frames, ignore_index=True))


def _cover(people: pd.DataFrame, sites: pd.DataFrame, minutes: pd.DataFrame, settings: Hubs) -> Cover:
    near = minutes[minutes["minutes"] <= settings.cover_minutes]
    row = pd.Index(people[ORIGIN]).get_indexer(near[ORIGIN])
    site = pd.Index(sites[col.CANDIDATE_ID]).get_indexer(near[col.CANDIDATE_ID])
    known = (row >= 0) & (site >= 0)
    return Cover.from_pairs(row[known], site[known], people["adults"].to_numpy(dtype=float), len(sites))
