"""Checks a back-up without restoring it: everything is opened, counted and compared."""

import gzip
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from app.backup import manifest
from app.backup.artefact import Written, hash_of, opening
from app.backup.faults import BackupFault
from app.backup.making import too_old
from app.backup.manifest import Manifest
from app.backup.rows import Row, count, rows


def verify(folder: Path, key: bytes) -> tuple[Manifest, list[str]]:
    """Check one part of a back-up; return what it says of itself, and every fault.

    Raises:
        BackupFault: it is not a back-up, or its manifest is not authentic.
    """
    found = manifest.read(folder, key)
    faults = []
    if found.id != folder.name:
        faults.append(f"{folder} holds the back-up {found.id}")
    for name, written in found.artefacts.items():
        try:
            faults += list(_artefact(folder, found, name, written, key))
        except BackupFault as fault:
            faults.append(str(fault))
    faults += [f"{name} was not in the object store" for name in found.missing]
    if found.part == "keys":
        over = too_old(found.id)
        if over is not None:
            faults.append(f"{folder} is {over.days + 1} days older than a back-up of keys may be")
    return found, faults


@contextmanager
def dumped(folder: Path, about: Manifest, name: str, key: bytes) -> Iterator[Iterator[Row]]:
    """Open the rows of a dump, to be read to their end.

    Raises:
        BackupFault: the artefact does not open, at once or further on.
    """
    with _opened(folder, about, name, key) as plain:
        yield rows(plain)


@contextmanager
def archived(folder: Path, about: Manifest, key: bytes) -> Iterator[Iterator[tuple[str, bytes]]]:
    """Open the objects of a back-up: name and bytes, one after the other.

    Raises:
        BackupFault: the artefact does not open, at once or further on.
    """
    path = folder / about.artefacts["objects"].file
    with opening(path, key, f"{about.id}/{path.name}") as file:
        yield _objects(file, path)


def _objects(file: object, path: Path) -> Iterator[tuple[str, bytes]]:
    try:
        with tarfile.open(fileobj=file, mode="r|") as archive:  # type: ignore[call-overload]
            for entry in archive:
                content = archive.extractfile(entry)
                if content is not None:
                    yield entry.name, content.read()
    except tarfile.TarError:
        raise BackupFault(f"{path} is no archive of objects") from None


@contextmanager
def _opened(folder: Path, about: Manifest, name: str, key: bytes) -> Iterator[Iterator[bytes]]:
    path = folder / about.artefacts[name].file
    with opening(path, key, f"{about.id}/{path.name}") as file:
        try:
            with gzip.GzipFile(fileobj=file, mode="rb") as plain:
                yield iter(plain)
        except (gzip.BadGzipFile, EOFError, zlib.error):
            raise BackupFault(f"{path} is not a dump") from None


def _artefact(
    folder: Path, about: Manifest, name: str, written: Written, key: bytes
) -> Iterator[str]:
    path = folder / written.file
    if hash_of(path) != (written.size, written.sha256):
        yield f"{path} is not the file that was written (size or SHA-256 differs)"
        return
    check: dict[str, Callable[[], Iterator[str]]] = {
        "objects": lambda: _check_objects(folder, about, key),
    }
    yield from check.get(name, lambda: _check_rows(folder, about, name, key))()


def _check_rows(folder: Path, about: Manifest, name: str, key: bytes) -> Iterator[str]:
    with dumped(folder, about, name, key) as found:
        counted = count(found)
    yield from differences(about.counts, counted)


def differences(wanted: manifest.Counts, counted: manifest.Counts) -> Iterator[str]:
    """Name every table and tenant with another number of rows than wanted."""
    for table in sorted(wanted.keys() | counted.keys()):
        one, other = wanted.get(table, {}), counted.get(table, {})
        for tenant in sorted(one.keys() | other.keys()):
            if one.get(tenant, 0) != other.get(tenant, 0):
                of = f" of {tenant}" if tenant else ""
                yield f"{table}{of}: {other.get(tenant, 0)} rows, not {one.get(tenant, 0)}"


def _check_objects(folder: Path, about: Manifest, key: bytes) -> Iterator[str]:
    with archived(folder, about, key) as found:
        number = sum(1 for _ in found)
    if number != about.objects:
        yield f"{number} objects, not {about.objects}"
