"""Queries over a campaign with the answers that a person would want first, and how near each engine comes to them."""

from __future__ import annotations

import csv
import math
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.support import CORPUS
from tests.ugc_hub.conftest import make_hub
from tests.ugc_hub.rows import asset_row, facts_of, with_clock
from ugc_hub import catalog
from ugc_hub.accounts import SYSTEM
from ugc_hub.catalog import Description, Search
from ugc_hub.catalog.indexing import rebuild
from ugc_hub.hub import Hub
from ugc_hub.models import AssetRights, Creator
from ugc_hub.search.documents import Document
from ugc_hub.search.engine import Engine, Request, Sight
from ugc_hub.search.finding import find
from ugc_hub.search.language import Clock, parse
from ugc_hub.search.opening import open_index
from workers.media.shapes import Audio

FOLDER = CORPUS / "campaign" if CORPUS else None
JUDGED = tomllib.loads((Path(__file__).parent / "judged.toml").read_text(encoding="utf-8"))
CLOCK = Clock(datetime(2025, 6, 20, 12, tzinfo=UTC))
"""The day after the campaign's last asset came in: what "last month" means in the queries."""
DEPTH = 10
FLOOR = 0.87
"""A little under the average that was measured; see docs/explanation/search.md."""
Rows = list[dict[str, str]]

pytestmark = pytest.mark.skipif(FOLDER is None, reason="the corpus is not here")


@dataclass(frozen=True, slots=True)
class Judgement:
    """A query and its answers."""

    query: str
    grades: Mapping[str, int]
    """Asset -> 1..3; what is not named is 0."""
    may_fail: str = ""
    """Why nothing of it is found; has to go when something is."""


def judgements() -> list[Judgement]:
    """All that was judged."""
    return [
        Judgement(
            case["query"],
            {id_: grade for grade in (1, 2, 3) for id_ in case.get(f"grade{grade}", "").split()},
            case.get("may_fail", ""),
        )
        for case in JUDGED["judged"]
    ]


def ndcg(found: Sequence[str], grades: Mapping[str, int]) -> float:
    """Return the normalised discounted cumulated gain of the first ten, 0..1.

    DCG is the sum of (2^grade - 1) / log2(1 + place) over the places 1 to 10, and NDCG divides it by that of the best
    order. Discount: Järvelin and Kekäläinen, ACM TOIS 20(4), 2002; gain: Burges and others, ICML 2005.
    """
    return _dcg([grades.get(id_, 0) for id_ in found]) / _dcg(sorted(grades.values(), reverse=True))


def _dcg(grades: Sequence[int]) -> float:
    return math.fsum((2**grade - 1) / math.log2(1 + place) for place, grade in enumerate(grades[:DEPTH], 1))


def rows(name: str) -> Rows:
    assert FOLDER is not None
    with (FOLDER / f"{name}.csv").open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def documents() -> list[Document]:
    """The campaign's assets as the catalogue would have them indexed, without media."""
    creators = {row["handle"]: row for row in rows("creators")}
    campaigns = {row["campaign_id"]: row for row in rows("campaigns")}
    return [_document(row, creators[row["creator_handle"]], campaigns[row["campaign_id"]]) for row in rows("assets")]


def _document(row: dict[str, str], creator: dict[str, str], campaign: dict[str, str]) -> Document:
    width, height, video = int(row["width"]), int(row["height"]), row["kind"] == "video"
    keywords = {
        "kind": ("video" if video else "image",),
        "orientation": ("square" if width == height else "landscape" if width > height else "portrait",),
        "creator": (creator["handle"],),
        "niche": (creator["niche"],),
        "campaign": (campaign["name"],),
        "tag": (row["product"], campaign["hashtag"]),
        "status": ("approved",),
        "is": ("ready",),
        "has": ("audio",) if row["music"] != "none" else (),
    }
    numbers = {"width": float(width), "height": float(height)}
    return Document(
        id=row["asset_id"],
        viewers=(creator["creator_id"],),
        created=int(datetime.fromisoformat(row["submitted_at"]).replace(tzinfo=UTC).timestamp() * 1000),
        title=f"{row['asset_id']}.{'mp4' if video else 'jpg'}",
        description=row["alt_text"],
        creator_name=creator["name"],
        keywords={name: values for name, values in keywords.items() if values},
        numbers=numbers | ({"duration": float(row["duration_s"])} if video else {}),
    )


@pytest.fixture(scope="module", params=["tantivy:", "whoosh:"])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The campaign in an index."""
    made = open_index(request.param, tmp_path_factory.mktemp("judged"))
    made.update(documents())
    made.commit(1)
    yield made
    made.close()


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """The campaign in a hub, as it came in, without media."""
    hub, clock = with_clock(make_hub(tmp_path_factory.mktemp("judged") / "var"))
    creators = {row["handle"]: row for row in rows("creators")}
    campaigns = {row["campaign_id"]: row for row in rows("campaigns")}
    for row in sorted(rows("assets"), key=lambda row: row["submitted_at"]):
        clock.at = datetime.fromisoformat(row["submitted_at"]).replace(tzinfo=UTC)
        _take_in(hub, row, campaigns[row["campaign_id"]])
    with hub.database.write() as session:
        for creator in session.scalars(select(Creator)):
            creator.display_name, creator.niche = (creators[creator.handle][name] for name in ("name", "niche"))
    clock.at = CLOCK.now
    yield hub
    hub.close()


@pytest.fixture(params=["tantivy:", "whoosh:"])
def library(request: pytest.FixtureRequest, campaign: Hub) -> Iterator[Hub]:
    """The same, with an index of each kind."""
    hub = replace(campaign, settings=replace(campaign.settings, index_url=request.param))
    rebuild(hub)
    yield hub
    hub.index.close()


def _take_in(hub: Hub, row: dict[str, str], campaign: dict[str, str]) -> None:
    video = row["kind"] == "video"
    sound = Audio("aac", 2, 48_000) if row["music"] != "none" else None
    length = {"kind": "video", "duration_s": float(row["duration_s"]), "audio": sound} if video else {}
    facts = facts_of(int(row["width"]), int(row["height"]), **length)
    named = {"creator": row["creator_handle"], "campaign": campaign["name"]}
    asset = asset_row(
        hub, f"{row['asset_id']}.{'mp4' if video else 'jpg'}", facts=facts, duration_s=facts.duration_s, **named
    )
    with hub.database.write() as session:
        session.add(
            AssetRights(asset_id=asset, status="active", has_audio=row["music"] != "none", updated_at=hub.now())
        )
    words = Description(description=row["alt_text"], tags=(row["product"], campaign["hashtag"]))
    catalog.describe(hub, SYSTEM, asset, words)


def is_the_judged_campaign() -> bool:
    assert FOLDER is not None
    known: str = JUDGED["assets_sha256"]
    return sha256((FOLDER / "assets.csv").read_bytes()).hexdigest() == known


def missing() -> dict[str, list[str]]:
    """Query -> judged assets that the campaign does not have."""
    there = {row["asset_id"] for row in rows("assets")}
    lacking = {one.query: sorted(one.grades.keys() - there) for one in judgements()}
    return {query: ids for query, ids in lacking.items() if ids}


def test_sixty_queries_are_judged_once_each_with_at_least_one_answer() -> None:
    judged = judgements()
    assert len({one.query for one in judged}) == len(judged) >= 60
    for case in JUDGED["judged"]:
        named = " ".join(case.get(f"grade{grade}", "") for grade in (1, 2, 3)).split()
        assert len(named) == len(set(named)) > 0, case["query"]
        assert not parse(case["query"], CLOCK).problems, case["query"]


def test_the_measure_is_1_in_the_best_order_and_less_in_any_other() -> None:
    grades = {"a": 3, "b": 2, "c": 1}
    assert ndcg(["a", "b", "c"], grades) == 1
    assert ndcg(["x"] * 10 + ["a", "b", "c"], grades) == 0
    best = 7 + 3 / math.log2(3) + 1 / 2
    assert ndcg(["b", "x", "a"], grades) == pytest.approx((3 + 7 / 2) / best)


def test_all_that_was_judged_is_in_the_campaign() -> None:
    if not is_the_judged_campaign():
        pytest.skip("another campaign than the one that was judged")
    assert not missing()


def test_people_find_first_what_they_would_want_first(engine: Engine) -> None:
    def ask(text: str) -> list[str]:
        reading = parse(text, CLOCK)
        return [hit.id for hit in find(engine, Request(Sight(everything=True), reading.tree, limit=DEPTH)).hits]

    judge(ask)


def test_people_find_in_a_hub_first_what_they_would_want_first(library: Hub) -> None:
    def ask(text: str) -> list[str]:
        found = catalog.search(library, SYSTEM, Search(text, limit=DEPTH))
        assert found.indexed
        return [one.asset.file_name.partition(".")[0] for one in found.items]

    judge(ask)


def judge(ask: Callable[[str], list[str]]) -> None:
    """See how near the answers to all that was judged come to the best order."""
    lacking = missing()
    judged = [one for one in judgements() if one.query not in lacking]
    print(f"\n{len(judged)} judgements, {len(lacking)} left out: their assets are not here")
    if not judged:
        pytest.skip(f"none of {len(lacking)} judgements has its assets in this campaign")
    gains = {}
    for one in judged:
        gains[one.query] = ndcg(ask(one.query), one.grades)
        print(f"{gains[one.query]:.3f}  {one.query}")
    average = math.fsum(gains.values()) / len(gains)
    print(f"{average:.4f}  NDCG@{DEPTH} on average")
    if not is_the_judged_campaign():
        pytest.skip(f"another campaign than the one that was judged: NDCG@{DEPTH} {average:.4f} says little")
    assert [one.query for one in judged if bool(gains[one.query]) == bool(one.may_fail)] == []
    assert average >= FLOOR
