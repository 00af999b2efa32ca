"""Opening a raster as the GeoTIFF it must be, and whether the bytes of its cells are all in its file.

A file cut short opens, and fails where it is read. Nothing beside the file is looked at: what lies there under its name
(overviews, metadata, masks) may be of any form, and name other files and addresses.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import rasterio
from rasterio.errors import RasterioError
from rasterio.io import DatasetReader

from geodata.errors import AGAIN, InputError, first_line, reading_of

# A raster of the nation at 100 m has 250,000 tiles of 256 cells, or 30,000 strips of a row.
MOST_BLOCKS = 1_000_000
# Whoever claims ten thousand bands keeps the raster library busy for minutes.
MOST_BANDS = 64
# No list of the folder means no file beside this one, and PAM is the metadata that names overviews elsewhere.
_ALONE = {"GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR", "GDAL_PAM_ENABLED": "NO"}


def open_raster(path: Path | str) -> DatasetReader:
    """Return the open raster; InputError in one sentence where it is none, or has too many bands to be one of ours."""
    try:
        with rasterio.Env(**_ALONE):
            raster = rasterio.open(path, driver="GTiff")
    except RasterioError as problem:
        reason = first_line(problem).replace(str(path), Path(path).name)
        raise InputError(f"the raster cannot be opened ({reason})", file=path, remedy=AGAIN) from None
    if raster.count > MOST_BANDS:
        raster.close()
        raise InputError(f"the raster has {raster.count:,} bands, more than {MOST_BANDS}", file=path, remedy=AGAIN)
    return raster


def check_whole(path: Path) -> None:
    """Raise InputError where `path` is no raster, or where a tile or strip of a GeoTIFF lies beyond the file's end."""
    with open_raster(path) as raster, reading_of(path, "raster"):
        ends = max(_block_ends(raster, path), default=0)
    size = path.stat().st_size
    if ends > size:
        raise InputError(
            f"the raster breaks off: it has {size:,} bytes, and cells up to byte {ends:,}",
            file=path,
            remedy=AGAIN,
        )


def _block_ends(raster: DatasetReader, path: Path) -> Iterator[int]:
    """Yield where the bytes of each tile or strip end; one that was never written has none."""
    for band, (height, width) in enumerate(raster.block_shapes, start=1):
        rows, columns = -(-raster.height // height), -(-raster.width // width)
        if rows * columns * raster.count > MOST_BLOCKS:
            raise InputError(
                f"its cells are cut into {rows * columns * raster.count:,} pieces, more than {MOST_BLOCKS:,}",
                file=path,
                remedy="Rewrite it in tiles, for example with gdal_translate -co TILED=YES.",
            )
        for row in range(rows):
            for column in range(columns):
                place, size = (raster.get_tag_item(f"BLOCK_{what}_{column}_{row}", "TIFF", bidx=band)
                               for what in ("OFFSET", "SIZE"))  # fmt: skip
                if place and size:
                    yield int(place) + int(size)
