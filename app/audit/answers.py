"""What the owner of a finding has done about it, and what an auditor still misses.

Both write; the finding waits for the other one, until an auditor closes it. The texts are sealed
under the tenant key and opened for the owner and the auditors; the log holds no word of them.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import func, select

from app.audit.models import AuditFinding, FindingNote
from tenants import audit, vault
from tenants.clock import now
from tenants.confidential import clean
from tenants.context import acting_person
from tenants.database import db
from tenants.errors import Conflict, Invalid, Missing, Refused
from tenants.vocabulary import Tag

MAX_NOTE = 4_000
_PLACE = "finding-note"


@dataclass(frozen=True, slots=True)
class Note:
    """One text about a finding, opened."""

    written_by: UUID
    written_at: datetime
    text: str = field(repr=False)


def answer(finding_id: UUID, text: str | None) -> None:
    """Write what the acting person, its owner, did about a finding.

    Raises:
        Missing: there is no such finding of this owner.
        Invalid: ``text`` is missing or too long.
        Conflict: ``already-closed``.
    """
    finding = _held(finding_id)
    if finding is None or finding.owner_id != acting_person().id:
        raise Missing("audit_finding")
    _write(finding, text)
    finding.answered_at = now()
    db.session.flush()
    audit.record(Tag.AUDIT_FINDING_ANSWERED, subject=("audit_finding", finding.id))


def give_back(finding: AuditFinding, text: str | None) -> None:
    """Write what is still missing; the finding waits for its owner again.

    Raises:
        Refused: it concerns the auditor.
        Invalid, Conflict: as :func:`answer`.
    """
    if finding.person_id == acting_person().id:
        raise Refused("own-acts")
    held = _held(finding.id)
    if held is None:
        raise Missing("audit_finding")
    _write(held, text)
    held.answered_at = None
    db.session.flush()
    audit.record(Tag.AUDIT_FINDING_RETURNED, subject=("audit_finding", held.id))


def notes(finding_ids: Collection[UUID]) -> dict[UUID, list[Note]]:
    """Return what was written about several findings, oldest first: one statement.

    The caller has seen to it that they are the acting person's own, or that an auditor reads.
    """
    found: dict[UUID, list[Note]] = {one: [] for one in finding_ids}
    query = select(FindingNote).where(FindingNote.finding_id.in_(found))
    for row in db.session.scalars(query.order_by(FindingNote.written_at, FindingNote.id)):
        text = vault.open_for_tenant(row.text, _PLACE, str(row.id)).decode()
        found[row.finding_id].append(Note(row.written_by, row.written_at, text))
    return found


def answered() -> int:
    """Return how many findings wait for an auditor."""
    waiting = AuditFinding.answered_at.is_not(None), AuditFinding.closed_at.is_(None)
    return db.session.scalar(select(func.count()).select_from(AuditFinding).where(*waiting)) or 0


def _held(finding_id: UUID) -> AuditFinding | None:
    return db.session.scalar(
        select(AuditFinding)
        .where(AuditFinding.id == finding_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _write(finding: AuditFinding, text: str | None) -> None:
    written = clean(text, "text", MAX_NOTE)
    if written is None:
        raise Invalid("text", "required")
    if finding.closed_at is not None:
        raise Conflict("already-closed")
    note_id = uuid4()
    sealed = vault.seal_for_tenant(written.encode(), _PLACE, str(note_id))
    db.session.add(
        FindingNote(
            id=note_id,
            finding_id=finding.id,
            written_by=acting_person().id,
            written_at=now(),
            text=sealed,
        )
    )
