"""Each list as a page that stands alone: every row, sorted and filtered in place, with its downloads beside."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from geodata.schemas.state_result import StateResult
from maps.inline_content import hashed, own_files
from maps.lists.file_names import FORMATS, file_name
from maps.lists.html_table import html_table
from maps.lists.list_specs import LISTS, LONG_LISTS
from maps.templating import standing_alone
from maps.texts import Texts, load_texts
from maps.wording.source_lines import main_sources, missing_sources, old_copies
from maps.wording.travel import travel_sentence
from maps.wording.words import Words

#: Lists with a page; the long ones would be slow to open and are downloads only.
PAGES = tuple(name for name in LISTS if name not in LONG_LISTS)
MOST_SOURCE_SIGNS = 400


def list_page(result: StateResult, name: str, texts: Texts, languages: Sequence[str]) -> str:
    """Return the page of the list `name`; `languages` are those the same page is written in."""
    language, words = texts.language, Words(texts)
    style, script = own_files("list_page.css", "tables.css"), own_files("tables.js")
    sources = main_sources(result, texts, MOST_SOURCE_SIGNS)
    return standing_alone("list_page.html.j2").render(
        t=texts,
        title=f"{texts(f'lists.titles.{name}')}: {result.state.name}",
        as_of=texts("lists.as_of", date=words.date(result.as_of)),
        warnings=[*old_copies(result, texts), *missing_sources(result, texts)]
        if name == "sources"
        else old_copies(result, texts),
        # Escaped where it was made.
        table=Markup(html_table(result, name, texts)),  # noqa: S704
        others=[
            {
                "text": texts(f"lists.sheets.{other}"),
                "href": "" if other == name else file_name(result, other, f"{language}.html"),
            }
            for other in PAGES
        ],
        languages=[
            {
                "text": load_texts(other)("lists.page.language"),
                "href": file_name(result, name, f"{other}.html"),
                "lang": other,
            }
            for other in languages
            if other != language
        ],
        downloads=[
            *({"text": _format(texts, ending), "href": file_name(result, name, ending)} for ending in FORMATS),
            *(
                {
                    "text": f"{texts('lists.page.all')}: {_format(texts, ending.rpartition('.')[2])}",
                    "href": file_name(result, "lists", ending),
                }
                for ending in (f"{language}.xlsx", "gpkg")
            ),
        ],
        travel=travel_sentence(result.facts, texts),
        sources=texts("figures.sources", sources=sources, date=words.date(result.as_of)),
        style=style,
        style_hash=hashed(style),
        script=script,
        script_hash=hashed(script),
    )


def _format(texts: Texts, ending: str) -> str:
    return texts(f"lists.page.formats.{ending}")
