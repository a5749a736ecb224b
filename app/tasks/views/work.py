"""Work lists, kept filters, how the work is spread, and handing it over; what to do first."""

from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.accounts import service as accounts
from app.cases import service as cases
from app.clocks import service as clocks
from app.tasks import service
from app.tasks.forms import HandOverForm, WorkForm, hand_over_form
from app.tasks.views.shared import act, blueprint, chosen, names
from app.web import Needs, Subject, say
from app.web.guard import fail
from tenants import audit
from tenants.context import Person, acting_person
from tenants.errors import Conflict
from tenants.policy import Permission, permits
from tenants.vocabulary import Tag

_LIST = Needs(Permission.WORK_LIST)


def home_part(person: Person) -> tuple[str, dict[str, Any]] | None:
    """Return what a person does first, whatever room it is of."""
    items = service.do_first(person)
    if not items:
        return None
    return "tasks/home_part.html", {
        "todo": items,
        "clock_names": clocks.KIND_NAMES,
        "reads_cases": permits(person, Permission.CASE_LIST),
        **names(),
    }


@blueprint.route("/work", access=_LIST, records=Tag.WORK_LISTED)
def work() -> Any:
    """List tasks, and say how many wait on each list."""
    return _page(WorkForm(request.args))


@blueprint.route("/work", access=_LIST, records=Tag.WORK_FILTER_SAVED, methods=("POST",))
def keep() -> Any:
    """Keep a filter for another day."""
    form = WorkForm()
    if not form.validate():
        fail("form")
        return _page(form), 422
    try:
        service.keep(form.show.data, form.kind.data)
    except Conflict as conflict:
        fail(conflict.reason)
        return _page(form, too_many=True), 409
    say("saved")
    return redirect(url_for("tasks.work", show=form.show.data, kind=form.kind.data or None), 303)


@blueprint.route(
    "/work/filters/<uuid:filter_id>/remove",
    access=Needs(Permission.WORK_LIST, of=service.load_filter),
    records=Tag.WORK_FILTER_REMOVED,
    methods=("POST",),
)
def forget(subject: Subject) -> Any:
    """Remove a kept filter."""
    service.forget(subject)
    return redirect(url_for("tasks.work"), 303)


@blueprint.route("/work/load", access=Needs(Permission.WORK_SPREAD), records=Tag.WORK_LOAD_VIEWED)
def load() -> Any:
    """Show how the work is spread."""
    return render_template("tasks/load.html", loads=service.loads())


@blueprint.route(
    "/work/hand-over",
    access=Needs(Permission.WORK_SPREAD, fresh=True),
    records=Tag.WORK_FORM_VIEWED,
)
def hand_over_page() -> Any:
    """Ask whose work goes to whom."""
    return _hand_over_page(_hand_over_form())


@blueprint.route(
    "/work/hand-over",
    access=Needs(Permission.WORK_SPREAD, fresh=True),
    records=Tag.WORK_HANDED_OVER,
    methods=("POST",),
)
def hand_over() -> Any:
    """Give all work of one person to another."""
    form = _hand_over_form()

    def move() -> None:
        leaver, successor = chosen(form.leaver.data), chosen(form.successor.data)
        assert leaver is not None  # noqa: S101 (the form wants both)
        assert successor is not None  # noqa: S101
        service.hand_over(leaver, successor)

    return act(
        form,
        move,
        lambda said: _hand_over_page(form, said),
        url_for("tasks.load"),
        "work-handed-over",
    )


_ELSEWHERE: tuple[tuple[Permission, str, Any], ...] = (
    (Permission.LETTER_QUEUE, "documents.queue", _l("Letters to read and to sign")),
    (Permission.EMERGENCY_LIST, "cases.emergencies", _l("Emergencies to judge")),
    (Permission.TRANSFER_RECEIVE, "transfers.arrivals", _l("Cases from other agencies")),
)
"""Work lists that other rooms keep, for whoever has them."""


def _page(form: WorkForm, too_many: bool = False) -> str:
    person = acting_person()
    show = form.show.data if form.show.data in set(service.Show) else service.Show.MINE.value
    kind = form.kind.data or ""
    form.show.data, form.kind.data = show, kind
    found = service.listed(person, service.Show(show), kind)
    people = accounts.cards(one.owner_id for one in found if one.owner_id)
    audit.record(Tag.WORK_LISTED, details={"count": len(found)})
    return render_template(
        "tasks/work.html",
        form=form,
        tasks=found,
        people=people,
        today=cases.today(),
        counts=service.waiting_counts(person),
        kept=service.kept(),
        chosen=(show, kind),
        too_many=too_many,
        elsewhere=[
            (url_for(endpoint), label)
            for permission, endpoint, label in _ELSEWHERE
            if permits(person, permission)
        ],
        may_spread=permits(person, Permission.WORK_SPREAD),
        **names(),
    )


def _hand_over_form() -> HandOverForm:
    found = [
        (
            card,
            ngettext("%(name)s – %(num)s case", "%(name)s – %(num)s cases", many, name=card.name)
            if card.active
            else ngettext(
                "%(name)s (account shut) – %(num)s case",
                "%(name)s (account shut) – %(num)s cases",
                many,
                name=card.name,
            ),
        )
        for card, many in service.leavers()
    ]
    return hand_over_form(found, accounts.with_role(*cases.TEAM_ROLES))


def _hand_over_page(form: HandOverForm, said: str = "") -> str:
    return render_template("tasks/hand_over.html", form=form, said=said, title=_("Hand work over"))
