"""What came is held to what was asked for: its beginning, its end, its hash, and a name that stays in its folder."""

from __future__ import annotations

import hashlib
import re

import pytest

from geodata.fetching.client.content import check_end, check_head, check_whole, filename_of
from geodata.fetching.client.http_errors import FetchError


@pytest.mark.parametrize(
    ("head", "media"), [(b"a,b\n", "csv"), (b"{}", "json"), (b"PK\x03\x04", "xlsx"), (b"II*\0", "tiff"), (b"\0", "any")]
)
def test_what_was_asked_for_passes(head, media):
    check_head(head, media, "", "host")


@pytest.mark.parametrize(
    ("head", "media", "content_type", "sentence", "again"),
    [
        (b"", "csv", "", "host answered with an empty file instead of a table of text.", True),
        (b"{}", "csv", "", "host answered with JSON instead of a table of text.", False),
        (b"{}", "json", "text/html", "host answered with JSON that it calls a web page instead of JSON.", False),
        (b'{"error":{"code":500,"message":"Busy"}}', "json", "", "host answered with error 500: Busy.", True),
    ],
)
def test_anything_else_is_a_sentence(head, media, content_type, sentence, again):
    with pytest.raises(FetchError, match=f"^{re.escape(sentence)}$") as caught:
        check_head(head, media, content_type, "host")
    assert caught.value.again is again


def test_json_must_end_and_bytes_must_be_the_pinned_ones(tmp_path):
    path = tmp_path / "part"
    path.write_bytes(b'{"a": [1, 2')
    with pytest.raises(FetchError, match="breaks off before its end"):
        check_end(path, "json", "host")
    path.write_bytes(b'{"a": 1}\n')
    sha256 = hashlib.sha256(b'{"a": 1}\n').hexdigest()
    assert check_whole(path, "json", (sha256,), "host") == check_whole(path, "json", (), "host") == sha256
    with pytest.raises(FetchError, match="other bytes than the ones this source is pinned to") as caught:
        check_whole(path, "json", ("ab" * 32,), "host")
    assert caught.value.kind == "hash"


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("", "c.csv"),
        ('attachment; filename="../../etc/x.csv"', "x.csv"),
        ("attachment; filename*=UTF-8''d%C3%B1a.csv", "dña.csv"),
        ("inline", "c.csv"),
    ],
)
def test_a_name_never_leaves_its_folder(given, name):
    assert filename_of({"Content-Disposition": given}, "https://publisher.example/a%20b/c.csv?d=e/f") == name
