"""Opening a case in an emergency, and the page of whoever judges it."""

from typing import Any

from flask import redirect, render_template, request, url_for

from app.audit import service as log
from app.cases import service
from app.cases.emergency_codes import EMERGENCY_REASONS, VERDICTS
from app.cases.emergency_forms import EmergencyForm, ReviewForm
from app.cases.forms import EmptyForm
from app.cases.views.shared import act, blueprint, to_case
from app.web import Needs, Subject, say
from tenants import registry
from tenants.context import Person, acting_person
from tenants.policy import Permission, permits
from tenants.vocabulary import Tag

_OPEN = Needs(Permission.EMERGENCY_OPEN, fresh=True)
_LIST = Needs(Permission.EMERGENCY_LIST)
_REVIEW = Needs(Permission.EMERGENCY_REVIEW, of=service.load_emergency)


@blueprint.route("/emergencies/open", access=_OPEN, records=Tag.EMERGENCY_FORM_VIEWED)
def emergency_form() -> Any:
    """Ask which case, and why."""
    return _form_page(EmergencyForm(data={"code": request.args.get("code", "")[:20]}))


@blueprint.route("/emergencies/open", access=_OPEN, records=Tag.EMERGENCY_OPENED, methods=("POST",))
def open_emergency() -> Any:
    """Open a case for a time."""
    form = EmergencyForm()
    opened = []

    def work() -> None:
        opened.append(
            service.open_emergency(form.code.data, form.reason.data, form.explanation.data)
        )

    status = act(form, work)
    if status:
        return _form_page(form), status
    say("emergency-opened")
    return redirect(url_for("cases.view", case_id=opened[0]), 303)


@blueprint.route(
    "/cases/<uuid:case_id>/emergency/end",
    access=Needs(Permission.CASE_READ, of=service.load_case),
    records=Tag.EMERGENCY_ENDED,
    methods=("POST",),
)
def end_emergency(subject: Subject) -> Any:
    """Give the access back."""
    service.end_emergency(subject)
    if permits(acting_person(), Permission.CASE_READ, service.standing(subject.row)):
        return to_case(subject, "emergency-ended")
    say("emergency-ended")
    return redirect(url_for("web.home"), 303)


@blueprint.route("/emergencies", access=_LIST, records=Tag.EMERGENCIES_LISTED)
def emergencies() -> Any:
    """List the emergencies, those that nobody has judged yet first."""
    return render_template(
        "cases/emergencies.html",
        found=service.emergencies(),
        own=acting_person().id,
        reasons=EMERGENCY_REASONS,
        verdicts=VERDICTS,
    )


@blueprint.route("/emergencies/<uuid:emergency_id>", access=_REVIEW, records=Tag.EMERGENCY_VIEWED)
def emergency(subject: Subject) -> Any:
    """Show what somebody did in an emergency, and ask for a judgement."""
    return _review_page(subject, ReviewForm())


@blueprint.route(
    "/emergencies/<uuid:emergency_id>/review",
    access=_REVIEW,
    records=Tag.EMERGENCY_REVIEWED,
    methods=("POST",),
)
def review_emergency(subject: Subject) -> Any:
    """Keep the judgement."""
    form = ReviewForm()
    status = act(
        form,
        lambda: service.review_emergency(subject, form.verdict.data, form.remark.data),
    )
    if status:
        return _review_page(subject, form), status
    say("emergency-reviewed")
    return redirect(url_for("cases.emergencies"), 303)


def emergency_part(person: Person) -> tuple[str, dict[str, Any]] | None:
    """Return what a person has open in an emergency, and what waits for their judgement."""
    own = service.own_emergencies(person) if permits(person, Permission.EMERGENCY_OPEN) else []
    waiting = service.to_review(person) if permits(person, Permission.EMERGENCY_LIST) else []
    if not own and not waiting:
        return None
    return "cases/emergency_part.html", {
        "own": own,
        "waiting": waiting,
        "reasons": EMERGENCY_REASONS,
        "person_id": person.id,
        "form": EmptyForm(formdata=None),
    }


def _form_page(form: EmergencyForm) -> str:
    return render_template(
        "cases/emergency_open.html",
        form=form,
        minutes=registry.profile().limit("emergency_minutes"),
    )


def _review_page(subject: Subject, form: ReviewForm) -> str:
    one = service.emergency(subject)
    return render_template(
        "cases/emergency.html",
        subject=subject,
        one=one,
        told=service.told(subject),
        done=sorted(
            log.who_looked(one.case_id, one.person.id, (one.opened_at, one.until)),
            key=lambda each: each.at,
            reverse=True,
        ),
        form=form,
        reasons=EMERGENCY_REASONS,
        verdicts=VERDICTS,
    )
