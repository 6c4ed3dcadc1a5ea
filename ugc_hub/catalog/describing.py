"""What people say about an asset in their own words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ugc_hub.accounts import Actor, require
from ugc_hub.audit import record
from ugc_hub.errors import Invalid
from ugc_hub.hub import Hub

from .fields import Plain
from .filling import fill
from .tags import set_tags
from .view import AssetView, get, load_shown

LONGEST_TITLE, LONGEST_TEXT = 300, 5000
_LANGUAGE = re.compile(r"[a-z]{2}")


@dataclass(frozen=True)
class Description:
    """New words for an asset; what is None stays as it is. `language` is that of title and description (ISO 639-1).

    `fields` are values of fields of the campaign by name or id; None and empty texts take a value away.
    """

    title: str | None = None
    description: str | None = None
    language: str | None = None
    tags: Iterable[str] | None = None
    fields: Mapping[str, Plain] = field(default_factory=dict)


def clean_words(values: dict[str, str | None]) -> dict[str, str]:
    """Return `title`, `description` and `language` as they are kept, without those that are None.

    Raises:
        Invalid: one is too long, or the language is no code of two letters.
    """
    kept = {}
    for name, value in values.items():
        if value is None:
            continue
        text = unicodedata.normalize("NFC", value).replace("\r\n", "\n").strip()
        kept[name] = text if name == "description" else " ".join(text.split())
    for name, most in (("title", LONGEST_TITLE), ("description", LONGEST_TEXT)):
        if len(kept.get(name, "")) > most:
            raise Invalid(f"A {name} has at most {most:,} characters.", extra={"field": name})
    if language := kept.get("language"):
        kept["language"] = language.lower()
        if not _LANGUAGE.fullmatch(kept["language"]):
            raise Invalid("A language is a code of two letters, such as en or de.", extra={"field": "language"})
    return kept


def describe(hub: Hub, actor: Actor, asset_id: str, words: Description) -> AssetView:
    """Keep title, description, language, tags and fields of an asset.

    Raises:
        Invalid: a text is too long, the language is no code, a name cannot be a tag, or a field does not exist or
            does not take its value.
        LegalOrder: only legal and administrators may look at it; what cannot be seen cannot be changed.
        NotFound, Gone, Forbidden: as for `get`.
    """
    kept = clean_words({"title": words.title, "description": words.description, "language": words.language})
    with hub.database.write() as session:
        asset = load_shown(session, actor, asset_id)
        require(actor, "asset.edit", asset)
        changed = [name for name, value in kept.items() if getattr(asset, name) != value]
        for name in changed:
            setattr(asset, name, kept[name])
        if changed:
            # Which of them, not what they say: words may name people, and an entry can never be erased.
            record(session, hub.now(), "asset.described", asset.id, actor=actor.user_id, fields=changed)
        if words.tags is not None:
            set_tags(hub, session, actor, asset_id=asset.id, names=words.tags)
        fill(hub, session, actor, asset=asset, given=words.fields)
    return get(hub, actor, asset_id)
