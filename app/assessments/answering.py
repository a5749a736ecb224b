"""Going through an instrument: begun, saved as one goes, finished.

What was answered is kept on the server from the first answer on, so that nothing is lost when a
telephone loses the network; nothing is kept in the browser.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from app.assessments.instruments import Instrument, Item, Kind, instruments, newest
from app.assessments.models import Assessment, AssessmentAnswer
from app.cases import service as cases
from app.web.access import Subject
from tenants import audit, clock, revealing
from tenants.confidential import clean
from tenants.context import Purpose, acting_person
from tenants.database import db
from tenants.disclosure import Disclosed, disclose, start_record, write
from tenants.errors import Conflict, Invalid, Missing
from tenants.vocabulary import Tag

Typed = Mapping[str, str | None]


@dataclass(frozen=True, slots=True, repr=False)
class Answered:
    """A question with its answer as the acting person may see it.

    Attributes:
        row_id, seen: None where nothing was answered yet.
    """

    item: Item
    row_id: UUID | None
    seen: Disclosed | None

    @property
    def value(self) -> str:
        """The answer, where it is shown."""
        return (self.seen.value or "") if self.seen is not None and self.seen.shown else ""

    @property
    def hidden(self) -> bool:
        """There is an answer that this page does not show."""
        return self.seen is not None and not self.seen.shown


@dataclass(frozen=True, slots=True, repr=False)
class Sheet:
    """One assessment with its answers.

    Attributes:
        particulars: score and conclusion, as the person may see them.
    """

    row: Assessment
    instrument: Instrument
    answers: tuple[Answered, ...]
    particulars: Mapping[str, Disclosed]

    @property
    def score(self) -> int | None:
        """The score, where there is one and it is shown."""
        seen = self.particulars["score"]
        return int(seen.value) if seen.shown and seen.value else None


def load_assessment(case_id: UUID, assessment_id: UUID) -> Subject:
    """Load an assessment through its case.

    Raises:
        Missing: there is no such case, or no such assessment in it.
    """
    case = cases.load_case(case_id)
    query = select(Assessment).where(Assessment.id == assessment_id, Assessment.case_id == case_id)
    found = db.session.scalar(query)
    if found is None:
        raise Missing("assessment")
    return Subject("assessment", found.id, found, case_id, case.standing)


def begin(subject: Subject, *, instrument: str, survivor_id: UUID) -> UUID:
    """Begin an assessment, or go on with the one that is begun; return its id.

    Args:
        subject: the case.

    Raises:
        Invalid: ``instrument`` or ``survivor`` with ``unknown``.
        Conflict: the case is closed.
    """
    cases.hold_open(subject)
    chosen = newest(cases.today()).get(instrument)
    if chosen is None:
        raise Invalid("instrument", "unknown")
    survivors = {one.id: one for one in cases.rows(subject.id).survivors}
    if survivor_id not in survivors:
        raise Invalid("survivor", "unknown")
    of_her = (Assessment.survivor_id == survivor_id, Assessment.instrument == instrument)
    begun = db.session.scalar(select(Assessment).where(*of_her, Assessment.finished_at.is_(None)))
    if begun is not None:
        _record(Tag.ASSESSMENT_BEGUN, begun, {"instrument": instrument, "round": begun.round})
        return begun.id
    earlier = db.session.scalar(select(func.count()).select_from(Assessment).where(*of_her)) or 0
    moment = clock.now()
    row = Assessment(
        case_id=subject.id,
        survivor_id=survivor_id,
        assessor_id=acting_person().id,
        instrument=instrument,
        version=chosen.version,
        round=earlier + 1,
        about_child=survivors[survivor_id].is_child,
        begun_at=moment,
        saved_at=moment,
    )
    db.session.add(row)
    db.session.flush()
    _record(Tag.ASSESSMENT_BEGUN, row, {"instrument": instrument, "round": row.round})
    return row.id


def look(subject: Subject) -> Sheet:
    """Return an assessment as the acting person may see it. The route records the look."""
    return _sheet(subject, None)


def reveal(subject: Subject, row_id: UUID, name: str, purpose: Purpose) -> Sheet:
    """Return the assessment with one more answer opened, for a purpose that was named.

    Args:
        row_id: of the answer, or of the assessment itself for its conclusion.

    Raises:
        Missing: the assessment has no such answer.
        Invalid, Refused, LimitReached: as :func:`tenants.revealing.reveal`.
    """
    short = name.partition(".")[2]
    row = next((one for one in (subject.row, *_rows(subject.id)) if one.id == row_id), None)
    if row is None:
        raise Missing("assessment")
    opened = revealing.reveal(row, short, subject.standing, purpose)
    sheet = _sheet(subject, (row_id, opened))
    _record(Tag.ASSESSMENT_VIEWED, subject.row)
    return sheet


def save(subject: Subject, typed: Typed) -> None:
    """Keep what was answered so far; only what really changed is written.

    An answer that the page did not show stays as it is while its question is left empty.

    Raises:
        Invalid: an answer that the question does not offer, too long, or no number.
        Refused: the policy does not let this person write an answer.
        Conflict: the assessment is finished, or the case closed.
    """
    row = _draft(subject)
    _keep(subject, row, typed)
    row.saved_at = clock.now()
    db.session.flush()
    _record(Tag.ASSESSMENT_SAVED, row)


def finish(subject: Subject, typed: Typed, conclusion: str) -> None:
    """Finish an assessment: it is scored where its instrument says so and changes no more.

    What a "yes" asks for becomes a need of the case, unless the case has it already.

    Raises:
        Invalid: as :func:`save`; ``conclusion`` with ``missing``; ``answers`` with ``none``.
        Refused, Conflict: as :func:`save`.
    """
    row = _draft(subject)
    if not conclusion.strip():
        raise Invalid("conclusion", "missing")
    instrument = instruments()[row.instrument, row.version]
    _keep(subject, row, typed)
    answers, whole = _to_score(subject, instrument)
    if not answers:
        raise Invalid("answers", "none")
    score = instrument.score(answers) if whole else None
    write(
        row,
        subject.standing,
        conclusion=conclusion,
        **({} if score is None else {"score": str(score)}),
    )
    row.saved_at = row.finished_at = clock.now()
    db.session.flush()
    _record(Tag.ASSESSMENT_FINISHED, row, {"instrument": row.instrument, "round": row.round})
    _need(row.case_id, instrument.suggested(answers))


def _to_score(subject: Subject, instrument: Instrument) -> tuple[dict[str, str], bool]:
    """Return every answer, to be counted and shown to nobody, and whether none is missing.

    The event of the act names the fields. What the person might not even open for handling the
    case is left out, and then there is no score.
    """
    answers: dict[str, str] = {}
    whole = True
    for row in _rows(subject.id):
        item = instrument.item(row.item)
        if item is None:
            continue
        seen = disclose(row, (item.column,), subject.standing, Purpose.HANDLING)[item.column]
        if seen.value:
            answers[item.code] = seen.value
        whole = whole and seen.shown
    return answers, whole


def _need(case_id: UUID, services: Iterable[str]) -> None:
    known = {one.service for one in cases.rows(case_id).needs}
    case = cases.load_case(case_id)
    for service in services:
        if service not in known:
            cases.edit_need(case, None, cases.NeedEntry(service, "soon"), {})


def _draft(subject: Subject) -> Assessment:
    assert subject.case_id is not None  # noqa: S101 (load_assessment gives it)
    row: Assessment = subject.row
    cases.hold_open(cases.load_case(subject.case_id))
    db.session.refresh(row)
    if row.finished_at is not None:
        raise Conflict("assessment-finished")
    return row


def _keep(subject: Subject, row: Assessment, typed: Typed) -> None:
    instrument = instruments()[row.instrument, row.version]
    kept = {one.item: one for one in _rows(row.id)}
    changes: list[tuple[AssessmentAnswer, str, str | None]] = []
    for code, text in typed.items():
        item = instrument.item(code)
        if item is None:
            raise Invalid("answers", "unknown")
        answer = kept.get(code)
        new = check_answer(item, text)
        if answer is None:
            if new is None:
                continue
            answer = AssessmentAnswer(
                case_id=row.case_id,
                assessment_id=row.id,
                item=code,
                about_child=row.about_child,
            )
            changes.append((answer, item.column, new))
            continue
        seen = disclose(answer, (item.column,), subject.standing)[item.column]
        if (new != seen.value) if seen.shown else new is not None:
            changes.append((answer, item.column, new))
    start_record()
    for answer, column, new in changes:
        write(answer, subject.standing, **{column: new})
        db.session.add(answer)
    db.session.flush()


def check_answer(item: Item, text: str | None) -> str | None:
    """Return an answer in its kept form, or None for none.

    Raises:
        Invalid: ``answers`` with ``unknown-code``, ``not-a-number``, or as :func:`clean`.
    """
    said = clean(text, "answers", 4000)
    if said is None:
        return None
    if item.options and said not in item.options:
        raise Invalid("answers", "unknown-code")
    if item.kind is Kind.NUMBER and not (said.isascii() and said.isdigit() and int(said) <= 99):
        raise Invalid("answers", "not-a-number")
    return said


def _rows(assessment_id: UUID) -> list[AssessmentAnswer]:
    query = select(AssessmentAnswer).where(AssessmentAnswer.assessment_id == assessment_id)
    return list(db.session.scalars(query))


def _sheet(subject: Subject, opened: tuple[UUID, Disclosed] | None) -> Sheet:
    row: Assessment = subject.row
    instrument = instruments()[row.instrument, row.version]
    kept = {one.item: one for one in _rows(row.id)}
    answers = []
    for item in instrument.items:
        answer = kept.get(item.code)
        if answer is None:
            answers.append(Answered(item, None, None))
        elif opened is not None and opened[0] == answer.id:
            answers.append(Answered(item, answer.id, opened[1]))
        else:
            seen = disclose(answer, (item.column,), subject.standing)[item.column]
            answers.append(Answered(item, answer.id, seen if _said(seen) else None))
    particulars = dict(disclose(row, ("score", "conclusion"), subject.standing))
    if opened is not None and opened[0] == row.id:
        particulars[opened[1].name.partition(".")[2]] = opened[1]
    return Sheet(row, instrument, tuple(answers), particulars)


def _said(seen: Disclosed) -> bool:
    """Tell whether something stands there, as far as the person may know."""
    return seen.present or not (seen.shown or seen.on_demand)


def _record(tag: Tag, row: Assessment, details: Mapping[str, object] | None = None) -> None:
    audit.record(
        tag,
        subject=("assessment", row.id),
        case_id=row.case_id,
        details=dict(details or {}),
    )
