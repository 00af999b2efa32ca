"""What a step of the analysis is, and the walk that takes the steps it is asked for.

Does not hold the steps themselves (`geodata.analysis.scoring_steps`, `geodata.analysis.decision_steps`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from geodata.schemas.table import Table
from geodata.schemas.table_with_facts import TableWithFacts

Stage = Literal["scoring", "decisions"]


class Verdict(NamedTuple):
    """Whether a check passed, and the sentence that says what was found."""

    passed: bool
    sentence: str


@dataclass(frozen=True)
class Check:
    """A question every result of a step must answer.

    `takes` are the values `function` is called with, as in `Step`. A `blocking` check that fails stops what follows;
    the others warn.
    """

    name: str
    meaning: str
    function: Callable[..., Verdict]
    takes: tuple[str, ...]
    blocking: bool = False


@dataclass(frozen=True)
class Step:
    """One step of the analysis: a function, the values it is called with and what it returns.

    `takes` names, in the order of the function's parameters, results of other steps or values given to the walk, or
    attributes of them (`settings.need`). `output` is the schema of the table the function returns, or the type of
    what it returns. A step that is not `stored` is computed again wherever its result is needed; the others are
    assets. One that `has_facts` returns a `TableWithFacts`. `figures` returns, from the result, what is worth following
    from run to run.
    """

    name: str
    function: Callable[..., Any]
    takes: tuple[str, ...]
    output: Table | type
    stage: Stage
    meaning: str = ""
    kinds: frozenset[str] = frozenset({"pandas"})
    checks: tuple[Check, ...] = ()
    figures: Callable[[Any], dict[str, Any]] | None = None
    stored: bool = True
    has_facts: bool = False

    @property
    def inputs(self) -> set[str]:
        """The names of the steps and given values that the function and the checks are called with."""
        paths = [*self.takes, *(path for check in self.checks for path in check.takes)]
        return {path.partition(".")[0] for path in paths} - {self.name}


def stored_behind(steps: Iterable[Step], names: Iterable[str]) -> set[str]:
    """Return the stored steps and given values that `names` rest on: themselves, where they are such."""
    by_name = {step.name: step for step in steps}
    found: set[str] = set()
    for name in names:
        step = by_name.get(name)
        found |= {name} if step is None or step.stored else stored_behind(by_name.values(), step.inputs)
    return found


class Walk:
    """The results of steps, each computed once, when it is first asked for.

    `given` are the values to begin with: settings, tables, and results of steps that are known already. `unstored`
    keeps the results of steps that are not stored, where several walks of one run share them.
    """

    def __init__(
        self,
        steps: Iterable[Step],
        given: Mapping[str, Any],
        unstored: MutableMapping[str, Any] | None = None,
    ) -> None:
        self._steps = {step.name: step for step in steps}
        self._known = dict(given)
        self._unstored = {} if unstored is None else unstored

    def result(self, name: str) -> Any:
        """Return what the step `name` returns, or the given value of that name."""
        if name in self._known:
            return self._known[name]
        step = self._steps[name]
        known = self._known if step.stored else self._unstored
        if name not in known:
            known[name] = step.function(*map(self.value, step.takes))
        return known[name]

    def value(self, path: str) -> Any:
        """Return a result, or an attribute of it (`travel.work`); of a table with facts the table is meant."""
        name, *attributes = path.split(".")
        found = self.result(name)
        if isinstance(found, TableWithFacts) and not attributes:
            return found.table
        for attribute in attributes:
            found = getattr(found, attribute)
        return found

    def verdict(self, check: Check) -> Verdict:
        """Return the answer to a check."""
        return check.function(*map(self.value, check.takes))
