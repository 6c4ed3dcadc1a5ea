"""Erases assets, persons and creators for good, and keeps the least that proves it (GDPR Art. 17(3)(e)).

What stays: the ids, the hash of the original (so that it is not taken in again), agreements with their signed proofs,
the ledger of copies and their takedown tasks (with where they run until that is taken down), the audit; of requests,
partnerships and codes that there were some, and when (see `scrubbing`). What goes: the original, previews, renditions,
everything measured, names, hashes that find look-alikes, captured posts and messages, and the keys of personal data,
which makes their copies in backups unreadable too; texts that name them (their hashes stay), how they are credited in
grants and notes about them (see `traces`) and in decisions that were handed out (see `redacting`), and mails to or
about them that lie in the outbox. Files are removed by a job that is written in the same transaction. SQLite writes
zeros over what is removed (`secure_delete`); its log, which goes on holding it, is emptied by that job.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import Text, cast, delete, select, update
from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor, require
from ugc_hub.audit import record
from ugc_hub.errors import Conflict, Invalid, NotFound
from ugc_hub.hub import Hub
from ugc_hub.models import (
    ApiToken,
    Asset,
    AssetClip,
    AssetLink,
    AssetLook,
    AssetPerson,
    AssetTag,
    AssetText,
    CaptionTrack,
    Collection,
    CollectionItem,
    Creator,
    EditAsset,
    EditValue,
    Erasure,
    Evidence,
    FieldValue,
    GrantAsset,
    HashBand,
    Piece,
    RecentSearch,
    Rendition,
    RightsRequest,
    SavedSearch,
    SearchHit,
    SignInLink,
    Usage,
    User,
    UserSession,
)
from workers.queue.jobs import enqueue
from workers.queue.shapes import Options

from .changes import changed
from .composing import wholes_of
from .facts import row_of, set_status
from .persons import erase_person
from .redacting import scrub_decisions
from .scrubbing import persons_of, scrub_creator, scrub_duties, scrub_person, scrub_queries, scrub_requests
from .signing import ingredient_key
from .stamping import copy_key, manifest_key
from .traces import forget_searches, mails_naming, personal_texts, scrub_grants, scrub_notes, versions_of, words_of

ERASED = "erased"
CAPTURED = ("dm_export", "permalink_snapshot", "screenshot", "platform_code")
"""Evidence that shows what people wrote or looked like, or names their posts; signed proofs are kept."""


def erase_asset(hub: Hub, actor: Actor, asset_id: str, *, reason: str) -> None:
    """Erase one asset; nothing brings it back.

    Raises:
        Invalid: no reason is given.
        NotFound: there is no such asset.
        Conflict: it was erased before, or is still being looked at.
    """
    require(actor, "rights.legal")
    with hub.database.write() as session:
        erase_in(hub, session, actor, asset_id=asset_id, reason=_reason(reason))
    hub.ring()


def erase_in(hub: Hub, session: Session, actor: Actor, *, asset_id: str, reason: str, captured: bool = True) -> None:
    """Erase one asset in the caller's transaction; ring the hub when it is over.

    Without `captured` the posts and messages that prove its grants stay: nobody whom they name asked for it.

    Raises: as `erase_asset`.
    """
    require(actor, "rights.legal")
    _asset(hub, session, actor, asset_id=asset_id, reason=_reason(reason), proofs=captured)


def erase_shown(hub: Hub, actor: Actor, person_id: str, *, reason: str) -> int:
    """Erase what is known of a person and every asset that shows them; return the number of assets.

    Raises:
        Invalid: no reason is given.
        NotFound: there is no such person.
    """
    require(actor, "rights.legal")
    with hub.database.write() as session:
        shown = select(AssetPerson.asset_id).where(AssetPerson.person_id == person_id)
        count = _assets(hub, session, actor, ids=session.scalars(shown).all(), reason=_reason(reason))
        traces = _traces(hub, session, None, [person_id])
        _person(hub, session, actor, person_id=person_id, reason=reason)
        _remove_traces(hub, session, person_id, traces)
    hub.ring()
    return count


def erase_creator(hub: Hub, actor: Actor, creator_id: str, *, reason: str) -> int:
    """Erase a creator: all of their assets, their names and handles, their person, and their accounts.

    Returns the number of assets that were erased.

    Raises:
        Invalid: no reason is given.
        NotFound: there is no such creator.
    """
    require(actor, "rights.legal")
    with hub.database.write() as session:
        creator = session.get(Creator, creator_id)
        if creator is None:
            raise NotFound("There is no such creator.")
        owned = session.scalars(select(Asset.id).where(Asset.creator_id == creator_id)).all()
        count = _assets(hub, session, actor, ids=owned, reason=_reason(reason))
        persons = persons_of(session, creator_id)
        traces = _traces(hub, session, creator, persons)
        for person_id in persons:
            _person(hub, session, actor, person_id=person_id, reason=reason)
        users = session.scalars(select(User).where(User.creator_id == creator_id)).all()
        for user in users:
            _account(hub, session, user)
        nobody = f"erased-{creator.id.removeprefix('crt_')}"
        scrub_queries(session, creator.handle, nobody)
        # No edit that is undone gives them an asset again that went to somebody else.
        session.execute(delete(EditValue).where(EditValue.field == "creator", EditValue.before == creator_id))
        creator.handle, creator.display_name, creator.credit_line = nobody, "", ""
        creator.niche = creator.enquiries_url = ""
        details = {"assets": count, "accounts": len(users), **scrub_creator(hub, session, creator_id)}
        _remove_traces(hub, session, creator_id, traces)
        _proof(hub, session, actor, kind="creator", object_id=creator_id, reason=reason, details=details)
    hub.ring()
    return count


def _traces(hub: Hub, session: Session, creator: Creator | None, persons: list[str]) -> dict[str, list[str]]:
    """Scrub grants, and return which texts and mails name somebody; it must be read before what names them goes."""
    creator_id = creator.id if creator else None
    words = words_of(hub, session, creator, persons)
    versions = versions_of(session, creator_id, persons)
    texts = personal_texts(hub, session, versions, words)
    for row in versions:
        if row.text_key in texts:  # what is missing from now on is not broken
            record(session, hub.now(), "agreement.text_erased", row.id)
    scrub_grants(hub, session, creator_id, versions=versions, words=words)
    scrub_notes(hub, session, creator_id, versions=versions, words=words)
    scrub_decisions(hub, session, creator_id, versions=versions, words=words)
    forget_searches(session, words)
    return {"keys": texts, "mails": mails_naming(hub, words)}


def _remove_traces(hub: Hub, session: Session, object_id: str, traces: dict[str, list[str]]) -> None:
    """Let files go, and with them what the log of the database holds: also where there is no file, therefore."""
    options = Options(key=f"erase:{object_id}", priority=20, max_attempts=hub.settings.job_attempts)
    enqueue(session.connection(), "erase", traces, options=options)


def _reason(reason: str) -> str:
    text = reason.strip()[:2000]
    if not text:
        raise Invalid("Say why it is erased; the reason stays as proof.", extra={"field": "reason"})
    return text


def _assets(hub: Hub, session: Session, actor: Actor, *, ids: Iterable[str], reason: str) -> int:
    """Erase those that are not erased yet."""
    kept = session.scalars(select(Asset.id).where(Asset.id.in_(list(ids)), Asset.status != ERASED)).all()
    lock(session, [*kept, *wholes_of(session, kept)])  # all at once: each alone would come after uses of another
    count = 0
    for asset_id in kept:
        if session.get_one(Asset, asset_id).status != ERASED:  # not even with a part of it
            count += _asset(hub, session, actor, asset_id=asset_id, reason=reason)
    return count


def _asset(hub: Hub, session: Session, actor: Actor, *, asset_id: str, reason: str, proofs: bool = True) -> int:
    """Erase an asset, and first what was composed of it; return the number of assets."""
    asset = session.get(Asset, asset_id)
    if asset is None:
        raise NotFound("There is no such asset.")
    wholes = [one for one in wholes_of(session, [asset_id]) if one != asset_id]
    lock(session, [*wholes, asset_id])
    if asset.status == ERASED:
        raise Conflict("The asset was erased before.")
    rows = (session.get_one(Asset, one) for one in (*wholes[::-1], asset_id))
    left = [row for row in rows if row.status != ERASED]  # others may have erased a whole until now
    for row in left:
        _one(hub, session, actor, asset=row, reason=reason, proofs=proofs)
    return len(left)


def lock(session: Session, ids: Iterable[str]) -> None:
    """Hold assets before their uses and clearances, as the trash does: in another order they would wait for each other.

    They are read again, as whoever held them left them: trashed, taken out of the trash, erased.
    """
    rows = select(Asset).where(Asset.id.in_(list(ids))).order_by(Asset.id).with_for_update(key_share=True)
    session.scalars(rows.execution_options(populate_existing=True)).all()


def _one(hub: Hub, session: Session, actor: Actor, *, asset: Asset, reason: str, proofs: bool) -> None:
    asset_id = asset.id
    named = (Piece.asset_id == asset_id) | cast(Piece.parts, Text).contains(asset_id, autoescape=True)
    session.execute(update(Piece).where(named).values(title="", values={}))
    set_status(hub, session, actor, asset_id=asset_id, status=ERASED)
    row_of(hub, session, asset_id).copyright_notice = ""
    hub.database.serialise(session, f"renditions:{asset_id}")
    made = select(Rendition.storage_key).where(Rendition.asset_id == asset_id, Rendition.storage_key.is_not(None))
    hub.database.serialise(session, f"clip:{asset_id}")
    clip = session.get(AssetClip, asset_id)
    copies = select(Usage.id).where(Usage.asset_id == asset_id, Usage.stamped_sha256.is_not(None))
    keys = [f"originals/{asset.sha256}", ingredient_key(asset.sha256)]
    keys += [preview["key"] for preview in asset.previews.values()]
    keys += [key for key in session.scalars(made) if key]
    keys += [key for key in (clip.storage_key, clip.sheet_key) if key] if clip else []
    for usage_id in session.scalars(copies):
        keys += [copy_key(usage_id), *(stat.key for stat in hub.storage.list(f"{manifest_key(usage_id)}/"))]
    for table, column in (
        (Rendition, Rendition.asset_id),
        (AssetClip, AssetClip.asset_id),
        (HashBand, HashBand.asset_id),
        (AssetLook, AssetLook.asset_id),
    ):
        session.execute(delete(table).where(column == asset_id))
    session.execute(delete(AssetLink).where((AssetLink.asset_id == asset_id) | (AssetLink.other_id == asset_id)))
    session.execute(delete(AssetPerson).where(AssetPerson.asset_id == asset_id))
    hub.database.serialise(session, f"texts:{asset_id}")  # nothing is read or written down between this and the end
    for said in (AssetTag, AssetText, CaptionTrack, CollectionItem, FieldValue, SearchHit, EditValue, EditAsset):
        session.execute(delete(said).where(said.asset_id == asset_id))
    session.execute(update(Collection).where(Collection.cover_id == asset_id).values(cover_id=None))
    captured = _captured(hub, session, asset_id) + scrub_duties(session, asset_id) if proofs else []
    asset.status, asset.file_name, asset.facts, asset.previews = ERASED, "", None, {}
    asset.title = asset.description = asset.language = ""
    asset.trashed_at = asset.trashed_by = None
    asset.width = asset.height = asset.duration_s = asset.focal_x = asset.focal_y = None
    asset.pixel_sha256 = asset.perceptual_hash = None
    session.flush()
    enqueue(
        session.connection(),
        "erase",
        {"keys": [*keys, *captured]},
        options=Options(key=f"erase:{asset_id}", priority=20, max_attempts=hub.settings.job_attempts),
    )
    details = {"files": len(keys), "captured": len(captured)}
    _proof(hub, session, actor, kind="asset", object_id=asset_id, reason=reason, details=details)


def _captured(hub: Hub, session: Session, asset_id: str) -> list[str]:
    """Remove captured posts and messages of grants that are about no other asset; return their keys."""
    others = select(GrantAsset.grant_id).where(GrantAsset.asset_id != asset_id)
    own = select(GrantAsset.grant_id).where(GrantAsset.asset_id == asset_id, GrantAsset.grant_id.not_in(others))
    rows = session.scalars(select(Evidence).where(Evidence.grant_id.in_(own), Evidence.kind.in_(CAPTURED))).all()
    keys = [row.storage_key for row in rows]
    for row in rows:
        session.delete(row)
        record(session, hub.now(), "evidence.erased", row.id, grant=row.grant_id)
    session.flush()
    return keys


def _person(hub: Hub, session: Session, actor: Actor, *, person_id: str, reason: str) -> None:
    erase_person(hub, session, actor, person_id=person_id)
    scrub_requests(hub, session, RightsRequest.person_id == person_id)
    scrub_person(session, person_id)
    shown = session.scalars(select(AssetPerson.asset_id).where(AssetPerson.person_id == person_id)).all()
    session.execute(delete(AssetPerson).where(AssetPerson.person_id == person_id))
    changed(hub, session, shown)
    _proof(hub, session, actor, kind="person", object_id=person_id, reason=reason, details={})


def _account(hub: Hub, session: Session, user: User) -> None:
    for table, column in (
        (UserSession, UserSession.user_id),
        (SignInLink, SignInLink.user_id),
        (SavedSearch, SavedSearch.user_id),
        (RecentSearch, RecentSearch.user_id),
    ):
        session.execute(delete(table).where(column == user.id))
    session.execute(update(ApiToken).where(ApiToken.user_id == user.id).values(revoked_at=hub.now(), name=""))
    user.email, user.name, user.password_hash = f"{user.id}@erased.invalid", "", None
    user.disabled_at = user.disabled_at or hub.now()
    session.flush()


def _proof(
    hub: Hub, session: Session, actor: Actor, *, kind: str, object_id: str, reason: str, details: dict[str, int]
) -> None:
    session.add(
        Erasure(
            id=hub.new_id("era"),
            created_at=hub.now(),
            kind=kind,
            object_id=object_id,
            by=actor.user_id,
            reason=reason,
            details=details,
            keep_until=hub.now() + timedelta(days=hub.settings.erasure_proof_days),
        )
    )
    session.flush()
    record(session, hub.now(), f"{kind}.erasure", object_id, actor=actor.user_id, **details)


def forget_proofs(hub: Hub, session: Session) -> int:
    """Remove proofs of erasures whose time is over (GDPR Art. 5(1)(e) and 17(3)(e)); return how many there were.

    Their reasons may say more than has to be known for ever. That, when and by whom was erased stays in the audit.
    """
    over = select(Erasure).where(Erasure.keep_until <= hub.now()).order_by(Erasure.id)
    rows = session.scalars(over).all()
    for row in rows:
        session.delete(row)
        record(session, hub.now(), "erasure.forgotten", row.id)
    session.flush()
    return len(rows)
