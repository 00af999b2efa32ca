"""Feature services: all features of a layer, each once, or an error.

The order is: describe the layer, count, page in the order of the object id until nothing more is announced, and
hold the result to the count; where paging is not offered or does not add up, ask for the ids and fetch by them.
Reference: ArcGIS REST API, “Query (Feature Service/Layer)”. Errors come under status 200.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shapely.errors import ShapelyError

from geodata.fetching.client.exchange import Download, JsonObject, Request
from geodata.fetching.client.http import Fetcher
from geodata.fetching.client.http_errors import FetchError
from geodata.fetching.client.redaction import host_of, printable
from geodata.fetching.publishers.esri_geometry import geojson_geometry
from geodata.fetching.transport import Job, split_address
from geodata.storage.files import written_aside

_LARGEST_PAGE = 2000
_IDS_AT_ONCE = 500
_LONGEST_QUERY = 1500

Feature = JsonObject
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Layer:
    """What a layer says of itself. `edited` is the moment of its last edit as it gives it, or None."""

    url: str
    name: str
    id_field: str
    page: int
    paged: bool
    geojson: bool
    spatial: bool
    edited: str | None = None


@dataclass(frozen=True)
class Query:
    """What is wanted of a layer; `box` is west, south, east, north in degrees (WGS 84)."""

    where: str = "1=1"
    out_fields: str = "*"
    box: Box | None = None

    def parameters(self) -> dict[str, str]:
        """Return the parameters that select, with the reference system a box needs."""
        chosen = {"where": self.where}
        if self.box is not None:
            chosen |= {
                "geometry": ",".join(str(edge) for edge in self.box),
                "geometryType": "esriGeometryEnvelope",
                "spatialRel": "esriSpatialRelIntersects",
                "inSR": "4326",
            }
        return chosen


class FeatureService:
    """A client of one service or layer. A token, where one is needed, goes in a header."""

    def __init__(self, fetcher: Fetcher, *, label: str = "", token: str | None = None) -> None:
        self._fetcher = fetcher
        self._label = label
        self._headers = {"X-Esri-Authorization": f"Bearer {token}"} if token else {}

    def layer(self, url: str, name: str | None = None, field: str | None = None) -> Layer:
        """Return the layer at `url`; with a `name`, the one so called of the service there (numbers move).

        With a `field` it is the one layer of the service that has such a field, where its name is not known either.
        """
        if name is not None:
            url = self._named(url, name)
        elif field is not None:
            url = self._with_field(url, field)
        said = self._ask(url, {})
        advanced = said.get("advancedQueryCapabilities") or {}
        formats = str(said.get("supportedQueryFormats") or "").replace(" ", "").casefold().split(",")
        edited = (said.get("editingInfo") or {}).get("lastEditDate")
        return Layer(
            url=url,
            name=printable(str(said.get("name") or "")),
            id_field=_id_field(said),
            page=max(1, min(int(said.get("maxRecordCount") or 1000), _LARGEST_PAGE)),
            paged=bool(advanced.get("supportsPagination", said.get("supportsPagination", False))),
            geojson="geojson" in formats,
            spatial=bool(said.get("geometryType")),
            edited=None if edited is None else str(edited),
        )

    def _layers(self, url: str) -> list[JsonObject]:
        return [one for one in self._ask(url, {}).get("layers") or [] if isinstance(one, dict) and "id" in one]

    def _with_field(self, url: str, field: str) -> str:
        layers = self._layers(url)
        addresses = [f"{url.rstrip('/')}/{one['id']}" for one in layers]
        found = [address for address in addresses if field.casefold() in _field_names(self._ask(address, {}))]
        if len(found) != 1:
            names = ", ".join(printable(str(one.get("name")), 40) for one in layers[:12]) or "none"
            raise FetchError(f"{host_of(url)} has no single layer with “{field}”; its layers are {names}.", "absent")
        return found[0]

    def _named(self, url: str, name: str) -> str:
        layers = self._layers(url)
        found = [one for one in layers if str(one.get("name", "")).casefold() == name.casefold()]
        if len(found) != 1:
            names = ", ".join(printable(str(one.get("name")), 40) for one in layers[:12]) or "none"
            raise FetchError(f"{host_of(url)} has no single layer “{name}”; its layers are {names}.", "absent")
        return f"{url.rstrip('/')}/{found[0]['id']}"

    def features(self, layer: Layer, query: Query | None = None) -> list[Feature]:
        """Return all features as GeoJSON, in the order of their object id.

        Raises FetchError when what came is not what the layer counted, even by ids.
        """
        query = query or Query()
        count = self._count(layer, query)
        if count == 0:
            return []
        if layer.paged:
            features = _unique(self._pages(layer, query, count), layer)
            if len(features) == count:
                return features
        features = _unique(self._by_ids(layer, query), layer)
        count = self._count(layer, query)
        if len(features) != count:
            raise FetchError(
                f"{host_of(layer.url)} counts {count} features in “{layer.name}” but gave {len(features)}.", "content"
            )
        return features

    def _count(self, layer: Layer, query: Query) -> int:
        count = self._query(layer, {**query.parameters(), "returnCountOnly": "true", "f": "json"}).get("count")
        if not isinstance(count, int):
            raise FetchError(f"{host_of(layer.url)} does not say how many features there are.", "content")
        return count

    def _pages(self, layer: Layer, query: Query, count: int) -> Iterator[Feature]:
        offset = 0
        while True:
            answer = self._query(
                layer,
                {
                    **self._selection(layer, query),
                    "orderByFields": layer.id_field,
                    "resultOffset": str(offset),
                    "resultRecordCount": str(layer.page),
                },
            )
            page = self._read(layer, answer)
            yield from page
            offset += len(page)
            # Some servers forget to announce that there is more: the count knows.
            if not page or (not _exceeded(answer) and offset >= count):
                return

    def _by_ids(self, layer: Layer, query: Query) -> Iterator[Feature]:
        answer = self._query(layer, {**query.parameters(), "returnIdsOnly": "true", "f": "json"})
        ids = sorted(answer.get("objectIds") or [])
        for start in range(0, len(ids), _IDS_AT_ONCE):
            yield from self._chunk(layer, query, ids[start : start + _IDS_AT_ONCE])

    def _chunk(self, layer: Layer, query: Query, ids: Sequence[int]) -> Iterator[Feature]:
        chosen = {"objectIds": ",".join(str(one) for one in ids)}
        selection = {name: value for name, value in self._selection(layer, query).items() if name != "where"}
        answer = self._query(layer, {**selection, **chosen}, post=True)
        if _exceeded(answer) and len(ids) > 1:
            middle = len(ids) // 2
            yield from self._chunk(layer, query, ids[:middle])
            yield from self._chunk(layer, query, ids[middle:])
        else:
            yield from self._read(layer, answer)

    def _selection(self, layer: Layer, query: Query) -> dict[str, str]:
        fields = query.out_fields
        if fields != "*" and layer.id_field not in fields.split(","):
            fields = f"{fields},{layer.id_field}"
        return {
            **query.parameters(),
            "outFields": fields,
            "returnGeometry": "true" if layer.spatial else "false",
            "outSR": "4326",
            "f": "geojson" if layer.geojson else "json",
        }

    def _read(self, layer: Layer, answer: JsonObject) -> list[Feature]:
        features = answer.get("features")
        if not isinstance(features, list):
            raise FetchError(f"{host_of(layer.url)} answered without features.", "content")
        if layer.geojson:
            return features
        try:
            return [
                {
                    "type": "Feature",
                    "geometry": geojson_geometry(one.get("geometry")),
                    "properties": one.get("attributes") or {},
                }
                for one in features
            ]
        except (ShapelyError, ValueError, TypeError, AttributeError, IndexError) as problem:
            raise FetchError(
                f"{host_of(layer.url)} gave a feature that cannot be read: {problem}.", "content"
            ) from None

    def _query(self, layer: Layer, parameters: dict[str, str], *, post: bool = False) -> JsonObject:
        long = sum(len(value) for value in parameters.values()) > _LONGEST_QUERY
        return self._ask(f"{layer.url}/query", parameters, post=post or long)

    def _ask(self, url: str, parameters: dict[str, str], *, post: bool = False) -> JsonObject:
        parameters = {"f": "json", **parameters}
        request = Request(
            url,
            label=self._label,
            params={} if post else parameters,
            form=parameters if post else None,
            method="POST" if post else "GET",
            secret_headers=self._headers,
            media="json",
        )
        answer = self._fetcher.json_object(request)
        if "error" in answer:
            raise FetchError(f"{host_of(url)} answered with error {printable(json.dumps(answer['error']))}.", "content")
        return answer


def _id_field(said: JsonObject) -> str:
    named = said.get("objectIdField") or (said.get("uniqueIdField") or {}).get("name")
    if named:
        return str(named)
    typed = [one for one in said.get("fields") or [] if one.get("type") == "esriFieldTypeOID"]
    return str(typed[0]["name"]) if typed else "OBJECTID"


def _field_names(said: JsonObject) -> set[str]:
    return {str(one.get("name", "")).casefold() for one in said.get("fields") or [] if isinstance(one, dict)}


def _exceeded(answer: JsonObject) -> bool:
    """Return whether there is more: said at the top in json, under `properties` in geojson."""
    nested = answer.get("properties")
    return bool(
        answer.get("exceededTransferLimit") or (isinstance(nested, dict) and nested.get("exceededTransferLimit"))
    )


def _unique(features: Iterator[Feature], layer: Layer) -> list[Feature]:
    """Return the features by object id, in its order: pages of a layer that is edited meanwhile overlap."""
    found: dict[object, Feature] = {}
    for feature in features:
        properties = feature.get("properties") or {}
        identity = properties.get(layer.id_field, feature.get("id"))
        if identity is None:
            raise FetchError(f"{host_of(layer.url)} gave a feature without {layer.id_field}.", "content")
        found[identity] = feature
    return [found[identity] for identity in sorted(found, key=lambda one: (str(type(one)), one))]


class ArcGisLayer:
    """Obtains a layer as one GeoJSON file; the address is the layer's, with `?where=…&outFields=…`.

    Where numbers of layers move, it is that of the service, with `&layer=name` or `&field=name of a field`.
    """

    suffix = ".geojson"

    def fetch(self, fetcher: Fetcher, job: Job) -> Download:
        """Write a FeatureCollection (WGS 84), one feature a line, unless the layer says it was not edited since."""
        url, query = split_address(job.url)
        service = FeatureService(fetcher, label=job.spec.title, token=job.secret() if job.spec.key_env else None)
        layer = service.layer(url, query.get("layer"), query.get("field"))
        if layer.edited is not None and layer.edited == job.known.version:
            return Download("unchanged", url=url, version=layer.edited)
        features = service.features(layer, Query(query.get("where", "1=1"), query.get("outFields", "*")))
        if not features:
            return Download("empty", url=url)
        lines = ",\n".join(json.dumps(feature, ensure_ascii=False, separators=(",", ":")) for feature in features)
        with written_aside(job.part) as aside:
            aside.write_text(f'{{"type":"FeatureCollection","features":[\n{lines}\n]}}\n', encoding="utf-8")
        return job.written(layer.url, version=layer.edited)

    def probe(self, fetcher: Fetcher, job: Job) -> None:
        """Ask the layer to describe itself."""
        url, query = split_address(job.url)
        token = job.secret() if job.spec.key_env else None
        FeatureService(fetcher, label=job.spec.title, token=token).layer(url, query.get("layer"), query.get("field"))
