"""Sentences of the pages of links in the language of the terms; each English sentence is the key of its translations.

Numbers and names within a sentence are placeholders of its key: what was said in English with values is found again by
its form, and its values are translated as well where they are sentences themselves.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

from ugc_hub.permissions.wording import fill

_SENTENCES = frozenset({"shape", "words", "kinds"})
"""Values that the hub puts together; others are what somebody typed, and stay as they are."""
_NAMED = re.compile(r"\\\{([a-z_]+)\\\}")


@cache
def _sentences() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for name in ("said.toml", "refused.toml"):
        found |= tomllib.loads(files(__package__).joinpath(name).read_text(encoding="utf-8"))
    return found


@cache
def _forms() -> list[tuple[re.Pattern[str], str]]:
    return [
        (re.compile(_NAMED.sub(r"(?P<\1>.+?)", re.escape(key)), re.DOTALL), key) for key in _sentences() if "{" in key
    ]


def say(sentence: str, locale: str, /, **values: object) -> str:
    """Return a sentence in a language, or in English where it has no words for it; `values` fill its placeholders."""
    texts = {name: str(value) for name, value in values.items()}
    words = _sentences().get(sentence)
    if words is None and not texts and locale != "en":
        for form, key in _forms():
            if found := form.fullmatch(sentence):
                held: dict[str, str] = found.groupdict()
                held |= {name: say(one, locale) for name, one in held.items() if name in _SENTENCES}
                return fill(_sentences()[key].get(locale, key), held)
    return fill((words or {}).get(locale, sentence), texts)
