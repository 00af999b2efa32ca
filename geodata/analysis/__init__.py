"""The analysis as a walk: its steps as data, and the calls that take them.

Assets are made from `STEPS`, `analyze` takes them all, and scoring again takes the first part of them.
"""

from geodata.analysis.analyze import RESULT_VALUES, STEPS, Run, analyze, analyze_area, result_tables, state_result
from geodata.analysis.step import Check, Step, Verdict, Walk, stored_behind

__all__ = [
    "RESULT_VALUES",
    "STEPS",
    "Check",
    "Run",
    "Step",
    "Verdict",
    "Walk",
    "analyze",
    "analyze_area",
    "result_tables",
    "state_result",
    "stored_behind",
]
