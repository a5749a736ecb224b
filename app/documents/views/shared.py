"""What the pages of letters share: the blueprint, the words for codes, common values."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.documents import service
from app.documents.states import STATE_KINDS, STATE_NAMES, LetterState, failure_sentence
from app.ui.language import current as language
from app.web import GuardedBlueprint, Subject
from tenants.context import acting_person
from tenants.policy import Permission, permits

blueprint = GuardedBlueprint("documents", __name__, template_folder="../templates")

SENTENCES: dict[str, Any] = {
    **service.OBSTACLES,
    "case-closed": _l("The case is closed, so no letter is written about it."),
    "letter-changed": _l(
        "What the letter says has changed since you opened it. Read it again, then approve it."
    ),
    "letter-not-ready": _l("Something in the letter is missing, so it cannot be approved."),
    "letter-not-readable": _l("The letter says something that your role may not see."),
    "paraf-missing": _l(
        "Your office wants a paraf for this letter, and it has none. Return it to its author."
    ),
    "paraf-outdated": _l(
        "The letter says something else than what was initialled. Return it to its author, so "
        "that it is read again."
    ),
    "not-your-turn": _l("It is not your turn to sign this letter."),
    "letter-not-approved": _l("This letter is not frozen yet."),
    "twice": _l("Nobody signs the same letter twice."),
    "letter-state": _l("Somebody else was a step ahead. Look at the list again."),
    "no-permission": _l("This letter does not wait for you."),
    "preview-failed": _l("The letter cannot be made as it is. Return it to its author."),
    "no-checkpoint": _l(
        "The access log has not been sealed yet. Wait a few seconds, then approve again."
    ),
    "register-held": _l(
        "Teduh was put back to a back-up, and numbers given after it are not known here. Tell the "
        "operator the last number in your office's register; then approve again."
    ),
    "no-signatory": _l("Nobody in your office may sign letters yet."),
    "author-gone": _l("The author's account is no longer active. Somebody else must take over."),
    "replacement-under-way": _l("A letter that replaces this one is being written already."),
    "referral-ended": _l("The referral has ended, so its letters can no longer be opened."),
    "organisation-required": _l("Choose to whom the letter goes."),
    "too-long": _l("This is too long."),
    "control-character": _l("This holds a character that cannot be printed. Type it again."),
    "unknown": _l("This choice is no longer offered."),
    "required": _l("Please fill this in."),
    "delegation-over": _l("The time in which this person signs for that office is over."),
    "delegation-needed": _l(
        "This person signs for another office only, and the letter does not say for which. Return "
        "it to its author."
    ),
    "delegation-of-another": _l("This choice is no longer offered."),
    "delegation-lives": _l("It is not over yet. End it first."),
    "before-it-begins": _l("The last day must not be before the first."),
    "past": _l("This day is over already."),
    "overlaps": _l("Somebody signs for this office on one of these days already. End that first."),
    "not-printable": _l("This holds a character that letters cannot print."),
    "acknowledged-already": _l("Somebody of your organisation has acknowledged it already."),
    "not-opened-yet": _l("Open the letter first, then acknowledge it."),
    "copy-no-consent": _l(
        "The survivor's consent does not let this organisation have all that the letter says."
    ),
    "copy-not-ready": _l("The copy is not made yet."),
    "revoked-already": _l("It is revoked already."),
    "nothing-ticked": _l("Tick at least one letter."),
}
PROBLEMS: dict[str, Any] = {
    "empty": _l("“%(field)s” is still empty."),
    "hidden": _l("“%(field)s” may not be put into a letter by its author."),
    "no-consent": _l(
        "“%(field)s” is not covered by a valid consent of the survivor for this addressee."
    ),
    "too-long": _l("“%(field)s” is longer than the letter has room for."),
    "not-printable": _l("“%(field)s” holds a character that the letter cannot print."),
    "no-date": _l("“%(field)s” is not a whole date, and the letter needs one."),
}


def sentence(reason: str) -> str:
    """Return the plain sentence for a reason code."""
    return str(SENTENCES.get(reason) or failure_sentence(reason))


def problem_sentence(line: service.Line) -> str:
    """Return the sentence that says which field stands in the way, and why."""
    label = line.field.label[language()]
    return str(PROBLEMS[line.problem or "empty"]) % {"field": label}


def failed(failure: str | None, key: str) -> str:
    """Return why a letter or preview could not be made, naming the field where one is at fault."""
    said = failure_sentence(failure)
    name = (failure or "").partition(" ")[2]
    labels = {one.name: one.label[language()] for one in service.any_document_type(key).fields}
    return f"{said} ({labels[name]})" if name in labels else said


def title_of(key: str) -> str:
    """Return the title of a document type in the reader's language."""
    return str(service.any_document_type(key).title[language()])


def goes_to(letter: Any) -> str:
    """Return whom a letter goes to: an organisation by name, or in whose hand it is given."""
    name = service.addressee_name(letter)
    by_hand = service.BY_HAND.get(service.any_document_type(letter.type).addressee, "")
    return name or str(by_hand)


def several_sign(letter: Any) -> bool:
    """Tell whether a letter waits for one of several signatures."""
    waits = LetterState(letter.state) in {LetterState.SUBMITTED, LetterState.SIGNING}
    return waits and bool(service.document_type(letter.type).cosigners)


def may(permission: Permission, subject: Subject) -> bool:
    """Tell whether the acting person has a permission on this letter."""
    return permits(acting_person(), permission, subject.standing)


def crumbs(subject: Subject) -> list[tuple[str, str]]:
    """Return the way back: to the case for its team, to the list for reviewer and signatory."""
    if may(Permission.CASE_READ, subject) and not may(Permission.LETTER_REVIEW, subject):
        return [(url_for("cases.view", case_id=subject.case_id), _("Case"))]
    return [(url_for("documents.queue"), _("Letters that wait for you"))]


def state_of(letter: Any) -> dict[str, Any]:
    """Return the name and kind of a letter's state, for a badge."""
    state = LetterState(letter.state)
    return {"code": state.value, "name": STATE_NAMES[state], "kind": STATE_KINDS[state]}
