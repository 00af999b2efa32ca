"""Draw docs/images/architecture.svg from the code's real imports: the rooms, their parts, and who imports whom.

Run it as `python docs/scripts/draw_architecture.py`. A part is a folder of a room, or the modules that lie in the room itself.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PICTURE = ROOT / "docs" / "images" / "architecture.svg"
ROOMS = ("pipelines", "assets", "maps", "geodata")
SAYS = {
    "pipelines": "wiring: jobs, schedules, sensors, storage, the onramp command",
    "assets": "thin Dagster assets, one module a stage",
    "maps": "from tables to what people open",
    "geodata": "the library: from publishers' files to Priority, hubs and scenarios",
}
WIDE, ASIDE, MARGIN, PART_WIDE, PART_HIGH, GAP = 1010, 160, 24, 150, 74, 10
COLORS = {"pipelines": "#e7edf6", "assets": "#e3f1ee", "maps": "#fbf1de", "geodata": "#f3e8ef"}


@dataclass
class Room:
    """A room's parts with the other parts of it that each imports, and the rooms below that it imports."""

    uses: dict[str, set[str]] = field(default_factory=dict)
    rooms: set[str] = field(default_factory=set)


def part_of(module: str) -> tuple[str, str]:
    """Return the room and the part a dotted module is in; `module` is a path within the checkout or an import."""
    room, *rest = module.split(".")
    inside = rest and (ROOT / room / rest[0]).is_dir()
    return room, rest[0] if inside else room


def imports_of(path: Path) -> set[str]:
    """Return the dotted names of all modules of the rooms that a file imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            # `from geodata import need` imports a module, `from geodata.scoring.need import x` something in one.
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in found if name.split(".")[0] in ROOMS}


def survey() -> dict[str, Room]:
    """Return every room as the code has it."""
    rooms = {name: Room() for name in ROOMS}
    for name, room in rooms.items():
        for path in sorted((ROOT / name).rglob("*.py")):
            dotted = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            part = part_of(dotted)[1]
            targets = {part_of(target) for target in imports_of(path)}
            room.rooms |= {other for other, _ in targets if other != name}
            room.uses.setdefault(part, set()).update(other for home, other in targets if home == name and other != part)
    return rooms


def draw(rooms: dict[str, Room]) -> str:
    """Return the picture as SVG."""
    out, top = [], MARGIN + 34
    bands: dict[str, tuple[float, float]] = {}
    per_row = int((WIDE - ASIDE - 2 * MARGIN) // (PART_WIDE + GAP))
    for name in ROOMS:
        parts = sorted(rooms[name].uses, key=lambda part: (part != name, part))
        rows = -(-len(parts) // per_row)
        high = 46 + rows * (PART_HIGH + GAP)
        bands[name] = (top, high)
        out.append(
            f'<rect x="{MARGIN}" y="{top}" width="{WIDE - ASIDE}" height="{high}" rx="8" fill="{COLORS[name]}" '
            f'stroke="#4a5560"/>{_text(MARGIN + 14, top + 24, f"{name}/", 16, "bold")}'
            f"{_text(MARGIN + 120, top + 24, SAYS[name], 13)}"
        )
        for place, part in enumerate(parts):
            x = MARGIN + 14 + place % per_row * (PART_WIDE + GAP)
            y = top + 38 + place // per_row * (PART_HIGH + GAP)
            out.append(_part(x, y, part, part == name, rooms[name]))
        top += high + 34
    out += _arrows(rooms, bands)
    legend = "Data walks up, code imports down. In a box: a folder of the room, and the others of the room it uses."
    head = _text(MARGIN, MARGIN + 10, legend, 13)
    title = "Onramp: four rooms, their parts and their imports"
    told = "; ".join(f"{name} imports {', '.join(sorted(rooms[name].rooms)) or 'no other room'}" for name in ROOMS)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {top}" role="img" aria-labelledby="t d" '
        f'font-family="system-ui, Segoe UI, Helvetica, Arial, sans-serif"><title id="t">{title}</title>'
        f'<desc id="d">{escape(told)}.</desc><defs><marker id="tip" markerWidth="9" markerHeight="8" refX="8" refY="4" '
        'orient="auto"><path d="M0,0 L9,4 L0,8 Z" fill="#1b1f24"/></marker></defs>'
        f'<rect width="{WIDE}" height="{top}" fill="#ffffff"/>\n{head}\n' + "\n".join(out) + "\n</svg>\n"
    )


def _part(x: float, y: float, part: str, loose: bool, room: Room) -> str:
    uses = ["modules" if used in ROOMS else used for used in sorted(room.uses[part])]
    lines = [uses[:2], uses[2:4], uses[4:]]
    texts = [", ".join(line) + ("," if later else "") for line, later in zip(lines, [*lines[1:], []], strict=True)]
    told = [f"uses {texts[0]}" if uses else "", *texts[1:2], *([f"{texts[2]}"] if uses[4:] else [])]
    return (
        f'<rect x="{x}" y="{y}" width="{PART_WIDE}" height="{PART_HIGH}" rx="5" fill="#ffffff" stroke="#8a939c"/>'
        + _text(x + 8, y + 18, "modules" if loose else f"{part}/", 13, "bold")
        + "".join(_text(x + 8, y + 35 + 14 * k, line, 10.5) for k, line in enumerate(told) if line)
    )


def _arrows(rooms: dict[str, Room], bands: dict[str, tuple[float, float]]) -> list[str]:
    out, lane = [], 0
    right = MARGIN + WIDE - ASIDE
    for i, above in enumerate(ROOMS):
        for below in ROOMS[i + 1 :]:
            if below not in rooms[above].rooms:
                continue
            start, end = sum(bands[above]), bands[below][0]
            if ROOMS.index(below) == i + 1:
                x = MARGIN + 60
                out.append(f'<path d="M{x},{start} V{end - 1}" {_LINE}/>')
                continue
            x = right + 40 + 42 * lane
            y, y2 = bands[above][0] + 20 + 12 * lane, bands[below][0] + 18 + 16 * lane
            out.append(f'<path d="M{right},{y} H{x} V{y2} H{right + 1}" {_LINE}/>')
            lane += 1
    return out


_LINE = 'fill="none" stroke="#1b1f24" stroke-width="1.6" marker-end="url(#tip)"'


def _text(x: float, y: float, text: str, size: float, weight: str = "normal", anchor: str = "start") -> str:
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{size:g}" font-weight="{weight}" text-anchor="{anchor}" '
        f'fill="#1b1f24">{escape(text)}</text>'
    )


if __name__ == "__main__":
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(draw(survey()), encoding="utf-8")
