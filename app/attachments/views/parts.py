"""The room's panel on the case page."""

from typing import Any

from flask_babel import gettext as _

from app.attachments import service
from app.attachments.views.shared import kind_name
from app.web import Subject
from tenants.context import acting_person
from tenants.policy import Permission, permits


def case_part(subject: Subject) -> tuple[str, dict[str, Any]] | None:
    """The photographs and papers of a case: what they are, never what is on them."""
    lines = service.for_case(subject.id)
    adding = not subject.standing.closed and permits(
        acting_person(), Permission.CASE_EDIT, subject.standing
    )
    if not lines and not adding:
        return None
    return "attachments/case_part.html", {
        "section": ("attachments", _("Photographs and papers")),
        "case_id": subject.id,
        "rows": [(one, kind_name(one.kind)) for one in lines],
        "adding": adding,
    }
