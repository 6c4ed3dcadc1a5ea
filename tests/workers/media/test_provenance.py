"""Content Credentials: written last, read as claims, and broken by whatever changes the file afterwards."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.sandboxes import lent
from tests.workers.media.pictures import IMPRINT, cover, opened, photo
from tests.workers.media.signing import credentials
from workers.media import imprint, provenance
from workers.media.errors import MediaError
from workers.media.image import render_pack
from workers.media.provenance import Credentials, Manifest, Signed
from workers.media.sandbox import Sandbox
from workers.media.shapes import ImageFormat

FORMATS: tuple[ImageFormat, ...] = ("jpeg", "png", "webp", "avif", "gif", "tiff")
MINING = {"entries": {"cawg.ai_training": {"use": "notAllowed"}}}
MANIFEST = Manifest(
    "rendition", "UGC Hub", ("c2pa.resized", "c2pa.cropped", "c2pa.converted"), {"cawg.training-mining": MINING}
)


@pytest.fixture
def original(tmp_path: Path) -> Path:
    path = tmp_path / "original.jpg"
    photo(400, 300).save(path)
    return path


def _copy(original: Path, name: ImageFormat) -> Path:
    made = render_pack(original, [cover((400, 300), 200, 150, name, imprint=IMPRINT)], original.parent)
    return original.parent / made[0].path


def _sign(original: Path, name: ImageFormat, manifest: Manifest = MANIFEST, mark: Credentials | None = None) -> Signed:
    parent = provenance.ingredient(original, "image/jpeg", instance="asset:1", title="Original")
    data = _copy(original, name).read_bytes()
    return provenance.sign(data, f"image/{name}", parent=parent, manifest=manifest, credentials=mark or credentials())


@pytest.mark.parametrize("name", FORMATS)
def test_a_signed_copy_says_what_it_was_made_of_and_keeps_its_pixels(original: Path, name: ImageFormat) -> None:
    made = original.with_name(f"signed.{name}")
    made.write_bytes(_sign(original, name).data)
    claims = provenance.read(made, f"image/{name}")
    assert claims is not None
    assert claims.state == "Valid"
    assert claims.problems == ("signingCredential.untrusted",)
    assert (claims.issuer, claims.generator, claims.ingredients) == ("Example Brand", "UGC Hub", 1)
    assert claims.mining == {"cawg.ai_training": "notAllowed"}
    assert opened(made).tobytes() == opened(_copy(original, name)).tobytes()
    assert len(made.read_bytes()) - len(_copy(original, name).read_bytes()) < 25_000


@pytest.mark.parametrize("name", FORMATS)
def test_a_stamp_after_the_signature_is_noticed(original: Path, name: ImageFormat) -> None:
    again = original.with_name(f"again.{name}")
    signed = _sign(original, name).data
    if name in ("avif", "gif"):
        again.write_bytes(imprint.rewrite(signed, name, replace(IMPRINT, usage_id="other")))
    else:
        again.write_bytes(signed[:-40] + bytes([signed[-40] ^ 1]) + signed[-39:])
    claims = provenance.read(again, f"image/{name}")
    assert claims is None or claims.state == "Invalid"


def test_a_remote_manifest_leaves_an_address_in_the_file_and_is_never_fetched(original: Path) -> None:
    signed = _sign(original, "jpeg", replace(MANIFEST, remote_url="https://hub.example/c/1"))
    made = original.with_name("remote.jpg")
    made.write_bytes(signed.data)
    assert len(signed.data) - len(_copy(original, "jpeg").read_bytes()) < 1000
    assert len(signed.manifest) > 2000
    claims = provenance.read(made, "image/jpeg")
    assert claims is not None
    assert claims.state == "Invalid"
    assert "https://hub.example/c/1" in claims.problems[0]


def test_credentials_are_read_while_measuring_in_the_child_process(original: Path, tmp_path: Path) -> None:
    made = tmp_path / "signed.jpg"
    made.write_bytes(_sign(original, "jpeg").data)
    work = tmp_path / "work"
    work.mkdir()
    with lent(Sandbox()) as box:
        facts = box.inspect(made, work).facts
    assert facts.embedded.c2pa == "embedded"
    assert facts.provenance == provenance.read(made, "image/jpeg")


def test_an_original_becomes_an_ingredient_in_the_child_process(original: Path, tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    with lent(Sandbox()) as box:
        parent = box.ingredient(original, work, media_type="image/jpeg", instance="asset:1")
    data = _copy(original, "jpeg").read_bytes()
    signed = provenance.sign(data, "image/jpeg", parent=parent, manifest=MANIFEST, credentials=credentials())
    made = tmp_path / "signed.jpg"
    made.write_bytes(signed.data)
    claims = provenance.read(made, "image/jpeg")
    assert claims is not None
    assert claims.ingredients == 1


def test_what_cannot_be_signed_is_told(original: Path) -> None:
    for wrong in (Credentials(b"no chain", b"no key"), replace(credentials(), algorithm="rot13")):
        with pytest.raises(MediaError) as refused:
            _sign(original, "jpeg", mark=wrong)
        assert refused.value.code == "credentials_failed"


def test_nothing_is_read_where_nothing_is(original: Path) -> None:
    assert provenance.available()
    assert provenance.read(original, "image/jpeg") is None
