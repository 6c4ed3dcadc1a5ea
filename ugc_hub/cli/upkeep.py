"""Migrations, checks and the collection of what nobody needs."""

from __future__ import annotations

import sys

import click

from ugc_hub.cli.common import opened
from ugc_hub.cli.output import as_json, say, show


@click.command()
def migrate() -> None:
    """Bring the database to the newest revision."""
    from ugc_hub.database.upgrade import migrate as run
    from ugc_hub.hub import prepare

    with opened(migrated=False) as hub:
        changed = run(hub.database)
        prepare(hub)
    say("Migrated." if changed else "Nothing to do.")


@click.command()
@click.option("--deep", is_flag=True, help="Read every original and compare its SHA-256.")
@as_json
def doctor(deep: bool, json_: bool) -> None:
    """Look for what is wrong. Exit status 1 when there is an error."""
    from ugc_hub.jobs.doctor import examine, media_findings

    with opened(migrated=False) as hub:
        findings = [*media_findings(hub.settings), *examine(hub, deep=deep)]
    if json_:
        show({"findings": [finding.as_dict() for finding in findings]})
    else:
        for finding in findings:
            subject = f"  {finding.subject}" if finding.subject else ""
            say(f"{finding.level:8} {finding.code:20} {finding.message}{subject}")
    if any(finding.level == "error" for finding in findings):
        sys.exit(1)


@click.command()
@click.option("--grace", "grace_s", type=click.IntRange(0), help="Seconds; younger files stay. Default: the setting.")
@click.option("--dry-run", is_flag=True, help="Only say what would be removed.")
@as_json
def gc(grace_s: int | None, dry_run: bool, json_: bool) -> None:
    """Remove bytes that no record names, older than the grace time."""
    from ugc_hub.jobs.collect import collect

    with opened() as hub:
        found = collect(hub, grace_s=grace_s, dry=dry_run)
    if json_:
        show(found.as_dict())
        return
    verb = "would be removed" if dry_run else "removed"
    say(f"{len(found.removed)} {verb}, {len(found.young)} too young, {found.leftovers} unfinished uploads cleared.")
