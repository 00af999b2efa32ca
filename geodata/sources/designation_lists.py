"""Lists of designated tracts, where standing on the list is the designation: Opportunity Zones, HUD's qualified tracts.

Opportunity Zones of 2018 are 2010 tracts, a few under codes given out later (`geodata.geography.crosswalk` undoes
those). Tracts that are not on the list are not designated; when 2010 tracts are carried over this is taken into
account.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pandas as pd

from geodata.geography.geoids import year_in
from geodata.schemas.canonical import DEFINITIONS
from geodata.schemas.parsed import Parsed
from geodata.sources.formats.layers import read_layer
from geodata.sources.formats.text_tables import Wanted
from geodata.sources.formats.workbooks import read_table
from geodata.sources.index_rows import census_of_codes, definition_rows, keyed
from geodata.sources.spec import Address, Editions, Expected, ParseContext, SourceSpec

_ARCGIS = "https://services.arcgis.com/VTyQ9soqVukalItT/arcgis/rest/services"
OPPORTUNITY_ZONES = SourceSpec(
    name="opportunity_zones",
    title="Opportunity Zones designated in 2018",
    publisher="Community Development Financial Institutions Fund",
    table=DEFINITIONS,
    scope="nation",
    filenames=(
        "designated-qozs*.xlsx",
        "opportunity_zones*.xlsx",
        "opportunity_zones*.csv",
        "opportunity_zones*.geojson",
    ),
    page="https://www.cdfifund.gov/opportunity-zones",
    licence="Public domain (US federal work)",
    cadence="none (in effect to 2028-12-31)",
    urls=(f"{_ARCGIS}/Opportunity_Zones/FeatureServer?field=GEOID10",),
    # Numbers of layers move; this one was the zones' in 2026.
    others=(Address(f"{_ARCGIS}/Opportunity_Zones/FeatureServer/13", fills_gaps=True),),
    tract_vintage=2010,
    optional=True,
    expected=Expected(least_rows=8_700, most_rows=8_800, least_states=51),
    transport="arcgis",
)
QUALIFIED_TRACTS = SourceSpec(
    name="hud_qct",
    title="Qualified Census Tracts of the low-income housing tax credit",
    publisher="U.S. Department of Housing and Urban Development",
    table=DEFINITIONS,
    scope="nation",
    filenames=("qualified_census_tracts*.geojson", "hud_qct*.geojson", "hud_qct*.csv", "hud_qct*.xlsx"),
    page="https://www.huduser.gov/portal/datasets/qct.html",
    licence="Public domain (US federal work)",
    cadence="yearly",
    urls=(f"{_ARCGIS}/QUALIFIED_CENSUS_TRACTS_{{year}}/FeatureServer?field=GEOID",),
    others=(Address(f"{_ARCGIS}/QUALIFIED_CENSUS_TRACTS/FeatureServer?field=GEOID", fills_gaps=True),),
    year=2026,
    editions=Editions(ahead=1),
    tract_vintage=2020,
    optional=True,
    expected=Expected(least_rows=10_000, least_states=51),
    transport="arcgis",
)
# The codes of a list under the name that says of which census they are, and under names that do not say.
_NAMED = {2010: "GEOID10", 2020: "GEOID20"}
_UNSAID = ("GEOID", "Census Tract Number", "fips")


def _columns(census: int) -> tuple[Wanted, ...]:
    """Return the column of codes: that of `census`, the one a list is of, first, and that of the other last."""
    other = next(name for year, name in _NAMED.items() if year != census)
    return (Wanted("geoid", (_NAMED[census], *_UNSAID, other)),)


def _parse(spec: SourceSpec, vintage: int | None, path: Path, context: ParseContext) -> Parsed:
    """Return the tracts of the list, all designated, without a value: the list does not order them."""
    path = Path(path)
    layered = path.suffix.lower() in (".geojson", ".json", ".gpkg", ".zip")
    census = spec.tract_vintage or 2020
    columns = _columns(census)
    text = read_layer(path, columns, spec.name)[0] if layered else read_table(path, columns, spec.name)
    said = census_of_codes(text, columns) or census
    if said != census:
        text.notes.append(f"Its codes are in {_NAMED[said]}: they are taken for tracts of {said}, not of {census}.")
    frame = keyed(text)
    return definition_rows(
        text,
        frame,
        spec,
        value=pd.Series(float("nan"), index=frame.index),
        designated=pd.Series(True, index=frame.index, dtype="boolean"),
        vintage=vintage or year_in(text.file) or spec.year,
        tract_vintage=said,
    )


parse_opportunity_zones = partial(_parse, OPPORTUNITY_ZONES, 2018)
parse_qualified_tracts = partial(_parse, QUALIFIED_TRACTS, None)
