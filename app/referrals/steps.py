"""What organisation and office tell each other while a referral lives, and how it ends for both.

The least that the work needs: a receipt with a name, a question and its answer, how it goes on,
what came of it. Each is an event of the log, so that whoever counts needs no other source.
"""

from datetime import date
from hashlib import sha256
from uuid import UUID

from sqlalchemy import select

from app.cases import service as cases
from app.clocks import service as clocks
from app.referrals.codes import (
    AT_WORK,
    LIVING,
    Outcome,
    ReferralState,
    StepKind,
    TakeOverReason,
    WithdrawReason,
)
from app.referrals.lines import take
from app.referrals.messages import Step, rows_of, steps, write_message
from app.referrals.models import Referral
from app.referrals.partner import for_referral, note_event
from app.tasks import service as tasks
from app.web.access import Subject
from tenants import audit, clock, revealing
from tenants.confidential import FieldClass
from tenants.context import Purpose, acting_person
from tenants.database import db
from tenants.errors import Conflict, Missing
from tenants.vocabulary import Tag

_REQUESTED = frozenset({ReferralState.REQUESTED})
_ASKED = frozenset({ReferralState.ASKED})
_DONE = frozenset({ReferralState.DONE})
_TAKEABLE = LIVING | {ReferralState.DECLINED}


def reveal_step(subject: Subject, step_id: UUID, purpose: Purpose) -> list[Step]:
    """Return the messages with one opened for a purpose, on record; for the agency's people.

    Raises:
        Missing: the referral has no such message.
        Refused: the policy does not let this person open it.
        LimitReached: the person has opened as many today as the agency allows.
    """
    row = next((one for one in rows_of(subject.id) if one.id == step_id), None)
    if row is None:
        raise Missing("referral_step")
    opened = revealing.reveal(row, "text", subject.standing, purpose)
    found = steps(subject, (step_id, opened))
    audit.record(Tag.REFERRAL_VIEWED, subject=("referral", subject.id), case_id=subject.case_id)
    return found


def receive(subject: Subject) -> None:
    """Sign for having received a referral: the officer's name, the moment, and what it was.

    The receipt is a digest in the agency's signed log, so that neither side can deny it later.

    Raises:
        Conflict: it has ended, or somebody has signed already.
    """
    referral = take(subject, LIVING)
    if referral.received_at is not None:
        raise Conflict("referral-received")
    referral.received_at, referral.received_by = clock.now(), acting_person().id
    db.session.flush()
    with for_referral():
        note_event(Tag.REFERRAL_RECEIVED, subject, {"receipt": receipt(referral)})


def receipt(referral: Referral) -> str:
    """Return the digest that stands for who received which referral and when."""
    told = {
        "at": audit.stamp(referral.received_at) if referral.received_at else None,
        "officer": str(referral.received_by),
        "organisation": str(referral.organisation_id),
        "referral": str(referral.id),
        "requested": audit.stamp(referral.requested_at),
        "service": referral.service,
    }
    return sha256(audit.canonical(told).encode()).hexdigest()


def ask_back(subject: Subject, text: str) -> None:
    """Ask the office something before answering; meanwhile the answer is not late.

    Raises:
        Conflict: it is no longer waiting for an answer.
        Invalid: ``text`` is missing, too long or holds a control character.
    """
    referral = take(subject, _REQUESTED)
    write_message(subject, referral, StepKind.QUESTION, text)
    referral.state = ReferralState.ASKED
    db.session.flush()
    clocks.rest(clocks.Kind.REFERRAL_ANSWER, referral.id, clocks.PauseReason.ASKED_BACK)
    with for_referral():
        note_event(Tag.REFERRAL_ASKED_BACK, subject)


def reply(subject: Subject, text: str) -> None:
    """Answer what the organisation asked; its time runs on.

    Raises:
        Conflict: nothing is asked, or the case is closed.
        Invalid: ``text`` is missing, too long or holds a control character.
    """
    referral = take(subject, _ASKED)
    write_message(subject, referral, StepKind.REPLY, text)
    referral.state = ReferralState.REQUESTED
    db.session.flush()
    referral.due_at = clocks.run_on(clocks.Kind.REFERRAL_ANSWER, referral.id) or referral.due_at
    note_event(Tag.REFERRAL_REPLIED, subject)


def report(subject: Subject, text: str) -> None:
    """Tell how the service goes on.

    Raises:
        Conflict: it was not accepted, or has ended.
        Invalid: ``text`` is missing, too long or holds a control character.
    """
    referral = take(subject, AT_WORK)
    write_message(subject, referral, StepKind.PROGRESS, text)
    referral.state = ReferralState.IN_PROGRESS
    db.session.flush()
    with for_referral():
        note_event(Tag.REFERRAL_PROGRESSED, subject)


def complete(subject: Subject, outcome: Outcome = Outcome.GIVEN, text: str = "") -> None:
    """Say what came of the service; the organisation sees nothing of it afterwards.

    Raises:
        Conflict: it was not accepted, or has ended.
        Invalid: ``text`` is too long or holds a control character.
    """
    referral = take(subject, AT_WORK)
    if text.strip():
        write_message(subject, referral, StepKind.RESULT, text)
    referral.state, referral.outcome = ReferralState.DONE, outcome.value
    referral.ended_at = clock.now()
    db.session.flush()
    with for_referral():
        note_event(Tag.REFERRAL_COMPLETED, subject)


def acknowledge(subject: Subject) -> None:
    """Take note of the result, for the office.

    Raises:
        Conflict: there is no result, or somebody has taken note already.
    """
    referral = take(subject, _DONE)
    referral.state = ReferralState.ACKNOWLEDGED
    referral.acknowledged_at, referral.acknowledged_by = clock.now(), acting_person().id
    db.session.flush()
    note_event(Tag.REFERRAL_ACKNOWLEDGED, subject, {"outcome": referral.outcome or ""})


def take_over(subject: Subject, reason: TakeOverReason) -> None:
    """Have the office give the service itself: what the study found, and nobody could see.

    Raises:
        Conflict: it was done, withdrawn or taken over before.
    """
    referral = take(subject, _TAKEABLE)
    referral.state, referral.end_reason = ReferralState.TAKEN_OVER, reason.value
    referral.ended_at = clock.now()
    db.session.flush()
    told = {
        "reason": reason.value,
        "organisation": str(referral.organisation_id),
        "service": referral.service,
    }
    note_event(Tag.REFERRAL_TAKEN_OVER, subject, told)


def withdraw_without_consent(case_id: UUID, organisation_id: UUID) -> None:
    """Withdraw what lives with an organisation that may no longer know who she is.

    Called when she withdraws a consent: what was open at the organisation ends with it.
    """
    if FieldClass.IDENTITY in cases.consented(case_id, organisation_id, Purpose.REFERRAL):
        return
    query = select(Referral).where(
        Referral.case_id == case_id,
        Referral.organisation_id == organisation_id,
        Referral.state.in_(LIVING),
    )
    for referral in db.session.scalars(query.with_for_update()):
        referral.state, referral.end_reason = (
            ReferralState.WITHDRAWN,
            WithdrawReason.CONSENT_WITHDRAWN.value,
        )
        referral.ended_at = clock.now()
        db.session.flush()
        audit.record(
            Tag.REFERRAL_WITHDRAWN,
            subject=("referral", referral.id),
            case_id=case_id,
            details={"reason": WithdrawReason.CONSENT_WITHDRAWN.value},
        )


def add_task(subject: Subject, kind: str, side: str, due_on: date | None) -> None:
    """Put something on the list that both sides of a living referral see.

    Raises:
        Conflict: the referral has ended, or the case is closed.
        Invalid: as :func:`app.tasks.service.add_shared`.
    """
    take(subject, LIVING)
    tasks.add_shared(subject, kind, side, due_on)


def finish_task(subject: Subject, task_id: UUID) -> None:
    """Say that something on that list is done.

    Raises:
        Conflict: the referral has ended, or it is done already.
        Missing: the referral has no such task.
    """
    take(subject, LIVING)
    tasks.finish_shared(subject, task_id)
