"""Measures searches of a whole hub: the use case behind page, API and command line, and the API over HTTP.

The assets are those of the benchmark of the engine, with the grants of the benchmark `rights`: agreements that many
share, grants of single assets, releases and prohibitions. Every question brings a page of fifty with its allowed uses;
those about rights are decided again for each hit.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from http import HTTPStatus
from http.client import HTTPConnection, RemoteDisconnected
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import bindparam, text, update

from benchmarks.rights.fill import Rows, asset_id, empty_hub, keep
from benchmarks.rights.many import fill_many
from benchmarks.search.generate import documents
from benchmarks.search.questions import FACETS, Question, questions
from ugc_hub import licensing
from ugc_hub.accounts.actors import SYSTEM
from ugc_hub.accounts.tokens import create_token
from ugc_hub.accounts.users import create_user
from ugc_hub.catalog import Search, search
from ugc_hub.catalog.indexing import rebuild
from ugc_hub.database.parsing import loads
from ugc_hub.hub import Hub, open_hub, settle
from ugc_hub.jobs import read, remark
from ugc_hub.models import Asset, AssetTag, Campaign, Creator, Meta, Tag
from ugc_hub.search.documents import Document
from ugc_hub.settings import Settings
from workers.media.shapes import Box, MediaFacts

TARGETS_MS = {100_000: 25.0, 1_000_000: 60.0}
HTTP_MS = 10.0
"""What HTTP may add."""
HEX = {
    "red": "#d02020",
    "orange": "#f08020",
    "yellow": "#f0d830",
    "green": "#30a040",
    "teal": "#208080",
    "blue": "#2050c0",
    "purple": "#7030a0",
    "pink": "#f080b0",
    "brown": "#704020",
    "black": "#101010",
    "white": "#f8f8f8",
    "grey": "#808080",
}
TERRITORIES = ("DE", "AT", "US", "FR", "GB", "CH", "DE,AT", "EU")
_TOTAL = re.compile(rb'"total":(\d+)')
"""In an answer, which is not read as JSON: it would be the client's time that is measured."""
BLOCK = 10_000
WARM, FEW = 10, 60
START_S = 15.0
"""After its first answer a hub's workers load their libraries on the same cores; that is a start, not a search."""


def fill(hub: Hub, count: int) -> None:
    """Give the hub its assets, with grants, names, words and colours."""
    fill_many(hub, count)
    names = {"creators": set[str](), "campaigns": set[str](), "tags": set[str]()}
    for first in range(0, count, BLOCK):
        assets: Rows = []
        tagged: Rows = []
        fresh: dict[str, Rows] = {name: [] for name in names}
        made = list(documents(first, min(first + BLOCK, count), count))
        for number, one in enumerate(made, first):
            words = one.keywords
            handle, campaign = words["creator"][0], words["campaign"][0]
            for kind, wanted in (("creators", (handle,)), ("campaigns", (campaign,)), ("tags", words["tag"])):
                for name in wanted:
                    if name not in names[kind]:
                        names[kind].add(name)
                        fresh[kind].append(_named(hub, kind, name, words["niche"][0]))
            assets.append(_columns(number, one.title, one.description, one))
            tagged += [{"asset_id": asset_id(number), "tag_id": f"tag_{tag}"} for tag in words["tag"]]
        keep(
            hub, (Creator, fresh["creators"]), (Campaign, fresh["campaigns"]), (Tag, fresh["tags"]), (AssetTag, tagged)
        )
        changed: dict[str, Any] = {name: bindparam(name) for name in assets[0] if name != "number"}
        with hub.database.write() as session:
            session.connection().execute(update(Asset).where(Asset.id == bindparam("number")).values(changed), assets)
    licensing.catch_up(hub)


def _named(hub: Hub, kind: str, name: str, niche: str) -> dict[str, Any]:
    row: dict[str, Any] = {"id": f"{kind[:3]}_{name}", "created_at": hub.now()}
    if kind == "creators":
        return {**row, "handle": name, "display_name": name.title(), "credit_line": "", "niche": niche}
    return {**row, "name": name} if kind == "campaigns" else {**row, "name": name, "folded": name}


def _columns(number: int, title: str, description: str, one: Document) -> dict[str, Any]:
    words = one.keywords
    return {
        "number": asset_id(number),
        "title": title,
        "description": description,
        "creator_id": f"cre_{words['creator'][0]}",
        "campaign_id": f"cam_{words['campaign'][0]}",
        "kind": words["kind"][0],
        "width": one.numbers["width"],
        "height": one.numbers["height"],
        "facts": _facts(one, tuple(HEX[name] for name in words["colour"])).dump(),
        "created_at": datetime.fromtimestamp(one.created / 1000, UTC),
    }


def _facts(one: Document, palette: tuple[str, ...]) -> MediaFacts:
    width, height = int(one.numbers["width"]), int(one.numbers["height"])
    face = Box(width // 3, height // 4, width // 4, width // 4)
    facts = MediaFacts("image", "jpeg", "image/jpeg", ".jpg", width, height, width, height)
    return replace(facts, palette=palette, thumbhash="1QcSHQRnh493V4dIh4eXh1h4kJUI", faces=(face,))


def rest(hub: Hub) -> None:
    """Say that workers have done all they do with files: there are none, and trying took as much as the searches."""
    with hub.database.write() as session:
        for job in (read, remark):
            session.merge(Meta(name=job.DONE, value=job.edition(hub)))
        session.execute(text("DELETE FROM jobs WHERE kind IN ('read', 'remark')"))


def text_of(question: Question) -> str:
    """Return a question as it is typed."""
    if question.use is None:
        return question.text
    return f"{question.text} usable:paid_social territory:{TERRITORIES[question.use]} edits:crop"


def by_use_case(hub: Hub, question: Question) -> int:
    """Ask the use case; return how many there are."""
    wanted = Search(
        text=text_of(question),
        facets=(*FACETS, "usable") if question.facets else (),
        sort="newest" if question.newest else "relevance",
        typing=question.typing,
    )
    return search(hub, SYSTEM, wanted).total or 0


def timed(clients: int, ask: Callable[[Question], int], asked: Iterable[Question]) -> dict[str, float]:
    """Return median, 95th and 99th percentile, in ms."""
    times: list[float] = []
    waiting, lock = iter(asked), threading.Lock()

    def work() -> None:
        while True:
            with lock:
                question = next(waiting, None)
            if question is None:
                return
            begun = time.perf_counter()
            ask(question)
            times.append((time.perf_counter() - begun) * 1000)

    threads = [threading.Thread(target=work) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ordered = sorted(times)
    return {f"p{part}": ordered[min(len(ordered) * part // 100, len(ordered) - 1)] for part in (50, 95, 99)}


class Served:
    """The hub's API, served as an operator serves it, asked by several clients who keep their connections."""

    def __init__(self, hub: Hub, folder: Path) -> None:
        _, self._token = create_token(hub, create_user(hub, f"bench-{time.time_ns()}@example.org", "admin"), "bench")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        command = [sys.executable, "-m", "ugc_hub", "serve", "--port", str(self._port)]
        known = {"UGC_HUB_DATA_DIR": str(folder), "UGC_HUB_MIN_FREE_BYTES": "0"}
        with Path(folder, "served.log").open("wb") as log:
            self._process = subprocess.Popen(command, env={**os.environ, **known}, stdout=log, stderr=log)
        self._own = threading.local()
        for _ in range(300):
            try:
                self.ask(Question("warm"))
            except OSError:
                time.sleep(0.1)
            else:
                time.sleep(START_S)
                return
        raise SystemExit("The hub does not answer.")

    def ask(self, question: Question) -> int:
        """Ask for a page; return how many there are."""
        text = text_of(question) + "*" * question.typing
        asked = {"q": text, "sort": "newest" if question.newest else "relevance"}
        if question.facets:
            asked["facets"] = ",".join((*FACETS, "usable"))
        address = f"/api/v1/assets?{urlencode(asked)}"
        try:
            status, content = self._get(address)
        except (RemoteDisconnected, ConnectionResetError):
            self._own.connection = None  # the server closed it, as it does with those that are silent for long
            status, content = self._get(address)
        if status != HTTPStatus.OK:
            raise SystemExit(content.decode())
        return int(_TOTAL.findall(content)[-1])

    def _get(self, address: str) -> tuple[int, bytes]:
        connection = getattr(self._own, "connection", None)
        if connection is None:
            connection = HTTPConnection("127.0.0.1", self._port, timeout=30)
            connection.connect()
            self._own.connection = connection
        connection.request("GET", address, headers={"Authorization": f"Bearer {self._token}"})
        answer = connection.getresponse()
        return answer.status, answer.read()

    def close(self) -> None:
        """End the hub."""
        self._process.terminate()
        self._process.wait(60)


def measure(ask: Callable[[Question], int], asked: dict[str, list[Question]], name: str) -> dict[str, Any]:
    """Measure all kinds, for one client and for eight, and print them."""
    found: dict[str, Any] = {}
    print(f"{name}\n  {'ms at p50, p95, p99':26} {'one client':>26}  {'eight clients':>26}")
    for kind, some in asked.items():
        for question in some[:WARM]:
            ask(question)
        found[kind] = {str(clients): timed(clients, ask, some) for clients in (1, 8)}
        found[kind]["matches"] = sum(map(ask, some[:WARM])) / WARM
        one, eight = (" ".join(f"{found[kind][who][part]:8.2f}" for part in ("p50", "p95", "p99")) for who in "18")
        print(f"  {kind:26} {one}  {eight}  {found[kind]['matches']:9,.0f} hits", flush=True)
    return found


def verdict(found: dict[str, dict[str, Any]], most: float) -> list[str]:
    """Return what was missed, by one client."""
    return [
        f"{kind} {name}: {times['1']['p95']:.1f} ms"
        for name, extra in (("use_case", 0.0), ("http", HTTP_MS))
        for kind, times in found.get(name, {}).items()
        if times["1"]["p95"] >= most + extra
    ]


def main() -> int:
    """Print the figures and, as the last line, JSON; return 1 where a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search.house", description=__doc__)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--keep", type=Path, help="A folder to fill once and to use again.")
    arguments = parser.parse_args()
    count: int = arguments.documents
    found: dict[str, Any] = {"documents": count}
    with tempfile.TemporaryDirectory(prefix="search-bench-") as made:
        folder = arguments.keep or Path(made)
        if not Path(folder, "filled").exists():
            hub = empty_hub(folder)
            fill(hub, count)
            begun, used = time.perf_counter(), time.process_time()
            rebuild(hub)
            found["indexed_a_second"] = count / (time.perf_counter() - begun)
            found["indexing_cpu_us"] = (time.process_time() - used) / count * 1e6
            print(f"{found['indexed_a_second']:,.0f} a second, {found['indexing_cpu_us']:.0f} µs CPU each", flush=True)
            Path(folder, "filled").touch()
            hub.close()
        hub = open_hub(Settings(data_dir=folder, min_free_bytes=0), loads)
        rest(hub)
        asked = questions(documents(0, min(count, 5000), count))
        asked["typo"] = asked["typo"][:FEW]
        settle()  # as a web server does, which also reads JSON so
        found["use_case"] = measure(lambda question: by_use_case(hub, question), asked, "use case")
        found["memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
        served = Served(hub, folder)
        try:
            found["http"] = measure(served.ask, asked, "HTTP")
        finally:
            served.close()
            hub.close()
    missed = verdict(found, next((most for size, most in TARGETS_MS.items() if count <= size), TARGETS_MS[1_000_000]))
    print("Missed: " + "; ".join(missed) if missed else "All targets were met.")
    print(json.dumps({"benchmark": "search of a whole hub", **found}))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
