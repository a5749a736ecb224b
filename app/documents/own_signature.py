"""Papers that an officer signs in the act that makes them: forms the survivor signs by hand.

They take the way of every letter (number, snapshot, signature, store, verification); no head of the
office has to be waited for while she sits there.
"""

from collections.abc import Mapping
from uuid import UUID

from app.accounts import service as accounts
from app.documents import approval, content, drafts, letters, workshop
from app.documents.states import LetterState
from app.documents.values import Entry
from tenants.clock import now, today
from tenants.context import acting_person
from tenants.errors import Conflict, Refused
from tenants.registry import profile


def issue_own(
    case_id: UUID,
    key: str,
    *,
    subject_id: UUID | None = None,
    survivor_id: UUID | None = None,
    typed: Mapping[str, str | None] | None = None,
) -> UUID:
    """Write a paper, sign it as the acting person, and ask for its issue; return its id.

    Args:
        subject_id: what it is about, e.g. the consent.
        survivor_id: of whom it speaks, where the case has several.

    Raises:
        Missing: there is no such kind of paper.
        Refused: ``no-permission``: the acting person's role does not sign it; as
            :func:`drafts.create`.
        Conflict: ``letter-not-ready``: something in it is missing; ``unprintable_character``;
            ``no-checkpoint`` of the audit log yet.
    """
    kind = workshop.case_type(key)
    person = acting_person()
    if not person.has(*kind.signing_roles):
        raise Refused("no-permission")
    entry = Entry(subject_id=subject_id, survivor_id=survivor_id, typed=dict(typed or {}))
    letter = letters.lock(drafts.create(case_id, key, entry), LetterState.DRAFT)
    found = content.assemble(letter)
    if found.problems:
        raise Conflict("letter-not-ready")
    day = today(profile().identity.timezone)
    drawn = content.draw(letter, found, accounts.card(person.id), day)
    if not content.printable(drawn):
        raise Conflict("unprintable_character")
    letter.signatory_id, letter.submitted_at = person.id, now()
    approval.freeze(letter, kind, drawn)
    return letter.id
