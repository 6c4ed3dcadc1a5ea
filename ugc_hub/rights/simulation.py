"""Simulation: the answers to a file of cases, without touching any data; for counsel, and for judging the rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ugc_hub.rights.dates import normalise
from ugc_hub.rights.deciding import decide, invalid
from ugc_hub.rights.decisions import Decision
from ugc_hub.rights.questions import Malformed
from ugc_hub.rights.reading import read_facts, read_grant, read_request, unread, write_instant
from ugc_hub.rights.revoking import effect_of, read_event
from ugc_hub.rights.vocabulary import Vocabulary, read_vocabulary, standard
from ugc_hub.rights.writing import write_duty

Plain = Mapping[str, Any]


def simulate(plain: Plain) -> dict[str, Any]:
    """Answer every case of a file in the form of the rights cases; its `vocabulary` takes the place of the own one.

    Returns `cases`, `normalisation_cases` and `revocation_cases`, each a list of `id` and `answer`, where `answer`
    has the form of the file's `expect`.

    Raises:
        Malformed: the file or its vocabulary has another form. A case that has is answered INVALID_REQUEST.
    """
    words = _vocabulary(plain)
    return {
        "cases": _answers(plain, "cases", lambda case: _decision(case, words)),
        "normalisation_cases": _answers(plain, "normalisation_cases", _date),
        "revocation_cases": _answers(plain, "revocation_cases", _revocation),
    }


def overlooked(plain: Plain) -> list[str]:
    """Return, as `case, grant: member`, what the grants of a file state that the rule takes no notice of."""
    found = []
    for case in plain.get("cases") or []:
        grants = case.get("grants") if isinstance(case, Mapping) else None
        # Grants of another form were answered with INVALID_REQUEST, which tells more than a word about a member.
        for grant in (one for one in grants if isinstance(one, Mapping)) if isinstance(grants, list) else ():
            found += [f"{case.get('id')}, {grant.get('id')}: {name}" for name in unread(grant)]
    return found


def _vocabulary(plain: Plain) -> Vocabulary:
    given = plain.get("vocabulary")
    if given is None:
        return standard()
    try:
        return read_vocabulary(given)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Malformed("vocabulary") from error


def _answers(plain: Plain, name: str, answer: Callable[[Plain], Any]) -> list[dict[str, Any]]:
    cases = plain.get(name) or []
    if not isinstance(cases, list) or not all(isinstance(case, Mapping) for case in cases):
        raise Malformed(name)
    return [{"id": case.get("id"), "answer": answer(case)} for case in cases]


def _decision(case: Plain, words: Vocabulary) -> dict[str, Any]:
    try:
        facts = {one.id: one for one in map(read_facts, _objects(case.get("assets")))}
        grants = [read_grant(one, words) for one in _objects(case.get("grants"))]
        request = read_request(next(iter(_objects([case.get("request")]))))
    except Malformed as error:
        return _answer(invalid(error.field, words), instant=False)
    return _answer(decide(request, grants, facts, words), instant=request.at is not None)


def _objects(values: object) -> Iterable[Plain]:
    if values is None:
        return []
    if not isinstance(values, list) or not all(isinstance(one, Mapping) for one in values):
        raise Malformed("case")
    return values


def _answer(decision: Decision, *, instant: bool) -> dict[str, Any]:
    """The decision as a case expects it: only what is defined for it."""
    answer: dict[str, Any] = {
        "decision": decision.decision,
        "primary_reason": decision.primary_reason,
        "reasons": [reason.key for reason in decision.reasons],
        "duties": [write_duty(duty) for duty in decision.duties],
    }
    if decision.allowed:
        answer["grants_used"] = list(decision.grants_used)
        if instant:
            answer["valid_until"] = write_instant(decision.valid_until)
    if len(decision.territory_decisions) > 1:
        answer["territory_decisions"] = dict(decision.territory_decisions)
    return answer


def _date(case: Plain) -> str | None:
    given = case.get("input")
    return write_instant(normalise(given)) if isinstance(given, Mapping) else None


def _revocation(case: Plain) -> dict[str, Any] | None:
    given = case.get("event")
    try:
        effect = effect_of(read_event(given if isinstance(given, Mapping) else {}))
    except Malformed:
        return None
    return {
        "effective_at": write_instant(effect.effective_at),
        "asset_status": effect.asset_status,
        "exports": effect.exports,
    }
