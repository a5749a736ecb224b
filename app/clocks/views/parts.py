"""The panel of deadlines on the case page."""

from typing import Any

from flask_babel import gettext as _

from app.clocks import service
from app.clocks.views.pages import names
from app.web import Subject
from tenants.context import acting_person
from tenants.policy import Permission, permits


def case_part(subject: Subject) -> tuple[str, dict[str, Any]] | None:
    """Return what must happen in a case by when; nothing where no clock runs."""
    running = service.for_case(subject.id)
    if not running:
        return None
    may_edit = not subject.standing.closed and permits(
        acting_person(), Permission.CASE_EDIT, subject.standing
    )
    return "clocks/case_part.html", {
        "section": ("deadlines", _("Deadlines")),
        "running": running,
        "may_edit": may_edit,
        **names(),
    }
