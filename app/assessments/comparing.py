"""The first and the newest assessment of a survivor by one instrument, side by side."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.assessments.answering import Answered, Sheet, look
from app.assessments.instruments import Instrument, Said, instruments
from app.assessments.models import Assessment
from app.cases import service as cases
from app.web.access import Subject
from tenants import audit
from tenants.errors import Missing
from tenants.vocabulary import Tag


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a survivor is with one instrument.

    Attributes:
        draft: the assessment that is begun and not finished.
        finished: how many are.
    """

    survivor_id: UUID
    instrument: str
    first: Assessment | None
    newest: Assessment | None
    draft: Assessment | None
    finished: int

    @property
    def paired(self) -> bool:
        """There is a second assessment beside the first."""
        return self.finished > 1


@dataclass(frozen=True, slots=True, repr=False)
class Pair:
    """One question with both answers."""

    text: Said
    before: Answered | None
    after: Answered | None


@dataclass(frozen=True, slots=True, repr=False)
class Comparison:
    """Two assessments side by side.

    Attributes:
        change: newest score less the first, where both are shown.
    """

    instrument: Instrument
    first: Sheet
    newest: Sheet
    pairs: tuple[Pair, ...]

    @property
    def change(self) -> int | None:
        before, after = self.first.score, self.newest.score
        return None if before is None or after is None else after - before


def standings(case_id: UUID) -> list[Standing]:
    """Return how far each survivor is with each instrument that was begun."""
    by_pair: dict[tuple[UUID, str], list[Assessment]] = {}
    for row in sorted(cases.beside(case_id, Assessment), key=_when):
        by_pair.setdefault((row.survivor_id, row.instrument), []).append(row)
    return [_standing(survivor, key, rows) for (survivor, key), rows in by_pair.items()]


def unpaired(case_id: UUID) -> list[str]:
    """Return the paired instruments by which somebody was not assessed twice yet.

    For each survivor of the case, and each instrument whose file says ``paired``.
    """
    required = {one.key for one in instruments().values() if one.paired}
    done = {(one.survivor_id, one.instrument) for one in standings(case_id) if one.paired}
    survivors = [one.id for one in cases.rows(case_id).survivors]
    return [key for key in sorted(required) for one in survivors if (one, key) not in done]


def compare(subject: Subject, survivor_id: UUID, instrument: str) -> Comparison:
    """Return the first and the newest assessment side by side, and record the look.

    Args:
        subject: the case.

    Raises:
        Missing: there are no two finished assessments of hers by this instrument.
    """
    found = next(
        (
            one
            for one in standings(subject.id)
            if (one.survivor_id, one.instrument) == (survivor_id, instrument) and one.paired
        ),
        None,
    )
    if found is None or found.first is None or found.newest is None:
        raise Missing("assessment")
    first, second = (_look(subject, row) for row in (found.first, found.newest))
    before = {one.item.code: one for one in first.answers}
    pairs = tuple(Pair(one.item.text, before.get(one.item.code), one) for one in second.answers)
    audit.record(Tag.ASSESSMENTS_COMPARED, subject=("case", subject.id), case_id=subject.id)
    return Comparison(second.instrument, first, second, pairs)


def _look(subject: Subject, row: Assessment) -> Sheet:
    return look(Subject("assessment", row.id, row, subject.id, subject.standing))


def _standing(survivor_id: UUID, instrument: str, rows: list[Assessment]) -> Standing:
    finished = [one for one in rows if one.finished_at is not None]
    return Standing(
        survivor_id,
        instrument,
        finished[0] if finished else None,
        finished[-1] if finished else None,
        next((one for one in rows if one.finished_at is None), None),
        len(finished),
    )


def _when(row: Assessment) -> tuple[datetime, UUID]:
    return row.begun_at, row.id
