"""From a first draft to the signatory's desk and back."""

from collections.abc import Mapping, Sequence
from uuid import UUID, uuid4

from app.accounts import service as accounts
from app.documents import (
    conditions,
    content,
    delegations,
    letters,
    previews,
    reviewing,
    signers,
    values,
    workshop,
)
from app.documents.catalogue import DocumentType, Field
from app.documents.errors import RenderError
from app.documents.letter import check_text
from app.documents.models import Letter
from app.documents.states import ISSUED_ONCE, LetterState
from app.documents.values import Entry, Line
from app.mediation import service as mediations
from tenants import audit, vault
from tenants.clock import now
from tenants.confidential import clean
from tenants.context import Role, acting_person
from tenants.database import db
from tenants.errors import Conflict, Invalid, Missing
from tenants.registry import Organisation, organisation
from tenants.vocabulary import Tag


def create(case_id: UUID, key: str, given: Entry) -> Letter:
    """Begin a letter.

    Raises:
        Missing: unknown kind of letter.
        Refused: the law or the case does not allow it.
        Invalid: a typed text or a choice is not acceptable, by field.
    """
    kind = workshop.case_type(key)
    conditions.check_open(case_id)
    letter = Letter(
        id=uuid4(),
        case_id=case_id,
        type=kind.key,
        template_version=kind.version,
        family=kind.family,
        state=LetterState.DRAFT.value,
        revision=0,
        attempt=0,
        statutory=kind.statutory_basis is not None,
        drafted_by=acting_person().id,
        drafted_at=now(),
    )
    _fill(letter, kind, given)
    db.session.add(letter)
    db.session.flush()
    _record(Tag.LETTER_DRAFTED, letter, {"type": kind.key})
    return letter


def save(letter: Letter, given: Entry) -> None:
    """Change a draft; whoever changes it becomes its author.

    Raises:
        Conflict: it is no longer a draft.
        Refused, Invalid: as :func:`create`.
    """
    held = letters.lock(letter, LetterState.DRAFT, LetterState.RETURNED)
    kind = workshop.document_type(held.type)
    conditions.check_open(held.case)
    _fill(held, kind, given)
    held.revision += 1
    held.template_version = kind.version
    held.drafted_by = acting_person().id
    previews.forget(held)
    _record(Tag.LETTER_EDITED, held)


def obstacles(letter: Letter) -> tuple[Line, ...]:
    """Return the fields for which a draft cannot be submitted; nothing is decrypted.

    Raises:
        Refused: the law or the case does not allow the letter.
        Missing: its author's account is gone.
    """
    return content.assemble(letter, opened=False).problems


def submit(
    letter: Letter,
    signatory_id: UUID,
    reviewer_id: UUID | None = None,
    delegation_id: UUID | None = None,
    cosigners: Sequence[UUID] = (),
) -> tuple[Line, ...]:
    """Lay a draft before its reviewer, where the office wants a paraf, or before the signatory.

    Args:
        delegation_id: by which the signatory signs for another office.
        cosigners: who signs before the signatory, in the order of the document type.

    Returns:
        what stands in the way; nothing was changed unless this is empty.

    Raises:
        Conflict: it is no longer a draft.
        Refused: the law or the case does not allow it.
        Invalid: ``signatory``: not an active signatory of this office, or not in that way today
            (what :func:`app.documents.delegations.check` says); ``reviewer``: ``required``,
            or nobody who may give the paraf to this author's letter for this signatory;
            ``cosigners``: as :func:`app.documents.signers.choose`.
    """
    held = letters.lock(letter, LetterState.DRAFT, LetterState.RETURNED)
    able = workshop.document_type(held.type).signing_roles & {Role.SIGNATORY}
    if signatory_id not in {card.id for card in accounts.with_role(*able)}:
        raise Invalid("signatory", "unknown")
    try:
        delegations.check(signatory_id, delegation_id)
    except (Conflict, Missing) as error:
        reason = error.reason if isinstance(error, Conflict) else "unknown"
        raise Invalid("signatory", reason) from None
    reviewed = reviewing.role_for(held) is not None
    if reviewed:
        if reviewer_id is None:
            raise Invalid("reviewer", "required")
        if reviewer_id not in {card.id for card in reviewing.reviewers(held, signatory_id)}:
            raise Invalid("reviewer", "unknown")
    conditions.check_open(held.case)
    problems = obstacles(held)
    if problems:
        return problems
    held.state = (LetterState.REVIEW if reviewed else LetterState.SUBMITTED).value
    held.signatory_id, held.delegation_id = signatory_id, delegation_id
    held.reviewer_id = reviewer_id if reviewed else None
    kind = workshop.document_type(held.type)
    if kind.cosigners:
        signers.choose(held, places_of(held), cosigners)
    held.paraf_at, held.paraf_hash = None, None
    held.submitted_at = now()
    held.return_reason, held.remarks = None, None
    previews.request(held)
    _record(Tag.LETTER_SUBMITTED, held)
    return ()


def places_of(letter: Letter) -> list[signers.Place]:
    """Return who may sign a draft before its signatory, place by place."""
    kind = workshop.document_type(letter.type)
    if not kind.cosigners:
        return []
    entry = letters.entry(letter)
    material = values.gather(letter.case, kind, entry)
    mediator = material.mediation.mediator_id if material.mediation is not None else None
    companion = material.companion.id if material.companion is not None else None
    return signers.places(kind, letter.case, {"companion": companion, "mediator": mediator})


def discard(letter: Letter) -> None:
    """Throw a draft away: what was typed is removed, that it existed is not.

    Raises:
        Conflict: it is no longer a draft.
    """
    held = letters.lock(letter, LetterState.DRAFT, LetterState.RETURNED)
    held.state = LetterState.DISCARDED.value
    held.draft, held.remarks, held.earlier = None, None, None
    previews.forget(held)
    _record(Tag.LETTER_DISCARDED, held)


def replace(letter: Letter) -> Letter:
    """Begin the letter that is to replace an issued one; the old one stays valid until then.

    Raises:
        Conflict: the letter was not issued, or another replacement is under way.
        Refused: the law or the case no longer allows it.
    """
    held = letters.lock(letter, LetterState.ISSUED, LetterState.WITHDRAWN)
    for other in letters.for_case(held.case):
        if other.supersedes_id == held.id and LetterState(other.state) not in ISSUED_ONCE | {
            LetterState.VOIDED
        }:
            raise Conflict("replacement-under-way")
    made = create(held.case, held.type, letters.entry(held))
    made.supersedes_id = held.id
    return made


def check_typed(kind: DocumentType, typed: Mapping[str, str | None]) -> dict[str, str | None]:
    """Return what was typed, clean, one entry for each field of the kind that is typed.

    Raises:
        Invalid: by field: ``unknown``, ``too-long`` or ``control-character``.
    """
    known = {field.name: field for field in kind.draft_fields}
    for name in typed:
        if name not in known:
            raise Invalid(name, "unknown")
    return {name: check_text_of(field, typed.get(name)) for name, field in known.items()}


def check_text_of(field: Field, value: str | None) -> str | None:
    """Return one typed text in NFC without stray blanks; None when nothing is left.

    Raises:
        Invalid: ``too-long`` or ``control-character``.
    """
    text = clean(value, field.name, field.max_length)
    if text is None:
        return None
    try:
        check_text(text, field.name, multiline=field.multiline)
    except RenderError:
        raise Invalid(field.name, "control-character") from None
    return text


def _fill(letter: Letter, kind: DocumentType, given: Entry) -> None:
    receiver = _receiver(kind, given)
    conditions.check(kind, letter.case, receiver)
    subject_id = given.subject_id
    if kind.subject == "mediation":
        subject_id = mediations.newest(letter.case).id
    entry = Entry(
        organisation_id=receiver.id if receiver else None,
        subject_id=subject_id,
        survivor_id=given.survivor_id,
        perpetrator_id=given.perpetrator_id,
        companion_id=given.companion_id,
        typed=check_typed(kind, given.typed),
    )
    _check_choices(letter.case, kind, entry)
    letter.organisation_id = entry.organisation_id
    letter.subject_id = entry.subject_id
    letter.draft = vault.seal_for_subject(
        letter.case, entry.frozen(), *letters.draft_place(letter.id)
    )


def _receiver(kind: DocumentType, given: Entry) -> Organisation | None:
    if kind.addressee in conditions.BY_HAND:
        return None
    if given.organisation_id is None:
        raise Invalid("organisation", "required")
    try:
        return organisation(given.organisation_id)
    except Missing:
        raise Invalid("organisation", "unknown") from None


def _check_choices(case_id: UUID, kind: DocumentType, entry: Entry) -> None:
    """Refuse ids that are not of this case, whatever page they came from."""
    material = values.gather(case_id, kind, entry)
    about = (
        (material.mediation,)
        if kind.subject == "mediation"
        else (
            material.need,
            material.consent,
        )
    )
    subject = next((one for one in about if one is not None), None)
    for name, chosen, found in (
        ("subject", entry.subject_id, subject),
        ("survivor", entry.survivor_id, material.survivor),
        ("perpetrator", entry.perpetrator_id, material.perpetrator),
        ("companion", entry.companion_id, material.companion),
    ):
        if chosen is not None and found is None:
            raise Invalid(name, "unknown")


def _record(
    tag: Tag,
    letter: Letter,
    details: Mapping[str, str] | None = None,
    *,
    reason: str | None = None,
) -> None:
    audit.record(
        tag,
        subject=("letter", letter.id),
        case_id=letter.case,
        reason=reason,
        details=details,
    )
