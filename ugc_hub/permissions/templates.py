"""Templates of requests: rows with versions, and starters in four languages. Plain text with named placeholders."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor, require
from ugc_hub.audit import record
from ugc_hub.errors import Invalid, NotFound
from ugc_hub.hub import Hub
from ugc_hub.models import RequestTemplate

from .wording import LOCALES, check_text

LONGEST_TEXT = 20_000


@dataclass(frozen=True)
class TemplateText:
    """What one version of a template says."""

    subject: str
    message: str
    terms: str


@cache
def starters() -> dict[tuple[str, str], TemplateText]:
    """Return the texts that every hub begins with, by name and language."""
    plain = tomllib.loads(files(__package__).joinpath("starters.toml").read_text(encoding="utf-8"))
    return {
        (name, locale): TemplateText(*(texts[part].strip() for part in ("subject", "message", "terms")))
        for name, by_locale in plain.items()
        for locale, texts in by_locale.items()
    }


def newest(hub: Hub, session: Session, name: str, locale: str) -> RequestTemplate:
    """Return the newest version of a template in the caller's writing transaction; a starter becomes a row now.

    Raises:
        NotFound: there is no such template in this language.
    """
    hub.database.serialise(session, f"template:{name}:{locale}")
    row = session.scalar(_versions(name, locale).limit(1))
    if row is not None:
        return row
    text = starters().get((name, locale))
    if text is None:
        raise NotFound("There is no such template in this language.")
    return _keep(hub, session, name, locale, text=text, number=1, by=None)


def save_template(hub: Hub, actor: Actor, name: str, locale: str, *, text: TemplateText) -> RequestTemplate:
    """Keep a new version of a template; requests that were sent keep the version they were sent with.

    Raises:
        Invalid: the name or the language is unknown, a text is empty or too long, or names an unknown placeholder.
    """
    require(actor, "rights.request")
    if locale not in LOCALES:
        raise Invalid(f"The language is one of {', '.join(LOCALES)}.", extra={"field": "locale"})
    if not 1 <= len(name) <= 60 or not name.replace("_", "").replace("-", "").isalnum():
        raise Invalid("A template's name has 1 to 60 letters, digits, - and _.", extra={"field": "name"})
    for field, value, most in (("subject", text.subject, 200), ("message", text.message, LONGEST_TEXT)):
        _check(field, value, most)
    _check("terms", text.terms, LONGEST_TEXT)
    if "{link}" not in text.message:
        raise Invalid("The message must say {link}, or nobody can answer.", extra={"field": "message"})
    with hub.database.write() as session:
        hub.database.serialise(session, f"template:{name}:{locale}")
        number = session.scalar(select(func.max(RequestTemplate.number)).where(*_named(name, locale)))
        if number is None and (name, locale) in starters():
            number = newest(hub, session, name, locale).number
        return _keep(hub, session, name, locale, text=text, number=(number or 0) + 1, by=actor.user_id)


def list_templates(hub: Hub, actor: Actor) -> list[RequestTemplate]:
    """Return the newest version of each template, starters that were not used yet included (with number 0)."""
    require(actor, "rights.view")
    with hub.database.read() as session:
        rows = session.scalars(select(RequestTemplate).order_by(RequestTemplate.number))
        found = {(row.name, row.locale): row for row in rows}
    for (name, locale), text in starters().items():
        texts = {"subject": text.subject, "message": text.message, "terms": text.terms}
        fresh = RequestTemplate(id="", created_at=hub.now(), name=name, locale=locale, number=0, **texts)
        found.setdefault((name, locale), fresh)
    return sorted(found.values(), key=lambda row: (row.name, list(LOCALES).index(row.locale)))


def _check(field: str, value: str, most: int) -> None:
    if not value.strip() or len(value) > most:
        raise Invalid(f"The {field} has 1 to {most:,} characters.", extra={"field": field})
    check_text(value, field)


def _named(name: str, locale: str) -> tuple[ColumnElement[bool], ...]:
    return (RequestTemplate.name == name, RequestTemplate.locale == locale)


def _versions(name: str, locale: str) -> Select[RequestTemplate]:
    return select(RequestTemplate).where(*_named(name, locale)).order_by(RequestTemplate.number.desc())


def _keep(
    hub: Hub, session: Session, name: str, locale: str, *, text: TemplateText, number: int, by: str | None
) -> RequestTemplate:
    row = RequestTemplate(
        id=hub.new_id("tpl"),
        created_at=hub.now(),
        name=name,
        locale=locale,
        number=number,
        subject=text.subject,
        message=text.message,
        terms=text.terms,
        created_by=by,
    )
    session.add(row)
    session.flush()
    record(session, hub.now(), "request_template.saved", row.id, actor=by, name=name, locale=locale, number=number)
    return row
