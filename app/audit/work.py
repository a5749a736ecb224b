"""What an auditor does about something unusual: review it, ask about it, have it put right.

An explanation is sealed under the tenant key and opened for the auditors and whoever wrote it;
the log keeps that it was asked for, given and read, and not a word of it.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from sqlalchemy import func, select

from app.accounts import service as accounts
from app.audit import watch
from app.audit.models import AuditFinding, ExplanationRequest, SignReview
from app.web.access import Subject
from tenants import audit, vault
from tenants.clock import now
from tenants.confidential import clean
from tenants.context import Person, acting_person, current
from tenants.database import db, hold
from tenants.errors import Conflict, Invalid, Missing, Refused
from tenants.vocabulary import Tag

MAX_ANSWER = 4_000
LISTED = 200
_PLACE = "explanation"


class ReviewReason(StrEnum):
    """Why something unusual needs no more."""

    DUTY = "duty"  # it belongs to the person's work
    ON_CALL = "on-call"  # help at night or on a day off was needed
    AGREED = "agreed"  # the head of section had agreed to it
    EXPLAINED = "explained"  # the person's explanation is enough
    THRESHOLD = "threshold"  # the rule is too strict here


class Severity(StrEnum):
    """How grave a finding is."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Result(StrEnum):
    """How a finding ended."""

    NO_BREACH = "no-breach"
    INSTRUCTED = "instructed"  # the person was told how to do it
    RIGHTS_CHANGED = "rights-changed"
    SANCTIONED = "sanctioned"
    REPORTED = "reported"  # to a supervisory body


@dataclass(frozen=True, slots=True)
class Work:
    """What has been done about one sign.

    Attributes:
        settled: it was reviewed, and nothing was added since.
    """

    review: SignReview | None = None
    request: ExplanationRequest | None = None
    finding: AuditFinding | None = None
    settled: bool = False


@dataclass(frozen=True, slots=True)
class Explanation:
    """A request for an explanation, opened for whoever may read it."""

    row: ExplanationRequest
    reason: str
    answer: str | None = field(repr=False)


def load_sign(sign_id: UUID) -> Subject:
    """Load something unusual for a route.

    Raises:
        Missing: no rule finds it in the last days.
    """
    for sign in watch.signs():
        if sign.id == sign_id:
            return Subject("audit_sign", sign_id, sign)
    raise Missing("audit_sign")


def load_finding(finding_id: UUID) -> Subject:
    """Load a finding for a route.

    Raises:
        Missing: there is none in the bound tenant.
    """
    row = db.session.get(AuditFinding, (current().tenant_id, finding_id))
    if row is None:
        raise Missing("audit_finding")
    return Subject("audit_finding", row.id, row)


def work_on(signs: Collection[watch.Sign]) -> dict[UUID, Work]:
    """Return what has been done about several signs: three statements, however many."""
    ids = {sign.id for sign in signs}
    newest = SignReview.reviewed_at.asc(), SignReview.id  # a later one takes its place below
    reviews = select(SignReview).where(SignReview.sign_id.in_(ids)).order_by(*newest)
    requests = select(ExplanationRequest).where(ExplanationRequest.sign_id.in_(ids))
    findings = select(AuditFinding).where(AuditFinding.sign_id.in_(ids))
    review = {row.sign_id: row for row in db.session.scalars(reviews)}
    request = {row.sign_id: row for row in db.session.scalars(requests)}
    finding = {row.sign_id: row for row in db.session.scalars(findings)}
    return {
        sign.id: Work(
            review.get(sign.id),
            request.get(sign.id),
            finding.get(sign.id),
            settled=sign.id in review and review[sign.id].times >= sign.count,
        )
        for sign in signs
    }


def review(sign: watch.Sign, reason: ReviewReason, seen: int) -> None:
    """Mark a sign as reviewed as the auditor has read it: what came since then opens it again.

    Args:
        seen: the count on the page that was read.

    Raises:
        Refused: it is the auditor's own.
    """
    _not_own(sign)
    row = SignReview(
        **_of(sign) | {"times": min(seen, sign.count)},
        reason=reason.value,
        reviewed_by=acting_person().id,
        reviewed_at=now(),
    )
    db.session.add(row)
    db.session.flush()
    _record(Tag.AUDIT_SIGN_REVIEWED, sign, reason=reason.value)


def ask(sign: watch.Sign) -> None:
    """Ask the person for an explanation.

    Raises:
        Refused: it is the auditor's own.
        Conflict: ``already-asked``.
    """
    _not_own(sign)
    hold(sign.id)
    if work_on([sign])[sign.id].request is not None:
        raise Conflict("already-asked")
    row = ExplanationRequest(**_of(sign), asked_by=acting_person().id, asked_at=now())
    db.session.add(row)
    db.session.flush()
    _record(Tag.AUDIT_EXPLANATION_ASKED, sign)


def raise_finding(sign: watch.Sign, severity: Severity, owner_id: UUID) -> UUID:
    """Raise a finding that its owner has to put right; return its id.

    Raises:
        Refused: it is the auditor's own.
        Invalid: ``owner`` is nobody active, or the very person concerned.
        Conflict: ``already-raised``.
    """
    _not_own(sign)
    card = accounts.cards([owner_id]).get(owner_id)
    if card is None or not card.active or owner_id == sign.person:
        raise Invalid("owner", "unknown")
    hold(sign.id)
    if work_on([sign])[sign.id].finding is not None:
        raise Conflict("already-raised")
    row = AuditFinding(
        **_of(sign),
        severity=severity.value,
        owner_id=owner_id,
        raised_by=acting_person().id,
        raised_at=now(),
    )
    db.session.add(row)
    db.session.flush()
    _record(Tag.AUDIT_FINDING_RAISED, sign, severity=severity.value, owner=str(owner_id))
    return row.id


def close(finding: AuditFinding, result: Result) -> None:
    """Close a finding with its result.

    Raises:
        Refused: it concerns the auditor.
        Conflict: ``already-closed``.
    """
    if finding.person_id == acting_person().id:
        raise Refused("own-acts")
    db.session.refresh(finding, with_for_update=True)
    if finding.closed_at is not None:
        raise Conflict("already-closed")
    finding.result, finding.closed_by, finding.closed_at = result.value, acting_person().id, now()
    db.session.flush()
    audit.record(
        Tag.AUDIT_FINDING_CLOSED,
        subject=("audit_finding", finding.id),
        details={"result": result.value},
    )


def findings() -> list[AuditFinding]:
    """Return the newest findings, open ones first; recorded."""
    order = AuditFinding.closed_at.is_not(None), AuditFinding.raised_at.desc(), AuditFinding.id
    rows = list(db.session.scalars(select(AuditFinding).order_by(*order).limit(LISTED)))
    audit.record(Tag.AUDIT_FINDINGS_LISTED, details={"count": len(rows)})
    return rows


def own_requests() -> list[Explanation]:
    """Return what the acting person was asked, unanswered first; recorded."""
    query = (
        select(ExplanationRequest)
        .where(ExplanationRequest.person_id == acting_person().id)
        .order_by(ExplanationRequest.answered_at.is_not(None), ExplanationRequest.asked_at.desc())
        .limit(LISTED)
    )
    rows = list(db.session.scalars(query))
    audit.record(Tag.AUDIT_EXPLANATIONS_LISTED, details={"count": len(rows)})
    return [Explanation(row, reason_of(row), _answer(row)) for row in rows]


def own_findings() -> list[AuditFinding]:
    """Return the open findings that the acting person has to put right."""
    query = select(AuditFinding).where(
        AuditFinding.owner_id == acting_person().id, AuditFinding.closed_at.is_(None)
    )
    return list(db.session.scalars(query.order_by(AuditFinding.raised_at).limit(LISTED)))


def waiting(person: Person) -> tuple[int, int]:
    """Return how many explanations a person owes and how many findings wait for them."""
    asked = (
        select(func.count())
        .where(ExplanationRequest.person_id == person.id, ExplanationRequest.answered_at.is_(None))
        .scalar_subquery()
    )
    owned = (
        select(func.count())
        .where(
            AuditFinding.owner_id == person.id,
            AuditFinding.closed_at.is_(None),
            AuditFinding.answered_at.is_(None),
        )
        .scalar_subquery()
    )
    row = db.session.execute(select(asked.label("asked"), owned.label("owned"))).one()
    return row.asked, row.owned


def explain(request_id: UUID, answer: str | None) -> None:
    """Answer a request made to the acting person, once.

    Raises:
        Missing: nobody asked this person so.
        Invalid: ``answer`` is missing or too long.
        Conflict: ``already-answered``.
    """
    query = select(ExplanationRequest).where(
        ExplanationRequest.id == request_id,
        ExplanationRequest.person_id == acting_person().id,
    )
    row = db.session.scalar(query.with_for_update())
    if row is None:
        raise Missing("explanation_request")
    text = clean(answer, "answer", MAX_ANSWER)
    if text is None:
        raise Invalid("answer", "required")
    if row.answered_at is not None:
        raise Conflict("already-answered")
    row.answer, row.answered_at = vault.seal_for_tenant(text.encode(), _PLACE, str(row.id)), now()
    db.session.flush()
    audit.record(Tag.AUDIT_EXPLANATION_GIVEN, subject=("explanation_request", row.id))


def read_answer(request: ExplanationRequest) -> str | None:
    """Open an explanation for an auditor; recorded."""
    if request.answer is None:
        return None
    audit.record(Tag.AUDIT_EXPLANATION_READ, subject=("explanation_request", request.id))
    return _answer(request)


def reason_of(row: SignReview | ExplanationRequest | AuditFinding) -> str:
    """Return the plain reason of a rule for what it had counted."""
    known = watch.RULES.get(row.rule)
    return known.reason(row.times) if known else row.rule


def _answer(row: ExplanationRequest) -> str | None:
    if row.answer is None:
        return None
    return vault.open_for_tenant(row.answer, _PLACE, str(row.id)).decode()


def _not_own(sign: watch.Sign) -> None:
    if sign.person == acting_person().id:
        raise Refused("own-acts")


def _of(sign: watch.Sign) -> dict[str, object]:
    return {
        "sign_id": sign.id,
        "rule": sign.rule.code,
        "person_id": sign.person,
        "day": sign.day,
        "times": sign.count,
    }


def _record(tag: Tag, sign: watch.Sign, **details: str) -> None:
    audit.record(
        tag,
        subject=("audit_sign", sign.id),
        details={
            "rule": sign.rule.code,
            "person": str(sign.person),
            "day": sign.day.isoformat(),
            **details,
        },
    )
