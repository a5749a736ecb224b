"""Services: what other rooms may ask and do."""

from collections.abc import Iterable
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import update

from app.cases import service as cases
from app.services.choosing import choices, choose
from app.services.codes import (
    CHOICES,
    PILLAR_OF,
    PILLARS,
    SESSION_KINDS,
    SESSION_STATE_KINDS,
    SESSION_STATES,
    Pillar,
    SessionKind,
    SessionState,
)
from app.services.models import CareSession, LegalChoice, Livelihood, Participation
from app.services.programmes import (
    begin_programme,
    end_programme,
    join,
    leave,
    livelihoods,
    load_participation,
    load_programme,
    look_after,
    participations,
    programmes,
    running,
    to_look_after,
)
from app.services.reading import Seen, Services, reveal, services
from app.services.sessions import (
    day_of,
    end_session,
    load_session,
    offer,
    reached,
    sessions,
    unoffered,
    unreached,
)
from tenants.database import db

TABLES = (CareSession, LegalChoice, Participation, Livelihood)
"""What the page of a case reads along with its own."""


def pillar_of(kind: str) -> Pillar:
    """Return to which pillar a session of this kind belongs."""
    return PILLAR_OF[SessionKind(kind)]


def set_about_child(survivor_id: UUID, is_child: bool) -> None:
    """Let what was written of her sessions be protected as a child's, or no longer."""
    sessions_of_hers = update(CareSession).where(CareSession.survivor_id == survivor_id)
    db.session.execute(sessions_of_hers.values(about_child=is_child))


def duties(case_id: UUID) -> Iterable[cases.Step]:
    """Name what of the services a closure waits for."""
    case = {"case_id": case_id}
    survivors = [one.id for one in cases.rows(case_id).survivors]
    if unoffered(case_id, survivors):
        yield cases.Step(_("Counselling was not offered to her yet"), "services.index", case)
    for one in unreached(case_id):
        what = _("She did not come, and nobody has made sure that she is safe")
        yield cases.Step(what, "services.session", case | {"session_id": one.id})
    for one in sessions(case_id):
        if one.state == SessionState.PLANNED:
            yield cases.Step(
                _("A session is planned"), "services.session", case | {"session_id": one.id}
            )
    if any(one.left_on is None for one in participations(case_id)):
        yield cases.Step(_("She still takes part in a programme"), "services.index", case)


def happenings(case_id: UUID) -> Iterable[cases.Happened]:
    """Name what of the services belongs into the course of a case."""
    for one in sessions(case_id):
        kind = str(SESSION_KINDS.name(one.kind))
        what = str(SESSION_STATES.name(one.state))
        badge = SESSION_STATE_KINDS[one.state]
        yield cases.Happened(one.ended_at or one.offered_at, kind, badge, text=what)
    for chosen in cases.beside(case_id, LegalChoice):
        wish = str(CHOICES.name(chosen.choice))
        yield cases.Happened(chosen.recorded_at, _("What she wants of the law"), text=wish)


__all__ = [
    "PILLARS",
    "TABLES",
    "CareSession",
    "LegalChoice",
    "Livelihood",
    "Participation",
    "Seen",
    "Services",
    "SessionState",
    "begin_programme",
    "choices",
    "choose",
    "day_of",
    "duties",
    "end_programme",
    "end_session",
    "happenings",
    "join",
    "leave",
    "livelihoods",
    "load_participation",
    "load_programme",
    "load_session",
    "look_after",
    "offer",
    "participations",
    "pillar_of",
    "programmes",
    "reached",
    "reveal",
    "running",
    "services",
    "sessions",
    "set_about_child",
    "to_look_after",
    "unoffered",
    "unreached",
]
