"""Many letters approved on one page, each as it stands there and no other way."""

import re
from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for

from app.accounts import service as accounts
from app.documents import service
from app.documents.forms import ApproveSeveralForm
from app.documents.states import LetterState
from app.documents.views.shared import (
    blueprint,
    may,
    problem_sentence,
    sentence,
    several_sign,
    title_of,
)
from app.web import Needs, say
from app.web.guard import fail, start_over
from tenants import audit
from tenants.context import acting_person
from tenants.errors import Conflict, Missing, Refused
from tenants.policy import Permission
from tenants.vocabulary import Tag

MOST = 20  # letters on one page: each is put together from its case
_TICK = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}):([0-9a-f]{64})")
# Room a may ask for more than a fresh password: it is this declaration that says so.
_SEVERAL = Needs(Permission.LETTER_APPROVE_SEVERAL, fresh=True)


@blueprint.route("/letters/approvals", access=_SEVERAL, records=Tag.LETTER_QUEUE_VIEWED)
def several_form() -> Any:
    """Read the letters that wait, and tick those to approve."""
    return _page({}, frozenset())


@blueprint.route(
    "/letters/approvals", access=_SEVERAL, records=Tag.LETTER_APPROVED, methods=("POST",)
)
def approve_several() -> Any:
    """Approve all that is ticked, or say of each letter why not and approve none."""
    form = ApproveSeveralForm()
    ticked = [_TICK.fullmatch(one) for one in request.form.getlist("letter")]
    if not form.validate() or not ticked or len(ticked) > MOST or None in ticked:
        fail("nothing-ticked")
        start_over()
        return _page({}, frozenset(), sentence("nothing-ticked")), 422
    chosen = {UUID(one[1]): one[2] for one in ticked if one}
    letters = [(_mine(letter_id), seen) for letter_id, seen in chosen.items()]
    try:
        against = service.approve_several(letters)
    except (Conflict, Refused) as error:
        fail(error.reason)
        start_over()
        return _page({}, frozenset(chosen), sentence(error.reason)), 409
    if against:
        fail(min(against.values()))
        start_over()
        return _page(against, frozenset(chosen)), 409
    say("letters-approved")
    return redirect(url_for("documents.queue"), 303)


def _mine(letter_id: UUID) -> Any:
    """Return a letter that waits for the acting signatory.

    Raises:
        Missing: any other, also one of another office or one that does not exist.
    """
    subject = service.load_letter(letter_id)
    if not may(Permission.LETTER_APPROVE, subject):
        raise Missing("letter")
    return subject.row


def _page(against: dict[UUID, str], ticked: frozenset[UUID], said: str = "") -> str:
    waiting = [
        one
        for one in service.waiting_for(acting_person())
        if one.state == LetterState.SUBMITTED.value and not several_sign(one)
    ]
    authors = accounts.cards({letter.drafted_by for letter in waiting[:MOST]})
    rows = [_row(letter, authors, against, ticked) for letter in waiting[:MOST]]
    audit.record(Tag.LETTER_QUEUE_VIEWED, fields=(), details={"count": len(rows)})
    return render_template(
        "documents/several.html",
        form=ApproveSeveralForm(formdata=None, back=url_for("documents.several_form")),
        rows=rows,
        more=len(waiting) - len(rows),
        said=said,
    )


def _row(letter: Any, authors: Any, against: dict[UUID, str], ticked: frozenset[UUID]) -> Any:
    found, objections = None, []
    if letter.id in against:
        objections.append(sentence(against[letter.id]))
    try:
        found = service.review(letter)
        objections += [problem_sentence(line) for line in found.content.problems]
    except Refused as refusal:
        objections.append(sentence(refusal.reason))
    except Missing:
        objections.append(sentence("author-gone"))
    ready = found is not None and not found.content.problems
    if found is not None:
        audit.record(
            Tag.LETTER_VIEWED,
            subject=("letter", letter.id),
            case_id=letter.case_id,
            fields=service.field_names(letter),
        )
    return {
        "letter": letter,
        "title": title_of(letter.type),
        "organisation": service.addressee_name(letter),
        "author": authors.get(letter.drafted_by),
        "found": found,
        "ready": ready,
        "tick": f"{letter.id}:{found.seen}" if ready and found else "",
        "ticked": ready and letter.id in ticked and letter.id not in against,
        "objections": list(dict.fromkeys(objections)),
    }
