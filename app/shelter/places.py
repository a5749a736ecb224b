"""Safe houses: how many people each takes, and the address that the fewest may see.

The address lies under the office's key, as it belongs to no one case. It is of class location and
level 4, the highest: whoever answers for the houses writes it and cannot read it again; only the
team of a woman who stays there opens it, for a purpose, one look at a time. No letter can hold it:
templates read what they list, and no field of theirs leads here (a test holds it).
"""

from dataclasses import dataclass, replace
from uuid import UUID, uuid4, uuid5

from sqlalchemy import func, select

from app.shelter.models import PLACE, ShelterPlace, ShelterStay
from app.web.access import Subject
from tenants import audit, clock, limits, policy, vault
from tenants.confidential import FieldClass, clean
from tenants.context import Purpose, acting_person, bind, current
from tenants.database import db, hold
from tenants.disclosure import note_field, start_record
from tenants.errors import Conflict, Invalid, Missing, Refused
from tenants.policy import Access, Relation
from tenants.vocabulary import Tag

ADDRESS = "shelter_place.address"
LEVEL = 4
LONGEST = 500  # characters of an address
MOST = 200  # people in one house


@dataclass(frozen=True, slots=True)
class Place:
    """A safe house as a list shows it."""

    id: UUID
    number: int
    capacity: int
    taken: int
    active: bool

    @property
    def free(self) -> int:
        """How many more people it takes."""
        return max(0, self.capacity - self.taken) if self.active else 0


def places() -> list[Place]:
    """Return every safe house by its number, with how many people stay there: one statement."""
    taken = (
        select(func.coalesce(func.sum(1 + ShelterStay.dependants), 0))
        .where(ShelterStay.place_id == ShelterPlace.id, ShelterStay.left_at.is_(None))
        .correlate(ShelterPlace)
        .scalar_subquery()
    )
    query = select(
        ShelterPlace.id, ShelterPlace.number, ShelterPlace.capacity, taken, ShelterPlace.active
    ).order_by(ShelterPlace.number)
    return [Place(*row) for row in db.session.execute(query)]


def load_place(place_id: UUID) -> Subject:
    """Load a safe house for whoever answers for them.

    Raises:
        Missing: there is none with this id.
    """
    found = db.session.get(ShelterPlace, (current().tenant_id, place_id))
    if found is None:
        raise Missing("shelter_place")
    return Subject("shelter_place", found.id, found)


def add_place(capacity: int, address: str) -> UUID:
    """Add a safe house and return its id; its number is the next one.

    Raises:
        Invalid: ``capacity`` is no possible number, ``address`` is missing, too long or holds a
            control character.
    """
    _check_capacity(capacity)
    place_id = uuid4()
    sealed = _seal(place_id, address)
    hold(uuid5(current().tenant_id, PLACE))
    last = db.session.scalar(select(func.max(ShelterPlace.number))) or 0
    db.session.add(
        ShelterPlace(
            id=place_id,
            number=last + 1,
            capacity=capacity,
            active=True,
            address=sealed,
            created_at=clock.now(),
        )
    )
    db.session.flush()
    note_field(ADDRESS)
    audit.record(
        Tag.SHELTER_PLACE_ADDED,
        subject=("shelter_place", place_id),
        details={"capacity": capacity},
    )
    return place_id


def change_place(subject: Subject, capacity: int, *, active: bool, address: str = "") -> None:
    """Change how many people a house takes, whether it is used, or where it is.

    Args:
        address: the new one; empty where it stays.

    Raises:
        Invalid: as :func:`add_place`.
        Conflict: it is given up while somebody stays there.
    """
    _check_capacity(capacity)
    hold(subject.id)
    row: ShelterPlace = subject.row
    if not active and _taken(row.id):
        raise Conflict("shelter-in-use")
    if address.strip():
        row.address = _seal(row.id, address)
        note_field(ADDRESS)
    row.capacity, row.active = capacity, active
    db.session.flush()
    audit.record(
        Tag.SHELTER_PLACE_CHANGED,
        subject=("shelter_place", row.id),
        details={"capacity": capacity, "active": active},
    )


def take(place_id: UUID, people: int) -> ShelterPlace:
    """Hold a house and return it if so many more people find room; two at once cannot overfill it.

    Raises:
        Invalid: ``place`` with ``unknown``.
        Conflict: ``shelter-full``.
    """
    hold(place_id)
    row = db.session.get(ShelterPlace, (current().tenant_id, place_id), populate_existing=True)
    if row is None or not row.active:
        raise Invalid("place", "unknown")
    if _taken(row.id) + people > row.capacity:
        raise Conflict("shelter-full")
    return row


def may_ask(stay: Subject) -> bool:
    """Tell whether the acting person may open where the house is: of the team alone.

    What an emergency opens besides it does not open this: whoever judges it comes too late. Nor
    is there a reason to look once the case is closed.
    """
    if Relation.TEAM not in stay.standing.relations or stay.standing.closed:
        return False
    team = replace(stay.standing, relations=frozenset({Relation.TEAM}))
    asked = policy.decide(acting_person(), team, FieldClass.LOCATION, LEVEL, Purpose.SAFETY)
    return asked.access is Access.SHOWN


def reveal_address(stay: Subject, purpose: Purpose) -> str:
    """Open the address of the house in which a woman stays now, for a purpose, on record.

    Args:
        stay: the stay, loaded through its case.

    Raises:
        Invalid: ``purpose`` with ``unknown``.
        Refused: the policy does not let this person see it, or she has left.
        LimitReached: the person has opened as many values today as the agency allows.
    """
    person, row = acting_person(), stay.row
    if purpose not in policy.purposes(person):
        raise Invalid("purpose", "unknown")
    start_record()
    note_field(ADDRESS)  # a refusal names it as well
    limits.check(Tag.FIELD_REVEALED, "reveals_a_day")
    if not may_ask(stay):
        raise Refused("role", purpose)
    if row.left_at is not None:
        raise Refused("stay-over", purpose)
    place = db.session.get(ShelterPlace, (current().tenant_id, row.place_id))
    if place is None:
        raise Missing("shelter_place")
    with bind(replace(current(), purpose=purpose)):
        audit.record(
            Tag.FIELD_REVEALED,
            subject=("shelter_place", place.id),
            case_id=stay.case_id,
            fields=[ADDRESS],
        )
    start_record()
    return vault.open_for_tenant(place.address, PLACE, str(place.id)).decode()


def _taken(place_id: UUID) -> int:
    query = select(func.coalesce(func.sum(1 + ShelterStay.dependants), 0)).where(
        ShelterStay.place_id == place_id, ShelterStay.left_at.is_(None)
    )
    return int(db.session.scalar(query) or 0)


def _seal(place_id: UUID, address: str) -> bytes:
    text = clean(address, "address", LONGEST)
    if text is None:
        raise Invalid("address", "missing")
    return vault.seal_for_tenant(text.encode(), PLACE, str(place_id))


def _check_capacity(capacity: int) -> None:
    if not 1 <= capacity <= MOST:
        raise Invalid("capacity", "not-possible")
