"""Making a case unreadable for ever: decided by one person, confirmed by another, certified."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from flask_babel import force_locale
from sqlalchemy import func, select

from app.accounts import service as accounts
from app.attachments import service as attachments
from app.cases import service as cases
from app.destruction.models import Destruction
from app.documents import service as documents
from app.web.access import Subject
from tenants import audit, clock, registry, vault
from tenants.context import Role, acting_person, current
from tenants.database import db, hold
from tenants.errors import Conflict, Invalid, Missing, Refused
from tenants.vocabulary import Tag

CERTIFICATE = "surat_keterangan_pemusnahan"
LISTED = 200


class Outcome(StrEnum):
    """How a decision was settled."""

    CONFIRMED = "confirmed"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Line:
    """One decision as a list shows it: the code of the case and nothing else about it."""

    id: UUID
    code: str
    reason: Any
    decided_by: str
    decided_at: datetime
    outcome: Outcome | None
    settled_by: str | None
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Held:
    """What is in a case, counted: what would be lost."""

    letters: int
    attachments: int
    referrals_open: int
    police: bool


def open_decision(case_id: UUID) -> Destruction | None:
    """Return the decision about a case that nobody has settled yet, or None."""
    query = select(Destruction).where(Destruction.case_id == case_id, Destruction.outcome.is_(None))
    return db.session.scalar(query)


def decide(subject: Subject, *, reason: str, code: str) -> UUID:
    """Decide that a case is to be made unreadable; nothing is lost until another confirms it.

    Args:
        subject: the case.
        code: the case code as the person typed it, so that the wrong case is not hit.

    Raises:
        Invalid: ``code`` with ``other-code``, ``reason`` with ``unknown-code``.
        Conflict: the key is gone already; ``destruction-open``: it is decided already;
            ``no-confirmer``: nobody else could confirm it.
    """
    hold(subject.id)
    cases.check_destroyable(subject, reason=reason, code=code)
    if open_decision(subject.id) is not None:
        raise Conflict("destruction-open")
    person = acting_person()
    if not any(one.id != person.id for one in accounts.with_role(Role.SIGNATORY)):
        raise Conflict("no-confirmer")
    row = Destruction(
        id=uuid4(),
        case_id=subject.id,
        reason=reason,
        decided_by=person.id,
        decided_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    _record(Tag.DESTRUCTION_DECIDED, row, {"reason": reason})
    return row.id


def confirm(subject: Subject, *, code: str) -> None:
    """Confirm a decision: the key is destroyed and the certificate signed, in one transaction.

    Args:
        subject: the decision.

    Raises:
        Refused: ``same-person``: whoever decided it does not confirm it.
        Invalid: ``code`` with ``other-code``.
        Conflict: ``destruction-settled`` before; as :func:`cases.destroy_key` and
            :func:`documents.issue_office`.
    """
    row = _locked(subject)
    if row.decided_by == acting_person().id:
        raise Refused("same-person")
    case = cases.load_case(row.case_id)
    hold(row.case_id)
    cases.check_destroyable(case, reason=row.reason, code=code)
    given = _said(row, case)
    event = cases.destroy_key(case, reason=row.reason, code=code)
    given["destruction.event"] = str(event)
    row.outcome = Outcome.CONFIRMED.value
    row.settled_by, row.settled_at = acting_person().id, clock.now()
    row.letter_id = documents.issue_office(CERTIFICATE, given)
    db.session.flush()
    _record(Tag.DESTRUCTION_CONFIRMED, row)


def stop(subject: Subject) -> None:
    """Stop a decision: the case stays as it is.

    Raises:
        Conflict: ``destruction-settled`` before.
    """
    row = _locked(subject)
    row.outcome = Outcome.STOPPED.value
    row.settled_by, row.settled_at = acting_person().id, clock.now()
    db.session.flush()
    _record(Tag.DESTRUCTION_STOPPED, row)


def load_destruction(destruction_id: UUID) -> Subject:
    """Load a decision for a route.

    Raises:
        Missing: there is none in the bound tenant.
    """
    row = db.session.get(Destruction, (current().tenant_id, destruction_id))
    if row is None:
        raise Missing("destruction")
    return Subject("destruction", row.id, row, row.case_id)


def listed() -> list[Line]:
    """Return the decisions, the open ones first, then the newest; recorded."""
    query = select(Destruction).order_by(
        Destruction.outcome.is_not(None), Destruction.decided_at.desc()
    )
    found = lines(db.session.scalars(query.limit(LISTED)))
    audit.record(Tag.DESTRUCTIONS_LISTED, details={"count": len(found)})
    return found


def waiting() -> int:
    """Return how many decisions wait for somebody to confirm them."""
    query = select(func.count()).select_from(Destruction).where(Destruction.outcome.is_(None))
    return db.session.scalar(query) or 0


def lines(rows: Iterable[Destruction]) -> list[Line]:
    """Return decisions as pages show them."""
    held = list(rows)
    people = accounts.cards(
        {row.decided_by for row in held} | {row.settled_by for row in held if row.settled_by}
    )
    return [
        Line(
            row.id,
            cases.find(row.case_id).code,
            cases.destroy_reason(row.reason),
            people[row.decided_by].name,
            row.decided_at,
            Outcome(row.outcome) if row.outcome else None,
            people[row.settled_by].name if row.settled_by else None,
            row.settled_at,
        )
        for row in held
    ]


def of_case(case_id: UUID) -> Destruction | None:
    """Return the decision by which a case was destroyed, or the open one; None without any."""
    query = (
        select(Destruction)
        .where(
            Destruction.case_id == case_id,
            Destruction.outcome.is_distinct_from(Outcome.STOPPED.value),
        )
        .order_by(Destruction.decided_at.desc())
        .limit(1)
    )
    return db.session.scalar(query)


def certificate(row: Destruction) -> Any:
    """Return the certificate as a row of the letters, or None before it is confirmed."""
    return documents.find_office(row.letter_id) if row.letter_id else None


def certificate_file(row: Destruction) -> documents.LetterFile:
    """Return the signed certificate.

    Raises:
        Conflict: ``letter-not-issued``: not confirmed, or not made yet.
        Unreadable, StoreUnavailable: as :func:`documents.fetch_office`.
    """
    if row.letter_id is None:
        raise Conflict("letter-not-issued")
    return documents.fetch_office(documents.find_office(row.letter_id))


def retry(row: Destruction) -> None:
    """Have a certificate made that came to a halt, exactly as it was signed.

    Raises:
        Conflict: it did not come to a halt, or was not confirmed.
    """
    if row.letter_id is None:
        raise Conflict("letter-not-issued")
    documents.retry(documents.find_office(row.letter_id))


def held_in(case_id: UUID) -> Held:
    """Count what would be lost, and what speaks against it."""
    from app.referrals import service as referrals

    legal = cases.rows(case_id).legal
    return Held(
        letters=len(documents.for_case(case_id)),
        attachments=sum(one.removed_at is None for one in attachments.for_case(case_id)),
        referrals_open=sum(one.living for one in referrals.lines(referrals.for_case(case_id))),
        police=legal is not None and bool(legal.report_number),
    )


def _said(row: Destruction, case: Subject) -> dict[str, str | None]:
    """Return every field of the certificate but the event, in Bahasa Indonesia."""
    decided, confirmed = accounts.card(row.decided_by), accounts.card(acting_person().id)
    key = db.session.get(vault.DataKey, (current().tenant_id, case.id))
    if key is None:
        raise Conflict("key-already-destroyed")
    generation = db.session.scalar(
        select(vault.TenantKey).where(vault.TenantKey.version == key.tenant_key_version)
    )
    held = held_in(case.id)
    with force_locale("id"):
        reason = str(cases.destroy_reason(row.reason))
    zone = registry.profile().identity.timezone
    return {
        "destruction.code": case.row.code,
        "destruction.reason": reason,
        "destruction.decided_by": _official(decided),
        "destruction.decided_on": clock.day_of(row.decided_at, zone).isoformat(),
        "destruction.confirmed_by": _official(confirmed),
        "destruction.key": str(key.id),
        "destruction.key_versions": f"1 sampai {key.version}" if key.version > 1 else "1",
        "destruction.wrapped_by": (
            f"kunci instansi versi {key.tenant_key_version},"
            f" kunci induk {generation.root_id if generation else '-'}"
        ),
        "destruction.letters": str(held.letters),
        "destruction.attachments": str(held.attachments),
    }


def _official(card: accounts.Card) -> str:
    """Return a person as the certificate names them: name and title."""
    role = min(card.roles, default=Role.SUPERVISOR)
    title = card.title or registry.profile().role_title(
        Role.SUPERVISOR if Role.SUPERVISOR in card.roles else role
    )
    return f"{card.name}, {title}"


def _locked(subject: Subject) -> Destruction:
    query = select(Destruction).where(Destruction.id == subject.id)
    query = query.with_for_update().execution_options(populate_existing=True)
    row = db.session.scalars(query).one()
    if row.outcome is not None:
        raise Conflict("destruction-settled")
    return row


def _record(tag: Tag, row: Destruction, details: dict[str, str] | None = None) -> None:
    audit.record(
        tag,
        subject=("destruction", row.id),
        case_id=row.case_id,
        fields=(),
        details=details or {},
    )


__all__ = [
    "Held",
    "Invalid",
    "Line",
    "Outcome",
    "certificate",
    "certificate_file",
    "confirm",
    "decide",
    "held_in",
    "lines",
    "listed",
    "load_destruction",
    "of_case",
    "open_decision",
    "retry",
    "stop",
    "waiting",
]
