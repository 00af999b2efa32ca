"""The site of a state as files: complete, the same twice, small, and never run by what its data say."""

from __future__ import annotations

import base64
import dataclasses
import gzip
import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path

import folium
import pandas as pd
import pytest

from geodata.schemas.canonical import CANONICAL
from geodata.schemas.state_result import StateResult
from maps.interactive import leaflet, map_view
from maps.interactive.payload import map_payload
from maps.site.build import build_site
from maps.texts import load_texts
from tests.maps.synthetic import HOSTILE_NAMES, SCHEMAS, synthetic_result


@pytest.fixture(scope="module")
def site(synthetic: StateResult, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_site(synthetic, tmp_path_factory.mktemp("sites") / "XL")


def facts_in(page: str) -> dict:
    block = re.search(r'<script type="text/plain" id="map-facts">([^<]*)</script>', page)
    assert block
    return json.loads(gzip.decompress(base64.b64decode(block.group(1))))


def hashes(folder: Path) -> dict[str, str]:
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def test_every_page_is_there_in_every_language(site: Path, synthetic: StateResult) -> None:
    english = {file.name for file in site.glob("*.html")} - {"XL-en.html", "XL-es.html"}
    assert english == {file.name for file in (site / "es").glob("*.html")}
    assert {"index.html", "communities.html", "counties.html", "areas.html", "method.html", "data.html"} <= english
    assert len(list(site.glob("community-*.html"))) == len(synthetic.table("communities"))
    rollups = synthetic.table("rollups")
    assert len(list(site.glob("county-*.html"))) == (rollups["area_kind"] == "county").sum()
    assert len(list(site.glob("area-*.html"))) == (rollups["area_kind"] == "workforce_area").sum()
    assert {"XL-en.html", "XL-es.html"} <= {file.name for file in site.glob("*.html")}


def test_two_builds_are_equal(site: Path, synthetic: StateResult, tmp_path: Path) -> None:
    shuffled = StateResult(
        **{
            **vars(synthetic),
            "tables": {
                name: table.sample(frac=1, random_state=3).reset_index(drop=True)
                if name in ("tract_scores", "tracts", "communities", "sites", "providers", "barriers")
                else table
                for name, table in synthetic.tables.items()
            },
        }
    )
    assert hashes(build_site(shuffled, tmp_path / "again")) == hashes(site)


def test_no_page_names_anything_outside(site: Path) -> None:
    for file in site.rglob("*.html"):
        page = file.read_text(encoding="utf-8")
        loads = re.findall(
            r"<(?:script|link|img|iframe|source|object|embed)\b[^>]*?(?:src|href|data)=(?!.data:image/svg)", page
        )
        assert loads == [], file.name
        assert "sourceMappingURL" not in page
        assert not re.search(r"url\((?!#)", re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)), file.name


def test_links_between_pages_lead_somewhere(site: Path) -> None:
    for file in site.rglob("*.html"):
        page = re.sub(r"<script.*?</script>", "", file.read_text(encoding="utf-8"), flags=re.DOTALL)
        for href in re.findall(r'<a [^>]*href="([^"]*)"', page):
            target = file.parent / href.split("#")[0] if href.split("#")[0] else file
            assert target.is_file(), (file.name, href)


def test_an_old_site_stays_until_the_new_one_is_whole(synthetic: StateResult, tmp_path: Path) -> None:
    folder = build_site(synthetic, tmp_path / "XL", ("en",), figures=False)
    before = hashes(folder)
    broken = StateResult(**{**vars(synthetic), "tables": {**synthetic.tables, "hubs": pd.DataFrame({"p": [1]})}})
    with pytest.raises(KeyError):
        build_site(broken, folder, ("en",), figures=False)
    assert hashes(folder) == before
    assert [file.name for file in tmp_path.iterdir()] == ["XL"]


def test_what_must_be_said_is_said_on_every_page(site: Path) -> None:
    for language, folder in (("en", site), ("es", site / "es")):
        texts = load_texts(language)
        for file in folder.glob("*.html"):
            if file.name.startswith("XL-") and not file.name.endswith(f"-{language}.html"):
                continue
            page = file.read_text(encoding="utf-8")
            assert texts("site.sample") in page
            assert texts("site.not_a_benefit") in page
            header = page[: page.index("<main")]
            assert texts("site.sample") in header
            assert texts.word("codes.definition", "cejst") in page
            assert "Charging stations (fictional)" in page  # the stale source is named


def test_real_data_carries_no_sample_banner(tmp_path: Path) -> None:
    result = synthetic_result(40)
    real = StateResult(
        **{
            **vars(result),
            "state": next(s for s in map(_find, ("RI",))),
            "sources": [],
        }
    )
    page = (build_site(real, tmp_path / "RI", ("en",), figures=False) / "index.html").read_text(encoding="utf-8")
    assert "banner sample" not in page


def _find(code: str):  # type: ignore[no-untyped-def]
    from geodata.states import find_state

    return find_state(code)


def test_the_answer_stands_before_the_table_and_the_table_before_the_map(site: Path) -> None:
    page = (site / "index.html").read_text(encoding="utf-8")
    places = [page.index(mark) for mark in ('class="big"', 'id="where"', 'id="map-section"')]
    assert places == sorted(places)
    assert "very likely among the top tenth" in page


def test_the_page_holds_the_numbers_of_the_run(site: Path, synthetic: StateResult) -> None:
    facts = facts_in((site / "index.html").read_text(encoding="utf-8"))
    scores = synthetic.table("tract_scores").sort_values("geoid").reset_index(drop=True)
    tracts = facts["tracts"]
    ids = [f"{tracts['county_ids'][c]}{code:06d}" for c, code in zip(tracts["county"], tracts["code"], strict=True)]
    assert ids == list(scores["geoid"])
    assert tracts["rank"] == [None if pd.isna(rank) else rank for rank in scores["rank"]]
    assert [v is None for v in tracts["priority"]] == list(scores["priority"].isna())
    points = [
        sum(parts)
        for parts in zip(tracts["points_need"], tracts["points_gap"], tracts["points_work"], strict=True)
        if None not in parts
    ]
    assert points == pytest.approx([p for p in tracts["priority"] if p is not None], abs=2)


def test_language_changes_words_and_nothing_else(site: Path) -> None:
    assert facts_in((site / "index.html").read_text("utf-8")) == facts_in(
        (site / "es" / "index.html").read_text("utf-8")
    )


def test_a_state_of_which_nothing_is_known_still_gets_its_pages(tmp_path: Path) -> None:
    result = synthetic_result(40)
    empty = {table.name: table.empty() for table in (*SCHEMAS.values(), *CANONICAL)}
    bare = StateResult(state=result.state, as_of="2026-11-22", tables=empty)
    folder = build_site(bare, tmp_path / "bare", figures=False)
    assert load_texts("en")("start.none") in (folder / "index.html").read_text("utf-8")
    scores = result.table("tract_scores")
    tables = {**empty, "tract_scores": scores.assign(rank=None, tier="none", gated=False, has_polygon=False)}
    build_site(StateResult(state=result.state, as_of="2026-11-22", tables=tables), tmp_path / "listed", figures=False)


def test_unknown_adults_are_not_shown_as_none(synthetic: StateResult, tmp_path: Path) -> None:
    names = ("tract_scores", "communities")
    blank = {
        name: synthetic.table(name).assign(eligible_adults=float("nan"), eligible_adults_moe=float("nan"))
        for name in names
    }
    totals = synthetic.table("state_summary")
    adults = [name for name in totals.columns if name.startswith("eligible_adults")]
    blank["state_summary"] = totals.assign(**dict.fromkeys(adults, float("nan")))
    result = replace(synthetic, tables={**synthetic.tables, **blank})
    page = (build_site(result, tmp_path / "XL", figures=False) / "index.html").read_text("utf-8")
    assert load_texts("en")("site.minute.who_unknown_text") in page
    assert re.search(r"(?<![\d,])0 eligible adults", page) is None
    assert "give or take 0" not in page


def test_downloads_are_linked_from_both_languages(synthetic: StateResult, tmp_path: Path) -> None:
    folder = build_site(synthetic, tmp_path / "XL", downloads=("xl-tracts.csv",), figures=False)
    assert 'href="xl-tracts.csv"' in (folder / "data.html").read_text("utf-8")
    assert 'href="../xl-tracts.csv"' in (folder / "es" / "data.html").read_text("utf-8")


def test_names_never_run_in_the_pipeline(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """folium and branca run text as templates; no name may ever reach them, nor be run by Jinja or the shell."""
    hostile = synthetic_result(60, hostile=True)
    folder = build_site(hostile, tmp_path / "XL", ("en",), figures=False)
    for file in folder.rglob("*.html"):
        page = file.read_text(encoding="utf-8")
        assert "uid=" not in page
        assert ">49 " not in page  # {{7*7}}
        assert "<img src=x" not in page
    assert "uid=" not in capfd.readouterr().out
    html = (folder / "data.html").read_text(encoding="utf-8")
    assert "{{7*7}}" in html
    assert "{# never closed" in html


def test_folium_makes_the_map_and_sees_no_data(synthetic: StateResult, monkeypatch: pytest.MonkeyPatch) -> None:
    hostile = synthetic_result(60, hostile=True)
    seen: list[str] = []
    rendered = map_view.folium_script
    monkeypatch.setattr(map_view, "folium_script", lambda made: seen.append(rendered(made)) or seen[-1])
    scripts = []
    for result in (hostile, synthetic):
        texts = load_texts("en").about(result.settings.industry)
        scripts.append(map_view.fragments(map_payload(result), result, texts, pages={}).scripts)
    assert len(seen) == 2
    assert not any(name[:12] in script for name in HOSTILE_NAMES for script in seen)
    assert seen[0].startswith("var map_onramp = L.map(")
    assert isinstance(map_view.folium_map((0, 0, 1, 1)), folium.Map)


def test_the_map_knows_which_trades_the_seats_are_in_and_their_words(site: Path, synthetic: StateResult) -> None:
    cell = "46.0302=20 47.0105=4.4"
    communities = synthetic.geo("communities").assign(seats_by_program=cell)
    changed = dataclasses.replace(synthetic, tables={**synthetic.tables, "communities": communities})
    facts = json.loads(gzip.decompress(base64.b64decode(map_payload(changed).facts)))
    assert {json.dumps(row["trades"]) for row in facts["communities"]} == {'[["46.03", 20], ["47.01", 4]]'}
    assert all(row["trades"] == [] for row in facts_in((site / "index.html").read_text("utf-8"))["communities"])
    words = re.search(r'id="map-words">(.*?)</script>', (site / "index.html").read_text("utf-8"), re.S)
    assert words and "Reported seats by trade: {trades}." in words.group(1)


def test_the_map_keeps_foliums_own_lists_as_they_were() -> None:
    before = (list(folium.Map.default_js), list(folium.Map.default_css))
    made = map_view.folium_map((-72, 41, -71, 42))
    page = made.get_root().render()
    assert "https:" not in page
    assert "<link" not in page
    assert (folium.Map.default_js, folium.Map.default_css) == before


def test_tiles_come_only_when_asked_for(synthetic: StateResult, tmp_path: Path) -> None:
    without = (build_site(synthetic, tmp_path / "a", ("en",), figures=False) / "index.html").read_text("utf-8")
    with_them = (build_site(synthetic, tmp_path / "b", ("en",), tiles=True, figures=False) / "index.html").read_text(
        "utf-8"
    )
    assert "tile.openstreetmap.org" not in without
    assert "img-src data: https://tile.openstreetmap.org" in with_them


def test_leaflet_is_inside_and_asks_for_nothing() -> None:
    assert "Leaflet 1.9" in leaflet.script()[:120]
    assert "url(" not in leaflet.style()


@pytest.mark.slow
def test_a_page_of_1500_tracts_is_small(tmp_path: Path) -> None:
    folder = build_site(synthetic_result(1500, detail=14), tmp_path / "XL", ("en",), figures=False)
    assert (folder / "index.html").stat().st_size < 800_000
    assert (folder / "XL-en.html").stat().st_size < 800_000
