"""The study area: whose tracts are scored, and what beyond the border still matters to them.

A run scores the tracts of one state or many. Sites and providers within the largest catchment of any of their
origins count, and so do the people elsewhere who compete for those (edge effects). Because nothing farther can
matter, a state computed alone and the same state computed with the nation agree.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from geodata.access.reach import farthest_km
from geodata.errors import OnrampError
from geodata.geography.located import located
from geodata.geography.nearby_pairs import near
from geodata.geography.origins import origins, rurality
from geodata.ingest.canonical_tables import CanonicalTables, raster_file
from geodata.schemas import columns as col
from geodata.schemas.provenance import SourceUse
from geodata.schemas.rows import among, by_state
from geodata.scoring.eligible_adults import demand, eligible_adults
from geodata.scoring.opportunity import site_work, working_sites
from geodata.scoring.site_priors import site_priors
from geodata.scoring.training import counting_providers
from geodata.settings import Settings
from geodata.storage.files import folder_written_aside
from geodata.storage.parquet import read_table, write_table
from geodata.travel.open_water import OpenWater

WIDE_TRACT_KM = 100.0
MAP_MARGIN_DEGREES = 0.5
# Farther than any straight line of a rural catchment.
LAND_MARGIN_DEGREES = 1.5


@dataclass(frozen=True)
class StudyArea:
    """The tracts scored and all that bears on them; what follows in the walk needs nothing else.

    `site_priors`: what sites that report no units are taken to have, by their state and kind.
    `tracts`: one row a scored tract; `centers` their census centers, where there are any; `origins`: points of the
    scored tracts and of those beyond the border that compete with them; `demand`: [geoid, demand, demand_moe,
    demand_basis] of the tracts of `origins`; `sites` with their work and `providers` with the seats used, in reach, and
    `job_centers`, all of them located.
    `reference`, `definitions` and `measures` are of the tracts Need is ranked among. `all_sites`, `all_providers`
    and `all_job_centers` are the rows that pages list, counting or not: those near by, and those of the states that
    have no point at all. `provider_priors` is what is expected of providers
    nobody reports on. `land` [geometry] is all land known around, by which lines over open water
    are recognized (empty where none is). `rejects` and `uses` (one JSON record a file) are the account
    of all sources.
    The other tables are the canonical ones, cut to the states.
    """

    tracts: pd.DataFrame
    centers: pd.DataFrame
    origins: pd.DataFrame
    demand: pd.DataFrame
    sites: pd.DataFrame
    site_priors: pd.DataFrame
    providers: pd.DataFrame
    job_centers: pd.DataFrame
    reference: pd.DataFrame
    definitions: pd.DataFrame
    measures: pd.DataFrame
    all_sites: pd.DataFrame
    all_providers: pd.DataFrame
    all_job_centers: pd.DataFrame
    polygons: pd.DataFrame
    counties: pd.DataFrame
    places: pd.DataFrame
    named_areas: pd.DataFrame
    place_points: pd.DataFrame
    landmarks: pd.DataFrame
    land: pd.DataFrame
    area_members: pd.DataFrame
    rasters: pd.DataFrame
    provider_priors: pd.DataFrame
    rejects: pd.DataFrame
    uses: pd.DataFrame

    def save(self, folder: Path) -> None:
        """Write the tables to `folder`, which is replaced only when all are written."""
        with folder_written_aside(folder) as aside:
            for part in fields(self):
                write_table(getattr(self, part.name), aside / f"{part.name}.parquet")

    @classmethod
    def load(cls, folder: Path) -> StudyArea:
        """Read what `save` wrote."""
        return cls(**{part.name: read_table(Path(folder) / f"{part.name}.parquet") for part in fields(cls)})

    def raster(self, kind: str) -> Path | None:
        """Return the file of a raster, "population" or "friction", or None where no source gave one."""
        return raster_file(self.rasters, kind)

    def sources(self) -> list[SourceUse]:
        """Return the files behind all tables."""
        return [SourceUse.from_dict(json.loads(text)) for text in self.uses["use"]]


def universe(canonical: CanonicalTables) -> pd.DataFrame:
    """Return every tract any table knows: [geoid, state, county_geoid, name, population, has_polygon, eligible…].

    Population is the survey's where it is there, else the census count at the tract's center; a tract known
    from its polygon alone has none, which is missing, not zero.
    """
    centers, tracts = canonical.table("centers"), canonical.table("tracts")
    adults = eligible_adults(canonical.table("measures"))
    known = [
        centers[[col.GEOID, col.STATE]],
        tracts[[col.GEOID, col.STATE]],
        canonical.table("measures")[[col.GEOID, col.STATE]],
    ]
    table = pd.concat(known).drop_duplicates(col.GEOID).sort_values(col.GEOID, ignore_index=True)
    table[col.COUNTY_GEOID] = table[col.GEOID].str[:5]
    table = table.merge(pd.DataFrame(tracts[[col.GEOID, col.NAME]]), on=col.GEOID, how="left")
    table[col.HAS_POLYGON] = table[col.GEOID].isin(tracts[col.GEOID])
    table = table.merge(adults, on=col.GEOID, how="left")
    counted = table[col.GEOID].map(centers.set_index(col.GEOID)[col.POPULATION]).astype("float64")
    table[col.POPULATION] = table[col.POPULATION].fillna(counted)
    return table


def all_origins(canonical: CanonicalTables, settings: Settings, geoids: pd.Series | None = None) -> pd.DataFrame:
    """Return the travel origins of tracts, with `rural`: those of `geoids`, or of all."""
    every, tracts, centers = canonical.table("centers"), canonical.table("tracts"), canonical.table("centers")
    if geoids is not None:
        tracts, centers = tracts[among(tracts[col.GEOID], geoids)], every[among(every[col.GEOID], geoids)]
    assert isinstance(tracts, gpd.GeoDataFrame)
    made = origins(tracts, centers, canonical.raster("population"), settings.access.cells_per_tract)
    # Neighbors beyond the selection tell of tracts without a polygon, so that a selection changes no answer.
    rural = rurality(tracts, centers, settings.access.rural_below_people_per_km2, every)
    made[col.RURAL] = made[col.GEOID].map(rural).astype("boolean")
    return made


def study_area(canonical: CanonicalTables, states: Sequence[str], settings: Settings, as_of: str) -> StudyArea:
    """Return the study area of `states` (postal codes); OnrampError where no table knows a tract of them."""
    every = universe(canonical)
    here = every[every[col.STATE].isin(states)].reset_index(drop=True)
    if here.empty:
        raise OnrampError(
            f"The available tables hold no tract of {', '.join(states)}: run the sources for it first, or name it in "
            "the setting “states”."
        )
    reach_km = reach_of(settings)
    centers = canonical.table("centers")
    middle = _of(centers, "state", states)[[col.GEOID, col.STATE, col.LATITUDE, col.LONGITUDE]]
    around = {name: _listed(canonical.table(name), middle, reach_km, states) for name in _LISTED}
    priors = site_priors(canonical.table("sites"), around["sites"][col.STATE], settings.opportunity)
    working = working_sites(around["sites"], settings.opportunity, as_of)
    sites = site_work(working, priors, settings.opportunity, as_of)
    providers = counting_providers(around["providers"], settings.training)
    beyond = _near(centers, _supply(sites, providers), reach_km)
    points = all_origins(canonical, settings, pd.concat([here[col.GEOID], beyond[col.GEOID]]).drop_duplicates())
    competing = demand(every, centers.set_index(col.GEOID)[col.POPULATION])
    national = settings.need.reference_area == "nation"
    reference = (every if national else here)[[col.GEOID, col.STATE, col.POPULATION]]
    return StudyArea(
        tracts=here,
        centers=middle,
        origins=points,
        demand=competing[among(competing[col.GEOID], points[col.GEOID])].reset_index(drop=True),
        sites=sites,
        site_priors=priors,
        providers=providers,
        job_centers=_located(around["job_centers"]),
        reference=reference.reset_index(drop=True),
        definitions=_among(canonical.table("definitions"), reference[col.GEOID]),
        measures=_among(canonical.table("measures"), reference[col.GEOID]),
        all_sites=around["sites"],
        all_providers=around["providers"],
        all_job_centers=around["job_centers"],
        polygons=_among(canonical.table("tracts"), here[col.GEOID]),
        counties=_of(canonical.table("counties"), "state", states),
        places=_of(canonical.table("places"), "state", states),
        named_areas=_in_view(canonical.table("named_areas"), middle),
        place_points=_of(canonical.table("place_points"), "state", states),
        landmarks=_in_view(canonical.table("landmarks"), middle),
        land=_land(canonical, middle),
        area_members=_of(canonical.table("area_members"), "state", states),
        rasters=canonical.table("rasters"),
        provider_priors=canonical.table("provider_priors"),
        rejects=canonical.rejects,
        uses=pd.DataFrame({"use": [json.dumps(use.to_dict()) for use in canonical.uses]}, dtype="str"),
    )


def areas_of(area: StudyArea, canonical: CanonicalTables, settings: Settings) -> dict[str, StudyArea]:
    """Return the study area of each state of `area`, cut from it: just what `study_area` gives for the state alone.

    `canonical` is what `area` was made of.
    """
    states = sorted(area.tracts[col.STATE].unique())
    if len(states) == 1:
        return {str(states[0]): area}
    reach_km, centers = reach_of(settings), canonical.table("centers")
    own = {part.name: by_state(getattr(area, part.name), states) for part in fields(area) if part.name in _OWN}
    if settings.need.reference_area != "nation":
        own |= {name: by_state(getattr(area, name), states) for name in ("reference", "definitions", "measures")}
    cut = {}
    for state in states:
        tables = {name: parts[state] for name, parts in own.items()}
        middle = tables["centers"]
        around = {name: _listed(getattr(area, name), middle, reach_km, [str(state)]) for name in _AROUND}
        beyond = _near(centers, _supply(around["sites"], around["providers"]), reach_km)[col.GEOID]
        origin = among(area.origins[col.GEOID], pd.concat([tables["tracts"][col.GEOID], beyond]))
        tables["origins"] = area.origins[origin].reset_index(drop=True)
        tables["demand"] = _among(area.demand, tables["origins"][col.GEOID])
        tables |= {name: _in_view(getattr(area, name), middle) for name in ("landmarks", "named_areas")}
        tables["site_priors"] = _of(area.site_priors, col.STATE, list(around["all_sites"][col.STATE].unique()))
        tables["land"] = _land(canonical, middle)
        cut[str(state)] = replace(area, **tables, **around)
    return cut


# Tables that are cut by state, and those of what lies around, which are cut by distance.
_OWN = ("tracts", "centers", "polygons", "counties", "places", "place_points", "area_members")
_AROUND = ("sites", "providers", "job_centers", "all_sites", "all_providers", "all_job_centers")
_LISTED = ("sites", "providers", "job_centers")


def reach_of(settings: Settings) -> float:
    """Return how many kilometers from a tract's center anything can bear on it.

    A tract's own cells lie around its center, hence the margin: few tracts are wider, and those are empty.
    """
    return farthest_km(settings.access) + WIDE_TRACT_KM


def water_around(area: StudyArea, settings: Settings) -> OpenWater | None:
    """Return what is open water around `area`: beside the land, and inside landmarks of water; None without land."""
    water = area.landmarks[area.landmarks[col.KIND] == "water"]
    return OpenWater.of(area.land, settings.travel.open_water_km, water)


def supplied(area: StudyArea, supply: pd.DataFrame, settings: Settings) -> pd.Series:
    """Return, for each tract of `area`, whether its state has any row of `supply` around it."""
    close = near(area.centers, supply, reach_of(settings))
    return area.tracts[col.STATE].isin(set(area.centers[col.STATE][close]))


def _supply(sites: pd.DataFrame, providers: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([sites[[col.LATITUDE, col.LONGITUDE]], providers[[col.LATITUDE, col.LONGITUDE]]])


def _among(table: pd.DataFrame, geoids: pd.Series) -> pd.DataFrame:
    return table[among(table[col.GEOID], geoids)].reset_index(drop=True)


def _of(table: pd.DataFrame, column: str, values: Sequence[str]) -> pd.DataFrame:
    return table[table[column].isin(values)].reset_index(drop=True)


def _near(table: pd.DataFrame, middle: pd.DataFrame, km: float) -> pd.DataFrame:
    placed = table[table[col.LATITUDE].notna() & table[col.LONGITUDE].notna()]
    return placed[near(placed, middle, km)].reset_index(drop=True)


def _listed(table: pd.DataFrame, middle: pd.DataFrame, km: float, states: Sequence[str]) -> pd.DataFrame:
    """Return the rows near by and those of `states` that have no point: nobody knows that they are not near."""
    lost = table[(table[col.LATITUDE].isna() | table[col.LONGITUDE].isna()) & table[col.STATE].isin(states)]
    close = _near(table, middle, km)
    return pd.concat([close, lost], ignore_index=True) if len(lost) else close


def _located(table: pd.DataFrame) -> pd.DataFrame:
    return table[located(table)].reset_index(drop=True)


def _in_view(shapes: pd.DataFrame, middle: pd.DataFrame) -> pd.DataFrame:
    return _drawn_near(shapes, middle, MAP_MARGIN_DEGREES)


def _land(canonical: CanonicalTables, middle: pd.DataFrame) -> pd.DataFrame:
    """Return [geometry] of the counties around `middle`, else of the tracts if none lacks its polygon."""
    counties, tracts = canonical.table("counties"), canonical.table("tracts")
    whole = set(middle[col.GEOID]) <= set(tracts[col.GEOID])
    known = counties if len(counties) else tracts if whole else tracts.iloc[:0]
    return _drawn_near(known[["geometry"]], middle, LAND_MARGIN_DEGREES)


def _drawn_near(shapes: pd.DataFrame, middle: pd.DataFrame, margin_degrees: float) -> pd.DataFrame:
    """Return the rows of `shapes` whose geometry meets the box around `middle`, widened by the margin."""
    if shapes.empty or middle.empty:
        return shapes.iloc[:0]
    west, east = middle[col.LONGITUDE].min() - margin_degrees, middle[col.LONGITUDE].max() + margin_degrees
    south, north = middle[col.LATITUDE].min() - margin_degrees, middle[col.LATITUDE].max() + margin_degrees
    near_by = shapely.intersects(shapes["geometry"].to_numpy(), shapely.box(west, south, east, north))
    kept: pd.DataFrame = shapes[near_by]
    return kept.reset_index(drop=True)
