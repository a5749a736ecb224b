"""The letters of the first page: those that wait for a person, read with what other rooms show."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.sql import Select

from app.documents import signers
from app.documents.models import Letter, LetterSigner
from app.documents.states import LetterState
from app.web.together import Query, home_rows
from tenants.context import Person
from tenants.database import TenantTable

_ALONE = frozenset({LetterState.SUBMITTED, LetterState.PARKED})
_BACK = frozenset({LetterState.RETURNED, LetterState.PARKED})
_REVIEW = frozenset({LetterState.REVIEW})


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for one person, each list oldest first.

    Attributes:
        to_review: for a paraf.
        to_sign: for a signature, or came to a halt on the way.
        unfinished: the person's own letters that came back or came to a halt.
    """

    to_review: list[Letter]
    to_sign: list[Letter]
    unfinished: list[Letter]


def home_query(person: Person) -> Select[Any] | None:
    """Return the query of every letter that may wait for a person; partners have other lists."""
    if person.organisation_id is not None:
        return None
    signs = select(LetterSigner.letter_id).where(
        LetterSigner.account_id == person.id, LetterSigner.signed_at.is_(None)
    )
    return select(Letter).where(
        Letter.case_id.is_not(None),
        or_(
            and_(Letter.reviewer_id == person.id, _in(_REVIEW)),
            and_(Letter.signatory_id == person.id, _in(_ALONE)),
            and_(Letter.id.in_(signs), _in(signers.WAITING)),
            and_(Letter.drafted_by == person.id, _in(_BACK)),
        ),
    )


QUERIES: dict[type[TenantTable], Query] = {Letter: home_query}
"""What the first page reads together with what other rooms show."""


def home_letters(person: Person) -> Waiting:
    """Return what waits for a person; as the lists of letters say it one by one."""
    rows = sorted(
        home_rows(person, Letter),
        key=lambda one: (one.submitted_at is None, one.submitted_at or one.drafted_at, one.id),
    )
    return Waiting(
        to_review=[
            one for one in rows if one.reviewer_id == person.id and one.state in _codes(_REVIEW)
        ],
        to_sign=[one for one in rows if _to_sign(one, person)],
        unfinished=[
            one for one in rows if one.drafted_by == person.id and one.state in _codes(_BACK)
        ],
    )


def _to_sign(letter: Letter, person: Person) -> bool:
    if letter.state == LetterState.PARKED.value:
        return letter.signatory_id == person.id
    return letter.state in _codes(signers.WAITING) and signers.turn(letter) == person.id


def _in(states: Collection[LetterState]) -> ColumnElement[bool]:
    return Letter.state.in_(sorted(_codes(states)))


def _codes(states: Collection[LetterState]) -> set[str]:
    return {state.value for state in states}
