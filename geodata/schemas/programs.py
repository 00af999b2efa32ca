"""Seats by program in one cell, such as “46.0302=28 15.0303=7”: reading it, writing it, adding several up.

Tables keep the seats of a provider by CIP code so that pages can say which trades they are in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def seats_by_program(text: object) -> dict[str, float]:
    """Return yearly seats by CIP code; none where the cell is empty."""
    if not isinstance(text, str):
        return {}
    return {code: float(seats) for code, _, seats in (part.partition("=") for part in text.split())}


def by_program_text(seats: Mapping[str, float], share: float = 1.0) -> str | None:
    """Return `share` of the seats by CIP code as one cell, most first; None where there are none."""
    ordered = sorted(((code, n * share) for code, n in seats.items() if n * share > 0), key=lambda p: (-p[1], p[0]))
    return " ".join(f"{code}={n:.12g}" for code, n in ordered) or None


def programs_together(texts: Iterable[object]) -> str | None:
    """Return the sum of several cells."""
    total: dict[str, float] = {}
    for text in texts:
        for code, seats in seats_by_program(text).items():
            total[code] = total.get(code, 0.0) + seats
    return by_program_text(total)
