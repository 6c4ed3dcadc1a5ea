"""What leaves says for which use it left: in its metadata, read by others, within its budget and pixel for pixel."""

from __future__ import annotations

import hashlib
import io
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import pytest
from PIL import Image
from sqlalchemy import func, select, update

from tests.pictures import encoded, jpeg, picture
from tests.ugc_hub.licensing.rows import clear, cleared
from tests.ugc_hub.rows import asset_row
from tests.workers.media.pictures import exiftool, forbidden
from ugc_hub import licensing, renditions
from ugc_hub.accounts import SYSTEM
from ugc_hub.errors import Conflict
from ugc_hub.hub import Hub
from ugc_hub.jobs.collect import collect
from ugc_hub.jobs.local import finish
from ugc_hub.licensing import Copy, StatedUse, Wanted, stamp, stamp_each
from ugc_hub.licensing.stamping import FORMATS
from ugc_hub.models import Rendition, Usage
from workers.media import imprint
from workers.media.shapes import ImagePlan, Imprint
from workers.queue.table import jobs

MAIL = StatedUse("email", ("US", "CA"), ("sku-1",), ends_at=datetime(2040, 1, 1, tzinfo=UTC))
HERO = "email.hero.600.1x"
REAL = (HERO, "iab.fixed.image.970x250", "iab.fixed.image.320x50", "google.rda.image.1x1", "web.srcset.w640")
ENDINGS = {
    "jpeg": ".jpg",
    "png": ".png",
    "webp": ".webp",
    "avif": ".avif",
    "gif": ".gif",
    "tiff": ".tif",
    "mp4": ".mp4",
}


def made(hub: Hub, asset: str, data: bytes, *, media_type: str = "image/jpeg", max_bytes: int | None = None) -> str:
    """The record of a finished rendition with these bytes."""
    (outcome,) = renditions.request(hub, SYSTEM, asset, [HERO], stated=MAIL)
    (name,) = outcome.renditions
    key = f"renditions/{name}"
    hub.storage.put(key, data)
    with hub.database.write() as session:
        row = session.get_one(Rendition, name)
        plan = replace(ImagePlan.load(row.plan), max_bytes=max_bytes)
        row.plan, row.media_type, row.storage_key, row.status = plan.dump(), media_type, key, "ready"
        row.sha256, row.size_bytes = hashlib.sha256(data).hexdigest(), len(data)
    return name


def left(hub: Hub, asset: str, rendition: str, stated: StatedUse = MAIL) -> str:
    """Let the rendition leave and return the id of its use."""
    copy = Copy(asset, "download", stated.use(hub, "email"), rendition)
    return licensing.hand_over(hub, SYSTEM, copy).usage_id


def a_file(name: str, folder: Path) -> bytes:
    """A small file of a format, with metadata of its own that must not stay."""
    if name == "mp4":
        ffmpeg = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error", "-f", "lavfi"]
        drawn = ["-i", "testsrc2=size=96x64:rate=10:duration=1", "-c:v", "libx264", "-pix_fmt", "yuv420p"]
        subprocess.run([*ffmpeg, *drawn, str(folder / "clip.mp4")], check=True, timeout=60)
        return (folder / "clip.mp4").read_bytes()
    old = imprint.xmp(Imprint(creator="Old", credit="Old"))
    own: dict[str, dict[str, Any]] = {"avif": {"xmp": old}, "tiff": {"tiffinfo": {700: old, 270: "Old"}}}
    options = own.get(name, {})
    return encoded(picture(120, 90), name.upper(), **options)


def pixels(data: bytes) -> bytes:
    with Image.open(io.BytesIO(data)) as shown:
        return shown.convert("RGBA").tobytes()


@pytest.mark.req("R56")
@pytest.mark.parametrize("media_type", [kind for kind in FORMATS if kind != "video/quicktime"])
def test_a_copy_of_every_format_names_its_use_as_an_independent_reader_finds(
    hub: Hub, tmp_path: Path, media_type: str
) -> None:
    asset = asset_row(hub, creator="ana")
    clear(hub, asset, duties=[{"duty": "credit", "text": "Photo: @ana", "placement": "CR-CAI"}])
    with hub.database.write() as session:
        rights = licensing.row_of(hub, session, asset)
        rights.data_mining, rights.copyright_notice, rights.people_state = "no_ai_training", "© 2026 Ana", "none"
        rights.digital_source_type = "digitalCapture"
    name = FORMATS[media_type]
    before = a_file(name, tmp_path)
    copy = Copy(asset, "download", MAIL.use(hub, "email"), made(hub, asset, before, media_type=media_type))
    with pytest.raises(Conflict) as told:
        licensing.hand_over(hub, SYSTEM, copy)
    usage = licensing.hand_over(hub, SYSTEM, copy, acknowledged=told.value.extra["duties_ack"]).usage_id
    copied = stamp(hub, usage)
    assert copied.stamp == "full"
    path = tmp_path / f"copy{ENDINGS[name]}"
    path.write_bytes(copied.data)
    tags = exiftool(path)
    expected = {
        "XMP-plus:LicenseeTransactionID": usage,
        "XMP-xmpRights:WebStatement": f"{hub.settings.address}/u/{usage}",
        "XMP-xmpRights:UsageTerms": "e-mail; Canada and the United States; for sku-1; before 2040-01-01 00:00 UTC",
        "XMP-xmpRights:Marked": True,
        "XMP-plus:LicenseEndDate": "2040:01:01 00:00:00Z",
        "XMP-plus:CreditLineRequired": "Credit Adjacent To Image",
        "XMP-plus:DataMining": "http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED-AIMLTRAINING",
        "XMP-plus:ModelReleaseStatus": "Not Applicable",
        "XMP-photoshop:Credit": "Photo: @ana",
        "XMP-dc:Creator": "@ana",
        "XMP-dc:Rights": "© 2026 Ana",
        "XMP-iptcExt:DigitalSourceType": "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture",
        "XMP-xmpMM:DocumentID": asset,
    }
    assert {tag: tags.get(tag) for tag in expected} == expected
    assert b"Old" not in copied.data
    if name != "mp4":
        assert forbidden(tags) == []
        assert pixels(copied.data) == pixels(before)
    with hub.database.read() as session:
        row = session.get_one(Usage, usage)
        assert [one.id for one in licensing.find_usages(hub, session, SYSTEM, Wanted(sha256=copied.sha256))] == [usage]
    assert (row.stamped_sha256, row.stamp) == (hashlib.sha256(copied.data).hexdigest(), "full")
    assert stamp(hub, usage) == copied, "a download that goes on finds the same bytes"


@pytest.mark.req("R56")
def test_two_uses_of_one_rendition_are_told_apart_by_their_files(hub: Hub) -> None:
    asset = asset_row(hub)
    clear(hub, asset)
    name = made(hub, asset, jpeg(120, 90))
    uses = [left(hub, asset, name, stated) for stated in (MAIL, replace(MAIL, territories=("US",)))]
    assert len(set(uses)) == 2
    copies = list(stamp_each(hub, uses))
    assert [copy.usage_id for copy in copies] == uses
    for copy, other in (copies, copies[::-1]):
        assert copy.usage_id.encode() in copy.data
        assert other.usage_id.encode() not in copy.data
        assert pixels(copy.data) == pixels(other.data)


@pytest.mark.req("R57")
@pytest.mark.parametrize(("spare", "extent"), [(2500, "full"), (1350, "short"), (900, "core"), (200, "none")])
def test_the_budget_of_a_placement_holds_for_the_file_that_leaves(hub: Hub, spare: int, extent: str) -> None:
    asset = asset_row(hub, creator="ana")
    clear(hub, asset)
    data = jpeg(120, 90)
    name = made(hub, asset, data, max_bytes=len(data) + spare)
    copy = stamp(hub, left(hub, asset, name))
    assert copy.stamp == extent
    assert len(copy.data) <= len(data) + spare
    told = extent != "none"
    for words in (copy.usage_id.encode(), f"/u/{copy.usage_id}".encode(), b"2040-01-01T00:00:00Z", b"@ana"):
        assert (words in copy.data) is told
    assert (b"e-mail" in copy.data) is (extent == "full")
    assert pixels(copy.data) == pixels(data)


def test_a_rendition_that_is_gone_or_damaged_does_not_leave(hub: Hub) -> None:
    asset = asset_row(hub)
    clear(hub, asset)
    name = made(hub, asset, b"no picture")
    usage = left(hub, asset, name)
    with pytest.raises(Conflict) as caught:
        stamp(hub, usage)
    assert caught.value.code == "rendition_damaged"
    hub.storage.delete(f"renditions/{name}")
    with pytest.raises(Conflict) as caught:
        stamp(hub, usage)
    assert caught.value.code == "rendition_damaged"
    with hub.database.write() as session:
        session.execute(update(Rendition).values(storage_key=None, status="queued"))
    with pytest.raises(Conflict) as caught:
        stamp(hub, usage)
    assert caught.value.code == "rendition_gone"


@pytest.mark.req("R57")
def test_real_renditions_of_a_photo_keep_their_budgets_and_take_the_whole_stamp(
    hub: Hub, send: Callable[..., str]
) -> None:
    asset = cleared(hub, send(jpeg(1600, 1600, 3, quality=95), creator="ana"))
    outcomes = renditions.request(hub, SYSTEM, asset, REAL, stated=MAIL)
    names = [name for outcome in outcomes for name in outcome.renditions]
    assert all(outcome.renditions for outcome in outcomes)
    finish(hub, {view.job_id for view in renditions.get_many(hub, SYSTEM, names).values() if view.job_id})
    for view in renditions.get_many(hub, SYSTEM, names).values():
        assert view.status == "ready", view.message
        file, answer = renditions.take(hub, SYSTEM, view.id, stated=MAIL)
        assert file.data is not None
        limit = view.plan["max_bytes"]
        assert limit is None or len(file.data) <= limit
        assert f"/u/{answer.usage_id}".encode() in file.data
        with hub.database.read() as session:
            assert session.get_one(Usage, answer.usage_id).stamp == "full", view.presets


def test_what_is_kept_for_links_goes_with_the_use_and_with_the_asset(hub: Hub) -> None:
    asset = asset_row(hub)
    clear(hub, asset)
    name = made(hub, asset, jpeg(60, 40))
    keys = []
    for token in ("a", "b"):
        copy = Copy(asset, "link", MAIL.use(hub, "email"), name, token_sha256=token * 64)
        usage = licensing.hand_over(hub, SYSTEM, copy).usage_id
        stamp(hub, usage)
        keys.append(licensing.copy_key(usage))
    hub.storage.put("copies/use_unknown", b"x")
    hub.storage.put(f"ingredients/{'e' * 64}", b"x")
    assert collect(hub, grace_s=-5, dry=True).removed == ["ingredients/" + "e" * 64, "copies/use_unknown"]
    with hub.database.write() as session:
        session.execute(update(Usage).where(Usage.token_sha256 == "a" * 64).values(status="stopped"))
    collect(hub, grace_s=-5)
    assert [stat.key for stat in hub.storage.list("copies/")] == keys[1:]
    licensing.erase_asset(hub, SYSTEM, asset, reason="asked for")
    with hub.database.read() as session:
        job_id = session.scalar(select(func.max(jobs.c.id)).where(jobs.c.kind == "erase"))
    finish(hub, [job_id or 0])
    assert list(hub.storage.list("copies/")) == []
