"""Letters as rows: found, loaded with the acting person's standing, listed, locked."""

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from app.cases import service as cases
from app.documents import signers, workshop
from app.documents.models import Letter
from app.documents.states import BEFORE_REVIEWER, BEFORE_SIGNATORY, OPEN, LetterState
from app.documents.values import Entry, audit_names
from app.web.access import Subject
from tenants import vault
from tenants.context import Person, Role, acting_person, current
from tenants.database import db
from tenants.errors import Conflict, Missing
from tenants.policy import Relation, Standing
from tenants.profile import PARAF_ROLES
from tenants.registry import organisation

_RECENT = 20  # letters from which the usual time is taken


def find(letter_id: UUID) -> Letter:
    """Return a letter.

    Raises:
        Missing: there is none with this id in the bound tenant.
    """
    letter = db.session.get(Letter, (current().tenant_id, letter_id))
    if letter is None:
        raise Missing("letter")
    return letter


def load_letter(letter_id: UUID) -> Subject:
    """Load a letter with the acting person's standing to its case.

    Raises:
        Missing: as :func:`find`; a document of the office, which is reached through the room that
            made it.
    """
    letter = find(letter_id)
    return Subject("letter", letter.id, letter, letter.case_id, standing(letter))


def standing(letter: Letter) -> Standing:
    """Tell how the acting person stands to the letter's case, and whether it waits for them."""
    found = cases.standing(cases.find(letter.case))
    person = acting_person()
    signs = letter.signatory_id == person.id and person.has(Role.SIGNATORY)
    several = bool(workshop.document_type(letter.type).cosigners)
    # Who signs beside the signatory does so as one of the team, and no longer than that.
    member = Relation.TEAM in found.relations
    signs = signs or (several and member and signers.signs(letter, person))
    if signs and LetterState(letter.state) in BEFORE_SIGNATORY:
        found = replace(found, relations=found.relations | {Relation.SIGNING})
    reviews = letter.reviewer_id == person.id and person.has(*PARAF_ROLES)
    if reviews and LetterState(letter.state) in BEFORE_REVIEWER:
        found = replace(found, relations=found.relations | {Relation.INITIALLING})
    return found


def lock(letter: Letter, *allowed: LetterState) -> Letter:
    """Lock the letter's row until the transaction ends, and see that it is in a state for this.

    Raises:
        Missing: it was removed meanwhile.
        Conflict: ``letter-state``; somebody was a step ahead.
    """
    query = (
        select(Letter)
        .where(Letter.id == letter.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    held = db.session.scalar(query)
    if held is None:
        raise Missing("letter")
    if LetterState(held.state) not in allowed:
        raise Conflict("letter-state")
    return held


def entry(letter: Letter) -> Entry:
    """Return what the author chose and typed.

    Raises:
        Unreadable: the case's key is destroyed.
    """
    if letter.draft is None:
        return Entry(letter.organisation_id, letter.subject_id)
    content = vault.open_for_subject(letter.key_holder, letter.draft, *draft_place(letter.id))
    return Entry.read(content, letter.organisation_id, letter.subject_id)


def draft_place(letter_id: UUID) -> tuple[str, ...]:
    """Return what a sealed draft is bound to."""
    return ("letter", str(letter_id), "draft")


def snapshot_place(letter_id: UUID) -> tuple[str, ...]:
    """Return what a sealed snapshot is bound to."""
    return ("letter", str(letter_id), "snapshot")


def for_case(case_id: UUID) -> list[Letter]:
    """Return the letters of a case, newest first, without the discarded ones."""
    query = (
        select(Letter)
        .where(Letter.case_id == case_id, Letter.state != LetterState.DISCARDED.value)
        .order_by(Letter.drafted_at.desc(), Letter.id)
    )
    return list(db.session.scalars(query))


def waiting_for(person: Person) -> list[Letter]:
    """Return the letters that wait for a signatory, or that came to a halt, oldest first."""
    waiting = (LetterState.SUBMITTED, LetterState.PARKED)
    alone = [
        letter
        for letter in _in_states(Letter.signatory_id == person.id, waiting)
        if letter.state == LetterState.PARKED.value or signers.turn(letter) == person.id
    ]
    own = {letter.id for letter in alone}
    return alone + [one for one in signers.waiting_for(person) if one.id not in own]


def to_review_by(person: Person) -> list[Letter]:
    """Return the letters that wait for a reviewer's paraf, oldest first."""
    return _in_states(Letter.reviewer_id == person.id, (LetterState.REVIEW,))


def for_partner(case_id: UUID, organisation_id: UUID) -> list[Letter]:
    """Return the issued letters of a case to one organisation, newest first."""
    query = (
        select(Letter)
        .where(
            Letter.case_id == case_id,
            Letter.organisation_id == organisation_id,
            Letter.state == LetterState.ISSUED.value,
        )
        .order_by(Letter.issued_at.desc())
    )
    return list(db.session.scalars(query))


def successor(letter: Letter) -> Letter | None:
    """Return the letter that was issued in place of this one, or None."""
    query = (
        select(Letter)
        .where(Letter.supersedes_id == letter.id, Letter.issued_at.is_not(None))
        .order_by(Letter.issued_at)
        .limit(1)
    )
    return db.session.scalar(query)


def usual_time() -> timedelta | None:
    """Return how long the last letters took from approval to issue (median), or None."""
    recent = (
        select((Letter.issued_at - Letter.approved_at).label("took"))
        .where(Letter.issued_at.is_not(None))
        .order_by(Letter.issued_at.desc())
        .limit(_RECENT)
        .subquery()
    )
    median = func.percentile_cont(0.5).within_group(recent.c.took)
    return db.session.scalar(select(median))


def field_names(letter: Letter) -> tuple[str, ...]:
    """Return the names of the confidential fields that a letter shows."""
    return audit_names(workshop.document_type(letter.type))


def may_change(letter: Letter) -> bool:
    """Tell whether the letter's author may still change it."""
    return LetterState(letter.state) in OPEN


def addressee_name(letter: Letter) -> str | None:
    """Return the name of the organisation a letter goes to; None for a paper of the file."""
    if letter.organisation_id is None:
        return None
    return organisation(letter.organisation_id).name


def _in_states(mine: ColumnElement[bool], states: Collection[LetterState]) -> list[Letter]:
    query = (
        select(Letter)
        .where(
            mine, Letter.case_id.is_not(None), Letter.state.in_([state.value for state in states])
        )
        .order_by(Letter.submitted_at, Letter.id)
    )
    return list(db.session.scalars(query))
