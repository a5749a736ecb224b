"""The panel of the ministry's register on the case page."""

from typing import Any

from flask_babel import gettext as _

from app.simfoni import service
from app.web import Subject
from tenants.context import acting_person
from tenants.policy import Permission, permits

Part = tuple[str, dict[str, Any]]


def case_part(subject: Subject) -> Part | None:
    """Return when the case was entered, and the way to its sheet."""
    if not permits(acting_person(), Permission.SIMFONI_READ, subject.standing):
        return None
    return "simfoni/case_part.html", {
        "section": ("simfoni", "SIMFONI-PPA"),
        "case_id": subject.id,
        "entered_at": service.entered_at(subject.id),
        "action": _("Open the sheet"),
    }
