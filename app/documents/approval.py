"""The signatory's approval: one transaction freezes all that the letter will ever say."""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from math import ceil
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import select

from app.accounts import service as accounts
from app.config import Settings
from app.documents import (
    certificates,
    conditions,
    content,
    delegations,
    letters,
    numbering,
    office,
    previews,
    signers,
    workshop,
)
from app.documents.catalogue import DocumentType
from app.documents.content import Content
from app.documents.models import Letter
from app.documents.states import ATTEMPTS, LetterState, WithdrawReason
from app.documents.token import new_token, token_hash
from tenants import audit, outbox, vault
from tenants.clock import now, today
from tenants.context import Person, Role, acting_person, current
from tenants.database import db, hold
from tenants.errors import Conflict, Missing, Refused
from tenants.outbox import Kind
from tenants.policy import Permission, permits
from tenants.registry import TenantHost, profile
from tenants.vocabulary import Tag


@dataclass(frozen=True, slots=True)
class Review:
    """A letter as its reviewer or signatory reads it before answering for it.

    Attributes:
        seen: the fingerprint that the paraf or the approval has to carry.
    """

    content: Content
    drawn: dict[str, Any] = field(repr=False)
    seen: str


def review(letter: Letter) -> Review:
    """Put a submitted letter together for the acting reviewer or signatory.

    Raises:
        Refused: the law, the case or the author's rights no longer allow it, or the reader may
            not see all that it says.
        Missing: the author's account is gone.
    """
    content.judge_reader(letter, acting_person(), letters.standing(letter))
    assembled = content.assemble(letter)
    day = today(profile().identity.timezone)
    signatory = letter.signatory_id or acting_person().id
    drawn = content.draw(letter, assembled, accounts.card(signatory), day)
    return Review(assembled, drawn, content.seen(letter, drawn))


def approve(letter: Letter, seen: str) -> None:
    """Give a letter its number and date, freeze its content, and ask for its issue.

    Args:
        seen: the fingerprint of what the signatory has read.

    Raises:
        Conflict: ``letter-state``; ``letter-changed`` since it was read; ``letter-not-ready``;
            ``unprintable_character``; ``preview-failed``; ``no-checkpoint`` of the audit log yet;
            ``register-held`` after a restore; ``paraf-missing`` or ``paraf-outdated``;
            ``delegation-over`` or ``delegation-needed``.
        Refused: the law, the case, or a person's rights no longer allow it.
    """
    held, found = _examine(letter, seen)
    _approve(held, found)


def approve_several(chosen: Sequence[tuple[Letter, str]]) -> dict[UUID, str]:
    """Approve several letters, each as it was read: all of them or none.

    Args:
        chosen: letters and the fingerprints of what was read of each.

    Returns:
        by letter, the code of what stands in its way; when there is any, nothing was changed.

    Raises:
        Conflict, Refused: as :func:`approve`, for what stands in the way of every letter.
    """
    examined, against = [], {}
    # In one order for everybody: two signatories at once must not wait for each other.
    for letter, seen in sorted(chosen, key=lambda one: (one[0].case, one[0].id)):
        try:
            examined.append(_examine(letter, seen))
        except (Conflict, Refused) as error:
            against[letter.id] = error.reason
        except Missing:
            against[letter.id] = "author-gone"
    if against:
        return against
    for held, found in sorted(examined, key=lambda one: (_series(one[0]), one[0].submitted_at)):
        _approve(held, found)
    return {}


def examine(held: Letter, seen: str) -> Review:
    """See that a locked letter can be answered for by the acting person, as it was read.

    Raises:
        Conflict: ``letter-changed`` since it was read; ``letter-not-ready``;
            ``unprintable_character``; ``preview-failed``.
        Refused: the law, the case, or a person's rights no longer allow it.
    """
    hold(held.case)  # against a reclassification of the case at the same moment
    conditions.check_open(held.case)
    found = review(held)
    if found.content.problems:
        raise Conflict("letter-not-ready")
    if not content.printable(found.drawn):
        raise Conflict("unprintable_character")
    if not secrets.compare_digest(found.seen.encode(), seen.encode()):
        raise Conflict("letter-changed")
    preview = previews.newest(held)
    if preview is not None and preview.failure is not None:
        raise Conflict("preview-failed")
    return found


def _examine(letter: Letter, seen: str) -> tuple[Letter, Review]:
    held = letters.lock(letter, LetterState.SUBMITTED)
    person = acting_person()
    if signers.turn(held) != person.id:
        raise Refused("no-permission")
    _check_signer(held, person)
    found = examine(held, seen)
    if found.content.kind.family in profile().paraf and held.paraf_hash is None:
        raise Conflict("paraf-missing")
    if held.paraf_hash is not None and held.paraf_hash != content.digest(found.drawn):
        raise Conflict("paraf-outdated")
    return held, found


def _check_signer(held: Letter, person: Person) -> None:
    """See that whose turn it is may still sign: the signatory, or one of the case's team."""
    if held.signatory_id != person.id:
        if not permits(person, Permission.LETTER_COSIGN, letters.standing(held)):
            raise Refused("no-permission")
        return
    if not person.has(Role.SIGNATORY):
        raise Refused("no-permission")
    delegations.check(person.id, held.delegation_id)


def cosign(letter: Letter, seen: str) -> None:
    """Sign a letter that several sign, when it is the acting person's turn.

    The first signature freezes it as an approval does; the last one has it made.

    Args:
        seen: the fingerprint of what was read, or the hash of the snapshot once it is frozen.

    Raises:
        Conflict: as :func:`approve`; ``not-your-turn``.
        Refused: as :func:`approve`.
    """
    if letter.state == LetterState.SUBMITTED.value:
        approve(letter, seen)
        return
    held = letters.lock(letter, LetterState.SIGNING)
    person = acting_person()
    hold(held.case)
    conditions.check_open(held.case)
    _check_signer(held, person)
    content.judge_reader(held, person, letters.standing(held))
    if signers.sign(held, person, seen):
        held.state = LetterState.QUEUED.value
        outbox.request(Kind.ISSUE_LETTER, held.id)
    audit.record(
        Tag.LETTER_COSIGNED,
        subject=("letter", held.id),
        case_id=held.case_id,
        details={"number": held.number, "snapshot": seen},
    )


def frozen(letter: Letter) -> Mapping[str, Any]:
    """Return what a frozen letter says, for those who have still to sign it.

    Raises:
        Conflict: ``letter-not-approved``; the snapshot is not the one on record.
        Refused: the acting person may not see all that it says.
    """
    if letter.snapshot is None:
        raise Conflict("letter-not-approved")
    content.judge_reader(letter, acting_person(), letters.standing(letter))
    place = letters.snapshot_place(letter.id)
    said = vault.open_for_subject(letter.key_holder, letter.snapshot, *place)
    if sha256(said).digest() != letter.snapshot_hash:
        raise Conflict("snapshot-altered")
    content.note_fields(letter)
    found: Mapping[str, Any] = json.loads(said)
    return found


def _approve(held: Letter, found: Review) -> None:
    held.statutory = found.content.statutory
    held.earlier = None
    freeze(held, found.content.kind, found.drawn)
    previews.forget(held)


def _series(letter: Letter) -> str:
    kind = workshop.document_type(letter.type)
    return office.series(kind.key, kind.family)


def freeze(held: Letter, kind: DocumentType, drawn: Mapping[str, Any]) -> None:
    """Give a letter that the acting person approves its number and date, and ask for its issue.

    Args:
        held: locked, or not yet seen by anybody else.
        drawn: what it says, checked.

    Raises:
        Conflict: ``no-checkpoint`` of the audit log yet.
    """
    checkpoint = audit.newest_checkpoint()
    if checkpoint is None:
        raise Conflict("no-checkpoint")
    moment, day = now(), today(profile().identity.timezone)
    person, signer = acting_person(), drawn["letter"]["signer"]
    certificate = certificates.ensure_officer(
        held.signatory_id or person.id, name=signer["name"], title=signer["title"]
    )
    several = signers.of(held) if kind.cosigners else []
    token = new_token()
    held.family = office.series(kind.key, kind.family)
    held.year = day.year
    held.sequence = numbering.take(held.family, day.year)
    held.number = office.number(kind.key, kind.family, held.sequence, day)
    final = content.final(
        drawn,
        number=held.number,
        address=f"{address()}/verify/{token}",
        size=checkpoint.size,
        root=checkpoint.root.hex(),
    )
    frozen = content.canonical(final)
    held.dated = day
    held.approved_at = moment
    held.template_version = kind.version
    held.snapshot = vault.seal_for_subject(
        held.key_holder, frozen, *letters.snapshot_place(held.id)
    )
    held.snapshot_hash = sha256(frozen).digest()
    held.certificate_id = certificate.id
    held.verification_hash = token_hash(token)
    held.state = (LetterState.SIGNING if several else LetterState.QUEUED).value
    held.attempt, held.step, held.failure = 0, None, None
    if several:
        for row, one in zip(several, drawn["letter"]["cosigners"], strict=False):
            row.certificate_id = certificates.ensure_officer(
                row.account_id, name=one["name"], title=one["capacity"]
            ).id
        several[-1].certificate_id = certificate.id
        signers.sign(held, person, held.snapshot_hash.hex())
    else:
        outbox.request(Kind.ISSUE_LETTER, held.id)
    audit.record(
        Tag.LETTER_APPROVED,
        subject=("letter", held.id),
        case_id=held.case_id,
        # What goes without consent says so on the record, and on which law (invariant 24).
        reason=kind.statutory_basis,
        details={"number": held.number, "snapshot": held.snapshot_hash.hex()},
    )


def retry(letter: Letter) -> None:
    """Try a letter that came to a halt once more, with its number and content as approved.

    Raises:
        Conflict: it did not come to a halt.
    """
    held = letters.lock(letter, LetterState.PARKED)
    held.state = LetterState.QUEUED.value
    # Attempts are counted on, never anew: a worker that slept through all this must not find the
    # number of its claim in use again. The next full round begins after a multiple of ATTEMPTS.
    held.attempt = ceil(held.attempt / ATTEMPTS) * ATTEMPTS
    held.step, held.failure = None, None
    outbox.request(Kind.ISSUE_LETTER, held.id)
    audit.record(Tag.LETTER_RETRIED, subject=("letter", held.id), case_id=held.case_id)


def withdraw(letter: Letter, reason: WithdrawReason) -> None:
    """Take back an issued letter, or void the number of one that was not issued yet.

    A job at work on it finds that it has lost the letter and changes nothing.

    Raises:
        Conflict: it was neither approved nor issued, or is withdrawn already.
    """
    held = letters.lock(
        letter,
        LetterState.ISSUED,
        LetterState.SIGNING,
        LetterState.QUEUED,
        LetterState.RENDERING,
        LetterState.PARKED,
    )
    issued = held.state == LetterState.ISSUED.value
    held.state = (LetterState.WITHDRAWN if issued else LetterState.VOIDED).value
    held.withdrawn_at, held.withdrawn_by = now(), acting_person().id
    held.withdraw_reason = reason.value
    subject, number = ("letter", held.id), held.number or ""
    if issued:
        audit.record(
            Tag.LETTER_WITHDRAWN,
            subject=subject,
            case_id=held.case_id,
            reason=reason.value,
            details={"number": number},
        )
    else:
        audit.record(
            Tag.LETTER_NUMBER_VOIDED,
            subject=subject,
            case_id=held.case_id,
            details={"number": number, "reason": reason.value},
        )


def address() -> str:
    """Return the public address of the bound tenant, without a slash at its end.

    Raises:
        Missing: the tenant has no host.
    """
    settings: Settings = current_app.extensions["settings"]
    query = (
        select(TenantHost.host)
        .where(TenantHost.tenant_id == current().tenant_id)
        .order_by(TenantHost.host)
        .limit(1)
    )
    host = db.session.scalar(query)
    if host is None:
        raise Missing("host")
    return settings.public_url(host)
