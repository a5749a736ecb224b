"""Reads a profile from its TOML file: strictly, with errors that name the line."""

from __future__ import annotations

import re
import tomllib
from dataclasses import MISSING, dataclass, fields
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tenants.context import AGENCY_ROLES, Role
from tenants.profile import (
    EVIDENCE,
    KINDS,
    NUMBERS,
    OWN,
    PARAF_ROLES,
    RECORDED,
    SERVICES,
    WATCH,
    Count,
    Duty,
    Identity,
    Letterhead,
    Narrowing,
    Numbering,
    Oversight,
    Partner,
    Profile,
    Retention,
)
from tenants.profile_values import TYPES, is_day, is_number
from tenants.rules import rule_for

MOST_YEARS = 100
MOST_DAYS = 250
_T = TypeVar("_T")
_SLUG = re.compile(r"[a-z][a-z0-9-]{1,40}")
_OPTIONAL = frozenset({"policy", "retention", "paraf", "duties", "history", "oversight"})
_NUMBER_PARTS = frozenset({"classification", "number", "unit", "month_roman", "year"})


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a profile file; ``line`` counts from 1."""

    line: int
    key: str
    message: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.key}: {self.message}"


class ProfileError(Exception):
    """A profile cannot be used; ``faults`` holds all that was found."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


def parse(source: str) -> Profile:
    """Read a profile from TOML text.

    Raises:
        ProfileError: with every fault found, each naming its line and key.
    """
    try:
        content = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        line = int(found[1]) if found else 1
        raise ProfileError([Fault(line, "file", str(error))]) from None
    reader = _Reader(content, source)
    profile = reader.profile()
    if reader.faults or profile is None:
        raise ProfileError(sorted(reader.faults, key=lambda fault: fault.line))
    return profile


class _Reader:
    """Checks a parsed TOML document against the profile's tables and collects the faults."""

    def __init__(self, content: dict[str, Any], source: str) -> None:
        self.content = content
        self.lines = source.splitlines()
        self.faults: list[Fault] = []

    def profile(self) -> Profile | None:
        known = {"identity", "letterhead", "numbering", "partners", "roles", "deadlines", "legal"}
        known |= {"policy", "retention", "paraf", "working_days", "calendar"}
        for key in self.content.keys() - known - NUMBERS.keys() - _OPTIONAL:
            self.fault((key,), "is not known here")
        identity = self.table(Identity, "identity")
        letterhead = self.table(Letterhead, "letterhead")
        numbering = self.table(Numbering, "numbering")
        partners = self.partners()
        roles = self.roles()
        deadlines = self.deadlines()
        numbers = {name: self.numbers(name) for name in NUMBERS}
        begins, ends = (
            numbers["watch"].get(key, WATCH[key][0]) for key in ("work_begins", "work_ends")
        )
        if begins >= ends:
            self.fault(("watch", "work_ends"), "must be later than work_begins")
        bases = self.content.get("legal", {}).get("printed_bases", [])
        if not isinstance(bases, list) or not all(isinstance(base, str) for base in bases):
            self.fault(("legal", "printed_bases"), "must be a list of keys")
            bases = []
        if identity is None or letterhead is None or numbering is None:
            return None
        self.check(identity, letterhead, numbering)
        return Profile(
            identity,
            letterhead,
            numbering,
            partners,
            roles,
            deadlines,
            bases,
            **numbers,
            working_days=self.working_days(deadlines),
            joint_leave=self.joint_leave(),
            retention=self.retention(),
            policy=self.policy(),
            paraf=self.paraf(),
            duties=self.duties({one.key for one in partners}),
            history=self.rows(Count, "history"),
            oversight=self.table(Oversight, "oversight") if "oversight" in self.content else None,
        )

    def check(self, identity: Identity, letterhead: Letterhead, numbering: Numbering) -> None:
        self.check_identity(identity)
        self.check_letterhead(letterhead)
        self.check_pattern(("numbering", "pattern"), numbering.pattern)
        for family, pattern in (numbering.patterns or {}).items():
            self.check_pattern(("numbering", "patterns", family), pattern)
        if "default" not in numbering.classification:
            self.fault(("numbering", "classification"), "needs a default")

    def check_pattern(self, key: tuple[str, ...], pattern: str) -> None:
        parts = set(re.findall(r"{(\w+)(?::[^}]*)?}", pattern))
        if "number" not in parts or "year" not in parts:
            self.fault(key, "must hold {number} and {year}")
        for part in sorted(parts - _NUMBER_PARTS):
            self.fault(key, f"does not know {{{part}}}")

    def check_identity(self, identity: Identity) -> None:
        if not _SLUG.fullmatch(identity.slug):
            self.fault(("identity", "slug"), "must be lower-case letters, digits and hyphens")
        try:
            ZoneInfo(identity.timezone)
        except (ZoneInfoNotFoundError, ValueError):
            self.fault(("identity", "timezone"), "is not a time zone such as Asia/Jakarta")

    def check_letterhead(self, letterhead: Letterhead) -> None:
        if letterhead.paper not in {"A4", "F4"}:
            self.fault(("letterhead", "paper"), "must be A4 or F4")
        if not 10 <= letterhead.font_size <= 13:
            self.fault(("letterhead", "font_size"), "must be 10 to 13 points")
        if not 1 <= len(letterhead.address) <= 4:
            self.fault(("letterhead", "address"), "must have one to four lines")
        if not re.fullmatch(r"#[0-9a-f]{6}", letterhead.emblem_colour):
            self.fault(("letterhead", "emblem_colour"), "must be like #1f5d4c")
        margins = letterhead.margins
        if margins is not None and (len(margins) != 4 or not all(10 <= m <= 45 for m in margins)):
            self.fault(("letterhead", "margins"), "must be four numbers of 10 to 45 millimetres")

    def table(self, kind: type[_T], name: str) -> _T | None:
        return self.read(kind, self.content.get(name), (name,))

    def partners(self) -> list[Partner]:
        entries = self.content.get("partners", [])
        if not isinstance(entries, list) or not entries:
            self.fault(("partners",), "needs at least one [[partners]]")
            return []
        found: list[Partner] = []
        for place, entry in enumerate(entries):
            partner = self.read(Partner, entry, ("partners", str(place)))
            if partner is None:
                continue
            if partner.kind not in KINDS:
                self.fault(("partners", str(place), "kind"), f"must be one of {sorted(KINDS)}")
            for service in sorted(set(partner.services) - SERVICES):
                self.fault(("partners", str(place), "services"), f"does not know {service!r}")
            if any(partner.key == other.key for other in found):
                self.fault(("partners", str(place), "key"), "stands twice")
            found.append(partner)
        return found

    def roles(self) -> dict[str, str]:
        roles = self.content.get("roles", {})
        for key in roles.keys() - set(Role):
            self.fault(("roles", key), "is not a role")
        for role in sorted(AGENCY_ROLES | {Role.PARTNER_OFFICER}):  # others sign nothing here
            if not isinstance(roles.get(role.value), str) or not roles[role.value].strip():
                self.fault(("roles", role.value), "needs the agency's title for this role")
        return dict(roles)

    def deadlines(self) -> dict[str, int]:
        deadlines = self.content.get("deadlines", {})
        for key, hours in deadlines.items():
            if not isinstance(hours, int) or isinstance(hours, bool) or not 0 < hours <= 8784:
                self.fault(("deadlines", key), "must be a number of hours, 1 to 8784")
        return dict(deadlines)

    def working_days(self, hours: dict[str, int]) -> dict[str, int]:
        """Return deadlines in working days; one that also stands in hours is a fault."""
        found = self.content.get("working_days", {})
        for key, days in found.items():
            if not is_number(days) or not 0 < days <= MOST_DAYS:
                self.fault(("working_days", key), f"must be working days, 1 to {MOST_DAYS}")
            if key in hours:
                self.fault(("working_days", key), "stands among the deadlines in hours as well")
        return dict(found)

    def joint_leave(self) -> list[str]:
        """Return the days of joint leave; each is written as 2026-12-24."""
        given = self.content.get("calendar", {})
        found = given.get("joint_leave", []) if isinstance(given, dict) else None
        if not isinstance(found, list) or not all(map(is_day, found)):
            self.fault(("calendar", "joint_leave"), "must be a list of days such as 2026-12-24")
            return []
        return [str(day) for day in found]

    def policy(self) -> tuple[Narrowing, ...]:
        """Return where the agency is stricter; what would loosen the policy is a fault."""
        entries = self.content.get("policy", [])
        if not isinstance(entries, list):
            self.fault(("policy",), "must be written as [[policy]]")
            return ()
        found = []
        for place, entry in enumerate(entries):
            key = ("policy", str(place))
            one = self.read(Narrowing, entry, key)
            if one is None:
                continue
            rule = rule_for(one.role, one.relation, one.field_class)
            if rule is None:
                self.fault(key, "there is no rule for this role, relation and field_class")
                continue
            for name in ("shown", "on_demand", "written"):
                level, most = getattr(one, name), getattr(rule, name)
                if level is not None and not 0 <= level <= most:
                    self.fault((*key, name), f"may only narrow: 0 to {most}")
            found.append(one)
        return tuple(found)

    def paraf(self) -> dict[str, str]:
        """Return who reads the letters of which family before they are signed."""
        given = self.content.get("paraf", {})
        if not isinstance(given, dict):
            self.fault(("paraf",), "must be a table of families and roles")
            return {}
        roles = sorted(role.value for role in PARAF_ROLES)
        for family, role in given.items():
            if role not in roles:
                self.fault(("paraf", family), f"must be one of {roles}")
        return {family: role for family, role in given.items() if role in roles}

    def rows(self, kind: type[_T], name: str) -> tuple[_T, ...]:
        """Return the rows written as ``[[name]]``; a faulty one is left out."""
        entries = self.content.get(name, [])
        if not isinstance(entries, list):
            self.fault((name,), f"must be written as [[{name}]]")
            return ()
        found = [self.read(kind, entry, (name, str(place))) for place, entry in enumerate(entries)]
        return tuple(one for one in found if one is not None)

    def duties(self, partners: set[str]) -> tuple[Duty, ...]:
        """Return the duty register; whoever has a duty must be known, and the rule complete."""
        found = self.rows(Duty, "duties")
        keys = [one.key for one in found]
        for place, one in enumerate(found):
            for name, message in _wrong(one, partners, keys):
                self.fault(("duties", str(place), name), message)
        return found

    def numbers(self, name: str) -> dict[str, int]:
        """Return the agency's own numbers of one table; wrong ones are faults and left out."""
        found: dict[str, int] = {}
        given = self.content.get(name, {})
        if not isinstance(given, dict):
            self.fault((name,), "must be a table of numbers")
            return found
        for key, value in given.items():
            if key not in NUMBERS[name]:
                self.fault((name, key), "is not known here")
                continue
            _usual, least, greatest = NUMBERS[name][key]
            if is_number(value) and least <= value <= greatest:
                found[key] = value
            else:
                self.fault((name, key), f"must be a number, {least} to {greatest}")
        return found

    def retention(self) -> Retention | None:
        """Return the rule by which texts go; none is a choice, half of one is a fault."""
        if "retention" not in self.content:
            return None
        found = self.table(Retention, "retention")
        if found is not None and not 1 <= found.audit_years <= MOST_YEARS:
            self.fault(("retention", "audit_years"), f"must be 1 to {MOST_YEARS} years")
        return found

    def fault(self, key: tuple[str, ...], message: str) -> None:
        self.faults.append(Fault(self.line(key), ".".join(key), message))

    def line(self, key: tuple[str, ...]) -> int:
        """Find the line of a key: its table's header, then the key below it."""
        header, rest = key[0], key[1:]
        wanted = 0
        if rest and rest[0].isdecimal():
            wanted, rest = int(rest[0]), rest[1:]
        start = self.header(header, wanted)
        return self.below(header, start, rest[0]) if rest else start

    def header(self, name: str, wanted: int) -> int:
        """Return the line of the ``wanted``-th table of this name, or of the key itself."""
        table = re.compile(rf"\s*\[\[?\s*{re.escape(name)}\s*\]")
        key = re.compile(rf"\s*(\[\[?\s*)?{re.escape(name)}\b")
        found = [at for at, text in enumerate(self.lines, 1) if table.match(text)]
        if wanted < len(found):
            return found[wanted]
        return next((at for at, text in enumerate(self.lines, 1) if key.match(text)), 1)

    def below(self, header: str, start: int, name: str) -> int:
        """Return the line of ``name`` in the table that begins at line ``start``."""
        key = re.compile(rf"\s*(\[{re.escape(header)}\.)?{re.escape(name)}\s*(=|\])")
        other = re.compile(rf"\s*\[(?!{re.escape(header)}\.)")
        for at, text in enumerate(self.lines[start:], start + 1):
            if key.match(text):
                return at
            if other.match(text):
                break
        return start

    def read(self, kind: type[_T], entry: Any, key: tuple[str, ...]) -> _T | None:
        """Make a ``kind`` of a TOML table; every wrong, missing or unknown key is a fault."""
        if not isinstance(entry, dict):
            self.fault(key, "is missing")
            return None
        before = len(self.faults)
        known = {one.name: one for one in fields(kind)}  # type: ignore[arg-type]
        for name in entry.keys() - known.keys():
            self.fault((*key, name), "is not known here")
        for name, column in known.items():
            if name in entry:
                fits, wanted = TYPES[str(column.type)]
                if not fits(entry[name]):
                    self.fault((*key, name), f"must be {wanted}")
            elif column.default is MISSING:
                self.fault((*key, name), "is missing")
        return kind(**entry) if len(self.faults) == before else None


def _wrong(one: Duty, partners: set[str], keys: list[str]) -> list[tuple[str, str]]:
    """Return the name of each key of a duty that cannot be, and why."""
    due = one.evidence in RECORDED
    checks = (
        ("key", keys.count(one.key) > 1, "stands twice"),
        ("organisation", one.organisation not in partners | {OWN}, "is no partner"),
        ("evidence", one.evidence not in EVIDENCE, f"must be one of {sorted(EVIDENCE)}"),
        ("services", not set(one.services or ()) <= SERVICES, "does not know a service"),
        ("a_year", due != (one.a_year is not None), "belongs to what is due by the calendar"),
        ("a_year", one.a_year is not None and not 1 <= one.a_year <= 12, "must be 1 to 12"),
        ("instead_of", one.instead_of is not None and one.instead_of not in keys, "is no duty"),
        ("since", not is_day(one.since), "must be a day such as 2026-01-31"),
        ("until", one.until is not None and not is_day(one.until), "must be a day"),
    )
    return [(name, message) for name, wrong, message in checks if wrong]
