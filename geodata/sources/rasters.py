"""Population and friction rasters: only their headers are read here, the cells in windows where needed.

Population is people per cell (WorldPop and others); friction is minutes per meter of the least-time surface of
Weiss et al. 2020 (Nature Medicine 26:1835-1838). Does not hold zonal sums (`geodata.geography.origins`) or least-cost
travel (`geodata.travel.friction`).
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from rasterio.io import DatasetReader
from rasterio.warp import transform_bounds

from geodata.errors import InputError, reading_of
from geodata.geography.raster_bytes import check_whole, open_raster
from geodata.schemas import columns as col
from geodata.schemas.canonical import RASTERS, REJECTS
from geodata.schemas.parsed import Parsed
from geodata.sources.spec import ParseContext, Source, SourceSpec

_TIFF_MAGIC = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")
# Boxes of longitude and latitude (west, south, east, north) that hold all states and territories.
_STATES = ((-180.0, 13.0, -64.0, 72.0), (144.0, 13.0, 180.0, 56.0), (-171.5, -15.0, -168.0, -10.5))
_SAMPLED = 1000
UNITS = {"population": "people per cell", "friction": "minutes per meter"}

POPULATION = SourceSpec(
    name="population_raster",
    title="Population grid",
    publisher="WorldPop, University of Southampton",
    table=RASTERS,
    scope="nation",
    filenames=("population*.tif", "usa_ppp_*.tif", "usa_pop_*.tif"),
    urls=("https://data.worldpop.org/GIS/Population/Global_2000_2020_1km/2020/USA/usa_ppp_2020_1km_Aggregated.tif",),
    page="https://hub.worldpop.org",
    licence="CC BY 4.0",
    cadence="as released",
    year=2020,
    media="tiff",
    optional=True,
)
FRICTION = SourceSpec(
    name="friction_raster",
    title="Motorised friction surface",
    publisher="Malaria Atlas Project",
    table=RASTERS,
    scope="nation",
    filenames=("friction*.tif", "*motorized_friction_surface*.tif", "*motorized_friction_surface*.geotiff"),
    # The United States with Alaska, Hawaii and Puerto Rico, cut from a surface of the whole earth.
    urls=(
        "https://hot.storage.heigit.org/heigit-hdx-public/risk_assessment_inputs/"
        "2020_motorized_friction_surface_cog.tif?box=-180,17,-64,72",
    ),
    transport="raster_window",
    page="https://malariaatlas.org/project-resources/accessibility-to-healthcare/",
    licence="CC BY 4.0; cite Weiss et al. 2020",
    cadence="as released",
    year=2019,
    media="tiff",
    optional=True,
)


def _parse(kind: str, path: Path) -> Parsed:
    if path.open("rb").read(4) not in _TIFF_MAGIC:
        raise InputError("this is not a GeoTIFF", file=path, remedy="Download it again; the server sent a page.")
    check_whole(path)
    with reading_of(path, "raster"), open_raster(path) as raster:
        row = {
            "kind": kind,
            "path": str(path.resolve()),
            "crs": raster.crs.to_string() if raster.crs else None,
            "unit": UNITS[kind],
            "nodata": raster.nodata,
            "width": raster.width,
            "height": raster.height,
            "west": raster.bounds.left,
            "south": raster.bounds.bottom,
            "east": raster.bounds.right,
            "north": raster.bounds.top,
        }
        if row[col.CRS] is None:
            raise InputError(
                "the raster names no coordinate reference system", file=path, remedy="Use the original file."
            )
        _refuse_elsewhere(raster, path)
        notes = _below_zero(raster)
    return Parsed(RASTERS.validate(pd.DataFrame([row])), REJECTS.empty(), rows_in=1, rows_kept=1, notes=notes)


def _refuse_elsewhere(raster: DatasetReader, path: Path) -> None:
    """Raise InputError where no state lies on the raster: exchanged axes, another country, another unit."""
    west, south, east, north = transform_bounds(raster.crs, "EPSG:4326", *raster.bounds)
    meets = any(west <= right and east >= left and south <= top and north >= low for left, low, right, top in _STATES)
    if west <= east and not meets:
        raise InputError(
            f"the raster lies where no state is: {south:.1f} to {north:.1f} degrees north, "
            f"{west:.1f} to {east:.1f} east",
            file=path,
            remedy="Check that it is the right file and names the right coordinate system.",
        )


def _below_zero(raster: DatasetReader) -> list[str]:
    """Return a note where cells hold a number below zero that the file does not name as empty, by a sample of cells."""
    most = (min(raster.height, _SAMPLED), min(raster.width, _SAMPLED))
    cells = raster.read(1, out_shape=most, masked=True).compressed()
    below = cells[cells < 0]
    if not below.size:
        return []
    return [f"Cells below zero (such as {below.min():g}), which the file does not name as empty, count as empty."]


def parse_population(path: Path, context: ParseContext) -> Parsed:
    """Return the one-row `rasters` table of a population grid (people per cell)."""
    return _parse("population", path)


def parse_friction(path: Path, context: ParseContext) -> Parsed:
    """Return the one-row `rasters` table of a friction grid (minutes per meter)."""
    return _parse("friction", path)


POPULATION_RASTER = Source(POPULATION, parse_population)
FRICTION_RASTER = Source(FRICTION, parse_friction)
