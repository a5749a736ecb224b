"""The pages of the office's programmes; no participant is named on them."""

from typing import Any

from flask import redirect, render_template, url_for
from flask_babel import gettext as _

from app.services import service
from app.services.forms import EndProgrammeForm, ProgrammeForm
from app.services.views.shared import act, blueprint, names
from app.ui.forms import Form
from app.web import Needs, Subject, say
from tenants.context import acting_person
from tenants.policy import Permission, permits
from tenants.vocabulary import Tag

_RUN = Needs(Permission.PROGRAMME_RUN)


@blueprint.route(
    "/programmes", access=Needs(Permission.PROGRAMME_LIST), records=Tag.PROGRAMMES_LISTED
)
def programmes() -> Any:
    """List the programmes, with how many take part."""
    return _page()


@blueprint.route("/programmes", access=_RUN, records=Tag.PROGRAMME_BEGUN, methods=("POST",))
def begin_programme() -> Any:
    """Begin a programme."""
    form = ProgrammeForm()
    status = act(
        form,
        lambda: service.begin_programme(
            name=form.name.data, kind=form.kind.data, begun_on=form.begun_on.data
        ),
    )
    if status:
        return _page(form), status
    say("saved")
    return redirect(url_for("services.programmes"), 303)


@blueprint.route(
    "/programmes/<uuid:programme_id>/end",
    access=Needs(Permission.PROGRAMME_RUN, of=service.load_programme),
    records=Tag.CASE_FORM_VIEWED,
)
def end_programme_form(subject: Subject) -> Any:
    """Ask how a programme ends."""
    return _end_page(subject, EndProgrammeForm())


@blueprint.route(
    "/programmes/<uuid:programme_id>/end",
    access=Needs(Permission.PROGRAMME_RUN, of=service.load_programme),
    records=Tag.PROGRAMME_ENDED,
    methods=("POST",),
)
def end_programme(subject: Subject) -> Any:
    """End a programme."""
    form = EndProgrammeForm()
    status = act(
        form,
        lambda: service.end_programme(
            subject,
            stopped=form.state.data == "stopped",
            reason=form.reason.data,
            note=form.note.data,
        ),
    )
    if status:
        return _end_page(subject, form), status
    say("saved")
    return redirect(url_for("services.programmes"), 303)


def _page(form: ProgrammeForm | None = None) -> str:
    may_run = permits(acting_person(), Permission.PROGRAMME_RUN)
    return render_template(
        "services/programmes.html",
        programmes=service.programmes(),
        form=(form or ProgrammeForm(formdata=None)) if may_run else None,
        **names(),
    )


def _end_page(subject: Subject, form: Form) -> str:
    return render_template(
        "services/end_programme.html",
        programme=subject.row,
        form=form,
        crumbs=[(url_for("services.programmes"), _("Programmes"))],
    )
