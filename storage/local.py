"""Objects as files in a folder: `objects/` (see `storage.tree`), `staging/`, and `marker.json` beside them."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from storage.base import Backend, decode_marker
from storage.contract import Stat
from storage.errors import Conflict, NotFound, Unavailable, translated
from storage.keys import check_key, check_prefix, check_range
from storage.signing import Signer
from storage.staging import PREFIX, Staged, sweep_files
from storage.streams import window
from storage.tree import Tree, make_folder, place

_TYPE = "user.content_type"
_NO_ATTRIBUTES = {errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENODATA, errno.EPERM, errno.ENOSYS}
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK, errno.ENOSYS}
_OURS = {"objects", "staging", "lost+found"}
_OBJECT_MODE = 0o440
"""Objects are never changed."""


class Local(Backend):
    """A folder on a file system of this machine, which must keep names as they are (see `storage.keys`).

    Nothing is created before the first write or `ensure_marker`. Once `ensure_marker` or `check` has found the
    marker, every upload and every miss looks whether it is still there, so that an unmounted disk is `Unavailable`
    rather than an empty storage. `signer` makes the signed URLs.
    """

    def __init__(self, root: Path, signer: Signer | None = None) -> None:
        self.root = root
        self._tree = Tree(root / "objects")
        self._staging = root / "staging"
        self._marker = root / "marker.json"
        self._signer = signer
        self._marked = False

    def stage(self) -> Staged:
        """See `Storage.stage`."""
        self._guard()
        with translated("The staging folder could not be made"):
            make_folder(self._staging)
        return Staged(self._staging, self._land)

    def open(self, key: str, *, start: int = 0, end: int | None = None) -> BinaryIO:
        """See `Storage.open`."""
        check_range(start, end)
        file = os.fdopen(self._descriptor(key), "rb", buffering=0)
        file.seek(start)
        size = None if end is None else end - start
        return window(file, size, lambda: translated("The object could not be read"))

    def stat(self, key: str) -> Stat:
        """See `Storage.stat`."""
        descriptor = self._descriptor(key)
        try:
            with translated("The object could not be looked at"):
                return _stat(key, os.fstat(descriptor), _content_type(descriptor))
        finally:
            os.close(descriptor)

    def list(self, prefix: str = "") -> Iterator[Stat]:
        """See `Storage.list`."""
        check_prefix(prefix)
        return self._listed(prefix)

    def delete(self, key: str) -> None:
        """See `Storage.delete`."""
        folders, name = place(check_key(key))
        try:
            with translated("The object could not be deleted"), self._tree.folder(folders) as folder:
                os.unlink(name, dir_fd=folder)
                os.fsync(folder)
        except NotFound:
            self._guard()

    def signed_url(
        self,
        key: str,
        *,
        expires_s: int,
        filename: str | None = None,
        content_type: str | None = None,
        cache_s: int | None = None,
    ) -> str | None:
        """See `Storage.signed_url`; the web process serves it."""
        check_key(key)
        return self._signer.url(key, expires_s, filename, content_type) if self._signer else None

    @contextmanager
    def local(self, key: str) -> Iterator[Path]:
        """See `Storage.local`; here it is the stored file itself."""
        os.close(self._descriptor(key))  # no link stands in the way, and it is a regular file
        yield self._tree.path(key)

    def marker(self) -> str | None:
        """See `Storage.marker`."""
        if not self.root.is_dir():
            raise Unavailable("The storage folder is gone.")
        try:
            with translated("The marker of the storage could not be read"):
                identity = decode_marker(self._marker.read_bytes())
        except NotFound:
            return None
        self._marked = True
        return identity

    def sweep(self, older_than_s: float) -> int:
        """See `Storage.sweep`."""
        return sweep_files(self._staging, PREFIX, older_than_s)

    def _prepare(self) -> None:
        with translated("The storage folder could not be made"):
            make_folder(self._staging)

    def _holds_objects(self) -> bool:
        """Anything that an empty storage or a fresh file system does not contain counts: it is somebody's."""
        with translated("The storage folder could not be listed"):
            others = any(path.name not in _OURS for path in self.root.iterdir())
        return others or next(self._listed(""), None) is not None

    def _write_marker(self, content: bytes) -> None:
        with translated("The marker of the storage could not be written"):
            make_folder(self._staging)
            with Staged(self._staging, self._land) as staged:
                staged.write(content)
                os.fsync(staged.descriptor)
                with Tree(self.root).folder(()) as folder:
                    _link(staged.path, self._marker.name, folder)
                    os.fsync(folder)

    def _guard(self) -> None:
        with translated("The marker of the storage could not be looked at"):
            missing = self._marked and not self._marker.is_file()
        if missing:
            raise Unavailable("The storage folder is gone or was emptied: its marker is missing.")

    def _descriptor(self, key: str) -> int:
        check_key(key)
        try:
            with translated("The object could not be opened"):
                return self._tree.open(key)
        except NotFound:
            self._guard()
            raise NotFound("There is no object with this key.") from None

    def _listed(self, prefix: str) -> Iterator[Stat]:
        self._guard()
        with translated("The objects could not be listed"):
            for found in self._tree.walk(prefix):
                yield _stat(found.key, found.status, None)

    def _land(self, staged: Staged, key: str, content_type: str | None) -> Stat:
        self._guard()
        folders, name = place(key)
        with translated("The object could not be stored"), self._tree.made_folder(folders) as folder:
            if _size(name, folder) is None:
                _tag(staged.descriptor, content_type)
                os.fchmod(staged.descriptor, _OBJECT_MODE)
                os.fsync(staged.descriptor)
                _link(staged.path, name, folder)
            held = _size(name, folder)
            if held is None:
                raise NotFound("The object was removed while it was stored.")
            if held != staged.size_bytes:
                raise Conflict("The key already holds an object of another size.")
            os.fsync(folder)  # also for an object that was there: whoever linked it may not have come so far
        return self.stat(key)


def _link(path: Path, name: str, folder: int) -> None:
    """Give a finished file its final name, unless that name is taken: a link, unlike a rename, replaces nothing."""
    try:
        os.link(path, name, dst_dir_fd=folder, follow_symlinks=False)
    except FileExistsError:
        pass
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        os.rename(path, name, dst_dir_fd=folder)  # a file system without links; racing writers bring the same bytes


def _size(name: str, folder: int) -> int | None:
    """Return the size of a file, or None where there is none."""
    try:
        return os.stat(name, dir_fd=folder, follow_symlinks=False).st_size
    except FileNotFoundError:
        return None


def _tag(descriptor: int, content_type: str | None) -> None:
    """Keep the type as an extended attribute where the file system has them."""
    if content_type is None:
        return
    try:
        os.setxattr(descriptor, _TYPE, content_type.encode())
    except OSError as error:
        if error.errno not in _NO_ATTRIBUTES:
            raise


def _content_type(descriptor: int) -> str | None:
    try:
        return os.getxattr(descriptor, _TYPE).decode()
    except OSError as error:
        if error.errno not in _NO_ATTRIBUTES:
            raise
        return None


def _stat(key: str, status: os.stat_result, content_type: str | None) -> Stat:
    return Stat(key, status.st_size, datetime.fromtimestamp(status.st_mtime, UTC), content_type)
