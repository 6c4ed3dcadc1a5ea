"""Which of all assets may be used so? One condition, which agrees with `rights.decide` on each of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, false, func, or_, select
from sqlalchemy.orm import Session

from ugc_hub.database import READS
from ugc_hub.errors import Invalid
from ugc_hub.hub import Hub
from ugc_hub.models import AssetClearance, ClearanceBox
from ugc_hub.rights import ANY_EDIT, EVERY, WORLD, AssetFacts, Grant, Malformed, decide, standard
from ugc_hub.rights.compiling import everywhere
from ugc_hub.rights.questions import Question
from ugc_hub.rights.questions import ask as read_question

from .deciding import Use, allowed_among, request_of
from .encoding import condition
from .live import Allows, asked
from .loading import Situation, for_all_assets
from .recalling import recalled, still_true

_SINGLE = "single assets"
_SINGLY = select(AssetClearance.asset_id).where(AssetClearance.clearance_id.is_(None))
SINGLY = 500
"""Assets that are decided one by one, a batch at a time."""


def usable(hub: Hub, session: Session, use: Use, *, limit: int | None = None, after: str | None = None) -> list[str]:
    """Return the ids of the assets that may be used so, newest first.

    `after` is the last id of the page before; `limit` the length of a page.

    Raises:
        Invalid: see `usable_clause`.
    """
    wanted = _assets(usable_clause(hub, session, use)).order_by(AssetClearance.asset_id.desc())
    if after is not None:
        wanted = wanted.where(AssetClearance.asset_id < after)
    return list(session.scalars(wanted if limit is None else wanted.limit(limit)))


def count_usable(hub: Hub, session: Session, use: Use) -> int:
    """Return how many assets may be used so.

    Raises:
        Invalid: see `usable_clause`.
    """
    condition = usable_clause(hub, session, use)
    return session.scalar(select(func.count()).select_from(AssetClearance).where(condition)) or 0


def _assets(condition: ColumnElement[bool]) -> Select[Any]:
    return select(AssetClearance.asset_id).where(condition)


def usable_ids(hub: Hub, session: Session, use: Use) -> Select[Any]:
    """Return a select of the ids of usable assets, to filter others by: `Asset.id.in_(usable_ids(...))`.

    Raises:
        Invalid: see `usable_clause`.
    """
    return _assets(usable_clause(hub, session, use))


def usable_clause(hub: Hub, session: Session, use: Use) -> ColumnElement[bool]:
    """Return the condition on `AssetClearance` that an asset may be used so; a malformed use is never allowed.

    Raises:
        Invalid: it is asked for somebody else than the hub's party, or for what is live already.
    """
    question = _question(hub, session, use)
    if question is None:
        return false()
    allowing = condition(question, hub.settings.party, hub.words)
    found: ColumnElement[bool] = AssetClearance.clearance_id.in_(select(ClearanceBox.clearance_id).where(allowing))
    if use.beds:
        return AssetClearance.asset_id.in_(list(_with_beds(hub, session, use, found)))
    single = list(singly(hub, session, replace(use, ingredients=())))
    return or_(found, AssetClearance.asset_id.in_(single)) if single else found


def _with_beds(hub: Hub, session: Session, use: Use, found: ColumnElement[bool]) -> Iterator[str]:
    """Yield what may be used with tracks laid under it: boxes know of no tracks, so that each is decided by itself.

    What no box allows without them nothing allows with them.
    """
    ids = [*session.scalars(_assets(found).order_by(AssetClearance.asset_id)), *single_assets(session)]
    yield from _allowed_of(hub, session, ids, use)


def usable_situations(hub: Hub, session: Session, use: Use) -> tuple[frozenset[int], frozenset[str]]:
    """Return the numbers of the situations in which assets may be used so, and the assets that are decided singly.

    Raises:
        Invalid: see `usable_clause`.
    """
    question = _question(hub, session, use)
    if question is None:
        return frozenset(), frozenset()

    def numbered() -> frozenset[int]:
        allowing = condition(question, hub.settings.party, hub.words)
        return frozenset(session.scalars(select(ClearanceBox.clearance_id).where(allowing)))

    if use.beds:
        return frozenset(), frozenset(session.scalars(_assets(usable_clause(hub, session, use))))
    numbers = recalled(hub, session, ("usable", use), numbered)
    return numbers, frozenset(singly(hub, session, replace(use, ingredients=())))


def usable_now(
    hub: Hub, session: Session, use: Use, known: tuple[int, str]
) -> tuple[Allows | None, frozenset[str]] | None:
    """Return the same of what an index keeps: what tells of its words whether they allow a use, and single assets.

    None where it cannot answer: the use is about another time than now, or about more than the words say, or they are
    not true any more (see `still_true`). Nothing that tells is nothing that allows.

    Raises:
        Invalid: see `usable_clause`.
    """
    question = _question(hub, session, use)
    if question is None:
        return None, frozenset()
    tells = None if use.beds else asked(question, hub.words)
    if tells is None or not still_true(hub, session, known):
        return None
    return tells, frozenset(singly(hub, session, replace(use, ingredients=())))


def _question(hub: Hub, session: Session, use: Use) -> Question | None:
    """What a use asks of boxes; None where none can allow it."""
    party = hub.settings.party
    if use.operation != "publish" or use.parties not in (frozenset(), frozenset({party})):
        raise Invalid("Only new uses by the hub's own party can be asked of all assets.", extra={"field": "parties"})
    plain = replace(use, ingredients=(), beds=())
    request = request_of(hub, "any", plain)
    try:
        question = read_question(request, {"any": AssetFacts("any")}, hub.words)
    except Malformed:
        return None
    if not _ingredients_allowed(hub, session, use) or _barred_everywhere(hub, session, plain):
        return None
    return question


def _ingredients_allowed(hub: Hub, session: Session, use: Use) -> bool:
    plain = replace(use, ingredients=(), beds=())
    return allowed_among(hub, session, use.ingredients, plain).issuperset(use.ingredients)


def single_assets(session: Session) -> list[str]:
    """Return the assets that no box speaks for; a session that only reads has one state and is asked once."""
    known = session.info.get(_SINGLE)
    if known is None:
        reads = session.info.get(READS)
        if not reads:
            session.flush()
        known = list(session.connection().scalars(_SINGLY))
        if reads:
            session.info[_SINGLE] = known
    found: list[str] = known
    return found


def singly(hub: Hub, session: Session, use: Use) -> Iterator[str]:
    """Yield those of the single assets that may be used so."""
    yield from _allowed_of(hub, session, single_assets(session), use)


def _allowed_of(hub: Hub, session: Session, ids: list[str], use: Use) -> Iterator[str]:
    for start in range(0, len(ids), SINGLY):
        yield from allowed_among(hub, session, ids[start : start + SINGLY], use)


def _barred_everywhere(hub: Hub, session: Session, use: Use) -> bool:
    """Whether prohibitions for all assets forbid the use of an asset that everything else allows."""
    return barred(hub, for_all_assets(session), use)


def barred(hub: Hub, situation_: Situation, use: Use) -> bool:
    """Whether prohibitions for all assets, of those loaded, forbid the use of an asset that all else allows."""
    found = situation_.settled(use.at or use.starts_at or hub.now())
    bars = [grant for grant in found.grants if everywhere(grant)]
    if not bars:
        return False
    request = request_of(hub, "any", use)
    return not decide(request, [*bars, *_everything(hub.settings.party)], {"any": _FREE}, hub.words).allowed


_FREE = AssetFacts(
    "any",
    status="active",
    digital_source_type="digitalCapture",
    has_audio=False,
    people=(),
    properties=(),
    music="none",
)


def _everything(party: str) -> list[Grant]:
    """Permissions for whatever somebody asks."""
    words = standard()
    licence = Grant(
        "",
        "permit",
        assets=frozenset({EVERY}),
        state="active",
        grantees=frozenset({party}),
        channels=frozenset({EVERY}),
        territories=frozenset({WORLD}),
        starts_at=datetime.min.replace(tzinfo=UTC),
        perpetual=True,
        products=frozenset({EVERY}),
        edits=words.ai | {ANY_EDIT},
        evidence_level=max(words.evidence_levels),
        evidence_ok=True,
        vocabulary_version=words.version,
        future_media=True,
    )
    return [licence, replace(licence, layer="platform")]
