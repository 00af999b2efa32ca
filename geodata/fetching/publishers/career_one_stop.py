"""CareerOneStop: American Job Centers and training, with a token in a header and an identity in the path.

Every segment of the path must be there, `0` meaning no filter; a missing one is answered with 404. The address
of a source names the host, the place and, for training, the keyword; this module makes the path.
"""

from __future__ import annotations

import json
from urllib.parse import quote

from geodata.fetching.client.exchange import Download, JsonObject, Request
from geodata.fetching.client.http import Fetcher
from geodata.fetching.client.http_errors import FetchError
from geodata.fetching.client.redaction import host_of
from geodata.fetching.transport import Job, split_address
from geodata.storage.files import write_text

USER_VARIABLE = "CAREERONESTOP_USER_ID"
_PAGE = 1000


def centers_path(user_id: str, location: str, *, radius_miles: int = 0, first: int = 0, most: int = _PAGE) -> str:
    """Return the path that asks for job centers of all kinds: nine filters, then the first record and how many."""
    place = quote(location, safe="")
    return f"/v1/ajcfinder/{quote(user_id, safe='')}/{place}/{radius_miles}/0/0/0/0/0/0/{first}/{most}"


def training_path(user_id: str, keyword: str, location: str, *, radius_miles: int = 0, most: int = _PAGE) -> str:
    """Return the path that asks for training programs by keyword or O*NET code."""
    asked, place = quote(keyword, safe=""), quote(location, safe="")
    return f"/v1/training/{quote(user_id, safe='')}/{asked}/{place}/{radius_miles}{'/0' * 8}/{most}"


class CareerOneStop:
    """Obtains the records of a place and writes them as one JSON object, as the service gives them.

    The address is the host with `?location=` (a state's postal code or a ZIP code), and `&training=keyword` for
    training programs instead of job centers.
    """

    suffix = ".json"

    def fetch(self, fetcher: Fetcher, job: Job) -> Download:
        """Collect all pages; raises FetchError when fewer records come than the service counts."""
        base, query = split_address(job.url)
        keyword = query.get("training")
        location = query["location"]
        list_name = "SchoolPrograms" if keyword else "OneStopCenterList"
        records: list[object] = []
        counted = 0
        while True:
            answer = self._ask(fetcher, job, base, location, keyword, first=len(records))
            page = answer.get(list_name)
            if not isinstance(page, list):
                raise FetchError(f"{host_of(base)} answered without “{list_name}”.", "content")
            records += page
            counted = int(answer.get("RecordCount") or len(records))
            # Training has no first record to start from: one answer is all there is.
            if keyword or not page or len(records) >= counted:
                break
        if len(records) < counted:
            raise FetchError(f"{host_of(base)} counts {counted} records but gave {len(records)}.", "content")
        write_text(job.part, json.dumps({list_name: records, "RecordCount": counted}, ensure_ascii=False))
        return job.written(base)

    def probe(self, fetcher: Fetcher, job: Job) -> None:
        """Ask for one record."""
        base, query = split_address(job.url)
        self._ask(fetcher, job, base, query["location"], query.get("training"), first=0, most=1)

    @staticmethod
    def _ask(
        fetcher: Fetcher, job: Job, base: str, location: str, keyword: str | None, *, first: int, most: int = _PAGE
    ) -> JsonObject:
        user_id = job.secret(USER_VARIABLE)
        if keyword:
            path = training_path(user_id, keyword, location, most=most)
        else:
            path = centers_path(user_id, location, first=first, most=most)
        return fetcher.json_object(
            Request(
                base.rstrip("/") + path,
                label=job.spec.title,
                secret_headers={"Authorization": f"Bearer {job.secret()}"},
                secrets=(user_id, job.secret()),
                media="json",
            ),
            "records",
        )
