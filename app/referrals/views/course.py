"""The agency's answers while a referral lives, and after: reply, take note, take over."""

from typing import Any
from uuid import UUID

from flask import redirect, url_for

from app.referrals import service
from app.referrals.codes import ReferralState, TakeOverReason
from app.referrals.forms import MessageForm, SharedTaskForm, TakeOverForm
from app.referrals.views.shared import act, ask, back_of, blueprint
from app.web import Needs, Subject, say
from tenants.policy import Permission
from tenants.vocabulary import Tag

_REFER = Needs(Permission.REFERRAL_CREATE, of=service.load_sent)
_ONE = "/cases/<uuid:case_id>/referrals/<uuid:referral_id>"


@blueprint.route(f"{_ONE}/reply", access=_REFER, records=Tag.REFERRAL_FORM_VIEWED)
def reply_form(subject: Subject) -> Any:
    """Ask for the answer to what the organisation wants to know."""
    if subject.row.state != ReferralState.ASKED:
        return redirect(_sent(subject), 303)
    return ask("reply", subject, MessageForm())


@blueprint.route(f"{_ONE}/reply", access=_REFER, records=Tag.REFERRAL_REPLIED, methods=("POST",))
def reply(subject: Subject) -> Any:
    """Answer what the organisation wants to know."""
    form = MessageForm()
    return act(
        "reply",
        subject,
        form,
        lambda: service.reply(subject, form.text.data),
        _sent(subject),
        "saved",
    )


@blueprint.route(
    f"{_ONE}/acknowledge", access=_REFER, records=Tag.REFERRAL_ACKNOWLEDGED, methods=("POST",)
)
def acknowledge(subject: Subject) -> Any:
    """Take note of the result."""
    service.acknowledge(subject)
    say("saved")
    return redirect(_sent(subject), 303)


@blueprint.route(f"{_ONE}/take-over", access=_REFER, records=Tag.REFERRAL_FORM_VIEWED)
def take_over_form(subject: Subject) -> Any:
    """Ask why the office gives the service itself."""
    return ask("take_over", subject, TakeOverForm())


@blueprint.route(
    f"{_ONE}/take-over", access=_REFER, records=Tag.REFERRAL_TAKEN_OVER, methods=("POST",)
)
def take_over(subject: Subject) -> Any:
    """Have the office give the service itself."""
    form = TakeOverForm()
    return act(
        "take_over",
        subject,
        form,
        lambda: service.take_over(subject, TakeOverReason(form.reason.data)),
        _sent(subject),
        "referral-taken-over",
    )


@blueprint.route(f"{_ONE}/tasks/new", access=_REFER, records=Tag.TASK_FORM_VIEWED)
def our_task_form(subject: Subject) -> Any:
    """Ask what is to be done, whose turn it is, and by when."""
    return ask("task", subject, SharedTaskForm())


@blueprint.route(f"{_ONE}/tasks/new", access=_REFER, records=Tag.TASK_ADDED, methods=("POST",))
def our_task(subject: Subject) -> Any:
    """Put something on the list that both sides see."""
    form = SharedTaskForm()
    return act(
        "task",
        subject,
        form,
        lambda: service.add_task(subject, form.kind.data, form.side.data, form.due_on.data),
        back_of(subject),
        "task-added",
    )


@blueprint.route(
    f"{_ONE}/tasks/<uuid:task_id>/done", access=_REFER, records=Tag.TASK_DONE, methods=("POST",)
)
def our_task_done(subject: Subject, task_id: UUID) -> Any:
    """Say that something on that list is done."""
    service.finish_task(subject, task_id)
    say("task-done")
    return redirect(back_of(subject), 303)


def _sent(subject: Subject) -> str:
    return url_for("referrals.sent", case_id=subject.case_id, referral_id=subject.id)
