"""Every fault of a publisher's bad day: what the person reads, and that nothing half-right is left behind."""

from __future__ import annotations

import gzip
import hashlib
import io
import logging
import threading
import zipfile
from datetime import timedelta
from email.utils import format_datetime

import pytest

from geodata.fetching.client.exchange import Limits, Request, Validators
from geodata.fetching.client.http import LOG, Fetcher
from geodata.fetching.client.http_errors import FetchError
from tests.support.publisher_server import Reply, file_of

ROWS = b"id,name\n" + b"".join(b"%d,somewhere\n" % number for number in range(4000))
HTML = b"<!DOCTYPE html><html><head><title>Page &amp; file not found</title></head><body>Sorry</body></html>"


def zipped(content: bytes = ROWS, name: str = "rows.csv") -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return held.getvalue()


def failure_of(fetcher: Fetcher, request: Request, part) -> FetchError:
    """Run a download that must fail; nothing that could be taken for the file may stay."""
    with pytest.raises(FetchError) as caught:
        fetcher.download(request, part)
    assert caught.value.__cause__ is None
    return caught.value


def test_a_good_file_arrives_with_what_is_needed_to_ask_again(publisher, fetcher, tmp_path):
    url = publisher.script(
        "/a/rows.csv",
        Reply(
            ROWS, headers={"ETag": '"7"', "Last-Modified": "Wed, 21 Oct 2026 07:28:00 GMT", "Content-Type": "text/csv"}
        ),
    )
    part = tmp_path / "part"
    came = fetcher.download(Request(url, media="csv"), part)
    assert part.read_bytes() == ROWS
    assert (came.state, came.filename, came.size) == ("new", "rows.csv", len(ROWS))
    assert came.sha256 == hashlib.sha256(ROWS).hexdigest()
    assert (came.etag, came.last_modified) == ('"7"', "Wed, 21 Oct 2026 07:28:00 GMT")
    assert publisher.seen[0].headers["user-agent"].startswith("Onramp/")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["part"]


def test_an_unchanged_file_is_not_sent_again(publisher, fetcher, tmp_path):
    url = publisher.script("/rows.csv", file_of(ROWS, etag='"7"'))
    came = fetcher.download(Request(url, known=Validators('"7"', "Wed, 21 Oct 2026 07:28:00 GMT")), tmp_path / "part")
    assert came.state == "unchanged"
    assert publisher.seen[0].headers["if-modified-since"] == "Wed, 21 Oct 2026 07:28:00 GMT"
    assert list(tmp_path.iterdir()) == []


def test_no_content_is_an_empty_table(publisher, fetcher, tmp_path):
    url = publisher.script("/rows.csv", Reply(b"", 204))
    assert fetcher.download(Request(url), tmp_path / "part").state == "empty"
    assert list(tmp_path.iterdir()) == []
    assert fetcher.json(Request(url, media="json")) is None


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_a_passing_fault_is_tried_again_with_growing_pauses(publisher, fetcher, fake_time, tmp_path, status):
    url = publisher.script("/rows.csv", Reply(b"", status), Reply(b"", status), Reply(ROWS))
    came = fetcher.download(Request(url), tmp_path / "part")
    assert came.attempts == 3
    assert fake_time.slept == [0.5, 1.0]


@pytest.mark.parametrize(
    ("status", "kind", "sentence"),
    [
        (400, "misunderstood", "{host} did not accept the request (HTTP 400): “unknown variable”."),
        (
            403,
            "refused",
            "{host} refuses to serve this computer (HTTP 403): “unknown variable”. Some publishers refuse data "
            "centers and networks abroad.",
        ),
        (404, "absent", "{host} has no such file (HTTP 404): “unknown variable”."),
        (422, "misunderstood", "{host} did not accept the request (HTTP 422): “unknown variable”."),
    ],
)
def test_a_refusal_is_reported_at_once(publisher, fetcher, fake_time, tmp_path, status, kind, sentence):
    url = publisher.script("/rows.csv", Reply(b"unknown\nvariable\x1b", status))
    problem = failure_of(fetcher, Request(url), tmp_path / "part")
    assert (problem.kind, str(problem)) == (kind, sentence.format(host=publisher.host))
    assert len(publisher.seen) == 1 and fake_time.slept == []
    assert list(tmp_path.iterdir()) == []


def test_a_failing_publisher_is_given_up_after_four_attempts(publisher, fetcher, tmp_path):
    url = publisher.script("/rows.csv", Reply(HTML, 503))
    problem = failure_of(fetcher, Request(url), tmp_path / "part")
    assert str(problem) == f"{publisher.host} is failing (HTTP 503): “Page & file not found” (4 attempts)."
    assert len(publisher.seen) == 4


def test_a_day_long_wait_is_not_slept_on(publisher, fetcher, fake_time, tmp_path):
    body = b'{"error":{"code":"OVER_RATE_LIMIT","message":"You have exceeded your rate limit."}}'
    url = publisher.script("/rows.csv", Reply(body, 429, {"Retry-After": "78590"}))
    problem = failure_of(fetcher, Request(url), tmp_path / "part")
    assert str(problem) == (
        f"{publisher.host} allows no more requests for another 22 hours (HTTP 429): "
        "“You have exceeded your rate limit”."
    )
    assert (problem.kind, fake_time.slept, len(publisher.seen)) == ("limited", [], 1)


def test_a_short_wait_is_honored_in_seconds_and_as_a_date(publisher, fetcher, fake_time, tmp_path):
    later = format_datetime(fake_time.today + timedelta(seconds=40), usegmt=True)
    url = publisher.script(
        "/rows.csv", Reply(b"", 429, {"Retry-After": "7"}), Reply(b"", 503, {"Retry-After": later}), Reply(ROWS)
    )
    fetcher.download(Request(url), tmp_path / "part")
    assert fake_time.slept[0] == 7.5
    assert fake_time.slept[1] == pytest.approx(40 - 7.5 + 1.0)


def test_waits_never_pass_the_time_allowed(publisher, fake_time, tmp_path):
    url = publisher.script("/rows.csv", Reply(b"", 503, {"Retry-After": "100"}))
    fetcher = Fetcher(clock=fake_time.clock(), limits=Limits(total_s=150))
    problem = failure_of(fetcher, Request(url), tmp_path / "part")
    assert str(problem) == f"{publisher.host} is failing (HTTP 503) and asks to wait 2 minutes (2 attempts)."
    assert fake_time.passed <= 150


def test_a_broken_connection_is_continued_where_it_broke(publisher, fetcher, tmp_path):
    url = publisher.script("/rows.csv", file_of(ROWS, cut_after=10_000), file_of(ROWS))
    came = fetcher.download(Request(url, media="csv"), tmp_path / "part")
    assert (tmp_path / "part").read_bytes() == ROWS
    assert (came.resumed_at, came.attempts) == (10_000, 2)
    assert publisher.seen[1].headers["range"] == "bytes=10000-"
    assert publisher.seen[1].headers["if-range"] == '"1"'
    assert sorted(path.name for path in tmp_path.iterdir()) == ["part"]


def test_a_file_that_changed_meanwhile_is_begun_again(publisher, fetcher, tmp_path):
    newer = ROWS.replace(b"somewhere", b"elsewhere")
    url = publisher.script("/rows.csv", file_of(ROWS, cut_after=10_000), file_of(newer, etag='"2"'))
    came = fetcher.download(Request(url), tmp_path / "part")
    assert (tmp_path / "part").read_bytes() == newer
    assert (came.resumed_at, came.etag) == (0, '"2"')


@pytest.mark.parametrize(
    "lie",
    [
        {"Content-Range": f"bytes 9999-{len(ROWS) - 1}/{len(ROWS)}", "ETag": '"1"'},
        {"Content-Range": f"bytes 10000-{len(ROWS) - 1}/{len(ROWS) + 5}", "ETag": '"1"'},
        {"Content-Range": f"bytes 10000-{len(ROWS) - 1}/{len(ROWS)}", "ETag": '"2"'},
        {"ETag": '"1"'},
    ],
)
def test_a_continuation_that_does_not_fit_is_thrown_away(publisher, fetcher, tmp_path, lie):
    url = publisher.script(
        "/rows.csv", file_of(ROWS, cut_after=10_000), Reply(b"x" * (len(ROWS) - 10_000), 206, lie), file_of(ROWS)
    )
    came = fetcher.download(Request(url), tmp_path / "part")
    assert (tmp_path / "part").read_bytes() == ROWS
    assert came.attempts == 3


def test_a_file_glued_from_two_versions_is_noticed_by_its_hash_and_begun_again(publisher, fetcher, tmp_path):
    careless = {"Content-Range": f"bytes 10000-{len(ROWS) - 1}/{len(ROWS)}"}
    url = publisher.script(
        "/rows.csv", file_of(ROWS, cut_after=10_000), Reply(b"x" * (len(ROWS) - 10_000), 206, careless), file_of(ROWS)
    )
    fetcher.download(Request(url, sha256=(hashlib.sha256(ROWS).hexdigest(),)), tmp_path / "part")
    assert (tmp_path / "part").read_bytes() == ROWS


@pytest.mark.parametrize("headers", [{"ETag": 'W/"1"'}, {}, {"ETag": '"1"', "Accept-Ranges": "none"}])
def test_without_a_way_to_be_sure_the_download_begins_again(publisher, fetcher, tmp_path, headers):
    url = publisher.script("/rows.csv", Reply(ROWS, headers=headers, cut_after=10_000), Reply(ROWS, headers=headers))
    assert fetcher.download(Request(url), tmp_path / "part").resumed_at == 0
    assert "range" not in publisher.seen[1].headers
    assert (tmp_path / "part").read_bytes() == ROWS


def test_a_download_cut_each_time_is_reported_and_goes_on_in_the_next_run(publisher, fetcher, fake_time, tmp_path):
    url = publisher.script("/rows.csv", file_of(ROWS, cut_after=10_000), Reply(b"", 503))
    problem = failure_of(fetcher, Request(url), tmp_path / "part")
    assert str(problem) == f"{publisher.host} is failing (HTTP 503) (4 attempts)."
    assert (tmp_path / "part").stat().st_size == 10_000
    publisher.script("/rows.csv", file_of(ROWS))
    with Fetcher(clock=fake_time.clock()) as next_run:
        assert next_run.download(Request(url), tmp_path / "part").resumed_at == 10_000
    assert (tmp_path / "part").read_bytes() == ROWS


@pytest.mark.parametrize("chunked", [False, True])
def test_a_truncated_body_is_never_taken_for_the_file(publisher, fetcher, tmp_path, chunked):
    url = publisher.script("/rows.csv", Reply(ROWS, cut_after=10_000, chunked=chunked))
    problem = failure_of(fetcher, Request(url), tmp_path / "part")
    of = "" if chunked else " of 58.9 kB"
    assert str(problem) == f"{publisher.host} broke off after 10 kB{of} (4 attempts)."
    assert problem.kind == "truncated"


def test_json_cut_without_an_announced_length_is_noticed_by_its_end(publisher, fetcher, tmp_path):
    body = b'{"fuel_stations": [' + b'{"id": 1},' * 1000 + b'{"id": 2}]}'
    url = publisher.script("/v1.json", Reply(body, announce=False, cut_after=5000))
    problem = failure_of(fetcher, Request(url, media="json"), tmp_path / "part")
    assert str(problem) == f"{publisher.host} sent JSON that breaks off before its end (4 attempts)."
    assert list(tmp_path.iterdir()) == []


def test_a_zip_cut_without_an_announced_length_is_noticed(publisher, fetcher, tmp_path):
    url = publisher.script("/rows.zip", Reply(zipped(), announce=False, cut_after=3000))
    problem = failure_of(fetcher, Request(url, media="zip"), tmp_path / "part")
    assert str(problem) == f"{publisher.host} sent an archive that is not opened: this is not a whole zip archive."
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("media", "body", "content_type", "sentence"),
    [
        ("zip", HTML, "text/html", "a web page that says “Page & file not found” instead of a zip archive."),
        ("csv", HTML, "text/csv", "a web page that says “Page & file not found” instead of a table of text."),
        ("any", HTML, "text/html", "a web page that says “Page & file not found” instead of a file."),
        ("json", b"[1]", "text/html;charset=utf-8", "JSON that it calls a web page instead of JSON."),
        (
            "tiff",
            b'<?xml version="1.0"?><ows:ExceptionReport><ows:ExceptionText>No such coverage</ows:ExceptionText>'
            b"</ows:ExceptionReport>",
            "image/tiff",
            "an XML message that says “No such coverage” instead of a TIFF raster.",
        ),
        ("xlsx", b"a,b\n1,2\n", "text/csv", "plain text that says “a,b 1,2” instead of an Excel workbook."),
        ("csv", zipped(), "text/csv", "a zip archive instead of a table of text."),
        ("csv", b"\x00\x01\x02", "text/csv", "binary data instead of a table of text."),
    ],
)
def test_success_that_is_none_is_reported_by_what_came(
    publisher, fetcher, tmp_path, media, body, content_type, sentence
):
    url = publisher.script("/file", Reply(body, headers={"Content-Type": content_type, "ETag": '"1"'}))
    problem = failure_of(fetcher, Request(url, media=media), tmp_path / "part")
    assert str(problem) == f"{publisher.host} answered with {sentence}"
    assert problem.kind == "content" and len(publisher.seen) == 1
    assert list(tmp_path.iterdir()) == []


def test_an_error_object_under_200_is_reported(publisher, fetcher, tmp_path):
    body = b'{"error":{"code":400,"message":"Invalid query parameters.","details":["outFields is wrong"]}}'
    url = publisher.script("/query", Reply(body, headers={"Content-Type": "application/json"}))
    problem = failure_of(fetcher, Request(url, media="json"), tmp_path / "part")
    assert str(problem) == (f"{publisher.host} answered with error 400: Invalid query parameters. outFields is wrong.")


def test_an_empty_file_is_tried_again_and_then_reported(publisher, fetcher, tmp_path):
    url = publisher.script("/rows.csv", Reply(b""))
    problem = failure_of(fetcher, Request(url, media="csv"), tmp_path / "part")
    assert str(problem) == f"{publisher.host} answered with an empty file instead of a table of text (4 attempts)."


@pytest.mark.parametrize("announce", [True, False])
def test_a_file_larger_than_allowed_is_not_taken(publisher, fetcher, tmp_path, announce):
    url = publisher.script("/rows.csv", Reply(ROWS, announce=announce))
    problem = failure_of(fetcher, Request(url, max_bytes=20_000), tmp_path / "part")
    assert str(problem) == f"{publisher.host} sent more than the 20 kB that are allowed here."
    assert list(tmp_path.iterdir()) == []


def test_a_compressed_answer_is_bounded_by_what_it_unpacks_to(publisher, fetcher, tmp_path):
    bomb = gzip.compress(b"[" + b" " * 50_000_000 + b"]")
    url = publisher.script("/v1.json", Reply(bomb, headers={"Content-Encoding": "gzip"}))
    problem = failure_of(fetcher, Request(url, media="json", max_bytes=1_000_000), tmp_path / "part")
    assert str(problem) == f"{publisher.host} sent more than the 1 MB that are allowed here."
    assert list(tmp_path.iterdir()) == []


def test_a_compressed_answer_is_unpacked_and_a_damaged_one_reported(publisher, fetcher, tmp_path):
    packed = gzip.compress(b'[["NAME"],["Tract 1"]]')
    url = publisher.script("/data", Reply(packed, headers={"Content-Encoding": "gzip"}))
    assert fetcher.json(Request(url, media="json")) == [["NAME"], ["Tract 1"]]
    publisher.script("/data", Reply(b"not gzip at all", headers={"Content-Encoding": "gzip"}))
    problem = failure_of(fetcher, Request(url, media="json"), tmp_path / "part")
    assert str(problem) == f"{publisher.host} sent a compressed answer that cannot be unpacked (4 attempts)."


def test_a_zip_bomb_is_not_opened(publisher, fetcher, tmp_path):
    url = publisher.script("/rows.zip", Reply(zipped(b"\0" * 30_000_000)))
    problem = failure_of(fetcher, Request(url, media="zip"), tmp_path / "part")
    assert str(problem) == (
        f"{publisher.host} sent an archive that is not opened: "
        "its member “rows.csv” would unpack to 1028 times its size."
    )
    assert list(tmp_path.iterdir()) == []


def test_other_bytes_than_the_pinned_ones_are_refused(publisher, fetcher, tmp_path):
    url = publisher.script("/rows.csv", file_of(ROWS))
    problem = failure_of(fetcher, Request(url, sha256=("ab" * 32, "cd" * 32)), tmp_path / "part")
    assert str(problem) == (
        f"{publisher.host} sent other bytes than the ones this source is pinned to "
        f"(SHA-256 {hashlib.sha256(ROWS).hexdigest()[:12]}…, not abababababab… or cdcdcdcdcdcd…)."
    )
    assert list(tmp_path.iterdir()) == []


def test_a_permanent_move_is_followed_and_reported_a_passing_one_only_followed(publisher, fetcher, tmp_path):
    publisher.script("/new/rows.csv", file_of(ROWS))
    gone = publisher.script("/rows.csv", Reply(b"", 301, {"Location": "/new/rows.csv"}))
    came = fetcher.download(Request(gone), tmp_path / "part")
    assert came.moved_to == f"{publisher.url}/new/rows.csv"
    passing = publisher.script("/today.csv", Reply(b"", 302, {"Location": "/new/rows.csv"}))
    assert fetcher.download(Request(passing), tmp_path / "part2").moved_to is None


def test_where_a_redirect_leads_nowhere_its_target_is_given_up_and_not_the_publisher(publisher, fetcher, tmp_path):
    nowhere = "https://login.portal.invalid/captive"
    first = publisher.script("/rows.csv", Reply(b"", 302, {"Location": nowhere}))
    said = (
        f"{publisher.host} sent us on to login.portal.invalid. login.portal.invalid cannot be reached: its name is "
        "not known here"
    )
    problem = failure_of(fetcher, Request(first), tmp_path / "part")
    assert (problem.kind, problem.host) == ("unreachable", "login.portal.invalid")
    assert str(problem).startswith(said)
    asked = len(publisher.seen)
    # The next file that is sent on there costs one request, and the publisher's other files come.
    second = publisher.script("/others.csv", Reply(b"", 302, {"Location": nowhere}))
    assert str(failure_of(fetcher, Request(second), tmp_path / "part2")).startswith(said)
    assert len(publisher.seen) == asked + 1
    good = publisher.script("/good.csv", file_of(ROWS))
    assert fetcher.download(Request(good), tmp_path / "part3").state == "new"


def test_refusals_of_the_place_a_redirect_leads_to_are_not_the_publishers(publisher, fetcher, tmp_path):
    there = publisher.url.replace("127.0.0.1", "localhost")
    publisher.script("/store", Reply(b"", 403))
    for number in range(3):
        url = publisher.script(f"/{number}.csv", Reply(b"", 302, {"Location": f"{there}/store"}))
        problem = failure_of(fetcher, Request(url), tmp_path / f"part{number}")
        assert problem.kind == "refused" and problem.host.startswith("localhost")
    good = publisher.script("/good.csv", file_of(ROWS))
    assert fetcher.download(Request(good), tmp_path / "good").state == "new"


def test_redirects_in_a_circle_end(publisher, fetcher, tmp_path):
    url = publisher.script("/rows.csv", Reply(b"", 302, {"Location": "/rows.csv"}))
    problem = failure_of(fetcher, Request(url), tmp_path / "part")
    assert str(problem) == f"{publisher.host} sent us on more than 5 times without giving the file."


def test_another_scheme_is_not_followed(publisher, fetcher, tmp_path):
    url = publisher.script("/rows.csv", Reply(b"", 302, {"Location": "file:///etc/passwd"}))
    problem = failure_of(fetcher, Request(url), tmp_path / "part")
    assert str(problem) == (
        f"{publisher.host} sent us to an address of another kind (file:///etc/passwd), which is not followed."
    )


def test_a_key_stays_with_its_host_and_out_of_every_word(publisher, fetcher, tmp_path, caplog):
    secret = "s3cr3t+key/value"
    with_other_host = publisher.url.replace("127.0.0.1", "localhost")
    publisher.script("/elsewhere", Reply(b"{}", 403))
    url = publisher.script("/v1.json", Reply(b"", 302, {"Location": f"{with_other_host}/elsewhere?token=abc"}))
    request = Request(url, secret_headers={"X-Api-Key": secret}, secret_params={"key": secret}, media="json")
    # The HTTP library's logger by name: other libraries of the process quieten it.
    with caplog.at_level(logging.DEBUG), caplog.at_level(logging.DEBUG, logger="urllib3"):
        problem = failure_of(fetcher, request, tmp_path / "part")
    assert publisher.seen[0].headers["x-api-key"] == secret
    assert publisher.seen[0].query["key"] == secret
    assert "x-api-key" not in publisher.seen[1].headers and "key" not in publisher.seen[1].query
    written = caplog.text + str(problem)
    assert "key=REDACTED" in caplog.text
    for form in (secret, "s3cr3t", "token=abc"):
        assert form not in written


def test_a_key_that_the_publisher_repeats_is_hidden(publisher, fetcher, tmp_path):
    body = b'{"error":{"code":"API_KEY_INVALID","message":"The key hunter2 is not known."}}'
    url = publisher.script("/v1.json", Reply(body, 403))
    problem = failure_of(fetcher, Request(url, secret_headers={"X-Api-Key": "hunter2"}), tmp_path / "part")
    assert str(problem) == f"{publisher.host} does not accept the key: The key REDACTED is not known."
    assert problem.kind == "key"


def test_a_silent_publisher_is_given_up(publisher, fake_time, tmp_path):
    given_up = threading.Event()
    url = publisher.script("/rows.csv", Reply(ROWS, after=given_up))
    fetcher = Fetcher(clock=fake_time.clock(), limits=Limits(read_s=0.1, attempts=2))
    problem = failure_of(fetcher, Request(url), tmp_path / "part")
    given_up.set()
    assert str(problem) == f"{publisher.host} fell silent and was given up (2 attempts)."


def test_a_trickle_ends_at_the_time_allowed(publisher, fake_time, tmp_path):
    leave = threading.Semaphore(1)

    def a_byte_a_second(label: str, done: int, whole: int | None) -> None:
        fake_time.forward(seconds=1)
        leave.release()

    url = publisher.script("/rows.csv", Reply(ROWS, trickle=leave, headers={"ETag": '"1"'}))
    fetcher = Fetcher(clock=fake_time.clock(), limits=Limits(total_s=5), progress=a_byte_a_second)
    problem = failure_of(fetcher, Request(url, label="Rows"), tmp_path / "part")
    assert str(problem) == f"{publisher.host} was too slow: 6 bytes came in the 5 seconds allowed."
    assert (tmp_path / "part").read_bytes() == ROWS[:6]


def test_a_refused_answer_is_not_read_to_its_end(publisher, fetcher, tmp_path):
    endless = threading.Semaphore(5000)
    url = publisher.script("/rows.csv", Reply(b"x" * 10_000, 503, trickle=endless))
    problem = failure_of(fetcher, Request(url), tmp_path / "part")
    assert str(problem).endswith("(4 attempts).") and problem.status == 503
    assert len(publisher.seen) == 4


def test_nobody_there(fetcher, tmp_path, unused_port):
    problem = failure_of(fetcher, Request(f"http://127.0.0.1:{unused_port}/rows.csv"), tmp_path / "part")
    assert str(problem) == (f"127.0.0.1:{unused_port} cannot be reached: it refuses connections (4 attempts).")


def test_a_host_that_could_not_be_reached_is_not_tried_for_its_other_files(fetcher, fake_time, tmp_path, unused_port):
    host = f"http://127.0.0.1:{unused_port}"
    failure_of(fetcher, Request(f"{host}/rows.csv"), tmp_path / "part")
    waits = len(fake_time.slept)
    problem = failure_of(fetcher, Request(f"{host}/others.csv"), tmp_path / "part")
    assert str(problem) == f"127.0.0.1:{unused_port} cannot be reached: it refuses connections (4 attempts)."
    assert len(fake_time.slept) == waits == 3
    fake_time.forward(minutes=16)
    failure_of(fetcher, Request(f"{host}/others.csv"), tmp_path / "part")
    assert len(fake_time.slept) == 6


def test_an_unknown_name(fetcher, tmp_path):
    problem = failure_of(fetcher, Request("http://publisher.invalid/rows.csv"), tmp_path / "part")
    assert str(problem) == "publisher.invalid cannot be reached: its name is not known here (4 attempts)."


def test_progress_is_reported_with_the_whole_size(publisher, fake_time, tmp_path):
    steps = []
    fetcher = Fetcher(clock=fake_time.clock(), progress=lambda *step: steps.append(step))
    fetcher.download(Request(publisher.script("/rows.csv", file_of(ROWS)), label="Rows"), tmp_path / "part")
    assert steps[-1] == ("Rows", len(ROWS), len(ROWS))


def test_the_name_a_publisher_gives_never_leaves_the_folder(publisher, fetcher, tmp_path):
    url = publisher.script(
        "/f", Reply(ROWS, headers={"Content-Disposition": 'attachment; filename="..\\\\../etc/x.csv"'})
    )
    assert fetcher.download(Request(url), tmp_path / "part").filename == "x.csv"
    url = publisher.script(
        "/f", Reply(ROWS, headers={"Content-Disposition": "attachment; filename*=UTF-8''d%C3%B1a.csv"})
    )
    assert fetcher.download(Request(url), tmp_path / "part").filename == "dña.csv"


def test_a_password_file_of_the_user_is_not_sent(publisher, fake_time, tmp_path, monkeypatch):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password mine\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    url = publisher.script("/rows.csv", file_of(ROWS))
    Fetcher(clock=fake_time.clock()).download(
        Request(url, secret_headers={"Authorization": "Bearer t0ken"}), tmp_path / "part"
    )
    assert publisher.seen[0].headers["authorization"] == "Bearer t0ken"


def test_a_proxy_of_the_settings_is_used(publisher, fake_time, tmp_path):
    publisher.script("/rows.csv", file_of(ROWS))
    fetcher = Fetcher(clock=fake_time.clock(), proxies={"http": publisher.url})
    fetcher.download(Request("http://publisher.invalid/rows.csv"), tmp_path / "part")
    assert publisher.seen[0].headers["host"] == "publisher.invalid"


class Heard(logging.Handler):
    """Keeps what a person hears, and wakes whoever waits for it."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said: list[str] = []
        self.something = threading.Event()

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())
        self.something.set()


def test_who_waits_for_a_silent_host_is_told_for_how_long(publisher, fake_time, tmp_path):
    heard = Heard()

    def slowly(seen):
        fake_time.forward(seconds=20)
        heard.something.wait(30)
        return file_of(ROWS)(seen)

    url = publisher.script("/rows.csv", slowly)
    LOG.addHandler(heard)
    try:
        with Fetcher(clock=fake_time.clock(), limits=Limits(tell_s=0.001)) as fetcher:
            fetcher.download(Request(url), tmp_path / "part")
    finally:
        LOG.removeHandler(heard)
    assert heard.said[0] == (
        f"Waiting for {publisher.host}: nothing came for 20 seconds; it is asked up to 4 times, for 60 seconds each."
    )


def test_who_waits_is_told_for_what_and_until_when(publisher, fake_time, tmp_path):
    heard = Heard()

    def slowly(seen):
        fake_time.forward(seconds=20)
        heard.something.wait(30)
        return file_of(ROWS)(seen)

    url = publisher.script("/rows.csv", slowly)
    LOG.addHandler(heard)
    try:
        with Fetcher(clock=fake_time.clock(), limits=Limits(tell_s=0.001)) as fetcher, fetcher.sparing(40, "Rows"):
            fetcher.download(Request(url), tmp_path / "part")
    finally:
        LOG.removeHandler(heard)
    assert heard.said[0] == (
        f"Waiting for Rows from {publisher.host}: nothing came for 20 seconds; it is given up after 40 seconds "
        "without a byte."
    )
