"""The Alternative Fuel Stations service: one keyed download, asked for only when the stations changed.

The service says when its stations last changed in `last-updated.json`; the download itself carries no
validator that outlives a request. The key goes in a header. Parameters: developer.nlr.gov, alt-fuel-stations-v1.
"""

from __future__ import annotations

from dataclasses import replace

from geodata.fetching.client.exchange import Download, Request
from geodata.fetching.client.http import Fetcher
from geodata.fetching.client.http_errors import FetchError
from geodata.fetching.client.redaction import host_of
from geodata.fetching.transport import Job, split_address

# Canada is in the data, and the default answer is a page of the first stations.
ALWAYS = {"country": "US", "limit": "all"}


class StationService:
    """Obtains the stations of the nation or of one state as the address's query says."""

    suffix = ""

    def fetch(self, fetcher: Fetcher, job: Job) -> Download:
        """Download the stations unless `last-updated.json` still says what it said of the last copy."""
        version = self._last_updated(fetcher, job)
        base, query = split_address(job.url)
        if version == job.known.version:
            return Download("unchanged", url=job.url, version=version)
        request = Request(
            base,
            label=job.spec.title,
            params={**query, **ALWAYS},
            secret_headers=job.secret_headers("X-Api-Key"),
            media="json" if base.endswith("json") else "csv",
        )
        return replace(fetcher.download(request, job.part), version=version)

    def probe(self, fetcher: Fetcher, job: Job) -> None:
        """Ask when the stations last changed, which needs a key that is accepted."""
        self._last_updated(fetcher, job)

    @staticmethod
    def _last_updated(fetcher: Fetcher, job: Job) -> str:
        base, _ = split_address(job.url)
        url = f"{base.rsplit('.', 1)[0]}/last-updated.json"
        answer = fetcher.json_object(Request(url, secret_headers=job.secret_headers("X-Api-Key"), media="json"))
        if not isinstance(updated := answer.get("last_updated"), str):
            raise FetchError(f"{host_of(url)} does not say when its stations last changed.", "content")
        return updated
