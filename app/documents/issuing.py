"""The steps that make an approved letter an issued one; each may be repeated.

A worker claims the letter (an attempt, fenced by its number), renders and signs what was
approved, stores the sealed bytes, and issues it in one transaction that counts only while the
claim still holds. Whoever has lost the claim changes nothing.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import exists, select, update

from app.accounts import service as accounts
from app.documents import (
    certificates,
    content,
    deliveries,
    keeping,
    letters,
    signers,
    values,
    workshop,
)
from app.documents.keeping import Sealed
from app.documents.letter import Office
from app.documents.models import Letter
from app.documents.sign import Signature, sign_in_turn
from app.documents.states import ATTEMPTS, IN_WORK, LetterState, Step
from tenants import audit, outbox, vault
from tenants.clock import now
from tenants.context import current
from tenants.database import db, hold
from tenants.errors import Conflict, Missing, Refused
from tenants.outbox import Kind, OutboxEntry
from tenants.vocabulary import Outcome, Tag

BACK_OFF = tuple(timedelta(seconds=seconds) for seconds in (2, 10, 40, 120))
STUCK_AFTER = timedelta(minutes=10)
_T = TypeVar("_T")
_REASON = "Penerbitan surat dinas"  # shown by viewers beside the signature; never about the case


class Halt(Exception):
    """The letter must not be issued as things are; trying again by itself is of no use.

    Args:
        code: one of :data:`app.documents.states.FAILURES`.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Claim:
    """One attempt at one letter: what was approved, and the right to issue it."""

    letter_id: UUID
    sealed_for: UUID
    attempt: int
    kind: str
    approved_at: datetime
    snapshot: Mapping[str, Any] = field(repr=False)
    signatures: tuple[Signature, ...] = field(repr=False)


def asker(letter_id: UUID) -> UUID:
    """Return on whose behalf a letter is issued: the signatory who approved it.

    Raises:
        Missing: no such letter, or nobody has approved it.
    """
    letter = letters.find(letter_id)
    if letter.signatory_id is None or letter.approved_at is None:
        raise Missing("letter")
    return letter.signatory_id


def claim(letter_id: UUID) -> int | None:
    """Begin an attempt and return its number; None when there is nothing left to do.

    A letter that was removed, issued, or taken back needs no job any more. Nobody else is given
    the letter while the attempt may be at work.
    """
    letter = _locked(letter_id)
    if letter is None or LetterState(letter.state) not in IN_WORK:
        outbox.complete(Kind.ISSUE_LETTER, letter_id)
        return None
    if letter.state == LetterState.RENDERING.value and _last(letter.attempt):
        _park(letter, letter.failure or "worker-died")
        return None
    letter.attempt += 1
    letter.state = LetterState.RENDERING.value
    _enter(letter, Step.RENDER)
    outbox.postpone(Kind.ISSUE_LETTER, letter_id, outbox.VISIBILITY)
    return letter.attempt


def prepare(letter_id: UUID, attempt: int) -> Claim | None:
    """Return what was approved, ready to be made; None when the claim is lost.

    Raises:
        Halt: a right, a consent or a law that held at approval no longer does.
        Unreadable: the case's key is destroyed, or the snapshot was altered.
        SigningError: the signatory's key is not usable.
    """
    letter = _claimed(letter_id, attempt)
    if letter is None:
        return None
    judge(letter_id)
    return Claim(
        letter_id=letter.id,
        sealed_for=letter.key_holder,
        attempt=letter.attempt,
        kind=letter.type,
        approved_at=_given(letter.approved_at),
        snapshot=_snapshot(letter),
        signatures=_signatures(letter),
    )


def judge(letter_id: UUID) -> None:
    """See that everything that allowed the letter at approval still allows it.

    Raises:
        Halt: with the code of what does not.
    """
    letter = letters.find(letter_id)
    if letter.case_id is not None:
        hold(letter.case_id)
    try:
        signatory = accounts.person_of(_given(letter.signatory_id))
    except Missing:
        raise Halt("signatory-gone") from None
    if not signatory.has(*workshop.document_type(letter.type).signing_roles):
        raise Halt("signatory-gone")
    if not signers.active(signers.of(letter)):
        raise Halt("signatory-gone")
    if letter.case_id is None:
        return  # nothing of a case is in it: no consent and no author's right can have ended
    try:
        found = content.assemble(letter, opened=False)
    except Missing:
        raise Halt("author-gone") from None
    except Refused as refused:
        known = refused.reason == "mediation-sexual-violence"
        raise Halt(refused.reason if known else "not-allowed") from None
    problems = {line.problem for line in found.problems}
    if "hidden" in problems:
        raise Halt("author-gone")
    if "no-consent" in problems or not _consented(letter, found):
        raise Halt("no-consent")


def render(work: Claim) -> bytes:
    """Render what was approved, from the snapshot alone (outside of any transaction).

    Raises:
        RenderError: with the code and the field.
    """
    return workshop.renderer().render(
        workshop.document_type(work.kind), work.snapshot, Office.read(work.snapshot["office"])
    )


def sign_letter(work: Claim, pdf: bytes) -> bytes:
    """Sign a rendered letter with the key of each who signs, dated when they approved it.

    Raises:
        SigningError: as :func:`app.documents.sign.sign`.
    """
    return sign_in_turn(
        pdf,
        work.signatures,
        reason=_REASON,
        location=str(work.snapshot["letter"]["place"]),
        timestamper=certificates.timestamp_authority(),
    )


def enter(work: Claim, step: Step) -> bool:
    """Write down which step the attempt has come to; False when the claim is lost."""
    letter = _claimed(work.letter_id, work.attempt)
    if letter is not None:
        _enter(letter, step)
    return letter is not None


def seal(work: Claim, pdf: bytes) -> Sealed:
    """Seal a signed letter under the key it belongs to.

    Raises:
        Unreadable: that key was destroyed meanwhile.
    """
    return keeping.seal(work.letter_id, work.sealed_for, work.attempt, pdf)


def finish(work: Claim, sealed: Sealed) -> bool:
    """Issue the letter, all at once; False when the claim is lost and nothing was changed.

    Raises:
        Halt: as :func:`judge`; it is asked once more, in this transaction.
    """
    letter = _claimed(work.letter_id, work.attempt)
    if letter is None:
        return False
    judge(work.letter_id)
    moment = now()
    issued = db.session.execute(
        update(Letter)
        .where(
            Letter.id == work.letter_id,
            Letter.state == LetterState.RENDERING.value,
            Letter.attempt == work.attempt,
        )
        .values(
            state=LetterState.ISSUED.value,
            step=None,
            failure=None,
            issued_at=moment,
            sha256=sealed.sha256,
            size=sealed.size,
            object_name=sealed.name,
        )
        .returning(Letter.id)
    ).one_or_none()
    if issued is None:
        return False
    audit.record(
        Tag.LETTER_ISSUED,
        subject=("letter", letter.id),
        case_id=letter.case_id,
        fields=values.audit_names(workshop.document_type(letter.type)),
        details={
            "number": letter.number,
            "sha256": sealed.sha256.hex(),
            "certificate": certificates.signature(_given(letter.certificate_id)).fingerprint,
        },
    )
    deliveries.deliver(letter)
    if letter.supersedes_id is not None:
        _supersede(letter.supersedes_id)
    outbox.complete(Kind.ISSUE_LETTER, letter.id)
    return True


def fail(letter_id: UUID, attempt: int, failure: str, *, final: bool = False) -> None:
    """Count a failed attempt; try again later, or park the letter where people see why.

    Args:
        attempt: the attempt that failed; an older one than the letter's changes nothing.
        failure: ``code`` or ``code field``, never a value.
        final: trying again by itself is of no use.
    """
    letter = _locked(letter_id)
    if letter is None or LetterState(letter.state) not in IN_WORK or letter.attempt != attempt:
        return
    if final or _last(attempt):
        _park(letter, failure)
        return
    _trouble(Tag.LETTER_ATTEMPT_FAILED, letter, failure)
    letter.state = LetterState.QUEUED.value
    letter.step, letter.failure = None, failure
    outbox.postpone(Kind.ISSUE_LETTER, letter.id, BACK_OFF[attempt % ATTEMPTS - 1])


def reconcile() -> int:
    """Ask again for the letters of the bound tenant that no job would ever come to; count them."""
    asked = exists().where(
        OutboxEntry.tenant_id == Letter.tenant_id,
        OutboxEntry.kind == Kind.ISSUE_LETTER.value,
        OutboxEntry.object_id == Letter.id,
    )
    waiting = Letter.state.in_([state.value for state in IN_WORK])
    forgotten = list(db.session.scalars(select(Letter.id).where(waiting, ~asked)))
    for letter_id in forgotten:
        outbox.request(Kind.ISSUE_LETTER, letter_id)
    far = db.session.execute(
        update(OutboxEntry)
        .where(
            OutboxEntry.tenant_id == current().tenant_id,
            OutboxEntry.due_at > now() + STUCK_AFTER,
        )
        .values(due_at=now())
        .returning(OutboxEntry.id)
    ).all()
    return len(forgotten) + len(far)


def _locked(letter_id: UUID) -> Letter | None:
    query = (
        select(Letter)
        .where(Letter.id == letter_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return db.session.scalar(query)


def _claimed(letter_id: UUID, attempt: int) -> Letter | None:
    letter = _locked(letter_id)
    if letter is None or letter.attempt != attempt:
        return None
    return letter if letter.state == LetterState.RENDERING.value else None


def _consented(letter: Letter, found: content.Content) -> bool:
    """Tell whether consent covers what was approved: whatever is left of it in the case today."""
    allowed = None if found.statutory else content.consent(letter, found.kind)
    return allowed is None or values.carried(found.kind, _snapshot(letter)) <= allowed


def _last(attempt: int) -> bool:
    return attempt % ATTEMPTS == 0


def _enter(letter: Letter, step: Step) -> None:
    letter.step, letter.step_at = step.value, now()


def _snapshot(letter: Letter) -> Mapping[str, Any]:
    """Open what was approved and see that it is what the approval was bound to.

    Raises:
        Halt: ``snapshot-altered``.
    """
    place = letters.snapshot_place(letter.id)
    frozen = vault.open_for_subject(letter.key_holder, _given(letter.snapshot), *place)
    if sha256(frozen).digest() != letter.snapshot_hash:
        raise Halt("snapshot-altered")
    found: Mapping[str, Any] = json.loads(frozen)
    return found


def _signatures(letter: Letter) -> tuple[Signature, ...]:
    """Return who signs, in order: the signatory alone, or several of whom all have signed.

    Raises:
        Halt: ``snapshot-altered``: somebody signed another content than the one on record.
    """
    rows = signers.of(letter)
    if not rows:
        identity = certificates.identity(_given(letter.certificate_id))
        return (Signature(identity, _given(letter.approved_at)),)
    if any(row.signed_hash != letter.snapshot_hash for row in rows):
        raise Halt("snapshot-altered")
    return tuple(
        Signature(certificates.identity(_given(row.certificate_id)), _given(row.signed_at))
        for row in rows
    )


def _park(letter: Letter, failure: str) -> None:
    _trouble(Tag.LETTER_PARKED, letter, failure)
    letter.state = LetterState.PARKED.value
    letter.failure = failure
    outbox.complete(Kind.ISSUE_LETTER, letter.id)


def _trouble(tag: Tag, letter: Letter, failure: str) -> None:
    audit.record(
        tag,
        Outcome.FAILED,
        subject=("letter", letter.id),
        case_id=letter.case_id,
        fields=(),
        reason=failure.split(" ", maxsplit=1)[0],
        details={"step": letter.step, "error": failure, "attempt": letter.attempt},
    )


def _supersede(letter_id: UUID) -> None:
    old = _locked(letter_id)
    if old is not None and old.state == LetterState.ISSUED.value:
        old.state = LetterState.SUPERSEDED.value
        audit.record(
            Tag.LETTER_SUPERSEDED,
            subject=("letter", old.id),
            case_id=old.case_id,
            fields=(),
            details={"number": old.number},
        )


def _given(value: _T | None) -> _T:
    if value is None:
        raise Conflict("letter-not-approved")
    return value
