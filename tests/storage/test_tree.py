"""The folders of the local backend list their objects in order, whatever happens meanwhile."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.local import Local
from storage.tree import Tree, place

SEGMENTS = st.text(alphabet="a.-0/d~é", min_size=1, max_size=4)


@pytest.fixture
def store(tmp_path: Path) -> Local:
    return Local(tmp_path / "store")


@settings(max_examples=60, deadline=None)
@given(st.sets(SEGMENTS, max_size=12), st.text(alphabet="a.-", max_size=3))
def test_any_keys_are_listed_in_their_order(
    tmp_path_factory: pytest.TempPathFactory, texts: set[str], prefix: str
) -> None:
    keys = {text for text in texts if all(part not in {"", ".", ".."} for part in text.split("/"))}
    tree = Tree(tmp_path_factory.mktemp("tree"))
    for key in keys:
        path = tree.path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert [found.key for found in tree.walk(prefix)] == sorted(key for key in keys if key.startswith(prefix))


@given(st.lists(st.text(alphabet="ab-fd", min_size=1, max_size=3), min_size=1, max_size=3))
def test_the_place_of_a_key_names_no_other(segments: list[str]) -> None:
    folders, name = place("/".join(segments))
    assert [*folders[1:-1:2], name] == segments
    assert [folder[:2] for folder in folders[::2]] == ["d-"] * (len(segments) - 1) + ["f-"]


def test_an_object_deleted_while_listing_is_passed_over(store: Local, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ab1", "ab2", "ab3"):
        store.put(name, b"x")
    listing = store.list()
    assert next(listing).key == "ab1"
    store.delete("ab3")
    assert [found.key for found in listing] == ["ab2"]


def test_a_folder_removed_while_listing_is_passed_over(store: Local) -> None:
    store.put("aa1", b"x")
    store.put("zz1", b"x")
    listing = store.list()
    assert next(listing).key == "aa1"
    (store.root / "objects/f-zz/zz1").unlink()
    (store.root / "objects/f-zz").rmdir()
    assert list(listing) == []


def test_only_so_many_folders_are_remembered(store: Local, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.tree._KNOWN_LIMIT", 2)
    for number in range(5):
        store.put(f"{number}", b"x")
    assert len(store._tree._known) <= 2
    assert len(list(store.list())) == 5
