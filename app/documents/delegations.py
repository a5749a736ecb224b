"""Who signs for which office, from one day to another (a.n., u.b., Plt., Plh.).

How it reads in the signature block follows Permendagri 1/2023 as the reference gives it: **a.n.**
a mandate from the superior, **u.b.** one level further down, **Plt.** acting for a vacant office,
**Plh.** acting during a short absence. A delegation adds no right of its own: its holder is a
signatory of the office as well, and as long as one is open they sign under it and never otherwise.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid5

from sqlalchemy import exists, select

from app.accounts import service as accounts
from app.documents.letter import PRINTABLE, Signer
from app.documents.models import Delegation
from app.documents.states import Mode
from app.web.access import Subject
from tenants import audit
from tenants.clock import now, today
from tenants.confidential import clean
from tenants.context import Role, acting_person, current
from tenants.database import db, hold
from tenants.errors import Conflict, Invalid, Missing
from tenants.registry import profile
from tenants.vocabulary import Tag

TEXT_LIMIT = 150


_IN_THE_OFFICE = frozenset({Mode.ACTING, Mode.STANDING_IN})
"""Whoever signs so fills the office itself: one person at a time."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What is to hold: who, for which office, in which way, on what order, and when."""

    account_id: UUID
    mode: Mode
    office: str
    through: str | None
    basis: str
    begins: date
    ends: date


@dataclass(frozen=True, slots=True)
class Choice:
    """A way in which a letter can be signed today."""

    card: accounts.Card
    delegation: Delegation | None


def listed() -> list[Delegation]:
    """Return every delegation that is not closed, those that end last first."""
    query = select(Delegation).where(Delegation.closed_at.is_(None))
    return sorted(db.session.scalars(query), key=lambda one: (one.last_day, one.id), reverse=True)


def make(terms: Terms) -> Delegation:
    """Let somebody sign for an office for a time.

    Raises:
        Invalid: by field: ``person`` ``unknown`` (not a signatory); a text ``required``,
            ``too-long``, ``control-character`` or ``not-printable``; ``ends`` ``before-it-begins``
            or ``past``; ``begins`` ``overlaps``: somebody fills that office on one of those days,
            or the same person signs for it already.
    """
    hold(uuid5(current().tenant_id, "delegations"))
    if terms.account_id not in {card.id for card in accounts.with_role(Role.SIGNATORY)}:
        raise Invalid("person", "unknown")
    office, basis = _text(terms.office, "office"), _text(terms.basis, "basis")
    through = _text(terms.through, "through") if terms.mode is Mode.SUB_MANDATE else None
    if terms.ends < terms.begins:
        raise Invalid("ends", "before-it-begins")
    if terms.ends < _today():
        raise Invalid("ends", "past")
    if any(_meets(one, terms, office) for one in listed()):
        raise Invalid("begins", "overlaps")
    made = Delegation(
        account_id=terms.account_id,
        mode=terms.mode.value,
        office=office,
        through=through,
        basis=basis,
        begins=terms.begins,
        ends=terms.ends,
        created_by=acting_person().id,
        created_at=now(),
    )
    db.session.add(made)
    db.session.flush()
    audit.record(
        Tag.DELEGATION_MADE,
        subject=("delegation", made.id),
        details={
            "person": str(made.account_id),
            "mode": made.mode,
            "begins": made.begins.isoformat(),
            "ends": made.ends.isoformat(),
        },
    )
    return made


def load_delegation(delegation_id: UUID) -> Subject:
    """Load a delegation.

    Raises:
        Missing: there is none with this id in the bound tenant.
    """
    found = find(delegation_id)
    return Subject("delegation", found.id, found)


def find(delegation_id: UUID) -> Delegation:
    """Return a delegation.

    Raises:
        Missing: there is none with this id in the bound tenant.
    """
    found = db.session.get(Delegation, (current().tenant_id, delegation_id))
    if found is None:
        raise Missing("delegation")
    return found


def end(delegation: Delegation) -> None:
    """End a delegation now; from tomorrow at the latest nobody signs by it.

    What was approved today stays. Before its first day it never comes to hold.

    Raises:
        Conflict: ``delegation-over``.
    """
    held = _locked(delegation)
    if held.ended_on is not None or held.last_day < _today():
        raise Conflict("delegation-over")
    held.ended_on, held.ended_by = _today(), acting_person().id
    _record(Tag.DELEGATION_ENDED, held)


def close(delegation: Delegation) -> None:
    """Let the holder of a delegation that is over sign in an office of their own again.

    Raises:
        Conflict: ``delegation-lives``, or it is closed already.
    """
    held = _locked(delegation)
    if holds(held, _today()) or (held.ended_on is None and held.begins > _today()):
        raise Conflict("delegation-lives")
    held.closed_at, held.closed_by = now(), acting_person().id
    _record(Tag.DELEGATION_CLOSED, held)


def holds(delegation: Delegation, day: date) -> bool:
    """Tell whether somebody may sign by a delegation on a day."""
    return (
        delegation.closed_at is None
        and delegation.ended_on is None
        and delegation.begins <= day <= delegation.ends
    )


def choices() -> list[Choice]:
    """Return every way in which a letter can be signed today, by name."""
    day, signatories = _today(), accounts.with_role(Role.SIGNATORY)
    held: dict[UUID, list[Delegation]] = {}
    for one in listed():
        held.setdefault(one.account_id, []).append(one)
    found: list[Choice] = []
    for card in signatories:
        if card.id not in held:
            found.append(Choice(card, None))
        found += [Choice(card, one) for one in held.get(card.id, ()) if holds(one, day)]
    return found


def check(account_id: UUID, delegation_id: UUID | None) -> None:
    """See that a person may sign today in the way that was chosen.

    Raises:
        Conflict: ``delegation-over``: not begun, over, ended or closed; ``delegation-needed``:
            the person signs for another only; ``delegation-of-another``.
    """
    if delegation_id is None:
        bound = exists().where(Delegation.account_id == account_id, Delegation.closed_at.is_(None))
        if db.session.scalar(select(bound)):
            raise Conflict("delegation-needed")
        return
    found = find(delegation_id)
    if found.account_id != account_id:
        raise Conflict("delegation-of-another")
    if not holds(found, _today()):
        raise Conflict("delegation-over")


def signer(own: Signer, delegation: Delegation | None) -> Signer:
    """Return the signature block of somebody, who may sign for another office."""
    if delegation is None:
        return own
    return block(own, Mode(delegation.mode), delegation.office, delegation.through)


def block(own: Signer, mode: Mode, place: str, through: str | None) -> Signer:
    """Return the signature block of somebody who signs for another office."""
    title, prefix = own.title, None
    if mode is Mode.ACTING:
        title = f"Plt. {place}"
    elif mode is Mode.STANDING_IN:
        title = f"Plh. {place}"
    elif mode is Mode.MANDATE:
        prefix = f"a.n. {place}"
    else:
        prefix = f"a.n. {place}\n{through}\nu.b."
    return Signer(title, own.name, own.rank, own.nip, prefix)


def _meets(one: Delegation, terms: Terms, office: str) -> bool:
    """Tell whether two delegations cannot both hold."""
    if one.ended_on is not None or one.begins > terms.ends or terms.begins > one.ends:
        return False
    if one.office.casefold() != office.casefold():
        return False
    both = {Mode(one.mode), terms.mode} <= _IN_THE_OFFICE
    return both or one.account_id == terms.account_id


def _text(value: str | None, name: str) -> str:
    text = clean(value, name, TEXT_LIMIT)
    if text is None:
        raise Invalid(name, "required")
    if not _fits(text):
        raise Invalid(name, "not-printable")
    return text


def _fits(text: Iterable[str]) -> bool:
    """Tell whether the office's typeface prints a text of one line."""
    return {ord(character) for character in text} <= PRINTABLE[profile().letterhead.font]


def _locked(delegation: Delegation) -> Delegation:
    query = (
        select(Delegation)
        .where(Delegation.id == delegation.id, Delegation.closed_at.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    held = db.session.scalar(query)
    if held is None:
        raise Conflict("delegation-over")
    return held


def _record(tag: Tag, held: Delegation) -> None:
    audit.record(tag, subject=("delegation", held.id), details={"person": str(held.account_id)})


def _today() -> date:
    return today(profile().identity.timezone)
