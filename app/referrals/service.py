"""Referrals: what the agency does with them, what other rooms may ask, and the partner's part."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask_babel import gettext
from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.sql import Select

from app.cases import service as cases
from app.clocks import service as clocks
from app.referrals.codes import AT_WORK, LIVING, ReferralState, WithdrawReason
from app.referrals.facts import Asked, asked
from app.referrals.lines import Line, is_late, line, lines, take
from app.referrals.messages import Step, steps
from app.referrals.models import Referral
from app.referrals.partner import accept, decline, inbox, look, reveal, waiting
from app.referrals.punctuality import Punctuality, punctuality
from app.referrals.steps import (
    acknowledge,
    add_task,
    ask_back,
    complete,
    finish_task,
    receive,
    reply,
    report,
    reveal_step,
    take_over,
    withdraw_without_consent,
)
from app.web.access import Subject
from app.web.together import home_rows
from tenants import audit, clock, registry, revealing
from tenants.confidential import FieldClass
from tenants.context import Person, Purpose, Role, acting_person
from tenants.database import db, hold
from tenants.disclosure import Disclosed, disclose, write
from tenants.errors import Conflict, Invalid, Missing, Refused
from tenants.policy import Relation, Standing
from tenants.profile import SERVICES
from tenants.vocabulary import Tag

TABLES = (Referral,)
"""What the page of a case reads along with its own."""

__all__ = [
    "TABLES",
    "Asked",
    "Destination",
    "Line",
    "Punctuality",
    "Step",
    "accept",
    "acknowledge",
    "add_task",
    "ask_back",
    "asked",
    "complete",
    "create",
    "decline",
    "destinations",
    "finish_task",
    "for_case",
    "inbox",
    "line",
    "lines",
    "living",
    "load_referral",
    "load_sent",
    "look",
    "news",
    "news_query",
    "notes",
    "punctuality",
    "receive",
    "reply",
    "report",
    "reveal",
    "reveal_note",
    "reveal_step",
    "steps",
    "take_over",
    "waiting",
    "withdraw",
    "withdraw_without_consent",
]

NOTES = ("request_note", "answer_note")
RECENT = timedelta(days=14)  # for how long an answer stands on the home page
NEWS = 10  # referrals on the home page
_FOR_THE_OFFICE = frozenset({ReferralState.ASKED, ReferralState.DONE})


@dataclass(frozen=True, slots=True)
class Destination:
    """An organisation that offers a service, and what the survivor lets it see."""

    organisation_id: UUID
    organisation: str
    services: tuple[str, ...]
    consented: frozenset[FieldClass]

    @property
    def allowed(self) -> bool:
        """Whether a referral may be sent: identity is the least that it takes."""
        return FieldClass.IDENTITY in self.consented


def for_case(case_id: UUID) -> list[Referral]:
    """Return the referrals of a case, newest first."""
    found = cases.beside(case_id, Referral)
    return sorted(found, key=lambda one: (one.requested_at, one.id), reverse=True)


def duties(case_id: UUID) -> Iterable[cases.Step]:
    """Name the referrals of a case that have not ended: a closure waits for them."""
    for one in for_case(case_id):
        if one.state in LIVING:
            what = gettext(
                "A referral has not ended: %(service)s", service=cases.service_name(one.service)
            )
            where = {"case_id": case_id, "referral_id": one.id}
            yield cases.Step(what, "referrals.sent", where)


def happenings(case_id: UUID) -> Iterable[cases.Happened]:
    """Name the referrals of a case for its course."""
    for one in for_case(case_id):
        service = str(cases.service_name(one.service))
        yield cases.Happened(one.requested_at, gettext("Referred"), "active", text=service)
        if one.answered_at:
            yield cases.Happened(one.answered_at, gettext("A referral was answered"), text=service)


def living(case_id: UUID, organisation_id: UUID) -> bool:
    """Tell whether the organisation is asked or at work in this case."""
    query = select(
        exists().where(
            Referral.case_id == case_id,
            Referral.organisation_id == organisation_id,
            Referral.state.in_(LIVING),
        )
    )
    return bool(db.session.scalar(query))


def load_sent(case_id: UUID, referral_id: UUID) -> Subject:
    """Load a referral through its case, for the agency's own people.

    Raises:
        Missing: there is no such case, or no such referral in it.
    """
    case = cases.load_case(case_id)
    query = select(Referral).where(Referral.id == referral_id, Referral.case_id == case_id)
    found = db.session.scalar(query)
    if found is None:
        raise Missing("referral")
    return Subject("referral", found.id, found, case_id, case.standing)


def load_referral(referral_id: UUID) -> Subject:
    """Load a referral for the officer of the organisation that it was sent to.

    The relation lasts while the referral is requested or accepted. Afterwards the officer
    stands as a former partner, to whom the policy shows no field.

    Raises:
        Missing: there is none, or it went to another organisation.
    """
    person = acting_person()
    found = db.session.scalar(select(Referral).where(Referral.id == referral_id))
    if found is None:
        raise Missing("referral")
    if not person.has(Role.PARTNER_OFFICER):
        return Subject("referral", found.id, found, found.case_id, Standing())
    if found.organisation_id != person.organisation_id:
        raise Missing("referral")
    return Subject("referral", found.id, found, found.case_id, _partner_standing(found))


def destinations(case_id: UUID) -> list[Destination]:
    """Return every active organisation with what the survivor consents that it may see."""
    consented = cases.consented_by_organisation(case_id, Purpose.REFERRAL)
    return [
        Destination(one.id, one.name, tuple(one.services), consented.get(one.id, frozenset()))
        for one in registry.organisations()
    ]


def create(
    subject: Subject,
    *,
    organisation_id: UUID,
    service: str,
    need_id: UUID | None = None,
    note: str | None = None,
) -> UUID:
    """Refer a case to an organisation for one service and return the referral's id.

    Args:
        subject: the case.
        need_id: the recorded need that is referred, if there is one.
        note: what the organisation should know; sealed.

    Raises:
        Refused: no living consent lets this organisation see the identity (invariant 24).
        Invalid: the organisation does not offer the service, the need is not of this case or
            is for another service, or the note is too long.
        Conflict: the case is closed, or the organisation is already asked for this service.
    """
    case_id = subject.id
    hold(case_id)  # two at once must not both find the organisation unasked
    _check_request(subject, organisation_id, service, need_id)
    requested_at = clock.now()
    referral = Referral(
        case_id=case_id,
        organisation_id=organisation_id,
        need_id=need_id,
        service=service,
        state=ReferralState.REQUESTED,
        requested_by=acting_person().id,
        requested_at=requested_at,
        due_at=clocks.due_of(clocks.Kind.REFERRAL_ANSWER, requested_at),
    )
    if note and note.strip():
        write(referral, subject.standing, request_note=note)
    db.session.add(referral)
    db.session.flush()
    audit.record(
        Tag.REFERRAL_CREATED,
        subject=("referral", referral.id),
        case_id=case_id,
        details={"organisation": str(organisation_id), "service": service},
    )
    return referral.id


def withdraw(subject: Subject, reason: WithdrawReason) -> None:
    """Take a referral back; the organisation sees nothing of the case from then on.

    Raises:
        Conflict: it has already ended.
    """
    referral = take(subject, LIVING)
    referral.state = ReferralState.WITHDRAWN
    referral.ended_at = clock.now()
    referral.end_reason = reason
    db.session.flush()
    audit.record(
        Tag.REFERRAL_WITHDRAWN,
        subject=("referral", referral.id),
        case_id=referral.case_id,
        details={"reason": reason.value},
    )


def notes(subject: Subject) -> dict[str, Disclosed]:
    """Return what was asked and answered, as the acting person of the agency may see it."""
    return dict(disclose(subject.row, NOTES, subject.standing))


def reveal_note(subject: Subject, name: str, purpose: Purpose) -> dict[str, Disclosed]:
    """Return the notes with ``name`` (``table.field``) opened for ``purpose``, on record.

    Raises:
        Invalid: a referral has no such note.
        Refused: the policy does not let this person open it.
    """
    short = name.removeprefix("referral.")
    if short not in NOTES:
        raise Invalid("field", "unknown")
    opened = revealing.reveal(subject.row, short, subject.standing, purpose)
    seen = notes(subject) | {short: opened}
    audit.record(Tag.REFERRAL_VIEWED, subject=("referral", subject.id), case_id=subject.case_id)
    return seen


def news_query(person: Person) -> Select[Any] | None:
    """Return the query of what the person sent and must look at.

    Late ones, those that wait for the office, and answers of the last days; of cases that are
    still the person's to read.
    """
    if not person.has(Role.CASE_OFFICER, Role.COMPANION):
        return None
    moment = clock.now()
    answered = Referral.state.in_(AT_WORK | {ReferralState.DECLINED}) & (
        Referral.answered_at >= moment - RECENT
    )
    pressing = _pressing(moment)
    return (
        select(Referral)
        .where(
            Referral.requested_by == person.id,
            pressing | answered,
            Referral.case_id.in_(cases.readable_ids(person)),
        )
        .order_by(pressing.desc(), Referral.answered_at.desc(), Referral.due_at)
        .limit(NEWS)
    )


def news(person: Person) -> list[Line]:
    """Return what the person sent and must look at: late, asked and done first, then answers."""
    moment = clock.now()

    def order(one: Referral) -> tuple[bool, float, datetime]:
        pressing = is_late(one, moment) or one.state in _FOR_THE_OFFICE
        answered = one.answered_at.timestamp() if one.answered_at else 0.0
        return not pressing, -answered, one.due_at

    return lines(sorted(home_rows(person, Referral), key=order))


def _pressing(moment: datetime) -> ColumnElement[bool]:
    return (
        ((Referral.state == ReferralState.REQUESTED) & (Referral.due_at < moment))
        | (Referral.state.in_(AT_WORK) & (Referral.result_due_at < moment))
        | Referral.state.in_(_FOR_THE_OFFICE)
    )


def _check_request(
    subject: Subject, organisation_id: UUID, service: str, need_id: UUID | None
) -> None:
    if subject.standing.closed:
        raise Conflict("case-closed")
    organisation = _organisation(organisation_id)
    if service not in SERVICES or service not in organisation.services:
        raise Invalid("destination", "service-not-offered")
    if need_id is not None:
        needs = {need.id: need.service for need in cases.rows(subject.id).needs}
        if needs.get(need_id) != service:
            raise Invalid("destination", "not-a-need")
    consented = cases.consented(subject.id, organisation_id, Purpose.REFERRAL)
    if FieldClass.IDENTITY not in consented:
        raise Refused("referral-no-consent")
    query = select(
        exists().where(
            Referral.case_id == subject.id,
            Referral.organisation_id == organisation_id,
            Referral.service == service,
            Referral.state.in_(LIVING),
        )
    )
    if db.session.scalar(query):
        raise Conflict("referral-exists")


def _organisation(organisation_id: UUID) -> registry.Organisation:
    try:
        found = registry.organisation(organisation_id)
    except Missing:
        raise Invalid("destination", "unknown") from None
    if not found.active:
        raise Invalid("destination", "unknown")
    return found


def _partner_standing(referral: Referral) -> Standing:
    if referral.state not in LIVING:
        return Standing(frozenset({Relation.FORMER_PARTNER}))
    consented = cases.consented(referral.case_id, referral.organisation_id, Purpose.REFERRAL)
    closed = cases.find(referral.case_id).closed_at is not None
    return Standing(frozenset({Relation.PARTNER}), consented, closed)
