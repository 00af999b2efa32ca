"""Fill a cluster's own values into deploy/kubernetes: `python -m deploy.scripts.render values.yaml > rendered.yaml`.

What the manifests write as `${name}` stands in the values; `${file path}` is a file of the repository as it is. An
image that is named by a tag is refused, as are values that are missing, unknown or no addresses. Does not hold
secrets, which are applied apart.
"""

from __future__ import annotations

import argparse
import ipaddress
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = ROOT / "deploy" / "kubernetes"
#: In the order in which a cluster wants them.
MANIFESTS = ("namespace", "access", "network", "onramp", "sign-in", "backup")
#: Kinds that lie in no namespace.
_OF_THE_CLUSTER = ("Namespace", "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding")
_BY_DIGEST = re.compile(r"[^@\s:]+(:\d+)?(/[^@\s]+)?@sha256:[0-9a-f]{64}")
_PLACE = re.compile(r"\$\{([a-z_]+|file [\w./-]+)\}")
_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")


class ValuesRefused(Exception):
    """Values with which nothing is rendered; the sentence says which and why."""


def checked(values: Mapping[str, Any]) -> dict[str, str]:
    """Return `values` as texts; ValuesRefused names the first that is missing, unknown or not what it should be."""
    wanted = _wanted()
    for name in sorted(wanted - set(values)):
        raise ValuesRefused(f"“{name}” is missing; deploy/kubernetes/values.example.yaml says what it is.")
    for name in sorted(set(values) - wanted):
        raise ValuesRefused(f"“{name}” is not a value any manifest takes.")
    texts = {name: str(value) for name, value in values.items()}
    for name, text in texts.items():
        if name.endswith("image") and not _BY_DIGEST.fullmatch(text):
            raise ValuesRefused(
                f"“{name}” is {text}, which somebody may move to another image; name it by digest: NAME@sha256:…"
            )
        if name.endswith("cidr"):
            try:
                ipaddress.ip_network(text)
            except ValueError:
                raise ValuesRefused(
                    f"“{name}” is {text}, which is no range of addresses such as 10.1.2.3/32."
                ) from None
        if name in ("host", "show_host", "namespace") and not _NAME.fullmatch(text):
            raise ValuesRefused(f"“{name}” is {text}, which is no such name.")
        if re.search(r"[\"'\\\n]", text):
            raise ValuesRefused(f"“{name}” holds a quotation mark, a backslash or a line break.")
    return texts


def rendered(values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return every manifest with `values` filled in and its namespace named."""
    texts = checked(values)
    documents = []
    for document in _documents():
        filled: dict[str, Any] = _filled(document, texts)
        if filled["kind"] not in _OF_THE_CLUSTER:
            filled["metadata"]["namespace"] = texts["namespace"]
        documents.append(filled)
    return documents


def main(words: list[str] | None = None) -> None:
    """Print the manifests for the values in the file named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("values", type=Path, help="a filled-in copy of deploy/kubernetes/values.example.yaml")
    file = parser.parse_args(words).values
    try:
        values = yaml.safe_load(file.read_text(encoding="utf-8"))
        if not isinstance(values, dict):
            raise ValuesRefused("It holds no names with values.")
        print(yaml.safe_dump_all(rendered(values), sort_keys=False, allow_unicode=True), end="")
    except (ValuesRefused, OSError, yaml.YAMLError) as problem:
        sys.exit(f"Nothing rendered from {file}: {problem}")


def _documents() -> list[dict[str, Any]]:
    texts = ((FOLDER / f"{name}.yaml").read_text(encoding="utf-8") for name in MANIFESTS)
    return [document for text in texts for document in yaml.safe_load_all(text)]


def _wanted() -> set[str]:
    texts = ((FOLDER / f"{name}.yaml").read_text(encoding="utf-8") for name in MANIFESTS)
    return {name for text in texts for name in _PLACE.findall(text) if not name.startswith("file ")}


def _filled(part: Any, texts: Mapping[str, str]) -> Any:
    if isinstance(part, dict):
        return {name: _filled(value, texts) for name, value in part.items()}
    if isinstance(part, list):
        return [_filled(value, texts) for value in part]
    return _PLACE.sub(lambda found: _text(found[1], texts), part) if isinstance(part, str) else part


def _text(name: str, texts: Mapping[str, str]) -> str:
    if name.startswith("file "):
        return (ROOT / name.removeprefix("file ")).read_text(encoding="utf-8")
    return texts[name]


if __name__ == "__main__":
    main()
