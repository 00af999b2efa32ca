"""Every way a connection breaks is one sentence; lengths of time and sizes are said as people say them."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime

import pytest
import requests

from geodata.fetching.client.http_errors import broken_connection, duration, error_object, seconds_until, size

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("problem", "kind", "again", "sentence"),
    [
        (requests.exceptions.SSLError(ssl.SSLCertVerificationError()), "unreachable", False, "The certificate of host"),
        (requests.exceptions.ProxyError(), "unreachable", True, "The proxy did not let us reach host"),
        (
            requests.exceptions.ConnectTimeout(),
            "unreachable",
            True,
            "host cannot be reached: no connection in the time",
        ),
        (requests.exceptions.ReadTimeout(), "too_slow", True, "host fell silent"),
        (requests.exceptions.ConnectionError(ConnectionRefusedError()), "unreachable", True, "host cannot be reached"),
        (requests.exceptions.InvalidURL(), "unreachable", False, "“host” is no address that can be asked"),
        (ConnectionResetError(), "unreachable", True, "The connection to host broke."),
    ],
)
def test_every_broken_connection_is_one_sentence(problem, kind, again, sentence):
    error = broken_connection(problem, "host")
    assert str(error).startswith(sentence)
    assert (error.kind, error.again) == (kind, again)


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("7", 7.0),
        (" 7 ", 7.0),
        ("Sun, 22 Nov 2026 09:00:40 GMT", 40.0),
        ("Sun, 22 Nov 2026 08:00:00 GMT", 0.0),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_a_wait_comes_in_seconds_or_as_a_date(header, wait):
    assert seconds_until(header, NOW) == wait


@pytest.mark.parametrize(
    ("body", "kind", "again", "sentence"),
    [
        (b'{"error":{"code":499,"message":""}}', "key", False, "host does not accept the key: 499."),
        (
            b'{"error":{"code":"OVER_RATE_LIMIT","message":"Too much."}}',
            "limited",
            False,
            "host allows no more requests",
        ),
        (b'{"error":{"code":503}}', "content", True, "host answered with error 503: no reason given."),
    ],
)
def test_error_objects(body, kind, again, sentence):
    error = error_object(body, "host")
    assert str(error).startswith(sentence)
    assert (error.kind, error.again) == (kind, again)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.2, "1 second"),
        (30, "30 seconds"),
        (89, "89 seconds"),
        (90, "2 minutes"),
        (78590, "22 hours"),
        (259200, "3 days"),
    ],
)
def test_durations_are_words(seconds, words):
    assert duration(seconds) == words


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0 bytes"), (999, "999 bytes"), (1000, "1 kB"), (45_316_831, "45.3 MB"), (4e9, "4 GB")]
)
def test_sizes_are_words(count, words):
    assert size(count) == words
