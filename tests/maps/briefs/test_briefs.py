"""Briefs: what they say, as pages and as tagged PDF, with any name, in both languages."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import io
import re
from html.parser import HTMLParser

import pandas as pd
import pypdf
import pytest

from maps.briefs import Writer, brief_html, brief_name, brief_pdf, briefs, community_brief, state_brief, write_briefs
from maps.wording.words import Words


def community_row(result, place=0):
    return result.table("communities").sort_values("rank").drop(columns="geometry").to_dict("records")[place]


def words_of(brief):
    """All words of a brief in one text."""
    said = [brief.banner, *brief.warnings, brief.title, brief.subtitle, brief.headline.strong, brief.headline.text]
    said += [part for fact in brief.facts for part in (fact.label, fact.value, fact.note)]
    for section in (*brief.sections, brief.method, brief.sources):
        said += [section.title, *section.lead, *section.after]
        said += [part for point in section.points for part in (point.strong, point.text)]
        said += [cell for row in section.grid.rows for cell in row] if section.grid else []
    return "\n".join(said)


@pytest.fixture(scope="module")
def writer(synthetic):
    return Writer.of(synthetic, "en")


@pytest.fixture(scope="module")
def community(writer, synthetic):
    return community_brief(writer, community_row(synthetic))


def test_without_a_survey_and_polygons_a_brief_says_so_and_gives_no_sentence_around_nothing(synthetic):
    tables = dict(synthetic.tables)
    for name in ("tract_scores", "communities"):
        tables[name] = tables[name].assign(eligible_adults=float("nan"), eligible_adults_moe=float("nan"))
    tables["state_summary"] = tables["state_summary"].assign(working_age=float("nan"), eligible_adults=float("nan"))
    tables["communities"] = tables["communities"].assign(geometry=None)
    tables["barriers"] = tables["barriers"].iloc[:0]
    bare = dataclasses.replace(synthetic, tables=tables)
    for language in ("en", "es"):
        writer = Writer.of(bare, language)
        for brief in (community_brief(writer, community_row(bare)), state_brief(writer)):
            said = words_of(brief)
            unknown = [writer.texts(f"briefs.{key}") for key in ("facts.adults_unknown", "barriers.unknown")]
            assert all(text in said for text in unknown)
            missing = writer.words.missing
            assert not re.search(rf"\w {missing}|{missing} \w", said.replace("\n", " | "))
            # Nothing can be outlined, so the state is shown and nothing is called a small map.
            assert brief.map_caption == writer.texts("briefs.map.caption_state")
            assert 'width="18" height="11" fill="none"' not in brief.map_svg


@pytest.fixture(scope="module")
def document(community):
    return pypdf.PdfReader(io.BytesIO(brief_pdf(community)))


def test_a_community_brief_states_numbers_with_ranges(community, synthetic):
    row, said = community_row(synthetic), words_of(community)
    assert f"{row['rank_low']:.0f} to {row['rank_high']:.0f} in at least 90% of simulations" in said
    assert f"{Words(Writer.of(synthetic, 'en').texts).about(row['eligible_adults'])}" in said
    assert "give or take" in said
    assert f"tracts in the top tenth in {row['top_in_weight_sets']:.0f} of 100 ways to weigh need" in said
    assert re.search(r"[\d.]+ to [\d.]+, \d+ planned sites?", said)
    assert "Fictional sample data" in said
    assert "archived designation" in said
    assert "not by itself a benefit" in said


def test_it_owns_up_to_old_and_missing_sources(community):
    assert any("Charging stations (fictional)" in warning for warning in community.warnings)
    assert any("Eligible training providers" in paragraph for paragraph in community.sources.lead)


def test_barriers_are_those_clearly_above_and_each_has_its_support(writer, synthetic):
    table = synthetic.table("barriers")
    for place in range(len(synthetic.table("communities"))):
        row = community_row(synthetic, place)
        brief = community_brief(writer, row)
        section = next(part for part in brief.sections if part.title.startswith("Barriers"))
        own = table[(table["unit_id"] == row["community_id"]) & table["clearly_above"]]
        assert len(section.points) == len(own)
        supports = {writer.texts.word("codes.support", measure) for measure in own["measure"]}
        assert {point.strong for point in section.points} == supports


def test_there_are_three_questions_and_four_sentences_of_method(community, writer):
    questions = next(part for part in community.sections if part.ordered)
    assert len(questions.points) == 3
    assert all(point.text.endswith("?") for point in questions.points)
    assert len(writer.texts.find("briefs.method.sentences")) == 4
    assert "50%" in community.method.lead[0] and "1,000 simulations" in community.method.lead[0]


def test_without_draws_the_method_does_not_claim_any(synthetic):
    settings = synthetic.settings.with_changes({"uncertainty": {"draws": 0}})
    brief = state_brief(Writer.of(dataclasses.replace(synthetic, settings=settings), "en"))
    assert "no simulations" in brief.method.lead[0]


def test_planned_work_adds_up_over_quarters(writer, synthetic):
    row = community_row(synthetic)
    table = synthetic.table("work_by_quarter")
    own = table[table["unit_id"] == row["community_id"]]
    grid = writer.work("community", row["community_id"], True).grid
    assert sum(int(cells[1]) for cells in grid.rows) == own["sites"].sum()
    assert sum(int(cells[2]) for cells in grid.rows) == own["units"].sum()


def test_many_quarters_are_summed_not_dropped(synthetic):
    table = synthetic.table("work_by_quarter")
    row = table[table["unit_kind"] == "state"].iloc[0]
    quarters = [f"20{year}Q{part}" for year in range(27, 33) for part in range(1, 5)]
    many = pd.DataFrame([{**row.to_dict(), "quarter": quarter, "sites": 2} for quarter in quarters])
    result = dataclasses.replace(synthetic, tables={**synthetic.tables, "work_by_quarter": many})
    grid = Writer.of(result, "en").work("state", "XL", True).grid
    assert len(grid.rows) < len(quarters)
    assert sum(int(cells[1]) for cells in grid.rows) == 2 * len(quarters)


def test_the_state_brief_names_the_first_communities_and_the_hubs(writer, synthetic):
    said = words_of(state_brief(writer))
    for place in range(min(3, len(synthetic.table("communities")))):
        assert writer.words.community(community_row(synthetic, place)) in said
    assert re.search(r"\d+ hubs? would bring recruitment within 20 minutes of \d+%", said)
    assert (
        "in how many of 100 ways to weigh need, training gap and planned work the tracts of a community are in" in said
    )
    assert "3 other choices of method or assumption, 8 to 10 of the first 10 communities stay. The worst is" in said


def test_the_pdf_is_tagged_titled_and_in_a_language(document, community):
    root = document.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] == True  # noqa: E712 – a PDF boolean
    assert root["/Lang"] == "en"
    assert document.metadata.title == community.title
    assert root["/ViewerPreferences"]["/DisplayDocTitle"] == True  # noqa: E712
    assert b"pdfuaid" in root["/Metadata"].get_object().get_data()
    assert 1 <= len(document.pages) <= 2


def tags_of(document):
    found = []

    def walk(node):
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            for part in node:
                walk(part)
        elif isinstance(node, dict) and "/S" in node:
            found.append((node["/S"], node.get("/Alt")))
            walk(node.get("/K", []))

    walk(document.trailer["/Root"]["/StructTreeRoot"]["/K"])
    return found


def test_headings_tables_lists_and_the_map_have_their_tags(document, community):
    tags = tags_of(document)
    kinds = {kind for kind, _ in tags}
    assert {"/H1", "/H2", "/Table", "/TH", "/TD", "/L", "/LI", "/Figure", "/P"} <= kinds
    assert [alternative for kind, alternative in tags if kind == "/Figure"] == [community.map_alt]
    assert sum(kind == "/H1" for kind, _ in tags) == 1


def test_text_can_be_taken_out_of_the_pdf(document, community):
    said = " ".join(" ".join(page.extract_text() for page in document.pages).split())
    for fact in community.facts:
        assert fact.value in said
    assert "Three questions to ask" in said


def test_the_pdf_holds_nothing_that_acts(document):
    root = document.trailer["/Root"]
    assert not {"/OpenAction", "/AA", "/AcroForm"} & set(root)
    assert "/JavaScript" not in root.get("/Names", {})
    assert all(not page.get("/Annots") for page in document.pages)


@pytest.mark.parametrize("language", ["en", "es"])
def test_any_name_makes_a_sound_brief_and_stays_text(hostile, language):
    writer = Writer.of(hostile, language)
    name = '#panic("x") = *b* _i_ $x$ `c` <l> @r \\u{1f} {{7*7}} 中\ue000\x07 ' + "y" * 300  # codespell:ignore ue
    row = {**community_row(hostile), "name": name, "place": None, "nearest_provider_name": name}
    brief = community_brief(writer, row)
    said = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(brief_pdf(brief))).pages)
    assert '#panic("x") = *b* _i_ $x$ `c` <l> @r \\u{1f} {{7*7}} □ yyy' in " ".join(said.split())
    assert brief.title == name


def test_briefs_are_the_same_bytes_twice(synthetic, tmp_path):
    first = {file.name: file.read_bytes() for file in write_briefs(synthetic, tmp_path, languages=("en",))}
    again = {file.name: file.read_bytes() for file in write_briefs(synthetic, tmp_path, languages=("en",))}
    assert first == again
    assert len(first) == 2 * (1 + len(synthetic.table("communities")))


class Seen(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.said = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_data(self, data):
        self.said.append(data)


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_page_lets_nothing_in_and_carries_all(hostile, language):
    for _, brief in briefs(hostile, language):
        seen = Seen(brief_html(brief))
        assert not {"script", "iframe", "object", "link", "form", "svg", "base"} & set(seen.tags)
        assert not any(name.startswith("on") or name == "style" for _, name, _ in seen.attributes)
        assert seen.tags.count("h1") == seen.tags.count("main") == 1
        assert brief.title in "".join(seen.said)
        alternatives = [value for tag, name, value in seen.attributes if (tag, name) == ("img", "alt")]
        assert alternatives == [brief.map_alt]
        assert ("html", "lang", language) in seen.attributes


def test_the_policy_names_the_style_it_carries(community):
    page = brief_html(community)
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL).group(1)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in page
    assert "default-src 'none'" in page


def test_file_names_hold_nothing_but_plain_signs(synthetic):
    assert brief_name(synthetic, "../XL <b>\x00 7", "en", "pdf") == "xl-brief-xl-b-7.en.pdf"
    assert brief_name(synthetic, None, "es", "html") == "xl-brief.es.html"


def test_a_headline_that_is_a_sentence_is_followed_by_no_colon(writer):
    page = brief_html(state_brief(writer))
    assert ".</strong> " in page and ".</strong>:" not in page
