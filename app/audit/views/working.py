"""What auditors do about something unusual, and what they ask of the people concerned."""

from typing import Any
from uuid import UUID

from flask import Response, make_response, redirect, render_template, url_for
from flask_babel import gettext as _

from app.accounts import service as accounts
from app.audit import service, words
from app.audit.forms import CloseForm, ExplainForm, NoteForm, RaiseForm, ReturnForm, ReviewForm
from app.audit.views.room import READ, blueprint
from app.ui.forms import Form
from app.web import Needs, SignedIn, Subject, say
from app.web.guard import fail
from tenants.context import Person, acting_person
from tenants.errors import Invalid
from tenants.policy import Permission, permits
from tenants.vocabulary import Tag

_SIGN = Needs(Permission.AUDIT_READ, of=service.load_sign)
_FINDING = Needs(Permission.AUDIT_READ, of=service.load_finding)
_SETTLE = Needs(Permission.AUDIT_WORK, of=service.load_sign)
_CLOSE = Needs(Permission.AUDIT_WORK, of=service.load_finding)
_PEOPLE = (
    "person", "person_id", "owner_id", "raised_by", "closed_by", "asked_by", "reviewed_by",
    "written_by",
)  # fmt: skip
_SIGN_PATH = "/audit/unusual/<uuid:sign_id>"
_FINDING_PATH = "/audit/findings/<uuid:finding_id>"


def work_part(person: Person) -> tuple[str, dict[str, Any]] | None:
    """Return what the auditors wait for from this person."""
    asked, owned = service.waiting(person)
    return ("audit/home_asked.html", {"asked": asked, "owned": owned}) if asked or owned else None


@blueprint.route(_SIGN_PATH, access=_SIGN, records=Tag.AUDIT_SIGN_VIEWED)
def sign(subject: Subject) -> Any:
    """Something unusual, and what can be done about it."""
    return _sign_page(subject)


@blueprint.route(
    f"{_SIGN_PATH}/review", access=_SETTLE, records=Tag.AUDIT_SIGN_REVIEWED, methods=("POST",)
)
def review(subject: Subject) -> Any:
    """Mark it as reviewed."""
    form = ReviewForm()
    form.offer()
    if not form.validate():
        return _faulty(_sign_page(subject, review=form))
    reason = service.ReviewReason(form.reason.data)
    service.review(subject.row, reason, int(form.seen.data))
    say("saved")
    return redirect(url_for("audit.start"), 303)


@blueprint.route(
    f"{_SIGN_PATH}/ask", access=_SETTLE, records=Tag.AUDIT_EXPLANATION_ASKED, methods=("POST",)
)
def ask(subject: Subject) -> Any:
    """Ask the person for an explanation."""
    service.ask(subject.row)
    say("saved")
    return redirect(url_for("audit.sign", sign_id=subject.id), 303)


@blueprint.route(
    f"{_SIGN_PATH}/finding", access=_SETTLE, records=Tag.AUDIT_FINDING_RAISED, methods=("POST",)
)
def raise_finding(subject: Subject) -> Any:
    """Raise a finding."""
    form = RaiseForm()
    form.offer(subject.row.person)
    if not form.validate():
        return _faulty(_sign_page(subject, finding=form))
    finding_id = service.raise_finding(
        subject.row, service.Severity(form.severity.data), UUID(form.owner.data)
    )
    say("saved")
    return redirect(url_for("audit.finding", finding_id=finding_id), 303)


@blueprint.route("/audit/findings", access=READ, records=Tag.AUDIT_FINDINGS_LISTED)
def findings() -> Any:
    """Every finding, open ones first."""
    rows = service.findings()
    return render_template("audit/findings.html", findings=rows, **_named(*rows))


@blueprint.route(_FINDING_PATH, access=_FINDING, records=Tag.AUDIT_FINDING_VIEWED)
def finding(subject: Subject) -> Any:
    """One finding."""
    return _finding_page(subject)


@blueprint.route(
    f"{_FINDING_PATH}/close", access=_CLOSE, records=Tag.AUDIT_FINDING_CLOSED, methods=("POST",)
)
def close(subject: Subject) -> Any:
    """Close a finding with its result."""
    form = CloseForm()
    form.offer()
    if not form.validate():
        return _faulty(_finding_page(subject, close=form))
    service.close(subject.row, service.Result(form.result.data))
    say("saved")
    return redirect(url_for("audit.findings"), 303)


@blueprint.route(
    f"{_FINDING_PATH}/return",
    access=_CLOSE,
    records=Tag.AUDIT_FINDING_RETURNED,
    methods=("POST",),
)
def return_finding(subject: Subject) -> Any:
    """Say what the finding still lacks; it waits for its owner again."""
    form = ReturnForm()
    if not form.validate():
        return _faulty(_finding_page(subject, back=form))
    try:
        service.give_back_finding(subject.row, form.text.data)
    except Invalid:
        form.text.errors = [_("This text cannot be kept as it is. Write it again.")]
        return _faulty(_finding_page(subject, back=form))
    say("saved")
    return redirect(url_for("audit.finding", finding_id=subject.id), 303)


@blueprint.route(
    "/explanations/findings/<uuid:finding_id>",
    access=SignedIn(),
    records=Tag.AUDIT_FINDING_ANSWERED,
    methods=("POST",),
)
def answer_finding(finding_id: UUID) -> Any:
    """Write what I did about a finding that is mine."""
    form = NoteForm()
    if not form.validate():
        return _faulty(_own_page(ExplainForm(formdata=None), finding_id, form))
    try:
        service.answer(finding_id, form.text.data)
    except Invalid:
        form.text.errors = [_("This text cannot be kept as it is. Write it again.")]
        return _faulty(_own_page(ExplainForm(formdata=None), finding_id, form))
    say("saved")
    return redirect(url_for("audit.explanations"), 303)


@blueprint.route("/explanations", access=SignedIn(), records=Tag.AUDIT_EXPLANATIONS_LISTED)
def explanations() -> Any:
    """What the auditors ask of me, and what I have to put right."""
    return _own_page(ExplainForm())


@blueprint.route(
    "/explanations/<uuid:request_id>",
    access=SignedIn(),
    records=Tag.AUDIT_EXPLANATION_GIVEN,
    methods=("POST",),
)
def explain(request_id: UUID) -> Any:
    """Answer the auditors."""
    form = ExplainForm()
    if not form.validate():
        return _faulty(_own_page(form, request_id))
    try:
        service.explain(request_id, form.answer.data)
    except Invalid:
        form.answer.errors = [_("This text cannot be kept as it is. Write it again.")]
        return _faulty(_own_page(form, request_id))
    say("saved")
    return redirect(url_for("audit.explanations"), 303)


def _sign_page(subject: Subject, review: Form | None = None, finding: Form | None = None) -> str:
    work, settles = service.work_on([subject.row])[subject.id], _settles()
    review_form, raise_form = review or ReviewForm(), finding or RaiseForm()
    review_form.offer()
    review_form.seen.data = subject.row.count  # of the page that is read now
    raise_form.offer(subject.row.person)
    return render_template(
        "audit/sign.html",
        sign=subject.row,
        work=work,
        answer=service.read_answer(work.request) if work.request and settles else None,
        settles=settles,
        review_form=review_form,
        raise_form=raise_form,
        reasons=words.REVIEW_REASONS,
        **_named(subject.row, work.review, work.request, work.finding),
    )


def _finding_page(subject: Subject, *, close: Form | None = None, back: Form | None = None) -> str:
    settles = _settles() and subject.row.person_id != acting_person().id
    notes = service.notes([subject.id])[subject.id] if settles else []
    close_form = close or CloseForm(formdata=None)
    close_form.offer()
    return render_template(
        "audit/finding.html",
        finding=subject.row,
        close_form=close_form,
        return_form=back or ReturnForm(formdata=None),
        settles=settles,
        notes=notes,
        **_named(subject.row, *notes),
    )


def _settles() -> bool:
    """Whether the acting person settles what was found; others read the log alone."""
    return permits(acting_person(), Permission.AUDIT_WORK)


def _own_page(
    form: ExplainForm, asked: UUID | None = None, note_form: NoteForm | None = None
) -> str:
    """What the auditors ask of the acting person, with the one form that was sent, if any."""
    owned = service.own_findings()
    notes = service.notes([one.id for one in owned])
    written = [note for several in notes.values() for note in several]
    return render_template(
        "audit/explanations.html",
        requests=service.own_requests(),
        owned=owned,
        notes=notes,
        form=form,
        note_form=note_form or NoteForm(formdata=None),
        asked=asked,
        **_named(*owned, *written),
    )


def _named(*rows: Any) -> dict[str, Any]:
    """Return the words, and the names of everybody in some rows, in one statement."""
    ids = {getattr(row, name, None) for row in rows for name in _PEOPLE}
    cards = accounts.cards(one for one in ids if one is not None)
    return {
        "names": {key: card.name for key, card in cards.items()},
        "gone": words.somebody_gone(),
        "severities": words.SEVERITIES,
        "results": words.RESULTS,
        "reason_of": service.reason_of,
    }


def _faulty(page: str) -> Response:
    fail("form")
    return make_response(page, 422)
