"""Consent: per recipient, purpose and field class; dated, expiring, revocable at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.accounts import service as accounts
from app.cases.codes import GIVEN_BY, METHODS, GivenBy
from app.cases.entries import check_code
from app.cases.models import Consent, Survivor
from app.cases.parts import revoked
from app.cases.reading import hold_open
from app.web.access import Subject
from tenants import audit, clock, registry
from tenants.confidential import FieldClass
from tenants.context import Purpose, acting_person
from tenants.database import db, hold
from tenants.errors import Conflict, Invalid, Missing
from tenants.policy import RULES, Relation
from tenants.vocabulary import Tag

SHAREABLE: tuple[FieldClass, ...] = tuple(
    one
    for one in FieldClass
    if any(rule.relation is Relation.PARTNER and rule.field_class is one for rule in RULES)
)
"""The classes that an organisation can see at all; consent to another would mean nothing."""


class ConsentState(StrEnum):
    """Whether a consent still holds."""

    LIVING = "living"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Given:
    """One consent as pages show it.

    Attributes:
        recorded_by: the name of who wrote it down.
    """

    id: UUID
    organisation_id: UUID
    organisation: str
    classes: tuple[FieldClass, ...]
    given_by: str
    method: str
    given_on: date
    expires_on: date
    recorded_by: str
    revoked_on: date | None
    state: ConsentState


def today() -> date:
    """Return today's date where the agency is."""
    return clock.today(registry.profile().identity.timezone)


def consented(
    case_id: UUID, organisation_id: UUID, purpose: Purpose, on: date | None = None
) -> frozenset[FieldClass]:
    """Return the classes that a living consent lets an organisation see for a purpose.

    Args:
        on: the day asked about; today where the agency is, unless given.
    """
    return consented_by_organisation(case_id, purpose, on).get(organisation_id, frozenset())


def consented_by_organisation(
    case_id: UUID, purpose: Purpose, on: date | None = None
) -> dict[UUID, frozenset[FieldClass]]:
    """Return what living consents let each organisation see; none is in it without a consent.

    Args:
        on: the day asked about; today where the agency is, unless given.
    """
    day = on or today()
    found = db.session.execute(
        select(Consent.organisation_id, Consent.classes).where(
            Consent.case_id == case_id,
            Consent.purpose == purpose.value,
            Consent.revoked_at.is_(None),
            Consent.given_on <= day,
            Consent.expires_on >= day,
        )
    )
    allowed: dict[UUID, frozenset[FieldClass]] = {}
    for organisation_id, codes in found:
        classes = frozenset(FieldClass(code) for code in codes)
        allowed[organisation_id] = allowed.get(organisation_id, frozenset()) | classes
    return allowed


def record_consent(
    subject: Subject,
    *,
    organisation_id: UUID,
    classes: Iterable[FieldClass],
    given_by: str,
    method: str,
    given_on: date,
    expires_on: date,
    guardian_accused: bool = False,
    purpose: Purpose = Purpose.REFERRAL,
) -> UUID:
    """Record what the survivor allows one organisation to see, and return the consent's id.

    What she allowed the same organisation for the same purpose before no longer holds: her
    newest word counts, also where it is narrower.

    Args:
        subject: the case.
        guardian_accused: a child's guardian is the one reported, so the child's own word counts.

    Raises:
        Invalid: naming the field at fault; ``given_by`` with ``guardian-needed`` when a child
            gave it alone, with ``guardian-accused`` when the one reported would have given it.
        Conflict: the case is closed.
    """
    hold_open(subject)
    day = today()
    allowed = [one for one in FieldClass if one in set(classes)]
    if not allowed:
        raise Invalid("classes", "none")
    _check_organisation(organisation_id)
    check_code("given_by", GIVEN_BY, given_by, day)
    check_code("method", METHODS, method, day)
    _check_days(given_on, expires_on, day)
    giver = _giver(GivenBy(given_by), guardian_accused, children=concerns_child(subject.id))
    replaced = _unrevoked(subject.id, organisation_id, purpose)
    for earlier in replaced:
        _revoke(earlier)
    consent = Consent(
        case_id=subject.id,
        organisation_id=organisation_id,
        purpose=purpose.value,
        classes=[one.value for one in allowed],
        given_by=giver,
        method=method,
        given_on=given_on,
        expires_on=expires_on,
        recorded_by=acting_person().id,
        recorded_at=clock.now(),
    )
    db.session.add(consent)
    db.session.flush()
    audit.record(
        Tag.CONSENT_RECORDED,
        subject=("consent", consent.id),
        case_id=subject.id,
        details={
            "organisation": str(organisation_id),
            "purpose": purpose.value,
            "classes": sorted(consent.classes),
            "expires": expires_on.isoformat(),
        },
    )
    if replaced:  # the new word may be narrower
        revoked(subject.id, organisation_id)
    return consent.id


def revoke_consent(subject: Subject, consent_id: UUID) -> None:
    """Withdraw a consent from this moment on. Her word is enough, and a closed case no reason.

    Raises:
        Missing: the case has no such consent.
        Conflict: it was withdrawn before.
    """
    hold(subject.id)  # a referral sent at this moment must not outlive the consent
    query = select(Consent).where(Consent.id == consent_id, Consent.case_id == subject.id)
    found = db.session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if found is None:
        raise Missing("consent")
    if found.revoked_at is not None:
        raise Conflict("consent-revoked")
    _revoke(found)
    revoked(subject.id, found.organisation_id)


def withdraw_for(case_id: UUID, organisation_id: UUID, purpose: Purpose) -> None:
    """End whatever she has allowed an organisation for a purpose.

    Raises:
        Invalid: ``organisation`` with ``unknown``.
    """
    _check_organisation(organisation_id)
    ended = _unrevoked(case_id, organisation_id, purpose)
    for earlier in ended:
        _revoke(earlier)
    if ended:
        revoked(case_id, organisation_id)


def consents(case_id: UUID) -> list[Given]:
    """Return all consents of a case: living ones first, then the newest."""
    return as_given(list(db.session.scalars(select(Consent).where(Consent.case_id == case_id))))


def as_given(
    rows: Sequence[Consent], cards: dict[UUID, accounts.Card] | None = None
) -> list[Given]:
    """Return consents as pages show them.

    Args:
        cards: people that are known already, so that they are not asked for again.
    """
    if not rows:
        return []
    day = today()
    known = {one.id: one.name for one in registry.organisations()}
    people = cards or accounts.cards(row.recorded_by for row in rows)
    found = [
        Given(
            id=row.id,
            organisation_id=row.organisation_id,
            organisation=known.get(row.organisation_id) or _name(row.organisation_id),
            classes=tuple(one for one in FieldClass if one.value in row.classes),
            given_by=row.given_by,
            method=row.method,
            given_on=row.given_on,
            expires_on=row.expires_on,
            recorded_by=people[row.recorded_by].name,
            revoked_on=_day(row.revoked_at) if row.revoked_at else None,
            state=_state(row, day),
        )
        for row in sorted(rows, key=lambda row: row.recorded_at, reverse=True)
    ]
    return sorted(found, key=lambda one: one.state is not ConsentState.LIVING)


def concerns_child(case_id: UUID) -> bool:
    """Tell whether a survivor of the case is a child."""
    query = select(Survivor.id).where(Survivor.case_id == case_id, Survivor.is_child).limit(1)
    return db.session.scalar(query) is not None


def latest_expiry(given_on: date) -> date:
    """Return the last day on which a consent may end: one year after it was given."""
    try:
        return given_on.replace(year=given_on.year + 1)
    except ValueError:  # 29 February
        return given_on.replace(year=given_on.year + 1, day=28)


def _giver(given_by: GivenBy, guardian_accused: bool, *, children: bool) -> GivenBy:
    if not children:
        return GivenBy.SURVIVOR if given_by is GivenBy.CHILD_ALONE else given_by
    if given_by is GivenBy.GUARDIAN:
        if guardian_accused:
            raise Invalid("given_by", "guardian-accused")
        return given_by
    if not guardian_accused and given_by is not GivenBy.CHILD_ALONE:
        raise Invalid("given_by", "guardian-needed")
    return GivenBy.CHILD_ALONE


def _check_days(given_on: date, expires_on: date, day: date) -> None:
    if given_on > day:
        raise Invalid("given_on", "in-the-future")
    if latest_expiry(given_on) < day:
        raise Invalid("given_on", "too-long-ago")
    if expires_on < max(given_on, day):
        raise Invalid("expires_on", "in-the-past")
    if expires_on > latest_expiry(given_on):
        raise Invalid("expires_on", "over-a-year")


def _check_organisation(organisation_id: UUID) -> None:
    try:
        active = registry.organisation(organisation_id).active
    except Missing:
        active = False
    if not active:
        raise Invalid("organisation", "unknown")


def _unrevoked(case_id: UUID, organisation_id: UUID, purpose: Purpose) -> list[Consent]:
    query = select(Consent).where(
        Consent.case_id == case_id,
        Consent.organisation_id == organisation_id,
        Consent.purpose == purpose.value,
        Consent.revoked_at.is_(None),
        Consent.expires_on >= today(),
    )
    return list(db.session.scalars(query.with_for_update()))


def _revoke(consent: Consent) -> None:
    consent.revoked_at, consent.revoked_by = clock.now(), acting_person().id
    db.session.flush()
    audit.record(
        Tag.CONSENT_REVOKED,
        subject=("consent", consent.id),
        case_id=consent.case_id,
        details={"organisation": str(consent.organisation_id)},
    )


def _day(moment: datetime) -> date:
    """Return the date of a moment where the agency is."""
    return moment.astimezone(ZoneInfo(registry.profile().identity.timezone)).date()


def _name(organisation_id: UUID) -> str:
    return registry.organisation(organisation_id).name


def _state(row: Consent, day: date) -> ConsentState:
    if row.revoked_at is not None:
        return ConsentState.REVOKED
    return ConsentState.EXPIRED if row.expires_on < day else ConsentState.LIVING
