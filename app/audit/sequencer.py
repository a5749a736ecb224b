"""Gives every committed event its place in the tenant's tree, and signs how far it has grown.

One transaction per batch: pending rows -> leaves with dense indexes -> nodes -> checkpoint. A
process killed anywhere in it leaves nothing behind. A log that contradicts its own last checkpoint
is never appended to: a second history must not be signed.
"""

from dataclasses import dataclass, field
from hashlib import sha256
from uuid import UUID

from sqlalchemy import and_, delete, exists, func, insert, select

from app.audit import checkpoint, keys, merkle
from app.audit.models import AuditNode
from tenants import audit
from tenants.audit import AuditCheckpoint, AuditEvent, AuditLeaf, AuditPending
from tenants.clock import now
from tenants.context import Channel, Context, bind, current
from tenants.database import db, platform, transaction
from tenants.errors import TeduhError
from tenants.registry import Directory, Tenant, TenantState

BATCH = 2_000
"""Events of one transaction: about a third of a second, and a lock that is never held longer."""


class LogInconsistent(TeduhError):
    """The stored log contradicts what was signed before; nothing more is signed.

    Args:
        code: a short word for the log of the process, never a value.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass
class Memory:
    """What this process has seen signed: a log that has since become shorter is not appended to.

    Lives and dies with the process, so that whoever restores an old back-up has to restart the
    sequencer, on purpose.
    """

    signed: dict[UUID, tuple[int, bytes]] = field(default_factory=dict)

    def check(self, tenant_id: UUID, size: int, root: bytes) -> None:
        """Refuse a log that is shorter than, or differs from, what was seen.

        Raises:
            LogInconsistent: ``went-backwards`` or ``two-histories``.
        """
        known_size, known_root = self.signed.get(tenant_id, (0, merkle.EMPTY_ROOT))
        if size < known_size:
            raise LogInconsistent("went-backwards")
        if size == known_size and root != known_root:
            raise LogInconsistent("two-histories")


def logs() -> list[Directory]:
    """Return every tenant that has a log, a suspended one too: its last events are events."""
    query = select(Tenant.id, Tenant.slug, Tenant.state, Tenant.profile_digest).order_by(
        Tenant.slug
    )
    with platform() as connection:
        rows = connection.execute(query).all()
    return [Directory(r.id, r.slug, TenantState(r.state), r.profile_digest) for r in rows]


def sequence(tenant: Directory, *, batch: int = BATCH, memory: Memory | None = None) -> int:
    """Move a tenant's pending events into its tree and sign a checkpoint.

    Opens a transaction of its own. Several processes may call it: one at a time does the work,
    the others return at once.

    Args:
        batch: how many events to move at most.

    Returns:
        how many were moved; fewer than ``batch`` when nothing more is pending.

    Raises:
        LogInconsistent: the stored log contradicts its last checkpoint.
        Unreadable: the tenant's signing key does not open.
        SQLAlchemyError: the database did not take it; call again later.
    """
    memory = memory or Memory()
    context = Context(tenant.tenant_id, tenant.slug, channel=Channel.JOB)
    with bind(context):
        with transaction():
            if not db.session.scalar(select(exists().select_from(AuditPending))) or not _alone():
                return 0
            moved, size, root = _append(batch, memory)
        memory.signed[tenant.tenant_id] = size, root
    return moved


def _alone() -> bool:
    """Take the right to append to this tenant's log until the transaction ends."""
    digest = sha256(b"audit-sequencer" + current().tenant_id.bytes).digest()
    key = int.from_bytes(digest[:8], signed=True)
    return bool(db.session.scalar(select(func.pg_try_advisory_xact_lock(key))))


def _append(batch: int, memory: Memory) -> tuple[int, int, bytes]:
    """Append a batch; return how many, and the size and root that were signed."""
    tenant_id, frontier = current().tenant_id, _checked_frontier(memory)
    start = frontier.size
    rows = db.session.execute(
        select(AuditEvent.id, AuditEvent.body)
        .join(
            AuditPending,
            and_(AuditPending.tenant_id == AuditEvent.tenant_id, AuditPending.id == AuditEvent.id),
        )
        .order_by(AuditEvent.at, AuditEvent.id)
        .limit(batch)
    ).all()
    if not rows:
        return 0, start, frontier.root()
    if any(row.body is None for row in rows):
        raise LogInconsistent("pending-without-body")
    leaves = [merkle.leaf_hash(row.body.encode()) for row in rows]
    nodes = frontier.extend(leaves)
    db.session.execute(
        insert(AuditLeaf),
        [
            {"tenant_id": tenant_id, "index": start + i, "event_id": row.id, "leaf_hash": leaf}
            for i, (row, leaf) in enumerate(zip(rows, leaves, strict=True))
        ],
    )
    if nodes:
        db.session.execute(
            insert(AuditNode),
            [
                {"tenant_id": tenant_id, "level": n.level, "index": n.index, "hash": n.hash}
                for n in nodes
            ],
        )
    gone = db.session.execute(
        delete(AuditPending)
        .where(AuditPending.id.in_([row.id for row in rows]))
        .returning(AuditPending.id)
        .execution_options(synchronize_session=False)
    ).all()
    if len(gone) != len(rows):
        raise LogInconsistent("pending-vanished")
    root = _sign(frontier)
    return len(rows), frontier.size, root


def _sign(frontier: merkle.Frontier) -> bytes:
    """Write the signed checkpoint of the grown tree and return its root."""
    context, root = current(), frontier.root()
    signed = checkpoint.Checkpoint(keys.origin(context.slug), frontier.size, root)
    db.session.execute(
        insert(AuditCheckpoint).values(
            tenant_id=context.tenant_id,
            size=frontier.size,
            root=root,
            note=checkpoint.sign(signed, keys.signing_key()),
            frontier=frontier.to_bytes(),
            made_at=now(),
        )
    )
    return root


def _checked_frontier(memory: Memory) -> merkle.Frontier:
    """Return where to append, once the newest checkpoint agrees with itself and the leaves.

    Raises:
        LogInconsistent: it does not.
    """
    tenant_id, newest = current().tenant_id, audit.newest_checkpoint()
    last = db.session.scalar(select(func.max(AuditLeaf.index)))
    leaves = 0 if last is None else last + 1
    if newest is None:
        if leaves:
            raise LogInconsistent("leaves-without-checkpoint")
        memory.check(tenant_id, 0, merkle.EMPTY_ROOT)
        return merkle.Frontier()
    try:
        frontier = merkle.Frontier.from_bytes(newest.frontier)
        signed = keys.verified(newest.note)
    except (merkle.MerkleError, checkpoint.CheckpointError):
        raise LogInconsistent("checkpoint-not-signed") from None
    stored = newest.size, newest.root
    if (signed.size, signed.root) != stored or (frontier.size, frontier.root()) != stored:
        raise LogInconsistent("checkpoint-differs")
    if leaves != newest.size:
        raise LogInconsistent("leaves-and-checkpoint-differ")
    memory.check(tenant_id, *stored)
    return frontier
