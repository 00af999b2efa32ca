"""CEJST, the Climate and Economic Justice Screening Tool of the Council on Environmental Quality (withdrawn).

Versions 1.0 (2022) and 2.0 (2024) are read from archived copies; all are on 2010 tracts. The value is the number of
categories of burden exceeded where the file has it, else the designation itself (1 or 0): a file of flags orders
tracts less finely, and says so. Does not hold the passage to 2020 tracts (see `geodata.geography.crosswalk`).
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from geodata.geography.geoids import clean_geoids, ct_scheme_column, usps_of
from geodata.schemas import columns as col
from geodata.schemas.canonical import DEFINITIONS
from geodata.schemas.parsed import Parsed
from geodata.sources.formats.text_tables import Wanted, read_csv
from geodata.sources.formats.values import flags, numbers
from geodata.sources.spec import Expected, ParseContext, SourceSpec

SPEC = SourceSpec(
    name="cejst",
    title="Climate and Economic Justice Screening Tool",
    publisher="Council on Environmental Quality (archived)",
    table=DEFINITIONS,
    scope="nation",
    filenames=(
        "2.0-communities.csv",
        "cejst_2.0*.csv",
        "cejst*.csv",
        "1.0-communities.csv",
        "*-communities.csv",
        "*-communities_*.csv",
    ),
    page="https://public-environmental-data-partners.github.io/j40-cejst-2/en/",
    licence="CC0 1.0",
    cadence="none (withdrawn on 2025-01-22)",
    urls=(
        "https://dblew8dgr6ajz.cloudfront.net/data-versions/2.0/data/score/downloadable/2.0-communities.csv",
        "https://web.archive.org/web/2024id_/https://static-data-screeningtool.geoplatform.gov/"
        "data-versions/2.0/data/score/downloadable/2.0-communities.csv",
    ),
    year=2024,
    tract_vintage=2010,
    media="csv",
    archived=True,
    expected=Expected(least_rows=74_000, most_rows=74_200, least_states=51),
)
COLUMNS = (
    Wanted("geoid", ("Census tract 2010 ID", "GEOID10", "Census tract ID")),
    Wanted("designated", ("Identified as disadvantaged", "SN_C", "Identified as disadvantaged (v1.0)")),
    Wanted("categories", ("Total categories exceeded", "CC"), required=False),
    Wanted("grandfathered", ("Identified as disadvantaged solely due to status in v1.0 (grandfathered)",), False),
)
_MOST_CATEGORIES = 8


def parse(path: Path, context: ParseContext) -> Parsed:
    """Return the designation of each 2010 tract."""
    text = read_csv(path, COLUMNS, SPEC.name)
    frame = text.frame.assign(
        geoid=clean_geoids(text.frame[col.GEOID]),
        flag=flags(text.frame[col.DESIGNATED]),
        grandfathered=flags(text.frame["grandfathered"]).fillna(False),
    )
    frame = text.log.take(frame, frame[col.GEOID].isna(), "no_tract_code", field="geoid")
    frame = text.log.take(frame, frame[col.GEOID].duplicated(), "repeated", key="geoid", field="geoid")
    frame = text.log.take(frame, frame["flag"].isna(), "no_designation", key="geoid", field="designated")
    lost = int((frame["grandfathered"] & ~frame["flag"]).sum())
    if lost:
        text.notes.append(f"Tracts to be designated for their status in version 1.0 that are not: {lost:,}.")
    by_flag = frame["flag"].astype("float64")
    if "categories" in text.absent:
        text.notes.append("This file has designations only: the value is 1 for designated tracts, 0 for the others.")
    exceeded = numbers(
        frame["categories"], least=0, most=_MOST_CATEGORIES, file=text.file, column="categories", notes=text.notes
    )
    contrary = (exceeded.values > 0) & ~frame["flag"]
    if contrary.any():
        text.notes.append(
            "Tracts said to exceed categories of burden that are not identified as disadvantaged, read as exceeding "
            f"none: {int(contrary.sum()):,} (such as {', '.join(frame.loc[contrary, col.GEOID].head(3))})."
        )
    degree = exceeded.values.mask(contrary, 0.0)
    second = "grandfathered" not in text.absent
    table = pd.DataFrame(
        {
            col.GEOID: frame[col.GEOID],
            col.STATE: usps_of(frame[col.GEOID]),
            col.DEFINITION: SPEC.name,
            col.VALUE: by_flag if "categories" in text.absent else degree,
            col.DESIGNATED: frame["flag"],
            col.OFFICIAL: True,
            col.ARCHIVED: True,
            col.POOLED: "none",
            col.CROSSWALK_BASIS: "none",
            col.VINTAGE: 2024 if second else 2022,
            col.TRACT_VINTAGE: 2010,
            col.CT_SCHEME: ct_scheme_column(frame[col.GEOID], text.file),
        }
    )
    return text.parsed(DEFINITIONS, table)
