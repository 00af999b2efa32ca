"""Files of an FTP server: whole, unchanged, absent, refused, of the wrong kind, and no server at all."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pytest

from geodata.fetching.client.exchange import Request, Validators
from geodata.fetching.client.http_errors import FetchError
from tests.support.ftp_server import FtpServer

ROWS = b"a,b\n" + b"1,2\n" * 50_000


@pytest.fixture
def server(tmp_path) -> Iterator[FtpServer]:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "rows.csv").write_bytes(ROWS)
    (folder / "page.csv").write_bytes(b"<!doctype html><title>Away</title>")
    ftp = FtpServer(folder)
    ftp.start()
    yield ftp
    ftp.stop()


def request(server: FtpServer, name: str, **more) -> Request:
    return Request(f"ftp://127.0.0.1:{server.port}/geo/{name}", media="csv", **more)


def test_a_file_comes_whole_with_its_date(server, fetcher, tmp_path):
    came = fetcher.download_ftp(request(server, "rows.csv"), tmp_path / "part")
    assert (tmp_path / "part").read_bytes() == ROWS
    assert (came.state, came.size, came.filename) == ("new", len(ROWS), "rows.csv")
    assert came.sha256 == hashlib.sha256(ROWS).hexdigest()
    again = fetcher.download_ftp(
        request(server, "rows.csv", known=Validators(last_modified=came.last_modified)), tmp_path / "again"
    )
    assert again.state == "unchanged"
    assert server.asked == ["/geo/rows.csv"]


@pytest.mark.parametrize(
    ("name", "kind", "said"),
    [("none.csv", "absent", "has no such file (FTP 550)."), ("page.csv", "content", "a web page that says “Away”")],
)
def test_what_does_not_come_is_said(server, fetcher, tmp_path, name, kind, said):
    with pytest.raises(FetchError) as caught:
        fetcher.download_ftp(request(server, name), tmp_path / "part")
    assert caught.value.kind == kind
    assert said in str(caught.value)


def test_a_server_that_lets_nobody_in_refuses(server, fetcher, tmp_path):
    server.refuses = True
    with pytest.raises(FetchError, match=r"refuses to serve this computer \(FTP 530\)"):
        fetcher.download_ftp(request(server, "rows.csv"), tmp_path / "part")


def test_nobody_there(fetcher, tmp_path, unused_port):
    with pytest.raises(FetchError, match="cannot be reached: it refuses connections"):
        fetcher.download_ftp(Request(f"ftp://127.0.0.1:{unused_port}/rows.csv"), tmp_path / "part")
