"""Extracts of a few roads near 0° N 0° E, written for tests."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from geodata.geography.coordinates import Points

STEP = 0.01


KM = 6371.0088 * np.pi / 180 * STEP  # one step along a meridian or the equator


Way = tuple[list[int], dict[str, str]]


def osm_xml(path: Path, nodes: dict[int, tuple[float, float]], ways: list[Way], head: str = "") -> Path:
    """Write an OSM XML file; nodes are (row, column) in steps near 0° N 0° E."""
    lines = [f'<osm version="0.6"{head}>']
    lines += [f'<node id="{i}" version="1" lat="{r * STEP:.7f}" lon="{c * STEP:.7f}"/>' for i, (r, c) in nodes.items()]
    for number, (refs, tags) in enumerate(ways, 1):
        body = "".join(f'<nd ref="{ref}"/>' for ref in refs)
        body += "".join(f'<tag k="{k}" v="{v}"/>' for k, v in tags.items())
        lines.append(f'<way id="{number}" version="1">{body}</way>')
    path.write_text("\n".join([*lines, "</osm>"]))
    return path


def at(*places: tuple[float, float]) -> Points:
    """Return points at (row, column)."""
    return Points(np.array([r for r, _ in places]) * STEP, np.array([c for _, c in places]) * STEP)


SQUARE = {1: (0.0, 0.0), 2: (0.0, 1.0), 3: (1.0, 1.0), 4: (1.0, 0.0)}
