"""The search by API and page: whatever is asked, an answer and never an error of the hub."""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.ugc_hub.licensing.rows import free_row
from tests.ugc_hub.rows import asset_row, facts_of, statements
from tests.ugc_hub.web.conftest import Person
from ugc_hub import catalog
from ugc_hub.accounts import SYSTEM
from ugc_hub.catalog import SORTS, Change, Definition, Description, Query, Selection
from ugc_hub.catalog.indexing import rebuild
from ugc_hub.hub import Hub

PAYLOADS = (
    "' OR 1=1 --",
    '"; DROP TABLE assets; --',
    "*:* OR viewers:x",
    "viewers:* everything:*",
    "clearance:[0 TO 99999]",
    "a* b* c* d* e*",
    "(((((((((((((((((((((((((",
    "~~~~ ^^^^ \\ \0 \ud800",
    "creator:__proto__ id:../../etc/passwd",
    "{{7*7}} ${7*7} <script>alert(1)</script>",
    "%' UNION SELECT password_hash FROM users --",
)
Make = Callable[[str], Person]


@pytest.fixture
def viewer(hub: Hub, browser: Make) -> Person:
    """Somebody who looks, with a small library that is indexed."""
    free_row(hub, "beach-sunset.jpg", creator="ana", campaign="Summer")
    asset_row(hub, "beach-walk.mp4", creator="bea", facts=facts_of(kind="video", duration_s=12.0))
    asset_row(hub, "<b>mountain.jpg", campaign="Winter & <i>snow")
    rebuild(hub)
    return browser("viewer")


def told(someone: Person, path: str = "/api/v1/assets", /, **query: Any) -> Any:
    answer = someone.get(path, query_string=query)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return json.loads(answer.data)


def html(someone: Person, path: str, **query: Any) -> str:
    answer = someone.get(path, query_string=query)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_the_api_finds_counts_and_goes_on(viewer: Person) -> None:
    found = told(viewer, q="beach", facets="kind,usable")
    assert (found["total"], len(found["items"]), found["indexed"]) == (2, 2, True)
    assert {one["value"]: one["count"] for one in found["facets"]["kind"]} == {"image": 1, "video": 1}
    assert {"value": "paid_social", "count": 1, "chosen": False} in found["facets"]["usable"]
    assert told(viewer, q="beach", facets=["kind", "usable"])["facets"] == found["facets"]
    assert found["items"][0]["highlights"]["file_name"] == [[0, 5]]
    first = told(viewer, q="beach", sort="newest", limit=1)
    second = told(viewer, q="beach", sort="newest", limit=1, cursor=first["next_cursor"])
    assert [one["file_name"] for one in (*first["items"], *second["items"])] == ["beach-walk.mp4", "beach-sunset.jpg"]
    assert second["next_cursor"] is None


def test_a_plain_list_says_for_each_asset_where_it_may_be_used_as_a_search_does(
    hub: Hub, viewer: Person, program: Callable[..., Person]
) -> None:
    uses = {one["file_name"]: one["uses"] for one in told(viewer, sort="newest")["items"]}
    assert "paid_social" in uses["beach-sunset.jpg"]
    with statements(hub) as few:
        plain = told(viewer, limit=1)["items"]
    with statements(hub) as more:
        plain = told(viewer)["items"]
    assert {one["file_name"]: one["uses"] for one in plain} == uses
    assert len(more) == len(few)
    assert [one["uses"] for one in told(viewer, kind="image")["items"]] == [[], uses["beach-sunset.jpg"]]
    assert {tuple(one["uses"]) for one in told(program("viewer", "asset.view"))["items"]} == {()}


def test_a_photo_is_an_image_in_a_list_as_in_a_search(viewer: Person) -> None:
    photos = told(viewer, kind="Photo")
    assert {one["kind"] for one in photos["items"]} == {"image"}
    assert len(photos["items"]) == told(viewer, kind="photo", sort="newest")["total"]
    assert viewer.get("/api/v1/assets?kind=painting").status_code == 422


def test_a_facet_that_is_cut_off_says_how_to_get_at_the_rest(viewer: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    assert told(viewer, q="beach", facets="kind")["more"] == []
    monkeypatch.setattr("ugc_hub.catalog.facets.LISTED", 1)
    found = told(viewer, q="beach", facets="kind,creator")
    assert (len(found["facets"]["kind"]), "kind" in found["more"]) == (1, True)
    assert re.search(r"Find others by typing <span[^>]*>kind:</span>", html(viewer, "/", q="beach"))


def test_a_problem_of_a_choice_names_its_facet_and_no_place(viewer: Person) -> None:
    for asked in ({"usable": "foo"}, {"q": "usable:tv beach", "usable": "foo"}):
        [problem] = told(viewer, **asked)["problems"]
        assert (problem["facet"], problem["start"], problem["end"]) == ("usable", 0, 0), asked
        assert "'foo'" in problem["message"]
    [problem] = told(viewer, q="beach usable:foo")["problems"]
    assert (problem["facet"], problem["start"], problem["end"]) == ("", 6, 16)
    page = html(viewer, "/", q="beach", usable="foo")
    assert re.search(r"&#39;foo&#39;.*?<p class=\"small soft\">Chosen: ", page, re.DOTALL)
    assert re.search(
        r"is not a value of kind.*?<p class=\"small soft\">Chosen: ", html(viewer, "/", kind="foo"), re.DOTALL
    )


def test_values_of_a_facet_come_several_times(viewer: Person) -> None:
    found = told(viewer, kind=["image", "video"], facets="kind")
    assert found["total"] == 3
    assert [one["chosen"] for one in found["facets"]["kind"]] == [True, True]
    assert told(viewer, usable="paid_social")["total"] == 1
    assert told(viewer, q="", status="ready", creator="@Ana")["total"] == 1
    assert told(viewer, status="active")["total"] == 1, "the plain list knows no such status"
    answer = viewer.get("/api/v1/assets", query_string={"custom": "colour"})
    assert answer.status_code == 422, "else all assets were shown"
    assert json.loads(answer.data)["field"] == "custom"


def test_the_plain_list_is_as_it_was(viewer: Person) -> None:
    found = told(viewer, creator="ana")
    assert [one["file_name"] for one in found["items"]] == ["beach-sunset.jpg"]
    assert found["total"] is None


def test_a_text_is_words_of_names_and_no_query_with_a_sort_and_without(viewer: Person) -> None:
    for text, name in (("-walk", "beach-walk.mp4"), ("beach-sunset.jpg", "beach-sunset.jpg")):
        for more in ({}, {"sort": "newest"}, {"facets": "kind"}, {"kind": ["image", "video"]}):
            found = told(viewer, text=text, **more)
            assert [one["file_name"] for one in found["items"]] == [name]
            assert not found.get("problems")
        for sort in ("", "oldest"):
            page = re.sub("</?mark>", "", html(viewer, "/", text=text, sort=sort))
            assert (name in page, "1 asset<" in page) == (True, True)
    assert told(viewer, text="kind:video", sort="newest")["items"] == told(viewer, text="kind:video")["items"] == []
    assert "beach-walk.mp4" not in json.dumps(told(viewer, q="beach -walk", sort="newest")["items"])


def test_the_trash_is_listed_and_a_search_of_it_is_refused(hub: Hub, viewer: Person, browser: Make) -> None:
    catalog.edit_many(hub, SYSTEM, Selection(query=Query(text="beach")), Change(trash=True))
    designer = browser("designer")
    assert told(designer, trash="true", text="beach")["items"]
    for asked in ({"q": "nothing"}, {"facets": "kind"}, {"tag": "x"}, {"sort": "oldest"}):
        assert designer.get("/api/v1/assets", query_string={"trash": "true", **asked}).status_code == 422
    assert viewer.get("/api/v1/assets?trash=true").status_code == 403


def test_what_cannot_be_read_is_told_with_its_place(viewer: Person) -> None:
    found = told(viewer, q="beach kind:")
    assert found["problems"][0]["start"] == 6
    assert found["total"] == 2


def test_a_query_is_offered_ways_to_go_on(viewer: Person) -> None:
    for address in ("/api/v1/suggestions", "/search/offers"):
        offered = told(viewer, address, q="beach crea")["items"]
        assert [one["query"] for one in offered] == ["beach created:", "beach creator:"]
        assert told(viewer, address, q="creator:an")["items"] == [
            {"query": "creator:ana ", "field": "creator", "value": "ana", "title": "", "count": 1, "synonym": ""}
        ]
    assert viewer.get("/api/v1/suggestions", query_string={"q": "a", "limit": 99}).status_code == 422


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("kind=foo", "'foo' is not a value of kind"),
        ("kind=foo&sort=newest", "'foo' is not a value of kind; there are animation, image, video."),
        ("kind=image&kind=foo", "'foo' is not a value of kind"),
        ("q=*&status=foo", "'foo' is not a value of status"),
        ("q=*&colour=%23e4002b", "'#e4002b' is not a value of colour"),
        ("q=a&q=b", "q= is given several times"),
        ("sort=newest&sort=oldest", "sort= is given several times"),
    ],
)
def test_a_choice_that_there_is_not_is_refused_however_it_is_asked_for(viewer: Person, asked: str, words: str) -> None:
    answer = viewer.get(f"/api/v1/assets?{asked}")
    assert (answer.status_code, words in answer.get_json()["detail"]) == (422, True)


@pytest.mark.parametrize("empty", ["usable=", "kind=&kind=image", "q=beach&usable=%20", "custom="])
def test_a_choice_without_a_value_is_refused_and_shows_no_more(viewer: Person, empty: str) -> None:
    answer = viewer.get(f"/api/v1/assets?{empty}")
    assert (answer.status_code, "names no value" in answer.get_data(as_text=True)) == (422, True)
    assert viewer.get(f"/?{empty}").status_code == 200, "a form may send fields that nobody filled in"


def test_a_cursor_of_something_else_is_refused(viewer: Person) -> None:
    assert viewer.get("/api/v1/assets?q=beach&cursor=abc").status_code == 422
    assert viewer.get("/api/v1/assets?q=beach&facets=hair").status_code == 422


LISTS = {
    "cursor": ("assets", "jobs", "collections", "takedowns", "usages", "rights-requests", "/trash", "/collections"),
    "before": ("/jobs", "/audit", "/usages", "/takedowns"),
    "since": ("revocations",),
    "seed": ("assets?sort=random&", "/?sort=random&"),
}
ODD = (str(2**63), "9" * 299, "1.5", "٣", "x\0")


@pytest.mark.req("R81")
def test_no_list_breaks_over_where_it_is_told_to_go_on(browser: Make) -> None:
    someone = browser("admin")
    for name, path in ((name, path) for name, paths in LISTS.items() for path in paths):
        start = path if path.startswith("/") else f"/api/v1/{path}"
        assert someone.get(start).status_code == 200, start
        for value in ODD:
            said = f"{start}{'' if '?' in start else '?'}{urlencode({name: value})}"
            assert someone.get(said).status_code in (200, 404, 422), said


@pytest.mark.req("R81")
def test_a_cursor_with_a_forged_number_is_refused_or_shows_what_is_left(viewer: Person) -> None:
    cursor = told(viewer, q="beach", limit=1)["next_cursor"]
    mark, content = cursor[:8], json.loads(urlsafe_b64decode(cursor[8:] + "=" * (-len(cursor) % 4)))
    for seen, status in ((2**40, 200), (2**62, 200), (2**63, 422), (1.5, 422), (-1, 422)):
        forged = mark + urlsafe_b64encode(json.dumps([*content[:-1], seen]).encode()).decode().rstrip("=")
        asked = {"q": "beach", "limit": 2, "cursor": forged}
        answer = viewer.get("/api/v1/assets", query_string=asked)
        assert answer.status_code == status
        assert viewer.get("/library/tiles", query_string=asked).status_code == status
        if status == 200:
            assert len(json.loads(answer.data)["items"]) == 1


@pytest.mark.req("R81")
@pytest.mark.parametrize("payload", PAYLOADS)
def test_payloads_are_words_and_find_nothing_of_others(viewer: Person, browser: Make, payload: str) -> None:
    stranger = browser("creator")
    payload = payload.encode("utf-8", "replace").decode()
    for name in ("q", "text", "tag", "creator", "campaign", "usable", "colour", "status", "niche"):
        for someone in (viewer, stranger):
            answer = someone.get("/api/v1/assets", query_string={name: payload, "facets": "kind,creator,usable"})
            assert answer.status_code in (200, 400, 422), (name, answer.get_data(as_text=True))
            if someone is stranger and answer.status_code == 200:
                found = json.loads(answer.data)
                assert (found["items"], found["total"] or 0) == ([], 0)
                assert not any(one["count"] for counts in found["facets"].values() for one in counts)
            page = someone.get("/", query_string={name: payload})
            assert page.status_code in (200, 422)
            assert "<script>alert" not in page.get_data(as_text=True)


@pytest.mark.req("R81")
def test_payloads_in_what_a_program_writes_are_names_and_words_like_any_other(hub: Hub, program: Make) -> None:
    manager, asset = program("content_manager"), asset_row(hub, campaign="Summer")
    rebuild(hub)
    writes: tuple[tuple[str, str, Callable[[str], Any]], ...] = (
        ("POST", "/searches", lambda text: {"name": text, "question": {"q": text, "chosen": {"tag": [text]}}}),
        ("POST", "/collections", lambda text: {"name": text, "live": {"q": text, "chosen": {f"custom:{text}": ["x"]}}}),
        ("POST", "/fields", lambda text: {"campaign": "Summer", "name": text, "kind": "choice", "choices": [text]}),
        ("POST", "/edits", lambda text: {"search": {"q": text, "chosen": {"creator": [text]}}, "title": text}),
        ("POST", "/edits", lambda text: {"asset_ids": [asset, text], "add_tags": [text], "campaign": text}),
        ("PATCH", f"/assets/{asset}", lambda text: {"title": text, "tags": [text], "fields": {text: text}}),
        ("PUT", f"/assets/{asset}/texts/transcript", lambda text: {"words": text, "language": "en"}),
    )
    for payload in (*PAYLOADS, "a\0b", "=x", "\u2028", "\U0001f4a5" * 30):
        text = payload.encode("utf-8", "replace").decode()
        for method, path, body in writes:
            answer = manager.ask(method, f"/api/v1{path}", json=body(text))
            assert answer.status_code in (200, 201, 409, 422), (path, text, answer.get_data(as_text=True))
    for path in ("/searches", "/collections", "/tags", "/fields", f"/assets/{asset}"):
        assert manager.get(f"/api/v1{path}").status_code == 200


SIGNS = ("AND", "OR", "NOT", "(", ")", '"', "*", "~2", "-", "#a", "@b", "夜", "🌸", "[1 TO", "]", "beach", "last month")
FIELDS = ("kind:", "usable:", "until:", "territory:", "created:", "er:>", "platform:x", "edits:crop", "duration:<1:30")
words = st.text(max_size=60) | st.lists(st.sampled_from(SIGNS + FIELDS), max_size=12).map(" ".join)


@pytest.mark.parametrize("hub", ["sqlite"], indirect=True)
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=words, sort=st.sampled_from(sorted(SORTS)), kind=st.sampled_from(["image", "x", ""]))
def test_no_query_is_an_error_of_the_hub(viewer: Person, text: str, sort: str, kind: str) -> None:
    text = text.encode("utf-8", "replace").decode()
    query = {"q": text, "sort": sort, "kind": kind, "facets": "kind,usable,tag"}
    assert viewer.get("/api/v1/assets", query_string=query).status_code in (200, 422)
    query["typing"] = "1"
    assert viewer.get("/", query_string=query).status_code == 200


def test_the_page_shows_counts_choices_and_where_the_words_stand(viewer: Person) -> None:
    page = html(viewer, "/", q="beach", kind="image")
    assert "<mark>beach</mark>-sunset.jpg" in page
    assert "1 asset" in page
    assert 'value="video"' in page
    assert 'aria-label="Remove' in page


def test_a_choice_is_shown_as_its_facet_spells_it_whatever_the_address_says(viewer: Person) -> None:
    for address in ({"campaign": "sUMMER"}, {"campaign": "sUMMER", "q": "beach"}):
        page = html(viewer, "/", **address)
        assert "beach-sunset.jpg" in page.replace("<mark>", "").replace("</mark>", "")
        assert 'aria-label="Remove Campaign: Summer"' in page
        assert 'name="campaign" value="Summer" checked' in page
        assert "sUMMER" not in page
    found = told(viewer, campaign="sUMMER", facets="campaign")
    assert (found["total"], found["facets"]["campaign"][0]) == (1, {"value": "Summer", "count": 1, "chosen": True})
    assert len(told(viewer, campaign="sUMMER")["items"]) == 1


def test_fields_of_the_campaign_that_is_shown_are_chosen_from_by_page_and_api(hub: Hub, viewer: Person) -> None:
    kinds = Definition("Größe", "choice", choices=("klein & fein", "<b>groß")), Definition("Paid", "yes_no")
    for definition in kinds:
        catalog.add_field(hub, SYSTEM, "Summer", definition)
    for number in range(3):
        asset = asset_row(hub, f"{number}.jpg", campaign="Summer")
        said = {"Größe": "klein & fein" if number else "<b>groß", "Paid": number == 1}
        catalog.describe(hub, SYSTEM, asset, Description(fields=said))
    rebuild(hub)
    plain = told(viewer, campaign="Summer", facets="custom", custom=["Größe=klein & fein", "grosse=x"])
    assert plain["total"] == 2
    assert plain["titles"] == {"custom:grosse": "Größe", "custom:paid": "Paid"}
    assert [(one["value"], one["count"]) for one in plain["facets"]["custom:paid"]] == [("no", 1), ("yes", 1)]
    assert [one["count"] for one in plain["facets"]["custom:grosse"]] == [2, 1, 0]
    assert told(viewer, q="", custom="paid=yes")["total"] == 1
    assert viewer.get("/api/v1/assets", query_string={"custom": "=x"}).status_code == 422
    for address in ({"campaign": "Summer"}, {"campaign": "Summer", "custom:paid": "yes"}):
        page = html(viewer, "/", **address)
        assert "Größe</legend>" in page
        assert 'name="custom:grosse" value="klein &amp; fein"' in page
        assert "<b>groß" not in page
    assert 'aria-label="Remove Paid: Yes"><span class="clip">Paid: Yes</span>' in page
    assert "1 asset<" in page
    assert "custom:" not in html(viewer, "/")


def test_names_are_escaped_wherever_they_stand(viewer: Person) -> None:
    page = html(viewer, "/", q="mountain")
    assert "<b>" not in page
    assert "<i>snow" not in page


def test_the_page_says_what_could_not_be_read_and_what_excluded_everything(viewer: Person) -> None:
    assert "needs a value" in html(viewer, "/", q="beach kind:")
    page = html(viewer, "/", q="beach campaign:winter")
    assert "Nothing matches" in page
    assert "campaign:winter" in page
    assert "Nothing matches “beech”" in html(viewer, "/", q="beech", typing="1")


def test_the_page_without_an_index_lists_names_and_says_so(hub: Hub, browser: Make) -> None:
    asset_row(hub, "beach.jpg")
    page = html(browser("viewer"), "/", q="beach")
    assert "There is no index of the search yet" in page
    assert "beach.jpg" in page


def test_the_next_tiles_go_on_with_the_search(viewer: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ugc_hub.web.pages.library.PAGE_SIZE", 1)
    page = html(viewer, "/", q="beach", sort="newest")
    more = re.search(r'hx-get="(/library/tiles[^"]*)"', page)
    assert more is not None
    following = viewer.get(more[1].replace("&amp;", "&")).get_data(as_text=True)
    assert "<mark>beach</mark>-sunset.jpg" in following
    assert "hx-get" not in following


def test_page_and_api_show_where_words_were_found_that_nobody_sees_in_a_list(hub: Hub, viewer: Person) -> None:
    asset = asset_row(hub, "sign.jpg")
    catalog.set_text(hub, SYSTEM, asset, "ocr", words="all <i>sneakers</i>\nat half the price")
    rebuild(hub)
    (item,) = told(viewer, q="sneaker")["items"]
    assert item["excerpts"] == {"ocr": {"words": "all <i>sneakers</i> at half the price", "found": [[7, 15]]}}
    page = html(viewer, "/", q="sneaker")
    assert "In the picture:</span> all &lt;i&gt;<mark>sneakers</mark>&lt;/i&gt; at half the price</span>" in page
    assert "In the picture:" not in html(viewer, "/", q="sign")


def test_a_hit_that_has_a_title_shows_its_file_name_where_that_alone_was_found(hub: Hub, viewer: Person) -> None:
    asset = asset_row(hub, "kelp-forest.jpg", title="Under water", creator="kim")
    rebuild(hub)
    (item,) = told(viewer, q="forest")["items"]
    assert item["highlights"] == {"file_name": [[5, 11]]}
    line = "File:</span> kelp-<mark>forest</mark>.jpg</span>"
    assert line in html(viewer, "/", q="forest")
    for other in ("water forest", "kim forest"):
        page = html(viewer, "/", q=other)
        assert "<mark>" in page
        assert "File:</span>" not in page, other
    catalog.set_text(hub, SYSTEM, asset, "ocr", words="A forest of kelp")
    rebuild(hub)
    page = html(viewer, "/", q="forest")
    assert "In the picture:</span> A <mark>forest</mark> of kelp" in page
    assert "File:</span>" not in page
    assert "File:</span>" not in html(viewer, "/", q="beach"), "a name without a title stands there anyway"
    assert "File:</span>" not in html(viewer, "/", q="kind:image")
