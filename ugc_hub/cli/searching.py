"""The search at the command line, and its index."""

from __future__ import annotations

import re
from dataclasses import asdict, replace
from typing import Any

import click

from ugc_hub import catalog
from ugc_hub.accounts import SYSTEM
from ugc_hub.catalog import FACETS, SORTS, Found, Search
from ugc_hub.catalog.condition import condition
from ugc_hub.catalog.facets import unknown
from ugc_hub.cli.common import Choice, opened
from ugc_hub.cli.output import as_json, say, show
from ugc_hub.errors import Invalid
from ugc_hub.search.shapes import alike

_MINUS = re.compile(r"-(?!-|h$).")
SAID = {"ocr": "in the picture", "transcript": "spoken"}


@click.command()
@as_json
def reindex(json_: bool) -> None:
    """Build the index of the search anew, beside the one in use; searches go on meanwhile."""
    from ugc_hub.catalog.indexing import rebuild

    with opened() as hub:
        count = rebuild(hub)
    if json_:
        show({"assets": count})
        return
    say(f"The index holds {count} assets.")


class _Asking(click.Command):
    """A query may begin with a minus, which is no option: `ugc-hub search -snow`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, [f" {one}" if _MINUS.match(one) else one for one in args])


@click.command(cls=_Asking)
@click.argument("query", default="")
@click.option(
    "--facet",
    "facets",
    multiple=True,
    metavar="FACET",
    help=f"Count its values: {', '.join(FACETS)}, custom or custom:NAME; several with commas.",
)
@click.option(
    "--choose",
    "pairs",
    type=Choice(FACETS),
    multiple=True,
    metavar="FACET=VALUE",
    help="Only assets with any of these values.",
)
@click.option("--sort", type=click.Choice(list(SORTS)), default="relevance", show_default=True)
@click.option("--seed", type=click.IntRange(0), default=0, help="Of the order by chance.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
@click.option("--cursor", help="`next_cursor` of the page before.")
@as_json
def search(query: str, json_: bool, pairs: tuple[tuple[str, str], ...], facets: tuple[str, ...], **known: Any) -> None:
    """Find assets by words, fields and rights."""
    chosen = {name: frozenset(value for other, value in pairs if other == name) for name, _ in pairs}
    if strange := unknown(chosen):
        raise Invalid(strange[1], extra={"field": strange[0]})
    counted = tuple(filter(None, (one.strip() for names in facets for one in names.split(","))))
    with opened() as hub:
        found = catalog.search(hub, SYSTEM, Search(text=query.lstrip(), chosen=chosen, facets=counted, **known))
        state = condition(hub).message
    if not json_:
        _tell(found, state)
        return
    items = [
        {
            **one.asset.as_dict(),
            "uses": list(one.uses),
            "highlights": dict(one.highlights),
            "excerpts": {kind: asdict(part) for kind, part in one.excerpts.items()},
        }
        for one in found.items
    ]
    excluded = [
        {"clause": one.clause, "facet": one.facet, "count": one.count, "query": one.text} for one in found.excluded
    ]
    show({**asdict(replace(found, items=())), "excluded": excluded, "items": items})


def _tell(found: Found, state: str) -> None:
    if not found.indexed:
        say(f"These are the names that fit. {state}", err=True)
    for problem in alike(found.problems):
        place = f"characters {problem.start + 1} to {problem.end}; read as: {found.read_as}"
        say(f"{problem.message} ({f'chosen: {problem.facet}' if problem.facet else place})", err=True)
    for word, reading in found.corrected.items():
        say(f"Nothing matches {word}; searched for {reading}.", err=True)
    for one in found.items:
        uses = ", ".join(one.uses) or "no use"
        say(f"{one.asset.id}  {one.asset.kind:9}  @{one.asset.creator or '-':20} {one.asset.file_name}  ({uses})")
        for kind, part in one.excerpts.items():
            say(f"    {SAID[kind]}: {part.words}")
    for name, counts in found.facets.items():
        more = ", and others" if name in found.more else ""
        say(f"{found.titles.get(name, name)}: " + ", ".join(f"{count.value} {count.count}" for count in counts) + more)
    for other in found.excluded:
        say(f"Without {other.clause}: {other.count}")
    if found.total is not None:
        say(f"{found.total} found.")
    if found.next_cursor:
        say(f"More: --cursor {found.next_cursor}")
