"""How a copy of a source is obtained live: the job, the plain file, and the templates of addresses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from geodata.fetching.client.exchange import Download, Request, Validators
from geodata.fetching.client.http import Fetcher
from geodata.fetching.client.http_errors import FetchError
from geodata.states import State
from geodata.storage.files import sha256_of

if TYPE_CHECKING:
    from geodata.sources.spec import SourceSpec


@dataclass(frozen=True)
class Job:
    """One copy to obtain: from `url` (filled in), written to `part`; `known` is what the last copy came with.

    `pins` are the only hashes to accept, where there are any; `environ` holds the keys: transports take from it
    what the publisher asks for.
    """

    spec: SourceSpec
    state: State | None
    url: str
    part: Path
    known: Validators = field(default_factory=Validators)
    pins: tuple[str, ...] = ()
    environ: Mapping[str, str] = field(default_factory=dict)

    def secret(self, name: str | None = None) -> str:
        """Return the value of the environment variable `name`, or of the one the source's key is in.

        Raises FetchError saying which variables to set.
        """
        variable = name or self.spec.key_env or ""
        value = self.environ.get(variable, "").strip()
        if not value:
            page = self.spec.key_page or self.spec.page
            both = dict.fromkeys(one for one in (self.spec.key_env, variable) if one)
            missing = [one for one in both if not self.environ.get(one, "").strip()]
            given = "it" if len(missing) == 1 else "what you are given"
            names = " and ".join(missing)
            raise FetchError(f"It needs a key: ask for one at {page} and set {names} to {given}.", "key")
        return value

    def secret_headers(self, name: str, form: str = "{}") -> dict[str, str]:
        """Return the header `name` with the source's key in `form`; none where the key is not for the job's host."""
        return {name: form.format(self.secret())} if self.spec.sends_key(self.url) else {}

    def written(self, url: str, *, version: str | None = None, filename: str = "") -> Download:
        """Return what came when the copy was put together in `part`; `url` is what was asked."""
        size = self.part.stat().st_size
        return Download("new", url=url, filename=filename, sha256=sha256_of(self.part), size=size, version=version)


class Transport(Protocol):
    """A way of obtaining a copy; `suffix` is empty where files come as they are."""

    @property
    def suffix(self) -> str:
        """The ending of a file that is put together here, with its dot."""
        ...

    def fetch(self, fetcher: Fetcher, job: Job) -> Download:
        """Write the copy to `job.part`, or say that it is unchanged or empty; raises FetchError."""
        ...

    def probe(self, fetcher: Fetcher, job: Job) -> None:
        """Ask as little as shows that the publisher can be reached and takes the key; raises FetchError."""
        ...


class PlainFile:
    """A file at an address. A key, where the source has one, goes in the `Authorization` header."""

    suffix = ""

    def _request(self, job: Job) -> Request:
        return Request(
            job.url,
            label=job.spec.title,
            secret_headers=job.secret_headers("Authorization", "Bearer {}"),
            media=job.spec.media,
            sha256=job.pins,
            known=job.known,
        )

    def fetch(self, fetcher: Fetcher, job: Job) -> Download:
        """Download the file."""
        return fetcher.download(self._request(job), job.part)

    def probe(self, fetcher: Fetcher, job: Job) -> None:
        """Read the beginning of the file, or hear that it is unchanged."""
        fetcher.peek(self._request(job))


class FtpFile:
    """A file on an FTP server, which is asked without a name or password."""

    suffix = ""

    def fetch(self, fetcher: Fetcher, job: Job) -> Download:
        """Download the file, unless its date is that of the last copy."""
        return fetcher.download_ftp(self._request(job), job.part)

    def probe(self, fetcher: Fetcher, job: Job) -> None:
        """Ask for the date of the file."""
        fetcher.peek_ftp(self._request(job))

    @staticmethod
    def _request(job: Job) -> Request:
        return Request(job.url, label=job.spec.title, media=job.spec.media, sha256=job.pins, known=job.known)


def fill_address(template: str, spec: SourceSpec, state: State | None, options: Mapping[str, str]) -> str | None:
    """Return the address of a copy, or None when it needs a state and there is none, or a field that is not given."""
    fields: dict[str, str] = dict(options)
    if spec.year is not None:
        fields["year"] = str(spec.year)
    if state is not None:
        fields |= {"fips": state.fips, "usps": state.usps, "state_name": state.name.replace(" ", "")}
    filled = re.sub(r"\{(\w+)\}", lambda found: fields.get(found.group(1), found.group(0)), template)
    return None if re.search(r"\{\w+\}", filled) else filled


def split_address(url: str) -> tuple[str, dict[str, str]]:
    """Return an address without its query, and the query as names and values."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(query="", fragment="")), dict(parse_qsl(parts.query, keep_blank_values=True))
