"""Files that somebody found are known again as copies that left, by what they are, what they say or how they look."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from PIL import Image

from tests.pictures import jpeg
from tests.ugc_hub.licensing.rows import cleared
from ugc_hub import ingest, licensing, renditions
from ugc_hub.accounts import SYSTEM
from ugc_hub.cli.root import main
from ugc_hub.database.upgrade import migrate
from ugc_hub.hub import Hub, open_hub, prepare
from ugc_hub.jobs.local import finish
from ugc_hub.licensing import StatedUse
from ugc_hub.settings import Settings


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """The hub that the commands open too."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("UGC_HUB_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("UGC_HUB_MIN_FREE_BYTES", "0")
    monkeypatch.setenv("UGC_HUB_TEXT_READER", "off")
    made = open_hub(Settings(data_dir=tmp_path / "var", min_free_bytes=0))
    migrate(made.database)
    prepare(made)
    yield made
    made.close()


@pytest.fixture
def website(hub: Hub, tmp_path: Path) -> tuple[str, str, Path]:
    """An asset, the use for which a copy of it left, and a folder with that copy and other files."""
    data = jpeg(900, 700, 3)
    accepted = ingest.accept(hub, SYSTEM, io.BytesIO(data), ingest.Upload("photo.jpg", "api", size_bytes=len(data)))
    finish(hub, [accepted.job_id or 0])
    asset = cleared(hub, accepted.asset_id)
    use = StatedUse("website", ("US",))
    (outcome,) = renditions.request(hub, SYSTEM, asset, ["web.srcset.w640"], stated=use)
    name = outcome.renditions[-1]
    finish(hub, [renditions.get(hub, SYSTEM, name).job_id or 0])
    file, left = renditions.take(hub, SYSTEM, name, stated=use)
    folder = tmp_path / "website"
    (folder / "pictures").mkdir(parents=True)
    (folder / "pictures" / "hero").write_bytes(file.data or b"")
    (folder / "pictures" / "hero-with-comment").write_bytes((file.data or b"") + b"<!-- -->")
    (folder / "index.html").write_text("<p>words</p>", encoding="utf-8")
    (folder / "other.jpg").write_bytes(jpeg(900, 700, 77))
    with Image.open(io.BytesIO(file.data or b"")) as picture:
        picture.convert("RGB").save(folder / "bare.jpg", quality=70)
    return asset, left.usage_id, folder


def look(*words: str) -> Result:
    return CliRunner().invoke(main, ["rights", "sightings", *words])


def test_a_copy_is_known_by_its_bytes_or_by_what_it_says_and_how_it_looks_is_asked_for(
    website: tuple[str, str, Path],
) -> None:
    asset, usage, folder = website
    done = look(str(folder), "--json")
    assert done.exit_code == 0, done.output
    found = json.loads(done.output)["files"]
    told = {
        Path(path).name: [(one["usage_id"], one["asset_id"], one["status"]) for one in found[path]] for path in found
    }
    assert told == {name: [(usage, asset, "good")] for name in ("hero", "hero-with-comment")}
    found = json.loads(look(str(folder), "--looks", "--json").output)["files"]
    by = {Path(path).name: {one["by"] for one in found[path]} for path in found}
    assert by == {"hero": {"stamp"}, "hero-with-comment": {"stamp"}, "bare.jpg": {"looks"}}


def test_an_original_is_known_by_its_bytes(hub: Hub, website: tuple[str, str, Path], tmp_path: Path) -> None:
    data = jpeg(900, 700, 3)
    licensing.hand_over(
        hub, SYSTEM, licensing.Copy(website[0], "download", licensing.Use("internal"), sha256=_sha256(data))
    )
    path = tmp_path / "original.jpg"
    path.write_bytes(data)
    assert "known by its bytes" in look(str(path)).output


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_a_copy_whose_use_has_ended_is_named_and_the_status_tells(hub: Hub, website: tuple[str, str, Path]) -> None:
    asset, usage, folder = website
    with hub.database.write() as session:
        licensing.set_status(hub, session, SYSTEM, asset_id=asset, status="hold")
    done = look(str(folder / "pictures" / "hero"))
    assert done.exit_code == 1
    assert f"use {usage} of {asset}, known by its stamp since 20" in done.output
    assert done.output.startswith("ENDED")


def test_what_never_left_is_not_known(website: tuple[str, str, Path]) -> None:
    done = look(str(website[2] / "other.jpg"), str(website[2] / "index.html"), "--looks")
    assert (done.exit_code, done.output) == (0, "None of them is known as a copy that left.\n")
