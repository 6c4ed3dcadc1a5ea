"""Codes of rights have names for people: every channel, edit and group of places, in every language, on every page."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.ugc_hub.rows import asset_row
from tests.ugc_hub.web.granted import Browser, cleared, give, html, words
from ugc_hub import licensing
from ugc_hub.accounts import SYSTEM
from ugc_hub.hub import Hub
from ugc_hub.licensing import Withdrawal
from ugc_hub.licensing.wording import CHILDREN, EDITS, channel_name, edit_name, place_name
from ugc_hub.permissions import wording
from ugc_hub.presets import catalogue
from ugc_hub.renditions.asking import unstated
from ugc_hub.rights import ANY_EDIT, codes, standard, world_atlas
from ugc_hub.rights.decisions import Reason
from ugc_hub.rights.reasons import explain

CHANNELS = sorted(standard().channels)
ALL_EDITS = sorted({*standard().edits, ANY_EDIT})
CODES = re.compile(
    rf"(?<![\w.])({'|'.join(re.escape(one) for one in (*CHANNELS, *ALL_EDITS) if set(one) & {*'._'})})\b"
)


def test_every_code_has_a_name_that_is_none() -> None:
    assert {name.partition(".")[2] for name in CHANNELS if "." in name} == set(CHILDREN)
    assert set(ALL_EDITS) == set(EDITS)
    for one in CHANNELS:
        assert not {*"._"} & {*channel_name(one)}
    for one in ALL_EDITS:
        assert "_" not in edit_name(one)
    for one in world_atlas().groups:
        assert place_name(one) != one


@pytest.mark.parametrize("locale", wording.LOCALES)
def test_every_code_has_a_name_in_every_language(locale: str) -> None:
    tables = wording._tables()
    roots = {name.partition(".")[0] for name in CHANNELS}
    for table, names in (("channels", roots), ("edits", ALL_EDITS), ("places", world_atlas().groups)):
        assert [name for name in names if locale not in tables[table].get(name, {})] == []
    for part in (name.partition(".")[2] for name in CHANNELS if "." in name):
        known = tables["parts"][part]
        assert locale in known or known["en"][0].isupper(), "only what is a name of its own is the same everywhere"
    said = [*(wording.channel(one, locale) for one in CHANNELS), *(wording.edit(one, locale) for one in ALL_EDITS)]
    assert [one for one in said if CODES.search(one) or "_" in one] == []


def test_no_sentence_of_the_rules_names_a_code() -> None:
    said = [
        explain(Reason(code, layer, "somebody", "ast_1", "approval")) for code in codes() for layer in (None, "music")
    ]
    sentences = [text for one in said for text in (one.sentence, one.next_step)]
    sentences += [unstated(preset) for preset in catalogue().presets]
    assert [text for text in sentences if CODES.search(text)] == []


def test_no_page_shows_a_code_of_a_channel_or_an_edit(hub: Hub, browser: Browser) -> None:
    asset = cleared(hub)
    some: dict[str, Any] = {"channels": CHANNELS, "territories": ["EU", "NORDICS"], "exclude_territories": ["RU"]}
    grant = give(hub, asset, edits=[one for one in ALL_EDITS if one not in standard().technical], **some)
    bars = give(hub, asset, effect="prohibit", edits=["audio_remove"], **some)
    withdrawn = Withdrawal("platform_revoked", channels=("paid_social.meta",), territories=("DE",))
    with hub.database.write() as session:
        licensing.revoke(hub, session, SYSTEM, grant_id=grant, withdrawal=withdrawn)
    video = asset_row(hub, "sea.mp4", kind="video")
    person = browser("content_manager")
    question = f"/assets/{asset}?channel=paid_social.meta&territory=EU&edit=audio_remove"
    use = "?use=1&use_channel=paid_social.tiktok&use_territories=NORDICS"
    pages = [
        question,
        f"/assets/{asset}{use}",
        f"/grants/{grant}",
        f"/grants/{bars}",
        f"/assets/{video}/storyboard{use}",
    ]
    for path in [
        *pages,
        "/grants",
        f"/grants/new?asset={asset}",
        "/rights",
        "/rights/expiring",
        "/takedowns",
        "/usages",
        "/",
    ]:
        text = words(html(person, path))
        assert CODES.findall(text) == [], path
    text = words(html(person, f"/grants/{grant}"))
    assert "in paid social (Meta) in Germany" in text
    assert "the European Union and the Nordic countries, but Russia" in text


def test_the_api_keeps_the_codes_and_adds_the_words(hub: Hub, browser: Browser) -> None:
    asset = cleared(hub)
    person = browser("content_manager")
    asked = {"channel": "paid_social.meta", "territories": ["DE"], "edits": ["audio_remove"]}
    answer = person.post(f"/api/v1/assets/{asset}/decisions", json=asked).get_json()
    assert answer["territory_decisions"] == {"DE": "deny"}
    assert answer["words"] == {
        "channel": "paid social (Meta)",
        "edits": {"audio_remove": "removing the sound"},
        "territories": {"DE": "Germany"},
    }
