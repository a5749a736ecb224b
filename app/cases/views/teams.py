"""Who works on a case: the supervisor's page."""

from typing import Any
from uuid import UUID

from flask import redirect, render_template, url_for

from app.cases import service
from app.cases.forms import TeamForm
from app.cases.views.shared import act, blueprint, crumbs, names
from app.web import Needs, Subject, say
from tenants.policy import Permission
from tenants.vocabulary import Tag

_ASSIGN = Needs(Permission.CASE_ASSIGN, of=service.load_case)
_TEAM = "/cases/<uuid:case_id>/team"


@blueprint.route(_TEAM, access=_ASSIGN, records=Tag.CASE_FORM_VIEWED)
def team(subject: Subject) -> Any:
    """Show who works on the case, and who could."""
    return _page(subject, _form(subject))


@blueprint.route(_TEAM, access=_ASSIGN, records=Tag.TEAM_ASSIGNED, methods=("POST",))
def assign(subject: Subject) -> Any:
    """Put a person on the case."""
    form = _form(subject)

    def work() -> None:
        role, account_id = form.chosen()
        service.assign(subject, account_id, role)

    status = act(form, work)
    if status:
        return _page(subject, form), status
    return _back(subject)


@blueprint.route(
    f"{_TEAM}/<uuid:member_id>/release",
    access=_ASSIGN,
    records=Tag.TEAM_RELEASED,
    methods=("POST",),
)
def release(subject: Subject, member_id: UUID) -> Any:
    """Take a person off the case."""
    service.release(subject, member_id)
    return _back(subject)


def _form(subject: Subject) -> TeamForm:
    form = TeamForm()
    form.offer(service.candidates(subject.id))
    return form


def _page(subject: Subject, form: TeamForm) -> str:
    members = service.members(subject.id)
    return render_template(
        "cases/team.html",
        subject=subject,
        form=form,
        members=members,
        both=service.in_two_teams(members),
        crumbs=crumbs(subject),
        **names(),
    )


def _back(subject: Subject) -> Any:
    say("team-changed")
    return redirect(url_for("cases.team", case_id=subject.id), 303)
