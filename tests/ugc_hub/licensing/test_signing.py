"""Copies signed with Content Credentials: what they were made of, the terms of their use, and keys that cannot sign."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import c2pa
import pytest

from tests.pictures import jpeg
from tests.support import ROOT
from tests.ugc_hub.conftest import make_hub
from tests.ugc_hub.licensing.rows import cleared
from tests.ugc_hub.rows import user_row
from tests.workers.media.signing import credentials
from ugc_hub import ingest, licensing, renditions
from ugc_hub.accounts import SYSTEM, Actor, actor_of
from ugc_hub.catalog import FileOut
from ugc_hub.errors import BadSettings
from ugc_hub.hub import Hub, open_hub
from ugc_hub.jobs.local import finish
from ugc_hub.licensing import StatedUse, ingredient_key
from ugc_hub.models import Asset, Rendition, Usage
from ugc_hub.settings import Settings
from workers.media import provenance, signers
from workers.media.provenance import Credentials

WEB = StatedUse("website", ("US",), ends_at=datetime(2040, 1, 1, tzinfo=UTC))
FREE = "web.srcset.w640"
"""A preset without a byte budget of its own."""


def key_files(folder: Path, made: Credentials | None = None) -> dict[str, Path]:
    """Write a chain and a key, and return the settings that name them."""
    found = made or credentials()
    folder.mkdir(exist_ok=True)
    paths = {"c2pa_chain": folder / "chain.pem", "c2pa_key": folder / "key.pem"}
    paths["c2pa_chain"].write_bytes(found.chain)
    paths["c2pa_key"].write_bytes(found.key)
    return paths


@pytest.fixture
def signing_hub(migrated_url: str, tmp_path: Path) -> Iterator[Hub]:
    made = make_hub(tmp_path / "var", migrated_url, **key_files(tmp_path / "keys"))
    yield made
    made.close()


def rendered(hub: Hub, preset: str, data: bytes = b"") -> tuple[str, str]:
    """An asset that may be used, and a finished rendition of it."""
    data = data or jpeg(900, 700, 3)
    accepted = ingest.accept(hub, SYSTEM, io.BytesIO(data), ingest.Upload("photo.jpg", "api", size_bytes=len(data)))
    finish(hub, [accepted.job_id or 0])
    asset = cleared(hub, accepted.asset_id)
    (outcome,) = renditions.request(hub, SYSTEM, asset, [preset], stated=WEB)
    name = outcome.renditions[-1]
    finish(hub, [renditions.get(hub, SYSTEM, name).job_id or 0])
    return asset, name


def taken(hub: Hub, name: str, actor: Actor = SYSTEM) -> tuple[FileOut, Usage]:
    file, left = renditions.take(hub, actor, name, stated=WEB)
    with hub.database.read() as session:
        return file, session.get_one(Usage, left.usage_id)


def report(file: FileOut) -> dict[str, Any]:
    """What an independent reader finds: the state, and the manifest of the copy."""
    with c2pa.Reader(file.media_type, io.BytesIO(file.data or b"")) as reader:
        plain = json.loads(reader.json())
        return {"state": reader.get_validation_state(), **plain["manifests"][plain["active_manifest"]]}


@pytest.mark.req("R56")
def test_a_signed_copy_names_its_original_its_edits_and_the_terms_of_its_use(signing_hub: Hub, tmp_path: Path) -> None:
    asset, name = rendered(signing_hub, FREE)
    file, usage = taken(signing_hub, name)
    assert usage.credentials == licensing.signing.SIGNED
    found = report(file)
    assert found["state"] == "Valid", "intact, by a signer on no list"
    assert found["signature_info"]["issuer"] == "Example Brand"
    (parent,) = found["ingredients"]
    assert (parent["relationship"], parent["instance_id"]) == ("parentOf", f"urn:ugc:asset:{asset}")
    said = {one["label"]: one["data"] for one in found["assertions"]}
    done = [action["action"] for label, data in said.items() if "actions" in label for action in data["actions"]]
    assert {"c2pa.opened", "c2pa.resized", "c2pa.published"} <= set(done)
    terms = said["cawg.metadata"]
    assert terms["plus:LicenseeTransactionID"] == usage.id
    assert terms["xmpRights:WebStatement"] == licensing.copy_page(signing_hub, usage.id)
    assert terms["plus:LicenseEndDate"].startswith("2040-01-01")
    assert usage.id.encode() in (file.data or b"")
    path = tmp_path / "copy"
    path.write_bytes(file.data or b"")
    claims = provenance.read(path, file.media_type)
    assert claims is not None
    assert (claims.state, claims.ingredients, claims.generator) == ("Valid", 1, "UGC Hub")


def test_a_signed_copy_is_kept_because_a_signature_comes_out_differently_each_time(signing_hub: Hub) -> None:
    _, name = rendered(signing_hub, FREE)
    first, usage = taken(signing_hub, name)
    again, same = taken(signing_hub, name)
    assert (again.data, again.etag, same.id) == (first.data, first.etag, usage.id)
    signing_hub.storage.delete(licensing.copy_key(usage.id))
    anew, _ = taken(signing_hub, name)
    assert anew.etag != first.etag, "another signature is another version"
    other, use = taken(signing_hub, name, actor_of(user_row(signing_hub, "designer")))
    assert use.id != usage.id
    assert report(other)["state"] == "Valid"


@pytest.mark.req("R57")
def test_credentials_never_break_a_budget_and_the_ledger_says_why_they_are_missing(signing_hub: Hub) -> None:
    asset, name = rendered(signing_hub, FREE)
    with signing_hub.database.write() as session:
        row = session.get_one(Rendition, name)
        row.plan = {**row.plan, "max_bytes": (row.size_bytes or 0) + 2000}
    file, usage = taken(signing_hub, name)
    assert (usage.stamp, usage.credentials) == ("full", "over_budget")
    assert b"c2pa" not in (file.data or b"")
    with signing_hub.database.write() as session:
        row = session.get_one(Rendition, name)
        row.plan = {**row.plan, "max_bytes": None}
        sha256 = session.get_one(Asset, asset).sha256
    signing_hub.storage.delete(ingredient_key(sha256))
    signing_hub.storage.delete(licensing.copy_key(usage.id))
    _, usage = taken(signing_hub, name)
    assert usage.credentials == "no_ingredient"
    signing_hub.storage.put(ingredient_key(sha256), b"no archive")
    signing_hub.storage.delete(licensing.copy_key(usage.id))
    file, usage = taken(signing_hub, name)
    assert usage.credentials == "failed"
    assert usage.id.encode() in (file.data or b""), "its metadata are there all the same"


@pytest.mark.req("R56")
@pytest.mark.parametrize(("said", "state"), [("exif:Make", "signed"), ("exif:GPSLatitude", "tells_place")])
def test_credentials_of_the_original_go_along_unless_they_say_where_it_was_taken(
    signing_hub: Hub, said: str, state: str
) -> None:
    place = {"@context": {"exif": "http://ns.adobe.com/exif/1.0/"}, said: "48,51.5N"}
    source = "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"
    created = {"actions": [{"action": "c2pa.created", "digitalSourceType": source}]}
    assertions = [{"label": "c2pa.actions", "data": created}, {"label": "stds.exif", "data": place}]
    described = {"claim_generator_info": [{"name": "Camera"}], "assertions": assertions}
    made = io.BytesIO()
    key = credentials()
    signer = c2pa.Signer.from_info(c2pa.C2paSignerInfo(key.algorithm, key.chain, key.key, None))
    c2pa.Builder(described).sign(signer, "image/jpeg", io.BytesIO(jpeg(900, 700, 4)), made)
    assert said.encode() in made.getvalue()
    _, name = rendered(signing_hub, FREE, made.getvalue())
    file, usage = taken(signing_hub, name)
    assert usage.credentials == state
    assert (b"GPSL" in (file.data or b""), b"Camera" in (file.data or b"")) == (False, state == "signed")


def test_a_key_that_cannot_sign_is_told_at_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good = key_files(tmp_path / "good")
    chain = credentials().chain
    root = chain[chain.index(b"-----BEGIN", 10) :]
    leaf = chain[: -len(root)]
    other = key_files(tmp_path / "other", replace(credentials(), key=credentials.__wrapped__().key))
    cases = [
        ({"c2pa_chain": good["c2pa_chain"]}, "belong together"),
        ({"c2pa_key": good["c2pa_key"]}, "belong together"),
        ({**good, "c2pa_key": tmp_path / "nowhere.pem"}, "nowhere.pem cannot be read"),
        (other, "does not belong to the first certificate"),
        (key_files(tmp_path / "a", replace(credentials(), chain=b"none")), "no certificates in PEM"),
        (key_files(tmp_path / "b", replace(credentials(), key=b"none")), "no private key in PEM"),
        (key_files(tmp_path / "c", replace(credentials(), chain=root + leaf)), "does not belong"),
        (key_files(tmp_path / "d", replace(credentials(), chain=leaf + leaf)), "out of order"),
        ({**good, "c2pa_algorithm": "es384"}, "cannot sign with c2pa_algorithm es384"),
        ({**good, "c2pa_algorithm": "ed25519"}, "cannot sign"),
        ({**good, "c2pa_algorithm": "ps256"}, "cannot sign"),
    ]
    for values, words in cases:
        with pytest.raises(BadSettings, match=words):
            open_hub(Settings(data_dir=tmp_path / "var", **values))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="is valid from"):
        signers.check(credentials(), datetime(2020, 1, 1, tzinfo=UTC))
    open_hub(Settings(data_dir=tmp_path / "var", **good)).close()  # type: ignore[arg-type]
    monkeypatch.setattr(provenance, "PACKAGE", "c2pa_that_is_not_there")
    with pytest.raises(BadSettings, match="extra is not installed"):
        open_hub(Settings(data_dir=tmp_path / "var", **good))  # type: ignore[arg-type]


def test_a_hub_without_a_key_loads_nothing_that_signs() -> None:
    script = "import sys, ugc_hub.web.wsgi, ugc_hub.licensing; print(*{'PIL', 'c2pa', 'cv2', 'av'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
