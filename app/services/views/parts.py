"""The panel of services on the page of a case, and what it says at the page's top."""

from typing import Any

from flask_babel import gettext as _

from app.cases import service as cases
from app.services import service
from app.services.views.shared import may_serve, names
from app.web import Subject

SHOWN = 4  # sessions on the page of the case; all stand on a page of their own


def case_part(subject: Subject) -> tuple[str, dict[str, Any]] | None:
    """Return the panel, with what is next and what is at risk."""
    sessions = service.sessions(subject.id)
    chosen = service.choices(subject)
    parts = service.participations(subject.id)
    may_edit = may_serve(subject)
    if not (sessions or chosen or parts or may_edit):
        return None
    people = cases.cards_beside({one.with_id for one in sessions if one.with_id})
    case = {"case_id": subject.id}

    def who(one: service.CareSession) -> str:
        return people[one.with_id].name if one.with_id in people else ""

    def where(one: service.CareSession) -> tuple[str, dict[str, Any]]:
        """Where it is done; who only reads the case finds it among the others."""
        if may_edit:
            return "services.session", case | {"session_id": one.id}
        return "services.index", case

    planned = [one for one in sessions if one.state == service.SessionState.PLANNED]
    steps = [
        cases.Step(
            _("Session with her"),
            *where(one),
            due=service.day_of(one.planned_at) if one.planned_at else None,
            who=who(one),
        )
        for one in planned
    ]
    steps += [
        cases.Step(_("Ask how she lives now"), "services.index", case, due=day)
        for _part, day in service.to_look_after(subject.id)
        if day <= cases.today()
    ]
    if may_edit and not any(one.kind == "counselling" for one in sessions):
        steps.append(cases.Step(_("Offer her the first counselling"), "services.index", case))
    alerts = [
        cases.Step(
            _("She did not come, and nobody has made sure that she is safe"),
            *where(one),
        )
        for one in service.unreached(subject.id)
    ]
    return "services/case_part.html", {
        "section": ("services", _("Services")),
        "case_id": subject.id,
        "sessions": sessions[:SHOWN],
        "choice": chosen[0] if chosen else None,
        "taking_part": sum(one.left_on is None for one in parts),
        "people": people,
        "steps": steps,
        "alerts": alerts,
        **names(),
    }
