"""The form of a grant: what the reference says of it is what the code takes."""

from __future__ import annotations

from dataclasses import fields

import pytest

from tests.support import ROOT
from ugc_hub.accounts import SYSTEM
from ugc_hub.errors import Invalid
from ugc_hub.hub import Hub
from ugc_hub.licensing import Agreed, Draft, add, form
from ugc_hub.licensing.grants import CAPS, COUNTERS
from ugc_hub.licensing.grants import MEMBERS as KNOWN
from ugc_hub.rights import Window


def test_every_member_that_a_grant_takes_is_explained_and_no_other() -> None:
    assert set(form.MEMBERS) | set(form.SET_BY_HUB) == KNOWN | set(CAPS) | COUNTERS
    assert set(form.WINDOW) == {one.name for one in fields(Window)}
    assert set(form.AGREEMENT) == {one.name for one in fields(Agreed)} - {"text_sha256"}


@pytest.mark.parametrize(
    "plain",
    [
        {"chanels": ["email"]},
        {"effect": "permit", "channels": ["fax"]},
        {"effect": "permit", "channels": 7},
        *({"effect": "permit", name: "\ud800"} for name in ("subject", "products", "grantee", "sublicense_to", "note")),
        {"effect": "permit", "grantee": ["brand", "a\x00b"]},
        {"effect": "permit", "duties": [{"duty": "credit", "text": "\udfff"}]},
    ],
)
def test_what_a_grant_does_not_take_is_refused_with_the_place_of_the_reference(
    hub: Hub, plain: dict[str, object]
) -> None:
    with pytest.raises(Invalid, match=form.REFERENCE), hub.database.write() as session:
        add(hub, session, SYSTEM, Draft(plain, ()))
    assert "`future_media`" in (ROOT / form.REFERENCE).read_text(encoding="utf-8")
