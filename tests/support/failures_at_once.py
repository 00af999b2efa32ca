"""What fails is said when it fails: a plugin of pytest, `-p tests.support.failures_at_once`.

A run that is stopped from outside never reaches its summary, and a worker that dies takes its report with it.
"""

from __future__ import annotations

import os
import sys

import pytest


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Write the failed test, the seconds it took and the end of what it said, past pytest's own capture."""
    # The workers' reports come to the process that started them, which says each once.
    if not report.failed or "PYTEST_XDIST_WORKER" in os.environ:
        return
    end = "\n".join(f"    {line}" for line in report.longreprtext.splitlines()[-12:])
    sys.__stderr__.write(f"\nfailed in {report.when} after {report.duration:.0f} s: {report.nodeid}\n{end}\n")
    sys.__stderr__.flush()
