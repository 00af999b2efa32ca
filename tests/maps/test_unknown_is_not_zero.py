"""Each source is taken away in turn, and every product that people read is searched for what it can no longer know.

Pages, lists, workbook, GeoPackage, briefs as HTML and PDF, figures in words, and the terminal; the state is the
hand-worked grid of nine tracts (`tests.integration.test_real_states` does the same with Rhode Island). A product may
say that something is unknown; it may not say none, zero, out of reach or 100 % of it, in either language.
"""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import openpyxl
import pandas as pd
import pyogrio
import pypdf
import pytest
from rich.console import Console

from geodata.analysis import analyze
from geodata.ingest.canonical_tables import CanonicalTables
from geodata.schemas.canonical import DEFINITIONS, JOB_CENTERS, MEASURES, PROVIDERS, SITES
from geodata.schemas.state_result import StateResult
from geodata.scoring.known_supplies import RESTS_ON
from maps.briefs import brief_html, brief_pdf, briefs
from maps.figures.write_figures import FIGURES, alt
from maps.lists.csv_files import write_csv
from maps.lists.data_files import write_json
from maps.lists.geopackage import write_geopackage
from maps.lists.list_pages import list_page
from maps.lists.list_tables import ListTable, list_table
from maps.lists.workbook import workbook_bytes
from maps.lists.write_lists import provenances, texts_for
from maps.site.build import build_site
from maps.texts import Texts, load_texts
from maps.wording.rows import records
from maps.wording.trades import trades_sentence
from maps.wording.why import medians_of, why
from pipelines.command.report import report
from tests.geodata import small_world as world
from tests.support.browser import Page, chromium

LANGUAGES = ("en", "es")
# The lists that tell of supplies and people.
READ = ("tracts", "communities", "areas", "state_summary", "evidence")
SETTINGS = world.SETTINGS.with_changes({"uncertainty": {"draws": 20}})


def without_margins(measures: pd.DataFrame, *names: str) -> pd.DataFrame:
    """Return the survey with no margin for the measures named, or for any."""
    chosen = measures["measure"].isin(names or measures["measure"].unique())
    gone = {name: measures[name].mask(chosen) for name in ("count_moe", "share_moe")}
    return MEASURES.validate(measures.assign(**gone))


def survey() -> pd.DataFrame:
    return world.canonical().table("measures")


REMOVED: dict[str, Callable[[], CanonicalTables]] = {
    "nothing": world.canonical,
    "providers": lambda: world.canonical(providers=PROVIDERS.empty()),
    "sites": lambda: world.canonical(sites=SITES.empty()),
    "job_centers": lambda: world.canonical(job_centers=JOB_CENTERS.empty()),
    "survey": lambda: world.canonical(measures=MEASURES.empty()),
    "margins": lambda: world.canonical(measures=without_margins(survey())),
    "margin_of_poverty": lambda: world.canonical(measures=without_margins(survey(), "poverty_150")),
    "margin_of_residents": lambda: world.canonical(measures=without_margins(survey(), "population")),
    "margin_of_vehicles": lambda: world.canonical(measures=without_margins(survey(), "no_vehicle")),
    "indices": lambda: world.canonical(definitions=DEFINITIONS.empty()),
}
NO_MARGIN_OF_ADULTS = ("margins", "margin_of_poverty", "margin_of_residents")
NO_MARGIN_OF_BARRIERS = ("survey", "margins", "margin_of_vehicles")


@cache
def computed(removed: str) -> StateResult:
    return analyze(REMOVED[removed](), ["XL"], SETTINGS, world.AS_OF)["XL"]


@dataclass(frozen=True)
class Products:
    """What people read of a result: texts by language and product, and the rows of its lists by name."""

    said: Mapping[str, Mapping[str, str]]
    lists: Mapping[str, list[dict[str, str]]]
    json_rows: Mapping[str, list[dict[str, object]]]
    layers: Mapping[str, pd.DataFrame]
    sheets: Mapping[str, list[dict[str, object]]]


def seen(page: str) -> str:
    """Return what a reader of a page gets: its words and the names of its drawings, without scripts and styles."""
    page = re.sub(r"<(script|style)\b.*?</\1>", " ", page, flags=re.S)
    named = " ".join(re.findall(r'(?:aria-label|alt|title)="([^"]*)"', page))
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page) + " " + named)).replace("\u2068", "")


@cache
def products(removed: str, folder: Path) -> Products:
    result, place = computed(removed), folder / removed
    site = build_site(result, place / "site", LANGUAGES, figures=False)
    tables = {name: list_table(result, name) for name in READ}
    said: dict[str, dict[str, str]] = {language: {} for language in LANGUAGES}
    for file in site.rglob("*.html"):
        language = "es" if file.parent.name == "es" or file.stem.endswith("-es") else "en"
        said[language][f"site/{file.name}"] = seen(file.read_text("utf-8"))
    for language in LANGUAGES:
        texts, medians = texts_for(result, language), medians_of(result)
        tracts = records(result.table("tract_scores"))
        said[language]["why"] = " ".join(sentence for row in tracts for sentence in why(row, texts, medians))
        for name in READ:
            said[language][f"lists/{name}"] = seen(list_page(result, name, texts, LANGUAGES))
        for ident, brief in briefs(result, language):
            said[language][f"brief/{ident}"] = seen(brief_html(brief))
            if ident is None:
                said[language]["pdf"] = in_pdf(brief_pdf(brief))
        said[language]["figures"] = " ".join(alt(name, result, language) for name in FIGURES)
    screen = Console(file=io.StringIO(), width=160)
    report(screen, result, {})
    assert isinstance(screen.file, io.StringIO)
    said["en"]["terminal"] = screen.file.getvalue()
    texts = texts_for(result, "en")
    provenance = provenances(result, texts, tables)
    rows, held = {}, {}
    for name, table in tables.items():
        write_csv(table, place / f"{name}.csv", provenance[name], texts)
        rows[name] = list(_rows(place / f"{name}.csv"))
        written = write_json(table, place / f"{name}.json", provenance[name])
        held[name] = json.loads(written.read_text("utf-8"))["rows"]
    layers, sheets = {}, {}
    # Their columns are looked at where a whole supply is unknown.
    if removed in ("providers", "sites"):
        write_geopackage(list(tables.values()), provenance, place / "lists.gpkg", texts)
        layers = {name: pyogrio.read_dataframe(place / "lists.gpkg", layer=name, read_geometry=False) for name in READ}
        sheets = in_workbook(workbook_bytes(result, list(tables.values()), texts), tables, texts)
    return Products(said, rows, held, layers, sheets)


def in_pdf(document: bytes) -> str:
    """Return the words of a PDF on one line."""
    pages = pypdf.PdfReader(io.BytesIO(document)).pages
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages)).replace("\u2068", "")


def in_workbook(book: bytes, tables: Mapping[str, ListTable], texts: Texts) -> dict[str, list[dict[str, object]]]:
    """Return the rows of the sheets of a workbook below their heads, by the columns of their lists."""
    sheets = openpyxl.load_workbook(io.BytesIO(book), read_only=True)
    found = {}
    for name, table in tables.items():
        _, *lines = sheets[texts(f"lists.sheets.{name}")].iter_rows(values_only=True)
        found[name] = [dict(zip((column.name for column in table.columns), line, strict=False)) for line in lines]
    return found


def _rows(file: Path) -> Iterator[dict[str, str]]:
    lines = [line for line in file.read_text("utf-8-sig").splitlines() if not line.startswith("#")]
    return csv.DictReader(lines)


NAMED = ("name", "names", "provider", "note", "minutes")


def claim(texts: Texts, key: str) -> list[str]:
    """Return patterns of a text, whatever names and numbers its places are filled with."""
    found = texts.find(key)
    forms = list(found.values()) if isinstance(found, Mapping) else [found]

    def filled(place: re.Match[str]) -> str:
        return ".{1,80}?" if place.group(1) in NAMED else r"(?<![\w.,])\d(?:[\d.,]*\d)?( ?%)?"

    return [re.sub(r"\\\{(\w+)\\\}", filled, re.escape(str(form))) for form in forms]


TRAINING_CLAIMS = (
    "why.training_none why.training why.seats map.card.training_none map.card.training map.card.seats "
    "site.community.training_nothing site.community.training_text site.minute.why_far briefs.facts.training_none "
    "briefs.training.none briefs.training.community briefs.training.state briefs.facts.seats_value "
    "codes.action_means.bring_training codes.action_means.build_both codes.action_means.connect_to_work "
    "codes.action_means.recruit_now briefs.questions.build_both map.card.points_of.gap"
)
WORK_CLAIMS = (
    "why.work_none why.work why.work_little map.card.work_none map.card.work site.community.quarters_none "
    "site.minute.why_near site.minute.work_text briefs.work.none briefs.facts.work_value briefs.questions.no_sites "
    "codes.action_means.bring_training codes.action_means.build_both codes.action_means.connect_to_work "
    "codes.action_means.recruit_now map.card.points_of.work"
)
ADULT_CLAIMS = (
    "why.people why.people_plain site.community.who_text site.community.who_text_no_margin site.minute.who_lead "
    "site.minute.who_text briefs.who.community briefs.who.community_no_margin briefs.facts.adults_note"
)
BARRIER_CLAIMS = "site.community.barriers_none briefs.barriers.none briefs.barriers.none_state site.overview.who_text"
# Zero of anything, in either language.
NOUNS = (
    r"seats?|a year|providers?|training|job-years?|planned|sites?|ports?|eligible|adults?|"
    r"plazas?|al año|proveedor(?:es)?|capacitación|años?-persona|sitios?|puertos?|adultos?"
)
ZERO = rf"(?<![\d.,])0 (?:{NOUNS})\b"
KEYS = {"providers": TRAINING_CLAIMS, "sites": WORK_CLAIMS, "survey": ADULT_CLAIMS}
NO_MARGIN = r"give or take (?:0|no value|nan)|margen de (?:0|sin valor|nan)|± ?(?:no value|sin valor|nan)|\bnan\b"


def forbidden(removed: str, texts: Texts) -> list[str]:
    """Return patterns of the sentences that cannot be true where something is taken away."""
    keys = KEYS.get(removed, "").split()
    keys += BARRIER_CLAIMS.split() if removed in NO_MARGIN_OF_BARRIERS else []
    patterns = [pattern for key in keys for pattern in claim(texts, key)]
    if removed in ("providers", "sites"):
        patterns += [ZERO]
    # The grid's vehicles are known exactly, so a margin of none is true of them while they have one.
    patterns += [r"± ?0(?![\d.,])"] if removed in NO_MARGIN_OF_BARRIERS else []
    return [*patterns, NO_MARGIN]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("products")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("removed", [name for name in REMOVED if name != "nothing"])
def test_no_product_claims_what_is_unknown(removed: str, language: str, folder: Path) -> None:
    texts = load_texts(language).about(SETTINGS.industry)
    found = {
        (product, match.group(0)[:120])
        for product, text in products(removed, folder).said[language].items()
        for pattern in forbidden(removed, texts)
        for match in re.finditer(pattern, text, flags=re.I)
    }
    assert found == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_search_finds_the_claims_where_they_can_be_made(language: str, folder: Path) -> None:
    """With everything there the same products do say how far training is and how many adults there are."""
    texts = load_texts(language).about(SETTINGS.industry)
    text = " ".join(products("nothing", folder).said[language].values())
    for keys in (TRAINING_CLAIMS, WORK_CLAIMS, ADULT_CLAIMS):
        patterns = [pattern for key in keys.split() for pattern in claim(texts, key)]
        assert sum(bool(re.search(pattern, text, flags=re.I)) for pattern in patterns) >= 5


@pytest.mark.parametrize(("removed", "supply"), [("providers", "training"), ("sites", "work")])
def test_every_column_of_an_unknown_supply_is_empty_in_every_list(removed: str, supply: str, folder: Path) -> None:
    made = products(removed, folder)
    for name in ("tracts", "communities", "areas", "state_summary"):
        assert made.lists[name]
        for column in set(RESTS_ON[supply]) & set(made.lists[name][0]):
            assert {row[column] for row in made.lists[name]} == {""}, (name, column)
            assert {row[column] for row in made.json_rows[name]} == {None}, (name, column)
            # A last column without any value has no cells at all.
            assert {row.get(column) for row in made.sheets[name]} == {None}, (name, column)
            assert made.layers[name][column].isna().all(), (name, column)
        # The rows are those of the lists, so that an empty column is not one that was looked for in vain.
        known = [str(row["geoid" if name == "tracts" else "state"]) for row in made.lists[name]]
        for rows in (made.sheets[name], made.layers[name].to_dict("records")):
            assert [str(row["geoid" if name == "tracts" else "state"]) for row in rows] == known, name


@pytest.mark.parametrize(("removed", "subject"), [("providers", "seats"), ("sites", "units"), ("survey", "people")])
def test_the_first_sentence_and_the_terminal_say_what_is_unknown(removed: str, subject: str, folder: Path) -> None:
    for language, texts in ((language, load_texts(language)) for language in LANGUAGES):
        said = products(removed, folder).said[language]
        doubt = texts(f"evidence.unknown.{subject}")
        where = ["site/index.html", "brief/None", *(["terminal"] if language == "en" else [])]
        assert all(doubt in said[name] for name in where), where
    verdicts = {row["subject"]: row["verdict"] for row in products(removed, folder).lists["evidence"]}
    assert verdicts[subject] == "unknown"


@pytest.mark.parametrize("removed", NO_MARGIN_OF_ADULTS)
def test_a_sum_with_an_unknown_margin_has_an_unknown_margin_everywhere(removed: str, folder: Path) -> None:
    made = products(removed, folder)
    for name, columns in (("communities", 1), ("areas", 1), ("state_summary", 5)):
        margins = [column for column in made.lists[name][0] if column.endswith("_moe")]
        assert len(margins) >= columns
        known = {row[column] for row in made.lists[name] for column in margins}
        assert known <= {"", *({"0", "0.0"} if name == "state_summary" else set())}, (name, known)
    assert "margin of error unknown" in made.said["en"]["site/index.html"]


def test_priority_says_on_what_it_rests_where_a_pillar_is_unknown(folder: Path) -> None:
    said = products("providers", folder).said["en"]
    sentence = "Priority is therefore based on need and planned work within reach alone."
    assert sentence in said["site/index.html"] and sentence in said["terminal"]
    scores = computed("providers").table("tract_scores")
    points = scores[["points_need", "points_opportunity"]].sum(axis=1)
    assert (points - scores["priority"]).abs().max() < 1e-9


def test_nothing_is_said_to_be_weak_where_everything_is_measured(folder: Path) -> None:
    for language in LANGUAGES:
        text = " ".join(products("nothing", folder).said[language].values())
        assert load_texts(language)("evidence.alone", doubts="").split(":")[0] not in text
    assert {row["verdict"] for row in products("nothing", folder).lists["evidence"]} == {"measured"}


@pytest.mark.browser
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("removed", ["providers", "sites"])
def test_the_map_says_unknown_on_its_cards_and_in_its_legend(removed: str, language: str, folder: Path) -> None:
    products(removed, folder)
    site = folder / removed / "site"
    texts = load_texts(language).about(SETTINGS.industry)
    with chromium(folder / f"profile-{removed}-{language}") as driver:
        page = Page(driver, site / ("" if language == "en" else language) / "index.html", "#layer=minutes").ready()
        for kind, index in (("community", 0), ("tract", 8)):
            page.run("Onramp.page.model.select({kind: arguments[0], index: arguments[1]}, true)", kind, index)
            card = page.text("#card")
            assert texts("why.training_unknown" if removed == "providers" else "why.work_unknown") in card
            # The card of a tract has the parts of its score.
            assert (texts("map.card.points_unknown") in card) == (kind == "tract")
            found = [re.findall(f"({pattern})", card, re.I) for pattern in forbidden(removed, texts)]
            assert [one for one in found if one] == []
            if removed == "sites" and kind == "community":
                # With providers known the card says which trades their seats are in.
                assert (
                    trades_sentence(computed(removed).table("communities")["seats_by_program"].iloc[0], texts) in card
                )
        legend = page.text("#legend")
        assert (texts("map.legend.beyond") in legend) == (removed == "sites")
        if removed == "providers":
            assert texts("map.legend.unknown") in legend
        assert page.logs() == []
