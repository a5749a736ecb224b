"""The inbox of a partner organisation: letters to open and to acknowledge."""

from typing import Any

from flask import redirect, render_template, url_for
from werkzeug.exceptions import ServiceUnavailable

from app.documents import service
from app.documents.views.fetching import attachment
from app.documents.views.shared import blueprint, state_of, title_of
from app.web import Needs, Subject, say
from tenants import audit
from tenants.context import Person, acting_person
from tenants.policy import Permission, permits
from tenants.vocabulary import Tag

_RECEIVE = Needs(Permission.LETTER_RECEIVE, of=service.load_delivered)


@blueprint.route(
    "/inbox/letters", access=Needs(Permission.LETTER_INBOX), records=Tag.LETTER_INBOX_VIEWED
)
def inbox() -> Any:
    """The letters to the acting officer's organisation."""
    arrived = service.inbox(acting_person())
    audit.record(Tag.LETTER_INBOX_VIEWED, details={"count": len(arrived)})
    return render_template("documents/inbox.html", rows=[_row(one) for one in arrived])


@blueprint.route(
    "/inbox/letters/<uuid:letter_id>/file", access=_RECEIVE, records=Tag.LETTER_DOWNLOADED
)
def inbox_file(subject: Subject) -> Any:
    """Hand a letter over to the organisation it is addressed to."""
    try:
        return attachment(service.fetch_delivered(subject))
    except service.StoreUnavailable:
        raise ServiceUnavailable from None


@blueprint.route(
    "/inbox/letters/<uuid:letter_id>/acknowledgement",
    access=_RECEIVE,
    records=Tag.LETTER_ACKNOWLEDGED,
    methods=("POST",),
)
def acknowledge(subject: Subject) -> Any:
    """Confirm that the letter has arrived."""
    service.acknowledge(subject)
    say("letter-acknowledged")
    return redirect(url_for("documents.inbox"), 303)


def inbox_part(person: Person) -> tuple[str, dict[str, Any]] | None:
    """The letters on the home page that nobody of the organisation has acknowledged yet."""
    if not permits(person, Permission.LETTER_INBOX):
        return None
    arrived = service.inbox(person, unanswered=True)
    if not arrived:
        return None
    return "documents/home_partner.html", {"rows": [_row(one) for one in arrived]}


def _row(one: Any) -> dict[str, Any]:
    return {
        "letter": one.letter,
        "delivery": one.delivery,
        "living": one.living,
        "title": title_of(one.letter.type),
        "state": state_of(one.letter),
    }
