"""The report that a law asks for: one page with the clock, what goes, and what was done."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.cases import service as cases
from app.cases.parts import Step
from app.documents import service as documents
from app.statutory import service
from app.statutory.forms import ReviewForm, TellForm
from app.ui.forms import Form
from app.ui.language import current as language
from app.web import GuardedBlueprint, Needs, Subject, say
from app.web.attempts import attempt
from tenants import clock, registry
from tenants.context import acting_person
from tenants.errors import Conflict, Invalid
from tenants.policy import Permission, permits
from tenants.vocabulary import Tag

blueprint = GuardedBlueprint("statutory", __name__, template_folder="../templates")

_PATH = "/cases/<uuid:case_id>/statutory"
_READ = Needs(Permission.CASE_READ, of=cases.load_case)
_EDIT = Needs(Permission.CASE_EDIT, of=cases.load_case)
_KINDS = {
    service.Stand.REVIEW: "waiting",
    service.Stand.DUE: "active",
    service.Stand.LATE: "stop",
    service.Stand.MADE: "good",
    service.Stand.NOT_DUE: "neutral",
}
_NAMES: dict[service.Stand, Any] = {
    service.Stand.REVIEW: _l("A legal officer has to look first"),
    service.Stand.DUE: _l("Has to be made"),
    service.Stand.LATE: _l("The time is over"),
    service.Stand.MADE: _l("Made"),
    service.Stand.NOT_DUE: _l("Nothing to report"),
}
_OPEN = frozenset({service.Stand.DUE, service.Stand.LATE, service.Stand.REVIEW})
_SENTENCES: dict[str, Any] = {
    "in-the-future": _l("This day lies in the future."),
    "too-long-ago": _l("She cannot have been told before she reported it."),
    "unknown-code": _l("Choose one of the answers."),
    "case-closed": _l("This case is closed. Nothing more can be changed in it."),
    "no-duty": _l("No law asks for a report in this case."),
    "not-legal-officer": _l(
        "Only a case officer of this case's team may record findings about the law."
    ),
}


@blueprint.route(_PATH, access=_READ, records=Tag.STATUTORY_VIEWED)
def view(subject: Subject) -> Any:
    """Show the clock, what goes on what basis, and what was done."""
    return _page(subject)


@blueprint.route(f"{_PATH}/told", access=_EDIT, records=Tag.STATUTORY_TOLD, methods=("POST",))
def tell(subject: Subject) -> Any:
    """Record that she was told."""
    form = _tell_form()
    return _done(subject, form, lambda: service.tell(subject, day=form.day.data, how=form.how.data))


@blueprint.route(f"{_PATH}/review", access=_EDIT, records=Tag.STATUTORY_REVIEWED, methods=("POST",))
def review(subject: Subject) -> Any:
    """Record what a legal officer found."""
    form = _review_form()
    return _done(subject, form, lambda: service.review(subject, finding=form.finding.data))


def case_part(subject: Subject) -> tuple[str, dict[str, Any]] | None:
    """The panel on the page of a case, where a law asks for a report."""
    path = service.path_of(subject)
    if path is None:
        return None
    alerts = [_step(subject.id, path)] if path.stand in _OPEN else []
    return "statutory/case_part.html", {
        "section": ("statutory", _("Report to the police")),
        "alerts": alerts,
        "case_id": subject.id,
        "path": path,
        "stand": (_KINDS[path.stand], _NAMES[path.stand]),
    }


def open_duties(case_id: UUID) -> list[Step]:
    """What a case waits for before it can be closed: a report that is due and not made."""
    return [_step(case_id, path) for path in service.open_reports(case_id)]


def _step(case_id: UUID, path: service.Path) -> Step:
    due = clock.day_of(path.due, registry.profile().identity.timezone) if path.due else None
    return Step(_("Report that the law asks for"), "statutory.view", {"case_id": case_id}, due)


def _done(subject: Subject, form: Form, work: Callable[[], None]) -> Any:
    status = attempt(form, work, _sentence, refusals=_SENTENCES)
    if status:
        return _page(subject, form), status
    say("saved")
    return redirect(url_for("statutory.view", case_id=subject.id), 303)


def _sentence(error: Invalid | Conflict) -> str:
    return str(_SENTENCES.get(error.reason, _("This cannot be accepted.")))


def _tell_form() -> TellForm:
    form = TellForm()
    form.offer()
    return form


def _review_form() -> ReviewForm:
    form = ReviewForm()
    form.offer()
    return form


def _page(subject: Subject, form: Form | None = None) -> str:
    path = service.path_of(subject)
    if path is None:
        return render_template("statutory/none.html", subject=subject)
    kind = documents.document_type(path.duty.letter)
    may_edit = not subject.standing.closed and permits(
        acting_person(), Permission.CASE_EDIT, subject.standing
    )
    drafting = permits(acting_person(), Permission.LETTER_DRAFT, subject.standing)
    day = cases.today()
    return render_template(
        "statutory/view.html",
        subject=subject,
        path=path,
        stand=(_KINDS[path.stand], _NAMES[path.stand]),
        basis=service.basis_of(path.duty.basis, day),
        complaint_basis=service.basis_of(path.duty.complaint_basis, day),
        fields=[one.label[language()] for one in kind.fields if one.field_class],
        tell=form if isinstance(form, TellForm) else _fresh(TellForm),
        review=form if isinstance(form, ReviewForm) else _fresh(ReviewForm),
        hows=service.HOWS,
        findings=service.FINDINGS,
        may_edit=may_edit,
        may_review=may_edit and cases.is_legal_officer(subject),
        may_write=may_edit and drafting,
        letter_states={
            one.id: (
                documents.STATE_KINDS[documents.LetterState(one.state)],
                documents.STATE_NAMES[documents.LetterState(one.state)],
            )
            for one in path.letters
        },
        reading=permits(acting_person(), Permission.LETTER_READ, subject.standing),
    )


def _fresh(kind: type[TellForm] | type[ReviewForm]) -> Any:
    form = kind(formdata=None)
    form.offer()
    return form
