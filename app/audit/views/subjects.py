"""What a survivor may have on request: who has looked at her file, in her words and as files."""

from typing import Any

from flask import make_response, render_template, url_for
from flask_babel import force_locale
from flask_babel import gettext as _

from app.audit import service
from app.audit.views.reading import too_long
from app.audit.views.room import blueprint
from app.cases import service as cases
from app.web import Needs, Subject
from tenants.clock import now
from tenants.context import acting_person, current
from tenants.errors import Conflict
from tenants.policy import Permission, permits
from tenants.vocabulary import Tag

_ONE = "/cases/<uuid:case_id>/access"


@blueprint.route(
    f"{_ONE}/survivor",
    access=Needs(Permission.CASE_ACCESS_LIST, of=cases.load_case),
    records=Tag.CASE_TRAIL_SHOWN,
)
def survivor_list(subject: Subject) -> Any:
    """Who has looked at your file, when, and why: in plain Bahasa Indonesia, to be printed."""
    with force_locale("id"):  # she reads it, whatever language the officer works in
        return render_template(
            "audit/survivor.html",
            looks=service.survivor_list(subject.id),
            code=subject.row.code,
            made=now(),
            may_export=permits(acting_person(), Permission.CASE_TRAIL_EXPORT, subject.standing),
            case_id=subject.id,
            crumbs=[
                (url_for("cases.access", case_id=subject.id), _("Who has looked at this case"))
            ],
        )


@blueprint.route(
    f"{_ONE}/export",
    access=Needs(Permission.CASE_TRAIL_EXPORT, of=cases.load_case, fresh=True),
    records=Tag.AUDIT_TRAIL_EXPORTED,
)
def export_trail(subject: Subject) -> Any:
    """The trail of one case as signed files, made for the survivor on request."""
    try:
        packed = service.trail_archive(subject.id, subject.row.code)
    except Conflict as error:
        return too_long(error)
    response = make_response(packed)
    name = f"{current().slug}-{subject.row.code}-jejak.zip"
    response.headers["Content-Type"] = "application/zip"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
