"""Credentials that lie elsewhere: copies for e-mail name their address, and older renditions get them with a key."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import c2pa
import pytest
from PIL import Image

from tests.pictures import jpeg
from tests.ugc_hub.conftest import make_hub
from tests.ugc_hub.licensing.test_signing import FREE, key_files, rendered, taken
from tests.workers.media.pictures import exiftool
from tests.workers.media.signing import credentials
from ugc_hub import delivery, licensing, renditions
from ugc_hub.accounts import SYSTEM
from ugc_hub.errors import Gone, LegalOrder, NotFound
from ugc_hub.hub import Hub
from ugc_hub.jobs import prepare
from ugc_hub.jobs.collect import collect
from ugc_hub.jobs.local import finish
from ugc_hub.jobs.prepare import queue_unprepared
from ugc_hub.licensing import StatedUse
from ugc_hub.models import Asset, Usage
from workers.queue.jobs import find
from workers.queue.shapes import Query

MAIL = StatedUse("email", ("US",))


@pytest.fixture
def signing_hub(migrated_url: str, tmp_path: Path) -> Iterator[Hub]:
    made = make_hub(tmp_path / "var", migrated_url, **key_files(tmp_path / "keys"))
    yield made
    made.close()


def mailed(hub: Hub, preset: str = FREE) -> tuple[str, bytes, Usage]:
    """A copy for an e-mail: its asset, its bytes and its entry in the ledger."""
    asset, name = rendered(hub, preset)
    file, left = renditions.take(hub, SYSTEM, name, stated=MAIL)
    with hub.database.read() as session:
        return asset, file.data or b"", session.get_one(Usage, left.usage_id)


def address(hub: Hub, data: bytes, usage: Usage) -> str:
    """The name of the manifest that a file says it has."""
    found = re.search(re.escape(f"{hub.settings.address}/u/{usage.id}/").encode() + rb"(\w+)", data)
    assert found is not None
    return found.group(1).decode()


@pytest.mark.req("R56")
@pytest.mark.parametrize("preset", [FREE, "email.hero.600.1x"])
def test_a_copy_for_an_email_holds_an_address_of_few_bytes_and_its_credentials_lie_there(
    signing_hub: Hub, preset: str, tmp_path: Path
) -> None:
    hub = signing_hub
    _, data, usage = mailed(hub, preset)
    assert usage.credentials == "remote"
    name = address(hub, data, usage)
    file = delivery.credentials(hub, usage.id, name)
    with hub.storage.open(file.storage_key) as stream:
        manifest = stream.read()
    media_type = "image/webp" if data[:4] == b"RIFF" else "image/jpeg"
    with c2pa.Reader(media_type, io.BytesIO(data), manifest_data=manifest) as reader:
        plain, state = json.loads(reader.json()), reader.get_validation_state()
    assert state == "Valid"
    assert plain["manifests"][plain["active_manifest"]]["ingredients"][0]["relationship"] == "parentOf"
    hub.credentials = None
    _, unsigned, _ = mailed(hub, preset)
    assert 0 < len(data) - len(unsigned) < 1000 < len(manifest)
    path = tmp_path / "copy"
    path.write_bytes(data)
    said = exiftool(path)
    assert said["XMP-xmpRights:WebStatement"] == licensing.copy_page(hub, usage.id), "what was said stays"
    assert said["XMP-plus:LicenseeTransactionID"] == usage.id


def test_other_copies_hold_their_credentials_themselves(signing_hub: Hub) -> None:
    _, name = rendered(signing_hub, FREE)
    file, usage = taken(signing_hub, name)
    assert usage.credentials == "signed"
    assert b"cawg.metadata" in (file.data or b"")
    assert list(signing_hub.storage.list("manifests/")) == []


@pytest.mark.req("R65")
def test_the_credentials_of_a_copy_end_with_its_use(signing_hub: Hub) -> None:
    hub = signing_hub
    asset, data, usage = mailed(hub)
    name = address(hub, data, usage)
    for wrong in ("man_none", "../x", "%2e%2e", ""):
        with pytest.raises(NotFound):
            delivery.credentials(hub, usage.id, wrong)
    with pytest.raises(NotFound):
        delivery.credentials(hub, "use_none", name)

    def closed(*, legal_order: bool) -> None:
        with hub.database.write() as session:
            order = {"status": "hold", "legal_order": legal_order}
            licensing.set_status(hub, session, SYSTEM, asset_id=asset, **order)  # type: ignore[arg-type]

    closed(legal_order=False)
    with pytest.raises(Gone):
        delivery.credentials(hub, usage.id, name)
    closed(legal_order=True)
    with pytest.raises(LegalOrder):
        delivery.credentials(hub, usage.id, name)


@pytest.mark.req("R90")
def test_manifests_stay_while_a_copy_may_name_them_and_go_with_an_erased_asset(signing_hub: Hub) -> None:
    hub = signing_hub
    asset, data, usage = mailed(hub)
    key = licensing.manifest_key(f"{usage.id}/{address(hub, data, usage)}")
    hub.storage.put("manifests/use_none/man_none", b"lost")
    hub.storage.delete(licensing.copy_key(usage.id))
    again, _ = renditions.take(hub, SYSTEM, usage.rendition_id or "", stated=MAIL)
    assert address(hub, again.data or b"", usage) != address(hub, data, usage), "each signature has its own"
    assert collect(hub, grace_s=0).removed == ["manifests/use_none/man_none"]
    assert hub.storage.exists(key)
    licensing.erase_asset(hub, SYSTEM, asset, reason="Asked for")
    with hub.database.read() as session:
        jobs = [job.id for job in find(session.connection(), Query(kind="erase", limit=10))]
    finish(hub, jobs)  # who goes on reading keeps it from emptying the log
    assert list(hub.storage.list("manifests/")) == []


def test_renditions_from_before_a_key_are_prepared_once_it_is_there(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, send: Callable[..., str]
) -> None:
    monkeypatch.setattr(prepare, "SOME", 2)
    made = [rendered(hub, FREE, jpeg(900, 700, seed)) for seed in range(3)]
    send(jpeg(900, 700, 9))
    assert not queue_unprepared(hub), "nothing is signed here"
    hub.credentials = credentials()
    assert taken(hub, made[0][1])[1].credentials == "no_ingredient"
    assert queue_unprepared(hub)
    _work(hub)
    assert not queue_unprepared(hub), "it was noted"
    with hub.database.read() as session:
        wanted = {licensing.ingredient_key(session.get_one(Asset, asset).sha256) for asset, _ in made}
    assert {stat.key for stat in hub.storage.list("ingredients/")} == wanted, "of what has renditions"
    assert [taken(hub, name)[1].credentials for _, name in made[1:]] == ["signed", "signed"]
    hub.credentials = None
    assert not queue_unprepared(hub)
    hub.credentials = credentials()
    assert queue_unprepared(hub), "meanwhile renditions may have been made"


def test_an_original_that_is_gone_holds_up_no_other(hub: Hub) -> None:
    made = [rendered(hub, FREE, jpeg(900, 700, seed)) for seed in range(2)]
    with hub.database.read() as session:
        hub.storage.delete(f"originals/{session.get_one(Asset, made[0][0]).sha256}")
    hub.credentials = credentials()
    queue_unprepared(hub)
    _work(hub)
    assert [taken(hub, name)[1].credentials for _, name in made] == ["no_ingredient", "signed"]


def _work(hub: Hub) -> None:
    """Run all jobs that prepare something."""
    while True:
        with hub.database.read() as session:
            waiting = find(session.connection(), Query(state="queued", kind=prepare.JOB, limit=10))
        if not waiting:
            return
        finish(hub, [job.id for job in waiting])


def test_a_picture_named_by_an_address_is_whole(signing_hub: Hub) -> None:
    _, data, _ = mailed(signing_hub)
    with Image.open(io.BytesIO(data)) as picture:
        picture.load()
