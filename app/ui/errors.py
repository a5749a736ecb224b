"""Plain sentences for whatever can go wrong: what happened, what to do, and nothing technical."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template
from flask_babel import gettext as _

STATUSES = (400, 403, 404, 409, 413, 429, 500, 503)


@dataclass(frozen=True, slots=True)
class ErrorText:
    """A title, what happened, and what the reader can do next."""

    title: str
    happened: str
    next_step: str


def explain(status: int, reason: str | None = None) -> ErrorText:
    """The text for an HTTP status in the reader's language; an unknown status reads as 400 or 500.

    A few reasons have a text of their own.

    403 and 404 deliberately name no object: a missing case and one of another agency read alike.
    """
    if reason in _TEXTS_OF_REASONS:
        return _TEXTS_OF_REASONS[reason]()
    if status not in STATUSES:
        status = 500 if status >= 500 else 400
    return _TEXTS[status]()


def render_error(
    status: int, reference: str, signed_in: bool = False, reason: str | None = None
) -> str:
    """The whole error page as HTML.

    `reference` is the request id that the log also holds. With `signed_in` the page keeps the
    person's menu; leave it False when the database or the person may be what failed.
    """
    return render_template(
        "ui/error.html",
        error=explain(status, reason),
        status=status,
        reference=reference,
        layout="ui/base.html" if signed_in else "ui/public.html",
    )


def _unclear() -> ErrorText:
    return ErrorText(
        _("We could not read that request"),
        _(
            "Something in the address or the form was incomplete or no longer valid. "
            "Nothing was changed."
        ),
        _("Go back one page, check what you filled in, and send it again."),
    )


def _forbidden() -> ErrorText:
    return ErrorText(
        _("This is not open to you"),
        _(
            "Your role does not include this page or action. The attempt has been recorded, "
            "as every access is."
        ),
        _("If your work needs it, ask your supervisor or the administrator of your office."),
    )


def _absent() -> ErrorText:
    return ErrorText(
        _("There is nothing at this address"),
        _("The address may be mistyped, or what was here is no longer available."),
        _("Check the address, or start again from the first page."),
    )


def _overtaken() -> ErrorText:
    return ErrorText(
        _("Someone else was a step ahead"),
        _("This has changed since you opened the page, so your change was not saved over it."),
        _("Open the page again, see what changed, and repeat your change if it is still needed."),
    )


def _too_large() -> ErrorText:
    return ErrorText(
        _("That is too large to send"),
        _("The file or text is larger than this office accepts. Nothing was saved."),
        _("Make the file smaller or shorten the text, then send it again."),
    )


def _too_often() -> ErrorText:
    return ErrorText(
        _("Please wait a moment"),
        _("There were too many attempts in a short time, so we paused to keep the accounts safe."),
        _("Wait a few minutes and try again. What was saved before is still there."),
    )


def _enough_today() -> ErrorText:
    return ErrorText(
        _("That is as often as your office allows on one day"),
        _(
            "Your office limits how often one person may do this, so that nobody can go through "
            "many files unnoticed. Nothing was opened, and the attempt has been recorded."
        ),
        _(
            "Tomorrow you can go on. If a survivor needs it today, ask a colleague of her team or "
            "your supervisor."
        ),
    )


def _own_request() -> ErrorText:
    return ErrorText(
        _("Somebody else must confirm this"),
        _("You asked for it yourself, or it is about you. Nothing was changed."),
        _("Tell another administrator or the supervisor that it waits for them."),
    )


def _last_factor() -> ErrorText:
    return ErrorText(
        _("This is the only second step you have"),
        _("Without it you could not sign in again. Nothing was removed."),
        _("Set up an authenticator app or another passkey first."),
    )


def _no_factor() -> ErrorText:
    return ErrorText(
        _("There is nothing to set up anew"),
        _("This person has no second step yet. Nothing was changed."),
        _("They set one up by themselves when they sign in."),
    )


def _broken() -> ErrorText:
    return ErrorText(
        _("Something went wrong on our side"),
        _("Your last step was not carried out. Everything saved before it is safe."),
        _(
            "Try again in a moment. If it happens again, give the reference below to your "
            "administrator."
        ),
    )


def _resting() -> ErrorText:
    return ErrorText(
        _("The service is not available right now"),
        _(
            "A part of the system is being restarted. Everything saved before is safe, and "
            "letters already approved will still be issued."
        ),
        _("Try again in a few minutes."),
    )


_TEXTS = {
    400: _unclear,
    403: _forbidden,
    404: _absent,
    409: _overtaken,
    413: _too_large,
    429: _too_often,
    500: _broken,
    503: _resting,
}
_TEXTS_OF_REASONS = {
    "daily-limit": _enough_today,
    "own-request": _own_request,
    "last-factor": _last_factor,
    "no-factor": _no_factor,
}
