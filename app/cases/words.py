"""The words that pages use for fields and classes, and the sentences for what was refused."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

from tenants.confidential import FieldClass
from tenants.context import Role
from tenants.errors import Conflict, Invalid

FIELD_NAMES: dict[str, Any] = {
    "survivor.full_name": _l("Full name"),
    "survivor.nik": _l("NIK"),
    "survivor.birth_date": _l("Date of birth"),
    "survivor.phone": _l("Her own number: do not call"),
    "survivor.safe_contact": _l("How to reach her safely"),
    "survivor.contact_when": _l("When to reach her"),
    "survivor.forbidden_phone": _l("Never call these numbers"),
    "survivor.address": _l("Address"),
    "survivor.health": _l("Health"),
    "alleged_perpetrator.full_name": _l("Full name"),
    "alleged_perpetrator.particulars": _l("Particulars"),
    "incident.narrative": _l("What happened"),
    "incident.location": _l("Where exactly"),
    "need.description": _l("What exactly"),
    "legal_process.report_number": _l("Police report number"),
    "legal_process.examination_request": _l("Investigator's request for examination"),
    "note.text": _l("Note"),
    "closure.comparison": _l("The two assessments side by side"),
    "closure.statement": _l("Statement about her recovery"),
    "closure.exception": _l("Why it is closed all the same"),
}
TEAM_NAMES: dict[Role, Any] = {
    Role.CASE_OFFICER: _l("Technical team"),
    Role.COMPANION: _l("Accompaniment team"),
    Role.INTAKE_OFFICER: _l("Administration team"),
}
CLASS_NAMES: dict[FieldClass, Any] = {
    FieldClass.IDENTITY: _lp("class", "Who she is"),
    FieldClass.CONTACT: _lp("class", "How to reach her"),
    FieldClass.LOCATION: _lp("class", "Where she is"),
    FieldClass.NARRATIVE: _lp("class", "What happened"),
    FieldClass.CLINICAL: _lp("class", "Health and what she needs"),
    FieldClass.LEGAL: _lp("class", "The legal process"),
}
CLASS_SENTENCES: dict[FieldClass, Any] = {
    FieldClass.IDENTITY: _l(
        "They may know your name, your NIK and your date of birth. Without this they cannot "
        "receive you."
    ),
    FieldClass.CONTACT: _l("They may contact you, in the way that is safe for you."),
    FieldClass.LOCATION: _l("They may know where you live or stay."),
    FieldClass.NARRATIVE: _l("They may read what happened, so that you need not tell it again."),
    FieldClass.CLINICAL: _l("They may know about your health and what help you need."),
    FieldClass.LEGAL: _l("They may know whether there is a police report, and its number."),
}
"""What each class means, in words to be read out to the survivor."""

TALK_QUESTIONS: dict[FieldClass, Any] = {
    FieldClass.IDENTITY: _l("May they know who you are?"),
    FieldClass.CONTACT: _l("May they get in touch with you?"),
    FieldClass.LOCATION: _l("May they know where you are?"),
    FieldClass.NARRATIVE: _l("May they read what happened?"),
    FieldClass.CLINICAL: _l("May they know about your health and what you need?"),
    FieldClass.LEGAL: _l("May they know about the police report?"),
}
"""One question for each class, as one would ask her."""

_SENTENCES: dict[str, Any] = {
    "unknown-code": _l("Choose one of the answers."),
    "missing": _l("This field is required."),
    "none": _l("Choose at least one."),
    "too-long": _l("This is too long."),
    "too-short": _l("Type at least two characters."),
    "control-character": _l("This contains characters that cannot be read. Type it again."),
    "in-the-future": _l("This day lies in the future."),
    "in-the-past": _l("This day has passed."),
    "too-long-ago": _l("This day is too long ago."),
    "not-a-date": _l("This day does not exist."),
    "other-age-group": _l("This date does not fit the age group. Correct one of the two."),
    "over-a-year": _l("A consent ends after one year at the latest. Choose an earlier day."),
    "guardian-needed": _l(
        "For a child her parent or guardian consents, unless that is the person who is reported."
    ),
    "guardian-accused": _l(
        "The guardian is the person who is reported and cannot consent for the child."
    ),
    "other-role": _l("This person does not work in that team."),
    "unknown": _l("This is not known here."),
    "no-child": _l("Diversion is for children: somebody reported in this case is an adult."),
    "not-understood": _l("Ask her first whether she has understood."),
    "unanswered": _l("Ask her, and choose an answer."),
    "other-code": _l("This is not the code of this case."),
    "consent-revoked": _l("This consent was already withdrawn."),
    "already-in-team": _l("This person is already in that team."),
    "emergency-open": _l("You have this case open in an emergency already."),
    "emergency-lasts": _l(
        "It is still open. Judge that it was right once it has ended, so that everything that was "
        "looked at is before you; if it was not right, say so now and it ends."
    ),
    "emergency-reviewed": _l("Somebody has judged this already."),
    "no-reviewer": _l(
        "Nobody else in your office could judge this. Ask your administrator to give somebody the "
        "role of supervisor."
    ),
    "closure-waits": _l("A closure of this case waits for a second person already."),
    "case-open": _l("This case is open already."),
    "follow-up-done": _l("This was recorded already."),
    "case-closed": _l("This case is closed. Nothing more can be changed in it."),
    "key-already-destroyed": _l("The key of this case was already destroyed."),
}
_OF_FIELD: dict[tuple[str, str], Any] = {
    ("code", "unknown"): _l("There is no case with this code. Check it once more."),
    ("explanation", "too-short"): _l("Say in a sentence or two what has happened."),
    ("remark", "missing"): _l("Say why it was not right."),
    ("nik", "format"): _l("A NIK has 16 digits."),
    ("text", "missing"): _l("There is nothing but blanks, or no row below the headings."),
    ("text", "too-many"): _l("These are more rows than can be taken at once. Paste fewer."),
    ("text", "faulty"): _l("Something has to be mended first."),
    ("mapping", "missing"): _l("A column that is needed is not there yet. Say which one it is."),
    ("mapping", "twice"): _l("Two columns are said to hold the same."),
    ("reached", "not-a-number"): _l("Only a whole number that can be."),
    ("phone", "format"): _l("This is not a telephone number."),
    ("district", "format"): _l(
        "Only the name of the sub-district, without numbers. The address has its own field."
    ),
}


def sentence(error: Invalid | Conflict) -> str:
    """Return the sentence for what was refused."""
    field = error.field if isinstance(error, Invalid) else ""
    found = _OF_FIELD.get((field, error.reason)) or _SENTENCES.get(error.reason)
    return str(found or _l("This cannot be accepted."))
