"""Finding assets: the right ones, all of them, each once, and only those that one may see."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from tests.ugc_hub.licensing.rows import free_row
from tests.ugc_hub.rows import asset_row, creator_actor, facts_of, statements
from ugc_hub import catalog
from ugc_hub.accounts import SYSTEM, Actor
from ugc_hub.catalog import FocalPoint, Query, find
from ugc_hub.catalog.files import with_extension
from ugc_hub.creators import submit
from ugc_hub.errors import Conflict, Forbidden, Gone, Invalid, NotFound
from ugc_hub.hub import Hub
from ugc_hub.licensing import StatedUse
from ugc_hub.models import AssetLink, Refusal
from workers.media.shapes import Embedded, Point

VIEWER = Actor("usr_v", "viewer")


def names(hub: Hub, actor: Actor = SYSTEM, /, **query: object) -> list[str]:
    return [item.file_name for item in find(hub, actor, Query(**query)).items]  # type: ignore[arg-type]


def test_pages_hold_every_asset_once_while_new_ones_arrive(hub: Hub) -> None:
    before = [asset_row(hub, f"{number}.jpg") for number in range(7)]
    seen, cursor = [], None
    while True:
        page = find(hub, SYSTEM, Query(limit=3, cursor=cursor))
        seen += [item.id for item in page.items]
        asset_row(hub, "new.jpg")
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == before[::-1]


def test_the_last_page_says_that_it_is_the_last(hub: Hub) -> None:
    assert find(hub, SYSTEM, Query()).next_cursor is None
    for number in range(4):
        asset_row(hub, f"{number}.jpg")
    assert find(hub, SYSTEM, Query(limit=4)).next_cursor is None
    assert find(hub, SYSTEM, Query(limit=3)).next_cursor is not None
    assert find(hub, SYSTEM, Query(cursor="ast_0")).items == []


def test_every_filter_alone_and_all_together(hub: Hub) -> None:
    asset_row(hub, "a.jpg", creator="ana", campaign="Summer")
    asset_row(hub, "b.gif", creator="ana", facts=facts_of(kind="animation"))
    asset_row(hub, "c.mp4", campaign="Winter", kind="video", status="received")
    assert names(hub, kind="animation") == ["b.gif"]
    assert names(hub, status="received") == ["c.mp4"]
    assert names(hub, creator="@ANA ") == ["b.gif", "a.jpg"]
    assert names(hub, campaign=" Winter") == ["c.mp4"]
    assert names(hub, text="jpg") == ["a.jpg"]
    assert names(hub, text="SUM ana") == ["a.jpg"]
    assert names(hub, text="sum winter") == []
    assert names(hub, kind="image", status="ready", creator="ana", campaign="Summer", text="a") == ["a.jpg"]
    assert names(hub, creator="nobody") == names(hub, campaign="None") == []


def test_names_are_found_however_their_letters_are_composed(hub: Hub) -> None:
    asset_row(hub, "caf\u00e9.jpg", creator="jos\u00e9", campaign="\u00c9t\u00e9")
    for query in ({"text": "cafe\u0301"}, {"creator": "jose\u0301"}, {"campaign": "E\u0301te\u0301"}):
        assert names(hub, **query) == ["caf\u00e9.jpg"]


def test_signs_that_mean_something_to_a_database_are_looked_for_as_they_are(hub: Hub) -> None:
    asset_row(hub, "100%.jpg")
    asset_row(hub, "a_b.jpg")
    asset_row(hub, "a/b\\c.jpg")
    asset_row(hub, "plain.jpg")
    found = {sign: names(hub, text=sign) for sign in ("%", "_", "\\", "/", "'", "' OR 1=1 --", "*")}
    assert found == {
        "%": ["100%.jpg"],
        "_": ["a_b.jpg"],
        "\\": ["a/b\\c.jpg"],
        "/": ["a/b\\c.jpg"],
        "'": [],
        "' OR 1=1 --": [],
        "*": [],
    }


def test_a_filter_that_cannot_be_is_refused_by_name(hub: Hub) -> None:
    for wrong in ({"kind": "jpeg"}, {"status": "gone"}, {"limit": 0}, {"limit": 201}):
        with pytest.raises(Invalid) as caught:
            find(hub, SYSTEM, Query(**wrong))
        assert caught.value.extra["field"] in wrong


def test_characters_that_cannot_be_stored_find_nothing_and_break_nothing(hub: Hub) -> None:
    for name in ("text", "creator", "campaign", "cursor"):
        for odd in ("\0", "\ud800"):
            try:
                assert names(hub, **{name: odd}) == []
            except Invalid as error:
                assert "cannot be stored" in error.message  # noqa: PT017 - one of both, by database
    for odd in ("\0", "\ud800", "x" * 10_000):
        with pytest.raises((NotFound, Invalid)):
            catalog.get(hub, SYSTEM, odd)


def test_a_page_of_fifty_costs_as_many_queries_as_a_page_of_one(hub: Hub) -> None:
    for number in range(50):
        asset_row(hub, f"{number}.jpg", creator=f"c{number}", campaign=f"Campaign {number}")
    counted = []
    for limit in (1, 50):
        with statements(hub) as seen:
            assert len(find(hub, SYSTEM, Query(limit=limit)).items) == limit
        counted.append(len(seen))
    assert counted == [2, 2]


def test_creators_see_only_their_own_in_lists_links_and_by_id(hub: Hub) -> None:
    ana = creator_actor(hub, "ana")
    mine, hers = asset_row(hub, "mine.jpg", creator="ana"), asset_row(hub, "hers.jpg", creator="ben")
    nobodys = asset_row(hub, "nobodys.jpg")
    with hub.database.write() as session:
        for other in (hers, nobodys):
            session.add(AssetLink(asset_id=mine, other_id=other, kind="same_pixels", distance=0))
    assert names(hub, ana) == names(hub, ana, text="jpg") == ["mine.jpg"]
    assert names(hub, ana, creator="ben") == names(hub, ana, cursor=nobodys, creator="ben") == []
    assert catalog.get(hub, ana, mine).links == ()
    assert [link.asset_id for link in catalog.get(hub, SYSTEM, mine).links] == [hers, nobodys]
    for other in (hers, nobodys):
        with pytest.raises(NotFound):
            catalog.get(hub, ana, other)
        with pytest.raises(NotFound):
            catalog.preview_file(hub, ana, other, "thumb")
        with pytest.raises(NotFound):
            catalog.take_original(hub, ana, other, stated=StatedUse())
    with pytest.raises(Forbidden):
        catalog.take_original(hub, ana, mine, stated=StatedUse())


def test_an_account_of_a_creator_without_a_record_sees_nothing(hub: Hub) -> None:
    asset_id = asset_row(hub)
    nobody = Actor("usr_1", "creator")
    with pytest.raises(Forbidden):
        find(hub, nobody, Query())
    with pytest.raises(Forbidden):
        catalog.get(hub, nobody, asset_id)
    assert find(hub, replace(nobody, creator_id="crt_unknown"), Query()).items == []


def refusal_row(hub: Hub, creator: str | None) -> str:
    with hub.database.write() as session:
        submission = submit(hub, session, SYSTEM, door="api", creator=creator, campaign=None)
        row = Refusal(
            id=hub.new_id("ast"),
            created_at=hub.now(),
            sha256="0" * 64,
            file_name="bad.jpg",
            size_bytes=1,
            code="corrupt",
            message="The file ends in the middle.",
            submission_id=submission.id,
        )
        session.add(row)
    return row.id


def test_what_was_refused_is_gone_with_the_reason_for_those_it_concerns(hub: Hub) -> None:
    ana = creator_actor(hub, "ana")
    mine, hers, nobodys = (refusal_row(hub, handle) for handle in ("ana", "ben", None))
    for actor, asset_id in ((ana, mine), (VIEWER, mine), (VIEWER, hers), (VIEWER, nobodys)):
        with pytest.raises(Gone, match="ends in the middle") as caught:
            catalog.get(hub, actor, asset_id)
        assert caught.value.code == "corrupt"
    for asset_id in (hers, nobodys, "ast_unknown"):
        with pytest.raises(NotFound):
            catalog.get(hub, ana, asset_id)


def test_the_place_a_photo_was_taken_at_is_left_out_where_it_is_private(hub: Hub) -> None:
    asset_id = asset_row(hub, facts=facts_of(embedded=Embedded(gps=(52.518623, 13.376198), has_gps=True)))
    view = catalog.get(hub, SYSTEM, asset_id)
    assert view.as_dict()["facts"]["embedded"]["gps"] == [52.518623, 13.376198]
    assert view.as_dict(private=False)["facts"]["embedded"]["gps"] is None
    assert "52.5186" not in str(view.as_dict(private=False))  # shorter, it could be a second of the day


def test_a_focal_point_is_set_by_hand_and_taken_back(hub: Hub) -> None:
    asset_id = asset_row(hub, facts=facts_of(focal_point=Point(0.25, 0.75)))
    assert catalog.get(hub, SYSTEM, asset_id).focal_point == Point(0.25, 0.75)
    edited = catalog.edit(hub, SYSTEM, asset_id, FocalPoint(Point(0.0, 1.0)))
    assert (edited.focal_point, edited.focal_point_by_hand) == (Point(0.0, 1.0), True)
    back = catalog.edit(hub, SYSTEM, asset_id, FocalPoint(None))
    assert (back.focal_point, back.focal_point_by_hand) == (Point(0.25, 0.75), False)


def test_a_focal_point_lies_inside_a_measured_picture_and_is_set_by_those_who_may(hub: Hub) -> None:
    asset_id, waiting = asset_row(hub), asset_row(hub, status="received", facts=facts_of())
    for x, y in ((-0.01, 0.5), (0.5, 1.01), (math.nan, 0.5), (0.5, math.inf)):
        with pytest.raises(Invalid) as caught:
            catalog.edit(hub, SYSTEM, asset_id, FocalPoint(Point(x, y)))
        assert caught.value.extra["field"] == "focal_point"
    centre = FocalPoint(Point(0.5, 0.5))
    for actor, target, wrong in (
        (SYSTEM, waiting, Conflict),
        (VIEWER, asset_id, Forbidden),
        (creator_actor(hub, "ana"), asset_id, NotFound),
        (SYSTEM, "ast_unknown", NotFound),
    ):
        with pytest.raises(wrong):
            catalog.edit(hub, actor, target, centre)


@pytest.mark.req("R58")
@pytest.mark.parametrize(
    ("name", "extension", "kept"),
    [
        ("photo.jpg", ".jpg", "photo.jpg"),
        ("photo.JPEG", ".jpg", "photo.JPEG"),
        ("photo.exe", ".jpg", "photo.jpg"),
        ("photo.html", ".png", "photo.png"),
        ("photo.jpg.exe", ".jpg", "photo.jpg.jpg"),
        ("photo", ".webp", "photo.webp"),
        (".jpg", ".png", ".jpg.png"),
        ("photo.of something", ".jpg", "photo.of something.jpg"),
        ("photo.", ".jpg", "photo..jpg"),
    ],
)
def test_a_download_ends_as_its_content_demands(name: str, extension: str, kept: str) -> None:
    assert with_extension(name, extension) == kept


def test_the_original_is_handed_out_under_a_name_that_does_not_lie(hub: Hub) -> None:
    asset_id = free_row(hub, "invoice.pdf.exe")
    out, _ = catalog.take_original(hub, Actor("usr_1", "legal"), asset_id, stated=StatedUse())
    assert (out.download_name, out.media_type) == ("invoice.pdf.jpg", "image/jpeg")
    with pytest.raises(Forbidden):
        catalog.take_original(hub, VIEWER, asset_id, stated=StatedUse())
    with pytest.raises(NotFound):
        catalog.preview_file(hub, VIEWER, asset_id, "thumb")
