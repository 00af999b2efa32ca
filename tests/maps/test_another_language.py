"""Another language is one file beside the others: every page, list and brief speaks it and is offered by its name."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

import maps.texts as texts
from geodata.schemas.state_result import StateResult
from maps.briefs.page import brief_html
from maps.briefs.parts import Writer
from maps.briefs.state_brief import state_brief
from maps.figures.write_figures import alt
from maps.lists.list_pages import list_page
from maps.site.build import build_site
from maps.site.national import build_national, entry_of

KEPT = ("format",)


def marked(tree: Any, path: tuple[str, ...] = ()) -> Any:
    """The same texts, each between signs no other language has."""
    if isinstance(tree, dict):
        return {key: tree[key] if not path and key in KEPT else marked(tree[key], (*path, str(key))) for key in tree}
    if isinstance(tree, list):
        return [marked(part, path) for part in tree]
    return f"‹{tree}›" if isinstance(tree, str) else tree


@pytest.fixture
def third(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    folder = tmp_path / "texts"
    shutil.copytree(texts.FOLDER, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    tree = marked(yaml.safe_load((folder / "en.yaml").read_text("utf-8")))
    tree["lists"]["page"]["language"] = "Third"
    (folder / "xq.yaml").write_text(yaml.safe_dump(tree, allow_unicode=True), encoding="utf-8")
    monkeypatch.setattr(texts, "FOLDER", folder)
    yield "xq"
    for cached in (texts.load_texts, texts._tree, texts._about):
        cached.cache_clear()


def test_a_file_dropped_in_is_a_language_of_everything(synthetic: StateResult, third: str, tmp_path: Path) -> None:
    site = build_site(synthetic, tmp_path / "site", ("en", third), figures=False)
    here = f'<a href="{third}/index.html" lang="{third}" hreflang="{third}">Third</a>'
    assert here in (site / "index.html").read_text("utf-8")
    words = texts.load_texts(third)
    for page in (site / third).glob("*.html"):
        html = page.read_text("utf-8")
        assert f'<html lang="{third}">' in html
        assert words("site.skip") in html
        assert texts.load_texts("en")("site.skip") not in html.replace(words("site.skip"), "")
    nation = build_national(map(entry_of, [synthetic]), tmp_path / "nation", ("en", third))
    assert words("site.national.states") in (nation / third / "index.html").read_text("utf-8")
    assert words("lists.titles.tracts") in list_page(synthetic, "tracts", words, ("en", third))
    assert words("briefs.questions.title") in brief_html(state_brief(Writer.of(synthetic, third)))
    assert alt("sensitivity", synthetic, third).startswith("‹")
