"""The profile of an agency: who it is, its paper, its partners, its own numbers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from typing import Any

from tenants.context import Role

KINDS = frozenset(
    {
        "hospital",
        "police",
        "social_services",
        "religious_affairs",
        "legal_aid",
        "protection_agency",
        "court",
        "university",
        "ngo",
    }
)
SERVICES = frozenset(  # the services of SIMFONI-PPA, and visum (domain reference, section 2)
    {
        "complaint",
        "health",
        "visum",
        "psychology",
        "legal_aid",
        "law_enforcement",
        "social_rehabilitation",
        "safe_house",
        "reintegration",
        "repatriation",
        "religious_accompaniment",
        "mediation",
    }
)
WATCH: dict[str, tuple[int, int, int]] = {
    "emergencies_unreviewed": (1, 1, 1000),  # on one day
    "outside_team_cases": (3, 1, 1000),  # different cases on one day
    "cases_in_an_hour": (15, 2, 1000),
    "off_hours_acts": (5, 1, 1000),  # on one day
    "refusals": (5, 1, 1000),  # on one day
    "highest_reveals": (10, 1, 1000),  # on one day
    "work_begins": (7, 0, 23),  # hours of the office's own clock, Monday to Friday
    "work_ends": (17, 1, 24),
}
"""From when on the auditors' desk calls something unusual: the usual value, least, greatest."""
LIMITS: dict[str, tuple[int, int, int]] = {
    "reveals_a_day": (200, 5, 5000),  # hidden values that one person opens
    "searches_a_day": (200, 5, 5000),
    "emergencies_a_day": (3, 1, 50),
    "uploads_a_day": (100, 5, 1000),  # photographs and papers that one person adds
    "emergency_minutes": (60, 10, 480),  # how long one lasts
}
"""What one person may do on one day of the office: the usual value, least, greatest."""
PARAF_ROLES = frozenset({Role.SUPERVISOR, Role.SIGNATORY})
"""Who may be asked to read a letter and put a paraf to it before it is signed."""
ESCALATION: dict[str, tuple[int, int, int]] = {
    "remind_percent": (25, 5, 90),  # of a deadline's length, before it is over
    "chair_after_hours": (24, 1, 720),  # after it is over: then the chair of the network hears
}
"""When a deadline is told of, and to whom: the usual value, least, greatest."""
NUMBERS = {"watch": WATCH, "limits": LIMITS, "escalation": ESCALATION}
"""Every table of the profile that holds numbers of the agency's own."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the agency is."""

    slug: str
    regency: str
    agency: str
    network: str
    network_decree: str
    timezone: str = "Asia/Jakarta"


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What stands on its paper. Margins in millimetres, font size in points."""

    government: str
    agency: str
    address: list[str]
    place: str
    emblem_text: str
    emblem_colour: str
    unit: str | None = None
    mandates: list[str] | None = None
    paper: str = "F4"
    font: str = "Arimo"
    font_size: int = 12
    margins: list[int] | None = None


@dataclass(frozen=True, slots=True)
class Numbering:
    """How letters are numbered: ``{number}`` runs without a gap per register and year.

    Attributes:
        patterns: for families of letters that are numbered otherwise.
    """

    pattern: str
    unit: str
    classification: dict[str, str]
    patterns: dict[str, str] | None = None

    def pattern_of(self, family: str) -> str:
        """Return how the letters of a family are numbered."""
        return (self.patterns or {}).get(family, self.pattern)


@dataclass(frozen=True, slots=True)
class Partner:
    """A partner organisation and how a letter to it is addressed."""

    key: str
    name: str
    kind: str
    addressee: str
    place: str
    services: list[str]
    attention: str | None = None


@dataclass(frozen=True, slots=True)
class Retention:
    """For how many years the access log keeps its texts, and by which rule of law."""

    audit_years: int
    audit_basis: str


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Where the agency is stricter than the policy: up to which level, None for as it is.

    Role, relation and class are the codes of the policy's rule that it narrows.
    """

    role: str
    relation: str
    field_class: str
    shown: int | None = None
    on_demand: int | None = None
    written: int | None = None


OWN = "agency"
"""Stands for the agency itself where a duty names an organisation."""
EVIDENCE = frozenset(
    {
        "referral",  # what it did with referrals of the services
        "meeting",  # entered by staff: it came to a meeting of the network, or did not
        "data_exchange",  # entered by staff: it handed data over, or did not
        "register",  # entered by staff: it showed its own register, or did not
        "reconciliation",  # a month's case data compared to the end
        "case_registered",
        "team_assigned",
        "need_met",
        "referral_sent",
        "taken_over",  # referrals of the services that the agency took over
    }
)
"""Kinds of event that show whether a duty was performed."""
RECORDED = frozenset({"meeting", "data_exchange", "register", "reconciliation"})
"""Those that are due so many times a year."""


@dataclass(frozen=True, slots=True)
class Duty:
    """What an organisation of the network has to do by a decree.

    Attributes:
        organisation: key of a partner, or ``agency``.
        since, until: first and last day of the decree's force, ISO 8601.
        evidence: which events show it (``EVIDENCE``); ``services`` narrows them.
        a_year: how often it is due, where it is due by the calendar.
        instead_of: key of another's duty that this one stands in for; it was never agreed to.
    """

    key: str
    organisation: str
    title: str
    decree: str
    since: str
    evidence: str
    services: list[str] | None = None
    a_year: int | None = None
    instead_of: str | None = None
    until: str | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """A figure of a year from before Teduh, as its source gives it; units never mix."""

    year: int
    count: int
    unit: str
    scope: str
    source: str


@dataclass(frozen=True, slots=True)
class Oversight:
    """Whom the agency writes to when an organisation does not do what it agreed to."""

    chair: str
    regent: str
    place: str


@dataclass(frozen=True, slots=True)
class Profile:
    """Everything an agency tells about itself.

    Attributes:
        roles: the agency's own title for each role.
        deadlines: hours by name of the service.
        working_days: the same in working days; a service stands in one of the two.
        joint_leave: days of joint leave (cuti bersama), as in a joint decree of the ministers.
        printed_bases: keys of legal bases that the agency's legal officer has confirmed.
        watch, limits, escalation: the agency's own numbers, where they differ from ``NUMBERS``.
        retention: when the log's texts may go; None keeps everything.
        policy: where it is stricter than the policy; it is never less strict.
        paraf: which role reads a letter before it is signed, by family of letters.
        duties: the duty register of the network, of every decree so far.
        history: figures of years before Teduh.
        oversight: to whom the network's failures are reported.
    """

    identity: Identity
    letterhead: Letterhead
    numbering: Numbering
    partners: list[Partner]
    roles: dict[str, str]
    deadlines: dict[str, int]
    printed_bases: list[str]
    watch: dict[str, int] = field(default_factory=dict)
    limits: dict[str, int] = field(default_factory=dict)
    escalation: dict[str, int] = field(default_factory=dict)
    working_days: dict[str, int] = field(default_factory=dict)
    joint_leave: list[str] = field(default_factory=list)
    retention: Retention | None = None
    policy: tuple[Narrowing, ...] = ()
    paraf: dict[str, str] = field(default_factory=dict)
    duties: tuple[Duty, ...] = ()
    history: tuple[Count, ...] = ()
    oversight: Oversight | None = None

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Profile:
        """Rebuild a profile from what :meth:`document` gave."""
        return cls(
            identity=Identity(**document["identity"]),
            letterhead=Letterhead(**document["letterhead"]),
            numbering=Numbering(**document["numbering"]),
            partners=[Partner(**partner) for partner in document["partners"]],
            roles=document["roles"],
            deadlines=document["deadlines"],
            printed_bases=document["printed_bases"],
            **{name: document.get(name, {}) for name in NUMBERS},
            working_days=document.get("working_days", {}),
            joint_leave=document.get("joint_leave", []),
            policy=tuple(Narrowing(**one) for one in document.get("policy", ())),
            paraf=document.get("paraf", {}),
            retention=Retention(**kept) if (kept := document.get("retention")) else None,
            duties=tuple(Duty(**one) for one in document.get("duties", ())),
            history=tuple(Count(**one) for one in document.get("history", ())),
            oversight=Oversight(**one) if (one := document.get("oversight")) else None,
        )

    def document(self) -> str:
        """Return the profile as one canonical JSON text."""
        return json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)

    def digest(self) -> str:
        """Return the SHA-256 of :meth:`document` in hex."""
        return sha256(self.document().encode()).hexdigest()

    def settings(self) -> dict[str, Any]:
        """Return every setting by its path, as ``letterhead.paper``; a partner's by its key."""
        found: dict[str, Any] = {}

        def walk(path: str, value: Any) -> None:
            if isinstance(value, dict):
                for name, inner in value.items():
                    walk(f"{path}.{name}" if path else name, inner)
            elif path == "partners":
                for one in value:
                    walk(f"{path}.{one['key']}", one)
            else:
                found[path] = value

        walk("", json.loads(self.document()))
        return found

    def role_title(self, role: Role) -> str:
        """Return the agency's own title for a role."""
        return self.roles.get(role.value, role.value)

    def threshold(self, name: str) -> int:
        """Return the agency's threshold, or the usual one.

        Raises:
            KeyError: there is no such threshold.
        """
        return self.watch.get(name, WATCH[name][0])

    def limit(self, name: str) -> int:
        """Return how often, or how long, one person may.

        Raises:
            KeyError: there is no such limit.
        """
        return self.limits.get(name, LIMITS[name][0])

    def escalation_number(self, name: str) -> int:
        """Return when a deadline is told of.

        Raises:
            KeyError: there is no such number.
        """
        return self.escalation.get(name, ESCALATION[name][0])
