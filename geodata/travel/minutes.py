"""What every travel engine takes and returns: points in (`geodata.geography.coordinates`), sparse minutes out.

Holds the contract alone. An engine measures one-way travel minutes from origins (where people live) to
destinations (where they would train or work) and keeps only the pairs within the origin's own catchment.
Does not hold any way of measuring (one module per engine beside this one) or access (see `geodata.access`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geodata.errors import InputError
from geodata.geography.coordinates import Points

FloatArray = NDArray[np.float64]
IndexArray = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class TravelMinutes:
    """Sparse one-way minutes: the pairs within each origin's catchment, sorted by origin then destination.

    `origin`, `destination`: int32[n] row numbers; `minutes`: float64[n], each ≥ 0; a pair that is absent
    lies beyond the catchment or cannot be reached. `engine`, `engine_version` and `data_date` say what
    measured them; `snap_km` (float64[n_origins]) how far each origin was moved onto the network, where
    an engine moves points, and `destination_snap_km` (float64[n_destinations]) the same for destinations;
    NaN where a point found no place on it.
    """

    origin: IndexArray
    destination: IndexArray
    minutes: FloatArray
    n_origins: int
    n_destinations: int
    engine: str
    engine_version: str
    data_date: str | None = None
    snap_km: FloatArray | None = None
    destination_snap_km: FloatArray | None = None

    def __len__(self) -> int:
        return len(self.minutes)

    @cached_property
    def row_start(self) -> NDArray[np.int64]:
        """int64[n_origins + 1]: where each origin's pairs begin (the CSR index pointer)."""
        counts = np.bincount(self.origin, minlength=self.n_origins)
        return np.concatenate(([0], np.cumsum(counts))).astype(np.int64)

    def within(self, catchment_minutes: float | ArrayLike) -> TravelMinutes:
        """Keep the pairs at most `catchment_minutes` (one number, or one per origin) apart."""
        limit = per_origin(catchment_minutes, self.n_origins)
        keep = self.minutes <= limit[self.origin]
        return replace(self, origin=self.origin[keep], destination=self.destination[keep], minutes=self.minutes[keep])


def per_origin(catchment_minutes: float | ArrayLike, n_origins: int) -> FloatArray:
    """Return catchments as float64[n_origins]; InputError unless each is a finite number above zero."""
    limit = np.asarray(catchment_minutes, dtype=np.float64)
    if limit.ndim > 1 or (limit.ndim == 1 and len(limit) != n_origins):
        raise InputError("give one catchment, or one per origin", field="catchment_minutes")
    if not (np.isfinite(limit) & (limit > 0)).all():
        raise InputError("a catchment must be a number of minutes above zero", field="catchment_minutes")
    return np.broadcast_to(limit, (n_origins,))


@runtime_checkable
class TravelEngine(Protocol):
    """Anything that can measure travel minutes."""

    @property
    def name(self) -> str:
        """What the engine is called in results."""
        ...

    def minutes(self, origins: Points, destinations: Points, catchment_minutes: float | FloatArray) -> TravelMinutes:
        """Return the pairs at most `catchment_minutes` apart (one number, or one per origin)."""
        ...
