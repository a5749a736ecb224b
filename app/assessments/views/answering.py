"""The pages of assessments: an overview, going through an instrument, two side by side."""

from typing import Any
from uuid import UUID

from flask import jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.accounts import service as accounts
from app.assessments import service
from app.assessments.forms import BeginForm, answer_form, fields_of, said, sentence
from app.assessments.views.shared import act, blueprint, crumbs, may_assess
from app.cases import service as cases
from app.ui.fields import field_view
from app.ui.formats import show_clock
from app.web import Needs, Subject, purposes, say
from app.web.guard import fail
from tenants import clock
from tenants.errors import Conflict, Invalid
from tenants.policy import Permission
from tenants.vocabulary import Tag

_READ = Permission.CASE_READ
_CASE = "/cases/<uuid:case_id>/assessments"
_ONE = f"{_CASE}/<uuid:assessment_id>"
_FILL = Needs(Permission.ASSESS, of=service.load_assessment)


@blueprint.route(_CASE, access=Needs(_READ, of=cases.load_case), records=Tag.ASSESSMENTS_LISTED)
def index(subject: Subject) -> Any:
    """Show which assessments there are, and begin one."""
    return _index_page(subject)


@blueprint.route(
    _CASE,
    access=Needs(Permission.ASSESS, of=cases.load_case),
    records=Tag.ASSESSMENT_BEGUN,
    methods=("POST",),
)
def begin(subject: Subject) -> Any:
    """Begin an assessment, or go on with the one that is begun."""
    form = BeginForm()
    begun = []

    def work() -> None:
        begun.append(
            service.begin(
                subject, instrument=form.instrument.data, survivor_id=_id(form.survivor.data)
            )
        )

    status = act(form, work)
    if status:
        return _index_page(subject, form), status
    return redirect(url_for("assessments.fill", case_id=subject.id, assessment_id=begun[0]), 303)


@blueprint.route(f"{_ONE}/fill", access=_FILL, records=Tag.ASSESSMENT_VIEWED)
def fill(subject: Subject) -> Any:
    """Go through the questions."""
    sheet = service.look(subject)
    if sheet.row.finished_at is not None or subject.standing.closed:
        return redirect(_path(subject), 303)
    answers = {one.item.code: one.value for one in sheet.answers}
    return _fill_page(subject, sheet, answer_form(sheet.instrument, answers))


@blueprint.route(f"{_ONE}/fill", access=_FILL, records=Tag.ASSESSMENT_FINISHED, methods=("POST",))
def finish(subject: Subject) -> Any:
    """Finish the assessment."""
    sheet = service.look(subject)
    form = answer_form(sheet.instrument)
    answers = said(form, sheet.instrument)
    status = act(form, lambda: service.finish(subject, answers, form.conclusion.data or ""))
    if status:
        return _fill_page(subject, sheet, form), status
    say("saved")
    return redirect(_path(subject), 303)


@blueprint.route(f"{_ONE}/save", access=_FILL, records=Tag.ASSESSMENT_SAVED, methods=("POST",))
def save(subject: Subject) -> Any:
    """Keep what was answered so far; asked by the page while one answers."""
    row: service.Assessment = subject.row
    instrument = service.instruments()[row.instrument, row.version]
    form = answer_form(instrument)
    try:
        service.save(subject, said(form, instrument))
    except (Invalid, Conflict) as error:
        fail(error.reason)
        return jsonify(kept=False, sentence=sentence(error)), (
            409 if isinstance(error, Conflict) else 422
        )
    return jsonify(kept=True, sentence=_("Kept at %(time)s.", time=show_clock(clock.now())))


@blueprint.route(
    _ONE, access=Needs(_READ, of=service.load_assessment), records=Tag.ASSESSMENT_VIEWED
)
def view(subject: Subject) -> Any:
    """Show one assessment."""
    return _view_page(subject, service.look(subject))


@blueprint.route(
    f"{_ONE}/values/<uuid:row_id>/reveal",
    access=Needs(Permission.CASE_REVEAL, of=service.load_assessment),
    records=Tag.FIELD_REVEALED,
    methods=("POST",),
)
def reveal(subject: Subject, row_id: UUID) -> Any:
    """Open one answer for a purpose that is named."""
    name = request.form.get("field", "")
    return _view_page(
        subject, service.reveal(subject, row_id, name, purposes.named()), (row_id, name)
    )


@blueprint.route(
    f"{_CASE}/compared/<instrument>/<uuid:survivor_id>",
    access=Needs(_READ, of=cases.load_case),
    records=Tag.ASSESSMENTS_COMPARED,
)
def compare(subject: Subject, instrument: str, survivor_id: UUID) -> Any:
    """Show the first and the newest assessment side by side."""
    found = service.compare(subject, survivor_id, instrument)
    return render_template(
        "assessments/compare.html",
        subject=subject,
        found=found,
        crumbs=[
            *crumbs(subject),
            (url_for("assessments.index", case_id=subject.id), _("Assessments")),
        ],
    )


def _path(subject: Subject) -> str:
    return url_for("assessments.view", case_id=subject.case_id, assessment_id=subject.id)


def _index_page(subject: Subject, form: BeginForm | None = None) -> str:
    survivors = cases.rows(subject.id).survivors
    found = {(one.survivor_id, one.instrument): one for one in service.standings(subject.id)}
    return render_template(
        "assessments/index.html",
        subject=subject,
        survivors=[one.id for one in survivors],
        instruments=service.newest(cases.today()).values(),
        standings=found,
        form=form,
        may_edit=may_assess(subject),
        crumbs=crumbs(subject),
    )


def _fill_page(subject: Subject, sheet: service.Sheet, form: Any) -> str:
    hidden = {one.item.code for one in sheet.answers if one.hidden}
    fields = list(zip(sheet.instrument.items, fields_of(form, sheet.instrument), strict=True))
    return render_template(
        "assessments/fill.html",
        subject=subject,
        sheet=sheet,
        form=form,
        fields=fields,
        hidden=hidden,
        crumbs=crumbs(subject),
    )


def _view_page(
    subject: Subject, sheet: service.Sheet, opened: tuple[UUID, str] | None = None
) -> str:
    def view_of(one: service.Answered) -> Any:
        assert one.seen is not None  # noqa: S101 (asked for answers alone)
        return field_view(one.seen, str(one.item.text), (one.row_id, one.seen.name) == opened)

    return render_template(
        "assessments/view.html",
        subject=subject,
        sheet=sheet,
        view_of=view_of,
        conclusion=field_view(
            sheet.particulars["conclusion"],
            _("What follows from this"),
            (subject.id, "assessment.conclusion") == opened,
        ),
        score=field_view(
            sheet.particulars["score"], _("Score"), (subject.id, "assessment.score") == opened
        ),
        band=sheet.instrument.band(sheet.score),
        assessor=accounts.card(sheet.row.assessor_id),
        purposes=purposes.offered(),
        may_edit=may_assess(subject),
        crumbs=crumbs(subject),
    )


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Invalid("survivor", "unknown") from None
