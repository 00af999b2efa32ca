"""What came is recognized by its first bytes, and a page is quoted by the one line that matters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.fetching.client.media import code_and_message, message_in, shape_of


@pytest.mark.parametrize(
    ("head", "shape"),
    [
        (b"PK\x03\x04rest", "zip"),
        (b"II+\0rest", "tiff"),
        (b" \n", "nothing"),
        (b"\xef\xbb\xbf <!DOCTYPE HTML>", "html"),
        (b"<?xml version='1.0'?><!-- a page --><html>", "html"),
        (b"<ows:ExceptionReport>", "xml"),
        (b"\n[1]", "json"),
        (b"a\0b", "binary"),
        (b"a,b\n", "text"),
    ],
)
def test_shapes(head, shape):
    assert shape_of(head) == shape


@pytest.mark.parametrize(
    ("body", "line"),
    [
        (b"<html><title> Not\n here &amp; gone </title>", "Not here & gone"),
        (b"<html><p>no title", ""),
        (b"<r><ows:ExceptionText>No coverage</ows:ExceptionText></r>", "No coverage"),
        (b'{"error":{"message":"Bad.","details":["one", 2]}}', "Bad. one"),
        (b'{"errors":["first.", "second"]}', "first"),
        (b'{"message":"Slow down."}', "Slow down"),
        (b"plain\x1b[2J text", "plain [2J text"),
        (b"\0\1", ""),
    ],
)
def test_the_line_worth_repeating(body, line):
    assert message_in(body) == line


def test_a_code_is_text_whatever_it_came_as():
    assert code_and_message(b'{"error":{"code":498,"message":"Invalid token."}}') == ("498", "Invalid token")
    assert code_and_message(b"[1]") == ("", "")


@given(st.binary(max_size=300))
def test_any_bytes_give_a_harmless_line(body):
    assert message_in(body).isprintable()
