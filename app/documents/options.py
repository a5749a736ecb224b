"""What an author may choose from when writing a letter about a case."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from app.cases import service as cases
from app.documents import conditions, values
from app.documents.catalogue import DocumentType
from tenants.confidential import CaseTable
from tenants.context import Role
from tenants.disclosure import disclose
from tenants.policy import Standing


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose."""

    id: UUID
    label: Any


@dataclass(frozen=True, slots=True)
class Options:
    """The choices of one letter; empty where its kind has nothing of that sort to choose."""

    organisations: tuple[Option, ...] = ()
    needs: tuple[Option, ...] = ()
    survivors: tuple[Option, ...] = ()
    perpetrators: tuple[Option, ...] = ()
    companions: tuple[Option, ...] = ()


def for_letter(kind: DocumentType, case_id: UUID, standing: Standing) -> Options:
    """Return the choices for a letter of this kind; names only as far as they may be seen."""
    roots = {one.name.split(".")[0] for one in kind.case_fields}
    rows = cases.rows(case_id)
    organisations: tuple[Option, ...] = ()
    if kind.addressee not in conditions.BY_HAND:
        found = conditions.receivers(kind)
        organisations = tuple(Option(one.id, one.name) for one in found)
    needs: tuple[Option, ...] = ()
    if "need" in roots:
        needs = tuple(Option(one.id, _need(one)) for one in rows.needs if values.serves(kind, one))
    companions: tuple[Option, ...] = ()
    if "companion" in roots:
        team = sorted(cases.team(case_id), key=lambda card: Role.COMPANION not in card.roles)
        # Not inside the f-string: the catalogue would not find the sentence there.
        unreachable = _("no office telephone")
        companions = tuple(
            Option(one.id, f"{one.name} – {one.phone or unreachable}") for one in team
        )
    people = roots & {"survivor", "mediation"}
    return Options(
        organisations=organisations,
        needs=needs,
        survivors=_people(rows.survivors, standing) if people else (),
        perpetrators=_people(rows.perpetrators, standing) if "mediation" in roots else (),
        companions=companions,
    )


def _need(need: Any) -> str:
    return f"{cases.service_name(need.service)} – {cases.urgency_name(need.urgency)}"


def _people(rows: Sequence[CaseTable], standing: Standing) -> tuple[Option, ...]:
    """Name people only where there is more than one to choose from."""
    if len(rows) < 2:
        return tuple(Option(row.id, "") for row in rows)
    return tuple(
        Option(row.id, _name(row, place, standing)) for place, row in enumerate(rows, start=1)
    )


def _name(row: CaseTable, place: int, standing: Standing) -> str:
    seen = disclose(row, ["full_name"], standing)["full_name"]
    return seen.value or str(_("Person %(number)s", number=place))
