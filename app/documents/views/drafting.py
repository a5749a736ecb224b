"""Writing a letter: choose its kind, fill it in, look at it, lay it before the signatory."""

from typing import Any
from uuid import UUID

from flask import redirect, render_template, url_for
from flask_babel import gettext as _
from wtforms import SelectChoice

from app.accounts import service as accounts
from app.attachments import service as attachments
from app.cases import service as cases
from app.documents import options, service
from app.documents.forms import (
    ConfirmForm,
    SubmitForm,
    blame,
    cosigners_of,
    draft_form,
    entry_of,
    submit_form,
)
from app.documents.prefilling import prefilled
from app.documents.states import RETURN_REASONS, WITHDRAW_REASONS, ReturnReason, WithdrawReason
from app.documents.views.copying import copies_of
from app.documents.views.cosigning import places_of
from app.documents.views.delegating import as_written
from app.documents.views.shared import (
    blueprint,
    crumbs,
    failed,
    goes_to,
    may,
    problem_sentence,
    sentence,
    state_of,
    title_of,
)
from app.ui.language import current as language
from app.web import Needs, Subject, say
from app.web.guard import fail
from tenants.context import acting_person
from tenants.errors import Invalid, Missing, Refused
from tenants.policy import Permission
from tenants.vocabulary import Outcome, Tag

_DRAFT = Needs(Permission.LETTER_DRAFT, of=service.load_letter)
_READ = Needs(Permission.LETTER_READ, of=service.load_letter)
_CASE = Needs(Permission.LETTER_DRAFT, of=cases.load_case)


@blueprint.route("/cases/<uuid:case_id>/letters/new", access=_CASE, records=Tag.LETTER_FORM_VIEWED)
def choose(subject: Subject) -> Any:
    """Choose what kind of letter to write; those the case does not allow say why."""
    return _choose_page(subject)


@blueprint.route(
    "/cases/<uuid:case_id>/letters/new/<key>", access=_CASE, records=Tag.LETTER_FORM_VIEWED
)
def create_form(subject: Subject, key: str) -> Any:
    """Fill in a new letter."""
    kind = service.document_type(key)
    against = service.obstacle(kind, subject.id)
    if against:
        fail(against, Outcome.REFUSED)
        return _choose_page(subject, sentence(against)), 403
    offered = options.for_letter(kind, subject.id, subject.standing)
    typed = prefilled(key, subject)
    given = service.Entry(typed=typed) if typed is not None else None
    return _form_page(kind, draft_form(kind, offered, given), subject.id)


@blueprint.route(
    "/cases/<uuid:case_id>/letters/new/<key>",
    access=_CASE,
    records=Tag.LETTER_DRAFTED,
    methods=("POST",),
)
def create(subject: Subject, key: str) -> Any:
    """Begin the letter."""
    kind = service.document_type(key)
    form = draft_form(kind, options.for_letter(kind, subject.id, subject.standing))
    if not form.validate():
        return _form_page(kind, form, subject.id), 422
    try:
        letter = service.create(subject.id, key, entry_of(form, kind))
    except Invalid as fault:
        return _form_page(kind, blame(form, fault, sentence(fault.reason)), subject.id), 422
    except Refused as refusal:
        fail(refusal.reason, Outcome.REFUSED)
        return _form_page(kind, form, subject.id, against=sentence(refusal.reason)), 403
    say("letter-saved")
    return redirect(url_for("documents.view", letter_id=letter.id), 303)


@blueprint.route("/letters/<uuid:letter_id>", access=_READ, records=Tag.LETTER_VIEWED)
def view(subject: Subject) -> Any:
    """One letter: where it stands and what can be done now."""
    return _letter_page(subject)


@blueprint.route("/letters/<uuid:letter_id>/edit", access=_DRAFT, records=Tag.LETTER_FORM_VIEWED)
def edit_form(subject: Subject) -> Any:
    """Change a draft."""
    letter = subject.row
    kind = service.document_type(letter.type)
    offered = options.for_letter(kind, letter.case, subject.standing)
    return _form_page(kind, draft_form(kind, offered, service.entry(letter)), letter.case, letter)


@blueprint.route(
    "/letters/<uuid:letter_id>/edit",
    access=_DRAFT,
    records=Tag.LETTER_EDITED,
    methods=("POST",),
)
def edit(subject: Subject) -> Any:
    """Keep the changed draft."""
    letter = subject.row
    kind = service.document_type(letter.type)
    form = draft_form(kind, options.for_letter(kind, letter.case, subject.standing))
    if not form.validate():
        return _form_page(kind, form, letter.case, letter), 422
    try:
        service.save(letter, entry_of(form, kind))
    except Invalid as fault:
        shown = blame(form, fault, sentence(fault.reason))
        return _form_page(kind, shown, letter.case, letter), 422
    except Refused as refusal:
        fail(refusal.reason, Outcome.REFUSED)
        page = _form_page(kind, form, letter.case, letter, against=sentence(refusal.reason))
        return page, 403
    say("letter-saved")
    return redirect(url_for("documents.view", letter_id=letter.id), 303)


@blueprint.route(
    "/letters/<uuid:letter_id>/submit",
    access=_DRAFT,
    records=Tag.LETTER_SUBMITTED,
    methods=("POST",),
)
def submit(subject: Subject) -> Any:
    """Lay the draft before the signatory, or say what is missing."""
    form = _submit_form(subject.row)
    if not form.validate():
        return _letter_page(subject, form=form), 422
    reviewer = UUID(form.reviewer.data) if form.reviewer else None
    try:
        signatory, _mark, delegation = form.signatory.data.partition(":")
        chosen = UUID(delegation) if delegation else None
        others = cosigners_of(form)
        problems = service.submit(subject.row, UUID(signatory), reviewer, chosen, others)
    except Invalid as fault:
        return _letter_page(subject, form=blame(form, fault, sentence(fault.reason))), 422
    except Refused as refusal:
        fail(refusal.reason, Outcome.REFUSED)
        return _letter_page(subject, form=form, against=[sentence(refusal.reason)]), 403
    if problems:
        fail("letter-not-ready")
        return _letter_page(subject, form=form, against=map(problem_sentence, problems)), 422
    say("letter-in-review" if subject.row.reviewer_id else "letter-submitted")
    return redirect(url_for("documents.view", letter_id=subject.id), 303)


@blueprint.route("/letters/<uuid:letter_id>/discard", access=_DRAFT, records=Tag.LETTER_FORM_VIEWED)
def discard_form(subject: Subject) -> Any:
    """Ask before a draft is thrown away."""
    return render_template(
        "documents/discard.html",
        form=ConfirmForm(),
        title=title_of(subject.row.type),
        cancel_url=url_for("documents.view", letter_id=subject.id),
    )


@blueprint.route(
    "/letters/<uuid:letter_id>/discard",
    access=_DRAFT,
    records=Tag.LETTER_DISCARDED,
    methods=("POST",),
)
def discard(subject: Subject) -> Any:
    """Throw the draft away."""
    service.discard(subject.row)
    say("letter-discarded")
    return redirect(url_for("cases.view", case_id=subject.case_id), 303)


@blueprint.route(
    "/letters/<uuid:letter_id>/replacement",
    access=_DRAFT,
    records=Tag.LETTER_DRAFTED,
    methods=("POST",),
)
def replacement(subject: Subject) -> Any:
    """Begin the letter that is to replace this one."""
    made = service.replace(subject.row)
    say("letter-saved")
    return redirect(url_for("documents.edit_form", letter_id=made.id), 303)


def _choose_page(subject: Subject, against: str = "") -> str:
    found = sorted(service.offers(subject.id), key=lambda one: one.kind.title[language()])
    offers = [
        {
            "key": one.kind.key,
            "title": one.kind.title[language()],
            "goes_to": one.goes_to,
            "against": sentence(one.obstacle) if one.obstacle else "",
        }
        for one in found
    ]
    back = [(url_for("cases.view", case_id=subject.id), _("Case"))]
    return render_template(
        "documents/choose.html",
        offers=offers,
        case_id=subject.id,
        against=against,
        crumbs=back,
        closed=subject.standing.closed,
    )


def _form_page(
    kind: service.DocumentType,
    form: Any,
    case_id: UUID,
    letter: Any = None,
    *,
    against: str = "",
) -> str:
    if letter is None:
        back = url_for("documents.choose", case_id=case_id)
    else:
        back = url_for("documents.view", letter_id=letter.id)
    return render_template(
        "documents/draft.html",
        form=form,
        title=kind.title[language()],
        needed={f"typed_{one.name.split('.')[1]}" for one in kind.draft_fields if one.required},
        taken=[one.label[language()] for one in kind.case_fields],
        statutory=kind.statutory_basis is not None,
        back=back,
        against=against,
        case_url=url_for("cases.view", case_id=case_id),
    )


def _submit_form(letter: Any) -> SubmitForm:
    form = submit_form(service.places_of(letter))
    if service.needs_paraf(letter):
        reviewers = service.reviewers(letter)
        form.reviewer.choices = [
            SelectChoice(str(one.id), f"{one.name} – {one.title}" if one.title else one.name)
            for one in reviewers
        ]
    else:
        del form.reviewer
    form.signatory.choices = [
        SelectChoice(f"{one.card.id}:{one.delegation.id}", f"{one.card.name} – {as_written(one)}")
        if one.delegation
        else SelectChoice(str(one.card.id), one.card.name)
        for one in service.signing_choices()
    ]
    return form


def _letter_page(subject: Subject, *, form: Any = None, against: Any = None) -> str:
    letter = subject.row
    changing = service.may_change(letter) and may(Permission.LETTER_DRAFT, subject)
    objections = list(against or ())
    if changing and against is None:
        objections = _objections(letter)
    preview = service.newest_preview(letter) if letter.approved_at is None else None
    people = accounts.cards(
        one
        for one in (
            letter.drafted_by,
            letter.reviewer_id,
            letter.signatory_id,
            letter.withdrawn_by,
        )
        if one
    )
    later = service.successor(letter)
    delivery = service.delivery_of(letter) if letter.issued_at else None
    on_paper = bool(letter.issued_at) and service.signed_on_paper(letter.type)
    papers = attachments.signed_papers(letter.id) if on_paper else []
    return render_template(
        "documents/letter.html",
        letter=letter,
        title=title_of(letter.type),
        state=state_of(letter),
        crumbs=crumbs(subject),
        changing=changing,
        objections=objections,
        form=form or (_submit_form(letter) if changing else None),
        preview=preview,
        preview_failure=failed(preview.failure, letter.type) if preview else "",
        failure=failed(letter.failure, letter.type) if letter.failure else "",
        people=people,
        organisation=service.addressee_name(letter),
        goes_to=goes_to(letter),
        signers=places_of(letter),
        my_turn=service.signing_turn(letter) == acting_person().id,
        remarks=service.remarks(letter),
        return_reason=_words(RETURN_REASONS, ReturnReason, letter.return_reason),
        withdraw_reason=_words(WITHDRAW_REASONS, WithdrawReason, letter.withdraw_reason),
        may_review=may(Permission.LETTER_REVIEW, subject),
        may_withdraw=may(Permission.LETTER_WITHDRAW, subject),
        may_download=may(Permission.LETTER_DOWNLOAD, subject),
        may_replace=may(Permission.LETTER_DRAFT, subject),
        replaced=service.find(letter.supersedes_id) if letter.supersedes_id else None,
        later=later,
        delivery=delivery,
        on_paper=on_paper,
        papers=papers,
        scanned_by=accounts.cards({one.uploaded_by for one in papers}) if papers else {},
        may_open_case=may(Permission.CASE_READ, subject),
        may_add=may(Permission.CASE_EDIT, subject),
        copies=copies_of(letter) if letter.issued_at else [],
        may_certify=may(Permission.LETTER_CERTIFY, subject),
        receivers=service.delivery_people(delivery) if delivery else {},
    )


def _objections(letter: Any) -> list[str]:
    try:
        return [problem_sentence(line) for line in service.obstacles(letter)]
    except Refused as refusal:
        return [sentence(refusal.reason)]
    except Missing:
        return [sentence("author-gone")]


def _words(names: Any, kind: Any, code: str | None) -> str:
    return str(names[kind(code)]) if code else ""
