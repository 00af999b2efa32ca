"""The tables a run computes for a state, in the same form as the canonical ones.

`tract_scores` is the one table every list and map of tracts is made from; `communities` the one for
communities. Probabilities and shares are 0–1; the pillars, Need and Priority are 0–100.
"""

from __future__ import annotations

from dataclasses import replace

from geodata.schemas import columns as col
from geodata.schemas.table import COUNTY_PATTERN, GEOID_PATTERN, Column, Table

TIERS = ("A", "B", "C", "none")
EQUITY_METRICS = (
    "mean",
    "without_any",
    "concentration_index",
    "erreygers_index",
    "gini",
    "palma",
    "fgt0",
    "fgt1",
    "fgt2",
)
SINGLE_REASONS = ("no_neighbor", "island", "no_polygon", "above_cap", "left_over")
NAMED_FOR = ("most_people", "highest_priority", "strongest_need")
ACTIONS = ("recruit_now", "bring_training", "connect_to_work", "build_both")


def _score(name: str, meaning: str, unit: str = "0–100") -> Column:
    return Column(name, "number", meaning, unit, least=0, most=100)


def _share(name: str, meaning: str) -> Column:
    return Column(name, "number", meaning, "0–1", least=0, most=1)


def _rank_columns() -> tuple[Column, ...]:
    return (
        Column(col.RANK, "integer", "Place in the list by Priority, 1 first; empty where not listed", least=1),
        Column(col.RANK_MEDIAN, "number", "Median rank over the draws", least=1),
        Column(
            col.RANK_LOW, "number", "5th percentile of the rank over the draws, or the rank if that is less", least=1
        ),
        Column(
            col.RANK_HIGH, "number", "95th percentile of the rank over the draws, or the rank if that is more", least=1
        ),
        Column(col.P_TOP_SHARE, "number", "Probability of being in the top share", "0–1", least=0, most=1),
        Column(col.P_TOP_COUNT, "number", "Probability of being in the top N", "0–1", least=0, most=1),
        Column(col.TIER, "text", "A, B or C by p_top_share; none below", one_of=TIERS),
    )


_GEOID = Column(col.GEOID, "text", "Census tract, 11-digit GEOID", nullable=False, pattern=GEOID_PATTERN)
_STATE = Column(col.STATE, "text", "Postal code of the state", nullable=False)
ADULTS_BASES = ("counted", "estimated", "capped", "below_100")
_ADULTS = (
    Column(col.POPULATION, "number", "Residents", "people", least=0),
    Column(col.WORKING_AGE, "number", "Residents aged 18 to 64", "people", least=0),
    Column(col.ELIGIBLE_ADULTS, "number", "Adults the work is meant to reach (approximation)", "people", least=0),
    Column(col.ELIGIBLE_ADULTS_MOE, "number", "90 % margin of error of eligible_adults", "people", least=0),
)
_WORK = (
    Column(
        col.JOB_YEARS_LOW,
        "number",
        "Job-years at planned sites within the catchment, low, on average over its people",
        "job-years",
        least=0,
    ),
    Column(col.JOB_YEARS_MID, "number", "The same, mid", "job-years", least=0),
    Column(col.JOB_YEARS_HIGH, "number", "The same, high", "job-years", least=0),
    Column(
        col.SITES_WITHIN,
        "integer",
        "Planned sites within the catchment of any of its people; empty where unknown",
        "sites",
        least=0,
    ),
    Column(col.SITES_ASSUMED, "integer", "Those of them whose units are assumed", "sites", least=0),
    _share(col.SHARE_REACHING_WORK, "Share of its people with a planned site within the catchment"),
)
_TRAINING = (
    Column(col.NEAREST_PROVIDER_ID, "text", "Provider that counts and is nearest for most of its people"),
    Column(col.NEAREST_PROVIDER_NAME, "text", "Its name"),
    Column(
        col.NEAREST_PROVIDER_MINUTES,
        "number",
        "Median travel to their nearest provider, of the people who have one within the catchment; empty where none do "
        "and where unknown",
        "minutes",
        least=0,
    ),
    _share(col.SHARE_REACHING_TRAINING, "Share of its people with a provider within the catchment"),
    _share(
        col.SHARE_OVER_WATER,
        "Share of those people whose straight line to their nearest provider crosses open water; empty where travel "
        "is not by straight lines or no land is known",
    ),
    Column(
        col.PROVIDERS_WITHIN,
        "integer",
        "Providers within the catchment of any of its people; empty where none is known in or near the state",
        "providers",
        least=0,
    ),
    Column(
        col.SEATS_WITHIN,
        "number",
        "Yearly seats within the catchment, on average over its people",
        "seats a year",
        least=0,
    ),
    Column(col.SEATS_WITHIN_ASSUMED, "number", "Those of them that are assumed", "seats a year", least=0),
    Column(
        col.UNLOCATED_PROVIDERS,
        "integer",
        "Providers known in the place, ZIP code or county without an exact location, to which no travel is measured",
        "providers",
        least=0,
    ),
    Column(col.UNLOCATED_WHERE, "text", "The place, ZIP code or county they are known in"),
)


def _adults_of(name: str, where: str) -> tuple[Column, Column]:
    return (
        Column(name, "number", f"Eligible adults in {where}", "people", least=0),
        Column(f"{name}_moe", "number", f"90 % margin of error of {name}", "people", least=0),
    )


TRACT_SCORES = Table(
    "tract_scores",
    "Every tract of the state with its pillars, Priority, rank and what stands behind them",
    (
        _GEOID,
        _STATE,
        Column(col.COUNTY_GEOID, "text", "County, 5-digit GEOID", nullable=False, pattern=COUNTY_PATTERN),
        Column(col.COUNTY_NAME, "text", "County"),
        Column(col.PLACE_NAME, "text", "City or town that holds the tract's center, if any"),
        Column(col.TOWN_NAME, "text", "Town of the county that holds it, where towns govern"),
        Column(col.NEIGHBORHOOD, "text", "Neighborhood that holds it, where a layer of them was given"),
        Column(col.NAME, "text", "Name of the tract, such as 101.02"),
        Column(col.LATITUDE, "number", "Latitude of the origin (mean of its points), EPSG:4326", "degrees"),
        Column(col.LONGITUDE, "number", "Longitude of the origin", "degrees"),
        Column(col.ORIGIN_BASIS, "text", "population_center, raster_cells or representative_point"),
        Column(col.RURAL, "flag", "Rural by density, so the longer catchment applies"),
        Column(col.HAS_POLYGON, "flag", "Whether a polygon was found; without one the tract is listed but not drawn"),
        *_ADULTS,
        Column(
            col.ELIGIBLE_ADULTS_BASIS,
            "text",
            "How eligible_adults came about: counted by the survey (B17024), estimated from shares of all ages, capped "
            "at the survey's poor people times the adult share, or below_100 where poverty is known at 100 % only",
            one_of=ADULTS_BASES,
        ),
        Column(
            col.GROUP_QUARTERS_SHARE,
            "number",
            "Share of residents in group quarters: institutions, dormitories, barracks",
            "0–1",
            least=0,
            most=1,
        ),
        _score("need", "Need: percentile rank of the ensemble of definitions"),
        _score("need_ensemble", "Weighted mean of the definitions' percentile ranks"),
        Column(col.N_INDICES, "integer", "Definitions with a value", least=0),
        Column(col.AGREEMENT_COUNT, "integer", "Definitions under which designated or in the worst quarter", least=0),
        Column(col.DESIGNATED_BY, "text", "Official definitions that designate the tract, separated by blanks"),
        _score("training_gap", "100 minus the percentile of access to training"),
        Column(col.TRAINING_ACCESS, "number", "Yearly seats reachable for 1,000 eligible adults", "seats per 1,000"),
        *_TRAINING,
        _score("opportunity", "Percentile of access to planned work"),
        Column(col.WORK_ACCESS, "number", "Job-years reachable for 1,000 eligible adults", "job-years per 1,000"),
        *_WORK,
        Column(col.GATED, "flag", "Passes the gate: listed as underserved", nullable=False),
        Column(col.GATE_REASON, "text", "need, designation or both; empty where not gated"),
        _score("priority", "Priority: weighted mean of the pillars"),
        _score("points_need", "Points Need adds to Priority"),
        _score("points_training_gap", "Points the training gap adds"),
        _score("points_opportunity", "Points Opportunity adds"),
        *_rank_columns(),
        Column(
            col.TOP_IN_WEIGHT_SETS,
            "integer",
            "In how many of the sets of weights (setting uncertainty.weight_sets) it is in the top share of tracts; "
            "empty where not listed or where nothing but need is known",
            "sets of weights",
            least=0,
        ),
        Column(
            col.CUT_TIER,
            "text",
            "Tier by the first half of the draws, by which communities are cut; the rest grades them",
            one_of=TIERS,
        ),
        Column(col.P_GATED, "number", "Probability of passing the gate", "0–1", least=0, most=1),
        Column(col.UNRANKED_REASON, "text", "no_residents, no_index, no_origin, group_quarters or not_gated"),
        Column(col.ACTION, "text", "What the two access pillars call for", one_of=ACTIONS),
        Column(col.COMMUNITY_ID, "text", "Community the tract belongs to, if any"),
        Column(col.FLAGS, "text", "What to know of the inputs, codes separated by blanks"),
    ),
    key=("geoid",),
    extra=True,
)
NEED_PARTS = Table(
    "need_parts",
    "How each definition ranks each tract",
    (
        _GEOID,
        _STATE,
        Column(col.DEFINITION, "text", "Name of the definition", nullable=False),
        Column(col.VALUE, "number", "Its value; more means more need"),
        _score("percentile", "Mid-rank percentile within the reference area"),
        Column(col.WEIGHT, "number", "Share of the ensemble for this tract", "0–1", least=0, most=1),
        Column(col.DESIGNATED, "flag", "Designated by it"),
        Column(col.AGREES, "flag", "Designated, or in its worst quarter"),
        Column(col.OFFICIAL, "flag", "An official definition"),
        Column(col.ARCHIVED, "flag", "Withdrawn by its publisher; used from an archive"),
        Column(col.VINTAGE, "integer", "Year of the release", "year"),
    ),
    key=(col.GEOID, col.DEFINITION),
)
NAME_BASES = ("place", "town", "neighborhood", "near", "county", "rural_county", "part_of_county")
COMMUNITIES = Table(
    "communities",
    "Neighboring tracts to recruit in, with all that is known of them",
    (
        Column(col.COMMUNITY_ID, "text", "Stable identifier", nullable=False),
        _STATE,
        Column(col.NAME, "text", "What people call it, with a compass part where that repeats", nullable=False),
        Column(col.PLACE, "text", "Place or county of the name, without its compass part"),
        Column(
            col.NAME_BASIS,
            "text",
            "Whether it is called by a place, town or neighborhood, by what is near, or as a part of a county",
            one_of=NAME_BASES,
        ),
        Column(col.COMPASS, "text", "Compass part of the name, such as north_east; north_east#2 where they repeat"),
        Column(
            col.KIND, "text", "community, or single for a lone tract", nullable=False, one_of=("community", "single")
        ),
        Column(
            col.SINGLE_REASON, "text", "no_neighbor, island, no_polygon, above_cap or left_over", one_of=SINGLE_REASONS
        ),
        Column(col.COUNTY_GEOID, "text", "County holding most of its people"),
        Column(col.COUNTY_NAME, "text", "Its name"),
        Column(col.N_TRACTS, "integer", "Tracts", least=1),
        Column(col.LATITUDE, "number", "Population-weighted center", "degrees"),
        Column(col.LONGITUDE, "number", "Population-weighted center", "degrees"),
        *_ADULTS,
        _score("need", "Mean Need, weighted by eligible adults"),
        _score("training_gap", "Mean training gap, weighted by eligible adults"),
        _score("opportunity", "Mean Opportunity, weighted by eligible adults"),
        _score("priority", "Mean Priority, weighted by eligible adults"),
        *_rank_columns(),
        Column(
            col.TOP_IN_WEIGHT_SETS,
            "number",
            "In how many of the sets of weights (setting uncertainty.weight_sets) its tracts are in the top share of "
            "tracts, on average over its eligible adults; empty where nothing but need is known",
            "sets of weights",
            least=0,
        ),
        Column(
            col.LIKELY_ADULTS,
            "number",
            "Eligible adults expected to live in tracts of the top share: eligible_adults times p_top_share",
            "people",
            least=0,
        ),
        Column(
            col.NAMED_FOR,
            "text",
            "What the first page names it for (setting communities.named_first): most people (likely_adults), highest "
            "priority where no people are known, strongest need among the others; empty where it is not named",
            one_of=NAMED_FOR,
        ),
        Column(
            col.IN_FIRST_SET,
            "flag",
            "In the smallest set of communities that holds all of the true first ones in most draws (settings "
            "first_count, first_level); empty without draws",
        ),
        Column(col.ACTION, "text", "What its two access pillars call for", one_of=ACTIONS),
        *_TRAINING,
        Column(col.SEATS_BY_PROGRAM, "text", "Reported seats among them by CIP code, such as 46.0302=28 15.0303=7"),
        Column(col.NEAREST_JOB_CENTER_ID, "text", "Nearest job center"),
        Column(col.NEAREST_JOB_CENTER_NAME, "text", "Its name"),
        Column(col.NEAREST_JOB_CENTER_MINUTES, "number", "Travel to it", "minutes", least=0),
        *_WORK,
        Column("barriers", "text", "Measures clearly above the state median, separated by blanks"),
        Column(col.TIED_WITH, "text", "Communities the list cannot separate it from (rank intervals overlap), by id"),
        Column("geometry", "geometry", "Union of the tracts' polygons"),
    ),
    key=("community_id",),
)
COMMUNITY_TRACTS = Table(
    "community_tracts",
    "Which tract is in which community",
    (Column(col.COMMUNITY_ID, "text", "Community", nullable=False), _GEOID, _STATE),
    key=("geoid",),
)
# What `community_tracts` says while a state is computed; its result keeps the columns above.
GROUPED_TRACTS = replace(
    COMMUNITY_TRACTS,
    columns=(
        *COMMUNITY_TRACTS.columns,
        Column(
            col.KIND, "text", "community, or single for a lone tract", nullable=False, one_of=("community", "single")
        ),
        Column(col.SINGLE_REASON, "text", "Why a tract stands alone", one_of=SINGLE_REASONS),
    ),
)
UNIT_KINDS = ("tract", "community", "state")
BARRIERS = Table(
    "barriers",
    "Non-skill barriers, with margins and the state median they are tested against",
    (
        Column(col.UNIT_KIND, "text", "tract, community or state", nullable=False, one_of=UNIT_KINDS),
        Column(col.UNIT_ID, "text", "GEOID, community_id or postal code", nullable=False),
        _STATE,
        Column(col.MEASURE, "text", "What is measured", nullable=False),
        Column(col.SHARE, "number", "Share", "0–1", least=0, most=1),
        Column(col.SHARE_MOE, "number", "90 % margin of error", "0–1", least=0),
        Column(col.STATE_MEDIAN, "number", "Median share of the state's tracts", "0–1", least=0, most=1),
        Column(
            col.CLEARLY_ABOVE,
            "flag",
            "The 90 % interval lies above the state median; empty where share or margin is unknown",
        ),
        Column(col.SUPPORT, "text", "Support it calls for, a code"),
    ),
    key=(col.UNIT_KIND, col.UNIT_ID, col.MEASURE),
)
SITE_PRIORS = Table(
    "site_priors",
    "What sites that report no units are taken to have: combinations of units of existing stations and their chances",
    (
        Column(col.STATE, "text", "Postal code of the state the sites are in", nullable=False),
        Column(col.SITE_KIND, "text", "Kind of units the site is known to have; any where not known", nullable=False),
        Column(col.PROFILE, "integer", "Number of the combination", nullable=False, least=1),
        Column("units_*", "number", "Units of one kind in this combination", "units", least=0),
        Column(col.STATIONS, "integer", "Stations that have it; 0 where the settings give it", "stations", least=0),
        Column(col.PROBABILITY, "number", "Chance of this combination", "0–1", nullable=False, least=0, most=1),
        Column(col.STATIONS_OF, "text", "Whose stations: the state, US (all of the run), or setting", nullable=False),
        Column(col.SOURCE, "text", "Source of the stations, or setting", nullable=False),
        Column(col.VINTAGE, "text", "Newest date the stations speak of"),
    ),
    key=(col.STATE, col.SITE_KIND, col.PROFILE),
)
WORK_BY_QUARTER = Table(
    "work_by_quarter",
    "Planned work within reach by quarter of expected opening",
    (
        Column(col.UNIT_KIND, "text", "tract, community or state", nullable=False, one_of=UNIT_KINDS),
        Column(col.UNIT_ID, "text", "GEOID, community_id or postal code", nullable=False),
        _STATE,
        Column(col.QUARTER, "text", "Quarter such as 2027Q1; past or unknown", nullable=False),
        Column("sites", "integer", "Sites within the catchment of any of its people; of a state, in it", least=0),
        Column(col.SITES_ASSUMED, "integer", "Those whose units are assumed", "sites", least=0),
        Column(col.UNITS, "number", "Units of all kinds, expected ones of such sites included", "units", least=0),
        Column(
            col.JOB_YEARS_LOW,
            "number",
            "Job-years, low, on average over its people; of a state, all",
            "job-years",
            least=0,
        ),
        Column(col.JOB_YEARS_MID, "number", "Job-years, mid", "job-years", least=0),
        Column(col.JOB_YEARS_HIGH, "number", "Job-years, high", "job-years", least=0),
    ),
    key=(col.UNIT_KIND, col.UNIT_ID, col.QUARTER),
)
HUBS = Table(
    "hubs",
    "Where recruitment hubs reach most people, for each number of hubs",
    (
        _STATE,
        Column(col.P, "integer", "Number of hubs", nullable=False, least=1),
        Column(col.ORDER, "integer", "Order within the solution, most people covered alone first", least=1),
        Column(col.CANDIDATE_ID, "text", "Site", nullable=False),
        Column(col.NAME, "text", "Name of the site"),
        Column(col.KIND, "text", "Kind of site"),
        Column(col.LATITUDE, "number", "Latitude", "degrees"),
        Column(col.LONGITUDE, "number", "Longitude", "degrees"),
        Column(col.COVERED_ADULTS, "number", "Eligible adults covered by all p hubs together", "people", least=0),
        Column(col.COVERED_SHARE, "number", "Share of all that count", "0–1", least=0, most=1),
        Column(col.GAP, "number", "Gap to the proven optimum; 0 is exact", "0–1", least=0),
        Column(col.GREEDY_ADULTS, "number", "Covered by the greedy solution, for comparison", "people", least=0),
        Column(col.COVERED_ALONE, "number", "Eligible adults this hub covers on its own", "people", least=0),
        Column(
            col.COVERED_OVER_WATER,
            "number",
            "Those of them whose straight line to it crosses open water; empty where travel is not by straight lines "
            "or no land is known",
            "people",
            least=0,
        ),
    ),
    key=(col.STATE, col.P, col.CANDIDATE_ID),
)
EQUITY = Table(
    "equity",
    "How evenly access to training and work is spread",
    (
        Column(col.SCOPE_KIND, "text", "state, county, workforce_area or another kind of area", nullable=False),
        Column(col.SCOPE_ID, "text", "Its identifier", nullable=False),
        Column(col.SCOPE_NAME, "text", "Its name"),
        _STATE,
        Column(col.SUBJECT, "text", "training_access or work_access", nullable=False),
        Column(col.METRIC, "text", "What is measured", nullable=False, one_of=EQUITY_METRICS),
        Column(col.VALUE, "number", "Value; empty where it is not defined"),
        Column(
            col.LINE, "number", "Access below which people are badly served (fgt and erreygers_index)", "as subject"
        ),
        Column(col.N_TRACTS, "integer", "Tracts it rests on", least=0),
    ),
    key=(col.SCOPE_KIND, col.SCOPE_ID, col.SUBJECT, col.METRIC),
)
EQUITY_CURVE = Table(
    "equity_curve",
    "Lorenz and concentration curves",
    (
        _STATE,
        Column(col.SUBJECT, "text", "training_access or work_access", nullable=False),
        Column(col.CURVE, "text", "lorenz or concentration", nullable=False, one_of=("lorenz", "concentration")),
        Column(col.PEOPLE_SHARE, "number", "Cumulative share of eligible adults", "0–1", least=0, most=1),
        Column(col.ACCESS_SHARE, "number", "Cumulative share of access", "0–1", least=0),
    ),
)
AGREEMENT = Table(
    "agreement",
    "How far definitions agree on who is underserved",
    (
        _STATE,
        Column(col.DEFINITION_A, "text", "First definition", nullable=False),
        Column(col.DEFINITION_B, "text", "Second definition", nullable=False),
        Column(col.BOTH, "integer", "Tracts under both", least=0),
        Column(col.EITHER, "integer", "Tracts under at least one", least=0),
        Column(col.ONLY_A, "integer", "Tracts under the first only", least=0),
        Column(col.ONLY_B, "integer", "Tracts under the second only", least=0),
        Column(col.JACCARD, "number", "both / either", "0–1", least=0, most=1),
        Column(col.KAPPA, "number", "Cohen's kappa", least=-1, most=1),
    ),
    key=(col.STATE, col.DEFINITION_A, col.DEFINITION_B),
)
SENSITIVITY = Table(
    "sensitivity",
    "How many of the first tracts and communities stay when one choice is made otherwise, and which leave",
    (
        _STATE,
        Column(
            col.SETTING,
            "text",
            "Setting changed, or assumption: assumed_seats, assumed_units, scale (of the pillars)",
            nullable=False,
        ),
        Column(col.ALTERNATIVE, "text", "Value it took", nullable=False),
        Column(col.UNIT_KIND, "text", "tract or community", nullable=False),
        Column(col.TOP, "integer", "How many are compared", least=0),
        Column(col.KEPT, "integer", "How many stay", least=0),
        Column(
            col.RANK_CORRELATION,
            "number",
            "Spearman correlation of Priority, over listed tracts or communities",
            least=-1,
            most=1,
        ),
        Column(col.LEFT_TOP, "text", "Communities that do not stay, by id, the first of the list first"),
    ),
    key=(col.STATE, col.SETTING, col.ALTERNATIVE, col.UNIT_KIND),
)
ROLLUPS = Table(
    "rollups",
    "Counties, places and workforce areas: because boards and mayors own budgets, not tracts",
    (
        _STATE,
        Column(col.AREA_KIND, "text", "county, place, workforce_area, legislative_district, …", nullable=False),
        Column(col.AREA_ID, "text", "Identifier", nullable=False),
        Column(col.AREA_NAME, "text", "Name", nullable=False),
        Column(col.N_TRACTS, "integer", "Tracts with residents", least=0),
        Column(col.N_GATED, "integer", "Tracts listed as underserved", least=0),
        Column(col.N_TIER_A, "integer", "Tracts of tier A", least=0),
        Column(col.N_TIER_B, "integer", "Tracts of tier B", least=0),
        *_ADULTS,
        Column(col.ELIGIBLE_ADULTS_GATED, "number", "Eligible adults in underserved tracts", "people", least=0),
        Column(col.ELIGIBLE_ADULTS_TOP, "number", "Eligible adults in tracts of tier A or B", "people", least=0),
        _score("need", "Mean Need, weighted by eligible adults"),
        _score("training_gap", "Mean training gap, weighted by eligible adults"),
        _score("opportunity", "Mean Opportunity, weighted by eligible adults"),
        _score("priority", "Mean Priority of underserved tracts, weighted by eligible adults"),
        Column(col.RANK, "integer", "Place by eligible adults in tier A and B tracts, then underserved ones", least=1),
        Column("communities", "text", "Communities wholly or partly inside, by id"),
        Column("providers", "integer", "Providers located inside", least=0),
        Column(col.PLANNED_SITES, "integer", "Planned sites located inside", least=0),
        Column(col.SITES_ASSUMED, "integer", "Those whose units are assumed", "sites", least=0),
        Column(col.JOB_YEARS_MID, "number", "Job-years at planned sites inside, mid", "job-years", least=0),
    ),
    key=(col.STATE, col.AREA_KIND, col.AREA_ID),
)
CLUSTERS = Table(
    "clusters",
    "Local clusters of Priority (diagnostic; Moran's I with false-discovery control)",
    (
        _GEOID,
        _STATE,
        Column(col.LOCAL_I, "number", "Local Moran's I"),
        Column(col.P_VALUE, "number", "Two-sided pseudo p-value of conditional permutation", "0–1", least=0, most=1),
        Column(col.CLUSTER, "text", "high_high, low_low, high_low, low_high or none"),
    ),
    key=("geoid",),
)

STATE_SUMMARY = Table(
    "state_summary",
    "The totals of the state: tracts, people with their margins, communities, providers and planned sites",
    (
        _STATE,
        Column(col.N_TRACTS, "integer", "Tracts", least=0),
        Column(col.N_RANKED, "integer", "Tracts listed as underserved, each with a rank", least=0),
        Column(col.N_TIER_A, "integer", "Tracts of tier A", least=0),
        Column(col.N_TIER_B, "integer", "Tracts of tier B", least=0),
        Column(col.N_TIER_C, "integer", "Tracts of tier C", least=0),
        *_ADULTS,
        *_adults_of(col.ELIGIBLE_ADULTS_GATED, "underserved tracts"),
        *_adults_of(col.ELIGIBLE_ADULTS_TIER_A, "tracts of tier A"),
        *_adults_of(col.ELIGIBLE_ADULTS_TOP, "tracts of tier A or B"),
        *_adults_of(col.ELIGIBLE_ADULTS_GROUPED, "communities"),
        _share(col.ELIGIBLE_ADULTS_SHARE_GROUPED, "Eligible adults of the state who live in communities"),
        Column(col.POPULATION_GROUPED, "number", "Residents of communities", "people", least=0),
        _score(col.NEED_GROUPED, "Mean Need in communities by eligible adults; by residents where none are known"),
        _share(
            col.NO_TRAINING_SHARE_GROUPED,
            "Those of them with no provider within the catchment, nor one known in their place, ZIP code or county",
        ),
        _share(
            col.UNLOCATED_SHARE_GROUPED,
            "Those who have none, but one known in their place, ZIP code or county without an exact location",
        ),
        _share(col.WORK_SHARE_GROUPED, "Those of the same people who have a planned site within the catchment"),
        Column(col.N_COMMUNITIES, "integer", "Communities", least=0),
        Column(col.N_COMMUNITIES_TIER_A, "integer", "Communities of tier A", least=0),
        Column(col.N_COMMUNITIES_TIER_B, "integer", "Communities of tier B", least=0),
        Column("providers", "integer", "Providers in the state that count toward the training gap", least=0),
        Column(col.PROVIDERS_ASSUMED, "integer", "Those whose seats are assumed", least=0),
        Column(col.PROVIDERS_ADVANCED, "integer", "Providers in the state for people in the trade already", least=0),
        Column(col.SEATS, "number", "Yearly seats they are counted with", "seats", least=0),
        Column(
            col.UNLOCATED_PROVIDERS,
            "integer",
            "Providers in the state that would count if it were known exactly where they are",
            "providers",
            least=0,
        ),
        Column(col.SEATS_BY_PROGRAM, "text", "Reported seats among them by CIP code, such as 46.0302=28 15.0303=7"),
        Column(col.SEATS_ASSUMED, "number", "Those of them that are assumed", "seats", least=0),
        Column(col.PLANNED_SITES, "integer", "Planned sites in the state that bring work", "sites", least=0),
        Column(col.SITES_ASSUMED, "integer", "Those whose units are assumed", "sites", least=0),
        Column(col.UNITS, "number", "Units they are counted with, expected ones included", "units", least=0),
        Column(
            col.UNITS_LOW, "number", "5th percentile of that total, by the spread of expected ones", "units", least=0
        ),
        Column(col.UNITS_HIGH, "number", "95th percentile of that total", "units", least=0),
        Column(col.UNITS_ASSUMED, "number", "Those of them that are assumed", "units", least=0),
        Column(col.JOB_YEARS_LOW, "number", "Job-years at these sites, low", "job-years", least=0),
        Column(col.JOB_YEARS_MID, "number", "The same, mid", "job-years", least=0),
        Column(col.JOB_YEARS_HIGH, "number", "The same, high", "job-years", least=0),
    ),
    key=(col.STATE,),
)
_LOCATED_HOW = (
    (col.LOCATED, "Those at a point or on a known street, to which travel is measured"),
    (col.BY_ZIP, "Those placed in the middle of their ZIP code"),
    (col.COUNTED_BY_ZIP, "Those of them that share an institution's awards, to which travel is measured from there"),
    (col.BY_PLACE, "Those placed in their city or town"),
    (col.BY_COUNTY, "Those placed in their county"),
    (col.BY_AREA, "Those whose own coordinates are rough"),
    (col.NOWHERE, "Those of which the state alone is known"),
)
LOCATIONS = Table(
    "locations",
    "How exactly the rows of each list are located, by source; campuses that share awards count by their ZIP code",
    (
        _STATE,
        Column(col.LISTED_IN, "text", "List: providers, sites or job_centers", nullable=False),
        Column(col.SOURCE, "text", "Source that carried the rows", nullable=False),
        Column(col.ROWS, "integer", "Rows of the state", "rows", least=0),
        *(Column(name, "integer", meaning, "rows", least=0) for name, meaning in _LOCATED_HOW),
        Column(col.REMEDY, "text", "What to type to look up the addresses of those that are not located"),
    ),
    key=(col.STATE, col.LISTED_IN, col.SOURCE),
)
PILLARS = ("need", "training", "work", "priority")
VERDICTS = ("measured", "weak", "unknown")
# What a pillar's evidence is counted in: people, definitions of disadvantage, seats a year, ports, places, variance.
SUBJECTS = ("people", "margins", "definitions", "seats", "providers", "units", "sites", "supply")
EVIDENCE = Table(
    "evidence",
    "How much of what each pillar rests on is measured, assumed or unknown, and what would settle it",
    (
        _STATE,
        Column(
            col.PILLAR, "text", "need, training or work; priority for what they make", nullable=False, one_of=PILLARS
        ),
        Column(
            col.SUBJECT,
            "text",
            "What is counted: people with a survey value, people whose value has a margin, the weight of definitions "
            "with values, seats, locations of providers, units, locations of sites; supply for the variance of "
            "Priority over the draws (mean over underserved tracts, squared points), of which assumed supply has a "
            "share",
            nullable=False,
            one_of=SUBJECTS,
        ),
        Column("total", "number", "How much there is of it", "as subject", least=0),
        _share("measured", "Share that a source reports"),
        _share("assumed", "Share where a default or a prior stands in"),
        _share("unknown", "Share of which nothing is known and nothing is counted"),
        Column(
            col.VERDICT,
            "text",
            "measured; weak where less than the setting evidence.least_measured is; unknown where there is none",
            nullable=False,
            one_of=VERDICTS,
        ),
        Column(col.SETTLED_BY, "text", "What would settle it, codes separated by blanks; empty where measured"),
    ),
    key=(col.STATE, col.PILLAR, col.SUBJECT),
)
RESULT_TABLES: tuple[Table, ...] = (
    TRACT_SCORES,
    NEED_PARTS,
    COMMUNITIES,
    COMMUNITY_TRACTS,
    BARRIERS,
    SITE_PRIORS,
    WORK_BY_QUARTER,
    HUBS,
    EQUITY,
    EQUITY_CURVE,
    AGREEMENT,
    SENSITIVITY,
    ROLLUPS,
    CLUSTERS,
    STATE_SUMMARY,
    LOCATIONS,
    EVIDENCE,
)
