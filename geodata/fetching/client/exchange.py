"""What is asked of a publisher and what comes back, as plain records."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from geodata.fetching.client.media import Media
from geodata.fetching.client.patience import Patience
from geodata.fetching.client.redaction import Redactor, host_of

Progress = Callable[[str, int, int | None], None]
"""Hears what comes: its label, the bytes so far and those of the whole where that is known. The two are equal when it
is over, whether it came or was given up."""
WATCHER: ContextVar[Progress | None] = ContextVar("watcher", default=None)
"""Who watches the downloads of what runs in this context, such as the terminal that a job was launched from."""
JsonObject = dict[str, Any]
"""A parsed object; what is in it is looked at where it is used."""


@dataclass(frozen=True)
class Limits:
    """How long, how large and how often. Seconds and bytes.

    `total_s` bounds one file with all its attempts and waits. A wait that a publisher asks for is honored up
    to `longest_wait_s`; a longer one ends the attempt at once. A host that could not be reached, or that refused
    `refusals` files one after another, is not asked for `host_rest_s`. `preflight_s` is how long hosts are given, all
    at once, to show that they can be reached. Every `tell_s` somebody who waits hears what for.
    """

    connect_s: float = 10.0
    read_s: float = 60.0
    total_s: float = 3600.0
    max_bytes: int = 4_000_000_000
    max_bytes_in_memory: int = 256_000_000
    attempts: int = 4
    backoff_s: float = 1.0
    backoff_cap_s: float = 30.0
    longest_wait_s: float = 120.0
    redirects: int = 5
    host_rest_s: float = 900.0
    refusals: int = 2
    preflight_s: float = 12.0
    tell_s: float = 10.0

    def patience(self, attempts: int) -> Patience:
        """Return how often and with which pauses to try."""
        return Patience(attempts, self.backoff_s, self.backoff_cap_s, self.longest_wait_s)


@dataclass(frozen=True)
class Validators:
    """What a publisher gave to ask later whether a file changed; `version` where it has its own way of saying."""

    etag: str | None = None
    last_modified: str | None = None
    version: str | None = None


@dataclass(frozen=True)
class Request:
    """One thing to ask for.

    `secret_headers` and `secret_params` hold keys: they go to the first host only and are never written down;
    `secrets` are further values to redact (an identity in a path). `sha256` pins the bytes: one of them must come.
    `label` names the thing to people.
    """

    url: str
    label: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    secret_params: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    secret_headers: Mapping[str, str] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()
    method: Literal["GET", "POST"] = "GET"
    form: Mapping[str, str] | None = None
    upload: tuple[str, str, bytes] | None = None  # field, file name, content
    media: Media = "any"
    sha256: tuple[str, ...] = ()
    max_bytes: int | None = None
    follow_redirects: bool = True
    known: Validators = Validators()
    beginning_only: bool = False
    span: tuple[int, int] | None = None  # first and last byte wanted, of a file whose bytes are `media`

    @property
    def host(self) -> str:
        """The first host, as shown to people."""
        return host_of(self.url)

    @property
    def keys(self) -> tuple[str, ...]:
        """Every value that must not be written down."""
        return (*self.secret_params.values(), *self.secret_headers.values(), *self.secrets)

    @cached_property
    def redact(self) -> Redactor:
        """What hides this request's secrets in a text."""
        return Redactor(self.keys)


@dataclass(frozen=True)
class Download:
    """What came: `state` is new, unchanged (304) or empty (204). `moved_to` is set after a permanent redirect, `total`
    (bytes of the whole file) after a span.
    """

    state: Literal["new", "unchanged", "empty"]
    url: str
    filename: str = ""
    sha256: str = ""
    size: int = 0
    etag: str | None = None
    last_modified: str | None = None
    content_type: str = ""
    version: str | None = None
    moved_to: str | None = None
    attempts: int = 1
    resumed_at: int = 0
    total: int | None = None
