"""The interactive map: a folium map without its outside files, and the data blocks its layer is drawn from.

folium renders whatever text reaches it as a template, so nothing from data ever does: folium makes the empty map
and its options, static/*.js draws on it from inert blocks. Does not hold the page around the map.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import folium

from geodata.schemas.state_result import StateResult
from geodata.settings import Settings
from geodata.travel.choose_engine import straight_lines
from maps.cartography import symbols
from maps.cartography.colors import COLORS
from maps.inline_content import own_files
from maps.interactive import leaflet
from maps.interactive.payload import MapPayload
from maps.texts import Texts
from maps.wording.stability import tier_means
from maps.wording.words import Words

Box = tuple[float, float, float, float]
MAP_ID = "onramp"
#: The scripts of the maps of a state and of the nation, in the order in which they run.
SCRIPTS = "payload shapes patterns schemes draw points moves layer legend card search links insets print main boot"
NATIONAL_SCRIPTS = "payload shapes patterns draw points moves layer legend search print national boot"
#: Groups of texts the page's script needs.
WORD_GROUPS = ("format", "codes", "map", "why")
TILE_HOST = "https://tile.openstreetmap.org"
TILES = {
    "address": f"{TILE_HOST}/{{z}}/{{x}}/{{y}}.png",
    "attribution": '<a href="https://www.openstreetmap.org/copyright">© OpenStreetMap contributors</a>',
}


@dataclass(frozen=True)
class MapFragments:
    """What a page needs to hold the map: styles, scripts and inert blocks (id → text)."""

    styles: list[str]
    scripts: list[str]
    blocks: dict[str, str]
    map_id: str
    image_sources: list[str]


def folium_map(bounds: Box, *, tiles: bool = False) -> folium.Map:
    """Return the empty map over `bounds` (west, south, east, north), with room for a credit where `tiles` will show.

    Its outside scripts and styles are taken away on this instance only, and its name is fixed, so that two builds
    are equal.
    """
    west, south, east, north = bounds
    made = folium.Map(
        location=[(south + north) / 2, (west + east) / 2],
        zoom_start=6,
        tiles=None,
        prefer_canvas=True,
        control_scale=True,
        zoom_snap=0.25,
        min_zoom=3,
        max_zoom=15,
        world_copy_jump=False,
        attribution_control=tiles,
    )
    made.default_js, made.default_css = [], []
    made._id = MAP_ID
    for number, child in enumerate(made._children.values()):
        child._id = f"{MAP_ID}_{number}"
    return made


def folium_script(made: folium.Map) -> str:
    """Return the script by which folium sets the map up, without the page around it."""
    figure = made.get_root()
    made.render()  # type: ignore[no-untyped-call]
    return str(figure.script.render()).strip()  # type: ignore[attr-defined]


def fragments(
    payload: MapPayload, result: StateResult, texts: Texts, *, pages: Mapping[str, str], tiles: bool = False
) -> MapFragments:
    """Return the parts of a page's map in one language; `pages` gives the address of each community's page."""
    chances = result.settings.uncertainty
    settings = {
        "tiles": TILES if tiles else None,
        "pages": dict(pages),
        "tiers": [round(100 * tier) for tier in (chances.tier_a, chances.tier_b, chances.tier_c)],
        "top": Words(texts).top_share(chances),
        "tier_means": tier_means(result, texts),
        "weight_sets": chances.weight_sets,
        "reach_km": _reach_km(result.settings),
    }
    blocks = {"map-facts": payload.facts, "map-land": payload.land}
    return assembled(payload.bounds, texts, SCRIPTS, blocks, settings=settings, tiles=tiles)


def assembled(
    bounds: Box,
    texts: Texts,
    scripts: str,
    blocks: Mapping[str, str],
    *,
    settings: Mapping[str, object],
    tiles: bool = False,
) -> MapFragments:
    """Return a folium map over `bounds` with the page's own `scripts` (names joined by blanks) and its words."""
    made = folium_map(bounds, tiles=tiles)
    words = {
        "language": texts.language,
        "colors": COLORS,
        "symbols": symbols.as_json(),
        "texts": {group: texts.find(group) for group in WORD_GROUPS}
        | {
            "training": texts.find("training"),
            "site": {
                "not_a_benefit": texts("site.not_a_benefit"),
                "community_word": texts.find("site.community_word"),
                "national": texts.find("site.national"),
            },
        },
    }
    return MapFragments(
        styles=[leaflet.style(), own_files("map.css")],
        scripts=[leaflet.script(), "\n".join(own_files(f"{name}.js") for name in scripts.split()), folium_script(made)],
        blocks={"map-settings": inert_json(settings), "map-words": inert_json(words), **blocks},
        map_id=f"map_{MAP_ID}",
        image_sources=[TILE_HOST] if tiles else [],
    )


def _reach_km(settings: Settings) -> float:
    """Return the straight distance of the urban catchment, for circles labeled as an approximation."""
    return round(float(straight_lines(settings.travel).urban.km(settings.access.catchment_minutes)), 1)


def inert_json(value: object) -> str:
    """Return JSON that cannot end the block it stands in, for words and settings."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
