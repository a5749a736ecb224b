"""What a mediation gives to its letters: what was recorded is typed only once."""

from collections.abc import Mapping

from flask_babel import force_locale

from app.mediation import service
from app.mediation.codes import MATTER_NAMES, Matter
from app.web.access import Subject
from tenants.context import acting_person
from tenants.errors import Missing

Typed = Mapping[str, str | None]


def invitation(subject: Subject) -> Typed:
    """Return the typed fields of an invitation: what it is about, and nothing of what happened."""
    return {"draft.subject_matter": _matter(subject)}


def minutes(subject: Subject) -> Typed:
    """Return the typed fields of the minutes."""
    return {**agreement(subject), "draft.note_taker": acting_person().name}


def agreement(subject: Subject) -> Typed:
    """Return the typed fields of an agreement: what it is about, and its terms."""
    return {"draft.subject_matter": _matter(subject), "draft.terms": _terms(subject)}


def _matter(subject: Subject) -> str | None:
    try:
        matter = Matter(service.newest(subject.id).matter)
    except Missing:
        return None
    with force_locale("id"):  # letters are written in Bahasa Indonesia
        return str(MATTER_NAMES[matter])


def _terms(subject: Subject) -> str | None:
    try:
        row = service.newest(subject.id)
    except Missing:
        return None
    one = Subject("mediation", row.id, row, subject.id, subject.standing)
    return service.view(one, ("outcome",))["outcome"].value
