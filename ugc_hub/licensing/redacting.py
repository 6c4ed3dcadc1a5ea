"""Takes the name by which somebody is credited out of kept decisions, so that they can still be made again.

The rule hands the words of a duty on and never looks at them. So what was kept is decided anew with a stand-in for each
of the words, and the answer differs in nothing else. The audit keeps the hash of what it left.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import String, cast, delete, select
from sqlalchemy.orm import Session

from ugc_hub.audit import record
from ugc_hub.hub import Hub
from ugc_hub.models import AgreementVersion, Asset, DecisionInput, DecisionRow, Grant, GrantAsset
from ugc_hub.rights import RULE_VERSION, decide, read_request, write_decision

from .canonical import digest
from .deciding import contents, read_rows
from .replaying import deviation_of, said_of
from .traces import named

Plain = dict[str, Any]


def scrub_decisions(
    hub: Hub, session: Session, creator_id: str | None, *, versions: Iterable[AgreementVersion], words: Collection[str]
) -> int:
    """Leave out of kept decisions how somebody is credited; return how many decisions named them.

    A decision that was tampered with before loses the name too, and stays one that the check names.
    """
    changed = 0
    for sha256 in sorted(_inputs(session, creator_id, versions)):
        before = session.get_one(DecisionInput, sha256)
        body, rows = before.body, _rows(session, sha256)
        left = _without(hub, body, words)
        results = {row.id: _without(hub, row.result, words) for row in rows}
        if left == body and all(results[row.id] == row.result for row in rows):
            continue
        _replace(hub, session, before, left=left, rows=[(row, results[row.id]) for row in rows])
        changed += len(rows)
    return changed


def _inputs(session: Session, creator_id: str | None, versions: Iterable[AgreementVersion]) -> set[str]:
    """Return the rows that decisions about their assets were made of, also where they were an ingredient of others."""
    agreed = select(GrantAsset.asset_id).join(Grant, Grant.id == GrantAsset.grant_id)
    agreed = agreed.where(Grant.version_id.in_([row.id for row in versions]))
    owned = select(Asset.id).where(Asset.creator_id == creator_id)
    ids = sorted({*session.scalars(agreed), *session.scalars(owned)})
    found: set[str] = set()
    for start in range(0, len(ids), 500):
        some = ids[start : start + 500]
        found |= set(session.scalars(select(DecisionRow.input_sha256).where(DecisionRow.asset_id.in_(some))))
    mixed = select(DecisionRow.input_sha256, DecisionRow.request)
    mixed = mixed.where(cast(DecisionRow.request, String).contains('"ingredients"'))
    known = set(ids)
    return found | {one for one, request in session.execute(mixed) if known & set(request.get("ingredients") or ())}


def _rows(session: Session, sha256: str) -> list[DecisionRow]:
    wanted = select(DecisionRow).where(DecisionRow.input_sha256 == sha256).order_by(DecisionRow.id)
    return list(session.scalars(wanted))


def _without(hub: Hub, plain: Plain, words: Collection[str]) -> Plain:
    """Return rows or an answer with a stand-in for each text of a duty that names somebody."""

    def scrubbed(duty: Plain) -> Plain:
        return {
            key: _stand_in(hub, value) if isinstance(value, str) and named(value, words) else value
            for key, value in duty.items()
        }

    def in_duties(one: Plain) -> Plain:
        return {**one, "duties": [scrubbed(duty) for duty in one["duties"]]} if one.get("duties") else one

    if "grants" in plain:
        return {**plain, "grants": [in_duties(grant) for grant in plain["grants"]]}
    return in_duties(plain)


def _stand_in(hub: Hub, text: str) -> str:
    """Return what stands for a text: two that differed still do, and nobody without the secret can try names on it."""
    made = hmac.new(hub.secret, b"credit\n" + text.encode(), hashlib.sha256).hexdigest()
    return f"erased {made[:12]}"


def _replace(
    hub: Hub, session: Session, before: DecisionInput, *, left: Plain, rows: list[tuple[DecisionRow, Plain]]
) -> None:
    sha256 = digest(left)
    sound = digest(before.body) == before.sha256
    kept = read_rows(before.body) if sound else None
    if sha256 != before.sha256 and session.get(DecisionInput, sha256) is None:
        session.add(DecisionInput(sha256=sha256, body=left))
        session.flush()
    known = said_of(session, [row for row, _ in rows])
    for row, result in rows:
        trusted = kept is not None and deviation_of(row, known.get(row.id), kept) is None
        if trusted and row.rule_version == RULE_VERSION:
            result = write_decision(decide(read_request(row.request), *read_rows(left)))
        row.input_sha256, row.result, row.scrubbed_at = sha256, result, hub.now()
        session.flush()
        if trusted:
            record(session, hub.now(), "decision.scrubbed", row.id, sha256=digest(contents(row)))
    if sha256 != before.sha256:
        session.execute(delete(DecisionInput).where(DecisionInput.sha256 == before.sha256))
