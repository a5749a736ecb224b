"""Several who sign one letter, one after the other, each the same frozen content.

The first signature freezes number, date and content, as an approval does; each further one is of
that snapshot's hash. Only when all have signed is the file made: one job puts every signature into
it, in order (:func:`app.documents.sign.sign_in_turn`), and issues it once.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased

from app.accounts import service as accounts
from app.cases import service as cases
from app.documents.catalogue import DocumentType
from app.documents.models import Letter, LetterSigner
from app.documents.states import LetterState
from tenants.clock import now
from tenants.context import Person, Role
from tenants.database import db
from tenants.errors import Conflict, Invalid

WAITING = frozenset({LetterState.SUBMITTED, LetterState.SIGNING})


@dataclass(frozen=True, slots=True)
class Place:
    """One place in the order: the capacity by language, and who may take it."""

    capacity: Mapping[str, str]
    able: tuple[accounts.Card, ...]


def places(
    kind: DocumentType, case_id: UUID, named: Mapping[str, UUID | None] | None = None
) -> list[Place]:
    """Return the places before the signatory; each is for somebody of the case's team.

    Args:
        named: whom the letter names as companion and mediator.
    """
    if not kind.cosigners:
        return []
    team = cases.team(case_id)
    return [
        Place(
            one.capacity,
            tuple(
                card
                for card in team
                if card.active
                and not card.roles.isdisjoint(Role[name] for name in one.roles)
                and (one.named is None or (named or {}).get(one.named) == card.id)
            ),
        )
        for one in kind.cosigners
    ]


def choose(letter: Letter, wanted: Sequence[Place], chosen: Sequence[UUID]) -> None:
    """Keep who signs before the signatory, in the order of the document type.

    Raises:
        Invalid: ``cosigners``: ``required``, ``unknown`` or ``twice``.
    """
    if len(chosen) != len(wanted):
        raise Invalid("cosigners", "required")
    if len({*chosen, letter.signatory_id}) != len(chosen) + 1:
        raise Invalid("cosigners", "twice")
    for place, account_id in zip(wanted, chosen, strict=True):
        if account_id not in {card.id for card in place.able}:
            raise Invalid("cosigners", "unknown")
    for row in of(letter):
        db.session.delete(row)
    db.session.flush()
    if not wanted or letter.signatory_id is None:
        return
    for position, account_id in enumerate((*chosen, letter.signatory_id), start=1):
        db.session.add(LetterSigner(letter_id=letter.id, position=position, account_id=account_id))
    db.session.flush()


def of(letter: Letter) -> list[LetterSigner]:
    """Return those who sign a letter in order; nobody where the signatory signs alone."""
    query = (
        select(LetterSigner)
        .where(LetterSigner.letter_id == letter.id)
        .order_by(LetterSigner.position)
    )
    return list(db.session.scalars(query))


def turn(letter: Letter) -> UUID | None:
    """Return whose signature a letter waits for now; None when it waits for none."""
    if LetterState(letter.state) not in WAITING:
        return None
    rows = of(letter)
    if not rows:
        return letter.signatory_id if letter.state == LetterState.SUBMITTED.value else None
    return next((row.account_id for row in rows if row.signed_at is None), None)


def signs(letter: Letter, person: Person) -> bool:
    """Tell whether a person is among several who sign a letter."""
    return any(row.account_id == person.id for row in of(letter))


def waiting_for(person: Person) -> list[Letter]:
    """Return the letters of several signers whose turn is this person's, oldest first."""
    earlier = aliased(LetterSigner)
    before = (
        select(earlier.id)
        .where(
            earlier.letter_id == LetterSigner.letter_id,
            earlier.position < LetterSigner.position,
            earlier.signed_at.is_(None),
        )
        .exists()
    )
    query = (
        select(Letter)
        .join(LetterSigner, LetterSigner.letter_id == Letter.id)
        .where(
            LetterSigner.account_id == person.id,
            LetterSigner.signed_at.is_(None),
            Letter.state.in_([state.value for state in WAITING]),
            ~before,
        )
        .order_by(Letter.submitted_at, Letter.id)
    )
    return list(db.session.scalars(query))


def printed(letter: Letter, kind: DocumentType) -> list[dict[str, Any]]:
    """Return who signs before the signatory, as the page says it."""
    rows = of(letter)[:-1]
    cards = accounts.cards(row.account_id for row in rows)
    return [
        {
            "capacity": place.capacity["id"],
            "name": cards[row.account_id].name,
            "nip": cards[row.account_id].nip,
        }
        for place, row in zip(kind.cosigners, rows, strict=False)
    ]


def sign(letter: Letter, person: Person, seen: str) -> bool:
    """Note the acting person's signature of a frozen letter; tell whether it was the last.

    Args:
        letter: locked, its snapshot frozen.
        seen: the hash of the snapshot that was read, in hex.

    Raises:
        Conflict: ``not-your-turn``; ``letter-changed``: another content was read.
    """
    if letter.snapshot_hash is None or turn(letter) != person.id:
        raise Conflict("not-your-turn")
    if not secrets.compare_digest(letter.snapshot_hash.hex().encode(), seen.encode()):
        raise Conflict("letter-changed")
    rows = of(letter)
    mine = next(row for row in rows if row.account_id == person.id)
    mine.signed_at, mine.signed_hash = now(), letter.snapshot_hash
    db.session.flush()
    return all(row.signed_at is not None for row in rows)


def active(rows: Iterable[LetterSigner]) -> bool:
    """Tell whether all who sign may still work."""
    wanted = {row.account_id for row in rows}
    return all(card.active for card in accounts.cards(wanted).values())
