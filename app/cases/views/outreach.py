"""The page of outreach: what was done, and which reports followed."""

from typing import Any

from flask import redirect, render_template, url_for

from app.cases import outreach, service
from app.cases.outreach_forms import OutreachForm
from app.cases.views.shared import act, blueprint
from app.web import Needs, say
from tenants.context import acting_person
from tenants.policy import Permission, permits
from tenants.vocabulary import Tag


@blueprint.route("/outreach", access=Needs(Permission.OUTREACH_LIST), records=Tag.OUTREACH_LISTED)
def list_outreach() -> Any:
    """List every outreach with the reports that followed."""
    return _page()


@blueprint.route(
    "/outreach",
    access=Needs(Permission.OUTREACH_RECORD),
    records=Tag.OUTREACH_RECORDED,
    methods=("POST",),
)
def record_outreach() -> Any:
    """Record an outreach."""
    form = OutreachForm()
    status = act(
        form,
        lambda: service.record_outreach(
            kind=form.kind.data,
            held_on=form.held_on.data,
            district=form.district.data,
            place=form.place.data,
            reached=form.reached.data,
        ),
    )
    if status:
        return _page(form), status
    say("saved")
    return redirect(url_for("cases.list_outreach"), 303)


def _page(form: OutreachForm | None = None) -> str:
    may_record = permits(acting_person(), Permission.OUTREACH_RECORD)
    found = service.trips()
    return render_template(
        "cases/outreach.html",
        trips=found,
        kinds=outreach.OUTREACH_KINDS,
        reached=sum(one.row.reached for one in found),
        reports=sum(one.reports for one in found),
        form=(form or OutreachForm(formdata=None)) if may_record else None,
    )
