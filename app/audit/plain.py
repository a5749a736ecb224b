"""Words for the survivor herself: who, what and why, as one would say it to her."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from tenants.context import Purpose, Role

ROLES: dict[str, Any] = {
    Role.INTAKE_OFFICER.value: _l("the officer who takes in reports"),
    Role.CASE_OFFICER.value: _l("the officer who handles cases"),
    Role.COMPANION.value: _l("the companion"),
    Role.SUPERVISOR.value: _l("the head of section, who answers for all cases"),
    Role.SIGNATORY.value: _l("the head of the office, who signs letters"),
    Role.PARTNER_OFFICER.value: _l("an officer of a service that helps you"),
    Role.AUDITOR.value: _l("the auditor, who checks who opens files and cannot read them"),
    Role.EXTERNAL_AUDITOR.value: _l(
        "an auditor from outside, who checks who opens files and cannot read them"
    ),
    Role.ADMINISTRATOR.value: _l("the administrator of accounts, who cannot read files"),
}
FIELDS: dict[str, Any] = {
    "survivor.full_name": _l("your name"),
    "survivor.nik": _l("your NIK"),
    "survivor.birth_date": _l("your date of birth"),
    "survivor.phone": _l("your telephone number"),
    "survivor.safe_contact": _l("how to reach you safely"),
    "survivor.contact_when": _l("when you can be reached"),
    "survivor.forbidden_phone": _l("the numbers on which you must not be called"),
    "survivor.address": _l("your address"),
    "survivor.health": _l("your health"),
    "incident.narrative": _l("what you told about what happened"),
    "incident.location": _l("where it happened to you"),
    "need.description": _l("the help you need"),
    "need.urgency": _l("how soon you need help"),
    "attachment.content": _l("a photograph or paper in your file"),
    "attachment.original": _l("the original of a photograph or paper in your file"),
    "attachment.description": _l("what is written about a photograph or paper in your file"),
    "attachment.file_name": _l("the name of a file that you gave"),
    "note.text": _l("notes about how you are helped"),
    "note_draft.text": _l("a note about how you are helped, while it was written"),
    "legal_process.report_number": _l("the number of your police report"),
    "legal_process.examination_request": _l(
        "the number of the examination that the police asked for"
    ),
    "referral.request_note": _l("what was written to a service that helps you"),
    "referral.answer_note": _l("what a service that helps you answered"),
    "closure.comparison": _l("how you were at first and at the end"),
    "closure.statement": _l("what was stated about your recovery"),
    "closure.exception": _l("why your case was closed although something was open"),
    "care_session.content": _l("what you spoke of in a session"),
    "legal_choice.words": _l("your words about going to the law"),
    "livelihood.remark": _l("a remark on how you live"),
    "mediation.venue": _l("where a mediation is held"),
    "mediation.outcome": _l("how a mediation ended"),
    "assessment.score": _l("the result of questions that you answered"),
    "assessment.conclusion": _l("what was concluded from your answers"),
    "assessment_answer.clinical": _l("your answers about how you are"),
    "assessment_answer.intimate": _l("your specially protected answers about how you are"),
    "assessment_answer.narrative": _l("your answers in your own words"),
    "plan_item.action": _l("what is to be done for you"),
    "plan_item.result": _l("what came of what was done for you"),
    "referral_step.text": _l("messages between this office and a service that helps you"),
    "task.text": _l("what is still to be done for you"),
    "shelter_stay.needs": _l("what you need in the safe house"),
    "shelter_place.address": _l("where your safe house is"),
    "conference.venue": _l("where those who help you met"),
    "conference.agenda": _l("what those who help you met about"),
    "conference.progress": _l("what those who help you said when they met"),
}
PURPOSES: dict[str, Any] = {
    Purpose.HANDLING.value: _l("to handle your case"),
    Purpose.CONTACT.value: _l("to get in touch with you"),
    Purpose.SAFETY.value: _l("to keep you safe"),
    Purpose.IDENTIFICATION.value: _l("to be sure it is you"),
    Purpose.SUPERVISION.value: _l("to see that your case is handled well"),
    Purpose.REFERRAL.value: _l("to ask another service to help you"),
    Purpose.LETTER.value: _l("to write a letter for you"),
    Purpose.STATUTORY_REPORT.value: _l("for a report that the law asks for"),
    Purpose.CORRECTION.value: _l("to correct your data"),
}


DUTIES: dict[str, Any] = {
    Role.INTAKE_OFFICER.value: PURPOSES[Purpose.HANDLING.value],
    Role.CASE_OFFICER.value: PURPOSES[Purpose.HANDLING.value],
    Role.COMPANION.value: PURPOSES[Purpose.HANDLING.value],
    Role.SUPERVISOR.value: PURPOSES[Purpose.SUPERVISION.value],
    Role.SIGNATORY.value: PURPOSES[Purpose.LETTER.value],
    Role.PARTNER_OFFICER.value: _l("to help you, because you agreed to it"),
    Role.AUDITOR.value: _l("to check that nobody opens files without a reason"),
    Role.EXTERNAL_AUDITOR.value: _l("to check that nobody opens files without a reason"),
}
"""What each is there for; said where nobody had to name a purpose."""


def who(initials: str, roles: Iterable[str], organisation: str | None) -> str:
    """Say who it was: what the person is to her, the place of work, and the initials."""
    does = ", ".join(str(ROLES.get(role, role)) for role in roles) or str(_("somebody"))
    where = f", {organisation}" if organisation else ""
    return f"{does}{where} ({initials})"


def field(name: str) -> str:
    """Say which of her data it was."""
    return str(FIELDS.get(name, _("another entry in your file")))


def why(code: str | None, roles: Iterable[str]) -> list[str]:
    """Say what for: the purpose that was named, or else what the person is there for."""
    if code is not None:
        return [str(PURPOSES.get(code, code))]
    return [str(DUTIES[role]) for role in roles if role in DUTIES]
