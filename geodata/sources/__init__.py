"""The publishers' files: one module each, with what is known of it beforehand and how it is read.

`SOURCES` lists all of them, in the order data walks. Adding a source takes one module and one line here.
"""

from __future__ import annotations

from geodata.sources import (
    acs,
    afdc,
    apprenticeship,
    calenviroscreen,
    cejst,
    census_places,
    centers,
    counties,
    designation_lists,
    ejscreen,
    etpl,
    evitp,
    ipeds,
    job_centers,
    landmarks,
    planned_sites,
    rasters,
    relationship,
    svi,
    tracts,
    training_list,
    user_index,
    workforce_areas,
)
from geodata.sources.spec import Source

_ALL = (
    Source(tracts.SPEC, tracts.parse),
    Source(centers.SPEC, centers.parse),
    Source(relationship.SPEC, relationship.parse),
    Source(svi.SPEC, svi.parse),
    Source(acs.API, acs.parse),
    Source(acs.SUMMARY, acs.parse_summary),
    Source(svi.SPEC_MEASURES, svi.parse_measures),
    Source(cejst.SPEC, cejst.parse),
    Source(ejscreen.SPEC, ejscreen.parse),
    Source(calenviroscreen.SPEC, calenviroscreen.parse),
    Source(designation_lists.QUALIFIED_TRACTS, designation_lists.parse_qualified_tracts),
    Source(designation_lists.OPPORTUNITY_ZONES, designation_lists.parse_opportunity_zones),
    Source(user_index.SPEC, user_index.parse),
    Source(afdc.SPEC, afdc.parse),
    Source(planned_sites.SPEC, planned_sites.parse),
    Source(ipeds.DIRECTORY, ipeds.parse_directory),
    Source(ipeds.COMPLETIONS, ipeds.parse_completions),
    Source(etpl.SPEC, etpl.parse),
    Source(apprenticeship.SPEC, apprenticeship.parse),
    Source(training_list.SPEC, training_list.parse),
    Source(evitp.SPEC, evitp.parse),
    Source(job_centers.SPEC, job_centers.parse),
    Source(workforce_areas.SPEC, workforce_areas.parse),
    Source(counties.SPEC, counties.parse),
    Source(census_places.SPEC, census_places.parse),
    Source(landmarks.STATES, landmarks.parse_states),
    Source(landmarks.WATER, landmarks.parse_water),
    Source(landmarks.ROADS, landmarks.parse_roads),
    Source(landmarks.TRIBAL, landmarks.parse_tribal),
    Source(landmarks.CORRIDORS, landmarks.parse_corridors),
    rasters.POPULATION_RASTER,
    rasters.FRICTION_RASTER,
)
SOURCES: dict[str, Source] = {source.spec.name: source for source in _ALL}
