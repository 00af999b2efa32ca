"""Another industry is a settings file: the same programs, other words, other rates, other places of work."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
import yaml

from geodata.analysis import analyze
from geodata.errors import SettingsError
from geodata.fetching.acquire import FolderAcquirer
from geodata.ingest.canonical_tables import CanonicalTables
from geodata.ingest.combine import FEEDS, combine
from geodata.ingest.preflight import usable_settings
from geodata.ingest.read_source import read_source
from geodata.sample import SampleWork, write_sample
from geodata.schemas.canonical import CANONICAL
from geodata.schemas.state_result import StateResult
from geodata.settings import Settings, load_settings
from geodata.sources import SOURCES
from geodata.states import find_state
from maps.briefs import briefs
from maps.interactive.map_points import kinds_counted
from maps.lists import LISTS, list_table
from maps.lists.column_wording import label_of
from maps.lists.list_pages import list_page
from maps.site.build import build_site
from maps.texts import FOLDER, load_texts
from tests.conftest import ROOT

LANGUAGES = ("en", "es")
INDUSTRIES = sorted(path.stem for path in (ROOT / "industries").glob("*.yaml"))
#: Pages take a second or two a language; the texts of every industry are looked at in both.
PAGES_IN = dict.fromkeys(INDUSTRIES, ("es",)) | {"heat_pumps": LANGUAGES}
#: Words of charging. Streets and crews of the sample are called Station and Electric, and may be.
CHARGING = re.compile(
    r"\b(charg(?:e|er|ers|ing)|ports?|EVs?|EVITP|NEVI|AFDC|level[ _]?[12]|dc[ _]fast|charging[ _]\w+|"
    r"cargador(?:es)?|cargas?|recargas?|puertos?|nivel [12]|electricians?|electricistas?)\b",
    re.IGNORECASE,
)
CODE = re.compile(r"<style.*?</style>|<script(?![^>]*application/json)[^>]*>.*?</script>", re.DOTALL)


@dataclass(frozen=True)
class Made:
    """A run of the sample about another industry, and the folder its pages are in."""

    settings: Settings
    result: StateResult
    folder: Path


@pytest.fixture(scope="module", params=INDUSTRIES)
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp(request.param)
    quick = {"uncertainty": {"draws": 20}, "diagnostics": {"permutations": 99}}
    settings = load_settings(ROOT / "industries" / f"{request.param}.yaml", quick)
    files = write_sample(folder / "files", tracts=100, neighbor=False, work=SampleWork.of(settings))
    states = [find_state("XL")]
    tables = [table for table in CANONICAL if table.name in FEEDS and table.name not in ("rasters", "landmarks")]
    names = {name for table in tables for name in FEEDS[table.name]}
    reads = {name: read_source(SOURCES[name], FolderAcquirer(files), states, settings) for name in names}
    canonical = CanonicalTables.of(
        {table.name: combine(table, {name: reads[name] for name in FEEDS[table.name]}, settings) for table in tables}
    )
    result = analyze(canonical, ["XL"], settings, "2026-09-30")["XL"]
    build_site(result, folder / "site", PAGES_IN[request.param])
    return Made(settings, result, folder)


def charging_in(text: str) -> set[str]:
    """Return what `text` says of charging, with what stands around it."""
    plain = CODE.sub("", text)
    return {plain[max(0, found.start() - 40) : found.end() + 40] for found in CHARGING.finditer(plain)}


@pytest.mark.slow
def test_no_page_speaks_of_charging(made: Made) -> None:
    pages = sorted((made.folder / "site").rglob("*.html"))
    assert len(pages) > 20
    assert {page.name: found for page in pages if (found := charging_in(page.read_text("utf-8")))} == {}
    first = (made.folder / "site" / "index.html").read_text("utf-8")
    assert any(words.sites in first for words in made.settings.industry.words.values())


@pytest.mark.slow
def test_no_list_and_no_brief_speaks_of_charging(made: Made) -> None:
    language = "es"
    texts = load_texts(language).about(made.result.settings.industry)
    for name in LISTS:
        assert charging_in(list_page(made.result, name, texts, LANGUAGES)) == set()
        for column in list_table(made.result, name).columns:
            assert charging_in(f"{column.name} {column.meaning} {label_of(texts, name, column)}") == set()
    written = [str(brief) for _, brief in briefs(made.result, language)]
    assert len(written) > 1
    assert set().union(*map(charging_in, written)) == set()


@pytest.mark.slow
def test_the_numbers_follow_the_labor_table_of_the_industry(made: Made) -> None:
    opportunity = made.settings.opportunity
    sites = made.result.table("sites")
    sites = sites[sites["job_years_mid"].notna()]
    assert set(sites["source"]) == {"planned_sites"}
    assert kinds_counted(sites) == list(opportunity.kinds)
    counts = sites[[f"units_{kind}" for kind in opportunity.kinds]]
    # The sample gives every kind somewhere, and leaves some sites silent.
    assert counts.notna().any().all() and counts.isna().all(axis=1).any()
    upkeep = opportunity.maintenance_job_years_per_unit_year.mid * opportunity.maintenance_years
    for (_, site), work in zip(counts.iterrows(), sites["job_years_mid"], strict=True):
        units = site.dropna() if site.notna().any() else pd.Series(opportunity.default_units).add_prefix("units_")
        by_hand = sum(n * (opportunity.job_years_per_unit[str(k)[6:]].mid + upkeep) for k, n in units.items())
        assert work == pytest.approx(by_hand)


@pytest.mark.slow
def test_the_providers_teach_the_trade_of_the_industry(made: Made) -> None:
    entry = made.result.table("providers").query("entry_stage == 'entry'")
    codes = {code for text in entry["cip_codes"].dropna() for code in text.split()}
    assert codes == set(made.settings.training.cip_codes)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("industry", INDUSTRIES)
def test_no_text_of_the_project_speaks_of_charging(industry: str, language: str) -> None:
    settings = usable_settings(ROOT / "industries" / f"{industry}.yaml")
    texts = load_texts(language).about(settings.industry)
    groups = yaml.safe_load((FOLDER / f"{language}.yaml").read_text("utf-8")).keys() - {"industry"}
    assert {group: found for group in groups if (found := charging_in(str(texts.find(group))))} == {}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"opportunity": {"default_units": {"home": 4}}}, "default_units names the kind “home”"),
        ({"opportunity": {"job_years_per_unit": {"home": {"low": 1, "mid": 1, "high": 1}}}}, "no rate for"),
        ({"industry": {"words": {"en": {"name": "{x}"}}}}, "industry.words.en"),
    ],
)
def test_half_an_industry_is_refused_in_a_sentence(changes: dict[str, object], sentence: str) -> None:
    with pytest.raises(SettingsError, match=sentence):
        load_settings(None, changes)


def test_an_industry_without_the_words_of_a_language_is_refused() -> None:
    with pytest.raises(SettingsError, match="no words in the language “es”"):
        own = yaml.safe_load((ROOT / "industries" / "solar.yaml").read_text("utf-8"))
        del own["industry"]["words"]["es"]
        load_settings(None, own)
