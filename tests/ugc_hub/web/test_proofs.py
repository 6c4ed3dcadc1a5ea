"""Files that prove something, sent by forms of pages as a browser without scripts sends them."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from tests.ugc_hub.licensing.rows import clear
from tests.ugc_hub.permissions.rows import own_asset
from tests.ugc_hub.rows import asset_row
from tests.ugc_hub.web.conftest import Person
from tests.ugc_hub.web.granted import cleared, give
from ugc_hub.hub import Hub
from ugc_hub.models import DutyFulfilment, Evidence, Grant, RightsRequest

Browser = Callable[[str], Person]
HERE = {"Sec-Fetch-Site": "same-origin"}
PROOF = b"#yesBrand"
PAY = {"duty": "pay", "phase": "pre", "amount_micros": 250_000_000, "currency": "EUR"}


def form_of(page: str, action: str) -> str:
    """The form of a page that is sent to an address."""
    found = re.search(rf'<form[^>]*action="{re.escape(action)}".*?</form>', page, re.DOTALL)
    assert found is not None, action
    assert 'enctype="multipart/form-data"' in found[0], "or the browser sends only the name of the file"
    assert "data-scripted" not in found[0], "or a browser without scripts does not show it"
    return found[0]


def sent(person: Person, page: str, action: str, **fields: Any) -> Any:
    """Send a form as it stands on the page, without what scripts add."""
    hidden = re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)">', form_of(page, action))
    data = {**dict(hidden), **fields}
    return person.client.post(action, data=data, headers=HERE, content_type="multipart/form-data")


def test_a_grant_is_proven_and_put_into_force_without_scripts(hub: Hub, browser: Browser) -> None:
    manager = browser("content_manager")
    asset = cleared(hub)
    grant = give(hub, asset, proof=None, evidence_level=1)
    path = f"/grants/{grant}"
    page = manager.get(path).text
    action = f"{path}/proofs"
    nothing = sent(manager, page, action, kind="note", file=(io.BytesIO(b""), ""))
    assert (nothing.status_code, "Choose the file that proves it" in nothing.text) == (422, True)
    wrong = sent(manager, page, action, kind="a hunch", file=(io.BytesIO(PROOF), "reply.txt"))
    assert wrong.status_code == 422
    fields = {"kind": "dm_export", "source_url": "https://example.org/p/1"}
    kept = sent(manager, page, action, **fields, file=(io.BytesIO(PROOF), "reply.txt"))
    assert (kept.status_code, kept.headers["Location"]) == (303, path)
    with hub.database.read() as session:
        row = session.scalars(select(Evidence)).one()
        assert (row.kind, row.size_bytes, row.source_url) == ("dm_export", len(PROOF), "https://example.org/p/1")
        assert session.get_one(Grant, grant).state == "active"


def test_a_form_with_a_file_proves_by_its_own_field_that_it_comes_from_the_page(hub: Hub, browser: Browser) -> None:
    manager = browser("content_manager")
    grant = give(hub, cleared(hub), proof=None)
    for token in ("", "another"):
        data = {"csrf": token, "kind": "note", "file": (io.BytesIO(PROOF), "reply.txt")}
        answer = manager.client.post(f"/grants/{grant}/proofs", data=data, headers=HERE)
        assert answer.status_code == 403
    data = {"csrf": manager.csrf, "kind": "note", "file": (io.BytesIO(PROOF), "reply.txt")}
    there = {"Sec-Fetch-Site": "cross-site"}
    assert manager.client.post(f"/grants/{grant}/proofs", data=data, headers=there).status_code == 403
    with hub.database.read() as session:
        assert session.scalars(select(Evidence)).all() == []


def test_what_was_paid_is_proven_without_scripts(hub: Hub, browser: Browser) -> None:
    grant = clear(hub, asset_row(hub), duties=[PAY])
    manager = browser("content_manager")
    page = manager.get(f"/grants/{grant}").text
    answer = sent(manager, page, f"/grants/{grant}/duties/pay", note="Bank", proof=(io.BytesIO(b"paid"), "paid.pdf"))
    assert answer.status_code == 303
    with hub.database.read() as session:
        assert session.scalars(select(DutyFulfilment.proof_key)).one()


def test_an_answer_on_a_platform_is_kept_without_scripts(hub: Hub, browser: Browser) -> None:
    manager, asset = browser("content_manager"), own_asset(hub)
    page = manager.get(f"/rights/replies/new?asset={asset}").text
    fields = {"platform": "instagram", "handle": "@ana", "keyword": "#yesBrand", "replied_at": "2026-01-02"}
    picture = (io.BytesIO(b"\x89PNG" + b"x" * 1_500), "shot.png")
    answer = sent(
        manager, page, "/rights/replies", **fields, post_url="https://www.instagram.com/p/abc", screenshot=picture
    )
    assert answer.status_code == 303, answer.text
    with hub.database.read() as session:
        assert session.scalars(select(RightsRequest.state)).one() == "granted"
