"""A feature service on loopback: layers, counts, pages, ids, and its ways of going wrong."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from tests.support.publisher_server import Publisher, Reply, Seen

PATH = "/arcgis/rest/services/Corridors/FeatureServer"


@dataclass
class FeatureServer:
    """Serves `features` ({OBJECTID: attributes}) as layer 0.

    `forgets` drops the word that there is more, `loses` makes the last page empty, `limit_by_ids` answers at most so
    many ids at once, `growing` adds a feature between count and answer.
    """

    features: dict[int, dict[str, Any]]
    page: int = 10
    paged: bool = True
    formats: str = "JSON, geoJSON"
    geometry: dict[int, dict[str, Any]] = field(default_factory=dict)
    forgets: bool = False
    loses: bool = False
    repeats: bool = False
    limit_by_ids: int | None = None
    miscounts: int = 0
    edited: int | None = None
    requests: list[dict[str, str]] = field(default_factory=list)

    def serve(self, publisher: Publisher) -> str:
        publisher.script(
            PATH, lambda _: self._json({"layers": [{"id": 3, "name": "Roads"}, {"id": 0, "name": "Corridors"}]})
        )
        publisher.script(f"{PATH}/0", lambda _: self._json(self._description()))
        publisher.script(f"{PATH}/0/query", self._query)
        return f"{publisher.url}{PATH}/0"

    def _description(self) -> dict[str, Any]:
        said: dict[str, Any] = {
            "name": "Corridors",
            "geometryType": "esriGeometryPoint",
            "objectIdField": "OBJECTID",
            "maxRecordCount": self.page,
            "advancedQueryCapabilities": {"supportsPagination": self.paged},
            "supportedQueryFormats": self.formats,
        }
        if self.edited is not None:
            said["editingInfo"] = {"lastEditDate": self.edited}
        return said

    def _query(self, seen: Seen) -> Reply:
        asked = seen.query if seen.method == "GET" else seen.form
        self.requests.append({"method": seen.method, **asked})
        if asked.get("where") == "bad":
            error = {"code": 400, "message": "Invalid query parameters.", "details": ["'where' is wrong"]}
            return self._json({"error": error})
        ids = sorted(self.features)
        if asked.get("returnCountOnly") == "true":
            return self._json({"count": len(ids) + self.miscounts})
        if asked.get("returnIdsOnly") == "true":
            return self._json({"objectIdFieldName": "OBJECTID", "objectIds": ids[::-1] or None})
        if "objectIds" in asked:
            wanted = [int(one) for one in asked["objectIds"].split(",")]
            given = wanted[: self.limit_by_ids]
            return self._answer(given, len(given) < len(wanted), asked["f"])
        offset, count = int(asked["resultOffset"]), int(asked["resultRecordCount"])
        if self.repeats and offset:
            offset -= 1
        given = ids[offset : offset + min(count, self.page)]
        more = offset + len(given) < len(ids)
        if self.loses and not more:
            given = []
        return self._answer(given, more and not self.forgets, asked["f"])

    def _answer(self, ids: list[int], more: bool, form: str) -> Reply:
        if form == "json":
            features = [
                {"attributes": {"OBJECTID": one, **self.features[one]}, "geometry": self.geometry.get(one)}
                for one in ids
            ]
            return self._json({"features": features, **({"exceededTransferLimit": True} if more else {})})
        features = [
            {
                "type": "Feature",
                "id": one,
                "geometry": {"type": "Point", "coordinates": [-71.0, 41.0 + one / 1000]},
                "properties": {"OBJECTID": one, **self.features[one]},
            }
            for one in ids
        ]
        properties = {"properties": {"exceededTransferLimit": True}} if more else {}
        return self._json({"type": "FeatureCollection", "features": features, **properties})

    @staticmethod
    def _json(value: Any) -> Reply:
        return Reply(json.dumps(value).encode(), headers={"Content-Type": "application/json"})
