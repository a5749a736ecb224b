"""The last page of a case: its key is destroyed and nobody can read it again."""

from typing import Any

from flask import render_template

from app.cases import service
from app.cases.forms import DestroyForm
from app.cases.views.shared import act, blueprint, crumbs, to_case
from app.web import Needs, Subject
from tenants.policy import Permission
from tenants.vocabulary import Tag

_DESTROY = Needs(Permission.CASE_DESTROY, of=service.load_case, fresh=True)
_PATH = "/cases/<uuid:case_id>/destroy"


@blueprint.route(_PATH, access=_DESTROY, records=Tag.CASE_FORM_VIEWED)
def destroy_form(subject: Subject) -> Any:
    """Ask why, and for the code of the case."""
    return _page(subject, DestroyForm())


@blueprint.route(_PATH, access=_DESTROY, records=Tag.CASE_KEY_DESTROYED, methods=("POST",))
def destroy(subject: Subject) -> Any:
    """Destroy the key."""
    form = DestroyForm()
    status = act(
        form,
        lambda: service.destroy_key(subject, reason=form.reason.data, code=form.code.data),
    )
    if status:
        return _page(subject, form), status
    return to_case(subject, "key-destroyed")


def _page(subject: Subject, form: DestroyForm) -> str:
    return render_template("cases/destroy.html", subject=subject, form=form, crumbs=crumbs(subject))
