"""The panel on the case page, and the page that begins a mediation or says why not."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import redirect, render_template, url_for
from flask_babel import gettext as _

from app.cases import service as cases
from app.mediation import service
from app.mediation.codes import LIVING, OBSTACLE_SENTENCES, Obstacle
from app.mediation.forms import MediationForm, mediation_form
from app.mediation.views.shared import blame, blueprint, names, sentence
from app.web import Needs, Subject, say
from app.web.guard import fail
from tenants.context import acting_person
from tenants.errors import Conflict, Invalid, Refused
from tenants.policy import Permission, permits
from tenants.vocabulary import Outcome, Tag

_MAKE = Needs(Permission.MEDIATION_EDIT, of=cases.load_case)


def case_part(subject: Subject) -> tuple[str, dict[str, Any]] | None:
    """Return the panel with the mediations of a case, or why there can be none."""
    found, is_open = service.overview(subject.id)
    may_edit = not subject.standing.closed and permits(
        acting_person(), Permission.MEDIATION_EDIT, subject.standing
    )
    if not found and not may_edit:
        return None
    return "mediation/case_part.html", {
        "section": ("mediation", _("Mediation")),
        "case_id": subject.id,
        "mediations": found,
        "closed_by_law": "" if is_open else OBSTACLE_SENTENCES[Obstacle.SEXUAL_VIOLENCE],
        "may_make": may_edit and is_open and not any(one.state in LIVING for one in found),
        **names(),
    }


@blueprint.route(
    "/cases/<uuid:case_id>/mediations/new", access=_MAKE, records=Tag.MEDIATION_FORM_VIEWED
)
def create_form(subject: Subject) -> Any:
    """Ask for the matter and the conditions, or say why there can be no mediation."""
    if not service.is_open(subject.id):
        return _create_page(subject, None, [Obstacle.SEXUAL_VIOLENCE])
    return _create_page(subject, mediation_form(service.mediators()))


@blueprint.route(
    "/cases/<uuid:case_id>/mediations/new",
    access=_MAKE,
    records=Tag.MEDIATION_CREATED,
    methods=("POST",),
)
def create(subject: Subject) -> Any:
    """Record a mediation, or refuse it in plain words."""
    form = mediation_form(service.mediators())
    try:
        service.gate(subject.id)  # before the form is found faulty: no ticking would help
        if not form.validate():
            return _create_page(subject, form), 422
        mediation_id = service.create(
            subject,
            matter=form.matter.data,
            mediator_id=UUID(form.mediator.data),
            conditions=form.conditions(),
            days=form.days(cases.today()),
        )
    except Refused as refusal:
        if refusal.reason not in set(Obstacle):
            raise
        fail(refusal.reason, Outcome.REFUSED)
        against = service.obstacles(subject.id, str(form.matter.data), form.conditions())
        shown = None if Obstacle.SEXUAL_VIOLENCE in against else form
        return _create_page(subject, shown, against), 403
    except Invalid as fault:
        return _create_page(subject, blame(form, fault)), 422
    except Conflict as conflict:
        fail(conflict.reason)
        return _create_page(subject, form, said=sentence(conflict.reason)), 409
    say("mediation-created")
    return redirect(url_for("mediation.view", case_id=subject.id, mediation_id=mediation_id), 303)


def _create_page(
    subject: Subject,
    form: MediationForm | None,
    against: Sequence[Obstacle] = (),
    said: str = "",
) -> str:
    """Render the form; without one, only why there can be no mediation."""
    return render_template(
        "mediation/create.html", subject=subject, form=form, against=against, said=said, **names()
    )
