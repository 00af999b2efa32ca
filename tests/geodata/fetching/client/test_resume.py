"""Continuing a download: only bytes of the same file, from where they stopped, with a validator that promises it."""

from __future__ import annotations

from pathlib import Path

import pytest

from geodata.fetching.client.resume import Begun, PartialFile, Span, span_of

URL = "https://publisher.example/rows.csv"


def begun_with(part: Path, headers: dict[str, str], content: bytes = b"12345") -> Begun:
    part.write_bytes(content)
    file = PartialFile(part, URL)
    file.note(headers)
    return PartialFile(part, URL).begun()


def test_what_came_is_remembered_with_its_validator_and_the_size_announced(tmp_path):
    assert begun_with(tmp_path / "part", {"ETag": '"1"', "Content-Length": "9"}) == Begun(5, '"1"', 9)
    assert begun_with(tmp_path / "part", {"Last-Modified": "yesterday"}) == Begun(5, "yesterday", None)
    assert PartialFile(tmp_path / "part", "https://publisher.example/other").begun() == Begun()


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"ETag": 'W/"1"', "Last-Modified": "yesterday"},
        {"ETag": '"1"', "Content-Encoding": "gzip"},
        {"ETag": '"1"', "Accept-Ranges": "None"},
        {"ETag": '"1"', "Content-Length": "5"},
    ],
)
def test_what_cannot_be_continued_is_begun_again(tmp_path, headers):
    assert begun_with(tmp_path / "part", headers) == Begun()


def test_a_damaged_note_and_one_without_bytes_are_none(tmp_path):
    file = PartialFile(tmp_path / "part", URL)
    file.note({"ETag": '"1"'})
    assert file.begun() == Begun()
    (tmp_path / "part").write_bytes(b"12345")
    (tmp_path / "part.resume").write_text("{")
    assert file.begun() == Begun()
    file.forget()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("headers", "continued"),
    [
        ({"Content-Range": "bytes 5-8/9", "ETag": '"1"'}, True),
        ({"Content-Range": "bytes 5-8/*"}, True),
        ({"Content-Range": "bytes 5-8/9", "ETag": '"2"', "Last-Modified": '"1"'}, True),
        ({"Content-Range": "bytes 4-8/9", "ETag": '"1"'}, False),
        ({"Content-Range": "bytes 5-9/10", "ETag": '"1"'}, False),
        ({"Content-Range": "bytes 5-8/9", "ETag": '"2"'}, False),
        ({"ETag": '"1"'}, False),
    ],
)
def test_a_continuation_is_of_the_same_file_from_where_it_stopped(headers, continued):
    assert Begun(5, '"1"', 9).continued_by(headers) is continued


def test_spans_are_read_from_their_header():
    assert span_of({"Content-Range": " bytes 0-9/10 "}) == Span(0, 9, 10)
    assert span_of({"Content-Range": "bytes 0-9/*"}) == Span(0, 9, None)
    assert span_of({"Content-Range": "items 0-9/10"}) is span_of({}) is None
