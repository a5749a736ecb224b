"""The room's panels on the case page and the home page."""

from typing import Any

from flask_babel import gettext as _

from app.attachments import service as attachments
from app.documents import service
from app.documents.home import home_letters
from app.documents.states import LetterState
from app.documents.views.shared import goes_to, several_sign, state_of, title_of
from app.web import Subject
from tenants.context import Person, Role, acting_person
from tenants.policy import Permission, permits

_WAITING = {LetterState.REVIEW.value, LetterState.SUBMITTED.value, LetterState.SIGNING.value}


def case_part(subject: Subject) -> tuple[str, dict[str, Any]] | None:
    """The letters of a case."""
    person = acting_person()
    reading = permits(person, Permission.LETTER_READ, subject.standing)
    letters = service.for_case(subject.id)
    if not letters and not reading:
        return None
    drafting = permits(person, Permission.LETTER_DRAFT, subject.standing)
    return "documents/case_part.html", {
        "section": ("letters", _("Letters")),
        "case_id": subject.id,
        "rows": [_row(letter) for letter in letters],
        "on_paper": attachments.letters_on_paper(subject.id),
        "reading": reading,
        "drafting": drafting and not subject.standing.closed,
    }


def home_part(person: Person) -> tuple[str, dict[str, Any]] | None:
    """What waits for a paraf or a signature."""
    if not permits(person, Permission.LETTER_QUEUE):
        return None
    found = home_letters(person)
    letters = [*found.to_review, *found.to_sign]
    if not letters and not person.has(Role.SIGNATORY):
        return None
    return "documents/home_signatory.html", {
        "waiting": [one for one in letters if one.state in _WAITING],
        "rows": [_row(letter) for letter in letters],
    }


def own_part(person: Person) -> tuple[str, dict[str, Any]] | None:
    """What came back to its author, or came to a halt."""
    letters = [] if person.has(Role.SIGNATORY) else home_letters(person).unfinished
    if not letters:
        return None
    return "documents/home_author.html", {"rows": [_row(letter) for letter in letters]}


def _row(letter: Any) -> dict[str, Any]:
    return {
        "letter": letter,
        "title": title_of(letter.type),
        "state": state_of(letter),
        "several": several_sign(letter),
        "organisation": service.addressee_name(letter),
        "goes_to": goes_to(letter),
    }
