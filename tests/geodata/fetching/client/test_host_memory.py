"""What a run remembers of hosts: one that cannot be reached, one that refuses, one that refuses a single file."""

from __future__ import annotations

from geodata.fetching.client.exchange import Limits
from geodata.fetching.client.host_memory import HostMemory
from geodata.fetching.client.http_errors import FetchError


def test_a_host_that_cannot_be_reached_is_given_up_for_a_while(fake_time):
    memory = HostMemory(Limits(host_rest_s=100), fake_time.clock())
    assert memory.verdict("a") is None
    memory.failed("a", FetchError("a cannot be reached.", "unreachable"))
    given_up = memory.verdict("a")
    assert given_up is not None and (str(given_up), given_up.kind) == ("a cannot be reached.", "unreachable")
    assert memory.verdict("b") is None
    fake_time.forward(seconds=100)
    assert memory.verdict("a") is None


def test_one_refusal_is_about_a_file_and_two_in_a_row_are_about_this_computer(fake_time):
    memory = HostMemory(Limits(), fake_time.clock())
    refusal = FetchError("a refuses.", "refused", status=403)
    memory.failed("a", refusal)
    assert memory.verdict("a") is None
    memory.answered("a")
    memory.failed("a", refusal)
    assert memory.verdict("a") is None
    memory.failed("a", refusal)
    assert memory.verdict("a").status == 403


def test_a_file_that_is_not_there_says_nothing_of_its_host(fake_time):
    memory = HostMemory(Limits(), fake_time.clock())
    for _ in range(5):
        memory.failed("a", FetchError("a has no such file.", "absent"))
    assert memory.verdict("a") is None
