"""The messages between an organisation and the office about one referral; sealed, never changed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.accounts import service as accounts
from app.referrals.codes import StepKind
from app.referrals.models import Referral, ReferralStep
from app.web.access import Subject
from tenants import clock
from tenants.context import acting_person
from tenants.database import db
from tenants.disclosure import Disclosed, disclose, write
from tenants.errors import Conflict, Invalid


@dataclass(frozen=True, slots=True)
class Step:
    """One message as the acting person may see it."""

    id: UUID
    kind: StepKind
    at: datetime
    by: str
    text: Disclosed


def steps(subject: Subject, opened: tuple[UUID, Disclosed] | None = None) -> list[Step]:
    """Return the messages of a referral, oldest first.

    Args:
        opened: a message that was just opened on demand.
    """
    rows = rows_of(subject.id)
    people = accounts.cards(row.account_id for row in rows)
    return [
        Step(
            id=row.id,
            kind=StepKind(row.kind),
            at=row.written_at,
            by=people[row.account_id].name,
            text=opened[1]
            if opened and opened[0] == row.id
            else disclose(row, ("text",), subject.standing)["text"],
        )
        for row in rows
    ]


def rows_of(referral_id: UUID) -> list[ReferralStep]:
    """Return the rows of the messages of a referral, oldest first."""
    query = select(ReferralStep).where(ReferralStep.referral_id == referral_id)
    return list(db.session.scalars(query.order_by(ReferralStep.written_at, ReferralStep.id)))


def write_message(subject: Subject, referral: Referral, kind: StepKind, text: str) -> None:
    """Keep a message, sealed.

    Raises:
        Conflict: the case is closed.
        Invalid: ``text`` is missing, too long or holds a control character.
    """
    if subject.standing.closed:
        raise Conflict("case-closed")
    if not text.strip():
        raise Invalid("text", "missing")
    row = ReferralStep(
        case_id=referral.case_id,
        referral_id=referral.id,
        kind=kind.value,
        account_id=acting_person().id,
        written_at=clock.now(),
    )
    write(row, subject.standing, text=text)
    db.session.add(row)
    db.session.flush()
