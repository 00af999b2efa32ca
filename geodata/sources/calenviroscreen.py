"""CalEnviroScreen of California's Office of Environmental Health Hazard Assessment: 3.0, 4.0 (2010 tracts), 5.0 (2020).

Read as the workbook, a CSV of it, or the feature layer as GeoJSON. The value is the score itself. Whether a tract is
disadvantaged under SB 535 is a list of its own: it is read where the file has it as a column, and not guessed.
"""

from __future__ import annotations

import re
from pathlib import Path

from geodata.errors import InputError
from geodata.schemas import columns as col
from geodata.schemas.canonical import DEFINITIONS
from geodata.schemas.parsed import Parsed
from geodata.sources.formats.layers import read_layer
from geodata.sources.formats.text_tables import Text, Wanted
from geodata.sources.formats.values import flags, numbers
from geodata.sources.formats.workbooks import read_table
from geodata.sources.index_rows import definition_rows, keyed
from geodata.sources.spec import ParseContext, SourceSpec

SPEC = SourceSpec(
    name="calenviroscreen",
    title="CalEnviroScreen",
    publisher="California Office of Environmental Health Hazard Assessment",
    table=DEFINITIONS,
    scope="nation",
    filenames=("calenviroscreen*.xlsx", "calenviroscreen*.csv", "calenviroscreen*.geojson", "ces[345]*.xlsx"),
    page="https://oehha.ca.gov/calenviroscreen",
    licence="Public, with attribution to OEHHA",
    cadence="every few years",
    urls=(
        "https://services1.arcgis.com/PCHfdHz4GlDNAhBb/arcgis/rest/services/"
        "calenviroscreen50results_F_070126_gdb/FeatureServer?field=CIscore",
    ),
    media="any",
    optional=True,
    transport="arcgis",
)
COLUMNS = (
    Wanted("geoid", ("Census Tract", "tract", "GEOID", "GEOID10", "GEOID20", "FIPS")),
    Wanted("score", ("CES 5.0 Score", "CES 4.0 Score", "DRAFT CES 4.0 Score", "CES 3.0 Score", "CIscore", "Score")),
    Wanted("designated", ("SB 535 Disadvantaged Community", "SB535", "DAC"), required=False),
)
_TRACTS_AND_YEAR = {3: (2010, 2018), 4: (2010, 2021), 5: (2020, 2026)}


def parse(path: Path, context: ParseContext) -> Parsed:
    """Return the score of each tract of California."""
    path = Path(path)
    text = read_layer(path, COLUMNS, SPEC.name)[0] if path.suffix.lower() == ".geojson" else _table(path)
    tract_vintage, year = _TRACTS_AND_YEAR[_version(text)]
    frame = keyed(text)
    cells = frame["score"].mask(frame["score"].str.upper().isin(["NA", "N/A"]))
    # In the layer a score that was not computed is below zero.
    score = numbers(cells, codes={-999: "missing"}, least=0, most=100, file=text.file, column="score", notes=text.notes)
    return definition_rows(
        text,
        frame,
        SPEC,
        value=score.values,
        designated=None if "designated" in text.absent else flags(frame[col.DESIGNATED]),
        vintage=year,
        tract_vintage=tract_vintage,
    )


def _table(path: Path) -> Text:
    return read_table(path, COLUMNS, SPEC.name)


def _version(text: Text) -> int:
    """Return 3, 4 or 5, from the headers, else from the file name; the tracts differ, so it must be known."""
    for said in (" ".join(text.headers), text.file):
        match = re.search(r"(?:ces|screen)[ _-]*(?:results[ _-]*)?([345])", said, re.IGNORECASE)
        if match:
            return int(match.group(1))
    raise InputError(
        "neither the headers nor the file name say whether this is version 3.0, 4.0 or 5.0",
        file=text.file,
        remedy="Keep the publisher's name, or call the file calenviroscreen30, 40 or 50.",
    )
