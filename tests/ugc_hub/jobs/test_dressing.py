"""Versions of videos bear what a duty and a brand ask for: the label throughout, the kit, and cards in silence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.tools import unavailable
from tests.ugc_hub.conftest import Send
from tests.ugc_hub.jobs.films import WEB
from tests.ugc_hub.jobs.test_film import by_preset, waiting
from tests.ugc_hub.licensing.rows import clear
from tests.ugc_hub.test_brands import kept
from tests.workers.media import clips
from ugc_hub import catalog, licensing, renditions
from ugc_hub.accounts import SYSTEM
from ugc_hub.framing import Choice, FilmChoice
from ugc_hub.framing.kits import Dressing
from ugc_hub.hub import Hub
from ugc_hub.jobs.local import finish
from ugc_hub.licensing import StatedUse
from workers.media import fonts
from workers.media.errors import PlanImpossible
from workers.media.plans import load_plan
from workers.media.video.shapes import AnimationPlan, VideoPlan

WEBP, PIN = "web.animated.webp", "pinterest.video.1x1"
USE = StatedUse("website", ("DE",))
SAID = "1\n00:00:00,100 --> 00:00:00,900\nHello\n"


@pytest.fixture(scope="module", autouse=True)
def font() -> None:
    try:
        fonts.house_file("DejaVu Sans", bold=True)
    except PlanImpossible:
        unavailable("the font DejaVu Sans (fonts-dejavu-core)")


@pytest.fixture
def video(hub: Hub, send: Send, tmp_path: Path) -> str:
    """A video that somebody was paid for, and that may be used in every way."""
    tone = ("-f", "lavfi", "-i", "sine=f=440:r=48000:d=1", "-map", "0:v", "-map", "1:a", "-c:a", "aac")
    words = (*tone, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
    path = clips.pattern(tmp_path / "clip.mp4", *words, size="640x360")
    asset = send(path.read_bytes(), "clip.mp4")
    clear(hub, asset)
    with hub.database.write() as session:
        licensing.answer(hub, session, SYSTEM, asset_id=asset, answers={"compensation": "paid"})
    finish(hub, [waiting(hub, "normalise")])
    return asset


@pytest.mark.parametrize("hub", ["sqlite"], indirect=True)
def test_cards_count_for_the_least_length_of_a_platform(hub: Hub, video: str) -> None:
    kept(hub, end={"title": "oat", "seconds": 3.0})
    choice, use = Choice(kit=Dressing("oat", ("end",))), StatedUse(territories=("DE",))
    (bare,) = renditions.request(hub, SYSTEM, video, [PIN], stated=use)
    assert [one["code"] for one in bare.reasons][:1] == ["too_short"]
    (made,) = renditions.request(hub, SYSTEM, video, [PIN], choice=choice, stated=use)
    assert made.outcome != "refused", made.reasons
    (short,) = renditions.request(hub, SYSTEM, video, [PIN], choice=choice, film=FilmChoice(seconds=0.5), stated=use)
    assert "takes at least 4" in short.reasons[0]["sentence"]


@pytest.mark.parametrize("hub", ["sqlite"], indirect=True)
def test_the_label_and_the_kit_are_drawn_and_the_cards_are_part_of_the_length(hub: Hub, video: str) -> None:
    letters = fonts.house_file("DejaVu Serif", bold=True).read_bytes()
    letters = letters.replace("DejaVu Serif".encode("utf-16-be"), "Brand Letter".encode("utf-16-be"))
    font = renditions.keep_file(hub, SYSTEM, letters).sha256
    kept(hub, ground="#0000c8", end={"title": "oat", "seconds": 1.0}, bold_font=font)
    catalog.add_captions(hub, SYSTEM, video, SAID, language="en")
    kit, film = Dressing("oat", ("logo", "end")), FilmChoice(captions=True)
    wanted = [WEB, WEBP]
    outcome, moving = renditions.request(hub, SYSTEM, video, wanted, choice=Choice(kit=kit), film=film, stated=USE)
    assert moving.outcome != "refused", moving.reasons
    assert outcome.outcome != "refused", outcome.reasons
    told = next(one for one in outcome.reasons if one["code"] == "label_drawn")
    assert "“Werbung”" in told["sentence"]
    finish(hub, [waiting(hub, "film")])
    bears_the_logo(hub, by_preset(hub, video)[WEBP])
    view = by_preset(hub, video)[WEB]
    assert view.status == "ready", view.message
    plan = load_plan(view.plan)
    assert isinstance(plan, VideoPlan)
    assert {one.piece for one in plan.overlays} == {"label", "logo"}
    assert plan.captions is not None
    assert plan.captions.style.font == font
    assert plan.end is not None
    assert plan.imprint.rendition_id == view.id == renditions.rendition_id(plan)
    with hub.storage.local(view.storage_key or "") as path:
        pictures = clips.colours(path, (plan.width, plan.height)).astype(int)
    assert len(pictures) == plan.frames + plan.end.frames == plan.shown
    label = next(one for one in plan.overlays if one.kind == "box")
    for number in (0, plan.frames // 2, plan.frames - 1, plan.shown - 1):
        seen = pictures[number, label.y + 2 : label.y + label.height - 2, label.x + 2 : label.x + label.width - 2]
        assert (seen.max(axis=2) < 60).mean() > 0.4  # black, but for its words
    corner = pictures[-1, plan.height - 4, plan.width - 4]
    assert np.abs(corner - (0, 0, 200)).max() < 16


def bears_the_logo(hub: Hub, view: renditions.RenditionView) -> None:
    """Assert that an animation bears the red logo on all its pictures."""
    assert (view.status, view.media_type) == ("ready", "image/webp"), view.message
    plan = load_plan(view.plan)
    assert isinstance(plan, AnimationPlan)
    (logo,) = (one for one in plan.overlays if one.piece == "logo")
    with hub.storage.local(view.storage_key or "") as path, Image.open(path, formats=["WEBP"]) as picture:
        for number in range(picture.n_frames):  # type: ignore[attr-defined]
            picture.seek(number)
            seen = np.asarray(picture.convert("RGB"))
            inside = seen[logo.y + 3 : logo.y + logo.height - 3, logo.x + 3 : logo.x + logo.width - 3]
            assert np.abs(inside.mean(axis=(0, 1)) - (220, 30, 30)).max() < 16


@pytest.mark.parametrize("hub", ["sqlite"], indirect=True)
def test_a_video_bears_the_label_without_a_kit_and_cards_are_asked_of_the_grants(hub: Hub, video: str) -> None:
    (bare,) = renditions.request(hub, SYSTEM, video, [WEB], stated=USE)
    assert "label_drawn" in {one["code"] for one in bare.reasons}
    (planned,) = renditions.plan(hub, SYSTEM, video, [WEB], stated=USE)
    (plan,) = planned.plans
    assert isinstance(plan, VideoPlan)
    assert {one.piece for one in plan.overlays} == {"label"}
    assert plan.imprint.rendition_id == bare.renditions[0]
    kept(hub, end={"title": "oat", "seconds": 1.0})
    clear_of_stitches(hub, video)
    (refused,) = renditions.request(hub, SYSTEM, video, [WEB], choice=Choice(kit=Dressing("oat", ("end",))), stated=USE)
    assert refused.reasons[0]["code"] in ("prohibited", "edit_not_granted")


def clear_of_stitches(hub: Hub, asset: str) -> None:
    """Prohibit that anything is joined to the asset."""
    clear(hub, asset, effect="prohibit", edits=["stitch"])
    with hub.database.write() as session:
        licensing.answer(hub, session, SYSTEM, asset_id=asset, answers={"compensation": "paid"})
