"""Draw docs/images/coverage.svg from the kept results of `make coverage`, and write their table for the methodology.

Run it as `python docs/scripts/draw_coverage.py`. Left: of the tracts said to be in the top tenth with some chance, how
many are; on the diagonal chances hold what they say. Right: how many true ranks the 90 % interval holds, by the tenth
of the list; the band is 88 to 92 %. A test keeps the picture and the table current.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
RESULTS = ROOT / "bench" / "results"
PICTURE = ROOT / "docs" / "images" / "coverage.svg"
PAGE = ROOT / "docs" / "methodology.md"
BEGIN, END = "<!-- coverage: python docs/scripts/draw_coverage.py -->", "<!-- end of coverage -->"
STATES = {"RI": ("Rhode Island", "#1f4e79", "circle"), "GA": ("Georgia", "#b3541e", "square")}
SIDE, LEFT, TOP, GAP, WIDE, HIGH = 300, 60, 40, 100, 800, 420
LOWEST = 0.80


def results() -> dict[str, dict[str, Any]]:
    """Return the kept results by state."""
    return {state: json.loads((RESULTS / f"coverage_{state}.json").read_text("utf-8")) for state in STATES}


def table(made: dict[str, dict[str, Any]]) -> str:
    """Return the tables of the methodology as Markdown."""
    lines = [
        "| list | surveys | all | " + " | ".join(str(tenth) for tenth in range(1, 11)) + " |",
        "|---" + "|--:" * 12 + "|",
    ]
    for state, result in made.items():
        for unit in ("tracts", "communities"):
            known, surveys = result["results"][unit], result["arguments"]["surveys"]
            units = f"{round(known['rows'] / surveys):,} {unit}"
            shares = " | ".join(f"{100 * share:.1f}" for share in known["held_by_tenth"])
            lines.append(f"| {STATES[state][0]}, {units} | {surveys} | {100 * known['held']:.1f} % | {shares} |")
    lines += ["", "| chance of the top tenth, said and true | tier A | tier B | tier C |", "|---|---|---|---|"]
    for state, result in made.items():
        for unit in ("tracts", "communities"):
            tiers = {row["of"]: f"{row['said']:.3f}, {row['true']:.3f}" for row in result["results"][unit]["tiers"]}
            lines.append(f"| {STATES[state][0]}, {unit} | " + " | ".join(tiers.get(tier, "–") for tier in "ABC") + " |")
    return "\n".join(lines)


def page(text: str, made: dict[str, dict[str, Any]]) -> str:
    """Return the text of the methodology with the tables of `made`."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{table(made)}\n\n{END}{after}"


def draw(made: dict[str, dict[str, Any]]) -> str:
    """Return the picture as SVG."""
    right = LEFT + SIDE + GAP
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {HIGH}" font-family="sans-serif" font-size="12">',
        "<title>Chances said and true, and true ranks held by 90 % intervals</title>",
        f'<rect width="{WIDE}" height="{HIGH}" fill="#fff"/>',
        *_frame(LEFT, "Said to be in the top tenth with this chance", "of them there", [0, 0.25, 0.5, 0.75, 1], 0.0),
        f'<line x1="{LEFT}" y1="{TOP + SIDE}" x2="{LEFT + SIDE}" y2="{TOP}" stroke="#888" stroke-dasharray="4 4"/>',
        f'<rect x="{right}" y="{_high(0.92, LOWEST):.1f}" width="{SIDE}" height="{0.04 / (1 - LOWEST) * SIDE:.1f}" '
        'fill="#e8eef4"/>',
        *_frame(right, "Tenth of the list", "true ranks in the interval", [0.8, 0.85, 0.9, 0.95, 1.0], LOWEST),
        *(_below(right + SIDE * (tenth - 0.5) / 10, str(tenth)) for tenth in range(1, 11)),
        *(_below(LEFT + SIDE * share, f"{share:.0%}") for share in (0, 0.25, 0.5, 0.75, 1)),
    ]
    for number, (state, result) in enumerate(made.items()):
        name, color, shape = STATES[state]
        known = result["results"]["tracts"]
        said = [(LEFT + SIDE * row["said"], TOP + SIDE * (1 - row["true"])) for row in known["reliability"]]
        held = [
            (right + SIDE * (tenth + 0.5) / 10, _high(share, LOWEST))
            for tenth, share in enumerate(known["held_by_tenth"])
        ]
        for points in (said, held):
            parts.append(_line(points, color))
            parts += [_mark(x, y, color, shape) for x, y in points]
        x, y = LEFT + 14, TOP + 16 + 18 * number
        parts += [_mark(x, y, color, shape), f'<text x="{x + 10}" y="{y + 4}">{name}</text>']
    return "\n".join([*parts, "</svg>", ""])


def _high(share: float, lowest: float) -> float:
    return TOP + SIDE * (1 - (max(share, lowest) - lowest) / (1 - lowest))


def _frame(left: int, below: str, beside: str, ticks: list[float], lowest: float) -> list[str]:
    lines = [f'<rect x="{left}" y="{TOP}" width="{SIDE}" height="{SIDE}" fill="none" stroke="#888"/>']
    lines += [
        f'<text x="{left - 6}" y="{_high(tick, lowest) + 4:.1f}" text-anchor="end">{tick:.0%}</text>' for tick in ticks
    ]
    lines.append(f'<text x="{left + SIDE / 2}" y="{TOP + SIDE + 40}" text-anchor="middle">{below}</text>')
    lines.append(f'<text x="{left}" y="{TOP - 12}">{beside}</text>')
    return lines


def _below(x: float, text: str) -> str:
    return f'<text x="{x:.1f}" y="{TOP + SIDE + 16}" text-anchor="middle">{text}</text>'


def _line(points: list[tuple[float, float]], color: str) -> str:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{path}" fill="none" stroke="{color}" stroke-opacity="0.5"/>'


def _mark(x: float, y: float, color: str, shape: str) -> str:
    if shape == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{color}"/>'
    return f'<rect x="{x - 4:.1f}" y="{y - 4:.1f}" width="8" height="8" fill="{color}"/>'


def main() -> None:
    """Draw the picture and write the tables."""
    made = results()
    PICTURE.write_text(draw(made), encoding="utf-8")
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), made), encoding="utf-8")


if __name__ == "__main__":
    main()
