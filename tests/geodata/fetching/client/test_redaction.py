"""No key survives in anything written down, whatever form it takes."""

from __future__ import annotations

import logging
from urllib.parse import quote, quote_plus

from hypothesis import given
from hypothesis import strategies as st

from geodata.fetching.client.redaction import HIDDEN, Redactor, host_of, printable, redact_logs

KEYS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=6, max_size=40).filter(
    lambda key: key not in HIDDEN
)


@given(KEYS)
def test_a_known_secret_is_hidden_in_every_spelling(secret):
    redact = Redactor([secret])
    for form in (secret, quote(secret, safe=""), quote_plus(secret)):
        assert form not in redact(f"before {form} after").replace(HIDDEN, "")


@given(KEYS.filter(lambda key: not set(key) & set("&#\"'<>")))
def test_a_key_parameter_is_hidden_without_being_known(secret):
    for name in ("key", "api_key", "token", "X-Amz-Signature", "access_token"):
        text = Redactor()(f"https://publisher.example/data?get=NAME&{name}={quote(secret, safe='')}&for=us")
        assert text == f"https://publisher.example/data?get=NAME&{name}={HIDDEN}&for=us"


def test_parameters_that_are_no_keys_are_left():
    url = "https://publisher.example/data?keyword=electrician&monkey=1&where=STATE='RI'"
    assert Redactor()(url) == url


def test_a_password_in_an_address_is_hidden():
    assert Redactor()("http://me:pass@proxy.example:3128/") == f"http://{HIDDEN}@proxy.example:3128/"


def test_empty_secrets_hide_nothing():
    assert Redactor(["", ""])("plain text") == "plain text"


def test_the_logs_of_the_http_library_are_redacted(caplog):
    redact_logs(["hunter2"])
    with caplog.at_level(logging.DEBUG, logger="urllib3.connectionpool"):
        logging.getLogger("urllib3.connectionpool").debug('%s "GET /v1/hunter2?key=%s"', "host", "abc")
    assert caplog.messages == [f'host "GET /v1/{HIDDEN}?key={HIDDEN}"']


@given(st.text(max_size=400))
def test_what_a_publisher_wrote_becomes_one_harmless_line(text):
    line = printable(text)
    assert len(line) <= 160 and line.isprintable()


def test_hosts_are_shown_without_credentials_and_usual_ports():
    assert host_of("https://me:pass@publisher.example:443/x") == "publisher.example"
    assert host_of("http://127.0.0.1:8080/x") == "127.0.0.1:8080"
