"""One table of training providers from several sources: who teaches, how many, and which records are one.

Holds the rule by which institutions of the IPEDS directory become providers, and the merging of records across
sources with its evidence. Does not hold their campuses (`geodata.ingest.campuses`), what is expected of providers
nobody reports on (`geodata.ingest.provider_priors`), or which count toward the training gap
(`geodata.scoring.training`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geodata.geography.located import QUALITY_ORDER, located
from geodata.geography.nearby_pairs import distance_m, near_pairs
from geodata.ingest.campuses import with_campuses, with_points_of
from geodata.ingest.name_matching import alike, name_key
from geodata.ingest.provider_priors import (
    chosen_awards,
    kinds_of,
    prior_of_listed,
    provider_priors,
    with_expectations,
)
from geodata.schemas import columns as col
from geodata.schemas.canonical import PROVIDERS, REJECTS
from geodata.schemas.parsed import Refined
from geodata.schemas.programs import by_program_text
from geodata.schemas.rows import among
from geodata.settings import Training

IPEDS = "ipeds"
# One campus may be geocoded to its gate or its middle; two branches of one school in a town lie farther apart.
SAME_PLACE_M = 1_000.0
# The record that gives a merged provider its identifier, name and address: the first of these sources.
PRECEDENCE = (IPEDS, "training_list", "etpl", "apprenticeship", "va_apprenticeships", "evitp")
_OF_SEATS = (col.SEATS, col.SEATS_BASIS, col.SEATS_BY_PROGRAM, col.SHARE, col.CAMPUS)
_SEATS = {"completions": 0, "shared": 1, "seats": 2, "suppressed": 3, "assumed": 4}
_ZERO = 2.5

Record = dict[str, Any]


def providers(
    institutions: pd.DataFrame,
    programs: pd.DataFrame,
    listed: pd.DataFrame,
    settings: Training,
    campuses: pd.DataFrame | None = None,
) -> Refined:
    """Return the providers of all sources, each once, with what is expected of those nobody reports on.

    `institutions` and `programs` are the IPEDS tables (either may be without rows), `listed` the provider rows of
    other sources, `campuses` the places of institutions as lists name them. Rejects name institutions with awards that
    the directory does not know.
    """
    priors = provider_priors(institutions, programs, listed, settings)
    teaching = from_ipeds(institutions, programs, priors, settings)
    notes = list(teaching.notes)
    own = teaching.table
    if campuses is not None and len(own):
        own = PROVIDERS.validate(with_campuses(own, institutions, campuses, settings))
        if len(own) > len(teaching.table):
            notes.append(
                f"Campuses of these institutions: {len(own):,}, of which {int((own[col.SHARE] > 0).sum()):,} take part "
                "of the awards (equal parts, flagged as shared)."
            )
    listed = listed.assign(prior=listed[col.PRIOR].fillna(prior_of_listed(listed[col.KIND])))
    if campuses is not None and len(listed):
        before = located(listed)
        listed = with_points_of(listed, campuses)
        if placed := int((located(listed) & ~before).sum()):
            notes.append(f"Providers without coordinates that a list of campuses places by their name: {placed:,}.")
    rows = [frame for frame in (own, listed) if len(frame)]
    if not rows:
        return Refined(PROVIDERS.empty(), teaching.rejects, notes)
    everyone = pd.concat(rows, ignore_index=True)
    merged = PROVIDERS.validate(with_expectations(merge(everyone), priors, settings))
    if len(merged) < len(everyone):
        notes.append(
            f"Records of {everyone[col.SOURCES].nunique()} sources: {len(everyone):,}; providers they describe: "
            f"{len(merged):,}; records recognized as repeats: {len(everyone) - len(merged):,}."
        )
    none = int((merged[col.SEATS] == 0).sum())
    if none:
        notes.append(f"Providers known to have awarded nothing in the chosen programs, listed and no supply: {none:,}.")
    return Refined(merged, teaching.rejects, notes)


def from_ipeds(institutions: pd.DataFrame, programs: pd.DataFrame, priors: pd.DataFrame, settings: Training) -> Refined:
    """Return the institutions that teach the work, or may, as providers.

    Institutions that reported completions are known: those with a row in a chosen CIP code and level are providers
    with these awards for seats (a reported zero stays zero), the others teach none of it. Of institutions without any
    row nobody knows, because there is no file or because it leaves them out: those of a kind of which at least
    `least_share_teaching` teaches the work are possible providers with unknown seats, for leaving all of them out would
    draw deserts around colleges.
    """
    relevant = chosen_awards(programs, settings)
    known = among(relevant[col.UNITID], institutions[col.UNITID])
    rejects = _unknown_institutions(relevant.loc[~known, col.UNITID].drop_duplicates())
    reported = _with_awards(institutions, relevant[known])
    possible = _possible(institutions, programs, priors, settings)
    notes = []
    if len(programs):
        notes.append(f"Institutions with awards in the chosen fields: {len(reported):,} of {len(institutions):,}.")
    if len(possible):
        why = "are not in the completions file" if len(programs) else "have no completions file"
        notes.append(
            f"{len(possible):,} institutions (of {len(institutions):,} in the directory) {why} and are of a kind of "
            f"which at least {settings.least_share_teaching:.0%} teaches the work: possible providers, counted with "
            "what is expected of their kind."
        )
    rows = [frame for frame in (reported, possible) if len(frame)]
    table = PROVIDERS.validate(pd.concat(rows, ignore_index=True)) if rows else PROVIDERS.empty()
    return Refined(table, rejects, notes)


def _with_awards(institutions: pd.DataFrame, relevant: pd.DataFrame) -> pd.DataFrame:
    """Return the institutions of `relevant` awards as providers, all of them in the directory."""
    awarded = relevant.groupby(col.UNITID, sort=True)
    seats = awarded[col.AWARDS].sum(min_count=1)
    # Part of a sum is no sum: an institution with an unreported award count has unknown seats.
    unknown = seats.index.isin(relevant.loc[relevant[col.STATUS] != "value", col.UNITID])
    hidden = seats.index.isin(relevant.loc[relevant[col.STATUS] == "suppressed", col.UNITID])
    table = institutions.set_index(col.UNITID, drop=False).loc[seats.index]
    by_code = relevant.groupby([col.UNITID, col.CIP_CODE])[col.AWARDS].sum(min_count=1)
    texts: dict[str, str | None] = {
        str(unitid): by_program_text({str(code): float(n) for code, n in part.droplevel(0).items()})
        for unitid, part in by_code.groupby(level=0)
    }
    return _as_providers(table).assign(
        seats=seats.where(~unknown).to_numpy(),
        seats_basis=np.select([hidden, unknown], ["suppressed", "assumed"], "completions"),
        seats_by_program=seats.index.to_series().map(texts).mask(unknown).to_numpy(),
        # A program of which only the number is unknown is taught.
        p_teaches=np.where(unknown, 1.0, np.nan),
        cip_codes=awarded[col.CIP_CODE].agg(lambda found: " ".join(sorted(set(found)))).to_numpy(),
    )


def _possible(
    institutions: pd.DataFrame, programs: pd.DataFrame, priors: pd.DataFrame, settings: Training
) -> pd.DataFrame:
    """Return the institutions of which no awards are known and whose kind often teaches the work."""
    silent = institutions[~among(institutions[col.UNITID], programs[col.UNITID])]
    share = priors.set_index(col.PRIOR)[col.P_TEACHES].reindex(kinds_of(silent)).to_numpy()
    silent = silent[share >= settings.least_share_teaching]
    evidence = "awards not known; " + kinds_of(silent).str.replace("_", " ").to_numpy(dtype=object)
    return _as_providers(silent).assign(seats=np.nan, seats_basis="assumed", cip_codes=None, evidence=evidence)


def _as_providers(institutions: pd.DataFrame) -> pd.DataFrame:
    public = (institutions[col.CONTROL] == "public").to_numpy(dtype=bool)
    below = institutions[col.MAINLY_SUB_BACCALAUREATE].fillna(False).to_numpy(dtype=bool)
    kind = np.select([public & below, below], ["community_college", "career_school"], "university")
    placed = institutions[col.LATITUDE].notna().to_numpy()
    columns = [col.NAME, col.STATE, col.ADDRESS, col.CITY, col.ZIP, col.LATITUDE, col.LONGITUDE, col.URL, col.UNITID]
    return pd.DataFrame(
        {
            col.PROVIDER_ID: (IPEDS + ":" + institutions[col.UNITID]).to_numpy(),
            col.ENTRY_STAGE: "entry",
            col.KIND: kind,
            **{name: institutions[name].to_numpy() for name in columns},
            col.LOCATION_QUALITY: np.where(placed, "point", "unknown"),
            col.SOURCES: IPEDS,
            col.PRIOR: kinds_of(institutions).to_numpy(),
            col.SHARE: 1.0,
            col.CAMPUS: None,
            col.EVIDENCE: None,
            col.SEATS_BY_PROGRAM: None,
        }
    )


def _unknown_institutions(unitids: pd.Series) -> pd.DataFrame:
    if unitids.empty:
        return REJECTS.empty()
    return REJECTS.validate(
        pd.DataFrame(
            {
                col.SOURCE: "ipeds_completions",
                col.FILE: "completions against directory",
                col.KEY: unitids.to_numpy(),
                col.FIELD: "unitid",
                col.VALUE: unitids.to_numpy(),
                col.REASON: "not_in_directory",
                col.REMEDY: "Use the directory and the completions of one year; closed institutions are left out.",
            }
        )
    )


def merge(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row a provider and place.

    Two records are one if they come from different sources, are of one state and entry stage, have names that can
    be spellings of one, and lie at one place: the same ZIP code, or within SAME_PLACE_M, or, where one has no
    coordinates and no ZIP code, the same city. `evidence` says why. Codes and sources are united; the best known
    location and the strongest basis of seats win, and seats are never added up: sources count the same people.
    """
    rank = rows[col.SOURCES].map({name: i for i, name in enumerate(PRECEDENCE)}).fillna(len(PRECEDENCE))
    rows = rows.assign(_rank=rank).sort_values(["_rank", col.PROVIDER_ID], ignore_index=True)
    pairs, reasons = _same(rows)
    if not len(pairs):
        return PROVIDERS.validate(rows.drop_duplicates(col.PROVIDER_ID))
    graph = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(rows), len(rows)))
    _, group = connected_components(graph, directed=False)
    rows["_group"] = group
    why: dict[int, list[str]] = {}
    for (i, j), reason in zip(pairs, reasons, strict=True):
        evidence = f"{rows[col.SOURCES][j]} “{rows[col.NAME][j]}” is {rows[col.PROVIDER_ID][i]}: {reason}"
        why.setdefault(int(group[i]), []).append(evidence)
    several = rows["_group"].isin(list(why))
    single, records = rows[~several], rows[several].to_dict("records")
    groups: dict[int, list[Record]] = {number: [] for number in sorted(why)}
    for record in records:
        groups[int(record["_group"])].append({str(name): value for name, value in record.items()})
    united = [_united(members, why[number]) for number, members in groups.items()]
    table = pd.concat([single, pd.DataFrame(united)], ignore_index=True).sort_values(col.PROVIDER_ID, ignore_index=True)
    return PROVIDERS.validate(table.drop_duplicates(col.PROVIDER_ID))


def _same(rows: pd.DataFrame) -> tuple[npt.NDArray[np.intp], list[str]]:
    """Return the pairs of records taken for one, and why."""
    latitude = rows[col.LATITUDE].to_numpy(dtype="float64")
    longitude = rows[col.LONGITUDE].to_numpy(dtype="float64")
    keyed = [[col.STATE, col.ENTRY_STAGE, col.ZIP], ["state", "entry_stage", "_key"]]
    rows = rows.assign(_key=[name_key(name) for name in rows[col.NAME]])
    blocks = [near_pairs(latitude, longitude, SAME_PLACE_M), *(_block_pairs(rows, names) for names in keyed)]
    candidates = np.unique(np.concatenate(blocks), axis=0)
    meters = distance_m(latitude, longitude, candidates)
    values = {
        name: rows[name].tolist() for name in (col.SOURCES, col.STATE, col.ENTRY_STAGE, col.NAME, col.ZIP, col.CITY)
    }
    pairs, reasons = [], []
    for (i, j), distance in zip(candidates, meters, strict=True):
        different = values[col.SOURCES][i] != values[col.SOURCES][j]
        if not different or any(values[name][i] != values[name][j] for name in (col.STATE, col.ENTRY_STAGE)):
            continue
        place = _same_place(values, i, j, float(distance))
        if place and alike(values[col.NAME][i], values[col.NAME][j]):
            pairs.append((i, j))
            reasons.append(f"similar name, {place}")
    return np.array(pairs, dtype=np.intp).reshape(-1, 2), reasons


def _block_pairs(rows: pd.DataFrame, names: Sequence[str]) -> npt.NDArray[np.intp]:
    filled = rows[rows[list(names)].notna().all(axis=1)]
    pairs = [
        (i, j)
        for spots in filled.groupby(list(names), sort=True).indices.values()
        for n, i in enumerate(filled.index[spots])
        for j in filled.index[spots[n + 1 :]]
    ]
    return np.array(pairs, dtype=np.intp).reshape(-1, 2)


def _same_place(values: dict[str, list[object]], i: int, j: int, distance: float) -> str | None:
    if distance <= SAME_PLACE_M:
        return f"{distance:.0f} m apart"
    zips = values[col.ZIP][i], values[col.ZIP][j]
    if all(isinstance(code, str) for code in zips):
        # Far apart within one ZIP code: two branches.
        return f"both in ZIP code {zips[0]}" if zips[0] == zips[1] and not distance > 5 * SAME_PLACE_M else None
    cities = [city.casefold() for city in (values[col.CITY][i], values[col.CITY][j]) if isinstance(city, str)]
    unplaced = np.isnan(distance)
    return f"both in {values[col.CITY][i]}" if unplaced and len(cities) == 2 and cities[0] == cities[1] else None


def _united(rows: list[Record], evidence: list[str]) -> Record:
    """Return one record for a group, whose rows stand in order of precedence."""

    def filled(name: str) -> list[Any]:
        return [row[name] for row in rows if not pd.isna(row[name])]

    first = {name: next(iter(filled(name)), None) for name in PROVIDERS.names}
    best_place = min(rows, key=lambda row: QUALITY_ORDER[row[col.LOCATION_QUALITY]])
    # One source's zero does not undo another's count, for a class may be held in a year without awards; it does undo
    # what is only assumed.
    best_seats = min(rows, key=lambda row: _ZERO if row[col.SEATS] == 0 else _SEATS[row[col.SEATS_BASIS]])
    codes = sorted({code for text in filled(col.CIP_CODES) for code in text.split()})
    evidence = [*dict.fromkeys(filled(col.EVIDENCE)), *evidence]
    return first | {
        **{name: best_place[name] for name in (col.LATITUDE, col.LONGITUDE, col.LOCATION_QUALITY)},
        **{name: best_seats[name] for name in _OF_SEATS},
        # Whoever lists a program says that it is taught, where no list says how many.
        "p_teaches": 1.0 if any(row[col.SOURCES] != IPEDS for row in rows) else first[col.P_TEACHES],
        "cip_codes": " ".join(codes) or None,
        "sources": " ".join(dict.fromkeys(" ".join(row[col.SOURCES] for row in rows).split())),
        "evidence": "; ".join(evidence),
    }
