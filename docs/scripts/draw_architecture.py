"""Draw docs/images/architecture.svg from the code's real imports: the rooms, and the packages of each by layer.

Run it as `python docs/scripts/draw_architecture.py`. The order of layers is that of the import contracts in
pyproject.toml; which package uses which is read from the code. A package stands above all that it imports.
"""

from __future__ import annotations

import ast
import tomllib
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PICTURE = ROOT / "docs" / "images" / "architecture.svg"
ROOMS = ("pipelines", "assets", "maps", "geodata")
SAYS = {
    "pipelines": "wiring: jobs, schedules, sensors, storage, the onramp command",
    "assets": "thin Dagster assets, one module per stage",
    "maps": "from tables to what people open",
    "geodata": "the library: from publishers' files to decisions",
}
COLORS = {"pipelines": "#e7edf6", "assets": "#e3f1ee", "maps": "#fbf1de", "geodata": "#f3e8ef"}
INK, QUIET = "#1b1f24", "#59636e"
WIDE, MARGIN, ROW, BOX, LANE = 1040, 20, 34, 190, 130


@dataclass
class Room:
    """A room's parts with the other parts of it that each imports, and the rooms below that it imports."""

    uses: dict[str, set[str]] = field(default_factory=dict)
    rooms: set[str] = field(default_factory=set)


def part_of(module: str) -> tuple[str, str]:
    """Return the room and the part a dotted module is in: a package of the room, a module of it, or the room itself."""
    room, *rest = module.split(".")
    if not rest:
        return room, room
    inside = ROOT / room / rest[0]
    return room, rest[0] if inside.is_dir() or inside.with_suffix(".py").exists() else room


def imports_of(path: Path) -> set[str]:
    """Return the dotted names of all modules of the rooms that a file imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            # `from geodata import scoring` imports a package, `from geodata.scoring.need import x` something in one.
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in found if name.split(".")[0] in ROOMS}


def survey() -> dict[str, Room]:
    """Return every room as the code has it."""
    rooms = {name: Room() for name in ROOMS}
    for name, room in rooms.items():
        for path in sorted((ROOT / name).rglob("*.py")):
            dotted = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            part = part_of(dotted)[1]
            targets = {part_of(target) for target in imports_of(path)}
            room.rooms |= {other for other, _ in targets if other != name}
            room.uses.setdefault(part, set()).update(
                other for home, other in targets if home == name and other not in (part, name)
            )
        room.uses.pop(name, None)
    return rooms


def layers_of(room: str) -> list[list[str]]:
    """Return the layers of a room from the import contracts, highest first; rooms without a contract have one."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    for contract in contracts["contracts"]:
        if contract["type"] == "layers" and contract.get("containers") == [room]:
            return [[part.strip(" ()") for part in layer.replace("|", ":").split(":")] for layer in contract["layers"]]
    return []


def draw(rooms: dict[str, Room]) -> str:
    """Return the picture as SVG."""
    out, top = [], MARGIN + 30
    for name in ROOMS:
        above = top
        rows = layers_of(name)
        drawn = [part for row in rows for part in row]
        packages = sorted(part for part in rooms[name].uses if (ROOT / name / part).is_dir() and part not in drawn)
        modules = len(rooms[name].uses) - len(packages) - len([part for part in drawn if part in rooms[name].uses])
        inside, high = _stack(rows, rooms[name], top + 40) if rows else ([], 0)
        note = f"{modules} modules" if modules > 3 else ""
        high = 44 + high + (8 if rows else 0)
        out.append(
            f'<rect x="{MARGIN}" y="{above}" width="{WIDE - 2 * MARGIN}" height="{high}" rx="8" fill="{COLORS[name]}" '
            f'stroke="#8a939c"/>{_text(MARGIN + 14, above + 27, f"{name}/", 17, "bold")}'
            f"{_text(MARGIN + 130, above + 27, SAYS[name], 14)}"
            f"{_text(WIDE - MARGIN - 14, above + 27, _below(rooms[name], note), 13, color=QUIET, anchor='end')}"
        )
        out += inside
        top = above + high + 14
    head = "Data walks up, code imports down: each package may import what stands below it."
    title = "Onramp: the rooms, the packages of each in layers, and their imports"
    said = "; ".join(f"{name} imports {', '.join(sorted(rooms[name].rooms)) or 'no other room'}" for name in ROOMS)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {top}" role="img" aria-labelledby="t d" '
        f'font-family="system-ui, Segoe UI, Helvetica, Arial, sans-serif"><title id="t">{title}</title>'
        f'<desc id="d">{escape(said)}.</desc><rect width="{WIDE}" height="{top}" fill="#ffffff"/>\n'
        f"{_text(MARGIN, MARGIN + 12, head, 14)}\n" + "\n".join(out) + "\n</svg>\n"
    )


def _below(room: Room, note: str) -> str:
    uses = f"imports {', '.join(name for name in ROOMS if name in room.rooms)}" if room.rooms else "imports no room"
    return f"{note}; {uses}" if note else uses


def _stack(rows: list[list[str]], room: Room, top: float) -> tuple[list[str], float]:
    """Return the rows of a room and their height: the package, then the packages below that it uses."""
    out = []
    for place, row in enumerate(rows):
        y = top + place * ROW
        x = float(MARGIN + 14)
        for part in row:
            wide = BOX if len(row) == 1 else LANE
            out.append(
                f'<rect x="{x:g}" y="{y:g}" width="{wide}" height="{ROW - 6}" rx="4" fill="#ffffff" stroke="#8a939c"/>'
                + _text(x + 10, y + 19, part, 14, "bold")
            )
            x += wide + 8
        used = set().union(*(room.uses.get(part, set()) for part in row)) - set(row)
        order = [part for later in rows for part in later if part in used]
        out.append(_text(x + 8, y + 19, "→ " + ", ".join(order) if order else "", 12.5, color=QUIET))
    return out, len(rows) * ROW


def _text(
    x: float, y: float, text: str, size: float, weight: str = "normal", *, color: str = INK, anchor: str = "start"
) -> str:
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{size:g}" font-weight="{weight}" text-anchor="{anchor}" '
        f'fill="{color}">{escape(text)}</text>'
    )


if __name__ == "__main__":
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(draw(survey()), encoding="utf-8")
