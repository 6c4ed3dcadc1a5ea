"""Entries of the audit in words, with the page of the object that each is about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for

from ugc_hub.models import Event

WORDS: Mapping[str, str] = {
    "agreement.text_erased": "A text that named somebody who was erased was removed",
    "agreement.signed": "An agreement was signed",
    "asset.active": "An asset was approved for use",
    "asset.covered": "An agreement over months covered an asset when it arrived",
    "asset.described": "The words about an asset were changed",
    "asset.erased": "An asset was closed, to be erased",
    "asset.erasure": "An asset was erased for good",
    "asset.filled": "The fields of an asset were filled in",
    "asset.focal_point": "The point that matters in a picture was moved",
    "asset.hold": "An asset was put on hold",
    "asset.pending_review": "An asset was sent to review",
    "asset.previews_lost": "The previews of an asset could not be made again",
    "asset.ready": "A file was measured and is ready",
    "asset.received": "A file was taken in",
    "asset.refused": "A file was refused",
    "asset.rights_answered": "Questions about an asset were answered",
    "asset.tagged": "The tags of an asset were changed",
    "asset.taken_down": "An asset was taken down",
    "asset.words_written": "The words in an asset were written down",
    "assets.edit_undone": "An edit of several assets was undone",
    "assets.edited": "Several assets were edited in one step",
    "audit.verified": "The audit was verified",
    "brief.saved": "A brief was saved",
    "campaign.created": "A campaign was created",
    "claim.decided": "A claim was decided",
    "claim.answered": "A takedown request was answered by mail",
    "claim.forgotten": "Who had made a settled takedown request was forgotten",
    "claim.overdue": "The time to decide a takedown request was over",
    "claim.received": "Somebody asked for a takedown",
    "collection.changed": "A collection was changed",
    "collection.emptied": "Assets were taken out of a collection",
    "collection.filled": "Assets were put into a collection",
    "collection.made": "A collection was made",
    "collection.ordered": "Assets of a collection got another place",
    "collection.removed": "A collection was removed",
    "consent.expired": "A consent was not given in time",
    "consent.given": "Somebody consented",
    "consent.notice_shown": "Somebody was shown what they are asked for",
    "consent.reconfirmed": "A consent was confirmed again",
    "consent.refused": "Somebody refused their consent",
    "consent.withdrawn": "Somebody withdrew their consent",
    "copy.left": "A copy left the hub",
    "copy.placed": "It was said where a copy runs",
    "copy.stopped": "It was said that a copy no longer runs",
    "creator.created": "A creator was added",
    "creator.erasure": "A creator was erased for good",
    "creator.enquiries": "Whether a creator wants enquiries was changed",
    "creator.niche": "What a creator makes content about was changed",
    "creator.exported": "Everything that is held about a creator was handed out",
    "decision.kept": "A use was decided",
    "decision.scrubbed": "The credit of somebody who was erased went out of a decision",
    "duty.fulfilled": "A duty before a use was confirmed",
    "duty.taken_back": "The confirmation of a duty was taken back",
    "evidence.attached": "A proof was added to a grant",
    "evidence.broken": "A proof no longer matched its hash",
    "evidence.erased": "A captured proof was erased with its asset",
    "evidence.intact": "The proofs of a grant match their hashes again",
    "erasure.forgotten": "The proof of an erasure was removed because its time was over",
    "field.added": "A campaign got a field",
    "field.changed": "A field of a campaign was changed",
    "field.removed": "A field of a campaign was removed",
    "grant.active": "A grant was put into force",
    "grant.added": "A grant was given",
    "grant.cap_reached": "A limit of a grant was reached",
    "grant.milestone": "Something happened on which the term of a grant depends",
    "grant.override": "Legal allowed a use for a short time",
    "grant.pending": "A grant was set to wait for its proof",
    "grant.rejected": "A grant was rejected",
    "grant.revoked": "A grant was revoked",
    "grant.note_erased": "A note that named somebody who was erased went out of a revocation",
    "grant.scrubbed": "Words that named somebody who was erased went out of a grant",
    "grant.suspended": "A grant was suspended",
    "grant.total": "The running total of a limit was stated",
    "job.cancelled": "A job was cancelled",
    "job.retried": "A job was tried again",
    "pack.made": "A pack was made",
    "partnership.added": "A partnership was added",
    "partnership.ended": "A partnership was ended",
    "partnership.signed": "A partnership was signed",
    "password.set": "Somebody set a password",
    "person.added": "A person was added",
    "person.account_proven": "A person proved that an account on a platform is theirs",
    "person.erased": "What was known of a person was erased",
    "person.erasure": "A person was erased for good",
    "person.tied": "It was said which creator a person is",
    "person.updated": "What is known of a person was changed",
    "platform_code.added": "A code of a platform was kept",
    "platform_code.ended": "A code of a platform ended",
    "platform_code.ending": "The end of a platform's code was announced",
    "platform_code.revealed": "Somebody looked at a code of a platform",
    "platform_code.revoked": "A code was taken back on its platform",
    "property.added": "A property was added",
    "rendition.failed": "A rendition failed",
    "rendition.ready": "A rendition was made",
    "renditions.requested": "Renditions were asked for",
    "request_template.saved": "A template of requests was saved",
    "rights.expiring": "A permission was told to end soon",
    "rights.changed": "What may be done with an asset changed",
    "rights.ended": "Copies that are out ended",
    "rights.restored": "An announced end of copies was taken back",
    "rights_request.answered": "A rights request was answered",
    "rights_request.declined": "A rights request was declined",
    "rights_request.draft": "A rights request was drafted",
    "rights_request.expired": "A rights request expired",
    "rights_request.granted": "A rights request was granted",
    "rights_request.narrowed": "A part of what a rights request granted was taken back",
    "rights_request.reminded": "Somebody was reminded of a rights request",
    "rights_request.reply_gone": "An answer on a platform disappeared",
    "rights_request.seen": "A rights request was opened",
    "rights_request.sent": "A rights request was sent",
    "rights_request.withdrawn": "A rights request, or what it granted, was taken back",
    "search.changed": "A saved search was changed",
    "search.found": "A search that is shared found new assets",
    "search.removed": "A saved search was removed",
    "search.saved": "A search was saved",
    "session.ended": "Somebody signed out",
    "session.started": "Somebody signed in",
    "sheets.imported": "Grants were taken in from sheets",
    "sign_in.failed": "A sign-in failed",
    "sign_in_link.made": "A link to sign in was made",
    "submission.address_confirmed": "The address of a submission was confirmed",
    "submission.approved": "A submission was approved",
    "submission.asked": "A submission was sent back",
    "submission.begun": "A submission was begun",
    "submission.declined": "A submission was declined",
    "submission.draft_removed": "A submission that was never handed in was removed",
    "submission.file_added": "A file was added to a submission",
    "submission.file_taken_out": "A file was taken out of a submission",
    "submission.handed_in": "A submission was handed in",
    "submission_link.made": "A submission link was made",
    "submission_link.revoked": "A submission link was ended",
    "tag.added": "A tag was added",
    "tag.merged": "A tag became part of another",
    "tag.removed": "A tag was removed from everything",
    "tag.renamed": "A tag got another name",
    "tag.synonyms": "The synonyms of a tag were changed",
    "takedown.asked": "Somebody was asked to take a copy down",
    "takedown.confirmed": "It was confirmed that a copy is down",
    "takedown.escalated": "An overdue takedown was passed on",
    "takedown.moot": "A takedown need not be done any more",
    "terms.written": "Terms were written",
    "token.created": "An API token was made",
    "token.revoked": "An API token was revoked",
    "token.used": "An API token was used",
    "track.added": "A piece of music was added",
    "user.created": "A user was added",
    "webhook.added": "A webhook was added",
    "webhook.changed": "A webhook was changed",
    "webhook.disabled": "A webhook was switched off",
    "webhook.enabled": "A webhook was switched on",
    "webhook.removed": "A webhook was removed",
    "webhook.secret_renewed": "A webhook got a new secret",
}
"""What each kind of entry says; a test compares them with all that the product records."""

GROUPS: Mapping[str, str] = {
    "grant": "Grants",
    "rights": "What may be done, and ends",
    "asset": "Assets",
    "assets": "Edits of several assets",
    "tag": "Tags",
    "collection": "Collections",
    "field": "Fields of campaigns",
    "search": "Saved searches",
    "copy": "Copies that left",
    "decision": "Decisions",
    "duty": "Duties before a use",
    "evidence": "Proofs",
    "agreement": "Agreements",
    "rights_request": "Rights requests",
    "consent": "Consents",
    "submission": "Submissions",
    "submission_link": "Submission links",
    "partnership": "Partnerships",
    "platform_code": "Codes of platforms",
    "takedown": "Takedowns",
    "claim": "Claims",
    "creator": "Creators",
    "erasure": "Proofs of erasures",
    "person": "Persons",
    "session": "Sessions",
    "sign_in": "Failed sign-ins",
    "sign_in_link": "Links to sign in",
    "password": "Passwords",
    "token": "API tokens",
    "user": "Users",
    "webhook": "Webhooks",
    "rendition": "Single renditions",
    "renditions": "Requests for renditions",
    "pack": "Packs",
    "job": "Jobs",
    "brief": "Briefs",
    "campaign": "Campaigns",
    "terms": "Terms",
    "request_template": "Templates",
    "property": "Property",
    "track": "Music",
    "sheets": "Sheets",
    "audit": "The audit itself",
}
"""Kinds by their beginning, as they are chosen."""

_PAGES: Mapping[str, tuple[str, str]] = {
    "ast": ("pages.asset", "asset_id"),
    "grt": ("pages.grant", "grant_id"),
    "crt": ("pages.creator", "creator_id"),
    "prs": ("pages.person", "person_id"),
    "pck": ("pages.pack", "pack_id"),
    "req": ("pages.request_page", "request_id"),
    "use": ("pages.copy", "usage_id"),
    "edt": ("pages.edit", "edit_id"),
    "col": ("pages.collection", "collection_id"),
}
_LISTS: Mapping[str, str] = {
    "sub": "pages.review_queue",
    "tdt": "pages.takedowns",
    "clm": "pages.claims",
    "slk": "pages.submission_links",
    "pco": "pages.platform_codes",
    "tag": "pages.tags",
    "fld": "pages.fields",
    "sch": "pages.searches",
    "trk": "pages.tracks",
    "prp": "pages.properties",
    "trm": "pages.terms_page",
    "cmp": "pages.briefs_page",
    "tpl": "pages.request_templates",
}


def words_of(kind: str) -> str:
    """Return an entry's kind as a sentence; one of another version of the hub as its name."""
    return WORDS.get(kind, kind.replace("_", " ").replace(".", ": "))


def page_of(object_id: str) -> str:
    """Return the address of the page of an object, or of the list that it stands in; empty where there is none."""
    prefix = object_id.partition("_")[0]
    if "_" not in object_id:
        return ""
    if prefix in _PAGES:
        endpoint, name = _PAGES[prefix]
        values: dict[str, Any] = {name: object_id}
        return url_for(endpoint, **values)
    return url_for(_LISTS[prefix]) if prefix in _LISTS else ""


def shown(event: Event, names: Mapping[str, str]) -> dict[str, Any]:
    """Return what the page shows of an entry; `names` are those of users and objects by id, as far as they have any."""
    return {
        "number": event.id,
        "at": event.at,
        "who": names.get(event.actor, "Somebody who is gone") if event.actor else "The hub",
        "actor": event.actor or "",
        "words": words_of(event.kind),
        "kind": event.kind,
        "object_id": event.object_id,
        "name": names.get(event.object_id) or event.object_id,
        "page": page_of(event.object_id),
        "details": [(name.replace("_", " "), _plain(value)) for name, value in sorted(event.body.items())],
        "hash": event.hash,
    }


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name.replace('_', ' ')}: {_plain(one)}" for name, one in value.items()) or "nothing"
    if isinstance(value, list):
        return ", ".join(_plain(one) for one in value) or "none"
    if value is None:
        return "none"
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
