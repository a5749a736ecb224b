"""Hands the newest signed checkpoint to a place outside the database (CHECKPOINT_STORE_URL).

What lies there does not change any more with the database: a log that is later rewritten, cut
or put back to a back-up no longer fits it. A name, once written, keeps its bytes, so a second
history of one size is refused there and told.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import structlog
from flask import current_app
from sqlalchemy import select

from app.audit import keys
from app.audit.checkpoint import CheckpointError
from app.audit.models import CheckpointHandover
from app.config import OutsideStore, Settings
from app.documents.store import Conflict, Store, StoreError
from tenants import audit
from tenants.audit import AuditCheckpoint
from tenants.clock import now
from tenants.context import current
from tenants.database import db

log = structlog.get_logger()


class HandingFault(StrEnum):
    """Why the newest checkpoint could not be handed out."""

    UNAVAILABLE = "unavailable"  # the place does not take it now
    OTHER_HISTORY = "other-history"  # another checkpoint of this size lies there
    NOT_SIGNED = "not-signed"  # the stored note is not one that the log's key signed


@dataclass(frozen=True, slots=True)
class Handed:
    """How the handing out stands.

    Attributes:
        size, at: the newest checkpoint that lies outside, and since when; None for none.
        fault, fault_at: what the newest attempt failed for, and since when.
    """

    size: int | None = None
    at: datetime | None = None
    fault: HandingFault | None = None
    fault_at: datetime | None = None


def hand_out() -> int:
    """Hand the bound tenant's newest checkpoint to the place outside; return how many went.

    May be repeated: what lies there already is not sent again. A failure is logged as an error
    at every attempt and kept for the auditors when it is new; it is tried again at the next turn.
    """
    settings: Settings = current_app.extensions["settings"]
    newest = audit.newest_checkpoint()
    if settings.checkpoint_store is None or newest is None:
        return 0
    before = state()
    if before.size == newest.size and before.fault is None:
        return 0
    fault = _put(settings.checkpoint_store, newest)
    if fault is None:
        _keep(newest.size, None)
        return 1
    log.error(
        "checkpoint-not-handed-out", tenant=current().slug, size=newest.size, fault=fault.value
    )
    if fault is not before.fault:
        _keep(newest.size, fault)
    return 0


def state() -> Handed:
    """Return which checkpoint of the bound tenant lies outside, and what is wrong."""
    newest = _newest(CheckpointHandover.fault.is_(None))
    last = _newest(CheckpointHandover.fault.is_not(None))
    wrong = last is not None and (newest is None or last.at > newest.at)
    return Handed(
        size=newest.size if newest else None,
        at=newest.at if newest else None,
        fault=HandingFault(last.fault) if last and last.fault and wrong else None,
        fault_at=last.at if last and wrong else None,
    )


def name_of(slug: str, size: int) -> str:
    """Return the name under which a checkpoint lies outside."""
    return f"{slug}/{size}.checkpoint.txt"


def _put(place: OutsideStore, newest: AuditCheckpoint) -> HandingFault | None:
    try:
        signed = keys.verified(newest.note)
    except CheckpointError:
        return HandingFault.NOT_SIGNED
    if (signed.size, signed.root) != (newest.size, newest.root):
        return HandingFault.NOT_SIGNED
    try:
        store = Store(place.url, **place.options)
        store.put(name_of(current().slug, newest.size), newest.note.encode())
    except Conflict:
        return HandingFault.OTHER_HISTORY
    except StoreError:
        return HandingFault.UNAVAILABLE
    return None


def _keep(size: int, fault: HandingFault | None) -> None:
    db.session.add(CheckpointHandover(size=size, at=now(), fault=fault.value if fault else None))
    db.session.flush()


def _newest(condition: object) -> CheckpointHandover | None:
    query = select(CheckpointHandover).where(condition)  # type: ignore[arg-type]
    order = CheckpointHandover.at.desc(), CheckpointHandover.id
    return db.session.scalar(query.order_by(*order).limit(1))
