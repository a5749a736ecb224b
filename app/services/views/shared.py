"""The blueprint of services and what all its pages need."""

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import url_for
from flask_babel import gettext as _

from app.cases import service as cases
from app.services import codes
from app.services.forms import sentence
from app.ui.forms import Form
from app.web import GuardedBlueprint, Subject
from app.web.attempts import attempt
from tenants import registry
from tenants.context import acting_person
from tenants.errors import Invalid
from tenants.policy import Permission, permits

blueprint = GuardedBlueprint("services", "app.services", template_folder="templates")


def may_serve(subject: Subject) -> bool:
    """Tell whether the acting person may record services of this case now."""
    return not subject.standing.closed and permits(
        acting_person(), Permission.SERVE, subject.standing
    )


def act(form: Form, work: Callable[[], object]) -> int:
    """Do the work of a checked form; return 0, or the status of the page that says why not."""
    return attempt(form, work, sentence)


def crumbs(subject: Subject) -> list[tuple[str, str]]:
    """Return the way back: to the case, and from one thing to all services."""
    assert subject.case_id is not None  # noqa: S101 (every subject here has a case)
    code = cases.find(subject.case_id).code
    way = [(url_for("cases.view", case_id=subject.case_id), _("Case %(code)s", code=code))]
    if subject.kind != "case":
        way.append((url_for("services.index", case_id=subject.case_id), _("Services")))
    return way


def names() -> dict[str, Any]:
    """Return the words for codes that the templates look up."""
    return {"service_codes": codes}


def moment(day: date | None, at: time | None) -> datetime | None:
    """Return a moment where the agency is; at nine where no time is given."""
    if day is None:
        return None
    zone = ZoneInfo(registry.profile().identity.timezone)
    return datetime.combine(day, at or time(9), zone)


def uuid(text: str, field: str) -> UUID:
    """Return an id that a form sent.

    Raises:
        Invalid: ``field`` with ``unknown``.
    """
    try:
        return UUID(text)
    except ValueError:
        raise Invalid(field, "unknown") from None
