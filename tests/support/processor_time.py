"""Which test files take the processor's time: a plugin of pytest, `-p tests.support.processor_time`.

Seconds by the clock depend on what else a machine does, seconds of the processor hardly. Counted are a test's own
process and the children it waited for; a browser or server that outlives its test counts where it ends. What finding
the tests takes is left aside.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Generator

import pytest

NAME = "processor_seconds"
SHOWN = 25
_until_now = sum(os.times()[:4])
_by_file: Counter[str] = Counter()


def pytest_collection_finish() -> None:
    """Begin to count."""
    global _until_now
    _until_now = sum(os.times()[:4])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Give each part of a test (setup, call, teardown) what was spent since the part before it."""
    global _until_now
    report = yield
    now = sum(os.times()[:4])
    report.user_properties = [*report.user_properties, (NAME, now - _until_now)]
    _until_now = now
    return report


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Add up what the parts of tests took, wherever they ran."""
    _by_file[report.nodeid.partition("::")[0]] += dict(report.user_properties).get(NAME, 0.0)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show the files that took most."""
    terminalreporter.section(f"{_by_file.total():.0f} s of processor time in {len(_by_file)} files, most of them in")
    for file, seconds in _by_file.most_common(SHOWN):
        terminalreporter.write_line(f"{seconds:7.1f} s  {file}")
