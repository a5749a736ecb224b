"""The panels of referrals on the case page and on the home page."""

from typing import Any

from flask_babel import gettext as _

from app.referrals import service
from app.referrals.views.shared import names
from app.web import Subject
from tenants.context import Person, Role, acting_person
from tenants.policy import Permission, permits

Part = tuple[str, dict[str, Any]]


def case_part(subject: Subject) -> Part | None:
    """Return the panel with the referrals of a case."""
    may_refer = not subject.standing.closed and permits(
        acting_person(), Permission.REFERRAL_CREATE, subject.standing
    )
    lines = service.lines(service.for_case(subject.id))
    return "referrals/case_part.html", {
        "section": ("referrals", _("Referrals")),
        "case_id": subject.id,
        "lines": lines,
        "may_refer": may_refer,
        **names(),
    }


def home_part(person: Person) -> Part | None:
    """Return what waits: for a partner the unanswered ones, for a team answers and late ones."""
    if person.has(Role.PARTNER_OFFICER):
        return "referrals/home_partner.html", {"lines": service.waiting(person), **names()}
    if person.has(Role.CASE_OFFICER, Role.COMPANION):
        lines = service.news(person)
        return ("referrals/home_team.html", {"lines": lines, **names()}) if lines else None
    return None
