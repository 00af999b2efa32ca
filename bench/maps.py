"""What people open: size and time until a map answers, beside the way folium's own documentation shows.

For states of 250, 1,500 and 9,100 tracts (about 85 vertices each) and for the nation by county, a page is built and
opened in Chromium from disk with the network off. Time is from the start of navigation until the map is drawn and
two frames have been painted, median of the opens; the heap is measured after a collection. folium's page is the
same layer as `folium.GeoJson` with a style function and a tooltip, Leaflet put inside it so that it opens at all.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import folium
import geopandas as gpd
import numpy as np
import shapely

from bench.common import begun, keep, parser, size_suffix, sized
from geodata.schemas.table import CRS
from geodata.settings import Industry
from geodata.states import REGISTRY
from maps.cartography.colors import COLORS
from maps.interactive import leaflet
from maps.interactive.payload import map_payload
from maps.site.build import overview_page
from maps.site.nation_map import CONTIGUOUS
from maps.site.national import StateEntry, build_national
from maps.site.views.site_view import SiteView
from maps.site.views.state_view import StateView
from tests.maps.synthetic import synthetic_result
from tests.support.browser import Page, chromium

SIZES = (250, 1500, 9100)
DETAIL = 14
COUNTIES = 3200
OPENS = 5
COLUMNS = ["geoid", "county_name", "need", "training_gap", "opportunity", "priority", "rank", "tier", "eligible_adults"]


@dataclass
class Opened:
    """One way of showing one map, measured."""

    map: str
    way: str
    build_seconds: float
    megabytes: float
    interactive_seconds: float
    heap_mb: float


def ours(tracts: int, folder: Path) -> Path:
    """Write the state's first page: map, panel, tables, both inside one file."""
    result = synthetic_result(tracts, detail=DETAIL)
    started = time.perf_counter()
    view = SiteView(StateView(result), "en", ("en",))
    page = overview_page(view, map_payload(result))
    _built(folder / f"ours-{tracts}.html", page, started)
    return folder / f"ours-{tracts}.html"


def folium_way(tracts: int, folder: Path) -> Path:
    """Write the same tracts as folium's GeoJson layer."""
    result = synthetic_result(tracts, detail=DETAIL)
    scores = result.table("tract_scores")
    frame = gpd.GeoDataFrame(result.geo("tracts")[["geoid", "geometry"]].merge(scores[COLUMNS], on="geoid"), crs=CRS)
    started = time.perf_counter()
    page = folium_page(frame, "priority")
    _built(folder / f"folium-{tracts}.html", page, started)
    return folder / f"folium-{tracts}.html"


def folium_page(frame: gpd.GeoDataFrame, column: str) -> str:
    """Return a folium map of a column, Leaflet inside instead of on five hosts."""
    frame = frame.astype({name: object for name in frame.columns if name != "geometry"})
    frame = frame.where(frame.notna(), None)
    west, south, east, north = frame.total_bounds
    made = folium.Map(location=[(south + north) / 2, (west + east) / 2], zoom_start=7, tiles=None, prefer_canvas=True)
    made.default_js, made.default_css = [], []
    ramp = COLORS["pillar"]

    def style(feature: dict) -> dict:
        value = feature["properties"][column]
        fill = "#dddddd" if value is None else ramp[min(4, int(float(value) // 20))]
        return {"fillColor": fill, "color": "#ffffff", "weight": 0.5, "fillOpacity": 0.9}

    names = [name for name in frame.columns if name != "geometry"]
    folium.GeoJson(frame, style_function=style, tooltip=folium.GeoJsonTooltip(fields=names)).add_to(made)
    made.fit_bounds([[south, west], [north, east]])
    page = made.get_root().render()
    inside = f"<style>{leaflet.style()}</style><script>{leaflet.script()}</script>"
    ready = "<script>document.documentElement.dataset.ready = 'yes';</script>"
    return page.replace("<head>", "<head>" + inside, 1).replace("</html>", ready + "</html>")


def counties_of_nation(number: int) -> gpd.GeoDataFrame:
    """Return made-up counties over the contiguous states: a Voronoi coverage of about 85 vertices each."""
    west, south, east, north = CONTIGUOUS
    rng = np.random.default_rng(5)
    points = shapely.multipoints(rng.uniform([west, south], [east, north], (number, 2)))
    frame = shapely.box(west, south, east, north)
    lines = shapely.get_parts(shapely.node(shapely.voronoi_polygons(points, extend_to=frame, only_edges=True)))
    lines = shapely.intersection(lines, frame)
    fine = shapely.segmentize(shapely.get_parts(shapely.node(shapely.union_all([*lines, frame.boundary]))), 0.035)

    def bent(xy: np.ndarray) -> np.ndarray:
        x, y = xy[:, 0], xy[:, 1]
        return xy + 0.02 * np.stack([np.sin(9 * y + 3 * x), np.cos(8 * x - 2 * y)], axis=1)

    cells = shapely.get_parts(shapely.polygonize(shapely.transform(fine, bent)))
    states = [state for state in REGISTRY if state.kind in ("state", "district")]
    seeds = rng.uniform([west, south], [east, north], (len(states), 2))
    middle = shapely.get_coordinates(shapely.centroid(cells))
    owner = ((middle[:, None] - seeds) ** 2).sum(axis=2).argmin(axis=1)
    adults = np.round(rng.lognormal(8.5, 1, len(cells)))
    return gpd.GeoDataFrame(
        {
            "county_geoid": [f"{states[k].fips}{n % 1000:03d}" for n, k in enumerate(owner)],
            "state": [states[k].usps for k in owner],
            "name": [f"County {n}" for n in range(len(cells))],
            "adults": adults,
            "first": np.round(adults * rng.beta(0.6, 3, len(cells))),
            "gated": rng.integers(0, 30, len(cells)),
            "tracts": rng.integers(30, 60, len(cells)),
        },
        geometry=cells,
        crs=CRS,
    )


def our_nation(counties_in_all: int, folder: Path) -> Path:
    """Write the national page of all states."""
    counties = counties_of_nation(counties_in_all)
    entries = []
    for state in REGISTRY:
        inside = counties[counties["state"] == state.usps].drop(columns="state")
        if len(inside):
            entries.append(
                StateEntry(
                    state=state,
                    as_of="2026-11-22",
                    sample=False,
                    industry=Industry(),
                    counties=inside,
                    communities=5,
                    adults=1e5,
                    gated=10,
                    tracts=len(inside),
                    first=None,
                    definitions=("svi",),
                )
            )
    started = time.perf_counter()
    build_national(entries, folder / "nation", ("en",))
    page = (folder / "nation" / "index.html").read_text(encoding="utf-8")
    _built(folder / "ours-nation.html", page, started)
    return folder / "ours-nation.html"


def folium_nation(counties_in_all: int, folder: Path) -> Path:
    """Write the same counties as folium's GeoJson layer."""
    frame = counties_of_nation(counties_in_all)
    frame["share"] = 100 * frame["first"] / frame["adults"]
    started = time.perf_counter()
    _built(folder / "folium-nation.html", folium_page(frame, "share"), started)
    return folder / "folium-nation.html"


def _built(file: Path, page: str, started: float) -> None:
    seconds = time.perf_counter() - started
    file.write_text(page, encoding="utf-8")
    file.with_suffix(".seconds").write_text(str(seconds), encoding="utf-8")


def measured(name: str, way: str, file: Path, opens: int) -> Opened:
    """Open a page several times in one browser and return its figures."""
    seconds, heap = [], 0.0
    with tempfile.TemporaryDirectory() as profile, chromium(Path(profile)) as driver:
        driver.set_script_timeout(300)
        driver.set_page_load_timeout(300)
        for _ in range(opens):
            page = Page(driver, file).ready()
            seconds.append(
                driver.execute_async_script(
                    "const done = arguments[0]; const mark = performance.getEntriesByName('onramp-ready')[0];"
                    "const T = performance.timing, end = mark ? mark.startTime : T.domComplete - T.navigationStart;"
                    "const now = performance.now();"
                    "requestAnimationFrame(() => requestAnimationFrame(() => done(end + performance.now() - now)));"
                )
                / 1000
            )
            driver.execute_cdp_cmd("HeapProfiler.collectGarbage", {})
            heap = page.run("return performance.memory.usedJSHeapSize") / 2**20
    return Opened(
        name,
        way,
        round(float(file.with_suffix(".seconds").read_text()), 2),
        round(file.stat().st_size / 1e6, 3),
        round(statistics.median(seconds), 3),
        round(heap, 1),
    )


def main(arguments: list[str] | None = None) -> None:
    """Measure all maps and write `results/maps`."""
    given = parser(__doc__).parse_args(arguments)
    opens = sized(given, OPENS, 1, 1)
    sizes, counties = sized(given, (SIZES, COUNTIES), (SIZES[:2], 0), ((60,), 120))
    rows: list[Opened] = []
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        pages: list[tuple[str, str, Callable[[], Path]]] = []
        for size in sizes:
            pages.append((f"{size:,} tracts", "ours", partial(ours, size, folder)))
            pages.append((f"{size:,} tracts", "folium.GeoJson", partial(folium_way, size, folder)))
        if counties:
            pages.append((f"nation, {counties:,} counties", "ours", partial(our_nation, counties, folder)))
            pages.append((f"nation, {counties:,} counties", "folium.GeoJson", partial(folium_nation, counties, folder)))
        for name, way, build in pages:
            rows.append(measured(name, way, build(), opens))
            print(asdict(rows[-1]), flush=True)
    write(rows, "maps" + size_suffix(given), opens)


def write(rows: Sequence[Opened], name: str, opens: int) -> None:
    """Write `results/<name>` as JSON and Markdown."""
    account = {**begun("Maps people open"), "rows": [asdict(row) for row in rows]}
    on = account["machine"]
    lines = ["| map | way | MB | interactive s | heap MB | build s |", "|---|---|---:|---:|---:|---:|"]
    lines += [
        f"| {row.map} | {row.way} | {row.megabytes:g} | {row.interactive_seconds:g} "
        f"| {row.heap_mb:g} | {row.build_seconds:g} |"
        for row in rows
    ]
    foot = (
        f"Measured {account['measured_at']} on {on['cores']} cores without a GPU, load before {on['load_before']}, "
        f"Chromium headless, network off, median of {opens} opens. Again: `python -m bench maps`.\n"
    )
    about = "Ours is the whole first page (map, panel, search, tables); folium's is the map alone with a tooltip.\n"
    keep(name, account, f"## {account['title']}\n\n" + "\n".join(lines) + f"\n\n{foot}\n{about}")


if __name__ == "__main__":
    main()
