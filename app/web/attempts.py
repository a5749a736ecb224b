"""What a page does with a form: check it, do its work, say what is wrong where it was typed."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import redirect

from app.ui.forms import Form
from app.web.guard import fail
from app.web.notices import say
from tenants.errors import Conflict, Invalid, Refused
from tenants.vocabulary import Outcome

Sentence = Callable[[Invalid | Conflict], str]
"""A room's words for a value that cannot be, or for what no longer fits."""


_NONE: Mapping[str, Any] = {}


def attempt(
    form: Form,
    work: Callable[[], object],
    sentence: Sentence,
    *,
    refusals: Mapping[str, Any] = _NONE,
    names: Mapping[str, str] = _NONE,
    instead: str | None = None,
    refused: str | None = None,
) -> int:
    """Do the work of a checked form; what is wrong with no field of it stands above it.

    Args:
        refusals: words for what the policy refuses, by reason, as far as the form explains it.
        names: the form's name of a field, where the service has another.
        instead: the field beside which a fault of a field stands that the form does not have.
        refused: the field beside which a refusal stands.

    Returns:
        0 when it is done; else the status of the page, whose form then says why. Nothing that
        was typed is lost.

    Raises:
        Refused: for a reason that is not among ``refusals``.
    """
    status, fault = _tried(form, work, sentence, refusals, names, (instead, refused))
    if fault:
        form.form_errors.append(fault)
    return status


def proceed(
    form: Form,
    work: Callable[[], object],
    sentence: Sentence,
    page: Callable[[str], Any],
    done: str,
    notice: str,
    *,
    refusals: Mapping[str, Any] = _NONE,
    names: Mapping[str, str] = _NONE,
    instead: str | None = None,
) -> Any:
    """Do the work of a checked form and go on to ``done``; else show its page again.

    Args:
        page: renders it, given what is wrong with no field of the form.
        refusals, names, instead: as for :func:`attempt`.

    Raises:
        Refused: for a reason that is not among ``refusals``.
    """
    status, fault = _tried(form, work, sentence, refusals, names, (instead, None))
    if status:
        return page(fault), status
    say(notice)
    return redirect(done, 303)


def _tried(
    form: Form,
    work: Callable[[], object],
    sentence: Sentence,
    refusals: Mapping[str, Any],
    names: Mapping[str, str],
    places: tuple[str | None, str | None],
) -> tuple[int, str]:
    """Return the status, 0 when it is done, and what stands beside no field."""
    instead, refused = places
    if not form.validate():
        fail("form")
        return 422, ""
    try:
        work()
    except Invalid as error:
        fail(error.reason)
        return 422, _blame(form, (names.get(error.field, error.field), instead), sentence(error))
    except Conflict as error:
        fail(error.reason)
        return 409, sentence(error)
    except Refused as error:
        if error.reason not in refusals:
            raise
        fail(error.reason, Outcome.REFUSED)
        return 403, _blame(form, (refused, instead), str(refusals[error.reason]))
    return 0, ""


def _blame(form: Form, places: tuple[str | None, ...], words: str) -> str:
    """Put words beside the first of these fields that the form has; else give them back."""
    for place in places:
        if place is not None and place in form:
            form[place].errors = [*form[place].errors, words]
            return ""
    return words
