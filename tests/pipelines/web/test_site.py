"""What `onramp serve` shows: the files of one folder, no links, with the headers of the pages' policy."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

import pytest
from starlette.types import Message

from pipelines.web.site import site


class Answer(NamedTuple):
    status: int
    headers: list[tuple[str, str]]
    body: bytes


def asked(folder: Path, path: str, method: str = "GET", **headers: str) -> Answer:
    """Return what the application of `folder` answers."""
    given = {"host": "127.0.0.1:8000"} | {name.replace("_", "-"): value for name, value in headers.items()}
    scope: dict[str, Any] = {
        "type": "http",
        "method": method,
        "path": unquote(path),
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in given.items()],
        "server": ("127.0.0.1", 8000),
        "scheme": "http",
    }
    sent: list[Message] = []
    asks = iter([{"type": "http.request", "body": b""}])

    async def receive() -> Message:
        return next(asks, {"type": "http.disconnect"})

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(site(folder)(scope, receive, send))
    first = sent[0]
    found = [(name.decode(), value.decode()) for name, value in first["headers"]]
    return Answer(first["status"], found, b"".join(message.get("body", b"") for message in sent[1:]))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "products" / "XL"
    (folder / "site").mkdir(parents=True)
    (folder / "lists").mkdir()
    (folder / "site" / "index.html").write_text("<!doctype html><title>Site</title>")
    (folder / "lists" / "tracts.csv").write_text("geoid\n")
    secret = tmp_path / "secret.txt"
    secret.write_text("classified")
    (folder / "site" / "file.txt").symlink_to(secret)
    (folder / "site" / "folder").symlink_to(tmp_path)
    (folder / "site" / "inside.html").symlink_to(folder / "site" / "index.html")
    return folder


@pytest.mark.parametrize("path", ["/site/index.html", "/lists/tracts.csv"])
def test_pages_and_lists_come_with_the_headers_of_the_policy(folder: Path, path: str) -> None:
    answer = asked(folder, path)
    assert answer.status == 200
    policies = [value for name, value in answer.headers if name == "content-security-policy"]
    assert policies == ["object-src 'none'; base-uri 'none'; form-action 'none'", "frame-ancestors 'none'"]
    others = dict(answer.headers)
    assert others["x-content-type-options"] == "nosniff"
    assert others["referrer-policy"] == "no-referrer"
    assert others["x-frame-options"] == "DENY"


@pytest.mark.parametrize(
    "path",
    [
        "/site/file.txt",
        "/site/folder/secret.txt",
        "/site/inside.html",
        "/site/",
        "/",
        "/../../secret.txt",
        "/site/%2e%2e/%2e%2e/%2e%2e/secret.txt",
        "/site/..%2f..%2f..%2fsecret.txt",
        "//etc/passwd",
        "/site/index.html%00",
    ],
)
def test_links_folders_and_what_lies_outside_are_not_shown(folder: Path, path: str) -> None:
    answer = asked(folder, path)
    assert answer.status == 404
    assert b"classified" not in answer.body


def test_a_home_folder_that_is_a_link_itself_is_served(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").symlink_to(tmp_path / "products")
    assert asked(tmp_path / "elsewhere" / "XL", "/site/index.html").status == 200


def test_a_rebound_name_and_another_page_get_nothing(folder: Path) -> None:
    assert asked(folder, "/site/index.html", host="evil.test").status == 421
    assert asked(folder, "/site/index.html", sec_fetch_site="cross-site").status == 403
    assert asked(folder, "/site/index.html", method="POST").status in (403, 405)
