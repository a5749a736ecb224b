"""The partner's pages after the first look: receipt, question, progress, result, own figures."""

from typing import Any
from uuid import UUID

from flask import redirect, render_template, url_for

from app.referrals import service
from app.referrals.codes import AT_WORK, Outcome, ReferralState
from app.referrals.forms import DoneForm, MessageForm, ReceiveForm, SharedTaskForm
from app.referrals.views.shared import act, ask, back_of, blueprint
from app.web import Needs, Subject, say
from tenants.policy import Permission
from tenants.vocabulary import Tag

_ANSWER = Needs(Permission.REFERRAL_ANSWER, of=service.load_referral)
_SIGN = Needs(Permission.REFERRAL_ANSWER, of=service.load_referral, fresh=True)
_ONE = "/referrals/<uuid:referral_id>"


@blueprint.route(f"{_ONE}/receipt", access=_SIGN, records=Tag.REFERRAL_FORM_VIEWED)
def receive_form(subject: Subject) -> Any:
    """Ask to sign for having received the referral."""
    return _asked("receive", subject, ReceiveForm(), subject.row.received_at is None)


@blueprint.route(f"{_ONE}/receipt", access=_SIGN, records=Tag.REFERRAL_RECEIVED, methods=("POST",))
def receive(subject: Subject) -> Any:
    """Sign for having received the referral."""
    return act(
        "receive",
        subject,
        ReceiveForm(),
        lambda: service.receive(subject),
        _view(subject),
        "saved",
    )


@blueprint.route(f"{_ONE}/question", access=_ANSWER, records=Tag.REFERRAL_FORM_VIEWED)
def ask_back_form(subject: Subject) -> Any:
    """Ask what the organisation has to know first."""
    asked = subject.row.state == ReferralState.REQUESTED
    return _asked("ask_back", subject, MessageForm(), asked)


@blueprint.route(
    f"{_ONE}/question", access=_ANSWER, records=Tag.REFERRAL_ASKED_BACK, methods=("POST",)
)
def ask_back(subject: Subject) -> Any:
    """Ask the office something before answering."""
    form = MessageForm()
    return act(
        "ask_back",
        subject,
        form,
        lambda: service.ask_back(subject, form.text.data),
        _view(subject),
        "referral-asked",
    )


@blueprint.route(f"{_ONE}/progress", access=_ANSWER, records=Tag.REFERRAL_FORM_VIEWED)
def progress_form(subject: Subject) -> Any:
    """Ask how the service goes on."""
    return _asked("progress", subject, MessageForm(), subject.row.state in AT_WORK)


@blueprint.route(
    f"{_ONE}/progress", access=_ANSWER, records=Tag.REFERRAL_PROGRESSED, methods=("POST",)
)
def progress(subject: Subject) -> Any:
    """Tell the office how the service goes on."""
    form = MessageForm()
    return act(
        "progress",
        subject,
        form,
        lambda: service.report(subject, form.text.data),
        _view(subject),
        "saved",
    )


@blueprint.route(f"{_ONE}/done", access=_ANSWER, records=Tag.REFERRAL_FORM_VIEWED)
def done_form(subject: Subject) -> Any:
    """Ask what came of the service."""
    return _asked("done", subject, DoneForm(), subject.row.state in AT_WORK)


@blueprint.route(f"{_ONE}/done", access=_ANSWER, records=Tag.REFERRAL_COMPLETED, methods=("POST",))
def done(subject: Subject) -> Any:
    """Say what came of the service."""
    form = DoneForm()
    return act(
        "done",
        subject,
        form,
        lambda: service.complete(subject, Outcome(form.outcome.data), form.text.data or ""),
        url_for("referrals.inbox"),
        "referral-completed",
    )


@blueprint.route(f"{_ONE}/tasks/new", access=_ANSWER, records=Tag.TASK_FORM_VIEWED)
def task_form(subject: Subject) -> Any:
    """Ask what is to be done, whose turn it is, and by when."""
    return ask("task", subject, SharedTaskForm())


@blueprint.route(f"{_ONE}/tasks/new", access=_ANSWER, records=Tag.TASK_ADDED, methods=("POST",))
def task(subject: Subject) -> Any:
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
    f"{_ONE}/tasks/<uuid:task_id>/done", access=_ANSWER, records=Tag.TASK_DONE, methods=("POST",)
)
def task_done(subject: Subject, task_id: UUID) -> Any:
    """Say that something on that list is done."""
    service.finish_task(subject, task_id)
    say("task-done")
    return redirect(back_of(subject), 303)


@blueprint.route(
    "/referrals/punctuality",
    access=Needs(Permission.REFERRAL_INBOX),
    records=Tag.REFERRAL_FIGURES_VIEWED,
)
def punctuality() -> Any:
    """Show how punctual the officer's organisation is."""
    return render_template("referrals/punctuality.html", figures=service.punctuality())


def _asked(template: str, subject: Subject, form: Any, fits: bool) -> Any:
    """Render the form, or go to the referral where it does not fit its state any more."""
    return ask(template, subject, form) if fits else redirect(_view(subject), 303)


def _view(subject: Subject) -> str:
    return url_for("referrals.view", referral_id=subject.id)
