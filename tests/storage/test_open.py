"""A URL names a storage."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from storage import Misconfigured, StorageError, errors, open_storage
from storage.errors import translated
from storage.local import Local
from storage.memory import Memory
from tests.support import ROOT


def test_a_folder_is_opened_by_path_or_file_url(tmp_path: Path) -> None:
    folder = tmp_path / "with space"
    for url in (f"{folder}", f"file://{tmp_path}/with%20space", f"file://localhost{tmp_path}/with%20space"):
        storage = open_storage(url)
        assert isinstance(storage, Local)
        assert storage.root == folder
    assert not folder.exists(), "opening creates nothing"


def test_memory_is_opened_by_name() -> None:
    assert isinstance(open_storage("memory:"), Memory)


@pytest.mark.parametrize(
    "url", ["", "relative/path", "ftp://host/x", "file://host/x", "memory:x", "memory", "s3:bucket"]
)
def test_other_urls_are_refused(url: str) -> None:
    with pytest.raises(Misconfigured):
        open_storage(url)


def test_boto3_is_imported_only_for_a_bucket(tmp_path: Path) -> None:
    code = (
        "import sys, storage, storage.conformance\n"
        f"storage.open_storage({str(tmp_path)!r}).put('key', b'x')\n"
        "storage.open_storage('memory:')\n"
        "assert not {'boto3', 'botocore'} & set(sys.modules)\n"
        "storage.open_storage('s3://bucket?region=us-east-1')\n"
        "assert 'boto3' in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=60)


def test_every_error_has_a_code_of_its_own_and_says_whether_to_retry() -> None:
    family = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, StorageError)]
    assert len({kind.code for kind in family}) == len(family) > 10
    assert {kind.__name__ for kind in family if kind.retry} == {"OutOfSpace", "Unavailable"}
    assert StorageError("A sentence.").message == str(StorageError("A sentence."))


def test_an_operating_system_error_becomes_one_of_the_family() -> None:
    for number, kind in ((28, errors.OutOfSpace), (122, errors.OutOfSpace), (5, errors.DiskFailed), (95, StorageError)):
        with pytest.raises(kind) as caught, translated("It failed"):
            raise OSError(number, "words of the system")
        assert caught.value.message == "It failed: words of the system."
        assert isinstance(caught.value.__cause__, OSError)
