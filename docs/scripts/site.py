"""What MkDocs does not know by itself: pages that lie outside docs/, and the API reference made from docstrings.

Named in mkdocs.yml as a hook. The pages of the repository's root become pages of the site, links between them and
those of docs/ lead to each other, and every package of the library gets a page that mkdocstrings fills.
"""

from __future__ import annotations

import ast
import posixpath
import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parent.parent.parent
ROOT_PAGES = {"CONTRIBUTING.md": "contributing.md", "CHANGELOG.md": "changelog.md", "SECURITY.md": "security.md"}
LINK = re.compile(r"(!?\[[^\]]*\])\(([^)\s#]+)(#[^)\s]*)?\)")
PACKAGES = ("geodata", "maps")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the root's pages and one page for each package of the library."""
    for source, target in ROOT_PAGES.items():
        files.append(File.generated(config, target, abs_src_path=str(ROOT / source)))
    for name, text in api_pages().items():
        files.append(File.generated(config, f"api/{name}", content=text))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Lead links between docs/ and the root of the repository to pages of the site."""
    at_root = page.file.src_uri in ROOT_PAGES.values()
    here = "." if at_root else posixpath.dirname(posixpath.join("docs", page.file.src_uri))

    def led(found: re.Match[str]) -> str:
        text, target, anchor = found.groups()
        if "://" in target or target.startswith("mailto:"):
            return found[0]
        goal = goal_of(posixpath.normpath(posixpath.join(here, target)))
        if not goal:
            return text.strip("[]")
        return f"{text}({posixpath.relpath(goal, posixpath.dirname(page.file.src_uri) or '.')}{anchor or ''})"

    return LINK.sub(led, markdown)


def goal_of(path: str) -> str:
    """Return the page of the site for a file of the repository; code leads to its API page, the rest to none."""
    room, *rest = path.split("/")
    if path in ROOT_PAGES or path == "README.md":
        return ROOT_PAGES.get(path, path)
    if room == "docs":
        return "/".join(rest)
    return f"api/{room}.{rest[0].removesuffix('.py')}.md" if room in PACKAGES else ""


def api_pages() -> dict[str, str]:
    """Return the pages of the API reference by name: one a package, and the list of them."""
    pages, rows = {}, []
    for room in PACKAGES:
        modules = sorted(path.stem for path in (ROOT / room).glob("*.py") if path.stem != "__init__")
        packages = sorted(path.parent.name for path in (ROOT / room).glob("*/__init__.py"))
        for name in [*modules, *packages]:
            dotted = f"{room}.{name}"
            pages[f"{dotted}.md"] = f"# {dotted}\n\n::: {dotted}\n"
            rows.append(f"| [{dotted}]({dotted}.md) | {summary(ROOT / room / name)} |")
    pages["README.md"] = (
        "# API reference\n\nMade from the docstrings of the library, package by package. What is private, and the "
        "wiring of Dagster, is left out.\n\n| package | holds |\n|---|---|\n" + "\n".join(rows) + "\n"
    )
    return pages


def summary(path: Path) -> str:
    """Return the first paragraph of the docstring of a module or package, as one line."""
    source = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    text = ast.get_docstring(ast.parse(source.read_text(encoding="utf-8"))) or ""
    return " ".join(text.partition("\n\n")[0].split()).replace("|", "\\|")
