"""Reads synonyms of tags in a search as their tags: one that got another name or was merged is found by both."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache

from sqlalchemy import Select, bindparam, or_, select
from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor, may
from ugc_hub.database.among import among
from ugc_hub.models import Tag, TagSynonym
from ugc_hub.search.tree import TEXT, And, Node, Not, Or, Phrase, Prefix, Term, Word, walk

from .words import key, known, known_to

TAG = "tag"
BEGUN = 20
"""Synonyms that a beginning may stand for."""
Names = Mapping[str, str]
"""By `key` of a synonym, the name of its tag."""
Begun = Mapping[str, tuple[str, ...]]
"""By that of a beginning, the names of the tags with a synonym that begins so."""
Chosen = Mapping[str, frozenset[str]]


def read(session: Session, actor: Actor, tree: Node, chosen: Chosen) -> tuple[Node, Chosen]:
    """Return a query and what is chosen beside it, both with tags in place of their synonyms.

    A word may be a synonym and stand in a text as well, so either is found; of a word that is still being typed, all
    synonyms that begin so are meant. Where there is none of either, nothing is asked of the database. A chosen tag may
    be written in any way. Tags that a legal order hides from the actor stand for nothing: the reading would name them.
    """
    tags = chosen.get(TAG, frozenset())
    texts = dict.fromkeys(key(text) for text in (*_texts(tree), *tags))
    rows = session.connection().execute(_standing(may(actor, "rights.legal")), {"folded": list(texts)}) if texts else ()
    names = {row[0]: row[1] for row in rows}
    begun = _begun(session, actor, tree)
    tree = _read(tree, names, begun) if names or begun else tree
    if not tags:
        return tree, chosen
    written = session.execute(
        select(Tag.folded, Tag.name).where(Tag.folded.in_({key(one) for one in tags}), known_to(actor))
    )
    names |= {row[0]: row[1] for row in written}
    return tree, {**chosen, TAG: frozenset(names.get(key(one), one) for one in tags)}


def _begun(session: Session, actor: Actor, tree: Node) -> Begun:
    begun = {key(node.text) for node in walk(tree) if isinstance(node, Prefix) and node.field in (TEXT, TAG)} - {""}
    if not begun:
        return {}
    asked = {f"begun{number}": _ESCAPED.sub(r"/\g<0>", one) for number, one in enumerate(sorted(begun))}
    rows = session.connection().execute(_beginning(len(asked), legal=may(actor, "rights.legal")), asked).all()
    found = {one: tuple(dict.fromkeys(name for folded, name in rows if folded.startswith(one))) for one in begun}
    return {one: names for one, names in found.items() if names}


_ESCAPED = re.compile(r"[/%_]")


@cache
def _beginning(count: int, *, legal: bool) -> Select[str, str]:
    """The statement for so many beginnings, built once: that took twice as long as asking it."""
    begin = [TagSynonym.folded.startswith(bindparam(f"begun{number}"), escape="/") for number in range(count)]
    wanted = select(TagSynonym.folded, Tag.name).join(Tag, Tag.id == TagSynonym.tag_id).where(or_(*begin))
    return wanted.where(known(legal=legal)).order_by(TagSynonym.folded).limit(BEGUN)


@cache
def _standing(legal: bool) -> Select[str, str]:
    wanted = select(TagSynonym.folded, Tag.name).join(Tag, Tag.id == TagSynonym.tag_id)
    return wanted.where(among(TagSynonym.folded, "folded"), known(legal=legal))


def _texts(tree: Node) -> Iterator[str]:
    for node in walk(tree):
        if isinstance(node, Term) and node.field == TAG:
            yield node.value
        elif isinstance(node, Word | Phrase):
            yield node.text


def _read(node: Node, names: Names, begun: Begun) -> Node:
    match node:
        case And(parts):
            return And(tuple(_read(part, names, begun) for part in parts))
        case Or(parts):
            return Or(tuple(_read(part, names, begun) for part in parts))
        case Not(part):
            return Not(_read(part, names, begun))
        case Term("tag", value):
            return Term(TAG, names.get(key(value), value))
        case Word(text) | Phrase(text) if (name := names.get(key(text))) is not None:
            return Or((node, Term(TAG, name)))
        case Prefix(text, "text" | "tag") if (tags := begun.get(key(text))) is not None:
            return Or((node, *(Term(TAG, name) for name in tags)))
    return node
