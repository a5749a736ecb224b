"""Cases: what other rooms may ask and do."""

from typing import Any

from app.cases.alongside import add_alongside, beside, cards_beside, needs_beside
from app.cases.codes import RISKS, SERVICE_NAMES, URGENCIES
from app.cases.consents import (
    SHAREABLE,
    ConsentState,
    Given,
    concerns_child,
    consented,
    consents,
    latest_expiry,
    record_consent,
    revoke_consent,
    today,
)
from app.cases.destroying import Destroyed, destroy_key, destroyed
from app.cases.editing import (
    add_note,
    edit_incident,
    edit_legal,
    edit_need,
    edit_perpetrator,
    edit_relations,
    edit_status,
    edit_survivor,
    is_legal_officer,
)
from app.cases.emergencies import (
    Emergency,
    Told,
    emergencies,
    emergency,
    end_emergency,
    living,
    load_emergency,
    open_emergency,
    own_emergencies,
    review_emergency,
    to_review,
    told,
)
from app.cases.entries import (
    IncidentEntry,
    NeedEntry,
    PerpetratorEntry,
    Report,
    SurvivorEntry,
    is_child,
)
from app.cases.intake_codes import gbvims
from app.cases.linking import Link, decide_link, links
from app.cases.listing import Filters, Line, Listed, Show, index, waiting
from app.cases.parts import Step, open_duties
from app.cases.pending import open_ids
from app.cases.reading import (
    CaseRows,
    child_diversion,
    find,
    has_sexual_violence,
    hold_open,
    load_case,
    rows,
    standing,
    team,
    with_sexual_violence,
)
from app.cases.registering import register
from app.cases.searching import TERM_LENGTH, Found, Kind, search
from app.cases.teams import TEAM_ROLES, Member, assign, candidates, in_two_teams, members, release
from app.cases.triage import Immediate, do_step
from app.cases.viewing import (
    Dossier,
    Entry,
    Reference,
    all_notes,
    declared,
    editable,
    field_names,
    legal_entry,
    look,
    related,
    reveal,
    writable,
)


def service_name(code: str) -> Any:
    """Return the word for a service in the reader's language."""
    return SERVICE_NAMES.name(code)


def risk_name(code: str) -> Any:
    """Return the word for a risk in the reader's language."""
    return RISKS.name(code)


def urgency_name(code: str) -> Any:
    """Return the word for an urgency in the reader's language."""
    return URGENCIES.name(code)


__all__ = [
    "SHAREABLE",
    "TEAM_ROLES",
    "TERM_LENGTH",
    "CaseRows",
    "ConsentState",
    "Destroyed",
    "Dossier",
    "Emergency",
    "Entry",
    "Filters",
    "Found",
    "Given",
    "Immediate",
    "IncidentEntry",
    "Kind",
    "Line",
    "Link",
    "Listed",
    "Member",
    "NeedEntry",
    "PerpetratorEntry",
    "Reference",
    "Report",
    "Show",
    "Step",
    "SurvivorEntry",
    "Told",
    "add_alongside",
    "add_note",
    "all_notes",
    "assign",
    "beside",
    "candidates",
    "cards_beside",
    "child_diversion",
    "concerns_child",
    "consented",
    "consents",
    "decide_link",
    "declared",
    "destroy_key",
    "destroyed",
    "do_step",
    "edit_incident",
    "edit_legal",
    "edit_need",
    "edit_perpetrator",
    "edit_relations",
    "edit_status",
    "edit_survivor",
    "editable",
    "emergencies",
    "emergency",
    "end_emergency",
    "field_names",
    "find",
    "gbvims",
    "has_sexual_violence",
    "hold_open",
    "in_two_teams",
    "index",
    "is_child",
    "is_legal_officer",
    "latest_expiry",
    "legal_entry",
    "links",
    "living",
    "load_case",
    "load_emergency",
    "look",
    "members",
    "needs_beside",
    "open_duties",
    "open_emergency",
    "open_ids",
    "own_emergencies",
    "record_consent",
    "register",
    "related",
    "release",
    "reveal",
    "review_emergency",
    "revoke_consent",
    "risk_name",
    "rows",
    "search",
    "service_name",
    "standing",
    "team",
    "to_review",
    "today",
    "told",
    "urgency_name",
    "waiting",
    "with_sexual_violence",
    "writable",
]
