"""Where a letter stands, what moves it on, and why it came to a halt: codes and their words."""

from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp


class LetterState(StrEnum):
    """The life of a letter, in its usual order."""

    DRAFT = "draft"
    RETURNED = "returned"
    REVIEW = "review"  # waits for the reviewer's paraf
    SUBMITTED = "submitted"
    SIGNING = "signing"  # frozen, and waits for further signatures
    QUEUED = "queued"  # approved: number, date and content are frozen
    RENDERING = "rendering"
    PARKED = "parked"
    ISSUED = "issued"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"
    VOIDED = "voided"  # its number was given and never reached a page
    DISCARDED = "discarded"


OPEN = frozenset({LetterState.DRAFT, LetterState.RETURNED})
"""Its author may still change it."""

IN_WORK = frozenset({LetterState.QUEUED, LetterState.RENDERING})
"""A job is to issue it."""

BEFORE_REVIEWER = frozenset({LetterState.REVIEW, LetterState.SUBMITTED})
"""The chosen reviewer may see it."""

BEFORE_SIGNATORY = frozenset(LetterState) - OPEN - {LetterState.REVIEW, LetterState.DISCARDED}
"""The chosen signatory may see it."""

ISSUED_ONCE = frozenset({LetterState.ISSUED, LetterState.WITHDRAWN, LetterState.SUPERSEDED})
"""Its bytes exist for ever, whatever became of it."""


class Step(StrEnum):
    """What a worker is doing with a letter."""

    RENDER = "rendering"
    SIGN = "signing"
    STORE = "storing"


ATTEMPTS = 5
"""So often is an approved letter tried; then it waits for a person, who may have it tried again."""


class ReturnReason(StrEnum):
    """Why a reviewer or a signatory gives a letter back."""

    CONTENT = "content"
    ADDRESSEE = "addressee"
    INCOMPLETE = "incomplete"
    NOT_NEEDED = "not-needed"
    OTHER = "other"


class Mode(StrEnum):
    """In which way somebody signs for another office."""

    MANDATE = "an"  # atas nama
    SUB_MANDATE = "ub"  # untuk beliau: one level further down
    ACTING = "plt"  # pelaksana tugas: the office is vacant
    STANDING_IN = "plh"  # pelaksana harian: its holder is away for a short time


class WithdrawReason(StrEnum):
    """Why a signatory takes a letter or its number back."""

    CONTENT = "content"
    ADDRESSEE = "addressee"
    CONSENT = "consent"
    NOT_NEEDED = "not-needed"
    CANNOT_BE_MADE = "cannot-be-made"
    OTHER = "other"


class RevokeReason(StrEnum):
    """Why an officer's certificate is revoked."""

    LEFT = "left"
    CHANGED = "changed"
    COMPROMISED = "compromised"


class Proof(StrEnum):
    """What the verification page says of a token."""

    VALID = "valid"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"
    UNKNOWN = "unknown"


STATE_NAMES: dict[LetterState, Any] = {
    LetterState.DRAFT: _lp("letter", "Draft"),
    LetterState.RETURNED: _lp("letter", "Returned"),
    LetterState.REVIEW: _lp("letter", "Waits for the paraf"),
    LetterState.SUBMITTED: _lp("letter", "Waits for the signatory"),
    LetterState.SIGNING: _lp("letter", "Waits for further signatures"),
    LetterState.QUEUED: _lp("letter", "Approved"),
    LetterState.RENDERING: _lp("letter", "Being made"),
    LetterState.PARKED: _lp("letter", "Stopped"),
    LetterState.ISSUED: _lp("letter", "Issued"),
    LetterState.WITHDRAWN: _lp("letter", "Withdrawn"),
    LetterState.SUPERSEDED: _lp("letter", "Replaced"),
    LetterState.VOIDED: _lp("letter", "Number void"),
    LetterState.DISCARDED: _lp("letter", "Discarded"),
}
STATE_KINDS: dict[LetterState, str] = {
    LetterState.DRAFT: "neutral",
    LetterState.RETURNED: "warn",
    LetterState.REVIEW: "waiting",
    LetterState.SUBMITTED: "waiting",
    LetterState.SIGNING: "waiting",
    LetterState.QUEUED: "active",
    LetterState.RENDERING: "active",
    LetterState.PARKED: "stop",
    LetterState.ISSUED: "good",
    LetterState.WITHDRAWN: "stop",
    LetterState.SUPERSEDED: "neutral",
    LetterState.VOIDED: "neutral",
    LetterState.DISCARDED: "neutral",
}
REVOKE_REASONS: dict[RevokeReason, Any] = {
    RevokeReason.LEFT: _l("The officer has left the office"),
    RevokeReason.CHANGED: _l("Name or office on it is wrong"),
    RevokeReason.COMPROMISED: _l("The key may be in other hands"),
}
MODE_NAMES: dict[Mode, Any] = {
    Mode.MANDATE: _l("a.n.: with a mandate of that office"),
    Mode.SUB_MANDATE: _l("u.b.: one level below somebody who has the mandate"),
    Mode.ACTING: _l("Plt.: the office is vacant"),
    Mode.STANDING_IN: _l("Plh.: its holder is away for a short time"),
}
RETURN_REASONS: dict[ReturnReason, Any] = {
    ReturnReason.CONTENT: _l("What it says needs a correction"),
    ReturnReason.ADDRESSEE: _l("It goes to the wrong addressee"),
    ReturnReason.INCOMPLETE: _l("Something is missing"),
    ReturnReason.NOT_NEEDED: _l("It is not needed any more"),
    ReturnReason.OTHER: _lp("reason", "Another reason"),
}
WITHDRAW_REASONS: dict[WithdrawReason, Any] = {
    WithdrawReason.CONTENT: _l("What it says is wrong"),
    WithdrawReason.ADDRESSEE: _l("It went to the wrong addressee"),
    WithdrawReason.CONSENT: _l("The survivor has taken back the consent"),
    WithdrawReason.NOT_NEEDED: _l("It is not needed any more"),
    WithdrawReason.CANNOT_BE_MADE: _l("It cannot be made as approved"),
    WithdrawReason.OTHER: _lp("reason", "Another reason"),
}

# A failure is "code" or "code field"; each code has a sentence for people.
FAILURES: dict[str, Any] = {
    "store-full": _l("There is no room left where letters are kept."),
    "store-unavailable": _l("The place where letters are kept does not answer."),
    "store-elsewhere": _l(
        "The letters issued before are not where letters are kept. Nothing is put there until "
        "that is mended."
    ),
    "database-unavailable": _l("The database did not answer."),
    "timeout": _l("It took far longer than usual and was stopped."),
    "worker-died": _l("The program that makes letters ended several times while making it."),
    "unreadable": _l("What was approved can no longer be opened: the case was made unreadable."),
    "snapshot-altered": _l("What is stored is not what was approved."),
    "restored": _l(
        "Teduh was put back to a back-up while this letter was on its way. It may have been issued "
        "after that: if anybody has it, void its number; if nobody has, try again."
    ),
    "template_changed": _l("The template of this letter has changed since it was approved."),
    "missing_value": _l("Something that the letter must say is empty."),
    "wrong_type": _l("Something in the letter must be a whole date and is not."),
    "too_long": _l("Something is longer than the letter has room for."),
    "control_character": _l("Something holds a character that cannot be printed."),
    "unprintable_character": _l("Something holds a character that the typeface cannot print."),
    "too_many_pages": _l("It has more pages than a letter may have."),
    "not_valid_then": _l("The signatory's certificate was not valid at the time of approval."),
    "broken_identity": _l("The signatory's key and certificate do not belong together."),
    "timestamp-unavailable": _l("The time-stamp authority does not answer."),
    "timestamp-refused": _l(
        "What the time-stamp authority answered is not its time stamp of this letter."
    ),
    "signatory-gone": _l("The signatory may no longer sign for this office."),
    "author-gone": _l("The author may no longer see what the letter says."),
    "no-consent": _l("The survivor's consent no longer covers what the letter says."),
    "not-allowed": _l("The case no longer allows this letter."),
    "mediation-sexual-violence": _l(
        "The case holds sexual violence: the law forbids settling it outside the court."
    ),
}
OTHER_FAILURE = _l("An unexpected error stopped it. Nothing is lost.")


def failure_sentence(failure: str | None) -> str:
    """Return the plain sentence for a stored failure (``code`` or ``code field``)."""
    code = (failure or "").split(" ", maxsplit=1)[0]
    return str(FAILURES.get(code, OTHER_FAILURE))
