"""Which attachments a referral takes along, and what its organisation sees of them.

An organisation sees an attachment only while all of this holds: it was handed over with a referral
of theirs that lives, the survivor's consent for them covers its class, and the policy lets their
role see its level. The original never goes along.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.attachments import keeping
from app.attachments.codes import Part
from app.attachments.models import Attachment, AttachmentHandover
from app.attachments.reading import Opened, check_picture, opened, secret
from app.cases import service as cases
from app.referrals import service as referrals
from app.web.access import Subject
from tenants import audit, clock, policy
from tenants.confidential import FieldClass
from tenants.context import Purpose, acting_person
from tenants.database import db, hold
from tenants.errors import Conflict, Invalid, Missing
from tenants.policy import Access, Standing
from tenants.vocabulary import Tag


@dataclass(frozen=True, slots=True)
class Going:
    """A living referral that an attachment goes along with, or could.

    Attributes:
        handover_id: None while it does not go along.
        covered: the survivor's consent for this organisation covers it.
    """

    referral_id: UUID
    organisation: str
    service: str
    handover_id: UUID | None
    handed_at: datetime | None
    covered: bool


@dataclass(frozen=True, slots=True)
class Handed:
    """One attachment as the organisation of a referral may open it."""

    id: UUID
    kind: str
    media: str
    handed_at: datetime


def goings(subject: Subject) -> list[Going]:
    """Return the living referrals of an attachment's case, with those it goes along with."""
    row: Attachment = subject.row
    query = select(AttachmentHandover).where(
        AttachmentHandover.attachment_id == row.id, AttachmentHandover.ended_at.is_(None)
    )
    handed = {one.referral_id: one for one in db.session.scalars(query)}
    found = []
    for line, organisation_id in _living(row.case_id):
        handover = handed.get(line.id)
        found.append(
            Going(
                line.id,
                line.organisation,
                line.service,
                handover.id if handover else None,
                handover.handed_at if handover else None,
                _covered(row, organisation_id),
            )
        )
    return found


def hand_over(subject: Subject, referral_id: UUID) -> None:
    """Let a referral take an attachment along.

    Raises:
        Invalid: ``referral`` with ``unknown``: the case has no such living referral.
        Conflict: the case is closed; ``attachment-removed``; ``attachment-no-consent``;
            ``attachment-handed`` already.
    """
    row: Attachment = subject.row
    case = cases.load_case(row.case_id)
    cases.hold_open(case)
    db.session.refresh(row, ["removed_at"])
    if row.removed_at is not None:
        raise Conflict("attachment-removed")
    organisation_id = next(
        (to for line, to in _living(row.case_id) if line.id == referral_id), None
    )
    if organisation_id is None:
        raise Invalid("referral", "unknown")
    if not _covered(row, organisation_id):
        raise Conflict("attachment-no-consent")
    if _handover(row.id, referral_id) is not None:
        raise Conflict("attachment-handed")
    db.session.add(
        AttachmentHandover(
            case_id=row.case_id,
            attachment_id=row.id,
            referral_id=referral_id,
            handed_by=acting_person().id,
            handed_at=clock.now(),
        )
    )
    db.session.flush()
    _record(Tag.ATTACHMENT_HANDED_OVER, row, organisation_id)


def take_back(subject: Subject, handover_id: UUID) -> None:
    """Let a referral take an attachment along no more; also when the case is closed.

    Raises:
        Missing: the attachment has no such handover.
        Conflict: ``attachment-taken-back`` before.
    """
    hold(subject.id)
    query = select(AttachmentHandover).where(
        AttachmentHandover.id == handover_id, AttachmentHandover.attachment_id == subject.id
    )
    found = db.session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise Missing("handover")
    if found.ended_at is not None:
        raise Conflict("attachment-taken-back")
    found.ended_at, found.ended_by = clock.now(), acting_person().id
    db.session.flush()
    line = referrals.load_sent(found.case_id, found.referral_id)
    _record(Tag.ATTACHMENT_TAKEN_BACK, subject.row, line.row.organisation_id)


def load_handed(referral_id: UUID, attachment_id: UUID) -> Subject:
    """Load an attachment for the officer of the organisation that it was handed to.

    The standing is that to the referral: none once it has ended.

    Raises:
        Missing: there is no such referral for this organisation, or it does not take this along.
    """
    referral = referrals.load_referral(referral_id)
    row = keeping.find(attachment_id)
    if row.case_id != referral.case_id or row.removed_at is not None:
        raise Missing("attachment")
    if _handover(attachment_id, referral_id) is None:
        raise Missing("attachment")
    return Subject("attachment", row.id, row, row.case_id, referral.standing)


def handed(referral: Subject) -> list[Handed]:
    """Return what a referral takes along, as far as consent and policy let the acting officer."""
    query = (
        select(Attachment, AttachmentHandover.handed_at)
        .join(AttachmentHandover, AttachmentHandover.attachment_id == Attachment.id)
        .where(
            AttachmentHandover.referral_id == referral.id,
            AttachmentHandover.ended_at.is_(None),
            Attachment.removed_at.is_(None),
        )
        .order_by(AttachmentHandover.handed_at, Attachment.id)
    )
    return [
        Handed(row.id, row.kind, row.media, handed_at)
        for row, handed_at in db.session.execute(query)
        if _may_open(row, referral.standing)
    ]


def show_handed(subject: Subject) -> Opened:
    """Open a picture for the organisation that it was handed to; the purpose is the referral.

    Raises:
        Missing, Invalid, Refused, LimitReached, Unreadable, StoreUnavailable: as
            :func:`app.attachments.reading.show`.
    """
    check_picture(subject.row)
    return opened(subject.row, subject.standing, Purpose.REFERRAL, (Part.PREVIEW, Part.COPY))


def copy_handed(subject: Subject) -> Opened:
    """Open the clean copy for the organisation that it was handed to, to be taken along.

    Raises:
        Missing, Invalid, Refused, LimitReached, Unreadable, StoreUnavailable: as
            :func:`app.attachments.reading.show`.
    """
    return opened(subject.row, subject.standing, Purpose.REFERRAL, (Part.COPY,))


def _living(case_id: UUID) -> Sequence[tuple[referrals.Line, UUID]]:
    rows = referrals.for_case(case_id)
    lines = referrals.lines(rows)
    return [
        (line, row.organisation_id) for line, row in zip(lines, rows, strict=True) if line.living
    ]


def _covered(row: Attachment, organisation_id: UUID) -> bool:
    consented = cases.consented(row.case_id, organisation_id, Purpose.REFERRAL)
    return FieldClass(row.field_class) in consented


def _may_open(row: Attachment, standing: Standing) -> bool:
    decision = policy.decide(acting_person(), standing, *secret(row), Purpose.REFERRAL)
    return decision.access is Access.SHOWN


def _handover(attachment_id: UUID, referral_id: UUID) -> AttachmentHandover | None:
    query = select(AttachmentHandover).where(
        AttachmentHandover.attachment_id == attachment_id,
        AttachmentHandover.referral_id == referral_id,
        AttachmentHandover.ended_at.is_(None),
    )
    return db.session.scalar(query)


def _record(tag: Tag, row: Attachment, organisation_id: UUID) -> None:
    audit.record(
        tag,
        subject=("attachment", row.id),
        case_id=row.case_id,
        details={"organisation": str(organisation_id)},
    )
