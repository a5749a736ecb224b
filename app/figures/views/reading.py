"""Published figures for all who may read them, and the exact ones for who may read each case."""

from datetime import date
from typing import Any

from flask import render_template, request

from app.accounts import service as accounts
from app.figures import service
from app.figures.forms import PeriodForm
from app.figures.views.room import SENTENCES, blueprint
from app.web import Needs, Subject
from app.web.guard import fail
from tenants import audit, registry
from tenants.clock import today
from tenants.context import acting_person
from tenants.policy import Permission, permits
from tenants.vocabulary import Tag

LONGEST = 366  # days
_READ = Needs(Permission.FIGURES_READ)


@blueprint.route("/figures", access=_READ, records=Tag.FIGURES_LISTED)
def index() -> Any:
    """What was published, and the years before Teduh."""
    rows = service.publications()
    audit.record(Tag.FIGURES_LISTED, details={"count": len(rows)})
    return render_template(
        "figures/index.html",
        publications=rows,
        series=service.series(),
        may_publish=permits(acting_person(), Permission.FIGURES_PUBLISH),
        may_count=permits(acting_person(), Permission.FIGURES_EXACT),
    )


@blueprint.route(
    "/figures/<uuid:publication_id>",
    access=Needs(Permission.FIGURES_READ, of=service.load_publication),
    records=Tag.FIGURES_VIEWED,
)
def publication(subject: Subject) -> Any:
    """The published tables of one period."""
    row = subject.row
    return render_template(
        "figures/publication.html",
        row=row,
        tables=service.shown(service.read(row.counts)),
        publisher=accounts.cards([row.published_by]).get(row.published_by),
        unit_names=service.UNIT_NAMES,
        small=service.SMALL,
        may_sign=permits(acting_person(), Permission.REPORTS_SIGN),
        may_read=permits(acting_person(), Permission.REPORTS_READ),
    )


@blueprint.route(
    "/figures/exact", access=Needs(Permission.FIGURES_EXACT), records=Tag.FIGURES_EXACT_VIEWED
)
def exact() -> Any:
    """Every count of any period, for the office's own work; nothing is hidden."""
    form = PeriodForm(request.args, meta={"csrf": False})
    if "since" not in request.args:
        day = today(registry.profile().identity.timezone)
        form = PeriodForm(formdata=None, data={"since": date(day.year, 1, 1), "until": day})
    reason = _wrong(form) if form.since.data and form.until.data else "form"
    if reason:
        fail(reason)
        against = str(SENTENCES[reason]) if reason in SENTENCES else ""
        form.validate()
        return render_template("figures/exact.html", form=form, tables=None, against=against), 422
    audit.record(
        Tag.FIGURES_EXACT_VIEWED,
        details={
            "first_day": form.since.data.isoformat(),
            "last_day": form.until.data.isoformat(),
        },
    )
    return render_template(
        "figures/exact.html",
        form=form,
        tables=service.exact(form.since.data, form.until.data),
        against="",
        unit_names=service.UNIT_NAMES,
    )


def _wrong(form: PeriodForm) -> str:
    since, until = form.since.data, form.until.data
    if until < since:
        return "before-it-begins"
    if until > today(registry.profile().identity.timezone):
        return "not-yet"
    return "too-long" if (until - since).days >= LONGEST else ""
