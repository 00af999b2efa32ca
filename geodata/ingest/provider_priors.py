"""What is expected of a provider nobody reports on: does it teach the work, and how many seats does it have.

Estimated from the completions of the run by kind of institution: the share of those that reported which have awards
in the chosen programs, and a log-normal of their seats. Kinds with too few institutions in the files take the stated
priors of `provider_priors.yaml`, and the table says so. Does not hold which institutions become providers
(`geodata.ingest.providers`) or the drawing of both (`geodata.uncertainty`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.schemas import columns as col
from geodata.schemas.canonical import PROVIDER_PRIORS
from geodata.schemas.programs import seats_by_program
from geodata.schemas.rows import among
from geodata.settings import Training
from geodata.storage.files import read_yaml

FloatArray = NDArray[np.float64]
OTHER = "other_institution"
LISTED = "listed_program"
#: Kinds of listed providers with a prior of their own; others are listed programs.
LISTED_KINDS = ("apprenticeship", "certified", "etpl_program", LISTED)
_FIGURES = [col.P_TEACHES, col.SEATS_MEAN, col.SEATS_LOG_MEAN, col.SEATS_LOG_SD]


def kinds_of(institutions: pd.DataFrame) -> pd.Series:
    """Return the kind of each institution: who runs it and how long its longest programs are.

    Four-year institutions that award mainly associate's degrees and certificates are a kind of their own. One of
    unknown control or level is an `other_institution`.
    """
    associates = institutions[col.MAINLY_SUB_BACCALAUREATE].fillna(False) & (institutions[col.LEVEL] == "four_year")
    kind = institutions[col.CONTROL] + "_" + institutions[col.LEVEL]
    kind = kind.where(~associates.astype(bool), kind + "_associates")
    return kind.fillna(OTHER).astype("str")


def prior_of_listed(kinds: pd.Series) -> pd.Series:
    """Return the prior each listed provider takes by its `kind`."""
    return kinds.where(kinds.isin(LISTED_KINDS), LISTED).astype("str")


def chosen_awards(programs: pd.DataFrame, settings: Training) -> pd.DataFrame:
    """Return the rows of `programs` in a chosen CIP code and award level."""
    return programs[
        programs[col.CIP_CODE].isin(settings.cip_codes) & programs[col.AWARD_LEVEL].isin(settings.award_levels)
    ]


def provider_priors(
    institutions: pd.DataFrame, programs: pd.DataFrame, listed: pd.DataFrame, settings: Training
) -> pd.DataFrame:
    """Return the table `provider_priors`: a row for each kind there is a prior of.

    `institutions` and `programs` are the IPEDS tables, `listed` the provider rows of other sources; each may be without
    rows. Of institutions only those count that reported any award at all: where a file lacks a state, its institutions
    say nothing about who teaches.
    """
    rows = stated_priors()
    rows.update(_of_institutions(institutions, programs, settings))
    rows.update(_of_lists(listed, settings))
    table = pd.DataFrame([{col.PRIOR: kind, **row} for kind, row in sorted(rows.items())])
    return PROVIDER_PRIORS.validate(table)


def stated_priors() -> dict[str, dict[str, Any]]:
    """Return the priors of `provider_priors.yaml` by kind, as rows of the table."""
    groups: dict[str, Any] = read_yaml(Path(__file__).with_suffix(".yaml"))
    rows = {}
    for group in groups.values():
        about = {col.BASIS: "stated", col.SOURCE: " ".join(group[col.SOURCE].split()), col.VINTAGE: group[col.VINTAGE]}
        for kind, (share, mean, sd) in group["kinds"].items():
            rows[kind] = {col.P_TEACHES: share, **_log_normal(float(mean), float(sd)), **about}
    return rows


def _of_institutions(
    institutions: pd.DataFrame, programs: pd.DataFrame, settings: Training
) -> dict[str, dict[str, Any]]:
    if programs.empty or institutions.empty:
        return {}
    reported = institutions[among(institutions[col.UNITID], programs[col.UNITID])]
    awarded = chosen_awards(programs, settings).groupby(col.UNITID)[col.AWARDS].sum()
    seats: FloatArray = reported[col.UNITID].map(awarded).fillna(0.0).to_numpy(dtype=float)
    kinds = kinds_of(reported).to_numpy()
    spread = _spread(seats[seats > 0])
    newest = programs[col.VINTAGE].max()
    vintage = None if pd.isna(newest) else int(newest)
    rows = {}
    for kind in [*np.unique(kinds), OTHER]:
        own = seats if kind == OTHER else seats[kinds == kind]
        teaching = own[own > 0]
        if len(own) < settings.least_for_prior:
            continue
        # A spread of a handful of institutions is none: that of all stands in.
        sd = _spread(teaching) if len(teaching) >= settings.least_for_prior else spread
        rows[str(kind)] = {
            col.BASIS: "estimated",
            col.N_INSTITUTIONS: len(own),
            col.N_TEACHING: len(teaching),
            col.P_TEACHES: len(teaching) / len(own),
            **_log_normal(float(teaching.mean()) if len(teaching) else 0.0, sd),
            col.SOURCE: "IPEDS completions and directory of this run",
            col.VINTAGE: vintage,
        }
    return rows


def _of_lists(listed: pd.DataFrame, settings: Training) -> dict[str, dict[str, Any]]:
    """Return priors of listed kinds of which enough rows state their seats; who is listed as teaching, teaches."""
    rows = {}
    kinds = prior_of_listed(listed[col.KIND])
    for kind in LISTED_KINDS:
        seats = listed.loc[(kinds == kind) & (listed[col.SEATS] > 0), col.SEATS].to_numpy(dtype=float)
        if len(seats) >= settings.least_for_prior:
            rows[kind] = {
                col.BASIS: "estimated",
                col.N_INSTITUTIONS: len(seats),
                col.N_TEACHING: len(seats),
                col.P_TEACHES: 1.0,
                **_log_normal(float(seats.mean()), _spread(seats)),
                col.SOURCE: "rows of the lists of this run that state their seats",
            }
    return rows


def _spread(seats: FloatArray) -> float:
    """Return the standard deviation of the logarithm that gives a log-normal both the mean and the median of `seats`.

    A log-normal has mean exp(μ + σ²/2) and median exp(μ) (Crow & Shimizu 1988), so σ² = 2 (ln mean − mean of ln). With
    the sample's own deviation the mean would not be that of the file, and seats drawn would not add up to it.
    """
    if not len(seats):
        return 0.0
    return float(np.sqrt(max(0.0, 2 * (np.log(seats.mean()) - np.log(seats).mean()))))


def _log_normal(mean: float, sd: float) -> dict[str, float | None]:
    """Return the columns of a log-normal of seats with this mean; without seats there is none."""
    log_mean = np.log(mean) - sd**2 / 2 if mean > 0 else None
    return {col.SEATS_MEAN: mean, col.SEATS_LOG_MEAN: log_mean, col.SEATS_LOG_SD: sd if mean > 0 else None}


def with_expectations(rows: pd.DataFrame, priors: pd.DataFrame, settings: Training) -> pd.DataFrame:
    """Return provider `rows` with p_teaches and seats_expected; both fill what is empty, and nothing else.

    Reported seats are certain, and count by the relevance of their programs where they are known by program. Seats
    nobody reports are expected: probability of teaching × mean of those that teach × the campus's share.
    """
    known = rows[col.SEATS].notna().to_numpy()
    seats = rows[col.SEATS].to_numpy(dtype=float)
    prior = priors.set_index(col.PRIOR)[_FIGURES].reindex(rows[col.PRIOR].fillna(LISTED))
    stated = rows[col.P_TEACHES].to_numpy(dtype=float)
    chance = np.where(known, (seats > 0).astype(float), np.where(np.isnan(stated), prior[col.P_TEACHES], stated))
    share = rows[col.SHARE].fillna(1.0).to_numpy(dtype=float)
    expected = chance * prior[col.SEATS_MEAN].to_numpy(dtype=float) * share
    programs = zip(rows[col.SEATS_BY_PROGRAM], rows[col.CIP_CODES], strict=True)
    weight = np.array([_weight(by_program, codes, settings) for by_program, codes in programs])
    return rows.assign(
        **{
            col.P_TEACHES: chance,
            col.SEATS_EXPECTED: np.where(known, seats, expected) * weight,
            col.SHARE: share,
        }
    )


def _weight(by_program: object, codes: object, settings: Training) -> float:
    """Return the mean relevance of a provider's seats; of its codes where seats are not known by program."""
    parts = seats_by_program(by_program)
    total = sum(parts.values())
    if total > 0:
        return sum(settings.relevance(code) * seats for code, seats in parts.items()) / total
    chosen = [code for code in codes.split() if code in settings.cip_codes] if isinstance(codes, str) else []
    return max((settings.relevance(code) for code in chosen), default=1.0)
