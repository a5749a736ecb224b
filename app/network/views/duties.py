"""What the network agreed to and did, and the events behind each duty."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import render_template, request, url_for

from app.accounts import service as accounts
from app.cases import service as cases
from app.network import service
from app.network.forms import PeriodForm
from app.network.views.room import SENTENCES, blueprint, names
from app.web import Needs
from app.web.guard import fail
from tenants.context import acting_person
from tenants.errors import Invalid
from tenants.policy import Permission, permits
from tenants.vocabulary import Tag

_READ = Needs(Permission.DUTIES_READ)
MOST = 300  # events on one page


@blueprint.route("/duties", access=_READ, records=Tag.DUTIES_VIEWED)
def scorecard() -> Any:
    """Agreed versus performed, by organisation."""
    form, against = _period()
    if against is None:
        try:
            card = service.scorecard(form.since.data, form.until.data)
        except Invalid as fault:
            against = fault.reason
    if against is not None:
        fail(against)
        return render_template(
            "network/scorecard.html", form=form, card=None, against=_said(against)
        ), 422
    return render_template(
        "network/scorecard.html",
        form=form,
        card=card,
        against="",
        span=_span(form),
        may_record=permits(acting_person(), Permission.DUTIES_RECORD),
        may_sign=permits(acting_person(), Permission.REPORTS_SIGN),
        **names(),
    )


@blueprint.route("/duties/own", access=Needs(Permission.DUTIES_OWN), records=Tag.DUTIES_VIEWED)
def own() -> Any:
    """What the partner officer's own organisation agreed to and did."""
    form, against = _period()
    part = None
    if against is None:
        try:
            part = service.own(form.since.data, form.until.data)
        except Invalid as fault:
            against = fault.reason
    if against is not None:
        fail(against)
    page = render_template(
        "network/own.html", form=form, part=part, against=_said(against or ""), **names()
    )
    return (page, 422) if against else page


@blueprint.route("/duties/<key>", access=_READ, records=Tag.DUTY_VIEWED)
def duty(key: str) -> Any:
    """One duty, and the events behind it; a case is named to those who may read it."""
    found = service.duty(key)
    form, against = _period()
    if against is None:
        try:
            line, events = service.events(found, form.since.data, form.until.data)
        except Invalid as fault:
            against = fault.reason
    if against is not None:
        fail(against)
        return render_template(
            "network/scorecard.html", form=form, card=None, against=_said(against)
        ), 422
    shown = events[:MOST]
    entered = service.by_ids({one.id for one in shown if one.source == "evidence"})
    cards = accounts.cards({row.recorded_by for row in entered.values()})
    codes = cases.readable_codes(acting_person(), [one.case_id for one in shown if one.case_id])
    return render_template(
        "network/duty.html",
        duty=found,
        line=line,
        form=form,
        holder=service.holders()[found.organisation],
        events=[(one, _link(one, codes), _code(one, codes)) for one in shown],
        hidden=len(events) - len(shown),
        entered=entered,
        recorders={key: card.name for key, card in cards.items()},
        service_name=cases.service_name,
        span=_span(form),
        may_record=permits(acting_person(), Permission.DUTIES_RECORD),
        by_hand=service.entered(found),
        **names(),
    )


def _period() -> tuple[PeriodForm, str | None]:
    """Return the period that was asked for, or the usual one; and what is wrong with it."""
    if "since" not in request.args and "until" not in request.args:
        since, until = service.usual()
        return PeriodForm(formdata=None, data={"since": since, "until": until}), None
    form = PeriodForm(request.args, meta={"csrf": False})
    return form, None if form.validate() else "form"


def _span(form: PeriodForm) -> dict[str, date]:
    return {"since": form.since.data, "until": form.until.data}


def _said(reason: str) -> str:
    return str(SENTENCES[reason]) if reason in SENTENCES else ""


def _code(event: service.Event, codes: dict[UUID, str]) -> str:
    return codes.get(event.case_id, "") if event.case_id else ""


def _link(event: service.Event, codes: dict[UUID, str]) -> str:
    if event.case_id is None or event.case_id not in codes:
        return ""
    if event.source == "referral":
        return url_for("referrals.sent", case_id=event.case_id, referral_id=event.id)
    return url_for("cases.view", case_id=event.case_id)
