"""Trying again: as often as allowed, after waits that grow or are asked for, and never past the deadline."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from geodata.fetching.client.http_errors import PASSING, FetchError
from geodata.fetching.client.patience import Patience, persist

PATIENCE = Patience(4, backoff_s=1.0, backoff_cap_s=3.0, longest_wait_s=120.0)


def failing(*problems: FetchError) -> Callable[[int], int]:
    """Return an attempt that fails with each problem in turn, and then returns its number."""
    left = list(problems)

    def attempt(number: int) -> int:
        if left:
            raise left.pop(0)
        return number

    return attempt


def passing(wait_s: float | None = None) -> FetchError:
    return FetchError("The host is failing.", "failing", again=True, wait_s=wait_s)


def test_pauses_double_up_to_their_cap(fake_time):
    assert persist(failing(passing(), passing(), passing()), PATIENCE, fake_time.clock()) == 4
    assert fake_time.slept == [0.5, 1.0, 1.5]


def test_the_last_error_counts_the_attempts(fake_time):
    with pytest.raises(FetchError, match=r"^The host is failing \(4 attempts\)\.$") as caught:
        persist(failing(*(passing() for _ in range(9))), PATIENCE, fake_time.clock())
    assert (caught.value.kind, caught.value.__cause__, len(fake_time.slept)) == ("failing", None, 3)


def test_what_cannot_work_is_not_tried_again(fake_time):
    with pytest.raises(FetchError, match=r"^The host has no such file\.$"):
        persist(failing(FetchError("The host has no such file.", "absent")), PATIENCE, fake_time.clock())
    assert fake_time.slept == []


@pytest.mark.parametrize(("jitter", "pause"), [(True, 7.5), (False, 7.0)])
def test_a_wait_that_is_asked_for_is_kept(fake_time, jitter, pause):
    persist(failing(passing(7.0)), PATIENCE._replace(jitter_after_wait=jitter), fake_time.clock())
    assert fake_time.slept == [pause]


def test_a_wait_beyond_patience_ends_the_attempts(fake_time):
    with pytest.raises(FetchError):
        persist(failing(passing(121.0)), PATIENCE, fake_time.clock())
    assert fake_time.slept == []


def test_a_pause_that_would_pass_the_deadline_ends_the_attempts(fake_time):
    with pytest.raises(FetchError, match=r"\(2 attempts\)"):
        persist(failing(*(passing() for _ in range(9))), PATIENCE, fake_time.clock(), deadline=1.2)
    assert fake_time.slept == [0.5]


def test_the_policy_tries_again_after_passing_faults_alone():
    policy = PATIENCE.policy()
    assert policy.total == 3
    assert {status for status in range(400, 600) if policy.is_retry("POST", status)} == PASSING
