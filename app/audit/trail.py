"""Who has processed the data of one survivor: her right to know, with staff and others reduced.

Access under the law on personal data includes the trail of processing (UU 27/2022). Staff are
people too, and need protection where violence is near: each is named by role and initials. Third
parties are left out: what was done with their data is not hers to have, so names of their fields,
details, ids and addresses go into no line.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import and_, select

from app.accounts import service as accounts
from app.audit import plain, words
from app.audit.entries import parsed
from tenants import audit, registry
from tenants.audit import AuditEvent, AuditLeaf
from tenants.context import Role
from tenants.database import db
from tenants.errors import Missing
from tenants.vocabulary import Outcome, Tag

MOST = 50_000
"""Steps of one case; a case of ten years has a few thousand."""
SHOWN = 400
_THIRD_PARTIES = ("alleged_perpetrator.",)


@dataclass(frozen=True, slots=True)
class Step:
    """One act on the case, reduced to what the survivor may have.

    Attributes:
        index, leaf: its place in the signed log and its fingerprint there, once it has one.
        actor: who acted; tells two people of the same initials apart and is never handed out.
        initials: of whoever acted; empty when no person did, and only then.
        organisation: of a partner's officer.
        fields: names of the survivor's own fields, never what stands in them.
    """

    at: datetime
    index: int | None
    leaf: str | None
    actor: UUID | None
    initials: str
    roles: tuple[str, ...]
    organisation: str | None
    channel: str
    tag: str | None
    fields: tuple[str, ...]
    purpose: str | None
    outcome: str | None


@dataclass(frozen=True, slots=True)
class Look:
    """What one person did on one day, in words for the survivor."""

    day: date
    who: str
    what: tuple[str, ...]
    fields: tuple[str, ...]
    why: tuple[str, ...]


def steps(case_id: UUID) -> list[Step]:
    """Return every step of a case whose text is still kept, oldest first: three statements.

    Of a longer trail the newest ``MOST`` and one more, by which the caller knows: whoever makes
    many steps hides none that came after.
    """
    query = (
        select(AuditEvent.at, AuditEvent.body, AuditLeaf.index, AuditLeaf.leaf_hash)
        .join(
            AuditLeaf,
            and_(AuditLeaf.tenant_id == AuditEvent.tenant_id, AuditLeaf.event_id == AuditEvent.id),
            isouter=True,
        )
        .where(AuditEvent.case_id == case_id)
        .order_by(AuditEvent.at.desc(), AuditEvent.id.desc())
        .limit(MOST + 1)
    )
    rows: list[Any] = list(db.session.execute(query))[::-1]
    contents = [parsed(row.body) for row in rows]
    people = {UUID(one["actor"]) for one in contents if one.get("actor")}
    cards = accounts.cards(people)
    places = {key: _organisation(card) for key, card in cards.items()}
    return [_step(row, content, cards, places) for row, content in zip(rows, contents, strict=True)]


def shown(case_id: UUID) -> list[Look]:
    """Return who looked at a case, the newest day first, in words for the survivor; recorded.

    What one person did on one day stands in one line; what was refused showed nothing to anybody
    and is left out.
    """
    found = [one for one in steps(case_id) if one.outcome == Outcome.ALLOWED.value and one.actor]
    looks = _looks(found)[:SHOWN]
    audit.record(
        Tag.CASE_TRAIL_SHOWN,
        subject=("case", case_id),
        case_id=case_id,
        details={"count": len(looks)},
    )
    return looks


def initials(name: str) -> str:
    """Return a name as initials: ``Dewi Contoh, S.Psi.`` becomes ``D.C.``; a dash for none.

    They are never empty: that would say that nobody acted.
    """
    words_of = name.partition(",")[0].split() or name.split()
    letters = [next((one for one in word if one.isalpha()), "") for word in words_of[:6]]
    return "".join(f"{one.upper()}." for one in letters if one) or "–"


def _looks(found: Iterable[Step]) -> list[Look]:
    zone = ZoneInfo(registry.profile().identity.timezone)
    days: dict[tuple[date, UUID | None, str], list[Step]] = {}
    for step in found:
        who = plain.who(step.initials, step.roles, step.organisation)
        key = (step.at.astimezone(zone).date(), step.actor, who)
        days.setdefault(key, []).append(step)
    looks = [
        Look(
            day,
            who,
            what=_once(words.sentence(one.tag) for one in several),
            fields=_once(plain.field(name) for one in several for name in one.fields),
            why=_once(text for step in several for text in plain.why(step.purpose, step.roles)),
        )
        for (day, _, who), several in days.items()
    ]
    return sorted(looks, key=lambda look: look.day, reverse=True)


def _once(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))


def _step(
    row: Any,
    content: dict[str, Any],
    cards: dict[UUID, accounts.Card],
    places: dict[UUID, str | None],
) -> Step:
    actor = UUID(content["actor"]) if content.get("actor") else None
    card = cards.get(actor) if actor else None
    return Step(
        at=row.at,
        index=row.index,
        leaf=row.leaf_hash.hex() if row.leaf_hash else None,
        actor=actor,
        initials=initials(card.name) if card else ("–" if actor else ""),
        roles=tuple(content.get("roles", ())),
        organisation=places.get(actor) if actor else None,
        channel=content.get("channel", ""),
        tag=content.get("tag"),
        fields=tuple(
            name for name in content.get("fields", ()) if not name.startswith(_THIRD_PARTIES)
        ),
        purpose=content.get("purpose") if content.get("fields") else None,
        outcome=content.get("outcome"),
    )


def _organisation(card: accounts.Card) -> str | None:
    if card.organisation_id is None or Role.PARTNER_OFFICER not in card.roles:
        return None
    try:
        return registry.organisation(card.organisation_id).name
    except Missing:
        return None
