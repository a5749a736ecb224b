"""Rotations from their beginning to their end, or from where an earlier one died.

Each function yields after every committed step what was done, so that whoever runs it can say so,
and may be ended at any of them: the next run finds in the database what is left.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from flask import current_app
from sqlalchemy import Engine, text

from app.attachments import resealing as attachments
from app.documents import resealing
from app.documents.store import StoreError
from tenants import rotation
from tenants.context import Channel, Context, bind
from tenants.database import transaction
from tenants.disclosure import start_record
from tenants.errors import Conflict, Unreadable
from tenants.keyring import add_root, remove_root
from tenants.registry import Directory

BATCH = 200
ALONE = 0x7465647568
"""The lock that one rotation holds alone, and back-ups while they are made."""


@contextmanager
def alone(engine: Engine) -> Iterator[None]:
    """Keep every other rotation out; the database lets go when this process dies.

    Raises:
        Conflict: ``another-rotation``.
    """
    with engine.connect() as connection:
        taken = connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": ALONE})
        connection.commit()
        if not taken:
            raise Conflict("another-rotation")
        yield


@contextmanager
def inside(tenant: Directory) -> Iterator[None]:
    """One transaction in a tenant, nobody acting."""
    context = Context(tenant.tenant_id, tenant.slug, channel=Channel.COMMAND)
    with bind(context), transaction():
        start_record()
        yield


def add_root_key() -> str:
    """Put a new root key into the keyring file and return its name; it wraps from now on."""
    ring = add_root(current_app.extensions["keyring_file"])
    current_app.extensions["keyring"] = ring
    return ring.active


def rotate_root(tenants: Sequence[Directory], *, anew: bool = True) -> Iterator[str]:
    """Wrap the keys of all offices under the active root key.

    Args:
        anew: make a new root key first, unless an office's key lies under another than the
            active one: then an earlier rotation is gone on with.
    """
    if anew and not any(_under_other_root(tenant) for tenant in tenants):
        yield f"root key {add_root_key()} added to the keyring"
    for number, tenant in enumerate(tenants, 1):
        with inside(tenant):
            moved = rotation.wrap_tenant_keys()
        yield f"{tenant.slug}: {moved} keys wrapped anew ({number} of {len(tenants)} offices)"


def rotate_tenant(tenant: Directory) -> Iterator[str]:
    """Give an office a new key and wrap and seal under it what lay under the earlier ones."""
    with inside(tenant):
        begun = None if rotation.unfinished_tenant_key() else rotation.begin_tenant_key()
    yield f"{tenant.slug}: " + (f"key {begun} made" if begun else "going on where it was left")
    finished = False
    while not finished:
        for act in (rotation.wrap_case_keys, rotation.seal_office_anew):
            yield from _until_none(tenant, act)
        with inside(tenant):
            finished = rotation.finish_tenant_key()
    yield f"{tenant.slug}: nothing lies under an earlier key any more"


def _until_none(tenant: Directory, act: Callable[..., int]) -> Iterator[str]:
    total = 0
    for limit, wait in ((BATCH, False), (1, True)):
        moved = 1
        while moved:
            with inside(tenant):
                moved = act(limit, wait=wait)
                left = rotation.under_earlier_tenant_key()
            total += moved
            if moved:
                yield f"{tenant.slug}: {total} moved, {left} left"


def rotate_cases(
    tenant: Directory, before: datetime, chosen: Sequence[UUID] | None = None
) -> Iterator[str]:
    """Give cases a new key and seal everything of theirs under it.

    Args:
        before: only cases whose key was made before this moment; the same again after an
            interruption, so that none is done twice.
        chosen: these cases only; all when None.
    """
    with inside(tenant):
        unfinished = rotation.unfinished_cases()
        due = rotation.cases_made_before(before)
    due = [one for one in due if chosen is None or one in chosen]
    for case_id in unfinished:
        if case_id not in due:
            yield from _seal_anew(tenant, case_id, "left earlier")
    for number, case_id in enumerate(due, 1):
        with inside(tenant):
            begun = rotation.begin_case_key(case_id, before)
        if begun:
            yield f"{tenant.slug}: {case_id} has a new key ({number} of {len(due)})"
            yield from _seal_anew(tenant, case_id, f"{number} of {len(due)}")


def _seal_anew(tenant: Directory, case_id: UUID, which: str) -> Iterator[str]:
    """Seal rows and files of a case anew; what does not open is named and left as it is."""
    where = f"{tenant.slug}: {case_id}"
    try:
        yield from _rows(tenant, case_id, which)
        whole = yield from _files(tenant, case_id, which)
    except Unreadable as error:
        yield f"{where}: NOT FINISHED, a value does not open: {error}"
        return
    with inside(tenant):
        living = rotation.is_living(case_id)
        done = whole and living and not rotation.rows_under_earlier_key(case_id)
        if done:
            rotation.finish_case_key(case_id)
    said = "finished" if done else "NOT FINISHED" if living else "was destroyed meanwhile"
    yield f"{where}: {said} ({which})"


def _rows(tenant: Directory, case_id: UUID, which: str) -> Iterator[str]:
    total, left = 0, 1
    while left:
        with inside(tenant):
            moved = rotation.seal_case_anew(case_id, BATCH)
            if not moved:
                left = rotation.rows_under_earlier_key(case_id)
        if not moved and left:
            with inside(tenant):
                moved = rotation.seal_case_anew(case_id, 1, wait=True)
        total += moved
        if moved:
            yield f"{tenant.slug}: {case_id}: {total} rows sealed anew ({which})"


def _files(tenant: Directory, case_id: UUID, which: str) -> Generator[str, None, bool]:
    """Seal the files anew; tell whether every one could be."""
    whole = True
    with inside(tenant):
        living = rotation.is_living(case_id)
        letters = resealing.files_of(case_id) if living else []
        attached = attachments.files_of(case_id) if living else []
    files = [
        *((one, "letter", resealing.seal_file_anew) for one in letters),
        *((one, "attachment", attachments.seal_file_anew) for one in attached),
    ]
    for number, (file_id, what, seal) in enumerate(files, 1):
        said = f"{tenant.slug}: {case_id}: file {number} of {len(files)}"
        try:
            with inside(tenant):
                moved = seal(file_id)
            if moved.anew:
                yield f"{said} sealed anew ({which})"
            resealing.remove(moved)
            if moved.left:
                yield f"{said}: the earlier one is gone ({which})"
        except (Unreadable, StoreError) as error:
            whole = False
            yield f"{said}, {what} {file_id}: {type(error).__name__}"
    return whole


def discard(tenant: Directory, before: datetime) -> Iterator[str]:
    """Throw away the earlier case keys under which nothing lies since ``before``."""
    with inside(tenant):
        found = rotation.discardable(before)
    for case_id, version in found:
        yield from _seal_anew(tenant, case_id, "before an earlier key goes")
        with inside(tenant):
            gone = rotation.discard(case_id, version)
        said = "thrown away" if gone else "kept: something lies under it, rotate case"
        yield f"{tenant.slug}: {case_id}: key {version} {said}"


def forget_root(tenants: Sequence[Directory], name: str) -> None:
    """Take a root key out of the keyring file, unless an office's key lies under it.

    Raises:
        Conflict: ``root-in-use``.
        KeyringError: it is the active one or not there.
    """
    for tenant in tenants:
        with inside(tenant):
            if rotation.under_root(name):
                raise Conflict("root-in-use")
    path = current_app.extensions["keyring_file"]
    current_app.extensions["keyring"] = remove_root(path, name)


def _under_other_root(tenant: Directory) -> bool:
    with inside(tenant):
        return rotation.under_other_root() > 0
