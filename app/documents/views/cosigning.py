"""Several who sign one letter: each in turn, each the same frozen content."""

from typing import Any

from flask import redirect, render_template, url_for

from app.accounts import service as accounts
from app.documents import service
from app.documents.forms import ApproveForm
from app.documents.states import LetterState
from app.documents.views.shared import (
    blueprint,
    crumbs,
    problem_sentence,
    sentence,
    state_of,
    title_of,
)
from app.ui.language import current as language
from app.web import Needs, Subject, say
from app.web.guard import fail
from tenants.context import acting_person
from tenants.errors import Conflict, Missing, Refused
from tenants.policy import Permission
from tenants.vocabulary import Outcome, Tag

_COSIGN = Needs(Permission.LETTER_COSIGN, of=service.load_letter, fresh=True)


@blueprint.route("/letters/<uuid:letter_id>/signature", access=_COSIGN, records=Tag.LETTER_VIEWED)
def sign_form(subject: Subject) -> Any:
    """Read what is to be signed, with a password just given."""
    return _page(subject)


@blueprint.route(
    "/letters/<uuid:letter_id>/signature",
    access=_COSIGN,
    records=Tag.LETTER_COSIGNED,
    instead=(Tag.LETTER_APPROVED,),
    methods=("POST",),
)
def sign(subject: Subject) -> Any:
    """Sign exactly what was read."""
    form = ApproveForm()
    if not form.validate():
        fail("letter-changed")
        return _page(subject, "letter-changed"), 422
    try:
        service.cosign(subject.row, form.seen.data)
    except (Conflict, Refused) as error:
        if error.reason == "letter-state":
            raise
        refused = isinstance(error, Refused)
        fail(error.reason, Outcome.REFUSED if refused else Outcome.INVALID)
        return _page(subject, error.reason), 403 if refused else 409
    say("letter-cosigned")
    return redirect(url_for("documents.view", letter_id=subject.id), 303)


def places_of(letter: Any) -> list[dict[str, Any]]:
    """Return who signs a letter, in order, in which capacity, and since when they have."""
    rows = service.signers_of(letter)
    cards = accounts.cards(row.account_id for row in rows)
    kind, turn = service.document_type(letter.type), service.signing_turn(letter)
    capacities = [one.capacity[language()] for one in kind.cosigners] + [""]
    return [
        {
            "name": cards[row.account_id].name,
            "capacity": capacity or cards[row.account_id].title or "",
            "signed_at": row.signed_at,
            "turn": row.account_id == turn,
        }
        for row, capacity in zip(rows, capacities, strict=False)
    ]


def _page(subject: Subject, reason: str = "") -> str:
    letter = subject.row
    against = [sentence(reason)] if reason else []
    mine = service.signing_turn(letter) == acting_person().id
    found, frozen, seen = None, None, ""
    if mine and letter.state == LetterState.SIGNING.value:
        said = service.frozen(letter)
        frozen, seen = _lines(letter, said), letter.snapshot_hash.hex()
    elif mine:
        try:
            found = service.review(letter)
            seen = found.seen
            against += [problem_sentence(line) for line in found.content.problems]
        except Refused as refusal:
            against = against or [sentence(refusal.reason)]
        except Missing:
            against.append(sentence("author-gone"))
    elif not against:
        against.append(sentence("not-your-turn"))
    path = url_for("documents.sign_form", letter_id=subject.id)
    return render_template(
        "documents/cosign.html",
        letter=letter,
        title=title_of(letter.type),
        state=state_of(letter),
        crumbs=crumbs(subject),
        against=against,
        found=found,
        frozen=frozen,
        ready=bool(seen) and not (found and found.content.problems),
        form=ApproveForm(formdata=None, seen=seen, back=path),
        organisation=service.addressee_name(letter),
        author=accounts.cards([letter.drafted_by]).get(letter.drafted_by),
        signers=places_of(letter),
    )


def _lines(letter: Any, said: Any) -> list[tuple[str, str, bool]]:
    """Return label, value, and whether it is a date, of each field of a frozen letter."""
    found = []
    for one in service.document_type(letter.type).fields:
        root, leaf = one.name.split(".")
        value = said["values"].get(root, {}).get(leaf)
        if value:
            found.append((one.label[language()], value, one.kind.value == "date"))
    return found
