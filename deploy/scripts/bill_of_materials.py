"""Write what a lock or an image consists of as CycloneDX 1.6: `python -m deploy.scripts.bill_of_materials lock FILE`.

`image FOLDER` describes an unpacked image instead: Debian's packages and the Python packages of /opt/venv. Licenses are
what packages say of themselves where they are installed. The same input gives the same bytes, so that two bills can be
compared; there is no time and no random number in them. Prints JSON.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tomllib
import uuid
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import Distribution, PackageNotFoundError, distribution, distributions
from pathlib import Path
from typing import Any
from urllib.parse import quote

from packaging.utils import canonicalize_name

from deploy.scripts.locks import Locked, locked

ROOT = Path(__file__).resolve().parent.parent.parent


def of_lock(file: Path) -> dict[str, Any]:
    """Return the bill of a lock: each package with the hashes its files may have."""
    components = []
    for package in locked(file):
        component = _component("library", package.name, package.version, package.purl, _license(_installed(package)))
        component["externalReferences"] = [
            {"type": "distribution", "url": package.purl, "hashes": [{"alg": "SHA-256", "content": one}]}
            for one in package.hashes
        ]
        if package.marker is not None:
            component["properties"] = [{"name": "onramp:where", "value": str(package.marker)}]
        components.append(component)
    return _bill(components, file.name)


def of_image(root: Path) -> dict[str, Any]:
    """Return the bill of an unpacked image: Debian's packages and the Python packages in it."""
    components = [*_debian(root / "var/lib/dpkg/status")]
    for folder in sorted(root.glob("opt/venv/lib/python3.*/site-packages")):
        for one in sorted(distributions(path=[str(folder)]), key=lambda one: canonicalize_name(one.name)):
            name = canonicalize_name(one.name)
            kind = "application" if name == "onramp" else "library"
            components.append(_component(kind, name, one.version, f"pkg:pypi/{name}@{one.version}", _license(one)))
    if not components:
        raise ValueError(f"{root} is no unpacked image: it holds neither Debian's list of packages nor /opt/venv.")
    return _bill(components, "image")


def _bill(components: list[dict[str, Any]], what: str) -> dict[str, Any]:
    """Return a bill of `components`, numbered by its own content."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    content = json.dumps(components, sort_keys=True, ensure_ascii=False)
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, content)}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": "this",
                "name": project["name"],
                "version": project["version"],
                "licenses": [{"license": {"id": project["license"]}}],
            },
            "properties": [{"name": "onramp:of", "value": what}],
        },
        "components": components,
    }


def _component(kind: str, name: str, version: str, purl: str, known: tuple[str, bool]) -> dict[str, Any]:
    text, expression = known
    said = [{"expression": text} if expression else {"license": {"name": text}}] if text else []
    made: dict[str, Any] = {"type": kind, "bom-ref": purl, "name": name, "version": version, "purl": purl}
    return made | ({"licenses": said} if said else {})


def _installed(package: Locked) -> Distribution | None:
    try:
        return distribution(package.name)
    except PackageNotFoundError:
        return None


def _license(one: Distribution | None) -> tuple[str, bool]:
    """Return a license and whether it is an expression of SPDX; nothing where none is said."""
    if one is None:
        return "", False
    said = one.metadata
    if "License-Expression" in said:
        return str(said["License-Expression"]), True
    kinds = [value.rpartition(" :: ")[2] for value in said.get_all("Classifier") or [] if "License :: OSI" in value]
    named = str(said["License"]) if "License" in said else ""
    return " ".join((" AND ".join(kinds) or named).split())[:100], False


def _debian(status: Path) -> Iterator[dict[str, Any]]:
    text = status.read_text(encoding="utf-8") if status.exists() else ""
    for paragraph in text.split("\n\n"):
        fields = dict(re.findall(r"(?m)^([A-Za-z-]+): (.*)$", paragraph))
        if fields.get("Status") == "install ok installed":
            name, version, arch = (fields[key] for key in ("Package", "Version", "Architecture"))
            purl = f"pkg:deb/debian/{name}@{quote(version, safe='.+~-')}?arch={arch}"
            yield _component("library", name, version, purl, ("", False))


def names(bill: Mapping[str, Any], kind: str = "pypi") -> dict[str, str]:
    """Return the versions of a bill's components by name, of one kind of package."""
    listed: Iterable[Mapping[str, str]] = bill["components"]
    return {one["name"]: one["version"] for one in listed if one["purl"].startswith(f"pkg:{kind}/")}


def main(words: list[str] | None = None) -> None:
    """Print the bill of what is named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=("lock", "image"))
    parser.add_argument("what", type=Path, help="a lock with hashes, or the folder of an unpacked image")
    given = parser.parse_args(words)
    try:
        made = of_lock(given.what) if given.kind == "lock" else of_image(given.what)
    except (OSError, ValueError) as problem:
        sys.exit(f"No bill of materials: {problem}")
    print(json.dumps(made, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
