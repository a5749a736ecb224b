"""How the making of letters stands, for the administrator: nothing of what a letter is about."""

from typing import Any

from flask import redirect, render_template, url_for

from app.documents import service
from app.documents.views.shared import blueprint, failed, title_of
from app.web import Needs, Subject, say
from tenants import audit
from tenants.clock import now
from tenants.policy import Permission
from tenants.vocabulary import Tag


@blueprint.route("/workers", access=Needs(Permission.WORKERS_WATCH), records=Tag.WORKERS_VIEWED)
def workers() -> Any:
    """What waits and since when, what failed, what stopped and why, and who works."""
    health = service.health()
    audit.record(Tag.WORKERS_VIEWED, details={"stopped": len(health.stopped)})
    queues = [
        ("letters", health.letters),
        ("previews", health.previews),
        ("copies", health.copies),
    ]
    return render_template(
        "documents/workers.html",
        health=health,
        queues=[(name, one, now() - one.oldest if one.oldest else None) for name, one in queues],
        stopped=[
            {
                "letter": letter,
                "title": title_of(letter.type),
                "why": failed(letter.failure, letter.type),
            }
            for letter in health.stopped
        ],
    )


@blueprint.route(
    "/workers/letters/<uuid:letter_id>/retry",
    access=Needs(Permission.WORKERS_WATCH, of=service.load_stopped),
    records=Tag.LETTER_RETRIED,
    methods=("POST",),
)
def retry_stopped(subject: Subject) -> Any:
    """Have a letter that stopped tried again, as it was approved."""
    service.retry(subject.row)
    say("letter-retried")
    return redirect(url_for("documents.workers"), 303)
