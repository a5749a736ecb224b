"""Recomputes the tree of the bound tenant from its events and holds it against what was signed.

This is the server checking itself, and whoever controls the server controls this answer too:
`verifier.py` with a checkpoint kept outside is the evidence.
"""

import json
from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import and_, exists, func, select

from app.audit import checkpoint, keys, merkle, texts
from app.audit.models import AuditNode
from tenants import audit
from tenants.audit import AuditCheckpoint, AuditEvent, AuditLeaf, AuditPending
from tenants.context import current
from tenants.database import db
from tenants.errors import Conflict, Unreadable
from tenants.vocabulary import Outcome, Tag

CHUNK = 2_000  # rows read at a time; memory does not grow with the log
MAX_FINDINGS = 100  # kept one by one; the rest are counted
MAX_ON_A_PAGE = 50_000
"""Entries that a page checks while its reader waits: about five seconds."""


PRUNED = "audit:log:pruned"
"""The tag of the event by which retention records that it has emptied entries ``first`` to
``last``. Whatever else has no text was emptied by somebody else."""


class Fault(StrEnum):
    """What is wrong at one place."""

    CHANGED = "changed"  # the event's text does not have its leaf's hash
    REMOVED = "removed"  # a leaf, the event of a leaf, or its text without a record is gone
    CUT = "cut"  # leaves that a checkpoint covers are gone from the end
    UNSIGNED = "unsigned"  # leaves that no checkpoint covers
    ROOT = "root"  # the tree does not have a checkpoint's root
    FORGED = "forged"  # a checkpoint that the log's key did not sign as it stands
    NODE = "node"  # an inner node differs, so that proofs would fail
    UNTRACKED = "untracked"  # an event that is neither in the tree nor waits for it


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault.

    Attributes:
        index: the first entry concerned; of a forged checkpoint its size; None without an entry.
        last: the last entry that may be concerned, when it is a range.
        event_id: of an event without an entry.
    """

    fault: Fault
    index: int | None = None
    last: int | None = None
    event_id: UUID | None = None


@dataclass(slots=True)
class Verification:
    """The outcome.

    Attributes:
        size, root: of the recomputed tree.
        signed: size of the newest checkpoint.
        checkpoints: how many were checked.
        pending: events that wait for their place.
        pruned: entries whose text is no longer kept.
        found: at most MAX_FINDINGS; ``hidden`` counts the others.
    """

    size: int = 0
    root: bytes = merkle.EMPTY_ROOT
    signed: int = 0
    checkpoints: int = 0
    pending: int = 0
    pruned: int = 0
    found: list[Finding] = field(default_factory=list)
    hidden: int = 0

    @property
    def verified(self) -> bool:
        """Whether everything fits together."""
        return not self.found

    @property
    def first(self) -> Finding | None:
        """The fault nearest to the beginning of the log."""
        return min(self.found, key=lambda one: (one.index is None, one.index or 0), default=None)

    def find(self, finding: Finding) -> None:
        """Keep one fault."""
        if len(self.found) < MAX_FINDINGS:
            self.found.append(finding)
        else:
            self.hidden += 1


def verify(most: int | None = None) -> Verification:
    """Check the bound tenant's log from its first event to its last; recorded in the log itself.

    Args:
        most: give up on a log with more entries than this.

    Raises:
        Conflict: ``log-too-long``.
        Unreadable: the log has no key.
    """
    texts.hold_still()
    # One statement, one snapshot: the sequencer may append while this runs.
    leaves, signed = db.session.execute(
        select(
            select(func.max(AuditLeaf.index)).scalar_subquery(),
            select(func.max(AuditCheckpoint.size)).scalar_subquery(),
        )
    ).one()
    result = Verification(signed=signed or 0)
    if most is not None and result.signed > most:
        raise Conflict("log-too-long")
    _Walk(result).run()
    if leaves is not None and leaves >= result.signed:
        result.find(Finding(Fault.UNSIGNED, result.signed, leaves))
    _check_untracked(result)
    result.pending = db.session.scalar(select(func.count()).select_from(AuditPending)) or 0
    audit.record(
        Tag.AUDIT_VERIFIED,
        details={
            "size": result.size,
            "root": result.root.hex(),
            "result": "in-order" if result.verified else "tampered",
        },
    )
    return result


class _Walk:
    """Goes through the entries below the newest checkpoint, the checkpoints beside them."""

    def __init__(self, result: Verification) -> None:
        self.result = result
        self.keys = keys.public_keys()
        self.frontier = merkle.Frontier()
        self.whole = True  # until an entry is missing: no root can be computed after it
        self.prunings = _prunings()
        self.good = 0  # size of the newest checkpoint whose root fits
        self.bent = False  # a root did not fit; none after it can
        self.coming = self._checkpoints()
        self.next = next(self.coming, None)

    def run(self) -> None:
        expected = 0
        for row in self._leaves():
            if row.index > expected:
                self.result.find(Finding(Fault.REMOVED, expected, row.index - 1))
                self.whole = False
            expected = row.index + 1
            self._check_entry(row)
            if self.whole:
                self._grow(row.leaf_hash)
            self._check_reached(expected)
        if expected < self.result.signed:
            self.result.find(Finding(Fault.CUT, expected, self.result.signed - 1))
            self.whole = False
        self._check_reached(self.result.signed)
        self.result.size, self.result.root = self.frontier.size, self.frontier.root()

    def _leaves(self) -> Iterator[Any]:
        # The event's own id tells a pruned event from one that is gone.
        query = (
            select(AuditLeaf.index, AuditLeaf.leaf_hash, AuditEvent.id, AuditEvent.body)
            .join(
                AuditEvent,
                and_(
                    AuditEvent.tenant_id == AuditLeaf.tenant_id,
                    AuditEvent.id == AuditLeaf.event_id,
                ),
                isouter=True,
            )
            .where(AuditLeaf.index < self.result.signed)
            .order_by(AuditLeaf.index)
            .execution_options(yield_per=CHUNK)
        )
        yield from db.session.execute(query)

    def _checkpoints(self) -> Iterator[Any]:
        query = (
            select(AuditCheckpoint.size, AuditCheckpoint.root, AuditCheckpoint.note)
            .where(AuditCheckpoint.size <= self.result.signed)
            .order_by(AuditCheckpoint.size)
            .execution_options(yield_per=CHUNK)
        )
        yield from db.session.execute(query)

    def _check_entry(self, row: Any) -> None:
        if row.id is None:
            self.result.find(Finding(Fault.REMOVED, row.index))
        elif row.body is None and self._is_pruned(row.index):
            self.result.pruned += 1
        elif row.body is None:
            self.result.find(Finding(Fault.REMOVED, row.index))
        elif merkle.leaf_hash(row.body.encode()) != row.leaf_hash:
            self.result.find(Finding(Fault.CHANGED, row.index))

    def _is_pruned(self, index: int) -> bool:
        at = bisect(self.prunings, (index, merkle.MAX_SIZE)) - 1
        return at >= 0 and self.prunings[at][1] >= index

    def _grow(self, leaf: bytes) -> None:
        for node in self.frontier.extend([leaf]):
            stored = db.session.scalar(
                select(AuditNode.hash).where(
                    AuditNode.level == node.level, AuditNode.index == node.index
                )
            )
            if stored != node.hash:
                first = node.index << node.level
                self.result.find(Finding(Fault.NODE, first, first + (1 << node.level) - 1))

    def _check_reached(self, size: int) -> None:
        """Check every checkpoint up to a size of the tree."""
        while self.next is not None and self.next.size <= size:
            self._check_note(self.next)
            self._check_root(self.next)
            self.next = next(self.coming, None)

    def _check_root(self, row: Any) -> None:
        if not self.whole or self.bent:
            return
        if row.size == self.frontier.size and row.root == self.frontier.root():
            self.good = row.size
            return
        self.bent = True
        self.result.find(Finding(Fault.ROOT, self.good, row.size - 1))

    def _check_note(self, row: Any) -> None:
        self.result.checkpoints += 1
        try:
            said = keys.verified(row.note, self.keys)
        except (checkpoint.CheckpointError, Unreadable):
            said = None
        if said != checkpoint.Checkpoint(keys.origin(current().slug), row.size, row.root):
            self.result.find(Finding(Fault.FORGED, row.size))


def _prunings() -> list[tuple[int, int]]:
    """Return what retention has recorded that it emptied, as ranges of entries.

    A record covers only what stands before itself in the log.
    """
    query = (
        select(AuditEvent.body, AuditLeaf.index)
        .join(
            AuditLeaf,
            and_(AuditEvent.tenant_id == AuditLeaf.tenant_id, AuditEvent.id == AuditLeaf.event_id),
        )
        .where(AuditEvent.tag == PRUNED, AuditEvent.outcome == Outcome.ALLOWED.value)
    )
    covered: list[tuple[int, int]] = []
    for row in db.session.execute(query):
        said = json.loads(row.body or "{}").get("details", {})
        start = said["first"]
        for first, last in [*said.get("kept", ()), (said["last"] + 1, said["last"] + 1)]:
            if start < first <= row.index:
                covered.append((start, first - 1))
            start = last + 1
    return sorted(covered)


def _check_untracked(result: Verification) -> None:
    """An event slipped in, or kept from the sequencer, is in neither place."""
    in_tree = exists().where(
        AuditLeaf.tenant_id == AuditEvent.tenant_id, AuditLeaf.event_id == AuditEvent.id
    )
    waits = exists().where(
        AuditPending.tenant_id == AuditEvent.tenant_id, AuditPending.id == AuditEvent.id
    )
    query = select(AuditEvent.id).where(~in_tree, ~waits).order_by(AuditEvent.at)
    for event_id in db.session.scalars(query.limit(MAX_FINDINGS)):
        result.find(Finding(Fault.UNTRACKED, event_id=event_id))
