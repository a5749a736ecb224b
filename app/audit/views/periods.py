"""Signing off a period, and the periods that were signed."""

from typing import Any

from flask import Response, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import ServiceUnavailable

from app.accounts import service as accounts
from app.audit import service, words
from app.audit.forms import PeriodForm, SignOffForm
from app.audit.views.room import blueprint
from app.documents import service as documents
from app.web import Needs, Subject, say
from app.web.guard import fail
from tenants.context import acting_person
from tenants.errors import Conflict, Invalid, Refused
from tenants.policy import Permission, permits
from tenants.vocabulary import Outcome, Tag

_READ = Needs(Permission.AUDIT_PERIODS)
_ONE = Needs(Permission.AUDIT_PERIODS, of=service.load_period)
_PATH = "/audit/periods/<uuid:period_id>"

_FAULTS: dict[str, Any] = {
    "before-it-begins": _l("The last day is before the first day."),
    "not-over": _l("This period is not over yet: its last day is yesterday at the latest."),
    "too-long": _l("A period is a year at most, and remarks have 4,000 characters at most."),
    "period-overlaps": _l("A part of this period has been signed off already."),
    "period-not-sealed": _l(
        "Some events of this period are not in the signed log yet. Wait a minute and try again; if "
        "it stays so, tell the operator."
    ),
    "period-changed": _l(
        "Something in this period has changed since you read it, as a finding or a review. Read "
        "the figures once more, then sign."
    ),
    "no-checkpoint": _l("The log has no checkpoint yet. Try again in a minute."),
    "register-held": _l(
        "Teduh was put back to a back-up, and numbers given after it are not known here. Tell the "
        "operator the last number in your office's register; then sign again."
    ),
    "not-printable": _l(
        "Something in the remarks cannot be printed. Write it in other characters."
    ),
    "unprintable_character": _l("Something in the report cannot be printed by your office's font."),
}


@blueprint.route("/audit/periods", access=_READ, records=Tag.AUDIT_PERIODS_LISTED)
def periods() -> Any:
    """The periods that were signed off."""
    rows = service.periods()
    return render_template(
        "audit/periods.html",
        periods=rows,
        names=_names(rows),
        conclusions=words.CONCLUSIONS,
        may_sign=permits(acting_person(), Permission.AUDIT_WORK),
    )


@blueprint.route(
    "/audit/periods/new",
    access=Needs(Permission.AUDIT_WORK, fresh=True),
    records=Tag.AUDIT_PERIOD_FORM_VIEWED,
)
def period_form() -> Any:
    """Choose a period, read what it holds, and conclude."""
    if "since" not in request.args:
        since, until = service.proposed_period()
        return _form_page(PeriodForm(formdata=None, data={"since": since, "until": until}))
    form = PeriodForm(request.args, meta={"csrf": False})
    if not form.validate():
        fail("form")
        return _form_page(form), 422
    return _read_page(form)


@blueprint.route(
    "/audit/periods",
    access=Needs(Permission.AUDIT_WORK, fresh=True),
    records=Tag.AUDIT_PERIOD_SIGNED,
    methods=("POST",),
)
def sign_period() -> Any:
    """Sign the period off."""
    form = SignOffForm()
    form.offer()
    chosen = PeriodForm(formdata=None, data={"since": form.since.data, "until": form.until.data})
    if not form.validate():
        fail("form")
        if form.since.errors or form.until.errors:
            return _form_page(PeriodForm(formdata=None)), 422
        return _read_page(chosen, form, 422)
    try:
        period_id = service.sign_off(
            form.since.data,
            form.until.data,
            service.Conclusion(form.conclusion.data),
            form.remarks.data,
            form.seen.data,
        )
    except (Invalid, Conflict, Refused) as error:
        refused = isinstance(error, Refused)
        fail(error.reason, Outcome.REFUSED if refused else Outcome.INVALID)
        return _read_page(chosen, form, 403 if refused else 409, error.reason)
    say("period-signed")
    return redirect(url_for("audit.period", period_id=period_id), 303)


@blueprint.route(_PATH, access=_ONE, records=Tag.AUDIT_PERIOD_VIEWED)
def period(subject: Subject) -> Any:
    """One signed period: what was signed, and where its report stands."""
    found = service.opened_period(subject.row)
    state = documents.LetterState(found.letter.state)
    return render_template(
        "audit/period.html",
        period=found,
        state=(documents.STATE_KINDS[state], documents.STATE_NAMES[state]),
        in_work=state in documents.IN_WORK,
        issued=state is documents.LetterState.ISSUED,
        failure=documents.failure_sentence(found.letter.failure) if found.letter.failure else "",
        parked=state is documents.LetterState.PARKED,
        names=_names([subject.row]),
        vkey=service.vkey(),
        may_retry=permits(acting_person(), Permission.AUDIT_WORK),
        reads_log=permits(acting_person(), Permission.AUDIT_READ),
    )


@blueprint.route(f"{_PATH}/report", access=_ONE, records=Tag.LETTER_DOWNLOADED)
def period_report(subject: Subject) -> Any:
    """The signed report as a file."""
    try:
        file = service.period_file(subject.row)
    except documents.StoreUnavailable:
        raise ServiceUnavailable from None
    response: Response = make_response(file.pdf)
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="{file.name}"'
    return response


@blueprint.route(
    f"{_PATH}/retry",
    access=Needs(Permission.AUDIT_WORK, of=service.load_period),
    records=Tag.LETTER_RETRIED,
    methods=("POST",),
)
def retry_period(subject: Subject) -> Any:
    """Have a report tried again that came to a halt."""
    service.retry_period(subject.row)
    say("letter-retried")
    return redirect(url_for("audit.period", period_id=subject.id), 303)


def _form_page(form: PeriodForm, against: str = "") -> str:
    return render_template("audit/period_new.html", form=form, against=against, survey=None)


def _read_page(
    form: PeriodForm, sign: SignOffForm | None = None, status: int = 200, reason: str = ""
) -> Any:
    """The figures of a period and the form that signs it; or only why it cannot be signed."""
    try:
        survey, seen = service.examine_period(form.since.data, form.until.data)
    except (Invalid, Conflict) as error:
        fail(error.reason)
        known = str(_FAULTS.get(error.reason, _("This period cannot be signed off.")))
        return _form_page(form, known), 422 if isinstance(error, Invalid) else 409
    if sign is None:
        sign = SignOffForm(
            formdata=None, data={"since": form.since.data, "until": form.until.data, "seen": seen}
        )
        sign.offer()
    sign.seen.data = seen
    page = render_template(
        "audit/period_new.html",
        form=form,
        sign=sign,
        survey=survey,
        totals=service.period_totals(survey),
        unusual=service.period_unusual(survey),
        figures=survey.counts.drawn(),
        against=str(_FAULTS.get(reason, _("This period cannot be signed off."))) if reason else "",
        reason=reason,
        severities=words.SEVERITIES,
        results=words.RESULTS,
        role_names=words.role_names,
        reason_of=service.reason_of,
    )
    return make_response(page, status)


def _names(rows: Any) -> dict[Any, str]:
    cards = accounts.cards({row.signed_by for row in rows})
    return {key: card.name for key, card in cards.items()}
