"""The words for what the log holds as codes: outcomes, reasons, fields, details, objects."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

from app.audit.codes import Conclusion
from app.audit.handing import HandingFault
from app.audit.sentences import SENTENCES
from app.audit.verification import Fault
from app.audit.work import Result, ReviewReason, Severity
from app.web.shell import ROLE_NAMES
from tenants.context import Channel, Role
from tenants.vocabulary import BY_CODE, Outcome

OUTCOMES: dict[Outcome, tuple[str, Any]] = {
    Outcome.ALLOWED: ("good", _lp("outcome", "Allowed")),
    Outcome.REFUSED: ("stop", _lp("outcome", "Refused")),
    Outcome.MISSING: ("warn", _lp("outcome", "Not found")),
    Outcome.INVALID: ("neutral", _lp("outcome", "Not accepted")),
    Outcome.FAILED: ("warn", _lp("outcome", "Failed")),
}
"""The shape of the badge and its word."""

CHANNELS: dict[Channel, Any] = {
    Channel.WEB: _l("In a browser"),
    Channel.JOB: _l("Work in the background"),
    Channel.COMMAND: _l("At the server's command line"),
}
NOBODY: dict[Channel, Any] = {
    Channel.WEB: _l("Somebody not signed in"),
    Channel.JOB: _l("Teduh itself"),
    Channel.COMMAND: _l("The operator of the server"),
}

OBJECTS: dict[str, Any] = {
    "account": _l("an account"),
    "alleged_perpetrator": _l("an alleged perpetrator"),
    "attachment": _l("a photograph or paper"),
    "assessment": _l("an assessment"),
    "assessment_answer": _l("an answer in an assessment"),
    "audit_event": _l("an event of the log"),
    "audit_finding": _l("a finding"),
    "audit_period": _l("a period of the log"),
    "audit_sign": _l("something unusual"),
    "case": _l("a case"),
    "care_session": _l("a session with a survivor"),
    "certificate": _l("a certificate"),
    "closure": _l("the closure of a case"),
    "consent": _l("a consent"),
    "destruction": _l("a decision to destroy a case"),
    "conference": _l("a case conference"),
    "deadline": _l("a deadline"),
    "emergency_access": _l("an emergency access"),
    "duty_evidence": _l("what was recorded of a duty"),
    "explanation_request": _l("an explanation"),
    "follow_up": _l("asking after somebody"),
    "figure_publication": _l("published figures"),
    "incident": _l("an incident"),
    "invitation": _l("an invitation"),
    "legal_choice": _l("what a survivor wants of the law"),
    "legal_process": _l("the legal process"),
    "letter": _l("a letter"),
    "livelihood": _l("how somebody lives"),
    "mediation": _l("a mediation"),
    "need": _l("a need"),
    "note": _l("a note of the team"),
    "note_draft": _l("a note that is being written"),
    "outreach": _l("an outreach"),
    "participation": _l("somebody's part in a programme"),
    "plan_item": _l("a line of the plan"),
    "programme": _l("a programme"),
    "office_report": _l("a report of the office"),
    "preview": _l("a preview"),
    "reconciliation": _l("a month of compared case data"),
    "referral": _l("a referral"),
    "referral_step": _l("a message about a referral"),
    "saved_view": _l("a saved view"),
    "session": _l("a session"),
    "shelter_place": _l("a safe house"),
    "shelter_stay": _l("a stay in a safe house"),
    "simfoni_entry": _l("an entry in SIMFONI-PPA"),
    "simfoni_export": _l("an export for the ministry"),
    "survivor": _l("the survivor"),
    "task": _l("a task"),
    "transfer": _l("a transfer to another agency"),
    "transfer_arrival": _l("a transfer from another agency"),
    "work_filter": _l("a filter of a work list"),
}

FIELDS: dict[str, Any] = {
    "survivor.full_name": _l("the survivor's name"),
    "survivor.nik": _l("the survivor's NIK"),
    "survivor.birth_date": _l("the survivor's date of birth"),
    "survivor.phone": _l("the survivor's telephone number"),
    "survivor.safe_contact": _l("how to reach the survivor safely"),
    "survivor.contact_when": _l("when to reach the survivor"),
    "survivor.forbidden_phone": _l("the numbers that must not be called"),
    "survivor.address": _l("the survivor's address"),
    "survivor.health": _l("the survivor's health"),
    "alleged_perpetrator.full_name": _l("the alleged perpetrator's name"),
    "alleged_perpetrator.particulars": _l("particulars of the alleged perpetrator"),
    "incident.narrative": _l("the account of what happened"),
    "incident.location": _l("where it happened"),
    "need.description": _l("the description of a need"),
    "note.text": _l("a note of the team"),
    "attachment.content": _l("a photograph or paper"),
    "attachment.original": _l("the original of a photograph or paper"),
    "attachment.description": _l("the description of a photograph or paper"),
    "attachment.file_name": _l("the file name of a photograph or paper"),
    "note_draft.text": _l("a note that is being written"),
    "emergency_access.explanation": _l("the reason for an emergency access"),
    "emergency_access.remark": _l("the remark on an emergency access"),
    "legal_process.report_number": _l("the number of the police report"),
    "legal_process.examination_request": _l("the number of the examination request"),
    "referral.request_note": _l("the note to the partner"),
    "referral.answer_note": _l("the partner's answer"),
    "closure.comparison": _l("what two assessments say side by side"),
    "closure.statement": _l("the statement about the survivor's recovery"),
    "closure.exception": _l("why a case was closed although something was open"),
    "care_session.content": _l("what was spoken of in a session"),
    "legal_choice.words": _l("the survivor's words about the law"),
    "livelihood.remark": _l("a remark on how the survivor lives"),
    "simfoni_entry.number": _l("the number in SIMFONI-PPA"),
    "mediation.venue": _l("the place of the mediation"),
    "mediation.outcome": _l("the outcome of the mediation"),
    "assessment.score": _l("the score of an assessment"),
    "assessment.conclusion": _l("what an assessment concludes"),
    "assessment_answer.clinical": _l("an answer about how the survivor is"),
    "assessment_answer.intimate": _l("a specially protected answer about how the survivor is"),
    "assessment_answer.narrative": _l("an answer in the survivor's own words"),
    "plan_item.action": _l("what is to be done for a need"),
    "plan_item.result": _l("what came of a line of the plan"),
    "referral_step.text": _l("a message about a referral"),
    "task.text": _l("what is written about a task"),
    "shelter_stay.needs": _l("what is needed in the safe house"),
    "shelter_place.address": _l("where a safe house is"),
    "conference.venue": _l("the place of the case conference"),
    "conference.agenda": _l("the agenda of the case conference"),
    "conference.progress": _l("what was said at the case conference"),
}
"""Every confidential field, named so that it can be understood without its page."""

DETAILS: dict[str, Any] = {
    "about": _lp("detail", "About"),
    "absent": _lp("detail", "Organisations that did not come"),
    "active": _lp("detail", "In use"),
    "after": _lp("detail", "After"),
    "answer": _lp("detail", "Answer"),
    "anchor": _lp("detail", "Fingerprint of the trust anchor"),
    "attached": _lp("detail", "What was added"),
    "attempt": _lp("detail", "Attempt"),
    "basis": _lp("detail", "By which rule"),
    "before": _lp("detail", "Before"),
    "came": _lp("detail", "Organisations that came"),
    "capacity": _lp("detail", "For how many people"),
    "cases": _lp("detail", "Cases"),
    "certificate": _lp("detail", "Certificate"),
    "channel": _lp("detail", "How the report came in"),
    "class": _lp("detail", "Kind of data"),
    "classes": _lp("detail", "Kinds of data"),
    "code": _lp("detail", "Case code"),
    "commitment": _lp("detail", "Commitment to the original"),
    "count": _lp("detail", "How many"),
    "data": _lp("detail", "Back-up of the data"),
    "days": _lp("detail", "Days"),
    "destroyed": _lp("detail", "Destroyed keys that stay destroyed"),
    "due": _lp("detail", "By when"),
    "day": _lp("detail", "Day"),
    "done": _lp("detail", "Done"),
    "duty": _lp("detail", "Duty"),
    "earlier": _lp("detail", "Last number known before"),
    "endpoint": _lp("detail", "Page"),
    "ends": _lp("detail", "Last day of the account"),
    "error": _lp("detail", "Error"),
    "expires": _lp("detail", "Good until"),
    "family": _lp("detail", "Register"),
    "findings": _lp("detail", "Findings still open"),
    "fields": _lp("detail", "Particulars"),
    "fingerprint": _lp("detail", "Fingerprint"),
    "finding": _lp("detail", "Finding about the law"),
    "how": _lp("detail", "How"),
    "from": _lp("detail", "From"),
    "first": _lp("detail", "First entry"),
    "index": _lp("detail", "Entry"),
    "instrument": _lp("detail", "Instrument"),
    "kept": _lp("detail", "Entries kept in between"),
    "kind": _lp("detail", "Kind"),
    "keys": _lp("detail", "Back-up of the keys"),
    "language": _lp("detail", "Language"),
    "last": _lp("detail", "Last entry"),
    "level": _lp("detail", "Level of protection"),
    "number": _lp("detail", "Letter number"),
    "octets": _lp("detail", "Size in bytes"),
    "object": _lp("detail", "Object"),
    "outcome": _lp("detail", "What came of it"),
    "open_until": _lp("detail", "Open until"),
    "organisation": _lp("detail", "Organisation"),
    "part": _lp("detail", "Part"),
    "parcel": _lp("detail", "Parcel"),
    "people": _lp("detail", "How many people"),
    "person": _lp("detail", "Person concerned"),
    "profile": _lp("detail", "Fingerprint of the profile"),
    "purpose": _lp("detail", "Purpose"),
    "reason": _lp("detail", "Reason"),
    "receipt": _lp("detail", "Fingerprint of the receipt"),
    "result": _lp("detail", "Result"),
    "reviewer": _lp("detail", "Judged by"),
    "role": _lp("detail", "Role"),
    "roles": _lp("detail", "Roles"),
    "root": _lp("detail", "Root of the tree"),
    "round": _lp("detail", "Which time"),
    "root_key": _lp("detail", "Root key"),
    "service": _lp("detail", "Service"),
    "session": _lp("detail", "Session"),
    "sha256": _lp("detail", "SHA-256 of the file"),
    "first_day": _lp("detail", "First day"),
    "side": _lp("detail", "Whose turn"),
    "size": _lp("detail", "Number of entries"),
    "snapshot": _lp("detail", "Fingerprint of the approved content"),
    "stated": _lp("detail", "Last number stated"),
    "state": _lp("detail", "State"),
    "step": _lp("detail", "Step"),
    "tasks": _lp("detail", "Tasks"),
    "to": _lp("detail", "To"),
    "term": _lp("detail", "Keyed fingerprint of the term"),
    "last_day": _lp("detail", "Last day"),
    "type": _lp("detail", "Kind of letter"),
    "until": _lp("detail", "Before"),
    "verdict": _lp("detail", "Judgement"),
    "years": _lp("detail", "Years"),
    "version": _lp("detail", "Version"),
    "year": _lp("detail", "Year"),
}

REASONS: dict[str, Any] = {
    "account-ended": _l("The time for which the account was given is over."),
    "Missing": _l("There is none in this office."),
    "NotSignedIn": _l("Nobody was signed in."),
    "NotFresh": _l("The password had to be given once more."),
    "Unreadable": _l("A value could not be opened."),
    "closure-open": _l("Something of the case was still open."),
    "csrf": _l("The form did not come from a page of Teduh, or was open for too long."),
    "daily-limit": _l("It was done as often that day as the office allows."),
    "disabled": _l("The account is shut."),
    "field-not-writable": _l("The role may not write this field."),
    "form": _l("Something in the form was missing or wrong."),
    "locked": _l("The account is locked after failed attempts."),
    "mediation-sexual-violence": _l("Sexual violence is never mediated."),
    "not-fresh": _l("The password had to be given once more."),
    "no-consent": _l("There was no consent for it."),
    "no-permission": _l("The role, or the relation to the case, does not allow it."),
    "second-person": _l("It takes somebody else than who asked for it."),
    "referral-ended": _l("The referral has ended."),
    "referral-no-consent": _l("There was no consent for this recipient."),
    "too-many-from-address": _l("Too many failed attempts came from this network."),
    "tpks_pelaporan": _l(
        "It went without the survivor’s consent: the law on sexual violence requires the report."
    ),
    "wrong-credentials": _l("The user name or the password was wrong."),
}
"""The usual reasons; a rarer one is shown as its code."""

FAULTS: dict[Fault, Any] = {
    Fault.CHANGED: _l("The text of this entry was changed after it was signed."),
    Fault.REMOVED: _l("This entry was removed."),
    Fault.CUT: _l("The end of the log was cut off."),
    Fault.UNSIGNED: _l("Entries were added that the log never signed."),
    Fault.ROOT: _l("Somewhere here an entry was changed, removed, added or moved."),
    Fault.FORGED: _l("This checkpoint was not signed by the log's key as it stands."),
    Fault.NODE: _l("A stored part of the tree was changed; proofs of these entries fail."),
    Fault.UNTRACKED: _l("An event was kept out of the tree."),
}

HANDING_FAULTS: dict[HandingFault, Any] = {
    HandingFault.UNAVAILABLE: _l("The place outside does not answer. It is tried again."),
    HandingFault.OTHER_HISTORY: _l(
        "Another checkpoint of the same size lies outside: the log was rewritten or put back to a "
        "back-up. Tell the operator and the head of the office, and change nothing before a copy "
        "is kept."
    ),
    HandingFault.NOT_SIGNED: _l("The newest checkpoint here was not signed by the log's key."),
}

REVIEW_REASONS: dict[ReviewReason, Any] = {
    ReviewReason.DUTY: _l("It belongs to the person's work"),
    ReviewReason.ON_CALL: _l("Help was needed at that hour"),
    ReviewReason.AGREED: _l("The head of section had agreed to it"),
    ReviewReason.EXPLAINED: _l("The person's explanation is enough"),
    ReviewReason.THRESHOLD: _l("The rule is too strict here"),
}
SEVERITIES: dict[Severity, tuple[str, Any]] = {
    Severity.LOW: ("neutral", _lp("severity", "Low")),
    Severity.MEDIUM: ("warn", _lp("severity", "Medium")),
    Severity.HIGH: ("stop", _lp("severity", "High")),
}
RESULTS: dict[Result, Any] = {
    Result.NO_BREACH: _l("No rule was broken"),
    Result.INSTRUCTED: _l("The person was told how to do it"),
    Result.RIGHTS_CHANGED: _l("Roles or teams were changed"),
    Result.SANCTIONED: _l("The person was disciplined"),
    Result.REPORTED: _l("It was reported to a supervisory body"),
}


TOTALS: tuple[tuple[str, Any], ...] = (
    ("events", _l("Events recorded")),
    ("refused", _l("Acts refused")),
    ("cases", _l("Cases opened")),
    ("people", _l("People who opened cases")),
    ("asked", _l("Explanations asked for")),
    ("answered", _l("Explanations given")),
)
"""The main figures of a period, by their names in ``survey.Survey``."""
CONCLUSIONS: dict[Conclusion, Any] = {
    Conclusion.IN_ORDER: _l("In order"),
    Conclusion.WITH_FINDINGS: _l("In order, with findings that have to be put right"),
    Conclusion.NOT_IN_ORDER: _l("Not in order"),
}
RULE_NAMES: dict[str, Any] = {
    "emergency": _l("Emergency access that nobody has judged"),
    "outside-team": _l("Cases outside the own team"),
    "many-cases": _l("Many cases within one hour"),
    "off-hours": _l("At night or on a day off"),
    "refusals": _l("Refused again and again"),
    "highest-reveals": _l("Hidden values of the highest level"),
}


def sentence(code: str | None) -> str:
    """Return what was done; an unknown tag is shown as it is."""
    tag = BY_CODE.get(code or "")
    return str(SENTENCES[tag]) if tag else (code or "")


def role_names(codes: list[str]) -> str:
    """Return the names of roles, one after the other."""
    known = {role.value: name for role, name in ROLE_NAMES.items()}
    return ", ".join(str(known.get(code, code)) for code in codes)


def field_name(name: str) -> str:
    """Return what a confidential field is called; an unknown one is shown as it is."""
    return str(FIELDS.get(name, name))


def reason(code: str | None) -> str:
    """Return why it did not go through; an unknown reason is shown as its code."""
    if code is None:
        return ""
    return str(REASONS.get(code, code))


def nobody(channel: str) -> str:
    """Return who acted when no person did."""
    known = {each.value: name for each, name in NOBODY.items()}
    return str(known.get(channel, channel))


def channel(code: str) -> str:
    """Return which door the act came through."""
    known = {each.value: name for each, name in CHANNELS.items()}
    return str(known.get(code, code))


def somebody_gone() -> str:
    """Return what stands for a person whose account is no longer there."""
    return str(gettext("A person without an account"))


def role_choices() -> list[tuple[str, Any]]:
    """Return every role as (value, name)."""
    return [(role.value, ROLE_NAMES[role]) for role in Role]
