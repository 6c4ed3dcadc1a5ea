"""One case for each kind of job: what it finds, where it may be killed, and what has to be there at the end."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import delete, select

from tests.authority import authority
from tests.pictures import jpeg
from tests.ugc_hub.jobs import films
from tests.ugc_hub.jobs.scenes import Case, Facts, Scene
from tests.ugc_hub.jobs.watching import watched
from tests.ugc_hub.licensing.copies import revoke, usage_row
from tests.ugc_hub.licensing.rows import clear
from tests.ugc_hub.permissions.rows import SCOPE, asked, own_asset
from tests.ugc_hub.rows import asset_row, user_row
from tests.ugc_hub.submissions.acts import ANA, begun, give
from tests.workers.media.clips import tone
from tests.workers.media.signing import credentials
from ugc_hub import catalog, licensing, permissions, renditions, webhooks
from ugc_hub.accounts import SYSTEM
from ugc_hub.audit.stamping import read_roots
from ugc_hub.catalog import Change, Selection
from ugc_hub.ingest import Upload, accept
from ugc_hub.jobs.local import finish
from ugc_hub.jobs.read import queue_reading
from ugc_hub.licensing import StatedUse
from ugc_hub.models import (
    Asset,
    AssetClearance,
    AssetText,
    AuditStamp,
    Event,
    Grant,
    Meta,
    Refusal,
    Rendition,
    RightsRequest,
    SearchHit,
    SubmissionForm,
    TakedownTask,
    TrackFile,
    Webhook,
    WebhookMessage,
)
from ugc_hub.permissions.music import Music, send_music
from ugc_hub.permissions.things import add_track
from workers.media.shapes import MARK_VERSION

PRESETS = ["meta.fb_feed.image.1x1", "web.srcset.w640"]


def _measure(scene: Scene, data: bytes) -> int:
    job = accept(scene.hub, SYSTEM, io.BytesIO(data), Upload(file_name="a.jpg", door="api")).job_id
    assert job is not None
    return job


def _render(scene: Scene) -> int:
    asset = scene.send(jpeg(1600, 1600), own=True)
    renditions.request(scene.hub, SYSTEM, asset, PRESETS, stated=StatedUse("website"))
    return scene.waiting("render")


def _collect(scene: Scene) -> int:
    scene.send(jpeg())
    for key in ("renditions/lost.jpg", "previews/lost.jpg", f"originals/{'0' * 64}"):
        scene.hub.storage.put(key, b"lost")
    return scene.asked("collect")


def _clear(scene: Scene) -> int:
    clear(scene.hub, *(asset_row(scene.hub) for _ in range(3)))
    with scene.hub.database.write() as session:
        session.execute(delete(AssetClearance))
    return scene.asked("clear")


def _erase(scene: Scene) -> int:
    licensing.erase_asset(scene.hub, SYSTEM, scene.send(jpeg()), reason="They asked for it")
    return scene.waiting("erase")


def _empty(scene: Scene) -> int:
    ids = tuple(scene.send(jpeg(seed=seed)) for seed in range(2))
    catalog.edit_many(scene.hub, SYSTEM, Selection(ids), Change(trash=True))
    scene.clock.go_on(days=31)
    return scene.asked("empty")


def _remark(scene: Scene) -> int:
    for seed in range(2):
        scene.send(jpeg(seed=seed))
    with scene.hub.database.write() as session:
        for row in session.scalars(select(Asset)):
            row.previews = {name: {**one, "mark": 1} for name, one in row.previews.items()}
    return scene.asked("remark")


def _marked(scene: Scene) -> Facts:
    with scene.hub.database.read() as session:
        found = session.scalars(select(Asset.previews)).all()
    return {"new": sum(one["mark"] == MARK_VERSION for previews in found for one in previews.values())}


def _read(scene: Scene) -> int:
    scene.hub.settings = replace(scene.hub.settings, text_reader="tests.reader:Tells")
    asset = scene.send(jpeg())
    with scene.hub.database.write() as session:
        queue_reading(scene.hub, session, asset)
    return scene.waiting("read")


def _hear(scene: Scene, data: bytes) -> int:
    track = add_track(scene.hub, SYSTEM, "Song", "licensed").id
    job = send_music(scene.hub, SYSTEM, io.BytesIO(data), Music(track, "song.wav")).job_id
    assert job is not None
    return job


def _music(scene: Scene) -> Facts:
    ready, refused = (scene.count(TrackFile, TrackFile.status == one) for one in ("ready", "refused"))
    return {"ready": ready, "refused": refused, "files": scene.keys("tracks/")}


def _prepare(scene: Scene) -> int:
    for seed in range(2):
        asset = scene.send(jpeg(900, 700, seed), own=True)
        renditions.request(scene.hub, SYSTEM, asset, PRESETS[1:], stated=StatedUse("website"))
        finish(scene.hub, [scene.waiting("render")])
    scene.hub.credentials = credentials()
    return scene.asked("prepare")


def _letter(scene: Scene) -> int:
    ask = permissions.Ask(SCOPE, asset_ids=[own_asset(scene.hub)], email="ana@example.org", name="Ana")
    permissions.send(scene.hub, SYSTEM, permissions.draft(scene.hub, SYSTEM, ask).id, copied=False)
    return scene.waiting("mail")


def _due(scene: Scene) -> int:
    for name in ("ana", "ben"):
        asked(scene.hub, own_asset(scene.hub, name), email=f"{name}@example.org")
    scene.clock.go_on(days=8)
    return scene.asked("due")


def _mail(scene: Scene) -> int:
    begun(scene.hub)
    return scene.waiting("mail")


def _overdue(scene: Scene) -> int:
    user_row(scene.hub, "legal")
    asset = asset_row(scene.hub)
    grant = clear(scene.hub, asset)
    usage_row(scene.hub, asset)
    revoke(scene.hub, grant, "platform_revoked")
    scene.clock.go_on(days=3)
    return scene.asked("afterlife")


def _digest(scene: Scene) -> int:
    user_row(scene.hub, "content_manager")
    end = scene.hub.now() + timedelta(days=5)
    clear(scene.hub, asset_row(scene.hub), perpetual=False, ends_at=end.isoformat())
    return scene.asked("digest")


def _notice(scene: Scene) -> int:
    finish(scene.hub, [_digest(scene)])
    return scene.waiting("notice")


def _hook(scene: Scene) -> int:
    hub = scene.hub
    with hub.database.write() as session:
        known = {"url": "https://127.0.0.1/hook", "kinds": list(webhooks.KINDS), "label": ""}
        row = Webhook(id=hub.new_id("whk"), created_at=hub.now(), **known)
        session.add(row)
        session.flush()
        webhooks.trial(hub, session, SYSTEM, webhook_id=row.id)
    return scene.waiting("hook")


def _answer(scene: Scene) -> int:
    statement = licensing.Statement("shows_me", "Kim", "kim@example.org", "your shop", "Take it down.")
    licensing.answer_claim(scene.hub, SYSTEM, licensing.intake(scene.hub, statement), "It is down.")
    return scene.waiting("answer")


def _verify(scene: Scene) -> int:
    asset_row(scene.hub)
    return scene.asked("verify")


def _proofs(scene: Scene) -> int:
    user_row(scene.hub, "legal")
    grant = clear(scene.hub, asset_row(scene.hub))
    with scene.hub.database.write() as session:
        proof = licensing.Proof("qualified_signature", b"yes")
        row = licensing.attach(scene.hub, session, SYSTEM, grant_id=grant, proof=proof)
    scene.hub.storage.delete(row.storage_key)
    return scene.asked("proofs")


def _alerts(scene: Scene) -> int:
    watched(scene.hub)
    return scene.asked("alerts")


def _stamp(scene: Scene) -> int:
    there = scene.stack.enter_context(authority(scene.hub.settings.data_dir.parent / "authority"))
    scene.hub.settings = replace(scene.hub.settings, audit_timestamp_url=there.url)
    scene.hub.stamp_roots = tuple(read_roots(there.roots.read_bytes()))
    asset_row(scene.hub)
    clear(scene.hub, asset_row(scene.hub))
    return scene.asked("stamp")


def _drafts(scene: Scene) -> int:
    for seed, name in enumerate(("ana", "ben")):
        sender = replace(ANA, handle=f"@{name}", email=f"{name}@example.org")
        give(scene.hub, begun(scene.hub, sender), jpeg(seed=seed))
    scene.clock.go_on(days=1000)
    return scene.asked("drafts")


def _assets(scene: Scene) -> Facts:
    return {
        "ready": scene.count(Asset, Asset.status == "ready"),
        "refused": scene.count(Refusal),
        "originals": scene.keys("originals/"),
        "previews": min(scene.keys("previews/"), 1),
    }


def _files(scene: Scene) -> Facts:
    ready = scene.count(Rendition, Rendition.status == "ready")
    return {"renditions": ready, "files": scene.keys("renditions/"), "originals": scene.keys("originals/")}


def _verified(scene: Scene) -> Facts:
    return {
        "results": scene.count(Meta, Meta.name == "audit.verified"),
        "told": scene.count(Event, Event.kind == "audit.verified"),
    }


def _mails(scene: Scene) -> Facts:
    return {"mails": scene.mails()}


def _told(scene: Scene) -> Facts:
    return {"told": scene.count(SearchHit), "mails": scene.queued("notice")}


CASES = [
    Case(
        "inspect",
        lambda scene: _measure(scene, jpeg()),
        ("after_previews", "before_commit"),
        _assets,
        {"ready": 1, "refused": 0, "originals": 1, "previews": 1},
    ),
    Case(
        "inspect",
        lambda scene: _measure(scene, jpeg()[:8000]),
        ("before_commit",),
        _assets,
        {"ready": 0, "refused": 1, "originals": 0, "previews": 0},
    ),
    Case(
        "render", _render, ("after_renditions", "before_commit"), _files, {"renditions": 4, "files": 4, "originals": 1}
    ),
    *films.CASES,
    Case(
        "hear",
        lambda scene: _hear(scene, tone()),
        ("before_commit",),
        _music,
        {"ready": 1, "refused": 0, "files": 1},
    ),
    Case(
        "hear",
        lambda scene: _hear(scene, tone()[:2000]),
        ("before_commit",),
        _music,
        {"ready": 0, "refused": 1, "files": 0},
    ),
    Case("collect", _collect, ("after_removed",), _files, {"renditions": 0, "files": 0, "originals": 1}),
    Case("clear", _clear, ("after_cleared",), lambda scene: {"cleared": scene.count(AssetClearance)}, {"cleared": 3}),
    Case("erase", _erase, ("after_removed",), _files, {"renditions": 0, "files": 0, "originals": 0}),
    Case(
        "prepare",
        _prepare,
        ("after_prepared",),
        lambda scene: {"originals": scene.keys("ingredients/")},
        {"originals": 2},
    ),
    Case(
        "empty",
        _empty,
        ("after_emptied",),
        lambda scene: {"erased": scene.count(Asset, Asset.status == "erased"), "jobs": scene.queued("erase")},
        {"erased": 2, "jobs": 2},
    ),
    Case("remark", _remark, ("after_remarked",), _marked, {"new": 4}),
    Case(
        "read",
        _read,
        ("after_read",),
        lambda scene: {"texts": scene.count(AssetText, AssetText.words != "")},
        {"texts": 1},
    ),
    Case("mail", _letter, ("after_sent",), _mails, {"mails": 1}),
    Case(
        "due",
        _due,
        ("after_due",),
        lambda scene: {
            "reminded": scene.count(RightsRequest, RightsRequest.reminders > 0),
            "letters": scene.queued("mail"),
        },
        {"reminded": 2, "letters": 4},
    ),
    Case("alerts", _alerts, ("after_alerted",), _told, {"told": 2, "mails": 2}),
    Case("mail", _mail, ("after_sent",), _mails, {"mails": 1}),
    Case(
        "afterlife",
        _overdue,
        ("after_settled",),
        lambda scene: {
            "escalated": scene.count(TakedownTask, TakedownTask.state == "escalated"),
            "notices": scene.queued("notice"),
        },
        {"escalated": 1, "notices": 1},
    ),
    Case("digest", _digest, ("after_told",), lambda scene: {"notices": scene.queued("notice")}, {"notices": 1}),
    Case(
        "hook",
        _hook,
        ("after_posted",),
        lambda scene: {
            "tried": scene.count(WebhookMessage, WebhookMessage.attempts == 1),
            "attempts": scene.queued("hook"),
        },
        {"tried": 1, "attempts": 2},
    ),
    Case("verify", _verify, ("before_commit",), _verified, {"results": 1, "told": 1}),
    Case("answer", _answer, ("after_sent",), _mails, {"mails": 1}),
    Case(
        "proofs",
        _proofs,
        ("after_proofs",),
        lambda scene: {"broken": scene.count(Grant, ~Grant.evidence_ok), "notices": scene.queued("notice")},
        {"broken": 1, "notices": 1},
    ),
    Case("stamp", _stamp, ("after_stamped",), lambda scene: {"stamps": scene.count(AuditStamp)}, {"stamps": 1}),
    Case("notice", _notice, ("after_sent",), _mails, {"mails": 1}),
    Case(
        "drafts",
        _drafts,
        ("after_draft",),
        lambda scene: {"forms": scene.count(SubmissionForm), "erasures": scene.queued("erase")},
        {"forms": 0, "erasures": 2},
    ),
]
