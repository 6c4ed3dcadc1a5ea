"""Claims at the command line: what strangers want taken down, what is done about it, and what they are answered."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from ugc_hub.accounts import SYSTEM
from ugc_hub.cli.common import opened
from ugc_hub.cli.output import as_json, say, show
from ugc_hub.licensing import claims as kept


@click.group()
def claims() -> None:
    """List what strangers want taken down, decide it, answer them."""


@claims.command("list")
@click.option("--limit", type=click.IntRange(1, 1000), default=200, show_default=True)
@as_json
def list_command(limit: int, json_: bool) -> None:
    """List the claims that are open, soonest due first, then the newest of those that were decided."""
    with opened() as hub:
        found = kept.list_claims(hub, SYSTEM, limit=limit)
    if json_:
        show({"items": [asdict(one) for one in found]})
        return
    for one in found:
        said = f"{one.statement.name} <{one.statement.email}>: {one.statement.words}" if one.statement else "erased"
        say(f"{one.id}  {one.state:11}  due {one.due_at:%Y-%m-%d %H:%M}  {one.asset_id or '-':26}  {said}")


@claims.command("decide")
@click.argument("claim_id", metavar="CLAIM")
@click.argument("decision", type=click.Choice(kept.DECISIONS))
@click.option("--note", required=True, help="Why; it stays with the claim.")
@click.option("--asset", "asset_id", metavar="ASSET", help="Which it is about, where the claim does not tell.")
def decide_command(claim_id: str, decision: str, **given: Any) -> None:
    """Put the asset on hold, take it down by legal order, erase it for good, or dismiss the claim."""
    with opened() as hub:
        kept.decide_claim(hub, SYSTEM, claim_id, kept.Verdict(decision, **given))
    say(f"{claim_id} is {kept.STATES[decision].replace('_', ' ')}.")


@claims.command("answer")
@click.argument("claim_id", metavar="CLAIM")
@click.argument("file", type=click.File("r", encoding="utf-8"))
def answer_command(claim_id: str, file: Any) -> None:
    """Answer whoever made the claim by mail, with the text of a file (`-` for standard input)."""
    with opened() as hub:
        kept.answer_claim(hub, SYSTEM, claim_id, file.read(kept.LONGEST_ANSWER + 1))
    say(f"The answer to {claim_id} is on its way.")
