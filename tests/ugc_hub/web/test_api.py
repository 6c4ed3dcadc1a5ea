"""The API: the whole way from an original to a pack, lists by page, custom presets, jobs."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import validate
from PIL import Image

from tests.pictures import jpeg
from tests.ugc_hub.licensing.rows import cleared
from tests.ugc_hub.web.conftest import Person
from ugc_hub.hub import Hub
from ugc_hub.jobs.local import finish
from workers.queue.jobs import enqueue, find
from workers.queue.shapes import Query

ROOT = Path(__file__).resolve().parents[3]
PRESETS = ["meta.ig_feed.image.4x5", "email.hero.600.1x"]
Send = Callable[..., str]


def plain(answer: Any) -> Any:
    """Return the JSON of an answer that must not be an error."""
    assert answer.status_code < 300, answer.get_data(as_text=True)
    return json.loads(answer.data)


def work(hub: Hub) -> None:
    """Do all jobs that wait."""
    with hub.database.read() as session:
        ids: Sequence[int] = [job.id for job in find(session.connection(), Query(state="queued", limit=1000))]
    finish(hub, ids)


@pytest.fixture
def send(hub: Hub, program: Callable[..., Person]) -> Send:
    """A function that uploads a photo by API and returns the id of the measured asset."""
    sender = program("content_manager")

    def upload(name: str = "photo.jpg", seed: int = 1, size: tuple[int, int] = (640, 480), **known: str) -> str:
        query = {"filename": name, **known}
        data = jpeg(*size, seed)
        answer = sender.client.post("/api/v1/uploads", query_string=query, data=data, headers=sender.headers)
        work(hub)
        return str(plain(answer)["asset_id"])

    return upload


def test_the_whole_way_from_an_original_to_a_pack(hub: Hub, program: Callable[..., Person], send: Send) -> None:
    designer = program("designer")
    asset = cleared(hub, send("Sommer.jpg", size=(1900, 2400), creator="ann"))
    seen = plain(designer.get(f"/api/v1/assets/{asset}"))
    assert (seen["width"], seen["height"], seen["creator"]) == (1900, 2400, "ann")
    assert "key" not in seen["previews"]["thumb"]
    moved = plain(designer.ask("PATCH", f"/api/v1/assets/{asset}", json={"focal_point": {"x": 0.1, "y": 0.2}}))
    assert moved["focal_point"] == {"x": 0.1, "y": 0.2}
    asked = {"preset_ids": PRESETS, "choice": {"focal_point": {"x": 0.5, "y": 0.5}}}
    framings = plain(designer.post(f"/api/v1/assets/{asset}/plans", json=asked))["items"]
    assert [framing["preset_id"] for framing in framings] == PRESETS
    assert framings[0]["crop"]["width"] / framings[0]["crop"]["height"] == pytest.approx(0.8, rel=0.01)
    assert plain(designer.get(f"/api/v1/assets/{asset}/renditions"))["items"] == []
    made = designer.post(f"/api/v1/assets/{asset}/renditions", json=asked)
    assert made.status_code == 202
    ids = [name for outcome in plain(made)["items"] for name in outcome["renditions"]]
    assert designer.get(f"/api/v1/renditions/{ids[0]}/file").status_code == 409
    work(hub)
    for name in ids:
        rendition = plain(designer.get(f"/api/v1/renditions/{name}"))
        assert rendition["status"] == "ready"
        file = designer.get(f"/api/v1/renditions/{name}/file")
        with Image.open(io.BytesIO(file.data)) as image:
            assert image.size == (rendition["width"], rendition["height"])
        assert file.headers["Content-Disposition"].startswith("attachment")
        shown = designer.get(f"/api/v1/renditions/{name}/file?inline=1")
        assert shown.headers["Content-Disposition"].startswith("inline")
    asked_pack = {"name": "Été 1", "asset_ids": [asset], "captions": ["fr", "EN"], **asked}
    pack = plain(designer.post("/api/v1/packs", json=asked_pack))
    assert pack["status"] == "ready"
    assert all(item["captions"] == ["fr", "en"] for item in pack["items"])
    zipped = designer.get(f"/api/v1/packs/{pack['id']}/file")
    assert zipped.headers["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(zipped.data)) as archive:
        assert archive.testzip() is None
        assert len(archive.namelist()) == len(ids) + 1


def test_pages_follow_each_other_without_gap_or_repetition(program: Callable[..., Person], send: Send) -> None:
    sent = [send(f"{n}.jpg", n, (60, 40 + n)) for n in range(7)]
    viewer, cursor, seen = program("viewer"), "", []
    for _ in range(9):
        page = plain(viewer.get(f"/api/v1/assets?limit=3{cursor}"))
        seen += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == sent[::-1]


def test_lists_are_filtered(program: Callable[..., Person], send: Send) -> None:
    first = send("beach.jpg", 1, (60, 40), creator="ann", campaign="Summer")
    second = send("snow_100%.jpg", 2, (60, 40), creator="bob")
    viewer = program("viewer")
    for query, found in (
        ("creator=%40Ann", [first]),
        ("campaign=Summer", [first]),
        ("text=snow", [second]),
        ("text=100%25", [second]),
        ("text=%25", [second]),
        ("kind=video", []),
        ("status=ready", [second, first]),
    ):
        assert [item["id"] for item in plain(viewer.get(f"/api/v1/assets?{query}"))["items"]] == found, query


def test_a_creator_sees_only_their_own(program: Callable[..., Person], send: Send) -> None:
    creator = program("creator")
    send("other.jpg", 1, (60, 40), creator="ann")
    own = send("own.jpg", 2, (60, 40), creator="self")
    assert [item["id"] for item in plain(creator.get("/api/v1/assets"))["items"]] == [own]
    assert creator.get(f"/api/v1/assets/{own}").status_code == 200
    assert creator.get(f"/api/v1/assets/{own}/previews/thumb").status_code == 200
    assert creator.get(f"/api/v1/assets/{own}/original").status_code == 403


@pytest.mark.req("R67")
def test_a_foreign_asset_is_as_good_as_none(program: Callable[..., Person], send: Send) -> None:
    foreign = send("other.jpg", 1, (60, 40), creator="ann")
    creator = program("creator")
    for path in ("", "/previews/thumb"):
        theirs = creator.get(f"/api/v1/assets/{foreign}{path}")
        nobodys = creator.get(f"/api/v1/assets/ast_nothing{path}")
        assert theirs.status_code == nobodys.status_code == 404
        assert plain_detail(theirs) == plain_detail(nobodys)
    assert creator.get(f"/api/v1/uploads/{foreign}").status_code == 404


def plain_detail(answer: Any) -> str:
    """Return the sentence of a problem."""
    return str(json.loads(answer.data)["detail"])


def test_a_place_is_told_only_to_those_who_may_have_the_original(hub: Hub, program: Callable[..., Person]) -> None:
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (48.0, 8.0, 0.0), 3: "E", 4: (11.0, 34.0, 0.0)}
    sender = program("admin")
    asset = plain(sender.post("/api/v1/uploads?filename=here.jpg", data=jpeg(200, 100, exif=exif)))["asset_id"]
    work(hub)
    places = {
        role: plain(program(role).get(f"/api/v1/assets/{asset}"))["facts"]["embedded"]["gps"]
        for role in ("legal", "viewer")
    }
    assert places["legal"] == pytest.approx([48.1333, 11.5667], abs=1e-3)
    assert places["viewer"] is None


def test_custom_presets_are_versioned(program: Callable[..., Person]) -> None:
    designer = program("designer")
    body = {"id": "custom.teaser", "name": "Teaser", "channel": "web", "width": 600, "height": 300}
    made = designer.post("/api/v1/presets", json=body)
    assert made.status_code == 201
    assert plain(made)["renderable"]
    assert designer.post("/api/v1/presets", json=body).status_code == 409
    changed = designer.ask("PUT", "/api/v1/presets/custom.teaser", json={**body, "width": 640})
    assert plain(changed)["output"]["width"] == 640
    assert designer.ask("PUT", "/api/v1/presets/custom.other", json=body).status_code == 422
    assert [v["version"] for v in plain(designer.get("/api/v1/presets/custom.teaser/history"))["items"]] == [2, 1]
    assert designer.ask("DELETE", "/api/v1/presets/custom.teaser").status_code == 204
    assert designer.get("/api/v1/presets/custom.teaser").status_code == 404
    wrong = designer.post("/api/v1/presets", json={**body, "id": "Not Good", "width": 0})
    assert wrong.status_code == 422
    assert {error["field"] for error in json.loads(wrong.data)["errors"]} >= {"id", "width"}


def test_an_unknown_preset_has_one_code_and_is_told_with_those_like_it(
    program: Callable[..., Person], send: Send
) -> None:
    designer, wrong = program("designer"), "web.srcset.w641"
    asset = send()
    answers = [
        designer.get(f"/api/v1/presets/{wrong}"),
        designer.post(f"/api/v1/assets/{asset}/plans", json={"preset_ids": [wrong]}),
        designer.post(f"/api/v1/assets/{asset}/renditions", json={"preset_ids": [wrong]}),
        designer.post("/api/v1/packs", json={"name": "P", "asset_ids": [asset], "preset_ids": [wrong]}),
        designer.get("/api/v1/presets/custom.nothing/history"),
        designer.ask("DELETE", "/api/v1/presets/custom.nothing"),
    ]
    assert [answer.status_code for answer in answers] == [404] * len(answers)
    problems = [json.loads(answer.data) for answer in answers]
    assert {problem["code"] for problem in problems} == {"unknown_preset"}
    assert all("web.srcset.w640" in problem["near"] for problem in problems[:4])


def test_presets_are_filtered_and_carry_their_source(program: Callable[..., Person]) -> None:
    found = plain(program("viewer").get("/api/v1/presets?channel=email&kind=image"))["items"]
    assert found
    assert {(item["channel"], item["kind"]) for item in found} == {("email", "image")}
    one = plain(program("viewer").get(f"/api/v1/presets/{found[0]['id']}"))
    assert one["evidence"]["source"]


def test_jobs_are_listed_cancelled_and_tried_again(hub: Hub, program: Callable[..., Person]) -> None:
    with hub.database.write() as session:
        ids = [enqueue(session.connection(), "inspect", {"asset_id": f"none{n}"}) for n in range(3)]
    designer = program("designer")
    page = plain(designer.get("/api/v1/jobs?limit=2"))
    assert [job["id"] for job in page["items"]] == ids[:0:-1]
    rest = plain(designer.get(f"/api/v1/jobs?limit=2&cursor={page['next_cursor']}"))
    assert ([job["id"] for job in rest["items"]], rest["next_cursor"]) == (ids[:1], None)
    address = f"/api/v1/jobs/{ids[0]}"
    assert plain(designer.post(f"{address}/cancel"))["state"] == "cancelled"
    assert designer.post(f"{address}/cancel").status_code == 409
    assert plain(designer.post(f"{address}/retry"))["state"] == "queued"
    assert designer.post(f"{address}/retry").status_code == 409
    assert [job["id"] for job in plain(designer.get("/api/v1/jobs?state=queued"))["items"]] == ids[::-1]


@pytest.mark.slow
@pytest.mark.parametrize("hub", ["sqlite"], indirect=True)  # it says nothing of rows, and validating takes seconds
def test_the_description_is_valid_openapi_and_names_every_route(program: Callable[..., Person]) -> None:
    spec = plain(program("viewer").get("/api/v1/openapi.json"))
    validate(spec)
    assert spec["openapi"].startswith("3.1")
    assert set(spec["paths"]["/api/v1/assets/{asset_id}"]) >= {"get", "patch"}
    assert "application/octet-stream" in spec["paths"]["/api/v1/uploads"]["post"]["requestBody"]["content"]
    for path, item in spec["paths"].items():
        assert path.startswith("/api/v1/")
        for method in {"get", "post", "put", "patch", "delete"} & set(item):
            assert item[method]["summary"]
            assert "application/problem+json" in item[method]["responses"]["default"]["content"]


def test_me_tells_the_role_and_its_actions(program: Callable[..., Person]) -> None:
    me = plain(program("viewer").get("/api/v1/me"))
    assert me["role"] == "viewer"
    assert "asset.view" in me["actions"]
    assert "asset.edit" not in me["actions"]


@pytest.mark.req("R79")
def test_json_that_is_nested_without_end_is_refused(program: Callable[..., Person]) -> None:
    for text in ("[" * 200_000, '{"focal_point":' * 50_000):
        answer = program("designer").ask("PATCH", "/api/v1/assets/ast_0", data=text, content_type="application/json")
        assert (answer.status_code, answer.json["code"]) == (400, "bad_request")  # type: ignore[index]


@pytest.mark.parametrize("text", ["{", '{"title": }', "{'title': 'a'}", b"\xff"])
def test_json_that_is_none_is_told_with_a_code_of_the_reference(
    program: Callable[..., Person], text: str | bytes
) -> None:
    answer = program("designer").ask("PATCH", "/api/v1/assets/ast_0", data=text, content_type="application/json")
    told = json.loads(answer.data)
    assert (answer.status_code, told["code"], told["detail"]) == (400, "bad_request", "The body is not valid JSON.")
    assert "| `bad_request` | 400 |" in (ROOT / "docs/reference/errors.md").read_text(encoding="utf-8")


def test_a_body_that_does_not_say_it_is_json_is_refused(program: Callable[..., Person]) -> None:
    designer = program("designer")
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", None):
        answer = designer.ask("PATCH", "/api/v1/assets/ast_0", data='{"focal_point": null}', content_type=kind)
        assert (answer.status_code, answer.json["code"]) == (415, "unsupported_type"), kind  # type: ignore[index]
    answer = designer.ask(
        "PATCH", "/api/v1/assets/ast_0", data='{"focal_point": null}', content_type="application/json; charset=utf-8"
    )
    assert answer.status_code == 404


def test_numbers_are_numbers_and_truths_are_truths(program: Callable[..., Person], send: Send) -> None:
    designer, asset = program("designer"), send()
    preset = {"id": "custom.x", "name": "X", "channel": "web", "width": 100}
    wrong: list[tuple[str, str, Any]] = [
        ("PATCH", f"/api/v1/assets/{asset}", {"focal_point": {"x": True, "y": 0.5}}),
        ("PATCH", f"/api/v1/assets/{asset}", {"focal_point": {"x": "0.5", "y": 0.5}}),
        ("POST", "/api/v1/presets", {**preset, "width": True}),
        ("POST", "/api/v1/presets", {**preset, "quality": "80"}),
        ("POST", f"/api/v1/assets/{asset}/plans", {"preset_ids": PRESETS, "choice": {"upscale": "yes"}}),
        ("GET", "/api/v1/assets?cursor=zzz", None),
        ("GET", "/api/v1/assets?cursor=", None),
    ]
    for method, path, body in wrong:
        answer = designer.ask(method, path, json=body)
        assert (answer.status_code, answer.json["code"]) == (422, "invalid"), (path, body)  # type: ignore[index]
    whole = designer.ask("PATCH", f"/api/v1/assets/{asset}", json={"focal_point": {"x": 0, "y": 1}})
    assert plain(whole)["focal_point"] == {"x": 0.0, "y": 1.0}


def test_whoever_is_not_signed_in_does_not_learn_what_a_request_should_hold(stranger: Person) -> None:
    for method, path in (("GET", "/api/v1/assets?limit=0"), ("POST", "/api/v1/packs"), ("POST", "/api/v1/uploads?x=1")):
        assert stranger.ask(method, path, data="{").status_code == 401


def test_brand_kits_are_kept_by_program(program: Callable[..., Person], send: Send) -> None:
    designer, body = program("designer"), {"name": "Oat & Co", "ground": "#203a2b", "call_to_action": "Shop now"}
    first = designer.ask("PUT", "/api/v1/brands/oat", json=body)
    assert (first.status_code, plain(first)["version"]) == (200, 1)
    assert plain(designer.get("/api/v1/brands/oat"))["body"]["call_to_action"] == "Shop now"
    assert [one["id"] for one in plain(designer.get("/api/v1/brands"))["items"]] == ["oat"]
    wrong = designer.ask("PUT", "/api/v1/brands/oat", json={**body, "words": "#203a2c"})
    assert wrong.status_code == 422
    assert "words" in wrong.get_data(as_text=True)
    assert "cannot be read well" in wrong.get_data(as_text=True)
    svg = base64.b64encode(b"<svg/>").decode()
    assert designer.post("/api/v1/brand-files", json={"data": svg}).status_code == 422
    kit = {"kit": "oat", "pieces": ["call_to_action"]}
    asked = {"preset_ids": ["meta.fb_feed.image.1x1"], "choice": {"kit": kit}}
    (planned,) = plain(designer.post(f"/api/v1/assets/{send(size=(1300, 1300))}/plans", json=asked))["items"]
    assert {one["piece"] for one in planned["plans"][0]["overlays"]} == {"call_to_action"}
    assert designer.ask("DELETE", "/api/v1/brands/oat").status_code == 204
    assert [one["version"] for one in plain(designer.get("/api/v1/brands/oat/history"))["items"]] == [2, 1]
    assert designer.get("/api/v1/brands/oat").status_code == 404
