"""Writes every list of a state into a folder, in every format.

`{state}-{list}.csv|json|parquet` for each list, `{state}-{list}.{language}.html` for all but the long ones,
`{state}-lists.gpkg` for all together with a QGIS project that shows it (`{state}-lists.qgs`), and one workbook a
language, `{state}-lists.{language}.xlsx`. CSV, JSON, GeoParquet and GeoPackage hold codes; the pages and the workbook
hold words.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from geodata.schemas.state_result import StateResult
from geodata.storage.files import write_text
from maps.lists.csv_files import write_csv
from maps.lists.data_files import write_json, write_parquet
from maps.lists.file_names import FORMATS, file_name
from maps.lists.file_provenance import provenances
from maps.lists.geopackage import write_geopackage
from maps.lists.list_pages import PAGES, list_page
from maps.lists.list_specs import LISTS, LONG_LISTS
from maps.lists.list_tables import ListTable, list_table
from maps.lists.qgis_project import write_project
from maps.lists.workbook import write_workbook
from maps.texts import Texts, load_texts
from maps.wording.rows import Row
from maps.wording.why import medians_of, why
from maps.wording.words import Words


def list_files(result: StateResult, language: str = "en") -> dict[str, list[str]]:
    """Return the names of the files `write_lists` makes, by list; those of all lists under `lists`."""
    files = {name: [file_name(result, name, ending) for ending in FORMATS] for name in LISTS}
    for name in PAGES:
        files[name].append(file_name(result, name, f"{language}.html"))
    together = [file_name(result, "lists", ending) for ending in (f"{language}.xlsx", "gpkg", "qgs")]
    return {"lists": together, **files}


def texts_for(result: StateResult, language: str) -> Texts:
    """Return the texts of a language with the words of the run's industry."""
    return load_texts(language).about(result.settings.industry)


def tables_in(result: StateResult, texts: Texts) -> dict[str, ListTable]:
    """Return every list, reasons and names of communities in the language of `texts`."""
    medians, words = medians_of(result), Words(texts)

    def reasons(row: Row) -> str:
        return " ".join(why(row, texts, medians))

    return {name: list_table(result, name, reasons, words.community) for name in LISTS}


def workbook_tables(tables: dict[str, ListTable]) -> list[ListTable]:
    """Return the lists of the workbook: all but those too long to mail."""
    return [table for name, table in tables.items() if name not in LONG_LISTS]


def write_lists(result: StateResult, folder: Path, languages: tuple[str, ...] = ("en", "es")) -> list[Path]:
    """Write all lists of a state to `folder` and return the files, in order.

    The first language words the reasons in CSV, JSON, GeoParquet and GeoPackage; each gets a workbook.
    Two calls with the same result write the same bytes.
    """
    folder = Path(folder)
    written: list[Path] = []
    for place, language in enumerate(languages):
        texts = texts_for(result, language)
        tables = tables_in(result, texts)
        if place == 0:
            provenance = provenances(result, texts, tables)
            for name, table in tables.items():
                csv = folder / file_name(result, name, "csv")
                written += write_csv(table, csv, provenance[name], texts)
                written.append(write_json(table, csv.with_suffix(".json"), provenance[name]))
                written.append(write_parquet(table, csv.with_suffix(".parquet"), provenance[name]))
            geopackage = folder / file_name(result, "lists", "gpkg")
            written.append(write_geopackage(list(tables.values()), provenance, geopackage, texts))
            project = geopackage.with_suffix(".qgs")
            written.append(write_project(list(tables.values()), geopackage, project, result.state.name, texts))
        workbook = folder / file_name(result, "lists", f"{language}.xlsx")
        written.append(write_workbook(result, workbook_tables(tables), workbook, texts))
        for name in PAGES:
            page = folder / file_name(result, name, f"{language}.html")
            written.append(write_text(page, list_page(result, name, texts, languages)))
    return written


def write_nation_lists(nation: StateResult, folder: Path, languages: tuple[str, ...] = ("en", "es")) -> list[Path]:
    """Write the communities of all states (`geodata.schemas.state_result.gathered`) to `folder` and return the files,
    in order.

    One CSV, GeoParquet and GeoPackage, and a workbook a language; each says that ranks are taken within each state.
    """
    folder = Path(folder)
    written: list[Path] = []
    for place, language in enumerate(languages):
        texts = texts_for(nation, language)
        communities = list_table(nation, "communities", community_name=Words(texts).community)
        tables = [communities, list_table(nation, "sources")]
        if place == 0:
            provenance = {
                name: replace(each, notice=f"{each.notice} {texts('lists.nation')}".strip())
                for name, each in provenances(nation, texts, [table.name for table in tables]).items()
            }
            csv = folder / file_name(nation, "communities", "csv")
            written += write_csv(communities, csv, provenance["communities"], texts)
            written.append(write_parquet(communities, csv.with_suffix(".parquet"), provenance["communities"]))
            geopackage = folder / file_name(nation, "lists", "gpkg")
            written.append(write_geopackage(tables, provenance, geopackage, texts))
        workbook = folder / file_name(nation, "lists", f"{language}.xlsx")
        written.append(write_workbook(nation, tables, workbook, texts))
    return written
