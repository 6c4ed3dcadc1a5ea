"""Makes a filled hub larger, in minutes: `house` takes the better part of an hour to fill a million.

Each new asset has texts, names, tags and a date of its own, and what bears on its rights of one that was there: there
are more assets in each situation, and no more situations. Triggers and indexes are left out meanwhile and made again.
"""

from __future__ import annotations

import argparse
import shutil
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pysqlite3 import dbapi2 as sqlite

from benchmarks.rights.fill import asset_id
from benchmarks.search.generate import BLOCK, documents
from ugc_hub.catalog.indexing import rebuild
from ugc_hub.database.parsing import loads
from ugc_hub.hub import open_hub
from ugc_hub.search.documents import Document
from ugc_hub.settings import Settings

FILE = "hub.sqlite"
FAST = {"journal_mode": "off", "synchronous": "off", "cache_size": -2_000_000, "foreign_keys": 0}
"""Nothing is lost by it: what breaks off is thrown away."""
FILLED = ("assets", "asset_rights", "asset_people", "asset_clearances", "asset_tags", "grant_assets")
TAKEN_OVER = ("asset_rights", "asset_people", "asset_clearances", "grant_assets")
OWN = {
    "id": "?1",
    "sha256": "?2",
    "title": "?3",
    "description": "?4",
    "created_at": "?5",
    "creator_id": "coalesce((SELECT id FROM creators WHERE id = ?6), creator_id)",
    "campaign_id": "coalesce((SELECT id FROM campaigns WHERE id = ?7), campaign_id)",
    "pixel_sha256": "NULL",
}
"""Columns of an asset that are not those of the asset (`?8`) that it is made of."""


def spread(path: Path, count: int) -> None:
    """Add assets to a database until there are so many."""
    base = sqlite.connect(str(path), isolation_level=None)
    for name, value in FAST.items():
        base.execute(f"PRAGMA {name}={value}")
    known = [one for (one,) in base.execute("SELECT id FROM assets ORDER BY id")]
    aside = list(_aside(base))
    base.execute("CREATE INDEX taken_over ON grant_assets (asset_id)")
    for first in range(len(known), count, BLOCK):
        base.execute("BEGIN")
        made = documents(first, min(first + BLOCK, count), count)
        _add(base, [(asset_id(number), known[number % len(known)], one) for number, one in enumerate(made, first)])
        base.execute("COMMIT")
    base.execute("DROP INDEX taken_over")
    for statement in aside:
        base.execute(statement)
    base.execute("ANALYZE")
    base.execute("PRAGMA journal_mode=wal")
    base.close()


def _aside(base: Any) -> Iterable[str]:
    """Take triggers and indexes away; yield what makes them again."""
    places = ", ".join("?" * len(FILLED))
    rows = base.execute(
        f"SELECT type, name, sql FROM sqlite_master WHERE type IN ('trigger', 'index') AND sql IS NOT NULL"
        f" AND tbl_name IN ({places})",
        FILLED,
    ).fetchall()
    for kind, name, statement in rows:
        base.execute(f"DROP {kind} {name}")
        yield statement


def _add(base: Any, made: list[tuple[str, str, Document]]) -> None:
    rows = [
        (
            name,
            f"{int(name.rpartition('_')[2]):064x}",
            one.title,
            one.description,
            datetime.fromtimestamp(one.created / 1000, UTC).replace(tzinfo=None).isoformat(" ", "microseconds"),
            f"cre_{one.keywords['creator'][0]}",
            f"cam_{one.keywords['campaign'][0]}",
            like,
        )
        for name, like, one in made
    ]
    base.executemany(_copy(base, "assets", OWN, "id = ?8"), rows)
    for table in TAKEN_OVER:
        base.executemany(
            _copy(base, table, {"asset_id": "?1"}, "asset_id = ?2"), [(name, like) for name, like, _ in made]
        )
    tags = "INSERT INTO asset_tags (asset_id, tag_id) SELECT ?, id FROM tags WHERE id = ?"
    base.executemany(tags, [(name, f"tag_{tag}") for name, _, one in made for tag in one.keywords["tag"]])


def _copy(base: Any, table: str, own: dict[str, str], which: str) -> str:
    columns = [row[1] for row in base.execute(f"PRAGMA table_info({table})")]
    values = ", ".join(own.get(name, name) for name in columns)
    return f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table} WHERE {which}"


def main() -> None:
    """Make a folder for `house --keep` of another one."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search.tenfold", description=__doc__)
    parser.add_argument("filled", type=Path, help="What `house --keep` filled.")
    parser.add_argument("folder", type=Path, help="A new folder.")
    parser.add_argument("--documents", type=int, default=1_000_000)
    arguments = parser.parse_args()
    folder: Path = arguments.folder
    shutil.copytree(arguments.filled, folder, ignore=shutil.ignore_patterns("index", "filled", "*-wal", "*-shm"))
    begun = time.perf_counter()
    spread(folder / FILE, arguments.documents)
    print(f"{arguments.documents:,} assets after {time.perf_counter() - begun:,.0f} s", flush=True)
    hub = open_hub(Settings(data_dir=folder, min_free_bytes=0), loads)
    begun, used = time.perf_counter(), time.process_time()
    rebuild(hub)
    hub.close()
    spent, cpu = time.perf_counter() - begun, (time.process_time() - used) / arguments.documents * 1e6
    print(f"indexed at {arguments.documents / spent:,.0f} a second, {cpu:.0f} µs CPU each", flush=True)
    Path(folder, "filled").touch()


if __name__ == "__main__":
    main()
