"""How a query may go on: fields, fixed words, and values of those assets only that somebody may see."""

from __future__ import annotations

import pytest

from tests.ugc_hub.rows import asset_row, creator_actor
from ugc_hub import catalog
from ugc_hub.accounts import SYSTEM, Actor
from ugc_hub.catalog import Description, Suggestion, complete
from ugc_hub.catalog.indexing import rebuild
from ugc_hub.errors import Forbidden, Invalid
from ugc_hub.hub import Hub


def offered(hub: Hub, text: str, actor: Actor = SYSTEM, limit: int = 8) -> list[tuple[str, int | None]]:
    return [(one.query, one.count) for one in complete(hub, actor, text, limit)]


def test_a_word_is_offered_as_field_and_as_value(hub: Hub) -> None:
    asset_row(hub, creator="cara", campaign="Carnival 2026")
    asset_row(hub, creator="cara", campaign="Carnival 2026")
    asset_row(hub, creator="carl", campaign="Winter")
    rebuild(hub)
    assert offered(hub, "beach ca") == [
        ("beach campaign:", None),
        ("beach creator:cara ", 2),
        ('beach campaign:"Carnival 2026" ', 2),
        ("beach creator:carl ", 1),
    ]
    assert offered(hub, "creator:@car") == [("creator:cara ", 2), ("creator:carl ", 1)]
    assert offered(hub, "creator:@car", limit=1) == [("creator:cara ", 2)]


def test_a_value_is_offered_as_it_is_written(hub: Hub) -> None:
    one, two = asset_row(hub, creator="celik_99", campaign="Été à Paris"), asset_row(hub, creator="celik_9")
    catalog.describe(hub, SYSTEM, one, Description(tags=["Crème brûlée", "Straße", "Red_Shoe"]))
    catalog.describe(hub, SYSTEM, two, Description(tags=["Crème brûlée"]))
    rebuild(hub)
    assert offered(hub, "@celik") == [("creator:celik_9 ", 1), ("creator:celik_99 ", 1)]
    assert ("creator:celik_99 ", 1) in offered(hub, "@ceilk_99")
    assert offered(hub, "campaign:ete") == [('campaign:"Été à Paris" ', 1)]
    assert offered(hub, "-#creme") == [('-tag:"Crème brûlée" ', 2)]
    assert offered(hub, "tag:stras") == [("tag:Straße ", 1)]
    assert offered(hub, "tag:red") == [("tag:Red_Shoe ", 1)]
    assert offered(hub, "status:pend") == [("status:pending_review ", 2)]


def test_a_sign_before_a_word_says_what_it_is(hub: Hub) -> None:
    catalog.describe(hub, SYSTEM, asset_row(hub, creator="summerlin"), Description(tags=["Summer"]))
    rebuild(hub)
    assert offered(hub, "#sum") == offered(hub, "tag:#sum") == [("tag:Summer ", 1)]
    assert offered(hub, "@sum") == [("creator:summerlin ", 1)]
    assert offered(hub, "\uff03sum") == offered(hub, "tag:\uff03sum") == [("tag:Summer ", 1)], "of any width"
    assert offered(hub, "creator:#sum") == []


def test_a_synonym_offers_its_tag_and_says_so(hub: Hub) -> None:
    anna = creator_actor(hub, "anna")
    for tags in (["Trainers"], ["Trainers"], ["Trail shoes"]):
        catalog.describe(hub, SYSTEM, asset_row(hub, creator="ben"), Description(tags=tags))
    known = {one.name: one.id for one in catalog.list_tags(hub, SYSTEM)}
    catalog.set_synonyms(hub, SYSTEM, known["Trainers"], ["Sneakers", "snow boots", "träning"])
    catalog.set_synonyms(hub, SYSTEM, known["Trail shoes"], ["sneak"])
    rebuild(hub)

    def words(text: str, actor: Actor = SYSTEM) -> list[tuple[str, str, int | None]]:
        return [(one.query, one.synonym, one.count) for one in complete(hub, actor, text)]

    assert words("red sneak") == [("red tag:Trainers ", "Sneakers", 2), ('red tag:"Trail shoes" ', "sneak", 1)]
    assert words("#SNOW") == words('tag:"snow b') == words("tag:snow") == [("tag:Trainers ", "snow boots", 2)]
    assert words("tag:tra") == [("tag:Trainers ", "", 2), ('tag:"Trail shoes" ', "", 1)], "the tag begins so itself"
    assert words("tag:snaekers") == [("tag:Trainers ", "Sneakers", 2)]
    assert words("creator:sneak") == words("sneak", anna) == [], "nothing of hers has the tag"


def test_what_assets_have_is_offered_with_how_many_do(hub: Hub) -> None:
    anna = creator_actor(hub, "anna")
    asset_row(hub, creator="anna", campaign="Carnival")
    asset_row(hub, creator="ben")
    rebuild(hub)
    assert offered(hub, "has:C") == [("has:creator ", 2), ("has:campaign ", 1)]
    assert offered(hub, "has:craetor") == [("has:creator ", 2)]
    assert offered(hub, "has:c", anna) == [("has:creator ", 1), ("has:campaign ", 1)]
    assert offered(hub, "has:tran") == []


def test_what_nothing_begins_with_is_read_as_a_typing_error(hub: Hub) -> None:
    asset_row(hub, creator="carla.meier", campaign="Summer 2026")
    asset_row(hub, creator="ben", campaign="Winter sale")
    rebuild(hub)
    assert offered(hub, "beach smumer") == offered(hub, "beach sumer") == [('beach campaign:"Summer 2026" ', 1)]
    assert offered(hub, "creator:@crla") == offered(hub, "@calra") == [("creator:carla.meier ", 1)]
    assert offered(hub, 'campaign:"wintre sa') == [('campaign:"Winter sale" ', 1)]
    assert offered(hub, "craet") == [("created:", None), ("creator:", None)]
    for other in ("sxmxer", "bne", "tag:smumer", "usable:smumer"):
        assert offered(hub, other) == []


def test_fixed_words_need_no_index(hub: Hub) -> None:
    assert ("usable:paid_social ", None) in offered(hub, "usable:paid_s")
    assert complete(hub, SYSTEM, "territory:Germ")[0] == Suggestion("territory:DE ", "territory", "DE", "Germany")
    assert offered(hub, "territory:de")[0] == ("territory:DE ", None)
    assert offered(hub, 'created:"last m') == [('created:"last month" ', None)]
    assert ("edits:crop ", None) in offered(hub, "edits:cr")
    assert offered(hub, "platform:tik") == [("platform:tiktok ", None)]
    assert offered(hub, "tag:summ") == []


@pytest.mark.parametrize("text", ["", "beach ", 'campaign:"Done"', "roas:", "nothing:x"])
def test_where_nothing_is_typed_nothing_is_offered(hub: Hub, text: str) -> None:
    assert offered(hub, text) == []


@pytest.mark.req("R68")
def test_nobody_is_offered_or_told_the_number_of_what_they_may_not_see(hub: Hub) -> None:
    anna = creator_actor(hub, "anna")
    asset_row(hub, creator="anna", campaign="Spring")
    asset_row(hub, creator="annabel", campaign="Spring")
    asset_row(hub, creator="annabel", campaign="Secret")
    rebuild(hub)
    assert offered(hub, "creator:ann", anna) == [("creator:anna ", 1)]
    assert offered(hub, "creator:anabe", anna) == []
    assert offered(hub, "creator:anabe") == [("creator:annabel ", 2)]
    assert offered(hub, "campaign:s", anna) == [("campaign:Spring ", 1)]
    assert offered(hub, "campaign:s") == [("campaign:Spring ", 2), ("campaign:Secret ", 1)]


def test_wrong_numbers_and_strangers_are_refused(hub: Hub) -> None:
    with pytest.raises(Invalid):
        complete(hub, SYSTEM, "a", 0)
    with pytest.raises(Forbidden):
        complete(hub, Actor("usr_x", "nobody"), "a")
