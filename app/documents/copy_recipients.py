"""Who may be given a certified copy of a letter, and on what ground.

A copy tells its reader all that the letter says, so that nobody gets one on the certifier's word
alone: an organisation does where the survivor's consent covers every class of the letter, or where
it is the addressee of a letter that the law asked for; the survivor does of what is about her; and
a court does on its own request, which is named. What held at the asking is looked at once more when
the copy is made and when it is tried again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from app.cases import service as cases
from app.documents import approval, values, workshop
from app.documents.letter import PRINTABLE
from app.documents.models import Letter, LetterCopy
from tenants.confidential import FieldClass, clean
from tenants.context import Purpose
from tenants.errors import Invalid, Refused
from tenants.registry import Organisation, organisation, organisations, profile

RECIPIENT_LIMIT = 150
REQUEST_LIMIT = 100
HER_COPY = "yang bersangkutan"


class Ground(StrEnum):
    """On what ground somebody gets a copy."""

    CONSENT = "consent"
    STATUTORY = "statutory"
    SURVIVOR = "survivor"
    COURT = "court"


@dataclass(frozen=True, slots=True)
class Wanted:
    """For whom a copy is asked.

    Attributes:
        to: the id of an organisation, ``survivor`` or ``court``.
        court: which court, and ``request`` the number and date of what it sent.
    """

    to: str
    court: str | None = field(default=None, repr=False)
    request: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Recipient:
    """For whom a copy is made: ``words`` are what stands on it."""

    ground: Ground
    words: str = field(repr=False)
    organisation_id: UUID | None = None


def offered(letter: Letter) -> list[Organisation]:
    """Return the organisations that may have a copy today, by name.

    Raises:
        Refused: the acting person may not see all that the letter says.
    """
    said = _said(letter)
    consented = cases.consented_by_organisation(letter.case, Purpose.REFERRAL)
    return [one for one in organisations() if _ground(letter, one.id, said, consented) is not None]


def choose(letter: Letter, wanted: Wanted) -> Recipient:
    """Return for whom a copy is made, and on what ground.

    Raises:
        Invalid: ``to``, ``court`` or ``request``: ``required``, ``too-long``,
            ``control-character`` or ``not-printable``; ``to``: ``unknown``.
        Refused: ``copy-no-consent``: nothing allows that this organisation gets it.
    """
    if wanted.to == Ground.SURVIVOR:
        return Recipient(Ground.SURVIVOR, HER_COPY)
    if wanted.to == Ground.COURT:
        court = _written("court", wanted.court, RECIPIENT_LIMIT)
        request = _written("request", wanted.request, REQUEST_LIMIT)
        return Recipient(Ground.COURT, f"{court}, atas permintaan {request}")
    known = {str(one.id): one for one in organisations()}
    if not wanted.to:
        raise Invalid("to", "required")
    if wanted.to not in known:
        raise Invalid("to", "unknown")
    one = known[wanted.to]
    consented = cases.consented_by_organisation(letter.case, Purpose.REFERRAL)
    ground = _ground(letter, one.id, _said(letter), consented)
    if ground is None:
        raise Refused("copy-no-consent")
    return Recipient(ground, one.name, one.id)


def still_allowed(letter: Letter, copy: LetterCopy, said: frozenset[FieldClass]) -> bool:
    """Tell whether what allowed a copy at its asking allows it still.

    Args:
        said: the classes of what the letter says.
    """
    if copy.organisation_id is None:
        return copy.ground in {Ground.SURVIVOR.value, Ground.COURT.value}
    consented = cases.consented_by_organisation(letter.case, Purpose.REFERRAL)
    return organisation(copy.organisation_id).active and (
        _ground(letter, copy.organisation_id, said, consented) is not None
    )


def _said(letter: Letter) -> frozenset[FieldClass]:
    return values.carried(workshop.document_type(letter.type), approval.frozen(letter))


def _ground(
    letter: Letter,
    organisation_id: UUID,
    said: frozenset[FieldClass],
    consented: Mapping[UUID, frozenset[FieldClass]],
) -> Ground | None:
    if letter.statutory and letter.organisation_id == organisation_id:
        return Ground.STATUTORY
    classes = consented.get(organisation_id)
    return Ground.CONSENT if classes and said <= classes else None


def _written(name: str, value: str | None, limit: int) -> str:
    text = clean(value, name, limit)
    if text is None:
        raise Invalid(name, "required")
    if not {ord(one) for one in text} <= PRINTABLE[profile().letterhead.font]:
        raise Invalid(name, "not-printable")
    return text
