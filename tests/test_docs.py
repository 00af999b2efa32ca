"""The documents say what is so: links lead somewhere, generated pages are current, walk-throughs do what they say."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType
from urllib.parse import unquote

import pytest

from geodata.settings import Settings
from geodata.sources import user_index
from geodata.sources.spec import ParseContext

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "bench").rglob("*.md")])
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"```(\w*)\n(.*?)```", re.DOTALL)


def script(name: str) -> ModuleType:
    """Return a script of docs/scripts/ as a module."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / "scripts" / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def block(page: str, kind: str) -> str:
    """Return the first block of a kind on a page of docs/."""
    found = FENCE.findall((ROOT / "docs" / page).read_text(encoding="utf-8"))
    return next(text for language, text in found if language == kind)


def anchors(page: Path) -> set[str]:
    """Return the places in a page a link can lead to."""
    heads = re.findall(r"(?m)^#+\s+(.+?)\s*$", FENCE.sub("", page.read_text(encoding="utf-8")))
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(page: Path) -> None:
    lost = []
    for target in LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8"))):
        if target.startswith(("https://", "http://", "mailto:")):
            continue
        path, _, anchor = unquote(target).partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.exists() or (anchor and file.suffix == ".md" and anchor not in anchors(file)):
            lost.append(target)
    assert lost == []


def test_the_index_names_every_page() -> None:
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    named = {unquote(target).split("#")[0] for target in LINK.findall(index)}
    pages = {page.name for page in (ROOT / "docs").glob("*.md")} - {"README.md"}
    assert pages - named == set()
    decisions = ROOT / "docs" / "decisions"
    listed = LINK.findall((decisions / "README.md").read_text(encoding="utf-8"))
    assert {page.name for page in decisions.glob("0*.md")} == {name for name in listed if name.startswith("0")}


def test_the_picture_of_the_architecture_is_that_of_the_imports() -> None:
    drawer = script("draw_architecture")
    drawn = drawer.draw(drawer.survey())
    assert drawer.PICTURE.read_text(encoding="utf-8") == drawn, (
        "draw it again: python docs/scripts/draw_architecture.py"
    )


@pytest.mark.parametrize("file", ["data-dictionary.md", "settings.md"])
def test_the_reference_pages_say_what_the_code_says(file: str) -> None:
    writer = script("write_reference")
    page = writer.PAGES[file]()
    assert (ROOT / "docs" / file).read_text(encoding="utf-8") == page, (
        "write it again: python docs/scripts/write_reference.py"
    )
    assert file != "settings.md" or "|  |" not in page.replace("| |", "|  |"), "a setting has no description"


def test_every_dependency_has_its_reason_and_its_row() -> None:
    lister = script("list_dependencies")
    named = {name for names in lister.named().values() for name in names}
    assert named == set(lister.WHY)
    rows = dict(re.findall(r"(?m)^\| ([\w-]+) \| ([^|]+?) \|", lister.PAGE.read_text(encoding="utf-8")))
    locked = lister.locked()
    assert {name: locked[name] for name in named} == {name: rows.get(name) for name in named}, (
        "write it again: python docs/scripts/list_dependencies.py"
    )


def test_a_source_can_be_added_as_the_walk_through_says(tmp_path: Path) -> None:
    module = ModuleType("union_halls")
    exec(compile(block("add-a-source.md", "python"), "add-a-source.md", "exec"), module.__dict__)
    file = tmp_path / "union_halls.csv"
    file.write_text(block("add-a-source.md", "csv"), encoding="utf-8")
    parsed = module.parse(file, ParseContext(Settings()))
    assert (parsed.rows_in, parsed.rows_kept, parsed.out_of_scope) == (4, 2, {"other trade": 1})
    assert parsed.rejects["reason"].tolist() == ["no_name"]
    assert parsed.table["seats"].fillna(-1).tolist() == [35, -1]


@pytest.mark.parametrize(
    ("page", "designated", "refused"),
    [("add-an-index.md", [], ["no_value"]), ("add-a-state-designation.md", [True, False, False, True], [])],
)
def test_an_index_is_read_as_its_walk_through_says(
    tmp_path: Path, page: str, designated: list[bool], refused: list[str]
) -> None:
    name = re.search(r"`(index_\w+\.csv)`", (ROOT / "docs" / page).read_text(encoding="utf-8"))
    assert name is not None
    file = tmp_path / name[1]
    file.write_text(block(page, "csv"), encoding="utf-8")
    parsed = user_index.parse(file, ParseContext(Settings()))
    assert parsed.table["definition"].unique().tolist() == [file.stem.removeprefix("index_")]
    assert parsed.table["designated"].dropna().tolist() == designated
    assert parsed.rejects["reason"].tolist() == refused
