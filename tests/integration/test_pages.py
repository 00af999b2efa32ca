"""The pages as people meet them: in a real browser, from a disk, with the network off."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pypdf
import pytest
from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from geodata.schemas.state_result import StateResult
from maps.site.build import build_site
from maps.site.national import build_national, entry_of
from maps.texts import load_texts
from tests.maps.synthetic import synthetic_result
from tests.support.browser import DESKTOP, PHONE, Page, chromium, serving

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def result() -> StateResult:
    return synthetic_result(120)


@pytest.fixture(scope="module")
def site(result: StateResult, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_site(result, tmp_path_factory.mktemp("pages") / "XL")


@pytest.fixture(scope="module")
def hostile_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_site(
        synthetic_result(120, hostile=True), tmp_path_factory.mktemp("pages") / "hostile", ("en",), figures=False
    )


@pytest.fixture(scope="module")
def desktop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    with chromium(tmp_path_factory.mktemp("profile"), DESKTOP) as driver:
        yield driver


@pytest.fixture(scope="module")
def phone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    with chromium(tmp_path_factory.mktemp("profile"), PHONE) as driver:
        yield driver


def page_types(site: Path, language: str) -> list[Path]:
    """One page of every type in a language."""
    folder = site if language == "en" else site / language
    names = ("index", "communities", "counties", "areas", "method", "data", "changes")
    single = [next(iter(sorted(folder.glob(f"{kind}-*.html")))) for kind in ("community", "county", "area")]
    return [*(folder / f"{name}.html" for name in names), *single, site / f"XL-{language}.html"]


def opened(driver: webdriver.Chrome, file: Path, fragment: str = "") -> Page:
    page = Page(driver, file, fragment)
    return page.ready() if page.run("return Boolean(document.getElementById('map-facts'))") else page


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_page_type_is_accessible_silent_and_complete(
    site: Path, desktop: webdriver.Chrome, language: str
) -> None:
    for file in page_types(site, language):
        page = opened(desktop, file)
        assert page.axe() == [], file.name
        assert page.logs() == [], file.name
        assert page.requests() == [], file.name
        assert page.files_asked_for() == [], file.name
        assert page.run("return document.documentElement.lang") == language


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_phone_gets_the_answer_first_and_no_sideways_scrolling(
    site: Path, phone: webdriver.Chrome, language: str
) -> None:
    for file in page_types(site, language):
        page = opened(phone, file)
        assert page.run("return document.documentElement.scrollWidth <= innerWidth + 1"), file.name
        assert page.axe() == [], file.name
    page = opened(phone, page_types(site, language)[0])
    tops = page.run(
        "return ['.big', '#where', '#map-section', '#card', '#layer']"
        ".map((name) => document.querySelector(name).getBoundingClientRect().top + scrollY)"
    )
    assert tops == sorted(tops)
    assert tops[0] < PHONE[1]


def test_what_opens_on_a_page_is_accessible_too(site: Path, phone: webdriver.Chrome) -> None:
    page = opened(phone, site / "index.html", "#layer=cross&show=sites.providers.centers.hubs.reach.places")
    for kind in ("community", "tract", "sites", "providers", "hubs"):
        page.run("Onramp.page.model.select({kind: arguments[0], index: 0}, true)", kind)
        assert page.axe() == [], kind
    phone.find_element(By.ID, "search").send_keys("a")
    assert page.text("#found")
    assert page.axe() == []
    for name in ("data", "method"):
        page = opened(phone, site / f"{name}.html")
        page.run("for (const one of document.querySelectorAll('details')) one.open = true")
        assert page.axe() == [], name
        assert page.run("return document.documentElement.scrollWidth <= innerWidth + 1")


def test_axe_would_see_a_fault(site: Path, desktop: webdriver.Chrome) -> None:
    page = opened(desktop, site / "method.html")
    page.run("document.documentElement.removeAttribute('lang')")
    assert any("lang" in line for line in page.axe())


def test_a_page_at_twice_the_size_needs_no_sideways_scrolling(site: Path, desktop: webdriver.Chrome) -> None:
    desktop.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": DESKTOP[0] // 2, "height": DESKTOP[1] // 2, "deviceScaleFactor": 2, "mobile": False},
    )
    try:
        for file in page_types(site, "es"):
            page = opened(desktop, file)
            assert page.run("return document.documentElement.scrollWidth <= innerWidth + 1"), file.name
    finally:
        desktop.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_a_place_is_found_by_typing_and_chosen_by_keyboard(
    site: Path, request: pytest.FixtureRequest, size: str
) -> None:
    page = opened(request.getfixturevalue(size), site / "index.html")
    box = page.driver.find_element(By.ID, "search")
    box.send_keys("santa rosalia")
    assert page.text("#found").startswith("Santa Rosalía")
    assert box.get_attribute("aria-expanded") == "true"
    box.send_keys(Keys.ARROW_DOWN)
    assert box.get_attribute("aria-activedescendant") == "found-0"
    box.send_keys(Keys.ENTER)
    assert page.text("#card h3") == "Santa Rosalía"
    assert page.run("return document.activeElement === document.querySelector('#card h3')")
    box.send_keys("nothing of the kind")
    assert page.text("#found-status") == "0 results"
    box.send_keys(Keys.ESCAPE)
    assert box.get_attribute("aria-expanded") == "false"


def test_a_tract_is_found_by_its_number(site: Path, desktop: webdriver.Chrome, result: StateResult) -> None:
    tract = result.table("tract_scores").dropna(subset=["rank"]).sort_values("rank").iloc[0]
    page = opened(desktop, site / "index.html")
    box = page.driver.find_element(By.ID, "search")
    box.send_keys(tract["geoid"], Keys.ENTER)
    assert tract["geoid"] in page.text("#card")
    assert "Rank 1 of" in page.text("#card")
    sets = f"{tract['top_in_weight_sets']} of {result.settings.uncertainty.weight_sets} ways to weigh"
    assert f"It is in the top tenth of tracts in {sets} need, training gap and planned work." in page.text("#card")
    assert f"tract={tract['geoid']}" in page.run("return location.hash")


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_a_press_on_the_map_shows_the_tract_under_it(
    site: Path, request: pytest.FixtureRequest, size: str, result: StateResult
) -> None:
    page = opened(request.getfixturevalue(size), site / "index.html")
    scores = result.table("tract_scores")
    tract = scores[scores["has_polygon"] & scores["need"].notna()].iloc[40]
    page.run("document.getElementById('map_onramp').scrollIntoView({block: 'center', behavior: 'instant'})")
    x, y = page.run(
        "const {map} = Onramp.page; map.setView([arguments[0], arguments[1]], 9, {animate: false});"
        "const size = map.getSize(); return [size.x / 2, size.y / 2]",
        tract["latitude"],
        tract["longitude"],
    )
    box = page.driver.find_element(By.ID, "map_onramp")
    assert (x, y) == pytest.approx((box.size["width"] / 2, box.size["height"] / 2), abs=2)
    ActionChains(page.driver).move_to_element(box).click().perform()
    page.until("return document.querySelector('#card').innerText.includes(arguments[0])", tract["geoid"])


def test_everything_the_map_offers_is_reached_without_a_mouse(site: Path, desktop: webdriver.Chrome) -> None:
    page = opened(desktop, site / "index.html")
    first, following, previous = (desktop.find_element(By.ID, name) for name in ("first", "next", "previous"))
    first.send_keys(Keys.ENTER)
    name = page.text("#card h3")
    page.until("return Onramp.page.still()")
    view = "const {map} = Onramp.page, {lat, lng} = map.getCenter(); return [map.getZoom(), lat, lng]"
    zoom, *center = page.run(view)
    following.send_keys(Keys.ENTER)
    assert page.text("#card h3") != name
    previous.send_keys(Keys.ENTER)
    assert page.text("#card h3") == name
    # The map still flies: it goes where it was last sent, and no press of a key is lost.
    board = desktop.find_element(By.ID, "map_onramp")
    page.run("document.getElementById('map_onramp').focus()")
    board.send_keys("+", "=", "-")
    page.until("return Onramp.page.still()")
    # With the shift key, which + takes, Leaflet zooms three steps at once.
    assert page.run(view) == pytest.approx([zoom + 3 + 1 - 1, *center], abs=1e-3)
    board.send_keys(Keys.ENTER)
    assert page.text("#card h3")
    for box in desktop.find_elements(By.CSS_SELECTOR, "input[data-overlay]"):
        box.send_keys(Keys.SPACE)
    assert page.run("return Onramp.page.look.overlays.has('sites')")
    assert page.logs() == []


def test_quick_presses_on_the_zoom_buttons_all_count(site: Path, desktop: webdriver.Chrome) -> None:
    page = opened(desktop, site / "index.html")
    before = page.run(
        "const zoom = Onramp.page.map.getZoom(), button = document.querySelector('.leaflet-control-zoom-in');"
        "for (let press = 0; press < 3; press++) button.click(); return zoom"
    )
    page.until("return Onramp.page.still()")
    assert page.run("return Onramp.page.map.getZoom()") == before + 3


def test_every_layer_and_every_card_can_be_opened(site: Path, desktop: webdriver.Chrome) -> None:
    for file in (site / "index.html", site / "es" / "index.html"):
        page = opened(desktop, file)
        shown = page.run(
            "const {model, look} = Onramp.page, texts = [];"
            "const choice = document.getElementById('layer');"
            "for (const option of choice.options) { choice.value = option.value;"
            " choice.dispatchEvent(new Event('change'));"
            " texts.push(document.querySelector('#legend li, #legend td').textContent); }"
            "const counts = {tract: model.facts.tracts.code.length, community: model.facts.communities.length,"
            " sites: model.facts.points.sites.id.length, providers: model.facts.points.providers.id.length,"
            " centers: model.facts.points.centers.id.length, hubs: model.facts.points.hubs.p.length,"
            " county: model.land.counties.paths.length, place: model.land.places.paths.length, tribal: 1};"
            "for (const [kind, count] of Object.entries(counts)) for (let i = 0; i < count; i++) {"
            " model.select({kind, index: i}, i === 0, false);"
            " texts.push(document.querySelector('#card h3').textContent); }"
            "return texts"
        )
        assert len(shown) > 150
        assert all(text.strip() for text in shown)
        body = page.text("body")
        assert "undefined" not in body
        assert "NaN" not in body
        assert "null" not in body
        assert page.logs() == []


def test_a_link_shows_what_it_says(site: Path, desktop: webdriver.Chrome, result: StateResult) -> None:
    ident = result.table("communities").sort_values("rank")["community_id"].iloc[1]
    page = opened(desktop, site / "index.html", f"#community={ident}&layer=tiers&show=sites.hubs&hubs=2&quarter=2027Q1")
    state = page.run(
        "const {look, model} = Onramp.page; return [look.scheme.id, [...look.overlays].sort(), look.hubs, look.quarter,"
        " model.facts.communities[look.selection.index].id, document.getElementById('layer').value]"
    )
    assert state == ["tiers", ["hubs", "sites"], 2, "2027Q1", ident, "tiers"]
    assert page.run("return location.hash").startswith(f"#community={ident}")
    strange = "#community=%3Cimg%20src%3Dx%3E&layer=__proto__&show=constructor&hubs=99&tract=x"
    page = opened(desktop, site / "index.html", strange)
    assert page.run("return Onramp.page.look.scheme.id") == "priority"
    assert page.run("return Onramp.page.look.selection") is None


def test_paper_gets_the_whole_map_and_the_screen_its_own_back(site: Path, desktop: webdriver.Chrome) -> None:
    page = opened(desktop, site / "index.html")
    width = page.run("return Onramp.page.map.getSize().x")
    page.run(
        "window.addEventListener('beforeprint', () => { const {map, home} = Onramp.page;"
        " window.onPaper = [map.getSize().x, map.getBounds().pad(0.02).contains(home)]; })"
    )
    paper = pypdf.PdfReader(io.BytesIO(page.printed()))
    assert page.run("return window.onPaper") == [pytest.approx(688, abs=12), True]
    assert page.run("return Onramp.page.map.getSize().x") == width
    text = "".join(sheet.extract_text() for sheet in paper.pages)
    assert "Where to recruit" in text
    assert "Show on top" not in text
    assert len(paper.pages) < 9
    one = pypdf.PdfReader(io.BytesIO(opened(desktop, next(site.glob("community-*.html"))).printed()))
    assert len(one.pages) <= 4


def test_tables_fit_on_paper_without_shrinking_the_page(site: Path, desktop: webdriver.Chrome) -> None:
    page = opened(desktop, site / "index.html")
    # US Letter without its margins of 14 mm.
    letter = {"width": 710, "height": 1000, "deviceScaleFactor": 1, "mobile": False}
    desktop.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", letter)
    desktop.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        widths = page.run("return [...document.querySelectorAll('main table')].map(table => table.offsetWidth)")
        assert len(widths) > 2 and max(widths) <= 710
    finally:
        desktop.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
        desktop.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_hostile_names_are_shown_and_never_run(hostile_site: Path, desktop: webdriver.Chrome) -> None:
    for file in sorted(hostile_site.glob("*.html")):
        page = opened(desktop, file)
        assert page.run("return window.hacked === undefined"), file.name
        assert page.logs() == [], file.name
        assert page.requests() == [], file.name
    page = opened(desktop, hostile_site / "index.html")
    page.run(
        "const {model} = Onramp.page; const counts = {community: model.facts.communities.length, "
        "sites: model.facts.points.sites.id.length, providers: model.facts.points.providers.id.length, "
        "county: model.land.counties.paths.length, place: model.land.places.paths.length};"
        "for (const [kind, count] of Object.entries(counts))"
        " for (let i = 0; i < count; i++) model.select({kind, index: i});"
    )
    box = page.driver.find_element(By.ID, "search")
    for text in ("img", "script", "7*7", "`", "$", "{"):
        box.clear()
        box.send_keys(text)
    assert page.run("return document.querySelectorAll('main img, main script').length") == 0
    assert page.run("return window.hacked === undefined")
    assert page.logs() == []
    everything = page.run("return document.body.innerText")
    assert "<img src=x" in everything
    assert "{{7*7}}" in everything
    assert "uid=" not in everything


def test_the_policy_lets_nothing_in_and_nothing_out(site: Path, desktop: webdriver.Chrome) -> None:
    page = opened(desktop, site / "index.html")
    page.run(
        "const add = (tag, values) => document.body.append(Object.assign(document.createElement(tag), values));"
        "add('script', {textContent: 'window.hacked = 1'});"
        "add('script', {src: 'https://example.invalid/x.js'});"
        "add('img', {src: 'https://example.invalid/x.png'});"
        "add('div', {innerHTML: '<img src=x onerror=\"window.hacked = 2\">'});"
        "add('form', {action: 'https://example.invalid/'}); document.forms[0].submit();"
    )
    asked = desktop.execute_async_script(
        "const done = arguments[0]; fetch('https://example.invalid/').then(() => done('sent'), () => done('refused'))"
    )
    assert asked == "refused"
    assert page.run("return window.hacked === undefined")
    logs = page.logs()
    assert len([line for line in logs if "Content Security Policy" in line]) >= 5
    assert page.requests() == []


def test_a_browser_that_cannot_unpack_the_data_says_so_in_words(site: Path, desktop: webdriver.Chrome) -> None:
    script = {"source": "delete window.DecompressionStream"}
    added = desktop.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", script)
    try:
        page = Page(desktop, site / "index.html")
        assert page.until("return document.documentElement.dataset.ready") == "failed"
        assert page.text("#map-status") == load_texts("en")("map.failed")
        assert page.text("h1")
    finally:
        desktop.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", added)


def test_those_who_want_calm_get_no_motion(site: Path, desktop: webdriver.Chrome) -> None:
    features = [{"name": "prefers-reduced-motion", "value": "reduce"}]
    desktop.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    try:
        page = opened(desktop, site / "index.html")
        moves = page.run(
            "const {map, model} = Onramp.page; let moving = 0; map.on('zoomanim', () => { moving++; });"
            "model.select({kind: 'community', index: 0}, true); return moving"
        )
        assert moves == 0
        assert page.run("return getComputedStyle(document.documentElement).scrollBehavior") == "auto"
    finally:
        desktop.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_the_nation_leads_to_a_state(
    result: StateResult, tmp_path: Path, request: pytest.FixtureRequest, size: str
) -> None:
    nation = build_national(map(entry_of, [result]), tmp_path / "nation")
    build_site(result, nation / "XL", figures=False)
    for file in (nation / "index.html", nation / "es" / "index.html"):
        page = opened(request.getfixturevalue(size), file)
        assert page.axe() == []
        assert page.logs() == []
        assert page.requests() == []
        assert page.run("return document.documentElement.scrollWidth <= innerWidth + 1")
        box = page.driver.find_element(By.ID, "search")
        box.send_keys("calder")
        box.send_keys(Keys.ENTER)
        assert "Calder County" in page.text("#card h3")
        target = page.run("return document.querySelector('#card a').href")
        assert Path(target.removeprefix("file://")).is_file()


def test_every_mark_is_reached_from_its_row(site: Path, desktop: webdriver.Chrome) -> None:
    page = opened(desktop, site / "data.html")
    rows = page.run(
        "return ['sites', 'providers', 'centers', 'hubs']"
        ".map((id) => document.querySelector('#table-' + id + ' tbody a'))"
        ".map((link) => [link.textContent, link.getAttribute('href').split('#')[1]])"
    )
    for name, fragment in rows:
        page = opened(desktop, site / "index.html", f"#{fragment}")
        assert page.text("#card h3") == name
        assert page.run("return location.hash").startswith("#at=")


def test_background_pictures_are_asked_for_by_web_pages_only_and_with_a_name(
    result: StateResult, desktop: webdriver.Chrome, tmp_path: Path
) -> None:
    folder = build_site(result, tmp_path / "XL", ("en",), tiles=True, figures=False)
    page = opened(desktop, folder / "index.html")
    assert page.requests() == []
    assert "OpenStreetMap" in page.text("#map-section")
    opened(desktop, folder / "XL-en.html")
    assert "OpenStreetMap" not in page.text("#map-section")
    with serving(folder) as address:
        desktop.get(f"{address}/index.html")
        page.ready()
        asked: list[tuple[str, dict[str, str]]] = []

        def a_picture_was_asked_for() -> bool:
            asked.extend(page.requests_with_headers())
            return any(not url.startswith(address) for url, _ in asked)

        page.wait_for(a_picture_was_asked_for)
        assert page.axe() == []
        assert (
            page.text(".leaflet-control-attribution [href$='openstreetmap.org/copyright']")
            == "© OpenStreetMap contributors"
        )
    hosts = {(url.split("/")[2], sent.get("Referer")) for url, sent in asked if not url.startswith(address)}
    assert hosts == {("tile.openstreetmap.org", f"{address}/")}
