"""Run the campaigns in turn: `python -m tests.robustness`, or name some: `python -m tests.robustness fuzz nights`.

About an hour on two cores. Each campaign has options of its own and can be run alone and longer, for example
`python -m tests.robustness.fuzz --minutes 60`. Coverage-guided fuzzing needs Atheris and is run by itself.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
#: The module and the options of each campaign; `{folder}` is a scratch folder of its own.
CAMPAIGNS = {
    "fuzz": ["fuzz", "--minutes", "5", "--keep", "{folder}"],
    "kill-fetch": ["kill", "fetch", "--kills", "50", "--folder", "{folder}"],
    "kill-run": ["kill", "run", "--kills", "16", "--folder", "{folder}"],
    "load": ["load", "--tracts", "60"],
    "mutation": ["mutation", "--minutes", "15", "--report", "{folder}/mutants.jsonl"],
    "nights": ["nights", "--tracts", "100"],
    "surroundings": ["surroundings", "--folder", "{folder}"],
}


#: Campaigns that are tests, played where the environment asks for them or what they need is installed.
TESTS = {"rehearsal": ["tests/rehearsal"], "sign-in": ["-rs", "tests/deploy/test_sign_in.py"]}


def command(name: str, folder: Path) -> list[str]:
    """Return the command of a campaign that may write to `folder`."""
    if name in TESTS:
        return [sys.executable, "-m", "pytest", "-q", *TESTS[name]]
    module, *options = CAMPAIGNS[name]
    return [
        sys.executable,
        "-m",
        f"tests.robustness.{module}",
        *(option.format(folder=folder) for option in options),
    ]


def main(words: list[str] | None = None) -> None:
    """Run the campaigns named, or all of them, and end with an error where one found something."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="name", help=f"any of {', '.join([*CAMPAIGNS, *TESTS])}")
    names = parser.parse_args(words).names or [*CAMPAIGNS, *TESTS]
    unknown = sorted(set(names) - {*CAMPAIGNS, *TESTS})
    if unknown:
        parser.error(f"there is no campaign {', '.join(unknown)}; there are {', '.join([*CAMPAIGNS, *TESTS])}")
    failed = []
    for name in names:
        print(f"\n{name}", flush=True)
        with tempfile.TemporaryDirectory(prefix=f"onramp-{name}-", ignore_cleanup_errors=True) as folder:
            if subprocess.run(
                command(name, Path(folder)), cwd=ROOT, env={**os.environ, "ONRAMP_REHEARSE": "1"}
            ).returncode:
                failed.append(name)
    if failed:
        raise SystemExit(f"Found something: {', '.join(failed)}.")


if __name__ == "__main__":
    main()
