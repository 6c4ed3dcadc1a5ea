"""Terms: documents whose words and whose machine-readable scope are bound together and never change once written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from importlib.resources import files
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from ugc_hub.accounts import SYSTEM, Actor, require
from ugc_hub.audit import record
from ugc_hub.errors import Invalid, NotFound
from ugc_hub.hub import Hub
from ugc_hub.models import Terms, TermsVersion
from ugc_hub.rights import standard

from .agreements import REVOCABLE, keep_text, read_text
from .canonical import digest

_LOCALE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
"""A language and what narrows it (BCP 47): pages state it, and readers aloud choose their voice by it."""
MOST_MONTHS = 1200
MOST_NOTICE_DAYS = 3650


@dataclass(frozen=True)
class Scope:
    """What a creator permits by accepting; for the licence of the content, and for showing the creator in it."""

    channels: tuple[str, ...] = ()
    territories: tuple[str, ...] = ("WORLD",)
    exclude_territories: tuple[str, ...] = ()
    edits: tuple[str, ...] = ()
    months: int | None = None
    """From the day of acceptance; None: without end."""
    credit: bool = True
    """The creator is to be named."""
    revocable: str = "no"
    """no, with_notice or any_time; consent to be shown can always be withdrawn."""
    notice_days: int = 0
    cleared_on_arrival: bool = False
    """What is handed in may be used at once; else a manager approves it first."""

    def plain(self) -> dict[str, Any]:
        """Return JSON values, sorted where order means nothing, so that the same scope has the same hash."""
        return {name: sorted(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    def grant(self, layer: str) -> dict[str, Any]:
        """Return the grant of one layer in plain form (see `licensing.Draft`); it is not yet signed by anybody."""
        plain: dict[str, Any] = {
            "effect": "permit",
            "layer": layer,
            "channels": sorted(self.channels),
            "territories": sorted(self.territories),
            "exclude_territories": sorted(self.exclude_territories),
            "edits": sorted(self.edits),
            "products": ["*"],
        }
        if self.credit and layer == "copyright":
            plain["duties"] = [{"duty": "credit", "phase": "during"}]
        if self.months is not None:
            plain["window"] = {"trigger": "signature", "count": self.months, "unit": "months", "zone": "UTC"}
        return plain


STARTER_TITLE = "Terms for handing in content (starter text)"
STARTER = Scope(
    channels=("website", "email", "organic_social", "paid_social", "display", "in_store"),
    edits=(
        *("crop", "trim", "color", "caption_overlay", "logo_overlay", "subtitle", "still_frame"),
        *("audio_remove", "audio_replace"),
    ),
    months=24,
    revocable="with_notice",
    notice_days=30,
)
"""What the starter text says, for machines."""


def starter_text() -> str:
    """Return the text that a new hub begins with; counsel has to look at it before it is relied on."""
    return (files(__package__) / "starter.txt").read_text(encoding="utf-8")


def read_scope(plain: Mapping[str, Any]) -> Scope:
    """Return a scope of its plain form.

    Raises:
        Invalid: a member is unknown or has another type, a word is not in the vocabulary, or nothing is permitted.
    """
    unknown = sorted(set(plain) - set(Scope.__dataclass_fields__))
    if unknown:
        raise Invalid(f"A scope has no member {', '.join(unknown)}.", extra={"field": unknown[0]})
    lists = ("channels", "territories", "exclude_territories", "edits")
    values = {name: value for name, value in plain.items() if value is not None or name == "months"}
    for name in (one for one in lists if one in values):
        value = values[name]
        if not isinstance(value, (list, tuple)) or not all(isinstance(one, str) for one in value):
            raise Invalid(f"{name} is a list of words.", extra={"field": name})
        values[name] = tuple(sorted(set(value)))
        wrong = standard().unknown("territories" if name == "exclude_territories" else name, frozenset(values[name]))
        if wrong:
            raise Invalid(f"The vocabulary does not know {', '.join(wrong)} ({name}).", extra={"field": name})
    scope = replace(Scope(), **values)
    _check(scope)
    return scope


def _check(scope: Scope) -> None:
    if not scope.channels:
        raise Invalid("Say at least one place where the content may be used.", extra={"field": "channels"})
    if not scope.territories:
        raise Invalid("Say at least one country, or WORLD.", extra={"field": "territories"})
    for name, most in (("months", MOST_MONTHS), ("notice_days", MOST_NOTICE_DAYS)):
        value = getattr(scope, name)
        whole = isinstance(value, int) and not isinstance(value, bool)
        if not (whole and (0 if name == "notice_days" else 1) <= value <= most) and not (
            value is None and name == "months"
        ):
            raise Invalid(f"{name} is a whole number up to {most}.", extra={"field": name})
    if scope.revocable not in REVOCABLE:
        raise Invalid(f"revocable is one of {', '.join(REVOCABLE)}.", extra={"field": "revocable"})
    for name in ("credit", "cleared_on_arrival"):
        if not isinstance(getattr(scope, name), bool):
            raise Invalid(f"{name} is true or false.", extra={"field": name})


def binding(scope: Scope, text_sha256: str) -> str:
    """Return the hash that binds words and scope: SHA-256 of the canonical JSON (RFC 8785) of both."""
    return digest({"scope": scope.plain(), "text_sha256": text_sha256})


@dataclass(frozen=True)
class Wording:
    """A new version of terms, as somebody writes it."""

    title: str
    text: str
    scope: Scope
    terms_id: str | None = None
    """None begins new terms."""
    locale: str = "en"


@dataclass(frozen=True)
class TermsView:
    """One version of terms with its words."""

    id: str
    terms_id: str
    number: int
    title: str
    locale: str
    text: str
    text_sha256: str
    binding_sha256: str
    scope: Scope
    created_at: Any
    is_starter: bool = False
    intact: bool = field(default=True)
    """Words and scope still have the hash that they were bound with."""


def write_terms(hub: Hub, actor: Actor, wording: Wording) -> TermsView:
    """Keep a version of terms; earlier versions stay as they are, and whoever accepted one is bound by that one.

    What says the same as the newest version is that version, and others that are begun in the words of others that
    were begun before are those: a form that is sent twice makes nothing twice.

    Raises:
        Forbidden: the actor may not edit rights.
        Invalid: title, text, locale or scope is empty or malformed.
        NotFound: there are no terms of this id.
    """
    require(actor, "rights.edit")
    title = wording.title.strip()
    if not 1 <= len(title) <= 300 or not title.isprintable():
        raise Invalid("The title has 1 to 300 characters.", extra={"field": "title"})
    if len(wording.locale) > 20 or not _LOCALE.fullmatch(wording.locale):
        raise Invalid("The language is a code such as en or pt-BR.", extra={"field": "locale"})
    _check(wording.scope)
    text_sha256 = keep_text(hub, wording.text.replace("\r\n", "\n"))
    with hub.database.write() as session:
        row = _write(hub, session, actor, wording=replace(wording, title=title), text_sha256=text_sha256)
        return _view(hub, session, row)


def _write(hub: Hub, session: Session, actor: Actor, *, wording: Wording, text_sha256: str) -> TermsVersion:
    hub.database.serialise(session, f"terms:{wording.terms_id}")
    terms = session.get(Terms, wording.terms_id) if wording.terms_id else None
    if wording.terms_id and terms is None:
        raise NotFound("There are no such terms.")
    bound = binding(wording.scope, text_sha256)
    newest = _newest(session, terms.id) if terms else _begun(session, wording.title, wording.locale, bound)
    same = (wording.title, wording.locale, bound)
    if newest is not None and (newest.title, newest.locale, newest.binding_sha256) == same:
        return newest
    if terms is None:
        terms = Terms(id=hub.new_id("trm"), created_at=hub.now(), kind="submission", locale=wording.locale)
        session.add(terms)
        session.flush()
    row = TermsVersion(
        id=hub.new_id("trv"),
        created_at=hub.now(),
        terms_id=terms.id,
        number=newest.number + 1 if newest else 1,
        title=wording.title,
        locale=wording.locale,
        text_sha256=text_sha256,
        scope=wording.scope.plain(),
        binding_sha256=bound,
        created_by=actor.user_id,
    )
    session.add(row)
    session.flush()
    details = {"version": row.id, "number": row.number, "binding_sha256": row.binding_sha256}
    record(session, hub.now(), "terms.written", terms.id, actor=actor.user_id, **details)
    return row


def _begun(session: Session, title: str, locale: str, bound: str) -> TermsVersion | None:
    """Return the newest version of other terms than those of the hub, if that says just this."""
    own, later = _newest(session, None), aliased(TermsVersion)
    newer = exists().where(later.terms_id == TermsVersion.terms_id, later.number > TermsVersion.number)
    same = (TermsVersion.title == title) & (TermsVersion.locale == locale) & (TermsVersion.binding_sha256 == bound)
    found = select(TermsVersion).join(Terms).where(same, Terms.retired_at.is_(None), ~newer)
    return session.scalar(found.where(Terms.id != own.terms_id).order_by(Terms.id).limit(1)) if own else None


def current_terms(hub: Hub, terms_id: str | None = None) -> TermsView:
    """Return the newest version of terms; without an id those that were written first, at first the starter text.

    Raises:
        NotFound: there are no terms of this id.
    """
    with hub.database.read() as session:
        row = _newest(session, terms_id)
        if row is not None:
            return _view(hub, session, row)
    if terms_id is not None:
        raise NotFound("There are no such terms.")
    text_sha256 = keep_text(hub, starter_text())
    with hub.database.write() as session:
        hub.database.serialise(session, "terms:None")
        # Somebody may have been quicker.
        row = _newest(session, None) or _write(
            hub, session, SYSTEM, wording=Wording(STARTER_TITLE, "", STARTER), text_sha256=text_sha256
        )
        return _view(hub, session, row)


def _newest(session: Session, terms_id: str | None) -> TermsVersion | None:
    found = select(TermsVersion).join(Terms).where(Terms.retired_at.is_(None))
    if terms_id is not None:
        found = select(TermsVersion).where(TermsVersion.terms_id == terms_id)
    return session.scalar(found.order_by(TermsVersion.terms_id, TermsVersion.number.desc()).limit(1))


def terms_version(hub: Hub, session: Session, version_id: str) -> TermsView:
    """Return one version of terms.

    Raises:
        NotFound: there is none.
    """
    row = session.get(TermsVersion, version_id)
    if row is None:
        raise NotFound("There is no such version of terms.")
    return _view(hub, session, row)


def list_terms(hub: Hub, actor: Actor) -> list[TermsView]:
    """Return every version of all terms, newest first within each.

    Raises:
        Forbidden: the actor may not edit rights.
    """
    require(actor, "rights.edit")
    with hub.database.read() as session:
        rows = session.scalars(select(TermsVersion).order_by(TermsVersion.terms_id, TermsVersion.number.desc()))
        return [_view(hub, session, row) for row in rows]


def terms_in_force(hub: Hub, actor: Actor) -> list[TermsView]:
    """Return the newest version of all terms, those of the hub first, then in the order in which they were begun.

    Raises:
        Forbidden: the actor may not edit rights.
    """
    require(actor, "rights.edit")
    newest = {(own := current_terms(hub)).terms_id: own}
    for one in list_terms(hub, actor):
        newest.setdefault(one.terms_id, one)
    return list(newest.values())


def _view(hub: Hub, session: Session, row: TermsVersion) -> TermsView:
    scope = read_scope(row.scope)
    text = read_text(hub, row.text_sha256)
    return TermsView(
        id=row.id,
        terms_id=row.terms_id,
        number=row.number,
        title=row.title,
        locale=row.locale,
        text=text,
        text_sha256=row.text_sha256,
        binding_sha256=row.binding_sha256,
        scope=scope,
        created_at=row.created_at,
        is_starter=text == starter_text(),
        intact=binding(scope, row.text_sha256) == row.binding_sha256,
    )
