"""The words of every page, list, brief and figure: one YAML file a language, the same keys in each.

`load_texts("es")("lists.tracts.title")` gives a text; `{name}` in it takes the value of that name. A text that
depends on a number is a group of `one` and `other`, chosen by the value called `n`. Values are put in as they
are and never read as a template again. What an industry calls its work (`{site}`, `{units}`, …) stands in the group
`industry`, which the settings can replace. Does not hold any markup.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from geodata.errors import InputError
from geodata.schemas import columns as col

FOLDER = Path(__file__).resolve().parent


def languages() -> list[str]:
    """Return the codes of the languages there are texts in."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


class Texts:
    """The texts of one language. Calling it with a dotted key gives the text; a missing key is a KeyError."""

    def __init__(self, language: str, tree: Mapping[str, Any]) -> None:
        self.language = language
        self._tree = tree

    def about(self, industry: Mapping[str, Any]) -> Texts:
        """Return the same texts with the words of an industry (settings `industry`) put in wherever they are named.

        Without words of its own in this language the industry is the one the language's file words: EV charging.
        """
        own = (industry.get("words") or {}).get(self.language)
        return _about(self.language, json.dumps(own, sort_keys=True)) if own else self

    def __call__(self, key: str, /, **values: object) -> str:
        """Return the text at `key` with `values` put in."""
        found = self.find(key)
        if isinstance(found, Mapping) and "other" in found:
            found = found["one"] if values.get("n") in (1, "1") and "one" in found else found["other"]
        if not isinstance(found, str):
            raise KeyError(f"no text “{key}” in language “{self.language}”")
        return found.format(**values) if values else found

    def find(self, key: str) -> Any:
        """Return what stands at `key` (a text, a list or a group), or None."""
        found: Any = self._tree
        for part in key.split("."):
            if not isinstance(found, Mapping) or part not in found:
                return None
            found = found[part]
        return found

    def word(self, group: str, code: object) -> str:
        """Return the word for a code of data, or the code itself where there is none."""
        found = self.find(group)
        word = found.get(str(code)) if isinstance(found, Mapping) else None
        return word if isinstance(word, str) else str(code)


def _worded(tree: Mapping[str, Any], industry: Mapping[str, Any]) -> dict[str, Any]:
    """Return the texts with an industry's words in all of them; `{Sites}` is `{sites}` at the start of a sentence."""
    words = {"industry": industry[col.NAME]} | {n: w for n, w in industry.items() if n not in ("name", "kinds")}
    named = {"{" + name + "}": word for name, word in words.items()}
    named |= {"{" + name.capitalize() + "}": word[0].upper() + word[1:] for name, word in words.items()}
    out = {str(group): _filled(found, named) for group, found in tree.items() if group != "industry"}
    out["codes"][col.UNITS] = dict(industry["kinds"])
    return out


def _filled(found: Any, named: Mapping[str, str]) -> Any:
    if isinstance(found, Mapping):
        return {str(key): _filled(value, named) for key, value in found.items()}
    if isinstance(found, list):
        return [_filled(value, named) for value in found]
    if isinstance(found, str) and "{" in found:
        for name, word in named.items():
            found = found.replace(name, word)
    return found


@cache
def _tree(language: str) -> dict[str, Any]:
    file = FOLDER / f"{language}.yaml"
    if language not in languages():
        raise InputError(
            f"there are no texts in the language “{language}”",
            remedy=f"Choose one of {', '.join(languages())} or add {file.name} beside them.",
        )
    # The compiled loader is as safe and reads the file ten times faster; not every build of PyYAML has it.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return dict(yaml.load(file.read_text(encoding="utf-8"), Loader=loader))  # noqa: S506


@cache
def _about(language: str, industry: str) -> Texts:
    return Texts(language, _worded(_tree(language), json.loads(industry)))


@cache
def load_texts(language: str) -> Texts:
    """Return the texts of a language, about EV charging; InputError where there is no file for it."""
    tree = _tree(language)
    return Texts(language, _worded(tree, tree["industry"]))
