"""Letters in the inbox of the organisation they are addressed to: never an attachment to an e-mail.

A letter is delivered in the transaction that issues it. It can be opened as long as the survivor's
consent covers what it says and the organisation is not out of the case again, or for ever where a
law has it go without consent. Who opened it first and who acknowledged it stands beside it, and
each opening is in the log.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from app.accounts import service as accounts
from app.cases import service as cases
from app.documents import content, files, letters, workshop
from app.documents.catalogue import DocumentType
from app.documents.files import LetterFile
from app.documents.models import Letter, LetterDelivery
from app.documents.states import ISSUED_ONCE, LetterState
from app.documents.values import classes
from app.referrals import service as referrals
from app.web.access import Subject
from tenants import audit
from tenants.clock import now
from tenants.confidential import FieldClass
from tenants.context import Person, Purpose, acting_person
from tenants.database import db
from tenants.errors import Conflict, Missing
from tenants.policy import Relation, Standing
from tenants.vocabulary import Tag

SHOWN = 100  # letters of one inbox


@dataclass(frozen=True, slots=True)
class Arrived:
    """A letter in the inbox of the acting officer's organisation."""

    letter: Letter
    delivery: LetterDelivery

    @property
    def living(self) -> bool:
        """Whether it may be opened: it was neither withdrawn nor replaced."""
        return self.letter.state == LetterState.ISSUED.value


def deliver(letter: Letter) -> None:
    """Put a letter that is being issued into its addressee's inbox; nothing for one by hand."""
    if letter.organisation_id is None:
        return
    db.session.add(
        LetterDelivery(
            letter_id=letter.id, organisation_id=letter.organisation_id, delivered_at=now()
        )
    )
    db.session.flush()


def inbox(person: Person, *, unanswered: bool = False) -> list[Arrived]:
    """Return the letters to a partner officer's organisation, newest first.

    What the survivor's consent no longer covers is not among them.
    """
    query = (
        select(Letter, LetterDelivery)
        .join(LetterDelivery, LetterDelivery.letter_id == Letter.id)
        .where(
            LetterDelivery.organisation_id == person.organisation_id,
            Letter.state.in_([state.value for state in ISSUED_ONCE]),
        )
        .order_by(LetterDelivery.delivered_at.desc())
        .limit(SHOWN)
    )
    if unanswered:
        query = query.where(
            LetterDelivery.acknowledged_at.is_(None), Letter.state == LetterState.ISSUED.value
        )
    consented: dict[UUID, frozenset[FieldClass] | None] = {}
    found = []
    for letter, delivery in db.session.execute(query):
        if _covered(letter, consented):
            found.append(Arrived(letter, delivery))
    return found


def load_delivered(letter_id: UUID) -> Subject:
    """Load a letter in the inbox of the acting partner officer's organisation.

    Raises:
        Missing: there is none with this id there, or it is withdrawn, replaced, or no longer
            covered by consent.
    """
    letter, person = letters.find(letter_id), acting_person()
    if LetterState(letter.state) is not LetterState.ISSUED:
        raise Missing("letter")
    delivery = _find(letter)
    if person.organisation_id is None or delivery.organisation_id != person.organisation_id:
        raise Missing("letter")
    if not _covered(letter, {}):
        raise Missing("letter")
    return Subject("letter", letter.id, letter, letter.case_id, _standing(letter))


def fetch_delivered(subject: Subject) -> LetterFile:
    """Return a delivered letter's bytes, and note who opened it first.

    Raises:
        Refused: the officer may not see all that it says.
        Unreadable, StoreUnavailable: as :func:`app.documents.files.fetch`.
    """
    letter: Letter = subject.row
    content.judge_reader(letter, acting_person(), subject.standing)
    file = files.hand_over(letter)
    note_opened(letter)
    return file


def note_opened(letter: Letter) -> None:
    """Note that the acting partner officer has opened a letter, the first time."""
    delivery = _find(letter, lock=True)
    if delivery.opened_at is None:
        delivery.opened_at, delivery.opened_by = now(), acting_person().id


def acknowledge(subject: Subject) -> None:
    """Confirm that the letter has arrived and is being dealt with.

    Raises:
        Conflict: ``acknowledged-already``, or ``not-opened-yet``.
    """
    delivery = _find(subject.row, lock=True)
    if delivery.acknowledged_at is not None:
        raise Conflict("acknowledged-already")
    if delivery.opened_at is None:
        raise Conflict("not-opened-yet")
    delivery.acknowledged_at, delivery.acknowledged_by = now(), acting_person().id
    audit.record(Tag.LETTER_ACKNOWLEDGED, subject=("letter", subject.id), case_id=subject.case_id)


def of(letter: Letter) -> LetterDelivery | None:
    """Return what became of a letter at its addressee; None for one that went by hand."""
    return db.session.scalar(select(LetterDelivery).where(LetterDelivery.letter_id == letter.id))


def people(delivery: LetterDelivery) -> dict[UUID, accounts.Card]:
    """Return the cards of those who opened and acknowledged a letter."""
    return accounts.cards(one for one in (delivery.opened_by, delivery.acknowledged_by) if one)


def _find(letter: Letter, *, lock: bool = False) -> LetterDelivery:
    query = select(LetterDelivery).where(LetterDelivery.letter_id == letter.id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalar(query)
    if found is None:
        raise Missing("letter")
    return found


def _standing(letter: Letter) -> Standing:
    """Tell how the addressee stands to the letter: by law, or by the survivor's consent."""
    if letter.statutory:
        return Standing(frozenset({Relation.ADDRESSEE}))
    return Standing(frozenset({Relation.PARTNER}), _consented(letter))


def _covered(letter: Letter, known: dict[UUID, frozenset[FieldClass] | None]) -> bool:
    if letter.statutory:
        return True
    if letter.case not in known:
        known[letter.case] = None if _ended(letter) else _consented(letter)
    allowed = known[letter.case]
    return allowed is not None and _needed(workshop.document_type(letter.type)) <= allowed


def _ended(letter: Letter) -> bool:
    """Tell whether the organisation was asked or at work in the case, and is so no more.

    A referral that was taken back closes the case to it (:func:`app.referrals.service.withdraw`).
    """
    organisation_id = letter.organisation_id
    if organisation_id is None or referrals.living(letter.case, organisation_id):
        return False
    return any(one.organisation_id == organisation_id for one in referrals.for_case(letter.case))


def _needed(kind: DocumentType) -> frozenset[FieldClass]:
    return frozenset(found for one in kind.fields for found in classes(one))


def _consented(letter: Letter) -> frozenset[FieldClass]:
    if letter.organisation_id is None:
        return frozenset()
    return cases.consented(letter.case, letter.organisation_id, Purpose.REFERRAL)
