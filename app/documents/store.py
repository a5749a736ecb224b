"""Where sealed letters lie: a folder, an S3 bucket, or memory.

Only sealed bytes come here. A name, once written, keeps its bytes for ever.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Collection, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit
from uuid import uuid4

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import LocalStore, MemoryStore, S3Store

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]*(?:[./][a-z0-9_-]+)*")
_MAX_NAME: Final = 300
_TEMPORARY: Final = ".tmp-"
_LOOPBACK: Final = re.compile(r"http://(127\.0\.0\.1|\[::1\]|localhost)(:\d+)?/?")


class StoreError(Exception):
    """The object store cannot do what was asked."""


class StoreUnavailable(StoreError):
    """The store cannot be reached, read or written now; the same call may succeed later."""


class StoreFull(StoreUnavailable):
    """No room is left."""


class StoreElsewhere(StoreUnavailable):
    """What was put before is not there: another folder or bucket, or a disk not mounted."""


class Missing(StoreError):
    """No object has this name."""


class Conflict(StoreError):
    """An object of this name exists with other bytes."""


class Store:
    """Named, immutable objects."""

    def __init__(self, url: str | None = None, **options: str) -> None:
        """Open a store.

        :param url: ``file:///absolute/folder`` (made when missing), ``s3://bucket/prefix``
            (credentials and endpoint from the usual ``AWS_...`` variables), or ``None`` for
            memory.
        :param options: a bucket's credentials, region and endpoint, in place of those variables.
        :raises ValueError: another kind of URL.
        :raises StoreUnavailable: the folder cannot be made.
        """
        self._root: Path | None = None
        self._objects: LocalStore | MemoryStore | S3Store
        parts = urlsplit(url or "memory:")
        if parts.scheme == "memory":
            self._objects = MemoryStore()
        elif parts.scheme == "file" and not parts.netloc and parts.path.startswith("/"):
            self._root = Path(unquote(parts.path))
            try:
                self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
                self._objects = LocalStore(self._root)
            except (OSError, BaseError) as problem:
                raise _translated(problem) from None
        elif parts.scheme == "s3" and parts.netloc:
            own: dict[str, Any] = {**_brief(options), **options} if options else {}
            self._objects = S3Store.from_url(url or "", **own)
        else:
            raise ValueError("an object store is file:///absolute/folder or s3://bucket/prefix")

    def put(self, name: str, content: bytes) -> None:
        """Write an object whole or not at all; on return it survives a power cut.

        Writing the same bytes again is allowed, so that a repeated job does no harm.

        :param name: lower-case letters, digits, ``-``, ``_``, parted by ``/`` or ``.``.
        :raises Conflict: the name is taken by other bytes.
        :raises StoreFull: no room.
        :raises StoreUnavailable: any other failure of the store.
        """
        _check(name)
        try:
            if self._root is None:
                obstore.put(self._objects, name, content, mode="create")
            else:
                _write(self._root / name, content)
        except (AlreadyExistsError, FileExistsError):
            if self.get(name) != content:
                raise Conflict(name) from None
        except (OSError, BaseError) as problem:
            raise _translated(problem) from None

    def put_beside(self, name: str, content: bytes, known: Collection[str]) -> None:
        """Write an object as :meth:`put` does, if one of those put before is there.

        An empty folder under a disk that is not mounted takes everything and loses it.

        :param known: names of objects that must exist; none when nothing was put before.
        :raises StoreElsewhere: not one of them does.
        """
        if known and not any(self.holds(one) for one in known):
            raise StoreElsewhere(name)
        self.put(name, content)

    def holds(self, name: str) -> bool:
        """Tell whether an object has this name.

        :raises StoreUnavailable: the store cannot be read.
        """
        _check(name)
        try:
            obstore.head(self._objects, name)
        except FileNotFoundError:
            return False
        except (OSError, BaseError) as problem:
            raise _translated(problem) from None
        return True

    def names(self) -> Iterator[tuple[str, int]]:
        """Return the name and size of every object, a thousand at a time.

        :raises StoreUnavailable: the store cannot be read.
        """
        try:
            for batch in obstore.list(self._objects, chunk_size=1_000):
                for one in batch:
                    if not one["path"].rpartition("/")[2].startswith(_TEMPORARY):
                        yield one["path"], one["size"]
        except (OSError, BaseError) as problem:
            raise _translated(problem) from None

    def remove(self, name: str) -> None:
        """Remove an object whose content lies under another name by now. May be repeated.

        :raises StoreUnavailable: the store does not let it go.
        """
        _check(name)
        try:
            obstore.delete(self._objects, name)
        except FileNotFoundError:
            return
        except (OSError, BaseError) as problem:
            raise _translated(problem) from None
        if self._root is not None:
            _flush_folder((self._root / name).parent)

    def get(self, name: str) -> bytes:
        """Return an object's bytes.

        :raises Missing: no such object.
        :raises StoreUnavailable: the store cannot be read.
        """
        _check(name)
        try:
            return bytes(obstore.get(self._objects, name).bytes())
        except FileNotFoundError:
            raise Missing(name) from None
        except (OSError, BaseError) as problem:
            raise _translated(problem) from None


def _brief(options: Mapping[str, str]) -> dict[str, Any]:
    """Return settings of a place that others wait for: tried again at the next turn, not for long.

    Without TLS only on this machine itself.
    """
    plain = _LOOPBACK.fullmatch(options.get("endpoint", "")) is not None
    return {
        "client_options": {"timeout": "10s", "connect_timeout": "5s", "allow_http": plain},
        "retry_config": {"max_retries": 1, "retry_timeout": timedelta(seconds=10)},
    }


def _write(target: Path, content: bytes) -> None:
    """Write beside the target, flush to disk, then link: a name never shows half an object.

    obstore's own local put renames without flushing, so a power cut could leave a short file.
    """
    _make_folder(target.parent)
    temporary = target.parent / f"{_TEMPORARY}{uuid4().hex}"
    try:
        with temporary.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.link(temporary, target)  # unlike rename, refuses a name that is taken
    finally:
        temporary.unlink(missing_ok=True)
        # Also when the name was taken: an earlier attempt may have died before this line.
        _flush_folder(target.parent)


def _make_folder(folder: Path) -> None:
    missing = [folder, *folder.parents]
    made = [one for one in missing if not one.exists()]
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for one in made:
        _flush_folder(one.parent)


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _check(name: str) -> None:
    if len(name) > _MAX_NAME or not _NAME.fullmatch(name):
        raise ValueError("not a name of an object")


def _translated(problem: Exception) -> StoreError:
    full = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
    if isinstance(problem, OSError) and problem.errno in full:
        return StoreFull(type(problem).__name__)
    if "No space left" in str(problem) or "QuotaExceeded" in str(problem):
        return StoreFull(type(problem).__name__)
    return StoreUnavailable(type(problem).__name__)
