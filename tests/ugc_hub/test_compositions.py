"""Clips composed of assets: asked for, made, taken in as assets of their own, bound by the rights of their parts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.pictures import jpeg
from tests.tools import unavailable
from tests.ugc_hub.conftest import Send
from tests.ugc_hub.licensing.copies import revoke, tasks, usage, usage_row
from tests.ugc_hub.licensing.rows import clear
from tests.ugc_hub.rows import asset_row, with_clock
from tests.workers.media.clips import X264
from tests.workers.media.clips import made as drawn
from ugc_hub import catalog, compositions, licensing, renditions
from ugc_hub.accounts import SYSTEM
from ugc_hub.compositions import PieceView, Wish
from ugc_hub.errors import Conflict, Gone, HubError, Invalid, NotFound
from ugc_hub.hub import Hub
from ugc_hub.jobs.local import finish
from ugc_hub.licensing import Copy, Use, Whole, Withdrawal
from ugc_hub.licensing.trash import empty_trash
from ugc_hub.models import Asset, AssetClip, AssetIngredient, AssetRights, Piece
from workers.media.composition.shapes import AS_FIRST
from workers.queue.jobs import find
from workers.queue.shapes import Query

WEB = Use("website")


@pytest.fixture
def parts(hub: Hub, send: Send, tmp_path: Path) -> list[str]:
    """Two videos of creators, each cleared for every use."""
    if not compositions.installed():
        unavailable("MoviePy")
    ids = []
    for colour, creator in (("red", "ana"), ("blue", "ben")):
        path = drawn(tmp_path / f"{colour}.mp4", "-f", "lavfi", "-i", f"color={colour}:s=160x90:r=25:d=0.4", *X264)
        ids.append(send(path.read_bytes(), f"{colour}.mp4", creator=creator))
    return ids


def composed(hub: Hub, parts: list[str], name: str = "beforeafter", **values: object) -> PieceView:
    piece = compositions.ask(hub, SYSTEM, Wish(name, parts, {"shape": AS_FIRST, **values}, "Two of them"))
    assert piece.status == "queued"
    assert piece.job_id is not None
    finish(hub, [piece.job_id])
    piece = compositions.get(hub, SYSTEM, piece.id)
    if piece.asset_id is not None:
        job_id = catalog.get(hub, SYSTEM, piece.asset_id).job_id
        finish(hub, [job_id] if job_id is not None else [])
    return piece


def whole_of(piece: PieceView) -> str:
    assert piece.asset_id is not None, piece.message
    return piece.asset_id


def allowed(hub: Hub, asset_id: str, use: Use = WEB) -> bool:
    """What the rule says of one asset, which what is worked out for all of them must say too."""
    with hub.database.read() as session:
        single = licensing.ask(hub, session, asset_id, use).allowed
        every = session.scalars(licensing.usable_ids(hub, session, use))
        assert (asset_id in set(every)) == single
    return single


def test_a_clip_of_two_videos_becomes_an_asset_that_names_them(hub: Hub, parts: list[str]) -> None:
    piece = composed(hub, parts)
    assert (piece.status, piece.progress) == ("ready", 1.0)
    asset = catalog.get(hub, SYSTEM, whole_of(piece))
    assert (asset.status, asset.kind, asset.width, asset.height) == ("ready", "video", 160, 90)
    assert (asset.title, asset.file_name) == ("Two of them", "Two of them.mp4")
    with hub.database.read() as session:
        rows = [session.get(AssetIngredient, (whole_of(piece), number)) for number in range(2)]
        assert [row.ingredient_id for row in rows if row] == parts
        rights = session.get_one(AssetRights, whole_of(piece))
        assert (rights.ingredients, rights.status) == (parts, "active")
        assert rights.edits == ["caption_overlay", "composite", "crop", "trim"]
        assert all(session.get_one(AssetClip, part).status == "ready" for part in parts)


def test_a_photo_is_a_part_that_stands_still_for_the_seconds_that_were_chosen(
    hub: Hub, parts: list[str], send: Send
) -> None:
    photo = send(jpeg(400, 300), "sea.jpg", creator="cleo")
    piece = composed(hub, [parts[0], photo], "testimonials", photo_s=1.2, fade=0.0)
    whole = catalog.get(hub, SYSTEM, whole_of(piece))
    assert whole.duration_s == pytest.approx(0.4 + 1.2, abs=0.05)
    with hub.database.read() as session:
        assert session.get_one(AssetRights, whole.id).ingredients == [parts[0], photo]
        assert session.get(AssetClip, photo) is None
    clear(hub, parts[0])
    assert not allowed(hub, whole.id), "the photo is asked as well"
    grant = clear(hub, photo)
    assert allowed(hub, whole.id)
    with hub.database.write() as session:
        licensing.revoke(hub, session, SYSTEM, grant_id=grant, withdrawal=Withdrawal("legal_claim"))
    assert not allowed(hub, whole.id)


def test_photos_alone_are_composed_too(hub: Hub, send: Send) -> None:
    if not compositions.installed():
        unavailable("MoviePy")
    photos = [send(jpeg(300, 200, seed=seed), f"{seed}.jpg", own=True) for seed in range(2)]
    piece = composed(hub, photos, photo_s=0.5)
    asset = catalog.get(hub, SYSTEM, whole_of(piece))
    assert (asset.kind, asset.width, asset.height) == ("video", 300, 200)
    with pytest.raises(Invalid, match="Seconds that a photo is shown is a number from"):
        compositions.ask(hub, SYSTEM, Wish("beforeafter", photos, {"photo_s": 99}))


def test_a_part_in_the_trash_keeps_the_whole_in_the_house(hub: Hub) -> None:
    first, middle, whole = (asset_row(hub, f"{name}.mp4", kind="video") for name in ("first", "middle", "whole"))
    with hub.database.write() as session:
        licensing.declare_composed(hub, session, SYSTEM, asset_id=middle, whole=Whole([first], {"crop"}))
        licensing.declare_composed(hub, session, SYSTEM, asset_id=whole, whole=Whole([middle], {"crop"}))
    clear(hub, first)
    copy = Copy(whole, "download", WEB, sha256="0" * 64)
    licensing.hand_over(hub, SYSTEM, copy)
    with hub.database.write() as session:
        session.get_one(Asset, first).trashed_at = hub.now()
    with pytest.raises(Gone, match=r"composed of “first\.mp4”, which is in the trash"):
        licensing.hand_over(hub, SYSTEM, copy)
    with pytest.raises(Gone, match="in the trash"):
        renditions.request(hub, SYSTEM, whole, ["web.file.h264.720p"])
    with hub.database.write() as session:
        session.get_one(Asset, first).trashed_at = None
    licensing.hand_over(hub, SYSTEM, copy)


def test_the_end_of_a_part_asks_for_the_live_copies_of_the_whole_to_be_taken_down(hub: Hub) -> None:
    part, whole = (asset_row(hub, f"{name}.mp4", kind="video") for name in ("part", "whole"))
    with hub.database.write() as session:
        licensing.declare_composed(hub, session, SYSTEM, asset_id=whole, whole=Whole([part], {"crop"}))
    grant = clear(hub, part)
    copy = usage_row(hub, whole, use=Use("paid_social.meta"), exit="pack")
    assert tasks(hub) == []
    revoke(hub, grant)
    (task,) = tasks(hub)
    assert (task.usage_id, task.action, task.state) == (copy, "take_down", "open")
    assert usage(hub, copy).ended_why is not None


def test_the_same_bytes_composed_of_other_assets_are_bound_by_those_too(hub: Hub) -> None:
    whole, first, twin = (asset_row(hub, f"{name}.mp4", kind="video") for name in ("whole", "first", "twin"))
    with hub.database.write() as session:
        licensing.declare_composed(hub, session, SYSTEM, asset_id=whole, whole=Whole([first], {"crop"}))
    clear(hub, first)
    assert allowed(hub, whole)
    with hub.database.write() as session:
        licensing.tie_parts(hub, session, SYSTEM, asset_id=whole, whole=Whole([twin, first], {"stitch"}))
    assert not allowed(hub, whole)
    clear(hub, twin, edits=["crop"])
    assert not allowed(hub, whole)
    clear(hub, twin, edits=["crop", "stitch"])
    assert allowed(hub, whole)
    with hub.database.read() as session:
        assert session.get_one(AssetRights, whole).ingredients == [first, twin]
    trimming = {"effect": "prohibit", "layer": "copyright", "state": "active", "edits": ["stitch"]}
    with hub.database.write() as session:
        licensing.add(hub, session, SYSTEM, licensing.Draft(trimming, None))
    assert allowed(hub, first)
    assert not allowed(hub, whole), "an edit that is forbidden for all assets was made already"


def test_what_something_was_composed_of_does_not_leave_the_trash_by_itself(hub: Hub) -> None:
    whole, part = asset_row(hub, "whole.mp4", kind="video"), asset_row(hub, "part.mp4", kind="video")
    timed, clock = with_clock(hub)
    with timed.database.write() as session:
        licensing.declare_composed(timed, session, SYSTEM, asset_id=whole, whole=Whole([part], {"crop"}))
        session.get_one(Asset, part).trashed_at = timed.now()
    clock.go_on(days=31)
    assert empty_trash(timed) == 0
    licensing.erase_asset(timed, SYSTEM, whole, reason="Not wanted")
    assert empty_trash(timed) == 1


def test_it_may_be_used_where_each_of_its_parts_may(hub: Hub, parts: list[str]) -> None:
    whole = whole_of(composed(hub, parts))
    assert not allowed(hub, whole)
    clear(hub, parts[0])
    assert not allowed(hub, whole)
    narrow = clear(hub, parts[1], edits=["crop"])
    assert allowed(hub, parts[1])
    assert not allowed(hub, whole), "it was edited in ways that this grant does not allow"
    grant = clear(hub, parts[1])
    assert allowed(hub, whole)
    with hub.database.write() as session:
        licensing.revoke(hub, session, SYSTEM, grant_id=grant, withdrawal=Withdrawal("legal_claim"))
        licensing.revoke(hub, session, SYSTEM, grant_id=narrow, withdrawal=Withdrawal("legal_claim"))
    assert not allowed(hub, whole)
    with hub.database.write() as session, pytest.raises(Conflict, match="stay a part of it"):
        licensing.answer(hub, session, SYSTEM, asset_id=whole, answers={"ingredients": parts[:1]})
    with hub.database.write() as session:
        licensing.answer(hub, session, SYSTEM, asset_id=whole, answers={"ingredients": parts[::-1]})


@pytest.mark.req("R65")
def test_erasing_the_maker_of_a_part_erases_the_whole(hub: Hub, parts: list[str]) -> None:
    piece = composed(hub, parts, before="Ana")
    whole = whole_of(piece)
    with hub.database.read() as session:
        creator = session.get_one(Asset, parts[0]).creator_id
    assert creator is not None
    assert licensing.erase_creator(hub, SYSTEM, creator, reason="They asked for it") == 2
    with hub.database.read() as session:
        statuses = [session.get_one(Asset, one).status for one in (*parts, whole)]
        assert statuses == ["erased", "ready", "erased"]
        row = session.get_one(Piece, piece.id)
        assert (row.title, row.values) == ("", {})
        jobs = find(session.connection(), Query(kind="erase", limit=10))
    finish(hub, [job.id for job in jobs])
    with hub.database.read() as session:
        key = f"originals/{session.get_one(Asset, whole).sha256}"
    assert not hub.storage.exists(key)


@pytest.mark.parametrize(
    ("change", "kind", "said"),
    [
        ({"composition": "nothing"}, NotFound, "There are beforeafter, testimonials, titlecard"),
        ({"values": {"shape": "7:3"}}, Invalid, "Shape is one of"),
        ({"asset_ids": []}, Invalid, "takes 2 videos"),
        ({"asset_ids": ["ast_none", "ast_none"]}, NotFound, "no such asset"),
    ],
)
def test_a_wish_that_cannot_be_met_is_told_at_once(
    change: dict[str, Any], kind: type[HubError], said: str, hub: Hub, parts: list[str]
) -> None:
    wish = Wish(**{"composition": "beforeafter", "asset_ids": parts, "values": {}, **change})
    with pytest.raises(kind, match=said):
        compositions.ask(hub, SYSTEM, wish)


def test_a_video_on_hold_goes_into_nothing_new(hub: Hub, parts: list[str]) -> None:
    piece = compositions.ask(hub, SYSTEM, Wish("beforeafter", parts, {}))
    with hub.database.write() as session:
        licensing.set_status(hub, session, SYSTEM, asset_id=parts[1], status="hold", note="A claim")
    with pytest.raises(Conflict, match="On hold"):
        compositions.ask(hub, SYSTEM, Wish("beforeafter", parts, {}))
    assert piece.job_id is not None
    finish(hub, [piece.job_id])
    piece = compositions.get(hub, SYSTEM, piece.id)
    assert (piece.status, piece.code, piece.asset_id) == ("failed", "part_closed", None)
