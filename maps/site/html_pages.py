"""Turning contexts into HTML pages: templates that escape everything, and a policy that lets nothing in.

Every style and script is inside the page and named by its hash in the Content-Security-Policy; nothing else may
run or load. Style attributes are not allowed by it either, so drawings use SVG attributes. Does not hold
what the pages say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment
from markupsafe import Markup, escape

from maps.inline_content import hashed
from maps.templating import environment

#: What a template is given, by the names it uses.
Context = Mapping[str, object]


@dataclass(frozen=True)
class Link:
    """A text and the address it leads to."""

    text: str
    href: str


@dataclass(frozen=True)
class Stat:
    """A headline figure of a page, what it counts, and how sure it is."""

    value: str
    text: str
    note: str = ""


def bdi(text: object) -> Markup:
    """Return a name from data in an element that keeps its writing direction to itself."""
    return Markup("<bdi>{}</bdi>").format(text)


def code(text: object) -> Markup:
    """Return a name of the program's own world, such as a setting's."""
    return Markup("<code>{}</code>").format(text)


def heads(texts: Callable[[str], str], group: str, *names: str) -> list[tuple[str, str]]:
    """Return the heads of a table's columns with their class: `rows:n` is the text `rows` over numbers."""
    parted = (name.partition(":") for name in names)
    return [(texts(f"{group}.{name}"), kind) for name, _, kind in parted]


def isolated(text: object) -> str:
    """Return a name from data for the middle of a sentence, between direction isolates."""
    return f"\u2068{text}\u2069"


@cache
def pages() -> Environment:
    """Return the templates of pages with what they call by name."""
    made = environment().overlay()
    made.filters = made.filters | {"bdi": bdi, "code": code}
    made.globals = made.globals | {"heads": heads}
    return made


def policy(styles: Sequence[str], scripts: Sequence[str], image_sources: Sequence[str] = ()) -> str:
    """Return the Content-Security-Policy of a page with these inline styles and scripts and nothing from outside."""
    rules = {
        "default-src": ["'none'"],
        "style-src": [hashed(style) for style in styles] or ["'none'"],
        "script-src": [hashed(script) for script in scripts] or ["'none'"],
        "img-src": ["data:", *image_sources],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
    }
    return "; ".join(f"{name} {' '.join(values)}" for name, values in rules.items())


def _inline(content: str, element: str) -> Markup:
    """Return the project's own style or script as it must stand in a page."""
    if f"</{element}" in content.lower() or "<!--" in content:
        raise ValueError(f"a {element} of the page would end before its end")
    return Markup(content)  # noqa: S704 - the project's own files and folium's map options, never data


def render(
    template: str,
    context: Context,
    *,
    styles: Sequence[str],
    scripts: Sequence[str] = (),
    blocks: Mapping[str, str] | None = None,
    image_sources: Sequence[str] = (),
) -> str:
    """Return a page. `blocks` are inert texts by id: packed data, or JSON made by `map_view.inert_json`."""
    inert = {}
    for name, content in (blocks or {}).items():
        if "<" in content:
            raise ValueError(f"the inert block {name} could be left by what it holds")
        inert[str(escape(name))] = Markup(content)  # noqa: S704 - holds no “<”, so cannot leave its element
    return (
        pages()
        .get_template(template)
        .render(
            **context,
            policy=policy(styles, scripts, image_sources),
            styles=[_inline(style, "style") for style in styles],
            scripts=[_inline(script, "script") for script in scripts],
            blocks=inert,
        )
    )
