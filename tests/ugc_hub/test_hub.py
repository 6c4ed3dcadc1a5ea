"""The running hub: ids that sort, and a storage that is really its own."""

from __future__ import annotations

import gc
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TypeVar
from weakref import WeakSet

import pytest
from sqlalchemy import select

from storage import open_storage
from storage.errors import Foreign, StorageError, Unavailable
from tests.ugc_hub.conftest import make_hub
from ugc_hub import renditions
from ugc_hub.errors import BadSettings, HubError, from_engine
from ugc_hub.hub import ALPHABET, NEW_OBJECTS, Hub, open_hub, prepare, settle, sortable_id
from ugc_hub.models import Meta
from ugc_hub.settings import Settings
from workers.media import errors as media


def test_ids_sort_by_the_time_they_were_made_at_and_are_never_the_same() -> None:
    ids = [sortable_id("ast") for _ in range(5000)]
    assert len(set(ids)) == 5000
    moments = [name[:15] for name in ids]
    assert moments == sorted(moments)
    assert all(len(name) == 26 and set(name[4:]) <= set(ALPHABET) for name in ids)


def meta(hub: Hub) -> dict[str, str]:
    with hub.database.read() as session:
        return {row.name: row.value for row in session.scalars(select(Meta))}


@pytest.mark.req("R39")
def test_the_storage_is_marked_as_this_databases_once(hub: Hub) -> None:
    first = meta(hub)
    prepare(hub)
    assert meta(hub) == first
    assert set(first) - {"audit.head"} == {"identity"}
    assert hub.storage.marker() == first["identity"]


@pytest.mark.req("R39")
def test_an_empty_storage_folder_is_refused_in_words(hub: Hub) -> None:
    folder = hub.settings.data_dir / "objects"
    shutil.rmtree(folder)
    folder.mkdir()
    with pytest.raises(Unavailable, match="not mounted"):
        prepare(replace(hub, storage=open_storage(hub.settings.storage)))


@pytest.mark.req("R39")
def test_a_storage_folder_that_is_gone_is_refused_in_words(hub: Hub) -> None:
    shutil.rmtree(hub.settings.data_dir / "objects")
    with pytest.raises(Unavailable, match="gone"):
        prepare(replace(hub, storage=open_storage(hub.settings.storage)))


@pytest.mark.req("R39")
def test_the_storage_of_another_hub_is_refused_in_words(hub: Hub, tmp_path: Path) -> None:
    other = make_hub(tmp_path / "other")
    with pytest.raises(Foreign, match="belongs to"):
        prepare(replace(hub, storage=other.storage))
    other.close()


@pytest.mark.req("R39")
def test_an_empty_database_does_not_take_over_a_storage_with_files(hub: Hub, tmp_path: Path) -> None:
    hub.storage.put("originals/" + "a" * 64, b"something")
    with pytest.raises(StorageError):
        make_hub(tmp_path / "new", storage_url=hub.settings.storage)


def test_a_start_killed_after_the_marker_was_written_is_taken_up_by_the_next(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    with hub.database.write() as session:
        session.query(Meta).delete()
    shutil.rmtree(hub.settings.data_dir / "objects")

    class Killed(BaseException):
        pass

    def die(name: str) -> None:
        raise Killed(name)

    hub = replace(hub, storage=open_storage(hub.settings.storage))
    with monkeypatch.context() as patch:
        patch.setattr("ugc_hub.hub.crash_point", die)
        with pytest.raises(Killed):
            prepare(hub)
    assert set(meta(hub)) == {"identity.new"}
    prepare(hub)
    assert meta(hub) == {"identity": hub.storage.marker()}


def test_starts_at_once_agree_on_one_identity(hub: Hub) -> None:
    with hub.database.write() as session:
        session.query(Meta).delete()
    shutil.rmtree(hub.settings.data_dir / "objects")
    gate = threading.Barrier(6)

    def start(_: int) -> str:
        gate.wait()
        prepare(replace(hub, storage=open_storage(hub.settings.storage)))
        return meta(hub)["identity"]

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(start, range(6))) == {hub.storage.marker()}
    assert set(meta(hub)) - {"audit.head"} == {"identity"}


# Preset files of the house


def write_preset(folder: Path, content: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "house.toml").write_text(content, encoding="utf-8")
    return folder


HOUSE = """
schema = 1

[[target]]
id = "house.wall.image"
channel = "web"
platform = "house"
placement = "wall"
kind = "image"
evidence = {source = "house", kind = "custom"}
"""


def test_preset_files_of_the_house_are_found(hub: Hub, tmp_path: Path) -> None:
    folder = write_preset(tmp_path / "presets", HOUSE)
    mine = replace(hub, settings=replace(hub.settings, presets_dir=folder))
    assert set(renditions.all_presets(mine)) - set(renditions.all_presets(hub)) == {"house.wall.image"}


@pytest.mark.parametrize("content", ["schema = 1\n[[target]]\nid = 'x'\n", "not toml", None])
def test_wrong_preset_files_stop_the_start_with_a_sentence(tmp_path: Path, content: str | None) -> None:
    folder = tmp_path / "presets"
    if content is not None:
        write_preset(folder, content)
    with pytest.raises(BadSettings, match="presets_dir: "):
        open_hub(Settings(data_dir=tmp_path / "var", presets_dir=folder))


# Errors


Kind = TypeVar("Kind", bound=Exception)


def every(kind: type[Kind]) -> list[type[Kind]]:
    return [kind, *(found for child in kind.__subclasses__() for found in every(child))]


@pytest.mark.req("R86")
@pytest.mark.parametrize("kind", every(StorageError), ids=lambda kind: kind.__name__)
def test_errors_of_the_storage_keep_folders_from_people(kind: type[StorageError]) -> None:
    known = from_engine(kind("The folder /srv/secret/objects is gone."))
    assert isinstance(known, HubError)
    assert "/srv" not in known.message
    assert known.message.endswith(".")


@pytest.mark.req("R86")
@pytest.mark.parametrize("kind", every(media.MediaError), ids=lambda kind: kind.__name__)
def test_errors_of_the_media_engine_keep_their_sentence_and_code(kind: type[media.MediaError]) -> None:
    known = from_engine(kind("The file ends in the middle.", code="corrupt"))
    assert isinstance(known, HubError)
    assert (known.message, known.code) == ("The file ends in the middle.", "corrupt")
    assert 400 <= known.status < 600


@pytest.mark.req("R86")
def test_every_error_has_a_code_of_its_own_and_a_status() -> None:
    kinds = [kind for kind in every(HubError) if kind.__module__ == "ugc_hub.errors"]
    assert len({kind.code for kind in kinds}) == len(kinds)
    assert all(400 <= kind.status < 600 for kind in kinds)


class Knot:
    """Something that only a search for garbage can find once nobody holds it."""

    def __init__(self) -> None:
        self.itself = self


def test_what_comes_after_the_start_is_still_found_as_garbage() -> None:
    left: WeakSet[Knot] = WeakSet()
    before = gc.get_threshold()
    settle()
    try:
        for _ in range(3 * NEW_OBJECTS):
            left.add(Knot())
        assert len(left) <= NEW_OBJECTS
    finally:
        gc.set_threshold(*before)  # what is frozen stays so, as in every process of tests
