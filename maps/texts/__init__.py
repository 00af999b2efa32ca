"""The words of every page, list, brief and figure: one YAML file a language, the same keys in each.

`load_texts("es")("lists.tracts.title")` gives a text; `{name}` in it takes the value of that name. A text that
depends on a number is a group of `one` and `other`, chosen by the value called `n`. Values are put in as they
are and never read as a template again. Does not hold any markup.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from geodata.errors import InputError
from geodata.settings import Industry

FOLDER = Path(__file__).resolve().parent


def languages() -> list[str]:
    """Return the codes of the languages there are texts in."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


class Texts:
    """The texts of one language. Calling it with a dotted key gives the text; a missing key is a KeyError."""

    def __init__(self, language: str, tree: Mapping[str, Any], always: Mapping[str, str] | None = None) -> None:
        self.language = language
        self._tree = tree
        self._always = dict(always or {})

    def about(self, industry: Mapping[str, Any]) -> Texts:
        """Return the same texts with the words of an industry (settings `industry`) put in wherever they are named.

        The values are `industry`, `site` and `sites`, translated where this language knows them.
        """
        named = {"industry": "name", "site": "site_singular", "sites": "site_plural"}
        known = self.find("industries") or {}
        told = {**Industry().model_dump(), **industry}
        words = {key: str(told[field]) for key, field in named.items()}
        return Texts(self.language, self._tree, {key: known.get(word, word) for key, word in words.items()})

    def __call__(self, key: str, /, **values: object) -> str:
        """Return the text at `key` with `values` put in."""
        found = self.find(key)
        if isinstance(found, Mapping) and "other" in found:
            found = found["one"] if values.get("n") in (1, "1") and "one" in found else found["other"]
        if not isinstance(found, str):
            raise KeyError(f"no text “{key}” in language “{self.language}”")
        values = {**self._always, **values}
        return found.format(**values) if values else found

    def find(self, key: str) -> Any:
        """Return what stands at `key` (a text, a list or a group), or None."""
        found: Any = self._tree
        for part in key.split("."):
            if not isinstance(found, Mapping) or part not in found:
                return None
            found = found[part]
        return found

    def filled(self, key: str) -> Any:
        """Return the group at `key` with the words of the industry put in; other names in braces stay."""
        return _filled(self.find(key), self._always)

    def word(self, group: str, code: object) -> str:
        """Return the word for a code of data, or the code itself where there is none."""
        found = self.find(group)
        word = found.get(str(code)) if isinstance(found, Mapping) else None
        return word if isinstance(word, str) else str(code)


def _filled(found: Any, words: Mapping[str, str]) -> Any:
    if isinstance(found, Mapping):
        return {str(key): _filled(value, words) for key, value in found.items()}
    if isinstance(found, list):
        return [_filled(value, words) for value in found]
    if isinstance(found, str):
        for name, word in words.items():
            found = found.replace("{" + name + "}", word)
    return found


@cache
def load_texts(language: str) -> Texts:
    """Return the texts of a language; InputError where there is no file for it."""
    file = FOLDER / f"{language}.yaml"
    if language not in languages():
        raise InputError(
            f"there are no texts in the language “{language}”",
            remedy=f"Choose one of {', '.join(languages())} or add {file.name} beside them.",
        )
    # The compiled loader is as safe and reads the file ten times faster; not every build of PyYAML has it.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return Texts(language, yaml.load(file.read_text(encoding="utf-8"), Loader=loader))  # noqa: S506
