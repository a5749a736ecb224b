"""Cases: what other rooms may ask and do."""

from typing import Any

from app.cases.alongside import (
    add_alongside,
    beside,
    cards_beside,
    needs_beside,
    violence_beside,
)
from app.cases.closing import (
    ClosureEntry,
    Ending,
    close,
    confirm,
    endings,
    follow_up,
    follow_ups,
    lacks,
    need_duties,
    reopen,
    reveal_ending,
)
from app.cases.codes import (
    AGE_GROUPS,
    DESTROY_REASONS,
    GIVEN_BY,
    RISKS,
    SERVICE_NAMES,
    URGENCIES,
    VIOLENCE,
)
from app.cases.consents import (
    SHAREABLE,
    ConsentState,
    Given,
    concerns_child,
    consented,
    consented_by_organisation,
    consents,
    latest_expiry,
    record_consent,
    revoke_consent,
    today,
)
from app.cases.course import course
from app.cases.destroying import Destroyed, check_destroyable, destroy_key, destroyed
from app.cases.drafting import drafts_shown, keep_draft
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
    check_report,
    is_child,
)
from app.cases.facts import (
    CaseFact,
    Facts,
    IncidentFact,
    NeedFact,
    PerpetratorFact,
    SurvivorFact,
    closed,
    fact,
    facts,
    needs,
    readable_codes,
    readable_facts,
    registered,
)
from app.cases.intake_codes import gbvims
from app.cases.linking import Link, decide_link, links
from app.cases.listing import (
    Filters,
    Line,
    Listed,
    Show,
    index,
    readable_ids,
    waiting,
    waiting_lists,
)
from app.cases.outreach import Trip, recent, record_outreach, trips
from app.cases.parts import Happened, Step, open_duties
from app.cases.pending import open_ids
from app.cases.reading import (
    CaseRows,
    child_diversion,
    codes_of,
    find,
    has_sexual_violence,
    hold_open,
    load_case,
    rows,
    standing,
    team,
    waits_for_first_act,
)
from app.cases.registering import register
from app.cases.searching import TERM_LENGTH, Found, Kind, search
from app.cases.talking import keep_talk
from app.cases.teams import (
    TEAM_ROLES,
    Member,
    assign,
    candidates,
    hand_over,
    in_two_teams,
    members,
    release,
    team_counts,
)
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
from app.cases.words import CLASS_NAMES
from tenants.confidential import FieldClass


def service_name(code: str) -> Any:
    """Return the word for a service in the reader's language."""
    return SERVICE_NAMES.name(code)


def risk_name(code: str) -> Any:
    """Return the word for a risk in the reader's language."""
    return RISKS.name(code)


def destroy_reasons() -> list[tuple[str, Any]]:
    """Return (code, words) of every reason for which a case may be destroyed today."""
    return DESTROY_REASONS.choices(today())


def destroy_reason(code: str) -> Any:
    """Return the words for a reason to destroy a case in the reader's language."""
    return DESTROY_REASONS.name(code)


def class_name(one: FieldClass) -> Any:
    """Return the words for a class of fields in the reader's language."""
    return CLASS_NAMES[one]


def giver_name(code: str) -> Any:
    """Return the words for who gave a consent in the reader's language."""
    return GIVEN_BY.name(code)


def violence_name(code: str) -> Any:
    """Return the word for a kind of violence in the reader's language."""
    return VIOLENCE.name(code)


def age_name(code: str) -> Any:
    """Return the word for an age group in the reader's language."""
    return AGE_GROUPS.name(code)


def urgency_name(code: str) -> Any:
    """Return the word for an urgency in the reader's language."""
    return URGENCIES.name(code)


__all__ = [
    "SHAREABLE",
    "TEAM_ROLES",
    "TERM_LENGTH",
    "CaseFact",
    "CaseRows",
    "ClosureEntry",
    "ConsentState",
    "Destroyed",
    "Dossier",
    "Emergency",
    "Ending",
    "Entry",
    "Facts",
    "Filters",
    "Found",
    "Given",
    "Happened",
    "Immediate",
    "IncidentEntry",
    "IncidentFact",
    "Kind",
    "Line",
    "Link",
    "Listed",
    "Member",
    "NeedEntry",
    "NeedFact",
    "PerpetratorEntry",
    "PerpetratorFact",
    "Reference",
    "Report",
    "Show",
    "Step",
    "SurvivorEntry",
    "SurvivorFact",
    "Told",
    "Trip",
    "add_alongside",
    "add_note",
    "age_name",
    "all_notes",
    "assign",
    "beside",
    "candidates",
    "cards_beside",
    "check_destroyable",
    "check_report",
    "child_diversion",
    "class_name",
    "close",
    "closed",
    "codes_of",
    "concerns_child",
    "confirm",
    "consented",
    "consented_by_organisation",
    "consents",
    "course",
    "decide_link",
    "declared",
    "destroy_key",
    "destroy_reason",
    "destroy_reasons",
    "destroyed",
    "do_step",
    "drafts_shown",
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
    "endings",
    "fact",
    "facts",
    "field_names",
    "find",
    "follow_up",
    "follow_ups",
    "gbvims",
    "giver_name",
    "hand_over",
    "has_sexual_violence",
    "hold_open",
    "in_two_teams",
    "index",
    "is_child",
    "is_legal_officer",
    "keep_draft",
    "keep_talk",
    "lacks",
    "latest_expiry",
    "legal_entry",
    "links",
    "living",
    "load_case",
    "load_emergency",
    "look",
    "members",
    "need_duties",
    "needs",
    "needs_beside",
    "open_duties",
    "open_emergency",
    "open_ids",
    "own_emergencies",
    "readable_codes",
    "readable_facts",
    "readable_ids",
    "recent",
    "record_consent",
    "record_outreach",
    "register",
    "registered",
    "related",
    "release",
    "reopen",
    "reveal",
    "reveal_ending",
    "review_emergency",
    "revoke_consent",
    "risk_name",
    "rows",
    "search",
    "service_name",
    "standing",
    "team",
    "team_counts",
    "to_review",
    "today",
    "told",
    "trips",
    "urgency_name",
    "violence_beside",
    "violence_name",
    "waiting",
    "waiting_lists",
    "waits_for_first_act",
    "writable",
]
