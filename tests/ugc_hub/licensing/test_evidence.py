"""Proofs: how much each kind proves, what is missing in words, and that a broken one is noticed and told."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.ugc_hub.licensing.rows import clear
from tests.ugc_hub.rows import asset_row, user_row
from ugc_hub import licensing
from ugc_hub.accounts import SYSTEM
from ugc_hub.errors import Conflict, Invalid
from ugc_hub.hub import Hub
from ugc_hub.licensing import Agreed, Proof, Use
from ugc_hub.licensing.evidence import KINDS, lacking, look, reached
from ugc_hub.models import Evidence, Grant
from workers.queue.jobs import find
from workers.queue.shapes import Query


def reason(hub: Hub, asset_id: str, channel: str = "tv.linear") -> str | None:
    with hub.database.read() as session:
        return licensing.ask(hub, session, asset_id, Use(channel, ("DE",))).primary_reason


def attach(hub: Hub, grant: str, kind: str, data: bytes = b"yes") -> str:
    with hub.database.write() as session:
        return licensing.attach(hub, session, SYSTEM, grant_id=grant, proof=Proof(kind, data)).id


@pytest.mark.parametrize(
    ("kinds", "level"),
    [
        ((), 0),
        (("note",), 0),
        (("audit_certificate",), 0),
        (("screenshot",), 1),
        (("permalink_snapshot", "note"), 1),
        (("clickwrap",), 2),
        (("esign_pdf",), 2),
        (("esign_pdf", "audit_certificate"), 3),
        (("qualified_signature",), 4),
    ],
)
def test_each_kind_of_proof_reaches_its_level_and_what_is_missing_is_said(kinds: tuple[str, ...], level: int) -> None:
    assert reached(kinds) == level
    assert [bool(lacking(stated, kinds)) for stated in range(5)] == [stated > level for stated in range(5)]
    if level < 4:
        assert lacking(level + 1, kinds).startswith(f"Level {level + 1} needs ")


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_level_that_somebody_typed_opens_nothing_without_its_proof(hub: Hub, kind: str) -> None:
    asset = asset_row(hub)
    grant = clear(hub, asset, evidence_level=4, evidence_ok=False)
    attach(hub, grant, kind)
    expected = None if kind == "qualified_signature" else "EVIDENCE_BROKEN"
    assert reason(hub, asset) == expected


def test_a_signed_file_and_the_certificate_of_its_trail_reach_the_third_level_together(hub: Hub) -> None:
    asset = asset_row(hub)
    grant = clear(hub, asset, state="pending", evidence_ok=False)
    attach(hub, grant, "esign_pdf")
    with pytest.raises(Conflict, match="audit_certificate"), hub.database.write() as session:
        licensing.set_state(hub, session, SYSTEM, grant_id=grant, state="active")
    attach(hub, grant, "audit_certificate", b"trail")
    with hub.database.write() as session:
        licensing.set_state(hub, session, SYSTEM, grant_id=grant, state="active")
    assert reason(hub, asset) is None


@pytest.mark.parametrize("kind", ["own_declaration", "imported_row", "override"])
def test_what_only_the_hub_writes_is_not_taken_from_people(hub: Hub, kind: str) -> None:
    grant = clear(hub, asset_row(hub))
    with pytest.raises(Invalid):
        attach(hub, grant, kind)


def notices(hub: Hub) -> list[dict[str, object]]:
    with hub.database.read() as session:
        return [dict(job.payload) for job in find(session.connection(), Query(kind="notice", limit=50))]


def test_a_broken_proof_ends_what_it_proved_and_is_told_to_legal_once(hub: Hub) -> None:
    legal = user_row(hub, "legal")
    user_row(hub, "content_manager")
    asset = asset_row(hub)
    grant = clear(hub, asset)
    proof = attach(hub, grant, "qualified_signature")
    assert reason(hub, asset) is None
    with hub.database.read() as session:
        (check,) = look(hub, session, [grant])
        assert check.broken == ()
    hub.storage.delete(f"evidence/{_sha256(hub, grant)}")
    for _ in range(2):
        with hub.database.write() as session:
            assert licensing.verify(hub, session) == [proof]
    assert reason(hub, asset) == "EVIDENCE_BROKEN"
    assert notices(hub) == [{"about": "broken", "grants": [grant], "user": legal.id}]


def _sha256(hub: Hub, grant: str) -> str:
    with hub.database.read() as session:
        return session.scalars(select(Evidence.sha256).where(Evidence.grant_id == grant)).one()


def test_a_broken_text_of_an_agreement_breaks_its_grants(hub: Hub) -> None:
    asset = asset_row(hub)
    sha256 = licensing.keep_text(hub, "You may.")
    with hub.database.write() as session:
        version = licensing.agree(hub, session, SYSTEM, Agreed("licence", text_sha256=sha256))
    grant = clear(hub, asset)
    with hub.database.write() as session:
        session.get_one(Grant, grant).version_id = version.id
    attach(hub, grant, "qualified_signature")
    hub.storage.delete(f"texts/{sha256}")
    hub.storage.put(f"texts/{sha256}", b"You may not.")
    with hub.database.write() as session:
        assert licensing.verify(hub, session) == [version.id]
    assert reason(hub, asset) == "EVIDENCE_BROKEN"
    hub.storage.delete(f"texts/{sha256}")
    licensing.keep_text(hub, "You may.")
    with hub.database.write() as session:
        assert licensing.verify(hub, session) == []
    assert reason(hub, asset) is None
