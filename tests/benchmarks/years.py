"""Five years of one agency's log, invented: as many events as are asked for, the same each time."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from tenants.vocabulary import Tag

DAYS = 5 * 365
CASES = 20_000
PEOPLE = 60
# What a day is made of: tag, of which a case is part, weight.
ACTS = (
    (Tag.HOME_VIEWED, False, 14),
    (Tag.CASES_LISTED, False, 12),
    (Tag.CASE_VIEWED, True, 30),
    (Tag.FIELD_REVEALED, True, 12),
    (Tag.CASE_EDITED, True, 6),
    (Tag.LETTERS_LISTED, False, 4),
    (Tag.LETTER_VIEWED, True, 6),
    (Tag.LETTER_DOWNLOADED, True, 2),
    (Tag.SESSION_OPENED, False, 5),
    (Tag.PERSON_VIEWED, False, 1),
    (Tag.CONSENT_RECORDED, True, 1),
    (Tag.REFERRAL_CREATED, True, 1),
)
ROLES = (
    *["case_officer"] * 24,
    *["companion"] * 16,
    *["intake_officer"] * 8,
    *["supervisor"] * 4,
    *["partner_officer"] * 4,
    "signatory",
    "administrator",
    *["auditor"] * 2,
)
OUTCOMES = ("allowed", "refused", "missing", "invalid", "failed")
OUTCOME_WEIGHTS = (970, 15, 8, 6, 1)
PURPOSES = ("handling", "contact", "safety", "identification", "supervision", "statutory_report")
PURPOSE_WEIGHTS = (880, 50, 30, 25, 14, 1)


@dataclass(frozen=True)
class Event:
    """One invented event: a line for COPY, and its parts that questions are made of."""

    id: str
    at: str
    body: str


def people(of_world: list[UUID]) -> list[str]:
    """Ids of everybody who acts: the agency's own accounts first."""
    rng = random.Random(1)
    made = [str(one) for one in of_world]
    return made + [_uuid(rng) for _ in range(PEOPLE - len(made))]


def cases() -> list[str]:
    """Ids of all cases, in the order in which they were registered."""
    rng = random.Random(2)
    return [_uuid(rng) for _ in range(CASES)]


def code(number: int) -> str:
    """The code of a case."""
    return f"K-{number:06d}"


def events(
    count: int, until: datetime, persons: list[str], registered_in_all: int = CASES
) -> Iterator[Event]:
    """Yield ``count`` events of the five years before ``until``, in the order of time."""
    rng, known = random.Random(3), cases()
    first = until - timedelta(days=DAYS)
    weights = [0.08 if (first + timedelta(days=n)).weekday() >= 5 else 1.0 for n in range(DAYS)]
    whole, done, registered, spent = sum(weights), 0, 0, 0.0
    for number, weight in enumerate(weights):
        spent += weight
        today = round(count * spent / whole) - done
        begin = first + timedelta(days=number)
        due = round(registered_in_all * spent / whole)
        yield from _day(rng, begin, today, persons, known, range(registered, due))
        done, registered = done + today, due


def _day(
    rng: random.Random,
    begin: datetime,
    count: int,
    persons: list[str],
    known: list[str],
    new: range,
) -> Iterator[Event]:
    """A day's events: most in working hours, most about cases of the last weeks."""
    midnight = begin.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    seconds = sorted(
        rng.uniform(3_600, 36_000) if rng.random() < 0.97 else rng.uniform(0, 86_000)
        for _ in range(count)
    )
    acts = rng.choices(ACTS, [act[2] for act in ACTS], k=count)
    outcomes = rng.choices(OUTCOMES, OUTCOME_WEIGHTS, k=count)
    purposes = rng.choices(PURPOSES, PURPOSE_WEIGHTS, k=count)
    coming = list(new)
    oldest = max(0, new.stop - 400)
    for place, second in enumerate(seconds):
        tag, of_case, _ = acts[place]
        actor = int(PEOPLE * rng.random() ** 1.5)
        case, details, outcome = "null", "{}", outcomes[place]
        if coming and outcome == "allowed":
            number = coming.pop(0)
            tag, case = Tag.CASE_REGISTERED, f'"{known[number]}"'
            details = f'{{"channel":"direct","code":"{code(number)}"}}'
        elif of_case and new.stop:
            case = f'"{known[rng.randrange(oldest, new.stop)]}"'
        at = (midnight + timedelta(seconds=second)).isoformat(timespec="microseconds")
        at, event_id = f"{at[:26]}Z", _uuid(rng)
        fields = '["survivor.full_name","survivor.phone"]' if of_case else "[]"
        kind = '"case"' if case != "null" else "null"
        yield Event(
            event_id,
            at,
            f'{{"actor":"{persons[actor]}","address":"203.0.113.{actor * 4 % 251}","at":"{at}",'
            f'"case":{case},"channel":"web","details":{details},"fields":{fields},'
            f'"id":"{event_id}","object_id":{case},"object_kind":{kind},"outcome":"{outcome}",'
            f'"purpose":"{purposes[place]}","reason":null,"request":"{_uuid(rng)}",'
            f'"roles":["{ROLES[actor % len(ROLES)]}"],"salt":"{rng.getrandbits(128):032x}",'
            f'"tag":"{tag.code}"}}',
        )


def _uuid(rng: random.Random) -> str:
    made = f"{rng.getrandbits(128):032x}"
    return f"{made[:8]}-{made[8:12]}-4{made[13:16]}-8{made[17:20]}-{made[20:]}"
