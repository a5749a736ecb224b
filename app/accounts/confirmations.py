"""What one person asks for and another must confirm: roles, and a lost second step set up anew.

Nobody confirms what they asked for themselves, or what concerns themselves. A request waits for a
week, and not longer than whoever made it may make it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.sql import Select

from app.accounts import second_factor
from app.accounts.models import Account, Confirmation
from app.accounts.people import Card, card, cards, check_roles, grant
from app.accounts.sessions import end_sessions
from app.web.access import Subject
from tenants import audit
from tenants.clock import now
from tenants.context import Role, acting_person
from tenants.database import db
from tenants.errors import Conflict, Missing, Refused
from tenants.vocabulary import Tag

WAITS_FOR = timedelta(days=7)


class Kind(StrEnum):
    """What is to be confirmed."""

    ROLES = "roles"
    SECOND_STEP = "second-step"


class Verdict(StrEnum):
    """What became of it."""

    CONFIRMED = "confirmed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request that waits for a second person.

    Attributes:
        about: whom it concerns.
        own: the acting person asked for it or is concerned, so somebody else must confirm it.
    """

    id: UUID
    kind: Kind
    about: Card
    roles: frozenset[Role]
    asked_by: Card
    asked_at: datetime
    own: bool


@dataclass(frozen=True, slots=True)
class Reset:
    """A second step that was set up anew: when, and which two persons did it."""

    at: datetime
    asked_by: str
    confirmed_by: str


def ask_for_roles(account_id: UUID, roles: Collection[Role], asked_by: UUID) -> None:
    """Ask that somebody be given roles; a request that waits for the same person ends."""
    _ask(account_id, Kind.ROLES, roles, asked_by)


def ask_for_reset(account_id: UUID) -> None:
    """Ask that somebody who has lost the second step may set it up anew.

    Raises:
        Refused: ``own-account``.
        Conflict: ``no-factor``: there is nothing to lose yet.
    """
    person = acting_person()
    if person.id == account_id:
        raise Refused("own-account")
    if not second_factor.factors(account_id):
        raise Conflict("no-factor")
    _ask(account_id, Kind.SECOND_STEP, (), person.id)


def waiting() -> list[Waiting]:
    """Return what waits for a second person, the oldest first."""
    rows = list(db.session.scalars(_living().order_by(Confirmation.asked_at, Confirmation.id)))
    known = cards(one for row in rows for one in (row.account_id, row.asked_by))
    return [_waiting(row, known) for row in rows]


def listed() -> list[Waiting]:
    """Return what waits for a second person; records the look."""
    found = waiting()
    audit.record(Tag.CONFIRMATIONS_LISTED, details={"count": len(found)})
    return found


def waiting_roles(account_id: UUID) -> frozenset[Role]:
    """Return the roles of a person that wait for a second person."""
    rows = db.session.scalars(
        _living().where(
            Confirmation.account_id == account_id, Confirmation.kind == Kind.ROLES.value
        )
    )
    return frozenset(Role(code) for row in rows for code in row.roles)


def load_confirmation(confirmation_id: UUID) -> Subject:
    """Load a waiting request for the guard.

    Raises:
        Missing: there is none of this id, or it waits no more.
    """
    row = db.session.scalar(_living().where(Confirmation.id == confirmation_id))
    if row is None:
        raise Missing("confirmation")
    known = cards(one for one in (row.account_id, row.asked_by))
    return Subject("confirmation", row.id, _waiting(row, known))


def confirm(confirmation_id: UUID) -> None:
    """Do what was asked for, as its second person.

    Raises:
        Missing: it waits no more.
        Refused: ``own-request``: the acting person asked for it, or it concerns them.
        Invalid: as :func:`check_roles`, when the person has become something else meanwhile.
        Conflict: ``person-disabled``.
    """
    row = _held(confirmation_id)
    about, before = row.account_id, card(row.account_id)
    if acting_person().id in {row.asked_by, about}:
        raise Refused("own-request")
    if not before.active:
        raise Conflict("person-disabled")
    _decide(row, Verdict.CONFIRMED)
    if row.kind == Kind.SECOND_STEP.value:
        second_factor.remove_all(about)
        end_sessions(about)
        return
    wanted = before.roles | {Role(code) for code in row.roles}
    check_roles(wanted, before.organisation_id)
    grant(about, wanted - before.roles)
    details = {"before": sorted(before.roles), "after": sorted(wanted)}
    audit.record(Tag.ROLES_CHANGED, subject=("account", about), details=details)


def refuse(confirmation_id: UUID) -> None:
    """Let nothing come of a request; whoever made it takes it back this way.

    Raises:
        Missing: it waits no more.
    """
    row = _held(confirmation_id)
    own = acting_person().id == row.asked_by
    _decide(row, Verdict.WITHDRAWN if own else Verdict.REFUSED)


def withdraw_asked_by(account_id: UUID) -> None:
    """Let nothing come of what a person asked for who may ask for it no more."""
    for row in db.session.scalars(_living().where(Confirmation.asked_by == account_id)).all():
        _decide(row, Verdict.WITHDRAWN)


def withdraw_about(account_id: UUID, kind: Kind) -> None:
    """Let nothing come of what waits about a person, because something else is asked for."""
    query = _living().where(Confirmation.account_id == account_id, Confirmation.kind == kind.value)
    for row in db.session.scalars(query).all():
        _decide(row, Verdict.WITHDRAWN)


def newest_reset(account_id: UUID) -> Reset | None:
    """Return who let a person set up the second step anew, the last time."""
    row = db.session.scalar(
        select(Confirmation)
        .where(
            Confirmation.account_id == account_id,
            Confirmation.kind == Kind.SECOND_STEP.value,
            Confirmation.verdict == Verdict.CONFIRMED.value,
        )
        .order_by(Confirmation.decided_at.desc())
        .limit(1)
    )
    if row is None or row.decided_at is None or row.decided_by is None:
        return None
    known = cards([row.asked_by, row.decided_by])
    return Reset(row.decided_at, known[row.asked_by].name, known[row.decided_by].name)


def _ask(account_id: UUID, kind: Kind, roles: Collection[Role], asked_by: UUID) -> None:
    db.session.execute(select(Account.id).where(Account.id == account_id).with_for_update())
    withdraw_about(account_id, kind)
    row = Confirmation(
        account_id=account_id,
        kind=kind.value,
        roles=sorted(roles),
        asked_by=asked_by,
        asked_at=now(),
    )
    db.session.add(row)
    db.session.flush()
    audit.record(Tag.CONFIRMATION_ASKED, subject=("confirmation", row.id), details=_details(row))


def _decide(row: Confirmation, verdict: Verdict) -> None:
    db.session.execute(
        update(Confirmation)
        .where(Confirmation.id == row.id)
        .values(verdict=verdict.value, decided_at=now(), decided_by=acting_person().id)
    )
    details = {**_details(row), "verdict": verdict.value}
    audit.record(Tag.CONFIRMATION_DECIDED, subject=("confirmation", row.id), details=details)


def _details(row: Confirmation) -> dict[str, object]:
    return {"kind": row.kind, "person": str(row.account_id), "roles": list(row.roles)}


def _held(confirmation_id: UUID) -> Confirmation:
    row = db.session.scalar(
        _living()
        .where(Confirmation.id == confirmation_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise Missing("confirmation")
    return row


def _living() -> Select[Confirmation]:
    return select(Confirmation).where(
        Confirmation.decided_at.is_(None), Confirmation.asked_at > now() - WAITS_FOR
    )


def _waiting(row: Confirmation, known: dict[UUID, Card]) -> Waiting:
    return Waiting(
        id=row.id,
        kind=Kind(row.kind),
        about=known[row.account_id],
        roles=frozenset(Role(code) for code in row.roles),
        asked_by=known[row.asked_by],
        asked_at=row.asked_at,
        own=acting_person().id in {row.asked_by, row.account_id},
    )
