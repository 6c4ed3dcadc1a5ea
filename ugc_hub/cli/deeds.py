"""At the command line: that a duty was done, how much of a limit is used, and what legal allows for a short time."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import click

from ugc_hub.accounts import SYSTEM
from ugc_hub.cli.common import opened
from ugc_hub.cli.output import as_json, say, show


@click.command("fulfil")
@click.argument("grant_id")
@click.argument("duty")
@click.option("--note", default="", help="What was done, and by whom.")
@click.option("--proof", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="File that proves it.")
@click.option("--take-back", is_flag=True, help="It was not done after all; it is asked for again.")
@as_json
def fulfil_command(grant_id: str, duty: str, note: str, proof: Path | None, take_back: bool, json_: bool) -> None:
    """Confirm that DUTY (such as pay or approval), which a grant asks for before a use, was done."""
    from ugc_hub import licensing
    from ugc_hub.licensing import panel

    kept = licensing.Proof("note", proof.read_bytes()) if proof else None
    with opened() as hub, hub.database.write() as session:
        if take_back:
            licensing.take_back(hub, session, SYSTEM, grant_id=grant_id, duty=duty)
        else:
            licensing.fulfil(hub, session, SYSTEM, grant_id=grant_id, duty=duty, note=note, proof=kept)
        (grant,) = panel.shown_grants(hub, session, [grant_id])
    if json_:
        show({"grant_id": grant_id, "conditions": grant["conditions"]})
        return
    for one in grant["conditions"]:
        say(f"{'done ' if one['met'] else 'first'}  {one['duty']:12} {one['confirms'] if one['met'] else one['words']}")


class _Amount(click.ParamType[int]):
    """Money as people write it, as millionths."""

    name = "amount"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return millionths."""
        try:
            amount = Decimal(str(value))
        except InvalidOperation:
            self.fail("an amount is a number such as 49.90", param, ctx)
        if not amount.is_finite() or not 0 <= amount <= 10**9:
            self.fail("an amount is a number such as 49.90", param, ctx)
        return int(amount * 1_000_000)


@click.command("total")
@click.argument("grant_id")
@click.option("--source", required=True, help="Who counted, such as “Meta Ads”.")
@click.option("--date", "day", required=True, type=click.DateTime(("%Y-%m-%d",)), help="Up to the end of this day.")
@click.option("--impressions", type=click.IntRange(0), help="All of them since the beginning.")
@click.option("--spend", type=_Amount(), help="All of it since the beginning, such as 1234.50.")
@as_json
def total_command(
    grant_id: str, source: str, day: datetime, impressions: int | None, spend: int | None, json_: bool
) -> None:
    """State a running total of a grant; the same source and date again takes the place of what was stated.

    Where a limit of impressions or spend is reached, the term of the grant ends at that instant.
    """
    from ugc_hub import licensing
    from ugc_hub.licensing import panel

    with opened() as hub, hub.database.write() as session:
        total = licensing.Total(source, day.date(), impressions, spend)
        licensing.state_total(hub, session, SYSTEM, grant_id=grant_id, total=total)
        (grant,) = panel.shown_grants(hub, session, [grant_id])
    if json_:
        show({"grant_id": grant_id, "limits": grant["limits"], "ends_at": grant["terms"]["ends_at"]})
        return
    for one in grant["limits"]:
        used = "not known" if one["used"] is None else f"{one['used']:,}"
        say(f"{one['name']:14} {used} of {one['cap']:,}")
    say(f"The term ends {grant['terms']['ends_at'] or 'at no known time'}.")


@click.command("override")
@click.argument("asset_id", metavar="ASSET")
@click.option("--channel", "channels", multiple=True, required=True, help="Such as email or tv.linear; repeatable.")
@click.option("--territory", "territories", multiple=True, required=True, help="DE, US-NY, EU, WORLD; repeatable.")
@click.option("--edit", "edits", multiple=True, help="Such as crop; repeatable.")
@click.option("--days", type=int, required=True, help="For how many days, at most 30.")
@click.option("--reason", required=True, help="Why; it stays with the grant.")
@as_json
def override_command(asset_id: str, json_: bool, **given: Any) -> None:
    """Allow a use for a short time instead of the creator; what forbids it, or closes the asset, goes before."""
    from ugc_hub.licensing import panel
    from ugc_hub.licensing.overriding import Override, override

    with opened() as hub, hub.database.write() as session:
        rows = override(hub, session, SYSTEM, asset_id=asset_id, wish=Override(**given))
        session.flush()
        grants = panel.shown_grants(hub, session, [row.id for row in rows])
    if json_:
        show({"grants": grants})
        return
    for one in grants:
        say(f"{one['id']}  {one['terms']['layer']:10} until {one['terms']['ends_at']}")
