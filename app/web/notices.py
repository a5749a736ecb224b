"""One-time messages for the next page, kept with the session in the database.

Only codes of this closed list are kept; a cookie holds nothing.
"""

from collections.abc import Callable
from typing import Any

from flask import Flask, g
from flask_babel import lazy_gettext

NOTICES: dict[str, tuple[str, Any]] = {
    "saved": ("success", lazy_gettext("Saved.")),
    "case-registered": ("success", lazy_gettext("The case is registered.")),
    "case-closed": ("success", lazy_gettext("The case is closed.")),
    "case-reopened": ("success", lazy_gettext("The case is open again.")),
    "closure-proposed": (
        "success",
        lazy_gettext("Your supervisor now decides whether the case is closed."),
    ),
    "cases-imported": ("success", lazy_gettext("All rows have become cases.")),
    "team-changed": ("success", lazy_gettext("The team of this case has changed.")),
    "consent-recorded": ("success", lazy_gettext("The consent is recorded.")),
    "consent-refused": (
        "success",
        lazy_gettext("It is on record that she said no. The organisation sees nothing."),
    ),
    "consent-to-sign": (
        "success",
        lazy_gettext("The consent is recorded. Print the form now, and add the paper she signed."),
    ),
    "consent-revoked": (
        "success",
        lazy_gettext("The consent is withdrawn. The organisation sees nothing of it from now on."),
    ),
    "referral-sent": ("success", lazy_gettext("The referral has been sent.")),
    "referral-accepted": ("success", lazy_gettext("You have accepted the referral.")),
    "referral-declined": ("success", lazy_gettext("You have declined the referral.")),
    "referral-completed": ("success", lazy_gettext("The referral is marked as done.")),
    "transfer-sent": ("success", lazy_gettext("The case is on its way to the other agency.")),
    "shelter-admitted": ("success", lazy_gettext("She is admitted. Her stay has begun.")),
    "shelter-left": ("success", lazy_gettext("Her stay is over.")),
    "task-added": ("success", lazy_gettext("The task stands on the list.")),
    "task-done": ("success", lazy_gettext("The task is done.")),
    "work-handed-over": ("success", lazy_gettext("All of the work is handed over.")),
    "referral-asked": ("success", lazy_gettext("The office has your question.")),
    "referral-taken-over": ("success", lazy_gettext("The office does it itself from now on.")),
    "referral-withdrawn": ("success", lazy_gettext("The referral is withdrawn.")),
    "mediation-created": ("success", lazy_gettext("The mediation is recorded.")),
    "mediation-saved": ("success", lazy_gettext("The mediation is saved.")),
    "letter-saved": ("success", lazy_gettext("The draft is saved.")),
    "letter-submitted": ("success", lazy_gettext("The letter waits for the signatory.")),
    "letter-in-review": ("success", lazy_gettext("The letter waits for the paraf.")),
    "letter-initialled": (
        "success",
        lazy_gettext("You have initialled the letter. It waits for the signatory."),
    ),
    "letter-cosigned": ("success", lazy_gettext("You have signed the letter.")),
    "letter-acknowledged": (
        "success",
        lazy_gettext("Thank you. The office sees that the letter has arrived."),
    ),
    "copy-certified": ("success", lazy_gettext("The copy is certified and is being made.")),
    "letters-approved": (
        "success",
        lazy_gettext("The letters are approved. They are being made."),
    ),
    "letter-returned": ("success", lazy_gettext("The letter went back to its author.")),
    "letter-discarded": ("success", lazy_gettext("The draft is discarded.")),
    "letter-withdrawn": ("success", lazy_gettext("The letter is withdrawn.")),
    "letter-retried": ("success", lazy_gettext("The letter will be tried again now.")),
    "evidence-recorded": ("success", lazy_gettext("It is recorded and counts from now on.")),
    "evidence-withdrawn": ("success", lazy_gettext("It is taken back and counts no more.")),
    "figures-published": ("success", lazy_gettext("The figures are published.")),
    "month-settled": ("success", lazy_gettext("The month is settled and counts for the duty.")),
    "simfoni-entered": ("success", lazy_gettext("It is recorded as entered.")),
    "export-asked": ("success", lazy_gettext("Asked for. Another person has to confirm it.")),
    "export-confirmed": ("success", lazy_gettext("Confirmed. Whoever asked may fetch it.")),
    "report-signed": ("success", lazy_gettext("It is signed. The file is being made.")),
    "period-signed": (
        "success",
        lazy_gettext("The period is signed off. Its report is being made."),
    ),
    "invited": ("success", lazy_gettext("The invitation is made.")),
    "person-changed": ("success", lazy_gettext("The person's account has changed.")),
    "session-ended": ("success", lazy_gettext("That session is ended.")),
    "sessions-ended": ("success", lazy_gettext("You are signed out everywhere else.")),
    "invitation-revoked": ("success", lazy_gettext("The invitation is taken back.")),
    "password-changed": ("success", lazy_gettext("Your password is changed.")),
    "factor-set-up": ("success", lazy_gettext("It is set up for the second step.")),
    "factor-removed": ("success", lazy_gettext("It is removed.")),
    "new-device": (
        "warning",
        lazy_gettext(
            "Somebody signed in as you from a device or network that was new. Was it you? See My "
            "account."
        ),
    ),
    "second-step-anew": (
        "warning",
        lazy_gettext(
            "Two colleagues have let you set up the second step anew. If you did not ask for it, "
            "tell your supervisor now."
        ),
    ),
    "waits-for-second": (
        "success",
        lazy_gettext("A second person must confirm it now. Until then nothing has changed."),
    ),
    "confirmed": ("success", lazy_gettext("You have confirmed it as the second person.")),
    "refused": ("success", lazy_gettext("Nothing comes of it.")),
    "welcome": ("success", lazy_gettext("Welcome. Your account is ready.")),
    "emergency-opened": (
        "success",
        lazy_gettext("The case is open to you. What you look at is on record."),
    ),
    "emergency-ended": ("success", lazy_gettext("You have given the access back.")),
    "emergency-reviewed": ("success", lazy_gettext("Your judgement is kept.")),
    "attachment-added": (
        "success",
        lazy_gettext("It is kept. Nobody sees it unless it is opened."),
    ),
    "attachment-removed": ("success", lazy_gettext("It is removed for good.")),
    "attachment-handed": ("success", lazy_gettext("The referral takes it along.")),
    "attachment-taken-back": ("success", lazy_gettext("It is taken back.")),
    "destruction-decided": (
        "success",
        lazy_gettext("It is decided. Nothing is lost until the head of the office confirms it."),
    ),
    "destruction-stopped": ("success", lazy_gettext("It is stopped. The case stays as it is.")),
    "key-destroyed": ("success", lazy_gettext("The case can no longer be read by anyone.")),
}


def say(code: str) -> None:
    """Keep a message for the person's next page.

    Raises:
        KeyError: the code is not on the list.
    """
    if code not in NOTICES:
        raise KeyError(code)
    keep: Callable[[str], None] | None = g.get("keep_notice")
    if keep is not None:
        keep(code)


def init_notices(app: Flask, take: Callable[[], list[str]]) -> None:
    """Show kept messages where templates ask for flashed ones.

    Args:
        take: returns and clears the kept codes of the present session.
    """

    def messages(with_categories: bool = False, category_filter: tuple[str, ...] = ()) -> list[Any]:
        found = [NOTICES[code] for code in take() if code in NOTICES]
        return [(kind, str(text)) if with_categories else str(text) for kind, text in found]

    app.jinja_env.globals["get_flashed_messages"] = messages


__all__ = ["NOTICES", "init_notices", "say"]
