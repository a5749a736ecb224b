"""Changing what is recorded of a case, and adding to it.

``typed`` holds what the form sent for confidential fields. Where the person was shown the value,
the typed text takes its place and blank text clears it. Where it was hidden, blank text leaves it
as it is: nobody clears what they could not see. Only fields that really change are written, and
only these stand in the event.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select, update

from app.cases import registering
from app.cases.codes import RELATIONSHIPS, RISKS, VIOLENCE, WORKING, State
from app.cases.consents import today
from app.cases.drafting import empty_draft
from app.cases.entries import (
    IncidentEntry,
    NeedEntry,
    PerpetratorEntry,
    SurvivorEntry,
    check_code,
    check_incident,
    check_need,
    check_perpetrator,
    check_survivor,
    clean_district,
    in_order,
    is_child,
)
from app.cases.intake_codes import SIGNS
from app.cases.linking import find_links
from app.cases.models import (
    Acquaintance,
    AllegedPerpetrator,
    Case,
    Incident,
    LegalProcess,
    Need,
    Note,
    Survivor,
)
from app.cases.parts import child_changed, reclassified
from app.cases.reading import hold_open
from app.web.access import Subject
from tenants import audit, clock
from tenants.confidential import CaseTable, clean
from tenants.context import Role, acting_person
from tenants.database import db
from tenants.disclosure import declaration, disclose, start_record, write
from tenants.errors import Invalid, Missing, Refused
from tenants.policy import Relation
from tenants.vocabulary import Tag

Row = TypeVar("Row", bound=CaseTable)
Typed = Mapping[str, str | None]


def entry_of(subject: Subject, table: type[Row], row_id: UUID) -> Row:
    """Return one entry, loaded through its case.

    Raises:
        Missing: the case has no such entry.
    """
    query = select(table).where(table.id == row_id, table.case_id == subject.id)
    found = db.session.scalar(query)
    if found is None:
        raise Missing(table.__tablename__)
    return found


def edit_survivor(
    subject: Subject,
    row_id: UUID | None,
    *,
    age_group: str,
    disability: str,
    district: str | None,
    typed: Typed,
    suffered: Sequence[str] = (),
) -> UUID:
    """Change what is recorded of a survivor, or add one; return the entry's id.

    Args:
        typed: confidential fields as the form sent them.
        suffered: the kinds of violence against her, where several survivors differ.

    Raises:
        Invalid, Refused, Conflict, Missing.
    """
    entry = SurvivorEntry(age_group, disability, district, suffered=tuple(suffered), **_text(typed))
    check_survivor(entry, today())
    if row_id is None:
        hold_open(subject)
        row = registering.add_survivor(subject.id, subject.standing, entry)
        _acquaint_all(subject.id, [row.id])
    else:
        row = _take(subject, Survivor, row_id)
        changed = _changed(subject, row, typed)
        was_child = row.is_child
        row.age_group, row.disability = age_group, disability
        row.is_child, row.district = is_child(age_group), clean_district(district)
        row.suffered = in_order(VIOLENCE, suffered)
        if row.is_child != was_child:
            child_changed(row.id, row.is_child)
        write(row, subject.standing, **changed)
    _edited(subject, "survivor")
    find_links(subject.id)
    return row.id


def edit_perpetrator(
    subject: Subject,
    row_id: UUID | None,
    *,
    relation: str,
    age_group: str,
    typed: Typed,
) -> UUID:
    """Change what is recorded of an alleged perpetrator, or add one; return the entry's id.

    Whoever else is reported may undo the exception for children (invariant 22), so that
    listeners are told.

    Raises:
        Invalid, Refused, Conflict, Missing.
    """
    entry = PerpetratorEntry(relation, age_group, **_text(typed))
    check_perpetrator(entry, today())
    if row_id is None:
        hold_open(subject)
        row = registering.add_perpetrator(subject.id, subject.standing, entry)
        known = db.session.scalars(select(Survivor.id).where(Survivor.case_id == subject.id))
        registering.acquaint(row, known)
    else:
        row = _take(subject, AllegedPerpetrator, row_id)
        changed = _changed(subject, row, typed)
        relate(row, relation)
        row.relation, row.age_group, row.is_child = relation, age_group, is_child(age_group)
        write(row, subject.standing, **changed)
    _edited(subject, "perpetrator")
    reclassified(subject.id)
    return row.id


def edit_incident(
    subject: Subject, row_id: UUID | None, entry: IncidentEntry, typed: Typed
) -> UUID:
    """Change an incident (its kinds of violence among it), or add one; return its id.

    Args:
        entry: day, place, kinds; its confidential values are not read.

    Raises:
        Invalid, Refused, Conflict, Missing.
    """
    check_incident(entry, today())
    if row_id is None:
        hold_open(subject)
        whole = replace(entry, **_text(typed))
        row = registering.add_incident(subject.id, subject.standing, whole)
    else:
        row = _take(subject, Incident, row_id)
        row.occurred_on, row.place, row.domestic = entry.occurred_on, entry.place, entry.domestic
        row.violence = in_order(VIOLENCE, entry.violence)
        row.signs = in_order(SIGNS, entry.signs)
        write(row, subject.standing, **_changed(subject, row, typed))
    _edited(subject, "incident")
    reclassified(subject.id)
    return row.id


def edit_need(subject: Subject, row_id: UUID | None, entry: NeedEntry, typed: Typed) -> UUID:
    """Change a need, or add one; return its id. The service of a recorded need stays.

    Raises:
        Invalid, Refused, Conflict, Missing.
    """
    check_need(entry, today())
    if row_id is None:
        hold_open(subject)
        whole = replace(entry, **_text(typed))
        row = registering.add_need(subject.id, subject.standing, whole)
    else:
        row = _take(subject, Need, row_id)
        row.urgency, row.state = entry.urgency, entry.state
        write(row, subject.standing, **_changed(subject, row, typed))
    _edited(subject, "need")
    return row.id


def edit_legal(
    subject: Subject,
    *,
    complaint_offence: bool,
    diversion: bool,
    typed: Typed,
) -> None:
    """Change what is recorded of the legal process.

    Whether it is a complaint offence and whether diversion is confirmed are findings of a legal
    officer: for now a case officer of the case's team.

    Raises:
        Refused: ``not-legal-officer``, or the policy does not let the person write a field.
        Invalid: ``diversion`` with ``no-child``: not everybody reported is a child.
        Conflict: the case is closed.
    """
    hold_open(subject)
    row = db.session.scalar(select(LegalProcess).where(LegalProcess.case_id == subject.id))
    if row is None:
        row = LegalProcess(case_id=subject.id, complaint_offence=False)
    found = (row.complaint_offence, row.diversion_confirmed_at is not None)
    if found != (complaint_offence, diversion) and not is_legal_officer(subject):
        raise Refused("not-legal-officer")
    row.complaint_offence = complaint_offence
    if diversion and not found[1]:
        if not _only_children_reported(subject.id):
            raise Invalid("diversion", "no-child")
        row.diversion_confirmed_by, row.diversion_confirmed_at = acting_person().id, clock.now()
    elif not diversion:
        row.diversion_confirmed_by = row.diversion_confirmed_at = None
    write(row, subject.standing, **_changed(subject, row, typed))
    db.session.add(row)
    _edited(subject, "legal")
    reclassified(subject.id)


def is_legal_officer(subject: Subject) -> bool:
    """Tell whether the acting person may record legal findings in this case."""
    return acting_person().has(Role.CASE_OFFICER) and Relation.TEAM in subject.standing.relations


def add_note(subject: Subject, text: str) -> UUID:
    """Write a dated note and return its id. A note is never changed.

    Raises:
        Invalid: ``text`` with ``missing``, ``too-long`` or ``control-character``.
        Refused, Conflict.
    """
    hold_open(subject)
    if not text.strip():
        raise Invalid("text", "missing")
    row = Note(case_id=subject.id, author_id=acting_person().id, written_at=clock.now())
    write(row, subject.standing, text=text)
    db.session.add(row)
    empty_draft(subject)
    _edited(subject, "note")
    return row.id


def edit_status(subject: Subject, *, state: str, risk: str) -> None:
    """Say where the work stands and how near harm is.

    Raises:
        Invalid: ``state`` or ``risk`` with ``unknown-code``.
        Conflict: the case is closed.
    """
    case = hold_open(subject)
    check_code("risk", RISKS, risk, today())
    if state != case.state and state not in WORKING:
        raise Invalid("state", "unknown-code")
    if risk != case.risk:
        case.risk_at = clock.now()
    case.state, case.risk = state, risk
    _edited(subject, "status")


def edit_relations(subject: Subject, chosen: Mapping[tuple[UUID, UUID], str]) -> None:
    """Say what each alleged perpetrator is to each survivor, where there are several.

    Args:
        chosen: (survivor, alleged perpetrator) -> relation.

    Raises:
        Invalid: ``relation`` with ``unknown-code``; ``survivor`` with ``unknown``.
        Conflict: the case is closed.
    """
    hold_open(subject)
    query = select(Acquaintance).where(Acquaintance.case_id == subject.id)
    known = {(row.survivor_id, row.perpetrator_id): row for row in db.session.scalars(query)}
    for pair, relation in chosen.items():
        check_code("relation", RELATIONSHIPS, relation, today())
        if pair not in known:
            raise Invalid("survivor", "unknown")
        known[pair].relation = relation
    _edited(subject, "relations")


def relate(row: AllegedPerpetrator, relation: str) -> None:
    """Carry a changed relation to the survivors for whom the present one holds."""
    db.session.execute(
        update(Acquaintance)
        .where(Acquaintance.perpetrator_id == row.id, Acquaintance.relation == row.relation)
        .values(relation=relation)
    )


def _acquaint_all(case_id: UUID, survivors: list[UUID]) -> None:
    query = select(AllegedPerpetrator).where(AllegedPerpetrator.case_id == case_id)
    for row in db.session.scalars(query):
        registering.acquaint(row, survivors)


def _take(subject: Subject, table: type[Row], row_id: UUID) -> Row:
    hold_open(subject)
    return entry_of(subject, table, row_id)


def _edited(subject: Subject, part: str) -> None:
    case: Case = subject.row
    if case.state == State.RECEIVED and Relation.TEAM in subject.standing.relations:
        case.state = State.ASSESSMENT  # the team's first act is the answer to the report
    db.session.flush()
    audit.record(
        Tag.CASE_EDITED, subject=("case", subject.id), case_id=subject.id, details={"part": part}
    )


def _changed(subject: Subject, row: CaseTable, typed: Typed) -> dict[str, str | None]:
    """Return the confidential fields that change, and let the event name these alone."""
    seen = disclose(row, typed, subject.standing)
    start_record()
    changed: dict[str, str | None] = {}
    for name, text in typed.items():
        new = clean(text, name, declaration(row, name).limit)
        if (new != seen[name].value) if seen[name].shown else new is not None:
            changed[name] = new
    return changed


def _only_children_reported(case_id: UUID) -> bool:
    query = select(AllegedPerpetrator.is_child).where(AllegedPerpetrator.case_id == case_id)
    found = list(db.session.scalars(query))
    return bool(found) and all(found)


def _text(typed: Typed) -> dict[str, Any]:
    return {name: text for name, text in typed.items() if text and text.strip()}
