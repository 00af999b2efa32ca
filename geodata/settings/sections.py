"""Every choice a person can make, by section: name, type, range, default and what it means.

The reasons for the defaults are in docs/methodology.md. Keys of publishers are not settings: sources name the
environment variable they are read from. Does not hold where values come from (see `geodata.settings.loading`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]
Weights = dict[str, Annotated[float, Field(ge=0)]]
Word = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[^{}<>]+$")]

# Detour factor, urban and rural speed (km/h) that stand in for those left out where one of the three is set.
CONSTANT_SPEEDS = (1.35, 40.0, 70.0)

# Printable ASCII around one @: it is sent as part of a header.
MAIL_ADDRESS = r"^[!-?A-~]+@[!-?A-~]+$"


class Section(BaseModel):
    """A group of settings: unknown names are refused, so a typing error cannot pass unseen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _some_weight(weights: Weights, what: str) -> None:
    if not weights or sum(weights.values()) <= 0:
        raise ValueError(f"at least one {what} needs a weight above zero")


class Need(Section):
    """How need is measured: which definitions, with what weight, ranked among whom."""

    weights: Weights = Field(
        default={"svi": 1.0, "cejst": 1.0, "workforce": 1.0},
        description="Weight of each definition of disadvantage in the ensemble; zero leaves one out.",
    )
    workforce_measures: tuple[str, ...] = Field(
        default=("poverty_150", "unemployed", "no_diploma", "no_vehicle", "limited_english"),
        description="Survey measures whose percentile ranks are averaged into the workforce-need composite.",
    )
    reference_area: Literal["state", "nation"] = Field("state", description="Area within which ranks are taken.")

    @model_validator(mode="after")
    def _checked(self) -> Need:
        _some_weight(self.weights, "definition")
        return self


class JobYears(Section):
    """Low, mid and high job-years; the spread is drawn from in the uncertainty analysis."""

    low: Annotated[float, Field(ge=0)]
    mid: Annotated[float, Field(ge=0)]
    high: Annotated[float, Field(ge=0)]

    @model_validator(mode="after")
    def _ordered(self) -> JobYears:
        if not self.low <= self.mid <= self.high:
            raise ValueError("low, mid and high must rise")
        return self


class Opportunity(Section):
    """What planned sites are worth in work. Sources of the figures: docs/methodology.md."""

    job_years_per_unit: dict[str, JobYears] = Field(
        default={
            "level1": JobYears(low=0.0, mid=0.017, high=0.034),
            "level2": JobYears(low=0.017, mid=0.034, high=0.051),
            "dc_fast": JobYears(low=0.05, mid=0.12, high=0.27),
        },
        description="Installation job-years for one unit, by its kind (in EV charging one port, by level). The names "
        "here are the kinds of units there are.",
    )
    maintenance_job_years_per_unit_year: JobYears = Field(
        default=JobYears(low=0.001, mid=0.002, high=0.004), description="Upkeep, for one unit and year."
    )
    kind_above_kw: dict[str, Annotated[float, Field(ge=0)]] = Field(
        # SAE J1772: alternating current up to 1.9 kW (Level 1) and 19.2 kW (Level 2); above that it is direct current.
        default={"level1": 0.0, "level2": 1.92, "dc_fast": 19.2},
        description="Kind of the units of a listed site that states their power alone: the power (kW) it lies above.",
    )
    kind_of_program: dict[str, str] = Field(
        # Sites of the NEVI program have direct-current chargers (23 CFR 680.106).
        default={"NEVI": "dc_fast"},
        description="Kind of the units of a listed site that states a count and this funding program alone.",
    )
    kind_untold: str = Field("level2", description="Kind of the units of a listed site that states a count alone.")
    maintenance_years: Annotated[float, Field(ge=0)] = Field(1.0, description="Years of upkeep counted.")
    default_units: dict[str, Annotated[float, Field(ge=0)]] = Field(
        default={},
        description="Units assumed at every site that reports none, in place of those that existing stations of its "
        "state and kind have; such sites are flagged either way.",
    )
    prior_least_stations: Annotated[int, Field(ge=1)] = Field(
        30,
        description="Existing stations of a kind a state must have for their units to stand for a site that reports "
        "none; with fewer, all stations of the run do.",
    )
    units_without_stations: Annotated[float, Field(gt=0)] = Field(
        2.0,
        description="Units assumed at a site that reports none where no default_units are given and the stations of "
        "the run are too few: of kind_untold, or of the kind its power or program implies.",
    )
    statuses: tuple[Literal["planned", "under_construction", "delayed", "open", "temporary"], ...] = Field(
        ("planned", "under_construction", "delayed"),
        description="Which sites bring work. Rescinded ones never do.",
    )
    share_built: dict[Literal["planned", "under_construction", "delayed", "open", "temporary"], Share] = Field(
        default={"planned": 0.8, "under_construction": 0.95, "delayed": 0.5},
        description="Chance that a site of each status is built, in the uncertainty analysis; an assumption, as no "
        "published rate is known. Statuses not named are certain.",
    )
    past_expected_dates: Literal["keep", "drop"] = Field(
        "keep", description="Whether planned sites whose expected date has passed still count."
    )

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of units there are, in the order of the table of job-years."""
        return tuple(self.job_years_per_unit)

    @model_validator(mode="after")
    def _known_kinds(self) -> Opportunity:
        if not self.kinds:
            raise ValueError("job_years_per_unit must name at least one kind of unit")
        odd = [kind for kind in self.kinds if not re.fullmatch(r"[a-z][a-z0-9_]*", kind)]
        if odd:
            raise ValueError(f"a kind of unit is written in small letters, digits and _: not “{odd[0]}”")
        named: dict[str, Iterable[str]] = {
            "default_units": self.default_units,
            "kind_above_kw": self.kind_above_kw,
            "kind_of_program": self.kind_of_program.values(),
            "kind_untold": [self.kind_untold],
        }
        for setting, kinds in named.items():
            unknown = sorted(set(kinds) - set(self.kinds))
            if unknown:
                raise ValueError(
                    f"{setting} names the kind “{unknown[0]}”, which job_years_per_unit has no rate for "
                    f"(it has {', '.join(self.kinds)})"
                )
        return self


class Training(Section):
    """Which training counts, and what stands in where nobody reports how much there is."""

    cip_codes: tuple[str, ...] = Field(
        # Automobile mechanics (47.0604) are left out: with them about half of all awards would be in garages.
        ("46.0301", "46.0302", "46.0303", "46.0399", "47.0101", "47.0105", "15.0303", "47.0614"),
        description="CIP 2020 codes of programs that lead to the work.",
    )
    cip_relevance: dict[str, Share] = Field(
        default={},
        description="How much of a seat in a program counts, by code of training.cip_codes; a code not named counts "
        "in full. No published figure says how much less one program leads to the work than another, so by default "
        "all count alike.",
    )
    award_levels: tuple[str, ...] = Field(
        ("20", "21", "2", "4", "3"), description="IPEDS award levels summed; never a total with its parts."
    )
    entry_stages: tuple[Literal["entry", "advanced"], ...] = Field(
        ("entry",), description="Entry stages that count toward the training gap."
    )
    assumed_seats: Positive | None = Field(
        None,
        description="Yearly seats of a provider whose seats are not known; none means the expectation of the priors "
        "of its kind.",
    )
    least_share_teaching: Share = Field(
        0.25,
        description="An institution whose awards are not known is taken for a possible provider where at least this "
        "share of its kind teaches the work.",
    )
    least_for_prior: Annotated[int, Field(ge=2)] = Field(
        30,
        description="Fewest institutions of a kind from which a prior is estimated; with fewer a stated one stands in.",
    )
    campuses: Literal["share", "main"] = Field(
        "share",
        description="Whether awards known for an institution alone are shared over its campuses or stand at its main "
        "one.",
    )

    @model_validator(mode="after")
    def _known_codes(self) -> Training:
        unknown = sorted(set(self.cip_relevance) - set(self.cip_codes))
        if unknown:
            raise ValueError(f"cip_relevance names the code “{unknown[0]}”, which is not among cip_codes")
        return self

    def relevance(self, code: str) -> float:
        """Return how much a seat in the program `code` counts, 0–1; zero for a code that is not chosen."""
        return self.cip_relevance.get(code, 1.0) if code in self.cip_codes else 0.0


class Access(Section):
    """How access is measured."""

    measure: Literal["e2sfca", "2sfca", "3sfca", "gravity", "cumulative"] = Field(
        "e2sfca", description="Access measure."
    )
    decay: Literal["gaussian", "step", "flat"] = Field("gaussian", description="Decay over travel minutes.")
    catchment_minutes: Positive = Field(30.0, description="Farthest travel that counts, urban tracts.")
    rural_catchment_minutes: Positive = Field(60.0, description="Farthest travel that counts, rural tracts.")
    rural_below_people_per_km2: Positive = Field(193.0, description="Density below which a tract is rural.")
    cells_per_tract: Annotated[int, Field(ge=1, le=64)] = Field(
        4, description="Most population cells a tract's travel starts from, where a raster is present."
    )


class MinutesByKm(Section):
    """Minutes of a straight line: start + per_km · km + per_root_km · √km."""

    start: Annotated[float, Field(ge=0, le=15)] = Field(0.0, description="Minutes at no distance.")
    # 0.4 minutes a kilometer is 150 km/h, beyond which nothing is looked for (`geodata.access.reach`).
    per_km: Annotated[float, Field(ge=0.4, le=60)] = Field(description="Minutes for each kilometer.")
    per_root_km: Annotated[float, Field(ge=0, le=60)] = Field(description="Minutes for the root of the kilometers.")

    @property
    def parts(self) -> tuple[float, float, float]:
        """The minutes at the start, for a kilometer and for the root of a kilometer."""
        return self.start, self.per_km, self.per_root_km


class Travel(Section):
    """How travel minutes are found. How the curves were fitted, and how far they are off: docs/travel-times.md."""

    engine: Literal["auto", "great_circle", "friction", "roads", "valhalla", "osrm"] = Field(
        "auto", description="Travel engine; auto takes the friction raster where there is one."
    )
    # Fitted to drive minutes of the Opioid Environment Policy Scan (GeoDa Center 2021) by docs/scripts/fit_travel.py.
    curve_urban: MinutesByKm = Field(
        MinutesByKm(per_km=0.66, per_root_km=2.75),
        description="Minutes of a straight line from an urban origin, fitted to published drive minutes.",
    )
    curve_rural: MinutesByKm = Field(
        MinutesByKm(per_km=0.72, per_root_km=3.18), description="The same from a rural origin."
    )
    curve_range: tuple[Positive, Positive] = Field(
        (0.86, 1.23),
        description="Range of the factor on minutes of the curves in the uncertainty analysis: the states whose "
        "published minutes lie lowest and highest beside the curves.",
    )
    tract_spread: Annotated[float, Field(ge=0, le=1)] = Field(
        0.2,
        description="Standard deviation of the logarithm of one tract's own factor on minutes of straight lines in the "
        "uncertainty analysis, beside that of its state: for nine tracts of ten the published minutes are 0.7 to 1.5 "
        "times those of the curves.",
    )
    detour_factor: Annotated[float, Field(ge=1, le=3)] | None = Field(
        None,
        description="Road length over great circle. With this or a speed set, straight lines take constant speeds "
        "instead of the curves: those left out are 1.35, 40 and 70.",
    )
    detour_range: tuple[float, float] = Field(
        (1.2, 1.5), description="Range drawn from in the uncertainty analysis, at constant speeds."
    )
    speed_kmh_urban: Positive | None = Field(None, description="Mean driving speed, urban origin; see detour_factor.")
    speed_kmh_rural: Positive | None = Field(None, description="Mean driving speed, rural origin; see detour_factor.")
    speed_range: tuple[float, float] = Field(
        (0.85, 1.15), description="Factor range of speeds in the uncertainty, except with the curves."
    )
    open_water_km: Positive = Field(
        1.5, description="Least stretch of a straight line outside all land at which it is said to cross open water."
    )
    roads_file: Path | None = Field(None, description="OpenStreetMap extract (.osm.pbf) for the roads engine.")
    server_url: str | None = Field(None, description="Address of a Valhalla or OSRM server.")
    cache: Path | None = Field(
        None, description="Folder for road networks and server answers; none means the user's cache folder."
    )

    @property
    def constant_speeds(self) -> tuple[float, float, float] | None:
        """Detour factor, urban and rural speed (km/h) where any of them is set; none where the curves are used."""
        given = (self.detour_factor, self.speed_kmh_urban, self.speed_kmh_rural)
        if all(value is None for value in given):
            return None
        detour, urban, rural = (
            standing if value is None else value for value, standing in zip(given, CONSTANT_SPEEDS, strict=True)
        )
        return detour, urban, rural


class Priority(Section):
    """How the pillars become one score, and who is listed."""

    weights: Weights = Field(
        default={"need": 0.5, "training_gap": 0.3, "opportunity": 0.2}, description="Weight of each pillar."
    )
    aggregation: Literal["arithmetic", "geometric"] = Field("arithmetic", description="Mean of the pillars.")
    gate_need: Annotated[float, Field(ge=0, le=100)] = Field(65.0, description="Need at which a tract is underserved.")
    gate_designations: bool = Field(True, description="Whether an official designation opens the gate too.")
    group_quarters_above: Share = Field(
        0.5,
        description="Share of residents in group quarters (institutions, dormitories, barracks) above which a tract is "
        "not ranked.",
    )

    @model_validator(mode="after")
    def _checked(self) -> Priority:
        if set(self.weights) != {"need", "training_gap", "opportunity"}:
            raise ValueError("weights must name need, training_gap and opportunity")
        _some_weight(self.weights, "pillar")
        return self


class Uncertainty(Section):
    """How sure we are."""

    draws: Annotated[int, Field(ge=0, le=100_000)] = Field(1000, description="Monte Carlo draws; 0 turns it off.")
    seed: int = Field(20, description="Seed of the draws.")
    definition_error: dict[str, Share] = Field(
        default={"calenviroscreen": 0.5},
        description="How much of the survey's error in the recomputed index a definition takes that rests on the same "
        "survey and brings no measures of its own, 0–1. Indexes not named here take all of it, official designations "
        "none.",
    )
    top_share: Share = Field(0.10, description="Share of tracts that counts as the top.")
    top_count: Annotated[int, Field(ge=1)] = Field(25, description="Number of tracts of P(top N).")
    tier_a: Share = Field(0.8, description="Least probability of the top share for tier A.")
    tier_b: Share = Field(0.5, description="Least probability for tier B.")
    tier_c: Share = Field(0.2, description="Least probability for tier C.")
    first_count: Annotated[int, Field(ge=2)] = Field(
        5, description="How many communities are the first ones of which it is said who they can be, all together."
    )
    first_level: Annotated[float, Field(gt=0, lt=1)] = Field(
        0.9,
        description="Share of the draws in which the smallest set of communities has to hold all of the first ones.",
    )
    weight_sets: Annotated[int, Field(ge=0, le=10_000)] = Field(
        100,
        description="Sets of pillar weights under which the list is made again, to say in how many a place is among "
        "the first; 0 turns it off.",
    )
    least_weight: Annotated[float, Field(ge=0, le=0.3)] = Field(
        0.10, description="Least share of a pillar in those sets, which are flat over all that keep it."
    )

    @model_validator(mode="before")
    @classmethod
    def _without_drawn_weights(cls, given: object) -> object:
        """Take settings files of version 0.1, which said how far weights are drawn: they no longer are."""
        return (
            {name: value for name, value in given.items() if name != "weight_concentration"}
            if isinstance(given, dict)
            else given
        )

    @model_validator(mode="after")
    def _ordered(self) -> Uncertainty:
        if not self.tier_a >= self.tier_b >= self.tier_c:
            raise ValueError("tier_a, tier_b and tier_c must fall")
        return self


class Communities(Section):
    """How tracts are grouped into communities."""

    tiers: tuple[Literal["A", "B", "C"], ...] = Field(("A", "B"), description="Tiers that are grouped.")
    residents_floor: Annotated[int, Field(ge=0)] = Field(10_000, description="Residents aimed at, at least.")
    residents_cap: Annotated[int, Field(ge=1)] = Field(40_000, description="Most residents of a community.")
    shared_border_m: Positive = Field(50.0, description="Least shared border of neighbors, meters; less is a corner.")
    water_gap_m: Annotated[float, Field(ge=0)] = Field(
        1000.0, description="Widest gap over which a tract that touches no other joins the nearest, meters."
    )
    town_states: tuple[str, ...] = Field(
        ("CT", "MA", "ME", "NH", "RI", "VT", "NY", "NJ", "PA", "MI", "MN", "WI", "ND", "SD"),
        description="States (postal codes) whose towns and townships govern and name where people live.",
    )
    named_first: Annotated[int, Field(ge=1, le=10)] = Field(
        3, description="Communities the first page names for most people, and as many others for strongest need."
    )
    near_km: Positive = Field(
        16.0, description="Farthest a community lies from the middle of a place it is named by as “near”, kilometers."
    )


class Barriers(Section):
    """Which barriers are looked for."""

    measures: tuple[str, ...] = Field(
        ("no_vehicle", "limited_english", "single_parent", "disability", "no_internet", "no_diploma"),
        description="Survey measures treated as barriers.",
    )


class Hubs(Section):
    """Where recruitment hubs may stand and whom they cover."""

    cover_minutes: Positive = Field(20.0, description="Travel within which a hub covers people.")
    most: Annotated[int, Field(ge=1, le=50)] = Field(10, description="Largest number of hubs tried.")
    candidates: tuple[Literal["job_centers", "providers"], ...] = Field(
        ("job_centers", "providers"), description="Sites a hub may stand at."
    )
    solver_seconds: Positive = Field(30.0, description="Longest time for one exact solution.")


class Equity(Section):
    """Below which access people are badly served."""

    training_line: Positive | None = Field(
        None, description="Shortfall line in yearly seats per 1,000 eligible adults; none is a share of the mean."
    )
    work_line: Positive | None = Field(
        None, description="Shortfall line in job-years per 1,000 eligible adults; none is a share of the mean."
    )
    share_of_mean: Share = Field(0.5, description="Shortfall line as a share of the state's mean access.")


class Diagnostics(Section):
    """How the results are examined."""

    top_communities: Annotated[int, Field(ge=1)] = Field(10, description="Top communities followed in the sensitivity.")
    permutations: Annotated[int, Field(ge=99)] = Field(
        4999, description="Permutations of the test for clusters; false-discovery control needs small p-values."
    )
    false_discovery: Share = Field(0.05, description="Expected share of false clusters among those shown.")


class Evidence(Section):
    """When what a pillar rests on is called weak."""

    least_measured: Share = Field(
        0.5,
        description="Share of a pillar’s supply (people, definitions, seats, units, places) that must be measured, or "
        "the first sentence of page, brief and terminal says that it is not; of Priority, what may at most be unsure "
        "for assumed supply is the rest.",
    )
    draws: Annotated[int, Field(ge=0)] = Field(
        200,
        description="Draws in which Priority is also computed with assumed supply at its expectation, to see what the "
        "assumption brings into it; 0 leaves it.",
    )


class Sources(Section):
    """Where data come from."""

    folder: Path | None = Field(None, description="Folder of already-downloaded files; none means live.")
    folders: dict[str, Path] = Field(
        default={}, description="More such folders by name: those an analyst may choose in the launchpad."
    )
    also: tuple[Path, ...] = Field((), description="Further such folders, looked at together with folder.")
    fill_up: bool = Field(
        False, description="With folders of files: ask the publishers for what none of the folders has."
    )
    baseline_url: str | None = Field(
        None, description="Address from which onramp baseline fetches the bundle of what rarely changes."
    )
    baseline_sha256: str | None = Field(None, description="SHA-256 that this bundle must have; none means any.")
    cache: Path | None = Field(None, description="Folder of the download cache; none means the user's cache folder.")
    optional: tuple[str, ...] = Field((), description="Optional sources to turn on, by name.")
    off: tuple[str, ...] = Field((), description="Sources to leave out, by name.")
    sliver_share: Annotated[float, Field(ge=0, le=0.1)] = Field(
        0.01,
        description="Share of a tract's land below which what it shares with a tract of another census is taken for a "
        "difference between two drawings and left out of the carry-over.",
    )
    supplied: Literal["first", "after"] = Field(
        "first",
        description="When files put by hand into the folder “supplied” under the home folder count in a run from the "
        "publishers: before a publisher is asked, or only after it gave nothing.",
    )
    contact: str | None = Field(
        None,
        pattern=MAIL_ADDRESS,
        description="Mail address that publishers may write to about this program's requests; it is sent to them.",
    )
    quiet_seconds: Annotated[float, Field(gt=0, le=3600)] = Field(
        60.0, description="Longest that a source a run can do without may keep it waiting without a byte, in seconds."
    )
    private_redirects: bool = Field(
        False,
        description="Whether a publisher may send on to an address of this machine or a private network, as behind a "
        "mirror of one's own.",
    )
    afdc_host: str = Field("https://developer.nlr.gov", description="Host of the station service.")
    planned_sites_mapping: dict[str, str] = Field(
        default={},
        description="Column of the operator's file for each canonical planned-site column, in all such files.",
    )
    columns: dict[str, dict[str, str]] = Field(
        default={},
        description="Columns of files an office brings that are not called as ours are: by file name (or pattern such "
        "as training*.csv) or by source, our name and the file's own; =RI is a value for every row.",
    )

    @property
    def given_folders(self) -> tuple[Path, ...]:
        """The folders of files to read from, in their order; none means that everything comes from the publishers."""
        return (*(() if self.folder is None else (self.folder,)), *self.also)

    @property
    def asks_publishers(self) -> bool:
        """Whether a run may ask publishers."""
        return self.fill_up or not self.given_folders


class Files(Section):
    """How far a file from outside is followed: each is read in a process of its own (docs/operations.md)."""

    seconds: Annotated[float, Field(ge=1, le=86_400)] = Field(
        300.0, description="Longest reading of one file, seconds."
    )
    inbox_seconds: Annotated[float, Field(ge=1, le=25)] = Field(
        20.0,
        description="Longest reading of one file in the inbox, seconds, after which a look at it begins no other. "
        "Dagster gives a look one minute; larger files go into the folder “supplied” by hand.",
    )
    memory_gb: Annotated[float, Field(ge=0.25, le=1024)] = Field(
        4.0, description="Most memory that reading one file may take, gigabytes."
    )
    rows: Annotated[int, Field(ge=1)] = Field(5_000_000, description="Most rows of one table or layer.")
    size_gb: Annotated[float, Field(gt=0)] = Field(8.0, description="Largest file that is opened, gigabytes.")


class IndustryWords(Section):
    """What one language calls the work, in the middle of a sentence. Braces would be taken for places to fill."""

    name: Word = Field(description="The work: EV charging.")
    site: Word = Field(description="One place of work: charger site.")
    sites: Word = Field(description="Places of work: charger sites.")
    units: Word = Field(description="What a site is made of: ports.")
    thing: Word = Field(description="One of what is built, with its article: a charger.")
    trade: Word = Field(description="People who are in the trade already: electricians.")
    credential: Word = Field(description="What certifies them: EVITP.")
    kinds: dict[str, Word] = Field(description="Units of each kind of opportunity.job_years_per_unit: DC fast ports.")


class Industry(Section):
    """Which clean-economy work this is; see docs/another-industry.md."""

    occupations: tuple[str, ...] = Field(("47-2111", "49-9051"), description="Occupations, SOC 2018.")
    words: dict[str, IndustryWords] = Field(
        default={}, description="Words of the pages by language (docs/another-industry.md); none means EV charging."
    )


class Maps(Section):
    """What the pages show besides the data."""

    online_tiles: bool = Field(
        False,
        description="Whether maps on a web server ask OpenStreetMap for background pictures, which shows it who looks "
        "where; pages opened from disk never do.",
    )


class Alerts(Section):
    """Who is notified of a failed run. Secrets are not settings: these name the environment variables they are in."""

    webhook_url_env: str = Field(
        "ONRAMP_ALERT_WEBHOOK", description="Environment variable with the address a failure is posted to as JSON."
    )
    smtp_host: str | None = Field(None, description="Mail server; none means no e-mail.")
    smtp_port: Annotated[int, Field(ge=1, le=65535)] = Field(25, description="Port of the mail server.")
    smtp_starttls: bool = Field(False, description="Whether the connection is encrypted before anything is said.")
    smtp_user_env: str = Field("ONRAMP_SMTP_USER", description="Environment variable with the mail user, if any.")
    smtp_password_env: str = Field("ONRAMP_SMTP_PASSWORD", description="Environment variable with the password.")
    mail_from: str = Field("onramp@localhost", description="Sender of the e-mail.")
    mail_to: tuple[str, ...] = Field((), description="Who gets the e-mail.")


class Operations(Section):
    """How an unattended deployment is kept."""

    inbox: Path | None = Field(None, description="Folder offices drop files in; none means inbox under home.")
    result_age_days: Annotated[int, Field(ge=1)] = Field(
        8,
        description="Age at which a state’s last finished run is reported as overdue; states are run again every week.",
    )
    keep_copies: Annotated[int, Field(ge=1)] = Field(3, description="Newest copies of each source kept in the cache.")
    keep_runs_days: Annotated[int, Field(ge=7)] = Field(180, description="Days the records of runs are kept.")
    longest_run_hours: Annotated[float, Field(gt=0, le=240)] = Field(
        12.0, description="Hours after which a run is stopped, so that one that is stuck gives back its turn."
    )


class Storage(Section):
    """Where a deployment of several machines keeps what it shares. Keys are not settings: the environment has them."""

    url: str | None = Field(
        None,
        pattern=r"^s3://[a-z0-9][a-z0-9.-]+(/[A-Za-z0-9._-]+)*$",
        description="Object store that machines share, such as s3://bucket/onramp; none means the home folder alone.",
    )


class Web(Section):
    """Who may use the web pages of Dagster (docs/operations.md)."""

    hosts: tuple[str, ...] = Field(
        (),
        description="Names besides localhost under which the pages are asked for, without ports.",
    )
    read_only: bool = Field(False, description="Whether the pages only show: nothing is launched or changed.")
    login_header: str | None = Field(
        None,
        description="Header in which a sign-in proxy names the person, such as X-Forwarded-Email; none asks nobody.",
    )
    proxy_secret_env: str = Field(
        "ONRAMP_PROXY_SECRET",
        description="Environment variable with the secret by which that proxy proves itself.",
    )
