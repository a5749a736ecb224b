"""``record()``: the one way an audit event is written.

An event is one canonical JSON text, the body: its bytes are what the Merkle tree hashes
(RFC 9162: SHA-256 of 0x00 and the body). The columns beside it are generated from it by
the database, so they cannot tell another story. The row goes in with the transaction of
the act itself, together with a pending row for the sequencer; no lock is taken.
"""

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Computed,
    Index,
    Text,
    UniqueConstraint,
    Uuid,
    cast,
    select,
    text,
)
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import UserDefinedType

from tenants.clock import now
from tenants.context import Role, current
from tenants.database import Base, TenantTable, db, inside, plain
from tenants.disclosure import fields_seen
from tenants.errors import AuditUnavailable
from tenants.vocabulary import Outcome, Tag

_FROM_BODY = plain("generated from the event's body")
SALT_BYTES = 16  # 128 bits, so that a pruned body cannot be guessed from its leaf


class JsonText(UserDefinedType[str]):
    """PostgreSQL's ``json`` read as the exact text that was written (``jsonb`` would reorder)."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """Return the type's name in DDL."""
        return "JSON"

    def column_expression(self, colexpr: ColumnElement[Any]) -> ColumnElement[Any]:
        """Read as text, so that the driver does not parse it."""
        return cast(colexpr, Text)


def _generated(key: str) -> Computed:
    return Computed(f"body ->> '{key}'", persisted=True)


def _generated_id(key: str) -> Computed:
    return Computed(f"(body ->> '{key}')::uuid", persisted=True)


def _in_time(*first: str) -> tuple[str, ...]:
    """Columns of an index that is read in the order of time after those given."""
    return ("tenant_id", *first, "at", "id")


def held(role: Role) -> str:
    """Return the condition that the acting person held ``role``, as its partial index says it.

    A statement must say it word for word: the planner compares the two.
    """
    return f"""roles LIKE '%"{role.value}"%'"""


class AuditEvent(TenantTable):
    """One event. ``body`` is empty once retention has pruned it; its leaf stays."""

    __tablename__ = "audit_event"
    __table_args__ = (
        # Each serves one question of the desk, newest first and a page at a time: (at, id) is the
        # order in which events are read. A pruned event has no columns and stands in the first
        # alone. Why one table and not one for each month: docs/adr/0006-the-log-is-one-table.md.
        Index("ix_audit_event_at", *_in_time()),
        # One person's events are also looked for by what was done and how it ended, together.
        Index(
            "ix_audit_event_actor",
            *_in_time("actor_id"),
            "tag",
            "outcome",
            postgresql_where=text("actor_id IS NOT NULL"),
        ),
        Index(
            "ix_audit_event_case",
            *_in_time("case_id"),
            postgresql_where=text("case_id IS NOT NULL"),
        ),
        Index("ix_audit_event_tag", *_in_time("tag"), postgresql_where=text("tag IS NOT NULL")),
        Index(
            "ix_audit_event_address",
            *_in_time("address"),
            postgresql_where=text("address IS NOT NULL"),
        ),
        # What nearly every event has is found by time alone.
        Index(
            "ix_audit_event_outcome",
            *_in_time(),
            "outcome",
            postgresql_where=text("outcome <> 'allowed'"),
        ),
        Index(
            "ix_audit_event_purpose",
            *_in_time("purpose"),
            postgresql_where=text("purpose <> 'handling'"),
        ),
        *(
            Index(f"ix_audit_event_role_{role}", *_in_time(), postgresql_where=text(held(role)))
            for role in Role
        ),
        # Who got into which case: answers rules and figures without the events themselves.
        Index(
            "ix_audit_event_case_access",
            "tenant_id",
            "at",
            postgresql_include=["actor_id", "case_id", "tag", "roles"],
            postgresql_where=text(
                "outcome = 'allowed' AND case_id IS NOT NULL AND actor_id IS NOT NULL"
            ),
        ),
        Index(
            "ix_audit_event_registered",
            "tenant_id",
            "case_id",
            postgresql_where=text("tag = 'case:case:registered'"),
        ),
        Index(
            "ix_audit_event_code",
            "tenant_id",
            "case_code",
            postgresql_where=text("case_code IS NOT NULL"),
        ),
    )

    at: Mapped[datetime]
    body: Mapped[str | None] = mapped_column(
        JsonText(), info=plain("the event: names of fields, never values")
    )
    tag: Mapped[str | None] = mapped_column(Text, _generated("tag"), info=_FROM_BODY)
    outcome: Mapped[str | None] = mapped_column(Text, _generated("outcome"), info=_FROM_BODY)
    actor_id: Mapped[UUID | None] = mapped_column(Uuid, _generated_id("actor"))
    object_kind: Mapped[str | None] = mapped_column(
        Text, _generated("object_kind"), info=_FROM_BODY
    )
    object_id: Mapped[UUID | None] = mapped_column(Uuid, _generated_id("object_id"))
    case_id: Mapped[UUID | None] = mapped_column(Uuid, _generated_id("case"))
    purpose: Mapped[str | None] = mapped_column(Text, _generated("purpose"), info=_FROM_BODY)
    address: Mapped[str | None] = mapped_column(Text, _generated("address"), info=_FROM_BODY)
    roles: Mapped[str | None] = mapped_column(Text, _generated("roles"), info=_FROM_BODY)
    case_code: Mapped[str | None] = mapped_column(
        Text, Computed("body #>> '{details,code}'", persisted=True), info=_FROM_BODY
    )


class AuditPending(TenantTable):
    """An event that the sequencer has not yet given its index; ``id`` is the event's."""

    __tablename__ = "audit_pending"
    __table_args__ = (inside("id", "audit_event"),)


class AuditLeaf(Base):
    """A leaf of the tenant's Merkle tree: the dense index and hash of one event."""

    __tablename__ = "audit_leaf"
    __table_args__ = (
        inside("event_id", "audit_event"),
        UniqueConstraint("tenant_id", "event_id"),
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    index: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    event_id: Mapped[UUID]
    leaf_hash: Mapped[bytes] = mapped_column(info=plain("SHA-256 of a leaf"))


class AuditCheckpoint(Base):
    """A signed checkpoint: size, root and the note (C2SP tlog-checkpoint)."""

    __tablename__ = "audit_checkpoint"

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    root: Mapped[bytes] = mapped_column(info=plain("SHA-256 of the tree"))
    note: Mapped[str] = mapped_column(info=plain("the signed note; public"))
    frontier: Mapped[bytes] = mapped_column(info=plain("hashes of the tree's right edge"))
    made_at: Mapped[datetime]


_INSERT = text(
    "WITH event AS (INSERT INTO audit_event (tenant_id, id, at, body)"
    " VALUES (:tenant, :id, :at, CAST(:body AS json)))"
    " INSERT INTO audit_pending (tenant_id, id) VALUES (:tenant, :id)"
)


Listener = Callable[[Tag, tuple[str, UUID] | None, UUID | None, dict[str, Any]], object]
LISTENERS: list[Listener] = []
"""Called in the same transaction with each event of what was done (not of what was refused): its
tag, subject, case and details. What must follow from an act, of whichever room, begins here."""


def record(
    tag: Tag,
    outcome: Outcome = Outcome.ALLOWED,
    *,
    subject: tuple[str, UUID] | None = None,
    case_id: UUID | None = None,
    fields: Sequence[str] | None = None,
    reason: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> UUID:
    """Write one event into the current transaction and return its id.

    Args:
        subject: kind and id of the object, e.g. ``("letter", letter.id)``.
        case_id: the case that the object belongs to, if any.
        fields: names of the confidential fields concerned; by default those disclosed or
            written in this request or job so far.
        reason: why it was refused or failed (a code, never a text a person typed).
        details: exactly the keys that the tag declares, when the outcome is allowed.

    Raises:
        ValueError: the details do not have the tag's exact keys.
        AuditUnavailable: the event could not be written; the act must not go on.
    """
    given = dict(details or {})
    if outcome is Outcome.ALLOWED and given.keys() != tag.details:
        raise ValueError(f"{tag.code} wants exactly the details {sorted(tag.details)}")
    if not given.keys() <= tag.details:
        raise ValueError(f"{tag.code} knows no details {sorted(given.keys() - tag.details)}")
    context = current()
    person = context.person
    event_id, at = uuid4(), now()
    body = canonical(
        {
            "actor": str(person.id) if person else None,
            "address": context.address,
            "at": stamp(at),
            "case": str(case_id) if case_id else None,
            "channel": context.channel.value,
            "details": given,
            "fields": list(fields_seen() if fields is None else fields),
            "id": str(event_id),
            "object_id": str(subject[1]) if subject else None,
            "object_kind": subject[0] if subject else None,
            "outcome": outcome.value,
            "purpose": context.purpose.value,
            "reason": reason,
            "request": str(context.request_id),
            "roles": sorted(person.roles) if person else [],
            "salt": secrets.token_hex(SALT_BYTES),
            "tag": tag.code,
        }
    )
    try:
        db.session.execute(
            _INSERT, {"tenant": context.tenant_id, "id": event_id, "at": at, "body": body}
        )
    except SQLAlchemyError as error:
        raise AuditUnavailable(type(error).__name__) from None
    recorded = db.session().info.setdefault("tags_recorded", set())
    recorded.add(tag)
    if outcome is Outcome.ALLOWED:
        for hear in LISTENERS:
            hear(tag, subject, case_id, given)
    return event_id


def was_recorded(tag: Tag) -> bool:
    """Tell whether ``tag`` was recorded in the current transaction."""
    return tag in db.session().info.get("tags_recorded", ())


def canonical(content: Mapping[str, Any]) -> str:
    """Return the one text of ``content``: sorted keys, no blanks, UTF-8 unescaped."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def stamp(at: datetime) -> str:
    """Return a moment as ISO 8601 in UTC with microseconds and ``Z``."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def newest_checkpoint() -> AuditCheckpoint | None:
    """Return the bound tenant's newest checkpoint, to be printed on a letter."""
    return db.session.scalar(select(AuditCheckpoint).order_by(AuditCheckpoint.size.desc()).limit(1))
