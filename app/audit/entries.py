"""Events as the auditor reads them: found by what is indexed, a page at a time.

Paging goes by the key (moment, id) of the last line, never by counting lines from the start: a
page deep in a log of millions costs as much as the first.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    func,
    literal,
    or_,
    select,
    tuple_,
)

from app.accounts import service as accounts
from app.audit import words
from app.audit.indexed import ALLOWED, held, meant, tagged
from app.ui.fields import purpose_label
from app.web.access import Subject
from tenants import audit, clock, registry
from tenants.audit import AuditEvent
from tenants.clock import now
from tenants.context import Purpose, Role, current
from tenants.database import db
from tenants.errors import Invalid, Missing
from tenants.vocabulary import Outcome, Tag

PAGE = 50
LOOKS = 200  # the newest looks at one case
NOT_ALLOWED = frozenset(Outcome) - {Outcome.ALLOWED}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events: each part that is given narrows the search.

    Attributes:
        tags, outcomes: any of these; empty for all.
        since, until: days of the tenant's own calendar, both included.
    """

    person: UUID | None = None
    role: Role | None = None
    case_id: UUID | None = None
    tag: Tag | None = None
    tags: frozenset[Tag] = frozenset()
    outcomes: frozenset[Outcome] = frozenset()
    purpose: Purpose | None = None
    since: date | None = None
    until: date | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Cursor:
    """The place of one event in the order of time."""

    at: datetime
    id: UUID

    def __str__(self) -> str:
        return f"{audit.stamp(self.at)}_{self.id}"

    @classmethod
    def parse(cls, written: str) -> "Cursor":
        """Read what ``str`` wrote.

        Raises:
            Invalid: it is not a place.
        """
        moment, _, event_id = written.partition("_")
        try:
            at = datetime.fromisoformat(moment)
            if at.tzinfo is None:
                raise ValueError
            return cls(at, UUID(event_id))
        except ValueError:
            raise Invalid("place", "unknown") from None


@dataclass(frozen=True, slots=True)
class Entry:
    """One event, ready to be read; the words are in the reader's language.

    Attributes:
        who: the person's present name, or who stands for nobody.
        case_code: of the case concerned; never a link, an auditor opens no case.
        kind: the shape of the outcome's badge (macro ``status``).
        pruned: its text is no longer kept; then only ``at`` is known.
        content: the whole event without its salt.
    """

    id: UUID
    at: datetime
    who: str
    roles: str
    case_code: str | None
    pruned: bool
    content: dict[str, Any] = field(repr=False)

    @property
    def what(self) -> str:
        """What was done, as a sentence."""
        return words.sentence(self.content.get("tag"))

    @property
    def fields(self) -> list[str]:
        """The confidential fields concerned, by name."""
        return [words.field_name(name) for name in self.content.get("fields", ())]

    @property
    def purpose(self) -> str:
        """For what purpose; said only where a confidential field was concerned."""
        code = self.content.get("purpose")
        if code is None or not self.content.get("fields"):
            return ""
        return purpose_label(Purpose(code)) if code in set(Purpose) else str(code)

    @property
    def kind(self) -> str:
        """The shape of the outcome's badge."""
        return words.OUTCOMES[self._outcome][0] if self._outcome else "neutral"

    @property
    def outcome(self) -> str:
        """How it ended."""
        return str(words.OUTCOMES[self._outcome][1]) if self._outcome else ""

    @property
    def reason(self) -> str:
        """Why it did not go through."""
        return words.reason(self.content.get("reason"))

    @property
    def channel(self) -> str:
        """Which door it came through."""
        return words.channel(self.content.get("channel", ""))

    @property
    def address(self) -> str:
        """From which network address."""
        return self.content.get("address") or ""

    @property
    def subject(self) -> str:
        """What kind of object it was about."""
        kind = self.content.get("object_kind")
        return str(words.OBJECTS.get(kind, kind)) if kind else ""

    @property
    def _outcome(self) -> Outcome | None:
        code = self.content.get("outcome")
        return Outcome(code) if code else None


@dataclass(frozen=True, slots=True)
class Page:
    """Some events, newest first, and where the neighbouring pages begin."""

    entries: list[Entry]
    older: Cursor | None = None
    newer: Cursor | None = None


def read(
    wanted: Wanted,
    *,
    about: Subject | None = None,
    before: Cursor | None = None,
    after: Cursor | None = None,
    limit: int = PAGE,
    records: Tag = Tag.AUDIT_DESK_VIEWED,
) -> Page:
    """Return a page of events, newest first; that it was read is recorded.

    Args:
        about: the person or case whose events they are, for the record.
        before: only events older than this place.
        after: only events newer than this place, those nearest to it.
    """
    query = _query(wanted)
    if after is not None:
        query = query.where(AuditEvent.at >= after.at, _key() > _literal(after))
        query = query.order_by(AuditEvent.at, AuditEvent.id)
    else:
        if before is not None:
            query = query.where(AuditEvent.at <= before.at, _key() < _literal(before))
        query = query.order_by(AuditEvent.at.desc(), AuditEvent.id.desc())
    rows = list(db.session.execute(query.limit(limit + 1)).all())
    more, rows = len(rows) > limit, rows[:limit]
    if after is not None:
        rows.reverse()
    audit.record(
        records,
        subject=(about.kind, about.id) if about else None,
        case_id=about.case_id if about else None,
        details={"count": len(rows)},
    )
    if not rows:
        return Page([])
    first, last = Cursor(rows[0].at, rows[0].id), Cursor(rows[-1].at, rows[-1].id)
    return Page(
        _entries(rows),
        older=last if more or after is not None else None,
        newer=first if before is not None or (after is not None and more) else None,
    )


def who_looked(
    case_id: UUID, person: UUID | None = None, when: tuple[datetime, datetime] | None = None
) -> list[Entry]:
    """Return the newest events of one case, newest first: who did what, which fields, what for.

    Does not record: the page that shows them does (``Tag.CASE_ACCESS_LISTED``, with the count).

    Args:
        person, when: only what this person did, and between when; no number of other acts, before
            or after, hides a value that was opened.
    """
    query = _query(Wanted(case_id=case_id, person=person))
    if when is not None:
        opened = and_(AuditEvent.tag == Tag.FIELD_REVEALED.code, AuditEvent.outcome == ALLOWED)
        query = query.where(AuditEvent.at.between(*when)).order_by(opened.desc())
    newest = query.order_by(AuditEvent.at.desc(), AuditEvent.id.desc()).limit(LOOKS)
    return _entries(db.session.execute(newest).all())


def find_event(event_id: UUID) -> AuditEvent:
    """Return one event of the bound tenant.

    Raises:
        Missing: there is none.
    """
    found = db.session.get(AuditEvent, (current().tenant_id, event_id))
    if found is None:
        raise Missing("audit_event")
    return found


def load_event(event_id: UUID) -> Subject:
    """Load one event for a route.

    Raises:
        Missing: there is none in the bound tenant.
    """
    event = find_event(event_id)
    return Subject("audit_event", event.id, event, case_id=event.case_id)


def entry(event: AuditEvent) -> Entry:
    """Return one event ready to be read."""
    return _entries([event])[0]


def find_case(code: str) -> UUID:
    """Return the case that was registered under a code.

    The log itself knows: so it also finds a case whose key is destroyed.

    Raises:
        Missing: the log knows no such case.
    """
    registered = tagged(Tag.CASE_REGISTERED)
    query = select(AuditEvent.case_id).where(registered, AuditEvent.case_code == code).limit(1)
    found = db.session.scalar(query)
    if found is None:
        raise Missing("case")
    return found


def load_case(case_id: UUID) -> Subject:
    """Load a case for a route of the desk, as the log knows it: its code and nothing else.

    Raises:
        Missing: the log holds no event of such a case in the bound tenant.
    """
    known = select(AuditEvent.id).where(AuditEvent.case_id == case_id).limit(1)
    if db.session.scalar(known) is None:
        raise Missing("case")
    return Subject("case", case_id, _case_codes({case_id}).get(case_id), case_id=case_id)


def refusals(days: int) -> int:
    """Return how many acts of the last ``days`` days were refused."""
    query = (
        select(func.count())
        .select_from(AuditEvent)
        .where(
            AuditEvent.outcome != ALLOWED,
            AuditEvent.outcome == Outcome.REFUSED.value,
            AuditEvent.at >= now() - timedelta(days=days),
        )
    )
    return db.session.scalar(query) or 0


def _query(wanted: Wanted) -> Select[UUID, datetime, UUID | None, str | None]:
    return select(AuditEvent.id, AuditEvent.at, AuditEvent.case_id, AuditEvent.body).where(
        *_conditions(wanted)
    )


def _conditions(wanted: Wanted) -> Iterable[ColumnElement[bool]]:
    exactly = (
        (AuditEvent.actor_id, wanted.person),
        (AuditEvent.case_id, wanted.case_id),
        (AuditEvent.tag, wanted.tag and wanted.tag.code),
        (AuditEvent.address, wanted.address),
    )
    yield from (column == value for column, value in exactly if value is not None)
    if wanted.tags:
        yield AuditEvent.tag.in_(sorted(tag.code for tag in wanted.tags))
    if wanted.outcomes:
        yield _outcome_in(wanted.outcomes)
    if wanted.purpose is not None:
        yield meant(wanted.purpose)
    if wanted.role is not None:
        yield held(wanted.role)
    zone = registry.profile().identity.timezone
    if wanted.since is not None:
        yield AuditEvent.at >= clock.begins(wanted.since, zone)
    if wanted.until is not None and wanted.until < date.max:  # no day follows the last of all
        yield AuditEvent.at < clock.begins(wanted.until + timedelta(days=1), zone)


def _outcome_in(outcomes: Collection[Outcome]) -> ColumnElement[bool]:
    if outcomes == NOT_ALLOWED:
        return AuditEvent.outcome != ALLOWED
    listed = or_(
        *(AuditEvent.outcome == one.value for one in sorted(outcomes, key=lambda one: one.value))
    )
    if Outcome.ALLOWED in outcomes:
        return listed
    # With the partial index's words, so that refusals are found without reading all the rest.
    return and_(AuditEvent.outcome != ALLOWED, listed)


def _entries(rows: Sequence[Any]) -> list[Entry]:
    """Make rows readable with one statement for the names and one for the case codes."""
    contents = [parsed(row.body) for row in rows]
    people = {UUID(one["actor"]) for one in contents if one.get("actor")}
    cards = accounts.cards(people) if people else {}
    codes = _case_codes({row.case_id for row in rows if row.case_id is not None})
    return [
        Entry(
            id=row.id,
            at=row.at,
            who=_who(content, {key: card.name for key, card in cards.items()}),
            roles=words.role_names(content.get("roles", [])),
            case_code=codes.get(row.case_id),
            pruned=row.body is None,
            content=content,
        )
        for row, content in zip(rows, contents, strict=True)
    ]


def parsed(body: str | None) -> dict[str, Any]:
    """Return an event's content without its salt, which would undo what pruning is for."""
    content: dict[str, Any] = json.loads(body) if body is not None else {}
    content.pop("salt", None)
    return content


def _who(content: dict[str, Any], names: dict[UUID, str]) -> str:
    if not content:
        return ""
    if content.get("actor") is None:
        return words.nobody(content.get("channel", ""))
    return names.get(UUID(content["actor"])) or words.somebody_gone()


def _case_codes(case_ids: set[UUID]) -> dict[UUID, str]:
    if not case_ids:
        return {}
    query = select(AuditEvent.case_id, AuditEvent.case_code.label("code")).where(
        tagged(Tag.CASE_REGISTERED), AuditEvent.case_id.in_(case_ids)
    )
    return {row.case_id: row.code for row in db.session.execute(query) if row.case_id}


def _key() -> Any:
    return tuple_(AuditEvent.at, AuditEvent.id)


def _literal(cursor: Cursor) -> Any:
    return tuple_(literal(cursor.at), literal(cursor.id))
