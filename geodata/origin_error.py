"""What it costs to measure a tract from one point: minutes and access beside those from several cells.

Large tracts are badly served by one point; this says how badly, for the tracts and places at hand. Does not hold
how origins are chosen (see `geodata.origins`).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.access import nearest_k
from geodata.ranking import percentile_rank
from geodata.reach import Reach, reach, tract_access
from geodata.settings import Access
from geodata.travel.base import TravelEngine

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
DIFFERENCES = {
    "minutes_difference": "minutes to the nearest place, one point minus cells",
    "access_difference": "access, one point minus cells, as a share of the median access from cells",
    "percentile_difference": "percentile of access among the tracts, one point minus cells",
}


def one_point_error(
    cells: pd.DataFrame,
    one_point: pd.DataFrame,
    supply: pd.DataFrame,
    capacity: NDArray[np.float64],
    demand: pd.Series,
    engine: TravelEngine,
    settings: Access,
) -> pd.DataFrame:
    """Return, per tract that has both kinds of origin, minutes to the nearest place and access from either.

    `cells` and `one_point` are origins [geoid, latitude, longitude, weight, rural]; `supply` [latitude, longitude]
    with `capacity` float64[n_supply]; `demand` people by geoid (absent ones count 0). Columns: geoid, and
    nearest_minutes, access and percentile with the suffixes _cells and _one, and the three differences; minutes
    are those of the share of a tract's people with a place in their catchment, `within_cells` and `within_one`.
    """
    both = cells["geoid"].isin(one_point["geoid"]), one_point["geoid"].isin(cells["geoid"])
    parts = []
    for origins, suffix in ((cells[both[0]], "_cells"), (one_point[both[1]], "_one")):
        reached = reach(origins, supply, engine, settings)
        people = demand.reindex(reached.geoids).fillna(0.0).to_numpy(dtype=float)
        access = tract_access(reached, capacity, people, settings)[0]
        minutes, within = _nearest(reached)
        part = pd.DataFrame({"nearest_minutes": minutes, "within": within, "access": access}, index=reached.geoids)
        part["percentile"] = percentile_rank(part["access"])
        parts.append(part.add_suffix(suffix))
    table = parts[0].join(parts[1])
    table["minutes_difference"] = table["nearest_minutes_one"] - table["nearest_minutes_cells"]
    middle = float(table["access_cells"].median())
    table["access_difference"] = (table["access_one"] - table["access_cells"]) / (middle if middle > 0 else np.nan)
    table["percentile_difference"] = table["percentile_one"] - table["percentile_cells"]
    return table.rename_axis("geoid").reset_index()


def error_summary(errors: pd.DataFrame) -> pd.DataFrame:
    """Return the distribution of each difference of `one_point_error`: one row a difference.

    Columns: difference, meaning, tracts (with a value), mean_absolute, the quantiles q05 … q95 and
    `correlation` of the two percentiles (Spearman's rho of access, in every row).
    """
    rho = float(errors["percentile_cells"].corr(errors["percentile_one"]))
    rows = []
    for name, meaning in DIFFERENCES.items():
        values = errors[name].dropna()
        spread = {f"q{round(100 * q):02d}": float(values.quantile(q)) for q in QUANTILES}
        rows.append(
            {
                "difference": name,
                "meaning": meaning,
                "tracts": len(values),
                "mean_absolute": float(values.abs().mean()),
                **spread,
                "correlation": rho,
            }
        )
    return pd.DataFrame(rows)


def _nearest(reached: Reach) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return per tract the mean minutes to the nearest place of those who have one, and their share."""
    minutes = nearest_k(reached.minutes).minutes[:, 0]
    has = np.isfinite(minutes)
    within = reached.collapse(has.astype(float))
    total = reached.collapse(np.where(has, minutes, 0.0))
    return np.divide(total, within, out=np.full(len(total), np.nan), where=within > 0), within
