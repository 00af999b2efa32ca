"""Small drawings that stand in lists: the parts of a score as a bar, and the ranks a place took as a line."""

from __future__ import annotations

from markupsafe import Markup

from maps.cartography.colors import COLORS
from maps.wording.words import Number, is_missing


def bar(parts: tuple[float, float, float], label: str) -> Markup:
    """Return the parts of a score (need, training gap, work) as one bar of 100 points, described by `label`."""
    drawn, x = [], 0.0
    for part, color in zip(parts, COLORS["parts"], strict=True):
        width = max(0.0, part)
        drawn.append(Markup('<rect x="{:.1f}" width="{:.1f}" height="8" fill="{}"/>').format(x, width, color))
        x += width
    return Markup(
        '<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<rect width="100" height="8" fill="#e9e6de"/>{}</svg>'
    ).format(label, Markup("").join(drawn))


def interval(low: float, middle: Number, high: float, most: int, label: str) -> Markup:
    """Return the ranks a place took, 1 to `most`, as a line from low to high with a dot, first place at the left."""

    def x(rank: float) -> float:
        return 3 + 94 * (rank - 1) / max(1, most - 1)

    dot = low if middle is None or is_missing(middle) else middle
    return Markup(
        '<svg class="interval" viewBox="0 0 100 12" preserveAspectRatio="none" role="img" aria-label="{label}">'
        '<line x1="3" x2="97" y1="6" y2="6" stroke="#c9c5ba" stroke-width="1"/>'
        '<line x1="{a:.1f}" x2="{b:.1f}" y1="6" y2="6" stroke="{ink}" stroke-width="5"/>'
        '<line x1="{m:.1f}" x2="{m2:.1f}" y1="6" y2="6" stroke="#f2b705" stroke-width="9"/></svg>'
    ).format(label=label, a=x(low) - 0.6, b=x(high) + 0.6, m=x(dot) - 0.7, m2=x(dot) + 0.7, ink=COLORS["parts"][0])
