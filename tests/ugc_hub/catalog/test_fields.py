"""Fields of campaigns: what they take, what is missing, and what happens to values when a field changes."""

from __future__ import annotations

import pytest

from tests.ugc_hub.rows import asset_row, creator_actor, statements
from ugc_hub import catalog, licensing
from ugc_hub.accounts import SYSTEM, Actor
from ugc_hub.catalog import Change, DefinedField, Definition, Description, FieldChange, Query, Selection
from ugc_hub.catalog.fields import KINDS, Plain, clean
from ugc_hub.creators import the_creator
from ugc_hub.database import feed
from ugc_hub.errors import Conflict, Forbidden, HubError, Invalid, NotFound
from ugc_hub.hub import Hub
from ugc_hub.jobs.following import Follower
from ugc_hub.models import AssetRights, Event, FieldValue
from ugc_hub.search.engine import Request, Sight
from ugc_hub.search.language import Clock, parse

MANAGER, DESIGNER, VIEWER = Actor("usr_m", "content_manager"), Actor("usr_d", "designer"), Actor("usr_v", "viewer")
COLOUR = Definition("Colour", "choice", choices=("red", "dark blue"))


def defined(hub: Hub, definition: Definition = COLOUR, campaign: str = "Summer") -> DefinedField:
    return catalog.add_field(hub, MANAGER, campaign, definition)


def filled(hub: Hub, asset_id: str, **values: Plain) -> dict[str, str | None]:
    view = catalog.describe(hub, DESIGNER, asset_id, Description(fields=values))
    return {one.name: one.value for one in view.fields}


def said(hub: Hub, *asset_ids: str) -> list[dict[str, str | None]]:
    return [{one.name: one.value for one in catalog.get(hub, SYSTEM, asset).fields} for asset in asset_ids]


def found(hub: Hub, words: str) -> list[str]:
    reading = parse(words, Clock(hub.now()))
    assert not reading.problems
    hits = hub.index.engine().search(Request(Sight(everything=True), reading.tree)).hits
    return sorted(hit.id for hit in hits)


@pytest.mark.parametrize(
    ("kind", "given", "kept"),
    [
        ("text", "  Cafe\u0301  au\nlait ", "Café au lait"),
        ("text", 12, "12"),
        ("number", "+012.50", "12.5"),
        ("number", 3.5, "3.5"),
        ("number", 1e6, "1000000"),
        ("number", -0.0, "0"),
        ("number", "-7", "-7"),
        ("date", "2028-02-29", "2028-02-29"),
        ("choice", "DARK  Blue", "dark blue"),
        ("yes_no", True, "yes"),
        ("yes_no", "No", "no"),
        ("text", " ", None),
        ("yes_no", None, None),
    ],
)
def test_a_value_is_kept_in_one_spelling(kind: str, given: Plain, kept: str | None) -> None:
    assert clean(kind, COLOUR.choices, given) == kept
    assert clean(kind, COLOUR.choices, kept) == kept


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("text", "x" * 501),
        ("text", "a\x00b"),
        ("number", "1,5"),
        ("number", "1234567890123456"),
        ("number", float("nan")),
        ("number", float("inf")),
        ("number", 1e300),
        ("number", "١٢"),
        ("date", "2026-02-29"),
        ("date", "20260228"),
        ("choice", "green"),
        ("yes_no", "perhaps"),
    ],
)
def test_what_a_kind_does_not_take_is_refused(kind: str, given: Plain) -> None:
    with pytest.raises(Invalid):
        clean(kind, COLOUR.choices, given)


def test_an_asset_says_what_its_campaign_asks_and_what_is_missing(hub: Hub) -> None:
    asset, other = asset_row(hub, campaign="Summer"), asset_row(hub, campaign="Winter")
    defined(hub)
    defined(hub, Definition("Shot on", "date", required=True))
    assert catalog.get(hub, VIEWER, asset).missing == ("Shot on",)
    assert filled(hub, asset, COLOUR="Red", **{"shot on": "2026-05-01"}) == {"Colour": "red", "Shot on": "2026-05-01"}
    assert filled(hub, asset, colour=None) == {"Colour": None, "Shot on": "2026-05-01"}
    assert catalog.get(hub, VIEWER, asset).missing == ()
    assert catalog.get(hub, VIEWER, other).fields == ()
    listed = {one.id: one.fields for one in catalog.find(hub, VIEWER, Query()).items}
    assert [one.value for one in listed[asset]] == [None, "2026-05-01"]


def test_a_value_that_is_not_taken_changes_nothing_at_all(hub: Hub) -> None:
    asset = asset_row(hub, campaign="Summer")
    defined(hub)
    for values in ({"Colour": "green"}, {"Size": "3"}, {"Colour": "red", "colour": "red"}):
        with pytest.raises(Invalid):
            catalog.describe(hub, DESIGNER, asset, Description(title="T", tags=["a"], fields=values))
    view = catalog.get(hub, SYSTEM, asset)
    assert (view.title, view.tags, view.fields[0].value) == ("", (), None)


def test_only_managers_define_fields(hub: Hub) -> None:
    asset = asset_row(hub, campaign="Summer", creator="ana")
    field = defined(hub)
    for actor in (DESIGNER, VIEWER):
        assert catalog.list_fields(hub, actor) == {"Summer": (field,)}
        with pytest.raises(Forbidden):
            catalog.add_field(hub, actor, "Summer", Definition("Size"))
        with pytest.raises(Forbidden):
            catalog.change_field(hub, actor, field.id, FieldChange(required=True))
        with pytest.raises(Forbidden):
            catalog.remove_field(hub, actor, field.id)
    for actor in (VIEWER, creator_actor(hub, "ana")):
        with pytest.raises(Forbidden):
            catalog.describe(hub, actor, asset, Description(fields={"Colour": "red"}))


@pytest.mark.parametrize(
    ("campaign", "definition", "code"),
    [
        ("Summer", Definition("COLOUR"), "field_taken"),
        ("Autumn", Definition("Size"), "not_found"),
        ("Summer", Definition("a=b"), "invalid"),
        ("Summer", Definition(" "), "invalid"),
        ("Summer", Definition("x" * 41), "invalid"),
        ("Summer", Definition("Size", "choice"), "invalid"),
        ("Summer", Definition("Size", "choice", choices=("x" * 61,)), "invalid"),
        ("Summer", Definition("Size", "money"), "invalid"),
    ],
)
def test_a_field_that_cannot_be_is_refused(hub: Hub, campaign: str, definition: Definition, code: str) -> None:
    asset_row(hub, campaign="Summer")
    field = defined(hub)
    with pytest.raises(HubError) as problem:
        defined(hub, definition, campaign)
    assert problem.value.code == code
    assert catalog.list_fields(hub, SYSTEM) == {"Summer": (field,)}


def test_another_kind_converts_what_converts_and_refuses_the_rest_with_its_number(hub: Hub) -> None:
    ids = [asset_row(hub, f"{number}.jpg", campaign="Summer") for number in range(4)]
    field = defined(hub, Definition("Pieces"))
    for asset, value in zip(ids, ("012", "12", "1.50", "many"), strict=True):
        filled(hub, asset, Pieces=value)
    with pytest.raises(Conflict) as problem:
        catalog.change_field(hub, MANAGER, field.id, FieldChange(name="Number", kind="number"))
    assert (problem.value.code, problem.value.extra) == ("field_in_use", {"assets": 1})
    assert catalog.get_field(hub, SYSTEM, field.id).name == "Pieces"
    assert said(hub, ids[0]) == [{"Pieces": "012"}]
    filled(hub, ids[3], Pieces="")
    changed = catalog.change_field(hub, MANAGER, field.id, FieldChange(name="Number", kind="number"))
    assert (changed.kind, changed.assets) == ("number", 3)
    assert [one["Number"] for one in said(hub, *ids)] == ["12", "12", "1.5", None]
    assert catalog.get(hub, SYSTEM, ids[2]).as_dict()["fields"][0]["value"] == 1.5


def test_a_choice_in_use_stays_and_gets_another_spelling(hub: Hub) -> None:
    asset = asset_row(hub, campaign="Summer")
    field = defined(hub)
    filled(hub, asset, Colour="red")
    with pytest.raises(Conflict) as problem:
        catalog.change_field(hub, MANAGER, field.id, FieldChange(choices=("dark blue",)))
    assert problem.value.extra == {"assets": 1}
    changed = catalog.change_field(hub, MANAGER, field.id, FieldChange(choices=("RED", "green")))
    assert changed.choices == ("RED", "green")
    assert said(hub, asset) == [{"Colour": "RED"}]


def test_every_kind_becomes_text(hub: Hub) -> None:
    asset = asset_row(hub, campaign="Summer")
    given = {"text": "a", "number": "1.5", "date": "2026-05-01", "choice": "red", "yes_no": "yes"}
    for kind in KINDS:
        field = defined(hub, Definition(kind, kind, choices=COLOUR.choices))
        filled(hub, asset, **{kind: given[kind]})
        assert catalog.change_field(hub, MANAGER, field.id, FieldChange(kind="text")).choices == ()
    assert said(hub, asset) == [given]


def test_a_field_with_values_goes_only_on_purpose(hub: Hub) -> None:
    asset = asset_row(hub, campaign="Summer")
    field = defined(hub)
    filled(hub, asset, Colour="red")
    with pytest.raises(Conflict) as problem:
        catalog.remove_field(hub, MANAGER, field.id)
    assert problem.value.extra == {"assets": 1}
    assert catalog.remove_field(hub, MANAGER, field.id, values=True) == 1
    assert catalog.get(hub, SYSTEM, asset).fields == ()
    for call in (catalog.get_field, catalog.remove_field):
        with pytest.raises(NotFound):
            call(hub, MANAGER, field.id)


def test_an_edit_fills_many_and_its_undoing_brings_each_back(hub: Hub) -> None:
    ids = tuple(asset_row(hub, f"{number}.jpg", campaign="Summer") for number in range(3))
    defined(hub)
    filled(hub, ids[0], Colour="dark blue")
    filled(hub, ids[1], Colour="red")
    before = said(hub, *ids)
    made = catalog.edit_many(hub, DESIGNER, Selection(ids), Change(fields={"colour": "RED"}))
    assert (made.fields, made.chosen, made.changed) == (("fields",), 3, 2)
    assert said(hub, *ids) == [{"Colour": "red"}] * 3
    assert catalog.undo(hub, DESIGNER, made.id).undone == 2
    assert said(hub, *ids) == before
    emptied = catalog.edit_many(hub, DESIGNER, Selection(ids), Change(fields={"colour": None}))
    assert (emptied.changed, said(hub, *ids)) == (2, [{"Colour": None}] * 3)
    filled(hub, ids[0], Colour="red")
    assert catalog.undo(hub, DESIGNER, emptied.id).kept_assets == ((ids[0], "0.jpg"),)
    assert said(hub, *ids) == [{"Colour": "red"}, *before[1:]]


def test_undoing_brings_nothing_back_that_the_field_does_not_take_any_more(hub: Hub) -> None:
    ids = tuple(asset_row(hub, f"{number}.jpg", campaign="Summer") for number in range(2))
    field = defined(hub)
    filled(hub, ids[0], Colour="dark blue")
    made = catalog.edit_many(hub, DESIGNER, Selection(ids), Change(fields={"Colour": "red"}))
    catalog.change_field(hub, MANAGER, field.id, FieldChange(choices=("red",)))
    undone = catalog.undo(hub, DESIGNER, made.id)
    assert (undone.undone, undone.kept) == (1, 1)
    assert said(hub, *ids) == [{"Colour": "red"}, {"Colour": None}]
    made = catalog.edit_many(hub, DESIGNER, Selection(ids), Change(fields={"Colour": None}))
    catalog.change_field(hub, MANAGER, field.id, FieldChange(kind="text"))
    assert catalog.undo(hub, DESIGNER, made.id).kept == 1
    assert said(hub, *ids) == [{"Colour": None}] * 2


def test_an_edit_names_only_fields_that_all_of_its_assets_have(hub: Hub) -> None:
    ids = tuple(asset_row(hub, f"{name}.jpg", campaign=name) for name in ("Summer", "Winter"))
    defined(hub)
    for change in (Change(title="T", fields={"Colour": "red"}), Change(title="T", fields={"Size": "3"})):
        with pytest.raises(Invalid) as problem:
            catalog.edit_many(hub, DESIGNER, Selection(ids), change)
        assert problem.value.code == "no_such_field"
    defined(hub, Definition("colour", "number"), "Winter")
    with pytest.raises(Invalid):
        catalog.edit_many(hub, DESIGNER, Selection(ids), Change(fields={"Colour": "red"}))
    assert catalog.list_edits(hub, SYSTEM) == []
    moved = catalog.edit_many(hub, DESIGNER, Selection(ids), Change(campaign="Winter", fields={"Colour": 4}))
    assert said(hub, *ids) == [{"colour": "4"}] * 2
    catalog.undo(hub, DESIGNER, moved.id)
    assert said(hub, *ids) == [{"Colour": None}, {"colour": None}]


def test_an_asset_that_comes_back_to_its_campaign_says_again_what_it_said(hub: Hub) -> None:
    asset = asset_row(hub, campaign="Summer")
    defined(hub)
    filled(hub, asset, Colour="red")
    moved = catalog.edit_many(hub, DESIGNER, Selection((asset,)), Change(campaign="Winter"))
    assert said(hub, asset) == [{}]
    catalog.undo(hub, DESIGNER, moved.id)
    assert said(hub, asset) == [{"Colour": "red"}]


def test_an_edit_of_fields_takes_as_many_statements_for_many_assets_as_for_one(hub: Hub) -> None:
    ids = tuple(asset_row(hub, f"{number}.jpg", campaign="Summer") for number in range(30))
    defined(hub)
    counts = []
    for some, value in ((ids[:1], "red"), (ids, "dark blue")):
        with statements(hub) as seen:
            catalog.undo(
                hub, SYSTEM, catalog.edit_many(hub, SYSTEM, Selection(some), Change(fields={"Colour": value})).id
            )
        counts.append(len([one for one in seen if "RETURNING" not in one]))
    assert counts[0] == counts[1]


def test_the_index_finds_values_and_what_is_incomplete(hub: Hub) -> None:
    one, two = (asset_row(hub, f"{number}.jpg", campaign="Summer") for number in range(2))
    other = asset_row(hub, "2.jpg", campaign="Winter")
    follower = Follower(hub)
    follower.step()
    field = defined(hub, Definition("Shoot colour", "choice", required=True, choices=("Rot", "dark blue")))
    defined(hub, Definition("Price", "number"))
    follower.step()
    assert found(hub, "is:incomplete") == sorted([one, two])
    filled(hub, one, Price=12.5, **{"Shoot colour": "rot"})
    filled(hub, two, **{"Shoot colour": "dark blue"})
    follower.step()
    assert found(hub, 'custom:"shoot colour=ROT"') == found(hub, "custom:price=12.5") == [one]
    assert found(hub, 'custom:"Shoot colour=dark blue"') == [two]
    assert found(hub, "is:incomplete") == []
    catalog.change_field(hub, MANAGER, field.id, FieldChange(name="Colour"))
    follower.step()
    assert found(hub, "custom:colour=rot") == [one]
    catalog.edit_many(hub, SYSTEM, Selection((one, two)), Change(campaign="Winter"))
    follower.step()
    assert found(hub, "custom:colour=rot") == []
    catalog.edit_many(hub, SYSTEM, Selection((one, two, other)), Change(campaign="Summer"))
    follower.step()
    assert found(hub, "custom:colour=rot") == [one]
    assert found(hub, "is:incomplete") == [other]
    catalog.remove_field(hub, MANAGER, field.id, values=True)
    follower.step()
    assert found(hub, "is:incomplete") == []


@pytest.mark.parametrize("hub", ["sqlite"], indirect=True)
def test_words_of_texts_and_choices_are_found_without_naming_the_field(hub: Hub) -> None:
    one, two = sorted(asset_row(hub, f"{number}.jpg", campaign="Summer") for number in range(2))
    defined(hub, Definition("Colour", "choice", choices=("Rot", "dark blue")))
    for name, kind in (("Scene", "text"), ("Fee", "number"), ("Paid", "yes_no")):
        defined(hub, Definition(name, kind))
    filled(hub, one, Scene="Unboxing at the kitchen tables", Fee=4711, Paid=True)
    filled(hub, two, Colour="dark blue", Scene="hidden kitchen")
    with hub.database.write() as session:
        session.merge(AssetRights(asset_id=two, legal_order=True, updated_at=hub.now()))
    Follower(hub).step()
    assert found(hub, "table unboxing") == found(hub, '"the kitchen"') == found(hub, "kitch*") == [one]
    assert found(hub, "yes") == found(hub, "4711") == found(hub, "scene") == found(hub, '"tables dark"') == []
    assert found(hub, "blue") == found(hub, "hidden") == [], "a legal order hides what tells of it"
    with hub.database.write() as session:
        session.merge(AssetRights(asset_id=two, legal_order=False, updated_at=hub.now()))
    Follower(hub).step()
    assert found(hub, "blue") == [two]


def test_numbers_and_days_are_found_in_ranges(hub: Hub) -> None:
    one, two, three = sorted(asset_row(hub, f"{number}.jpg", campaign="Summer") for number in range(3))
    for name, kind in (("Fee paid", "number"), ("Day", "date"), ("Note", "text")):
        defined(hub, Definition(name, kind))
    filled(hub, one, Day="2026-05-01", Note="400", **{"Fee paid": -2.5})
    filled(hub, two, Day="2026-05-31", **{"Fee paid": 400})
    filled(hub, three, Note="2026-05-01")
    Follower(hub).step()
    assert found(hub, 'custom:"fee paid":[-3 TO 399.99]') == [one]
    assert found(hub, 'custom:"Fee paid">=400') == [two]
    assert found(hub, "custom:day:2026-05") == [one, two]
    assert found(hub, "custom:day:[2026-05 TO 2026-05]") == [one, two]
    assert found(hub, "custom:day>2026-05-01") == [two]
    assert found(hub, "-custom:day<=2026-06") == [three]
    assert found(hub, "custom:note>1") == found(hub, "custom:note>2026-01-01") == []


def test_fields_are_noted_for_the_assets_of_their_campaign_and_values_for_one(hub: Hub) -> None:
    one, two = sorted(asset_row(hub, f"{number}.jpg", campaign="Summer") for number in range(2))
    asset_row(hub, "other.jpg", campaign="Winter")

    def noted(since: int) -> list[str]:
        with hub.database.read() as session:
            changes = feed.changes(hub.database, session, since)
        assert changes is not None
        return sorted({entry.asset_id for entry in changes.entries})

    def end() -> int:
        with hub.database.read() as session:
            return feed.upto(hub.database, session)

    start = end()
    field = defined(hub)
    assert noted(start) == [one, two]
    for value in ("red", "dark blue", None):
        start = end()
        filled(hub, two, Colour=value)
        assert noted(start) == [two]
    start = end()
    catalog.remove_field(hub, MANAGER, field.id)
    assert noted(start) == [one, two]


def test_entries_say_which_fields_and_not_what_they_say(hub: Hub) -> None:
    asset = asset_row(hub, campaign="Summer")
    field = defined(hub, Definition("Model"))
    filled(hub, asset, Model="Ana")
    filled(hub, asset, Model="Ana")
    catalog.change_field(hub, MANAGER, field.id, FieldChange(required=True))
    catalog.change_field(hub, MANAGER, field.id, FieldChange(required=True))
    catalog.remove_field(hub, MANAGER, field.id, values=True)
    kinds = ("asset.filled", "field.added", "field.changed", "field.removed")
    with hub.database.read() as session:
        events = session.query(Event).filter(Event.kind.in_(kinds)).order_by(Event.id).all()
    assert [event.kind for event in events] == ["field.added", "asset.filled", "field.changed", "field.removed"]
    assert (events[1].actor, events[1].object_id, events[1].body) == ("usr_d", asset, {"fields": [field.id]})
    assert events[2].body == {"changed": ["required"], "converted": 0}
    assert not any("Ana" in str(event.body) for event in events)


def test_erasing_takes_the_values_along(hub: Hub) -> None:
    asset = asset_row(hub, campaign="Summer", creator="ana")
    defined(hub, Definition("Model"))
    filled(hub, asset, Model="Ana")
    licensing.erase_creator(hub, SYSTEM, the_creator(hub, "ana").id, reason="asked")
    with hub.database.read() as session:
        assert session.query(FieldValue).count() == 0
