"""What a conference gives to its letters: the invitation and the minutes are typed only once."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from app.accounts import service as accounts
from app.conferences import service
from app.conferences.codes import ConferenceState
from app.conferences.models import Conference
from app.web.access import Subject
from tenants import registry
from tenants.context import acting_person


def invitation(subject: Subject) -> Mapping[str, str | None]:
    """Return the typed fields of an invitation to the conference that is planned."""
    row = service.newest(subject.id, ConferenceState.PLANNED)
    if row is None:
        return {}
    seen = service.view(_of(subject, row))
    at = _local(row.planned_at)
    return {
        "draft.held_on": at.date().isoformat(),
        "draft.time": f"{at:%H.%M}",
        "draft.venue": seen["venue"].value,
        "draft.agenda": seen["agenda"].value,
    }


def minutes(subject: Subject) -> Mapping[str, str | None]:
    """Return the typed fields of the minutes of the newest conference that was held."""
    row = service.newest(subject.id, ConferenceState.HELD)
    if row is None or row.held_at is None:
        return {}
    conference = _of(subject, row)
    seen = service.view(conference)
    present = [one.name for one in service.members(row.id) if one.attended]
    decided = [
        f"{one.text.value} ({one.who}, {one.row.due_on:%d-%m-%Y})"
        for one in service.decisions(conference)
        if one.text.value and one.row.due_on
    ]
    return {
        "draft.held_on": _local(row.held_at).date().isoformat(),
        "draft.venue": seen["venue"].value,
        "draft.chair": accounts.card(row.chair_id).name,
        "draft.note_taker": acting_person().name,
        "draft.participants": "\n".join(present) or None,
        "draft.progress": seen["progress"].value,
        "draft.decisions": "\n".join(decided) or None,
    }


def _of(subject: Subject, row: Conference) -> Subject:
    return Subject("conference", row.id, row, subject.id, subject.standing)


def _local(at: datetime) -> datetime:
    return at.astimezone(ZoneInfo(registry.profile().identity.timezone))
