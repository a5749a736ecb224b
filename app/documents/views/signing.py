"""The signatory's desk: what waits, reading, approving, returning, taking back."""

from typing import Any

from flask import redirect, render_template, request, url_for

from app.accounts import service as accounts
from app.documents import service
from app.documents.forms import ApproveForm, InitialForm, ReturnForm, WithdrawForm, blame
from app.documents.states import LetterState, ReturnReason, WithdrawReason
from app.documents.views.shared import (
    blueprint,
    crumbs,
    goes_to,
    may,
    problem_sentence,
    sentence,
    several_sign,
    state_of,
    title_of,
)
from app.web import Needs, Subject, say
from app.web.guard import fail
from tenants import audit
from tenants.context import acting_person
from tenants.errors import Conflict, Invalid, Missing, Refused
from tenants.policy import Permission, permits
from tenants.vocabulary import Outcome, Tag

_REVIEW = Needs(Permission.LETTER_REVIEW, of=service.load_letter)
_APPROVE_FRESH = Needs(Permission.LETTER_APPROVE, of=service.load_letter, fresh=True)
_WITHDRAW = Needs(Permission.LETTER_WITHDRAW, of=service.load_letter, fresh=True)


@blueprint.route(
    "/letters/queue", access=Needs(Permission.LETTER_QUEUE), records=Tag.LETTER_QUEUE_VIEWED
)
def queue() -> Any:
    """The letters that wait for the acting person: for a paraf, a signature, or another try."""
    person = acting_person()
    letters = [*service.to_review_by(person), *service.waiting_for(person)]
    authors = accounts.cards({letter.drafted_by for letter in letters})
    audit.record(Tag.LETTER_QUEUE_VIEWED, details={"count": len(letters)})
    rows = [
        {
            "letter": letter,
            "title": title_of(letter.type),
            "state": state_of(letter),
            "several": several_sign(letter),
            "goes_to": goes_to(letter),
            "author": authors[letter.drafted_by].name if letter.drafted_by in authors else "",
        }
        for letter in letters
    ]
    alone = [one for one in letters if not several_sign(one)]
    several = sum(one.state == LetterState.SUBMITTED.value for one in alone) > 1
    several = several and permits(person, Permission.LETTER_APPROVE_SEVERAL)
    return render_template("documents/queue.html", rows=rows, several=several)


@blueprint.route("/letters/<uuid:letter_id>/review", access=_REVIEW, records=Tag.LETTER_VIEWED)
def review(subject: Subject) -> Any:
    """Read a letter before initialling, approving or returning it."""
    return _reading(subject, "documents/review.html")


@blueprint.route(
    "/letters/<uuid:letter_id>/paraf",
    access=Needs(Permission.LETTER_INITIAL, of=service.load_letter),
    records=Tag.LETTER_INITIALLED,
    methods=("POST",),
)
def initial(subject: Subject) -> Any:
    """Put the reviewer's paraf to exactly what was read."""
    form = InitialForm()
    if not form.validate():
        fail("letter-changed")
        return _reading(subject, "documents/review.html", "letter-changed"), 422
    try:
        service.initial(subject.row, form.seen.data)
    except (Conflict, Refused) as error:
        if error.reason in {"letter-state", "no-permission"}:
            raise
        refused = isinstance(error, Refused)
        fail(error.reason, Outcome.REFUSED if refused else Outcome.INVALID)
        return _reading(subject, "documents/review.html", error.reason), 403 if refused else 409
    say("letter-initialled")
    return redirect(url_for("documents.queue"), 303)


@blueprint.route(
    "/letters/<uuid:letter_id>/approval", access=_APPROVE_FRESH, records=Tag.LETTER_VIEWED
)
def approve_form(subject: Subject) -> Any:
    """Read it once more and approve it, with a password just given."""
    return _reading(subject, "documents/approve.html")


@blueprint.route(
    "/letters/<uuid:letter_id>/approval",
    access=_APPROVE_FRESH,
    records=Tag.LETTER_APPROVED,
    methods=("POST",),
)
def approve(subject: Subject) -> Any:
    """Freeze number, date and content, and have the letter made."""
    form = ApproveForm()
    if not form.validate():
        fail("letter-changed")
        return _reading(subject, "documents/approve.html", "letter-changed"), 422
    try:
        service.approve(subject.row, form.seen.data)
    except (Conflict, Refused) as error:
        if error.reason in {"letter-state", "no-permission"}:
            raise
        refused = isinstance(error, Refused)
        fail(error.reason, Outcome.REFUSED if refused else Outcome.INVALID)
        page = _reading(subject, "documents/approve.html", error.reason)
        return page, 403 if refused else 409
    return redirect(url_for("documents.progress", letter_id=subject.id), 303)


@blueprint.route("/letters/<uuid:letter_id>/return", access=_REVIEW, records=Tag.LETTER_FORM_VIEWED)
def return_form(subject: Subject) -> Any:
    """Ask why the letter goes back."""
    return _return_page(subject, ReturnForm())


@blueprint.route(
    "/letters/<uuid:letter_id>/return",
    access=_REVIEW,
    records=Tag.LETTER_RETURNED,
    methods=("POST",),
)
def give_back(subject: Subject) -> Any:
    """Return the letter to its author."""
    form = ReturnForm()
    if not form.validate():
        return _return_page(subject, form), 422
    try:
        service.give_back(subject.row, ReturnReason(form.reason.data), form.remarks.data)
    except Invalid as fault:
        return _return_page(subject, blame(form, fault, sentence(fault.reason))), 422
    say("letter-returned")
    return redirect(url_for("documents.queue"), 303)


@blueprint.route(
    "/letters/<uuid:letter_id>/withdrawal", access=_WITHDRAW, records=Tag.LETTER_FORM_VIEWED
)
def withdraw_form(subject: Subject) -> Any:
    """Ask why a letter, or its number, is taken back."""
    return _withdraw_page(subject, WithdrawForm(back=request.path))


@blueprint.route(
    "/letters/<uuid:letter_id>/withdrawal",
    access=_WITHDRAW,
    records=Tag.LETTER_WITHDRAWN,
    instead=(Tag.LETTER_NUMBER_VOIDED,),
    methods=("POST",),
)
def withdraw(subject: Subject) -> Any:
    """Take the letter back; it is kept, and its verification page says so."""
    form = WithdrawForm()
    if not form.validate():
        return _withdraw_page(subject, form), 422
    service.withdraw(subject.row, WithdrawReason(form.reason.data))
    say("letter-withdrawn")
    return redirect(url_for("documents.view", letter_id=subject.id), 303)


def _reading(subject: Subject, template: str, reason: str = "") -> str:
    """Return the page on which reviewer and signatory read what the letter says."""
    letter = subject.row
    against, found = [sentence(reason)] if reason else [], None
    try:
        found = service.review(letter)
        against += [problem_sentence(line) for line in found.content.problems]
    except Refused as refusal:
        against = against or [sentence(refusal.reason)]
    except Missing:
        against.append(sentence("author-gone"))
    path = url_for("documents.approve_form", letter_id=subject.id)
    form = ApproveForm(formdata=None, seen=found.seen if found else "", back=path)
    return render_template(
        template,
        letter=letter,
        title=title_of(letter.type),
        state=state_of(letter),
        crumbs=crumbs(subject),
        against=against,
        found=found,
        compared=service.compare(letter, found.drawn) if found else None,
        initialling=letter.state == LetterState.REVIEW.value,
        may_approve=may(Permission.LETTER_APPROVE, subject) and not several_sign(letter),
        reviewer=accounts.cards([letter.reviewer_id]).get(letter.reviewer_id)
        if letter.reviewer_id
        else None,
        form=form,
        organisation=service.addressee_name(letter),
        author=accounts.cards([letter.drafted_by]).get(letter.drafted_by),
        preview=service.newest_preview(letter),
        usual=service.usual_time(),
    )


def _return_page(subject: Subject, form: Any) -> str:
    return render_template(
        "documents/return.html",
        form=form,
        title=title_of(subject.row.type),
        cancel_url=url_for("documents.review", letter_id=subject.id),
    )


def _withdraw_page(subject: Subject, form: WithdrawForm) -> str:
    return render_template(
        "documents/withdraw.html",
        form=form,
        letter=subject.row,
        issued=subject.row.issued_at is not None,
        cancel_url=url_for("documents.view", letter_id=subject.id),
    )
