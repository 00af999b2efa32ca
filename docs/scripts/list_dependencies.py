"""Write docs/dependencies.md: every package the project names, its version, license and why it is there.

Run it as `python docs/scripts/list_dependencies.py` in an environment of `make install`. Versions are those of the
locks, licenses what the installed packages say of themselves (through pip-licenses).
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "docs" / "dependencies.md"
#: Why each package that pyproject.toml names earns its place.
WHY = {
    "dagster": "orchestration: assets, partitions, checks, schedules, the UI's data",
    "dagster-webserver": "the Dagster UI (`make dev`)",
    "exactextract": "sums of raster cells by tract with exact shares of border cells",
    "filelock": "two runs share a cache or a home without harm",
    "folium": "the frame of the interactive map",
    "geopandas": "tables with geometry",
    "highspy": "HiGHS, which solves the placing of hubs exactly",
    "jinja2": "templates of pages, escaping by default",
    "markupsafe": "marks what is markup, so that nothing else is",
    "matplotlib": "figures as SVG and PNG, and the preview in the Dagster UI",
    "numba": "compiles the draws, ranks and least-cost paths",
    "numpy": "arrays",
    "openpyxl": "reads workbooks",
    "osmium": "reads OpenStreetMap extracts",
    "pandas": "tables",
    "pandera": "schemas of tables, checked whenever one is handed on",
    "platformdirs": "the user's cache folder on every system",
    "pyarrow": "Parquet and fast CSV",
    "pydantic": "typed settings and scenarios with errors that name the field",
    "pydantic-settings": "settings from the environment",
    "pyogrio": "reads and writes shapefiles and GeoPackages",
    "pyproj": "coordinate systems, geodesic distances",
    "pyyaml": "settings, scenarios and texts",
    "rasterio": "rasters in windows, near and far",
    "requests": "fetching, with proxies and private certificates",
    "rich": "tables and progress in the terminal",
    "scipy": "sparse matrices, nearest neighbors, shortest paths",
    "shapely": "geometry",
    "sqlalchemy": "held below 2.1, which no longer takes the driver dagster-postgres brings",
    "typer": "the `onramp` command",
    "typst": "briefs as tagged PDF",
    "urllib3": "pauses between attempts, and what went wrong with a connection",
    "xlsxwriter": "writes workbooks whose cells cannot run",
    "xstatic-leaflet": "carries the Leaflet files that pages inline, and nothing else",
    "access": "peer of the access measures in tests and benchmarks",
    "check-jsonschema": "knows the schema of compose files",
    "codespell": "misspelled words and British spellings",
    "common-expression-language": "evaluates the expressions of Kubernetes admission policies in tests",
    "cryptography": "certificates of test servers",
    "duckdb": "runs the queries of docs/duckdb.md in tests",
    "esda": "peer of the cluster statistics in tests",
    "distributed": "benchmark of spreading a job over a cluster",
    "flask": "the part of an object store on loopback that moto leaves to its users",
    "flask-cors": "the same",
    "hypothesis": "tests that look for the counterexample",
    "import-linter": "holds who may import whom",
    "inequality": "peer of the evenness measures in tests",
    "kubernetes-validate": "carries the schemas of Kubernetes",
    "libpysal": "peer of the contiguity in tests",
    "mkdocs": "builds the documentation site and checks its links",
    "mkdocstrings": "the API reference from docstrings",
    "moto": "an object store on loopback",
    "mypy": "checks types",
    "pandas-stubs": "types of pandas",
    "pip-audit": "looks for known vulnerabilities",
    "pip-licenses": "reads the licenses of this page",
    "pre-commit": "runs the quick checks before a commit",
    "psutil": "memory and time of other processes in campaigns",
    "pypdf": "reads the written PDF in tests",
    "pytest": "runs the tests",
    "pytest-cov": "counts the lines that tests reach",
    "pytest-timeout": "ends a test that hangs",
    "pytest-xdist": "runs tests on several cores",
    "pyvalhalla": "a routing server on loopback (Python 3.12 and newer)",
    "ruff": "style",
    "scikit-image": "peer of the least-cost paths in tests and benchmarks",
    "selenium": "opens pages in a real browser",
    "selenium-axe-python": "carries axe-core, which finds barriers on pages",
    "spopt": "peer of the placing of hubs in tests and benchmarks; brings PuLP, which tests use too",
    "types-pyyaml": "types",
    "types-requests": "types",
    "uv": "resolves the locks",
    "dagster-postgres": "run storage for more than one host",
    "dagster-k8s": "a pod a state",
    "s3fs": "the home folder in an object store",
}
#: Names in licenses that let anyone use and pass on the package.
PERMISSIVE = re.compile(
    r"apache|mit\b|bsd|isc|psf|python software|unlicense|zlib|cc0|public domain|hpnd|bsl-1", re.IGNORECASE
)


#: Where a package has no wheel for the interpreter this page is made with.
SAID = {"pyvalhalla": "MIT License"}
#: Where a package names its license by another's.
MEANT = {"(same as Leaflet)": "BSD-2-Clause, as Leaflet"}


UNSEEN = "not installed where this page was made (another system or Python)"
WEAKNESSES = """## Known weaknesses, and bills of materials

```sh
make weaknesses DATABASE=all.zip    # a zip file or folder of records in the OSV format, such as OSV's PyPI/all.zip
make bill                           # bill-of-materials.json: locks/deploy.txt as CycloneDX 1.6
python -m deploy.scripts.bill_of_materials image FOLDER    # an unpacked image: Debian's packages and Python's
```

The first needs no network: it holds every lock to the records you bring, by Python's own order of versions, and ends
with 1 where something is known, with 2 where the records are none, old, or partly unreadable. A record that gives
commits and no versions counts as known. What was looked into and does not matter here stands in
`deploy/accepted-weaknesses.yaml`, with a reason and a day on which it is looked at again. No database comes with it:
the one on the package index is of 2021 and may not be used commercially, so nothing is said here of what is known
today. Bills hold no time and no random number: the same lock gives the same bytes.

A bill is held to CycloneDX's schema in tests, and `make container` holds the image to the lock: its Python packages
are those of `locks/deploy.txt` and no other."""


def named() -> dict[str, list[str]]:
    """Return the packages pyproject.toml names, by group, in lower case without versions."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    groups = {"run": project["dependencies"], **project["optional-dependencies"]}
    return {group: sorted(re.split(r"[\[<>=; ]", text)[0].lower() for text in texts) for group, texts in groups.items()}


def locked() -> dict[str, str]:
    """Return the versions in the locks by package; where interpreters differ, all of them."""
    found: dict[str, set[str]] = {}
    for file in sorted((ROOT / "locks").glob("*.txt")):
        if file.stem == "oldest":
            continue
        for name, version in re.findall(r"(?m)^([\w.-]+)==([^\s;]+)", file.read_text(encoding="utf-8")):
            found.setdefault(name.lower(), set()).add(version)
    return {name: " / ".join(sorted(versions)) for name, versions in found.items()}


def licenses() -> dict[str, str]:
    """Return the license of every installed package."""
    command = [sys.executable, "-m", "piplicenses", "--format=json", "--from=mixed", "--with-system"]
    rows = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return {re.sub(r"[-_.]+", "-", row["Name"]).lower(): " ".join(row["License"].split()) for row in rows}


def page(known_licenses: dict[str, str]) -> str:
    """Return the page as Markdown; `known_licenses` by package."""
    versions, groups = locked(), named()
    titles = {"run": "To run", "dev": "To test and measure", "deploy": "To deploy on more than one host"}
    parts = [
        "# Dependencies",
        "Made by `python docs/scripts/list_dependencies.py` from `pyproject.toml`, the locks and the packages' own "
        "licenses. Everything is installed from locks with hashes ([contributing](../CONTRIBUTING.md) says how to lock "
        "again).",
    ]
    for group, title in titles.items():
        rows = [
            f"| {name} | {versions[name]} | {short(known_licenses.get(name) or SAID[name])} | {WHY[name]} |"
            for name in groups[group]
        ]
        parts += [f"## {title}", "| package | version | license | why |\n|---|---|---|---|\n" + "\n".join(rows)]
    named_ones = {name for names in groups.values() for name in names}
    others = sorted(set(versions) - named_ones)
    known = {name: short(known_licenses[name]) for name in others if name in known_licenses}
    odd = [f"{name} ({license})" for name, license in known.items() if not PERMISSIVE.search(license)]
    parts += [
        "## What these bring along",
        f"{len(others)} further packages, of which {len(known)} were installed where this page was made. All of those "
        f"are under permissive licenses but for: {', '.join(odd) or 'none'}.",
        "Copyleft of a file (MPL) or a library (LGPL) binds who changes the package; none is changed here.",
        "| package | version | license |\n|---|---|---|\n"
        + "\n".join(f"| {name} | {versions[name]} | {known.get(name, UNSEEN)} |" for name in others),
        WEAKNESSES,
    ]
    return "\n\n".join(parts) + "\n"


def short(license: str) -> str:
    """Return a license in few words: packages that put the whole text into the field begin with its name."""
    license = MEANT.get(license, license)
    return license if len(license) <= 60 else license[:57] + "…"


if __name__ == "__main__":
    PAGE.write_text(page(licenses()), encoding="utf-8")
