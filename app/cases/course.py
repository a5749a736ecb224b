"""The course of a case: what happened when, from every room; nothing is decrypted for it."""

from collections.abc import Iterable
from uuid import UUID

from flask_babel import gettext as _

from app.accounts import service as accounts
from app.cases.closing_codes import RESULTS
from app.cases.models import Case, Closure, Consent, FollowUp, Note, TeamMember
from app.cases.parts import HAPPENINGS, Happened
from app.cases.reading import gather
from app.web.access import Subject


def course(subject: Subject) -> list[Happened]:
    """Return what happened in a case, the newest first."""
    case: Case = subject.row
    found = [Happened(case.registered_at, _("The report was taken"), "active")]
    for room in (_own, *HAPPENINGS):
        found += room(case.id)
    return sorted(found, key=lambda one: one.at, reverse=True)


def _own(case_id: UUID) -> Iterable[Happened]:
    rows = gather(case_id, Note, TeamMember, Consent, Closure, FollowUp)
    people = accounts.cards(
        {one.author_id for one in rows.of(Note)}
        | {one.account_id for one in rows.of(TeamMember)}
        | {one.recorded_by for one in rows.of(Consent)}
    )
    for note in rows.of(Note):
        yield Happened(note.written_at, _("A note was written"), actor=people[note.author_id].name)
    for member in rows.of(TeamMember):
        name = people[member.account_id].name
        yield Happened(member.assigned_at, _("Came into the team"), "active", name)
        if member.released_at:
            yield Happened(member.released_at, _("Left the team"), actor=name)
    for consent in rows.of(Consent):
        who = people[consent.recorded_by].name
        yield Happened(consent.recorded_at, _("She allowed an organisation something"), actor=who)
        if consent.revoked_at:
            yield Happened(consent.revoked_at, _("She took a consent back"), "warn")
    for closure in rows.of(Closure):
        yield Happened(closure.confirmed_at or closure.proposed_at, _("Closing the case"), "good")
        if closure.reopened_at:
            yield Happened(closure.reopened_at, _("The case was opened again"), "active")
    for asked in rows.of(FollowUp):
        if asked.done_at and asked.result:
            yield Happened(
                asked.done_at, _("Asking after her"), text=str(RESULTS.name(asked.result))
            )
