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

import yaml

from geodata.errors import InputError
from geodata.settings import Industry

FOLDER = Path(__file__).resolve().parent
#: What stands at a key: a text, a list of texts, or a group of further keys.
Found = str | list[str] | Mapping[str, "Found"]


def languages() -> list[str]:
    """Return the codes of the languages there are texts in."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


class Texts:
    """The texts of one language. Calling it with a dotted key gives the text; a missing key is a KeyError."""

    def __init__(self, language: str, tree: Mapping[str, Found]) -> None:
        self.language = language
        self._tree = tree

    def about(self, industry: Industry) -> Texts:
        """Return the same texts with the words of an industry (settings `industry`) put in wherever they are named.

        Without words of its own in this language the industry is the one the language's file words: EV charging.
        """
        own = industry.words.get(self.language)
        return _about(self.language, json.dumps(own.model_dump(mode="json"), sort_keys=True)) if own else self

    def __call__(self, key: str, /, **values: object) -> str:
        """Return the text at `key` with `values` put in."""
        found = self.find(key)
        if isinstance(found, Mapping) and "other" in found:
            found = found["one"] if values.get("n") in (1, "1") and "one" in found else found["other"]
        if not isinstance(found, str):
            raise KeyError(f"no text “{key}” in language “{self.language}”")
        return found.format(**values) if values else found

    def find(self, key: str) -> Found | None:
        """Return what stands at `key` (a text, a list or a group), or None."""
        found: Found = self._tree
        for part in key.split("."):
            if not isinstance(found, Mapping) or part not in found:
                return None
            found = found[part]
        return found

    def sentences(self, key: str) -> list[str]:
        """Return the list of texts at `key`; a missing one is a KeyError."""
        found = self.find(key)
        if not isinstance(found, list):
            raise KeyError(f"no list of texts “{key}” in language “{self.language}”")
        return found

    def codes(self, group: str) -> list[str]:
        """Return the codes a group has words for, in the order of the file."""
        found = self.find(group)
        return list(found) if isinstance(found, Mapping) else []

    def has(self, key: str) -> bool:
        """Return whether there is anything at `key`."""
        return self.find(key) is not None

    def word(self, group: str, code: object) -> str:
        """Return the word for a code of data, or the code itself where there is none."""
        found = self.find(group)
        word = found.get(str(code)) if isinstance(found, Mapping) else None
        return word if isinstance(word, str) else str(code)


def _worded(tree: Mapping[str, Found], industry: Mapping[str, Found]) -> dict[str, Found]:
    """Return the texts with an industry's words in all of them; `{Sites}` is `{sites}` at the start of a sentence."""
    words = {("industry" if name == "name" else name): word for name, word in industry.items() if isinstance(word, str)}
    named = {"{" + name + "}": word for name, word in words.items()}
    named |= {"{" + name.capitalize() + "}": word[0].upper() + word[1:] for name, word in words.items()}
    out = {str(group): _filled(found, named) for group, found in tree.items() if group != "industry"}
    codes = out["codes"]
    if isinstance(codes, Mapping):
        out["codes"] = {**codes, "units": industry["kinds"]}
    return out


def _filled(found: Found, named: Mapping[str, str]) -> Found:
    if isinstance(found, Mapping):
        return {str(key): _filled(value, named) for key, value in found.items()}
    if isinstance(found, list):
        return [_put_in(text, named) for text in found]
    return _put_in(found, named)


def _put_in(text: str, named: Mapping[str, str]) -> str:
    if "{" in text:
        for name, word in named.items():
            text = text.replace(name, word)
    return text


@cache
def _tree(language: str) -> dict[str, Found]:
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
    industry = tree["industry"]
    return Texts(language, _worded(tree, industry if isinstance(industry, Mapping) else {}))
