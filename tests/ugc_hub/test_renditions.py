"""Each distinct plan of an asset is made once, whoever asks, however often, however many at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import delete, func, select, update

from tests.pictures import jpeg
from tests.ugc_hub.licensing.rows import cleared, free_row
from tests.ugc_hub.rows import asset_row, creator_actor, facts_of, statements
from ugc_hub import catalog, licensing, renditions
from ugc_hub.accounts import SYSTEM, Actor
from ugc_hub.catalog import FocalPoint
from ugc_hub.errors import Conflict, Forbidden, Invalid, NotFound
from ugc_hub.framing import Choice
from ugc_hub.hub import Hub
from ugc_hub.jobs.local import finish
from ugc_hub.licensing import StatedUse
from ugc_hub.licensing.imprints import imprint_for, own_imprint
from ugc_hub.models import Asset, Creator, Event, Rendition, RenditionUse
from ugc_hub.presets import catalogue
from ugc_hub.renditions.view import _why, state_of
from workers.media.errors import PlanImpossible
from workers.media.sandbox import Sandbox
from workers.media.shapes import Embedded, Point
from workers.queue.jobs import cancel, get
from workers.queue.table import jobs

SQUARE, TALL, WEB = "meta.fb_feed.image.1x1", "meta.fb_feed.image.4x5", "web.srcset.w640"
VIEWER = Actor("usr_v", "viewer")


def count(hub: Hub, table: object) -> int:
    with hub.database.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0  # type: ignore[arg-type]


def contents(hub: Hub) -> dict[str, int]:
    return {str(table): count(hub, table) for table in (Rendition, RenditionUse, jobs, Event)}


def ids(outcomes: list[renditions.Outcome]) -> list[str]:
    return [name for outcome in outcomes for name in outcome.renditions]


def test_a_plan_without_pixels_keeps_nothing(hub: Hub) -> None:
    asset_id = free_row(hub)
    before = contents(hub)
    framings = renditions.plan(hub, VIEWER, asset_id, [SQUARE, WEB])
    assert [framed.preset_id for framed in framings] == [SQUARE, WEB]
    assert all(framed.plans for framed in framings)
    assert contents(hub) == before


def test_a_plan_says_the_ids_that_a_request_will_give(hub: Hub) -> None:
    asset_id = free_row(hub, creator="ana")
    planned = renditions.plan(hub, SYSTEM, asset_id, [SQUARE])
    outcomes = renditions.request(hub, SYSTEM, asset_id, [SQUARE])
    assert ids(outcomes) == [item.imprint.rendition_id for framed in planned for item in framed.plans]


def test_what_was_asked_for_before_is_asked_for_no_more(hub: Hub) -> None:
    asset_id = free_row(hub)
    first = renditions.request(hub, SYSTEM, asset_id, [SQUARE, WEB, SQUARE])
    before = contents(hub)
    assert renditions.request(hub, SYSTEM, asset_id, [SQUARE, WEB]) == first
    after = contents(hub)
    assert after.pop(str(Event)) == before.pop(str(Event)) + 1
    assert after == before
    assert count(hub, jobs) == 1


def test_presets_that_mean_the_same_file_share_it(hub: Hub) -> None:
    """Whichever presets of the catalogue make the same plan of this photo."""
    facts = facts_of(3000, 3000)
    asset_id = free_row(hub, facts=facts)
    makers: dict[str, list[str]] = {}
    for framed in renditions.plan(hub, SYSTEM, asset_id, [p.id for p in catalogue().presets if p.renderable][:200]):
        for item in framed.plans:
            makers.setdefault(item.digest(), []).append(framed.preset_id)
    one, two = next(names for names in makers.values() if len(set(names)) > 1)[:2]
    mail = StatedUse("email")
    made = renditions.request(hub, SYSTEM, asset_id, [one], stated=mail)
    more = renditions.request(hub, SYSTEM, asset_id, [two], stated=mail)
    shared = set(ids(made)) & set(ids(more))
    assert shared
    view = renditions.get(hub, SYSTEM, shared.pop())
    assert view.presets == (one, two)
    assert count(hub, Rendition) == len({*ids(made), *ids(more)})


def test_new_plans_of_one_request_are_one_job_and_known_ones_are_left_out(hub: Hub) -> None:
    asset_id = free_row(hub)
    first = ids(renditions.request(hub, SYSTEM, asset_id, [SQUARE]))
    both = ids(renditions.request(hub, SYSTEM, asset_id, [SQUARE, WEB, TALL]))
    views = renditions.get_many(hub, SYSTEM, both)
    assert len({view.job_id for view in views.values()}) == 2
    with hub.database.read() as session:
        job = get(session.connection(), max(view.job_id or 0 for view in views.values()))
    assert job is not None
    assert set(job.payload["rendition_ids"]) == set(both) - set(first)
    assert job.max_attempts == hub.settings.job_attempts


def test_sixteen_who_ask_at_once_get_the_same_files_and_one_job(hub: Hub) -> None:
    asset_id, gate = free_row(hub), threading.Barrier(16)
    orders = [[SQUARE, WEB, TALL], [TALL, WEB, SQUARE]]

    def one(number: int) -> tuple[str, ...]:
        gate.wait()
        return tuple(sorted(ids(renditions.request(hub, SYSTEM, asset_id, orders[number % 2]))))

    with ThreadPoolExecutor(16) as pool:
        told = set(pool.map(one, range(16)))
    assert len(told) == 1
    assert count(hub, Rendition) == len(told.pop())
    assert count(hub, jobs) == 1


def test_another_focal_point_is_another_file_and_the_old_one_comes_back_with_it(hub: Hub) -> None:
    asset_id = free_row(hub, facts=facts_of(3000, 1000))
    first = ids(renditions.request(hub, SYSTEM, asset_id, [SQUARE]))
    catalog.edit(hub, SYSTEM, asset_id, FocalPoint(Point(0.1, 0.5)))
    left = ids(renditions.request(hub, SYSTEM, asset_id, [SQUARE]))
    assert set(left).isdisjoint(first)
    wish = Choice(focal_point=Point(0.9, 0.5))
    right = ids(renditions.request(hub, SYSTEM, asset_id, [SQUARE], choice=wish))
    assert set(right).isdisjoint([*first, *left])
    catalog.edit(hub, SYSTEM, asset_id, FocalPoint(None))
    assert ids(renditions.request(hub, SYSTEM, asset_id, [SQUARE])) == first


@pytest.mark.parametrize("end", ["cancelled", "failed", "dead", "done", "purged"])
def test_what_came_to_nothing_can_be_asked_for_again(hub: Hub, end: str) -> None:
    asset_id = free_row(hub)
    (rendition,) = ids(renditions.request(hub, SYSTEM, asset_id, [SQUARE]))
    old = renditions.get(hub, SYSTEM, rendition)
    assert old.status == "queued"
    with hub.database.write() as session:
        if end == "purged":
            session.execute(delete(jobs).where(jobs.c.id == old.job_id))
        else:
            session.execute(update(jobs).where(jobs.c.id == old.job_id).values(state=end, error="/srv/x: SELECT"))
    failed = renditions.get(hub, SYSTEM, rendition)
    assert failed.status == "failed"
    assert failed.message is not None
    with pytest.raises(Conflict) as caught:
        renditions.take(hub, SYSTEM, rendition, stated=StatedUse())
    assert caught.value.code == "rendition_failed"
    assert ids(renditions.request(hub, SYSTEM, asset_id, [SQUARE])) == [rendition]
    again = renditions.get(hub, SYSTEM, rendition)
    assert again.status == "queued"
    assert again.job_id != old.job_id


@pytest.mark.req("R86")
def test_what_nobody_foresaw_in_a_job_is_not_told_to_people(hub: Hub) -> None:
    asset_id = free_row(hub)
    (rendition,) = ids(renditions.request(hub, SYSTEM, asset_id, [SQUARE]))
    ended = {"state": "dead", "error_code": "internal_error", "error": "OSError: /srv/objects SELECT * FROM users"}
    with hub.database.write() as session:
        session.execute(update(jobs).values(**ended))
    view = renditions.get(hub, SYSTEM, rendition)
    assert view.code == "internal_error"
    assert "/srv" not in str(view.as_dict())
    assert "SELECT" not in str(view.as_dict())


def test_a_cancelled_job_makes_its_renditions_cancelled(hub: Hub) -> None:
    asset_id = free_row(hub)
    (rendition,) = ids(renditions.request(hub, SYSTEM, asset_id, [SQUARE]))
    with hub.database.write() as session:
        cancel(session.connection(), renditions.get(hub, SYSTEM, rendition).job_id or 0)
    view = renditions.get(hub, SYSTEM, rendition)
    assert (view.status, view.code, view.message) == ("failed", "cancelled", "It was cancelled.")


def test_a_plan_that_is_impossible_does_not_hold_up_the_others_and_says_why(
    hub: Hub, send: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asset_id = cleared(hub, send(jpeg(1600, 1600)))
    good, bad = ids(renditions.request(hub, SYSTEM, asset_id, [SQUARE, WEB]))[:2]
    honest = Sandbox.render

    def impossible(self: Sandbox, source: object, plans: list[object], *rest: object, **more: object) -> object:
        if any(plan.imprint.rendition_id == bad for plan in plans):  # type: ignore[attr-defined]
            raise PlanImpossible("The file would have more than 1,000 bytes.", code="budget")
        return honest(self, source, plans, *rest, **more)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(Sandbox, "render", impossible)
        finish(hub, [renditions.get(hub, SYSTEM, good).job_id or 0])
    views = renditions.get_many(hub, SYSTEM, [good, bad])
    assert views[good].status == "ready"
    assert (views[bad].status, views[bad].code) == ("failed", "budget")
    assert views[bad].message == "The file would have more than 1,000 bytes."


def test_the_same_plan_gives_the_same_bytes_after_everything_made_was_lost(hub: Hub, send: Callable[..., str]) -> None:
    asset_id = cleared(hub, send(jpeg(1600, 1600), creator="ana"))

    def made() -> dict[str, tuple[str | None, str]]:
        finish(
            hub,
            {
                renditions.get(hub, SYSTEM, name).job_id or 0
                for name in ids(renditions.request(hub, SYSTEM, asset_id, [SQUARE, WEB]))
            },
        )
        return {view.id: (view.sha256, view.status) for view in renditions.of_asset(hub, SYSTEM, asset_id)}

    first = made()
    assert {status for _, status in first.values()} == {"ready"}
    with hub.database.write() as session:
        session.execute(delete(RenditionUse))
        session.execute(delete(Rendition))
    for stat in list(hub.storage.list("renditions/")):
        hub.storage.delete(stat.key)
    assert made() == first
    out, _ = renditions.take(hub, SYSTEM, next(iter(first)), stated=StatedUse())
    assert out.data is not None
    assert len(out.data) == out.size_bytes


def test_what_cannot_be_asked_for_is_refused_in_words(hub: Hub) -> None:
    asset_id, waiting = free_row(hub), asset_row(hub, status="received")
    cases = [
        (SYSTEM, asset_id, ["no.such.preset"], NotFound, "unknown_preset"),
        (SYSTEM, asset_id, ["\ud800"], NotFound, "unknown_preset"),
        (SYSTEM, asset_id, [], Invalid, "invalid"),
        (SYSTEM, asset_id, [f"p{number}" for number in range(201)], Invalid, "invalid"),
        (SYSTEM, waiting, [SQUARE], Conflict, "asset_not_ready"),
        (SYSTEM, "ast_unknown", [SQUARE], NotFound, "not_found"),
        (VIEWER, asset_id, [SQUARE], Forbidden, "forbidden"),
        (creator_actor(hub, "ana"), asset_id, [SQUARE], Forbidden, "forbidden"),
    ]
    for actor, target, presets, wrong, code in cases:
        with pytest.raises(wrong) as caught:
            renditions.request(hub, actor, target, presets)
        assert caught.value.code == code
    assert (count(hub, Rendition), count(hub, jobs)) == (0, 0)
    with pytest.raises(NotFound):
        renditions.get(hub, SYSTEM, "rnd_unknown")
    with pytest.raises(Forbidden):
        renditions.take(hub, VIEWER, "rnd_unknown", stated=StatedUse())


def test_many_renditions_cost_as_many_queries_as_few(hub: Hub) -> None:
    assets = [free_row(hub, f"{number}.jpg") for number in range(12)]
    made = [ids(renditions.request(hub, SYSTEM, asset_id, [SQUARE, WEB])) for asset_id in assets]
    counted = []
    for wanted in (made[0], [name for names in made for name in names]):
        with statements(hub) as seen:
            assert len(renditions.get_many(hub, SYSTEM, wanted)) == len(wanted)
        counted.append(len(seen))
    assert counted[0] == counted[1] <= 3


def test_more_ids_than_one_statement_takes_are_asked_for_in_pieces(hub: Hub) -> None:
    (rendition,) = ids(renditions.request(hub, SYSTEM, free_row(hub), [SQUARE]))
    many = [f"rnd_{number}" for number in range(40_000)]
    assert set(renditions.get_many(hub, SYSTEM, [*many, rendition])) == {rendition}


# What is written into a file


def test_the_hubs_own_record_of_the_creator_comes_before_what_the_file_says() -> None:
    claims = Embedded(creator="Claimed", credit="Claimed credit", copyright="© Claimed", title="Title", gps=(1.0, 2.0))
    asset = Asset(id="ast_1", facts=facts_of(embedded=claims).dump())
    mark = imprint_for(asset, Creator(handle="ana", display_name="", credit_line=""))
    assert (mark.creator, mark.credit, mark.copyright, mark.asset_id) == ("@ana", "@ana", "© Claimed", "ast_1")
    full = imprint_for(asset, Creator(handle="ana", display_name="Ana B.", credit_line="Photo: Ana"))
    assert (full.creator, full.credit) == ("Ana B.", "Photo: Ana")
    alone = imprint_for(asset, None)
    assert (alone.creator, alone.credit) == ("Claimed", "Claimed credit")
    assert "Title" not in str(full.dump())


def test_what_is_declared_own_names_the_company_and_keeps_the_authors_name_alone() -> None:
    claims = Embedded(
        creator="Claimed", credit="Claimed", copyright="\u00a9 Claimed", usage_terms="Ask me", licensor="Claimed"
    )
    asset = Asset(id="ast_1", facts=facts_of(embedded=claims).dump())
    mark = own_imprint(asset, None, "Sun Brand")
    assert (mark.creator, mark.credit, mark.copyright) == ("Claimed", "Sun Brand", "\u00a9 Sun Brand")
    assert (mark.usage_terms, mark.licensor, mark.web_statement) == (None, "Sun Brand", None)
    known = own_imprint(asset, Creator(handle="ana", display_name="Ana B.", credit_line="Photo: Ana"), "Sun Brand")
    assert (known.creator, known.credit) == ("Ana B.", "Photo: Ana")
    nameless = own_imprint(asset, None, None)
    assert (nameless.credit, nameless.copyright, nameless.licensor) == (None, None, None)


def test_a_rendition_of_the_companys_own_asset_says_so(hub: Hub) -> None:
    ours = replace(hub, settings=replace(hub.settings, party="sun-brand"))
    asset_id = asset_row(hub, facts=facts_of(embedded=Embedded(creator="Jane", copyright="\u00a9 Jane")))
    with hub.database.write() as session:
        licensing.declare_own(hub, session, SYSTEM, asset_id=asset_id)
    (framing,) = renditions.plan(ours, SYSTEM, asset_id, [SQUARE])
    assert framing.plans[0].imprint.copyright == "\u00a9 sun-brand"
    (unnamed,) = renditions.plan(hub, SYSTEM, asset_id, [SQUARE])
    assert unnamed.plans[0].imprint.copyright is None, "nobody has said how the company is called"


@pytest.mark.parametrize(
    ("address", "kept"),
    [("https://a.example/licence", True), ("http://a.example", True), ("javascript:alert(1)", False), (None, False)],
)
def test_only_an_address_of_the_web_is_handed_on(address: str | None, kept: bool) -> None:
    asset = Asset(id="ast_1", facts=facts_of(embedded=Embedded(web_statement=address)).dump())
    assert imprint_for(asset, None).web_statement == (address if kept else None)


def test_a_rendition_without_its_job_is_not_waited_for() -> None:
    row = Rendition(status="queued", job_id=1)
    assert state_of(row, None)[0] == "failed"
    assert _why(None)[0] == "no_result"
