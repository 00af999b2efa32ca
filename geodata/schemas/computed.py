"""The tables a run computes for a state, in the same form as the canonical ones.

`tract_scores` is the one table every list and map of tracts is made from; `communities` the one for
communities. Probabilities and shares are 0–1; the pillars, Need and Priority are 0–100.
"""

from __future__ import annotations

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
ACTIONS = ("recruit_now", "bring_training", "connect_to_work", "build_both")


def _score(name: str, meaning: str, unit: str = "0–100") -> Column:
    return Column(name, "number", meaning, unit, least=0, most=100)


def _rank_columns() -> tuple[Column, ...]:
    return (
        Column("rank", "integer", "Place in the list by Priority, 1 first; empty where not listed", least=1),
        Column("rank_median", "number", "Median rank over the draws", least=1),
        Column("rank_low", "number", "5th percentile of the rank over the draws", least=1),
        Column("rank_high", "number", "95th percentile of the rank over the draws", least=1),
        Column("p_top_share", "number", "Probability of being in the top share", "0–1", least=0, most=1),
        Column("p_top_count", "number", "Probability of being in the top N", "0–1", least=0, most=1),
        Column("tier", "text", "A, B or C by p_top_share; none below", one_of=TIERS),
    )


_GEOID = Column("geoid", "text", "Census tract, 11-digit GEOID", nullable=False, pattern=GEOID_PATTERN)
_STATE = Column("state", "text", "Postal code of the state", nullable=False)
_ADULTS = (
    Column("population", "number", "Residents", "people", least=0),
    Column("working_age", "number", "Residents aged 18 to 64", "people", least=0),
    Column("eligible_adults", "number", "Adults the work is meant to reach (approximation)", "people", least=0),
    Column("eligible_adults_moe", "number", "90 % margin of error of eligible_adults", "people", least=0),
)
_WORK = (
    Column("job_years_low", "number", "Job-years at planned sites within the catchment, low", "job-years", least=0),
    Column("job_years_mid", "number", "The same, mid", "job-years", least=0),
    Column("job_years_high", "number", "The same, high", "job-years", least=0),
    Column("sites_within", "integer", "Planned sites within the catchment", "sites", least=0),
)
_TRAINING = (
    Column("nearest_provider_id", "text", "Nearest provider that counts"),
    Column("nearest_provider_name", "text", "Its name"),
    Column("nearest_provider_minutes", "number", "Travel to it; empty beyond the catchment", "minutes", least=0),
    Column("providers_within", "integer", "Providers within the catchment", "providers", least=0),
    Column("seats_within", "number", "Yearly seats within the catchment", "seats a year", least=0),
)

TRACT_SCORES = Table(
    "tract_scores",
    "Every tract of the state with its pillars, Priority, rank and what stands behind them",
    (
        _GEOID,
        _STATE,
        Column("county_geoid", "text", "County, 5-digit GEOID", nullable=False, pattern=COUNTY_PATTERN),
        Column("county_name", "text", "County"),
        Column("place_name", "text", "City or town that holds the tract's centre, if any"),
        Column("name", "text", "Name of the tract, such as 101.02"),
        Column("latitude", "number", "Latitude of the origin (mean of its points), EPSG:4326", "degrees"),
        Column("longitude", "number", "Longitude of the origin", "degrees"),
        Column("origin_basis", "text", "population_center, raster_cells or representative_point"),
        Column("rural", "flag", "Rural by density, so the longer catchment applies"),
        Column("has_polygon", "flag", "Whether a polygon was found; without one the tract is listed but not drawn"),
        *_ADULTS,
        _score("need", "Need: percentile rank of the ensemble of definitions"),
        _score("need_ensemble", "Weighted mean of the definitions' percentile ranks"),
        Column("n_indices", "integer", "Definitions with a value", least=0),
        Column("agreement_count", "integer", "Definitions under which designated or in the worst quarter", least=0),
        Column("designated_by", "text", "Official definitions that designate the tract, separated by blanks"),
        _score("training_gap", "100 minus the percentile of access to training"),
        Column("training_access", "number", "Yearly seats reachable for 1,000 eligible adults", "seats per 1,000"),
        *_TRAINING,
        _score("opportunity", "Percentile of access to planned work"),
        Column("work_access", "number", "Job-years reachable for 1,000 eligible adults", "job-years per 1,000"),
        *_WORK,
        Column("gated", "flag", "Passes the gate: listed as underserved", nullable=False),
        Column("gate_reason", "text", "need, designation or both; empty where not gated"),
        _score("priority", "Priority: weighted mean of the pillars"),
        _score("points_need", "Points Need adds to Priority"),
        _score("points_training_gap", "Points the training gap adds"),
        _score("points_opportunity", "Points Opportunity adds"),
        *_rank_columns(),
        Column("p_gated", "number", "Probability of passing the gate", "0–1", least=0, most=1),
        Column("unranked_reason", "text", "no_residents, no_index, no_adults, no_origin or not_gated"),
        Column("action", "text", "What the two access pillars call for", one_of=ACTIONS),
        Column("community_id", "text", "Community the tract belongs to, if any"),
        Column("flags", "text", "What to know of the inputs, codes separated by blanks"),
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
        Column("definition", "text", "Name of the definition", nullable=False),
        Column("value", "number", "Its value; more means more need"),
        _score("percentile", "Mid-rank percentile within the reference area"),
        Column("weight", "number", "Share of the ensemble for this tract", "0–1", least=0, most=1),
        Column("designated", "flag", "Designated by it"),
        Column("agrees", "flag", "Designated, or in its worst quarter"),
        Column("official", "flag", "An official definition"),
        Column("archived", "flag", "Withdrawn by its publisher; used from an archive"),
        Column("vintage", "integer", "Year of the release", "year"),
    ),
    key=("geoid", "definition"),
)
COMMUNITIES = Table(
    "communities",
    "Neighbouring tracts to recruit in, with all that is known of them",
    (
        Column("community_id", "text", "Stable identifier", nullable=False),
        _STATE,
        Column("name", "text", "Name of the place or county, with a compass part where it repeats", nullable=False),
        Column("place", "text", "Place or county of the name, without its compass part"),
        Column("compass", "text", "Compass part of the name, such as north_east; north_east#2 where they repeat"),
        Column("kind", "text", "community, or single for a lone tract", nullable=False, one_of=("community", "single")),
        Column(
            "single_reason", "text", "no_neighbor, island, no_polygon, above_cap or left_over", one_of=SINGLE_REASONS
        ),
        Column("county_geoid", "text", "County holding most of its people"),
        Column("county_name", "text", "Its name"),
        Column("n_tracts", "integer", "Tracts", least=1),
        Column("latitude", "number", "Population-weighted centre", "degrees"),
        Column("longitude", "number", "Population-weighted centre", "degrees"),
        *_ADULTS,
        _score("need", "Mean Need, weighted by eligible adults"),
        _score("training_gap", "Mean training gap, weighted by eligible adults"),
        _score("opportunity", "Mean Opportunity, weighted by eligible adults"),
        _score("priority", "Mean Priority, weighted by eligible adults"),
        *_rank_columns(),
        Column("action", "text", "What its two access pillars call for", one_of=ACTIONS),
        *_TRAINING,
        Column("nearest_job_center_id", "text", "Nearest job centre"),
        Column("nearest_job_center_name", "text", "Its name"),
        Column("nearest_job_center_minutes", "number", "Travel to it", "minutes", least=0),
        *_WORK,
        Column("barriers", "text", "Measures clearly above the state median, separated by blanks"),
        Column("tied_with", "text", "Communities the list cannot separate it from (rank intervals overlap), by id"),
        Column("geometry", "geometry", "Union of the tracts' polygons"),
    ),
    key=("community_id",),
)
COMMUNITY_TRACTS = Table(
    "community_tracts",
    "Which tract is in which community",
    (Column("community_id", "text", "Community", nullable=False), _GEOID, _STATE),
    key=("geoid",),
)
UNIT_KINDS = ("tract", "community", "state")
BARRIERS = Table(
    "barriers",
    "Non-skill barriers, with margins and the state median they are tested against",
    (
        Column("unit_kind", "text", "tract, community or state", nullable=False, one_of=UNIT_KINDS),
        Column("unit_id", "text", "GEOID, community_id or postal code", nullable=False),
        _STATE,
        Column("measure", "text", "What is measured", nullable=False),
        Column("share", "number", "Share", "0–1", least=0, most=1),
        Column("share_moe", "number", "90 % margin of error", "0–1", least=0),
        Column("state_median", "number", "Median share of the state's tracts", "0–1", least=0, most=1),
        Column("clearly_above", "flag", "The 90 % interval lies above the state median", nullable=False),
        Column("support", "text", "Support it calls for, a code"),
    ),
    key=("unit_kind", "unit_id", "measure"),
)
WORK_BY_QUARTER = Table(
    "work_by_quarter",
    "Planned work within reach by quarter of expected opening",
    (
        Column("unit_kind", "text", "tract, community or state", nullable=False, one_of=UNIT_KINDS),
        Column("unit_id", "text", "GEOID, community_id or postal code", nullable=False),
        _STATE,
        Column("quarter", "text", "Quarter such as 2027Q1; past or unknown", nullable=False),
        Column("sites", "integer", "Sites", "sites", least=0),
        Column("units", "integer", "Units of all kinds, defaults included", "units", least=0),
        Column("job_years_low", "number", "Job-years, low", "job-years", least=0),
        Column("job_years_mid", "number", "Job-years, mid", "job-years", least=0),
        Column("job_years_high", "number", "Job-years, high", "job-years", least=0),
    ),
    key=("unit_kind", "unit_id", "quarter"),
)
HUBS = Table(
    "hubs",
    "Where recruitment hubs reach most people, for each number of hubs",
    (
        _STATE,
        Column("p", "integer", "Number of hubs", nullable=False, least=1),
        Column("order", "integer", "Order within the solution, most people covered alone first", least=1),
        Column("candidate_id", "text", "Site", nullable=False),
        Column("name", "text", "Name of the site"),
        Column("kind", "text", "Kind of site"),
        Column("latitude", "number", "Latitude", "degrees"),
        Column("longitude", "number", "Longitude", "degrees"),
        Column("covered_adults", "number", "Eligible adults covered by all p hubs together", "people", least=0),
        Column("covered_share", "number", "Share of all that count", "0–1", least=0, most=1),
        Column("gap", "number", "Gap to the proven optimum; 0 is exact", "0–1", least=0),
        Column("greedy_adults", "number", "Covered by the greedy solution, for comparison", "people", least=0),
        Column("covered_alone", "number", "Eligible adults this hub covers on its own", "people", least=0),
    ),
    key=("state", "p", "candidate_id"),
)
EQUITY = Table(
    "equity",
    "How evenly access to training and work is spread",
    (
        Column("scope_kind", "text", "state, county, workforce_area or another kind of area", nullable=False),
        Column("scope_id", "text", "Its identifier", nullable=False),
        Column("scope_name", "text", "Its name"),
        _STATE,
        Column("subject", "text", "training_access or work_access", nullable=False),
        Column("metric", "text", "What is measured", nullable=False, one_of=EQUITY_METRICS),
        Column("value", "number", "Value; empty where it is not defined"),
        Column("line", "number", "Access below which people are badly served (fgt and erreygers_index)", "as subject"),
        Column("n_tracts", "integer", "Tracts it rests on", least=0),
    ),
    key=("scope_kind", "scope_id", "subject", "metric"),
)
EQUITY_CURVE = Table(
    "equity_curve",
    "Lorenz and concentration curves",
    (
        _STATE,
        Column("subject", "text", "training_access or work_access", nullable=False),
        Column("curve", "text", "lorenz or concentration", nullable=False, one_of=("lorenz", "concentration")),
        Column("people_share", "number", "Cumulative share of eligible adults", "0–1", least=0, most=1),
        Column("access_share", "number", "Cumulative share of access", "0–1", least=0),
    ),
)
AGREEMENT = Table(
    "agreement",
    "How far definitions agree on who is underserved",
    (
        _STATE,
        Column("definition_a", "text", "First definition", nullable=False),
        Column("definition_b", "text", "Second definition", nullable=False),
        Column("both", "integer", "Tracts under both", least=0),
        Column("either", "integer", "Tracts under at least one", least=0),
        Column("only_a", "integer", "Tracts under the first only", least=0),
        Column("only_b", "integer", "Tracts under the second only", least=0),
        Column("jaccard", "number", "both / either", "0–1", least=0, most=1),
        Column("kappa", "number", "Cohen's kappa", least=-1, most=1),
    ),
    key=("state", "definition_a", "definition_b"),
)
SENSITIVITY = Table(
    "sensitivity",
    "How many of the top communities stay when one setting takes its alternative",
    (
        _STATE,
        Column("setting", "text", "Setting changed", nullable=False),
        Column("alternative", "text", "Value it took", nullable=False),
        Column("unit_kind", "text", "tract or community", nullable=False),
        Column("top", "integer", "How many are compared", least=0),
        Column("kept", "integer", "How many stay", least=0),
        Column("rank_correlation", "number", "Spearman correlation of Priority", least=-1, most=1),
    ),
    key=("state", "setting", "alternative", "unit_kind"),
)
ROLLUPS = Table(
    "rollups",
    "Counties, places and workforce areas: because boards and mayors own budgets, not tracts",
    (
        _STATE,
        Column("area_kind", "text", "county, place, workforce_area, legislative_district, …", nullable=False),
        Column("area_id", "text", "Identifier", nullable=False),
        Column("area_name", "text", "Name", nullable=False),
        Column("n_tracts", "integer", "Tracts with residents", least=0),
        Column("n_gated", "integer", "Underserved tracts", least=0),
        Column("n_tier_a", "integer", "Tracts of tier A", least=0),
        Column("n_tier_b", "integer", "Tracts of tier B", least=0),
        *_ADULTS,
        Column("eligible_adults_gated", "number", "Eligible adults in underserved tracts", "people", least=0),
        Column("eligible_adults_top", "number", "Eligible adults in tracts of tier A or B", "people", least=0),
        _score("need", "Mean Need, weighted by eligible adults"),
        _score("training_gap", "Mean training gap, weighted by eligible adults"),
        _score("opportunity", "Mean Opportunity, weighted by eligible adults"),
        _score("priority", "Mean Priority of underserved tracts, weighted by eligible adults"),
        Column("rank", "integer", "Place by eligible adults in tier A and B tracts, then underserved ones", least=1),
        Column("communities", "text", "Communities wholly or partly inside, by id"),
        Column("providers", "integer", "Providers located inside", least=0),
        Column("planned_sites", "integer", "Planned sites located inside", least=0),
        Column("job_years_mid", "number", "Job-years at planned sites inside, mid", "job-years", least=0),
    ),
    key=("state", "area_kind", "area_id"),
)
CLUSTERS = Table(
    "clusters",
    "Local clusters of Priority (diagnostic; Moran's I with false-discovery control)",
    (
        _GEOID,
        _STATE,
        Column("local_i", "number", "Local Moran's I"),
        Column("p_value", "number", "Two-sided pseudo p-value of conditional permutation", "0–1", least=0, most=1),
        Column("cluster", "text", "high_high, low_low, high_low, low_high or none"),
    ),
    key=("geoid",),
)

RESULT_TABLES: tuple[Table, ...] = (
    TRACT_SCORES,
    NEED_PARTS,
    COMMUNITIES,
    COMMUNITY_TRACTS,
    BARRIERS,
    WORK_BY_QUARTER,
    HUBS,
    EQUITY,
    EQUITY_CURVE,
    AGREEMENT,
    SENSITIVITY,
    ROLLUPS,
    CLUSTERS,
)
