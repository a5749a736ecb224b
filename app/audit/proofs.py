"""Proves, on the spot, that an event stands in the signed tree."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import select

from app.audit import checkpoint, export, keys, merkle
from app.audit.models import AuditNode
from tenants import audit, clock, registry
from tenants.audit import AuditCheckpoint, AuditEvent, AuditLeaf
from tenants.database import db
from tenants.errors import Conflict, Missing, Unreadable
from tenants.vocabulary import Tag

CHECKPOINTS = 10
"""Checkpoints on one page: on a telephone each is a card."""


class ProofState(StrEnum):
    """What can be said of one event."""

    WAITING = "waiting"  # the sequencer gives it its place within seconds
    PROVED = "proved"
    PRUNED = "pruned"  # its text was removed at the end of its time; its leaf is proved
    BROKEN = "broken"  # text, leaf, tree and signature do not fit together


@dataclass(frozen=True, slots=True)
class Inclusion:
    """Where an event stands and whether that is proved.

    Attributes:
        index: its place in the log, counted from 0.
        size, root, made_at: the checkpoint it was proved against.
    """

    state: ProofState
    index: int | None = None
    size: int | None = None
    root: bytes | None = None
    made_at: datetime | None = None


def prove(event: AuditEvent) -> Inclusion:
    """Check text, leaf, path and signature of one event against the newest checkpoint."""
    leaf, newest = _leaf(event), audit.newest_checkpoint()
    if leaf is None:
        return Inclusion(ProofState.WAITING)
    if newest is None:
        return Inclusion(ProofState.BROKEN, leaf.index)
    place = (leaf.index, newest.size, newest.root, newest.made_at)
    try:
        signed = keys.verified(newest.note)
        path = merkle.inclusion_proof(stored, leaf.index, signed.size)
        merkle.verify_inclusion(leaf.leaf_hash, leaf.index, signed.size, path, signed.root)
    except (merkle.MerkleError, checkpoint.CheckpointError, Unreadable):
        return Inclusion(ProofState.BROKEN, *place)
    if event.body is None:
        return Inclusion(ProofState.PRUNED, *place)
    if merkle.leaf_hash(event.body.encode()) != leaf.leaf_hash:
        return Inclusion(ProofState.BROKEN, *place)
    return Inclusion(ProofState.PROVED, *place)


def proof_file(event: AuditEvent) -> str:
    """Return the proof of one event as text that is checked alone (C2SP tlog-proof); recorded.

    Raises:
        Conflict: ``event-waits``, it has no place yet; ``event-not-provable``.
    """
    leaf, newest = _leaf(event), audit.newest_checkpoint()
    if leaf is None or newest is None:
        raise Conflict("event-waits")
    try:
        path = merkle.inclusion_proof(stored, leaf.index, newest.size)
    except merkle.MerkleError:
        raise Conflict("event-not-provable") from None
    audit.record(
        Tag.AUDIT_PROOF_DOWNLOADED,
        subject=("audit_event", event.id),
        case_id=event.case_id,
        details={"index": leaf.index},
    )
    body = None if event.body is None else event.body.encode()
    return export.proof_text(leaf.index, path, newest.note, body)


def stored(level: int, start: int, stop: int) -> Sequence[bytes]:
    """Read stored hashes of the bound tenant's tree (a ``merkle.Reader``)."""
    if level == 0:
        leaves = (
            select(AuditLeaf.leaf_hash)
            .where(AuditLeaf.index >= start, AuditLeaf.index < stop)
            .order_by(AuditLeaf.index)
        )
        return list(db.session.scalars(leaves))
    nodes = (
        select(AuditNode.hash)
        .where(AuditNode.level == level, AuditNode.index >= start, AuditNode.index < stop)
        .order_by(AuditNode.index)
    )
    return list(db.session.scalars(nodes))


def checkpoints(
    before: int | None = None, until: date | None = None, limit: int = CHECKPOINTS
) -> list[AuditCheckpoint]:
    """Return signed checkpoints, newest first; recorded.

    Args:
        before: only those below this size.
        until: only those signed up to the end of this day, by the office's own clock.
    """
    query = select(AuditCheckpoint).order_by(AuditCheckpoint.size.desc()).limit(limit)
    if before is not None:
        query = query.where(AuditCheckpoint.size < before)
    if until is not None and until < date.max:  # no day follows the last of all
        end = clock.begins(until + timedelta(days=1), registry.profile().identity.timezone)
        query = query.where(AuditCheckpoint.made_at < end)
    found = list(db.session.scalars(query))
    audit.record(Tag.AUDIT_CHECKPOINTS_VIEWED, details={"count": len(found)})
    return found


def checkpoint_note(size: int) -> str:
    """Return the signed note of one size; recorded.

    Raises:
        Missing: the log signed none of this size.
    """
    note = db.session.scalar(select(AuditCheckpoint.note).where(AuditCheckpoint.size == size))
    if note is None:
        raise Missing("checkpoint")
    audit.record(Tag.AUDIT_CHECKPOINT_DOWNLOADED, details={"size": size})
    return note


def _leaf(event: AuditEvent) -> AuditLeaf | None:
    return db.session.scalar(select(AuditLeaf).where(AuditLeaf.event_id == event.id))
