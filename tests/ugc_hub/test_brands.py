"""Brand kits: checked field by field, kept version by version, and drawn on what is made, if the grants allow it."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from PIL import Image, ImageChops

from tests.tools import unavailable
from tests.ugc_hub.licensing.rows import clear
from tests.ugc_hub.rows import user_row
from ugc_hub import licensing, renditions
from ugc_hub.accounts import SYSTEM, actor_of
from ugc_hub.errors import Forbidden, Invalid
from ugc_hub.framing import AnyFraming, Choice, FilmChoice
from ugc_hub.framing.clips import of_clip
from ugc_hub.framing.dressing import Outfit, cards_s
from ugc_hub.framing.kits import CardWords, Dressing, Kit, materials_of
from ugc_hub.framing.laying import Faces
from ugc_hub.hub import Hub
from ugc_hub.jobs.collect import collect
from ugc_hub.jobs.doctor import examine
from ugc_hub.jobs.local import finish
from ugc_hub.licensing import StatedUse
from ugc_hub.presets import catalogue
from ugc_hub.renditions import ClipView, UnknownKit
from ugc_hub.renditions.dressing import dressed, label_in, spelled, with_cards
from ugc_hub.renditions.kitfiles import file_key
from ugc_hub.rights import overlaid, standard
from workers.media import fonts
from workers.media.errors import PlanImpossible
from workers.media.legible import worst_contrast
from workers.media.video.shapes import CaptionStyle, Clip, Cue, VideoPlan

CATALOGUE = catalogue()
OWN = CaptionStyle(colour="#000000", box="#ffffff")
SQUARE = "meta.fb_feed.image.1x1"
BODY: dict[str, Any] = {"id": "oat", "name": "Oat & Co", "ground": "#203a2b", "call_to_action": "Shop now"}
WISH = Dressing("oat", ("logo", "lower_third", "call_to_action"), name="Ana Müller", handle="@ana")


@pytest.fixture(scope="module", autouse=True)
def font() -> None:
    try:
        fonts.house_file("DejaVu Sans", bold=True)
    except PlanImpossible:
        unavailable("the font DejaVu Sans (fonts-dejavu-core)")


def png(width: int = 400, height: int = 160) -> bytes:
    return written(Image.new("RGBA", (width, height), (220, 30, 30, 255)))


def written(picture: Image.Image) -> bytes:
    target = io.BytesIO()
    picture.save(target, "PNG")
    return target.getvalue()


def photo(colour: tuple[int, int, int] = (128, 128, 128)) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (1600, 1600), colour).save(target, "PNG")
    return target.getvalue()


def kept(hub: Hub, **changes: Any) -> renditions.KitVersion:
    logo = renditions.keep_file(hub, SYSTEM, png())
    named = {"sha256": logo.sha256, "width": logo.width, "height": logo.height}
    return renditions.save_kit(hub, SYSTEM, {**BODY, "logo": named, **changes})


def made(hub: Hub, asset: str, choice: Choice | None = None, stated: StatedUse | None = None) -> renditions.Outcome:
    (outcome,) = renditions.request(hub, SYSTEM, asset, [SQUARE], choice=choice, stated=stated)
    return outcome


def picture(hub: Hub, outcome: renditions.Outcome) -> Image.Image:
    view = renditions.get(hub, SYSTEM, outcome.renditions[0])
    if view.job_id is not None and view.status != "ready":
        finish(hub, [view.job_id])
    view = renditions.get(hub, SYSTEM, outcome.renditions[0])
    assert view.status == "ready", view
    with hub.storage.open(view.storage_key or "") as stream:
        return Image.open(io.BytesIO(stream.read())).convert("RGB")


def test_a_kit_is_kept_version_by_version_and_withdrawn(hub: Hub) -> None:
    first, second = kept(hub), kept(hub, ground="#000000")
    assert (first.version, second.version) == (1, 2)
    assert [one.id for one in renditions.all_kits(hub, SYSTEM)] == ["oat"]
    found = renditions.find_kit(hub, SYSTEM, "oat").kit
    assert (found.ground, found.words, found.id) == ("#000000", "#ffffff", "oat")
    renditions.withdraw_kit(hub, SYSTEM, "oat")
    with pytest.raises(UnknownKit, match="Make one first"):
        renditions.find_kit(hub, SYSTEM, "oat")
    with pytest.raises(UnknownKit):
        renditions.withdraw_kit(hub, SYSTEM, "oat")
    history = renditions.kit_history(hub, SYSTEM, "oat")
    assert [(one.version, one.body is None) for one in history] == [(3, True), (2, False), (1, False)]
    assert history[2].kit.ground == "#203a2b"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"id": "Oat"}, "id"),
        ({"name": ""}, "name"),
        ({"ground": "green"}, "ground"),
        ({"words": "#314a3b"}, "words"),
        ({"label_ground": "#eeeeee"}, "label_words"),
        ({"font": "Comic"}, "font"),
        ({"font": "a" * 64}, "font"),
        ({"logo": {"sha256": "b" * 64, "width": 9, "height": 9}}, "logo"),
        ({"logo": {"sha256": "b" * 64}}, "logo"),
        ({"call_to_action": "x" * 61}, "call_to_action"),
        ({"end": {"title": "x", "seconds": 60}}, "end.seconds"),
        ({"templates": {"label": "nothing"}}, "templates"),
        ({"sparkle": True}, "sparkle"),
    ],
)
def test_each_wrong_field_is_told_by_its_name(hub: Hub, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        renditions.save_kit(hub, SYSTEM, {**BODY, **changes})
    assert list(caught.value.extra["fields"]) == [field]
    assert renditions.all_kits(hub, SYSTEM) == []


def test_only_whoever_may_edit_brands_keeps_kits_and_files(hub: Hub) -> None:
    viewer, designer = (actor_of(user_row(hub, role)) for role in ("viewer", "designer"))
    assert renditions.save_kit(hub, designer, BODY).created_by == designer.user_id
    assert renditions.find_kit(hub, viewer, "oat").version == 1
    for refused in (
        lambda: renditions.save_kit(hub, viewer, BODY),
        lambda: renditions.withdraw_kit(hub, viewer, "oat"),
        lambda: renditions.keep_file(hub, viewer, png()),
    ):
        with pytest.raises(Forbidden):
            refused()


def test_files_are_told_apart_by_what_they_hold(hub: Hub) -> None:
    logo = renditions.keep_file(hub, SYSTEM, png(300, 100))
    assert (logo.kind, logo.width, logo.height) == ("png", 300, 100)
    data = fonts.house_file("DejaVu Serif", bold=False).read_bytes()
    assert renditions.keep_file(hub, SYSTEM, data).kind == "font"
    for wrong in (b"", b"<svg/>", png()[:40], data[:500], b"\xff\xd8\xff\xe0JFIF"):
        with pytest.raises(Invalid):
            renditions.keep_file(hub, SYSTEM, wrong)


def test_a_logo_of_which_nothing_is_to_be_seen_is_refused_in_words(hub: Hub) -> None:
    for mode in ("RGBA", "LA"):
        picture = Image.effect_noise((300, 500), 90).convert(mode)
        picture.putalpha(0)
        with pytest.raises(Invalid, match="all of it is transparent") as caught:
            renditions.keep_file(hub, SYSTEM, written(picture))
        assert caught.value.code == "logo_not_seen"
        alpha = picture.getchannel("A")
        alpha.putpixel((299, 499), 1)
        picture.putalpha(alpha)
        assert renditions.keep_file(hub, SYSTEM, written(picture)).kind == "png"


def test_a_file_is_named_by_what_it_is(hub: Hub) -> None:
    logo = renditions.keep_file(hub, SYSTEM, png(300, 100)).sha256
    font = renditions.keep_file(hub, SYSTEM, fonts.house_file("DejaVu Serif", bold=False).read_bytes()).sha256
    for wrong in (
        {"logo": {"sha256": logo, "width": 100, "height": 300}},
        {"logo": {"sha256": font, "width": 300, "height": 100}},
        {"font": logo},
        {"bold_font": logo},
    ):
        with pytest.raises(Invalid) as caught:
            renditions.save_kit(hub, SYSTEM, {**BODY, **wrong})
        assert list(caught.value.extra["fields"]) == list(wrong)
    right = {"logo": {"sha256": logo, "width": 300, "height": 100}, "font": font}
    assert renditions.save_kit(hub, SYSTEM, {**BODY, **right}).version == 1


def test_files_of_kits_stay_as_long_as_any_version_names_them(hub: Hub) -> None:
    kit = kept(hub)
    lost = renditions.keep_file(hub, SYSTEM, png(50, 50))
    renditions.withdraw_kit(hub, SYSTEM, "oat")
    assert {one.code for one in examine(hub)} >= {"orphan"}
    assert collect(hub, grace_s=0).removed == [file_key(lost.sha256)]
    assert hub.storage.exists(file_key(kit.kit.materials[0]))
    assert "orphan" not in {one.code for one in examine(hub)}


def test_a_photo_bears_what_was_chosen_of_a_kit(hub: Hub, send: Callable[..., str]) -> None:
    kept(hub, font=renditions.keep_file(hub, SYSTEM, fonts.house_file("DejaVu Serif", bold=False).read_bytes()).sha256)
    asset = send(photo())
    clear(hub, asset)
    bare, dressed = made(hub, asset), made(hub, asset, Choice(kit=WISH))
    assert (bare.outcome, dressed.outcome) == ("ready", "ready")
    assert bare.renditions != dressed.renditions
    assert made(hub, asset, Choice(kit=WISH)).renditions == dressed.renditions
    changed = ImageChops.difference(picture(hub, bare), picture(hub, dressed))
    assert changed.getbbox() is not None
    corner = picture(hub, dressed).crop((0, 0, 1080, 200))
    red, green, _ = corner.split()
    seen = ImageChops.multiply(red.point(lambda one: 255 * (one > 200)), green.point(lambda one: 255 * (one < 60)))
    assert seen.histogram()[255] > 2000  # the red logo


def test_what_is_drawn_is_asked_of_the_grants(hub: Hub, send: Callable[..., str]) -> None:
    kept(hub)
    asset = send(photo())
    clear(hub, asset, edits=["crop", "logo_overlay"])
    only_logo = Choice(kit=replace(WISH, pieces=("logo",)))
    assert made(hub, asset, only_logo).outcome == "ready"
    refused = made(hub, asset, Choice(kit=WISH))
    assert refused.outcome == "refused"
    assert refused.reasons[0]["code"] == "edit_not_granted"


def test_an_unknown_kit_or_piece_is_told(hub: Hub, send: Callable[..., str]) -> None:
    asset = send(photo())
    clear(hub, asset)
    with pytest.raises(UnknownKit):
        made(hub, asset, Choice(kit=WISH))
    kept(hub)
    with pytest.raises(Invalid, match="no piece"):
        made(hub, asset, Choice(kit=Dressing("oat", ("label",))))


def paid(hub: Hub, asset: str) -> str:
    clear(hub, asset)
    with hub.database.write() as session:
        licensing.answer(hub, session, SYSTEM, asset_id=asset, answers={"compensation": "paid"})
    return asset


def test_a_still_bears_the_label_only_where_the_words_place_it_in_the_picture(
    hub: Hub, send: Callable[..., str]
) -> None:
    asset = paid(hub, send(photo()))
    use = StatedUse("organic_social.facebook", ("DE", "FR"))
    before = made(hub, asset, stated=use)
    assert [duty["duty"] for duty in before.duties] == ["disclose", "platform_label"]
    assert "label_drawn" not in {one["code"] for one in before.reasons}
    placed = {"name": "acme", "disclosure_placements": {"DE": "In the picture, seen without a click"}}
    own = replace(hub, words=overlaid(standard(), placed))
    labelled = made(own, asset, stated=use)
    told = next(one for one in labelled.reasons if one["code"] == "label_drawn")
    assert "“Werbung”" in told["sentence"]
    assert labelled.renditions != before.renditions
    box = ImageChops.difference(picture(hub, before), picture(hub, labelled)).getbbox()
    assert box is not None
    assert box[2] < 600
    assert box[3] < 300
    planned = renditions.plan(own, SYSTEM, asset, [SQUARE], stated=use)[0].plans[0]
    assert planned.imprint.rendition_id == labelled.renditions[0]


def test_a_version_whose_label_finds_no_room_is_refused(hub: Hub, send: Callable[..., str]) -> None:
    asset, countries = paid(hub, send(photo())), ("AT", "BE", "CH", "DE", "FR", "GB", "IT", "US")
    placed = {
        "name": "acme",
        "disclosure_labels": {country: f"{country} " + "Werbung, " * 6 for country in countries},
        "disclosure_placements": {"default": "in the picture"},
    }
    own = replace(hub, words=overlaid(standard(), placed))
    refused = made(own, asset, stated=StatedUse("organic_social.facebook", countries))
    assert (refused.outcome, refused.renditions) == ("refused", ())
    assert refused.reasons[0]["code"] == "label_does_not_fit"


def test_a_video_bears_the_words_of_every_country() -> None:
    labels = {"AT": "Werbung", "DE": "Werbung", "FR": "Publicité"}
    duty = {"duty": "disclose", "kind": "material_connection", "labels": labels, "placements": {"FR": "in the picture"}}
    assert label_in([duty], moving=True) == "Werbung · Publicité"
    assert label_in([duty], moving=False) == "Publicité"
    assert label_in([{"duty": "disclose", "kind": "compensated_endorser"}], moving=True) == ""
    assert label_in([{"duty": "credit", "text": "Ana"}], moving=True) == ""


def test_as_much_shines_through_the_ground_of_captions_as_lets_them_be_read() -> None:
    video, clip = CATALOGUE.get("universal.vertical.master.9x16"), Clip(720, 1280, 300, (30, 1))
    framed = of_clip(clip, video, FilmChoice(captions=True), cues=(Cue(1.0, 2.0, "What a lovely drink"),))
    for ground, opacity in (("#000000", 0.7), ("#555555", 0.85), ("#767676", 1)):
        kit = Kit("oat", captions_ground=ground, captions_words="#ffffff")
        (plan,) = dressed(framed, video, Outfit(kit, Dressing("oat", ()))).plans
        assert isinstance(plan, VideoPlan)
        assert plan.captions is not None
        assert plan.captions.style.box_opacity == opacity
        assert worst_contrast("#ffffff", ground, opacity) >= 4.5


def test_captions_take_the_font_of_the_kit_but_for_letters_that_only_that_of_the_house_has() -> None:
    video, clip = CATALOGUE.get("universal.vertical.master.9x16"), Clip(720, 1280, 300, (30, 1))
    own, bold, nameless = "a" * 64, "b" * 64, "c" * 64
    house = fonts.house_face("DejaVu Sans", bold=True)
    few = replace(house, advances={ord(sign): 500 for sign in "Hi \u4f60"})
    known = {own: few, bold: few, nameless: replace(house, family="")}

    def faces(font: str, bold: bool) -> fonts.Face:
        return known.get(font, house)

    for kit, said, font in (
        (Kit("oat", font=own), "Hi\u200f Hi", own),
        (Kit("oat", font=own, bold_font=bold), "Hi", bold),
        (Kit("oat", font=own), "Hi there", "DejaVu Sans"),
        (Kit("oat", font=nameless), "Hi", "DejaVu Sans"),  # no script of captions could name it
        (Kit("oat", font=own), "\u4f60", own),
        (Kit("oat", font=own), "\u4f60\u597d", own),  # neither has it, which `spelled` refuses
    ):
        framed = of_clip(clip, video, FilmChoice(captions=True), cues=(Cue(1.0, 2.0, said),))
        (plan,) = dressed(framed, video, Outfit(kit, Dressing("oat", ()), faces=faces)).plans
        assert isinstance(plan, VideoPlan)
        assert plan.captions is not None
        assert plan.captions.style.font == font, said
        assert materials_of((), plan.captions) == ((font,) if len(font) == 64 else ())


def test_letters_that_no_font_has_are_named_before_anything_is_encoded() -> None:
    video, clip = CATALOGUE.get("universal.vertical.master.9x16"), Clip(720, 1280, 300, (30, 1))
    house = fonts.house_face("DejaVu Sans", bold=True)

    def told(said: str, faces: Faces, kit: Kit = Kit("oat")) -> AnyFraming:  # noqa: B008 - it is frozen
        framed = of_clip(clip, video, FilmChoice(captions=True), cues=(Cue(1.0, 2.0, said),))
        return spelled(dressed(framed, video, Outfit(kit, Dressing("oat", ()), faces=faces)), faces)

    many = "".join(map(chr, range(0x4E00, 0x4E0B)))
    for said, words in (("\u4f60Hi\u597d\u200f", "\u4f60 \u597d in"), (many, "(and 3 more) in")):
        own = told(said, lambda *_: replace(house, advances={ord(sign): 500 for sign in "Hi"}), Kit("o", font="a" * 64))
        for framed, font in (
            (told(said, lambda *_: house), "the font DejaVu Sans"),
            (own, "the font of the brand kit"),
        ):
            assert (framed.outcome, framed.plans, framed.reasons[0].code) == ("refused", (), "letters_missing")
            assert f"{words} {font}" in framed.reasons[0].sentence
    # A font that is only where workers run is looked at there.
    assert told("\u4f60", lambda *_: fonts.house_face("Nowhere", bold=True)).plans


def test_captions_take_the_look_of_the_kit_unless_another_was_chosen_and_cards_leave_room() -> None:
    video = CATALOGUE.get("universal.vertical.master.9x16")
    kit = Kit("oat", captions_ground="#203a2b", captions_words="#fff0c0", font="DejaVu Serif", end=CardWords("oat"))
    outfit = Outfit(kit, Dressing("oat", ("end",)))
    clip, cues = Clip(720, 1280, 300, (30, 1)), (Cue(1.0, 2.0, "What a lovely drink"),)
    for style, seen in (
        (CaptionStyle(), ("#fff0c0", "#203a2b", "DejaVu Serif")),
        (OWN, (OWN.colour, OWN.box, OWN.font)),
    ):
        framed = of_clip(clip, video, FilmChoice(captions=True, style=style), cues=cues)
        (plan,) = dressed(framed, video, outfit).plans
        assert isinstance(plan, VideoPlan)
        assert plan.captions is not None
        look = plan.captions.style
        assert (look.colour, look.box, look.font) == seen
    short = replace(video, target=replace(video.target, duration=replace(video.target.duration, max=8.0)))
    room = with_cards(FilmChoice(), outfit, short, ClipView("ast", "ready", clip=clip))
    assert isinstance(room, FilmChoice)
    assert room.seconds == 6.0
    (plan,) = dressed(of_clip(clip, short, room), short, outfit).plans
    assert isinstance(plan, VideoPlan)
    assert plan.shown == 8 * 30
    moving = CATALOGUE.get("amazon.display.gif")
    long = Clip(720, 1280, 600, (30, 1))
    assert long.duration_s > (moving.target.duration.max or 0) - cards_s(outfit)
    assert with_cards(FilmChoice(), outfit, moving, ClipView("ast", "ready", clip=long)) == FilmChoice(), "has no cards"
    chosen = FilmChoice(seconds=8.0)
    assert with_cards(chosen, outfit, short, ClipView("ast", "ready", clip=clip)) == chosen
    assert dressed(of_clip(clip, short, chosen), short, outfit).reasons[0].code == "too_long"
