"""Publishing the figures of a period, once and for ever."""

from typing import Any

from flask import redirect, render_template, request, url_for

from app.figures import service
from app.figures.forms import PeriodForm
from app.figures.views.room import SENTENCES, blueprint
from app.web import Needs, Subject, say
from app.web.guard import fail
from tenants.errors import Conflict, Invalid
from tenants.policy import Permission
from tenants.vocabulary import Tag

_PUBLISH = Needs(Permission.FIGURES_PUBLISH)


@blueprint.route("/figures/publish", access=_PUBLISH, records=Tag.FIGURES_FORM_VIEWED)
def publish_form() -> Any:
    """Choose a period and see whether it can be published; its counts are shown to nobody yet."""
    if "since" not in request.args:
        since, until = service.proposed()
        return _page(PeriodForm(formdata=None, data={"since": since, "until": until}))
    form = PeriodForm(request.args, meta={"csrf": False})
    if not form.validate():
        fail("form")
        return _page(form), 422
    try:
        made = service.draft(form.since.data, form.until.data)
    except (Invalid, Conflict) as fault:
        fail(fault.reason)
        return _page(form, fault.reason), 422 if isinstance(fault, Invalid) else 409
    return _page(form, draft=made)


@blueprint.route(
    "/figures/publish", access=_PUBLISH, records=Tag.FIGURES_PUBLISHED, methods=("POST",)
)
def publish() -> Any:
    """Publish them."""
    form = PeriodForm()
    if not form.validate():
        fail("form")
        return _page(form), 422
    try:
        publication_id = service.publish(form.since.data, form.until.data)
    except (Invalid, Conflict) as fault:
        fail(fault.reason)
        return _page(form, fault.reason), 422 if isinstance(fault, Invalid) else 409
    say("figures-published")
    return redirect(url_for("figures.publication", publication_id=publication_id), 303)


@blueprint.route(
    "/figures/<uuid:publication_id>/sign",
    access=Needs(Permission.REPORTS_SIGN, of=service.load_publication, fresh=True),
    records=Tag.REPORT_SIGNED,
    methods=("POST",),
)
def sign(subject: Subject) -> Any:
    """Sign the report of published figures."""
    report_id = service.sign_report(subject.row)
    say("report-signed")
    return redirect(url_for("reports.report", report_id=report_id), 303)


def _page(form: PeriodForm, reason: str = "", draft: service.Draft | None = None) -> str:
    return render_template(
        "figures/publish.html",
        form=form,
        send=PeriodForm(formdata=None),
        draft=draft,
        against=str(SENTENCES[reason]) if reason else "",
        unit_names=service.UNIT_NAMES,
        small=service.SMALL,
    )
