"""Documents of the office: reports that are about no case, made by the room that knows them.

They take the same way as letters (number, date, snapshot, signature, store, verification), and
are reached through that room alone: on the pages of letters they do not exist (ADR 8).
"""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from app.accounts import service as accounts
from app.documents import approval, content, delegations, letters, office, values, workshop
from app.documents.models import Letter
from app.documents.states import LetterState
from tenants import vault
from tenants.clock import now, today
from tenants.context import acting_person
from tenants.database import db
from tenants.errors import Conflict, Invalid, Missing, Refused
from tenants.registry import profile


def issue_office(key: str, given: Mapping[str, str | None]) -> UUID:
    """Sign a document of the office as the acting person, and ask for its issue; return its id.

    Args:
        given: every listed field by its dotted name; None for one that is left out.

    Raises:
        Missing: there is no such document of the office.
        Refused: ``no-permission``: the acting person's role does not sign it.
        Invalid: the leaf of a field's name, with ``required`` or what :func:`values.unfit` says.
        Conflict: ``unprintable_character``, ``no-checkpoint``, or ``delegation-needed``: the acting
            person signs for another office only.
    """
    kind = workshop.document_type(key)
    if not kind.of_office:
        raise Missing("document type")
    person = acting_person()
    if not person.has(*kind.signing_roles):
        raise Refused("no-permission")
    delegations.check(person.id, None)
    roots: dict[str, dict[str, str | None]] = {}
    for one in kind.fields:
        root, leaf = one.name.split(".")
        value = given[one.name] or None
        problem = "required" if one.required and value is None else None
        if value is not None:
            problem = values.unfit(one, value, profile().letterhead.font)
        if problem is not None:
            raise Invalid(leaf, problem)
        roots.setdefault(root, {})[leaf] = value
    day = today(profile().identity.timezone)
    signer = office.signer(accounts.card(person.id))
    drawn = content.page(kind, roots, signer, day, kind.hal)
    if not content.printable(drawn):
        raise Conflict("unprintable_character")
    made = Letter(
        id=uuid4(),
        case_id=None,
        type=kind.key,
        template_version=kind.version,
        family=kind.family,
        state=LetterState.SUBMITTED.value,
        statutory=False,
        drafted_by=person.id,
        drafted_at=now(),
        submitted_at=now(),
        signatory_id=person.id,
    )
    vault.create_data_key(made.id)
    approval.freeze(made, kind, drawn)
    db.session.add(made)
    db.session.flush()
    return made.id


def find_office(letter_id: UUID) -> Letter:
    """Return a document of the office.

    Raises:
        Missing: there is none, or it is a letter about a case.
    """
    found = letters.find(letter_id)
    if found.case_id is not None:
        raise Missing("letter")
    return found


def said(letter: Letter) -> dict[str, dict[str, str | None]]:
    """Return what a document of the office says, by root and leaf, as it was signed.

    Raises:
        Unreadable: what is stored is not what was signed.
    """
    document = find_office(letter.id)
    if document.snapshot is None:
        raise Missing("letter")
    place = letters.snapshot_place(document.id)
    frozen: dict[str, Any] = json.loads(
        vault.open_for_subject(document.key_holder, document.snapshot, *place)
    )
    found: dict[str, dict[str, str | None]] = frozen["values"]
    return found
