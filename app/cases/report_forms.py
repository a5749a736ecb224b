"""The form of a whole report: what was asked of her first, on one page."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import SelectChoice, SelectField
from wtforms.validators import Optional

from app.cases import codes, service
from app.cases.forms import (
    ArrivalForm,
    IncidentForm,
    SurvivorForm,
    age_field,
    particulars_field,
    relation_field,
    typed,
)
from app.cases.inputs import choice, line, text

NEEDS = 3  # needs that can be given with a report; more are added on the case's page


class ReportForm(ArrivalForm, SurvivorForm, IncidentForm):
    """A whole report on one page."""

    outreach = SelectField(
        _l("Which outreach did it follow?"), [Optional()], choices=[SelectChoice("", _l("None"))]
    )
    suffered: Any = None  # of one survivor it is what happened; None takes the field out
    perpetrator_full_name = line("alleged_perpetrator", "full_name")
    perpetrator_relation = relation_field()
    perpetrator_age_group = age_field()
    perpetrator_particulars = particulars_field()

    def offer(self, outreach: Iterable[tuple[UUID, str]]) -> None:
        """Offer the newest outreach."""
        self.outreach.choices = [
            SelectChoice("", _l("None")),
            *(SelectChoice(str(one), name) for one, name in outreach),
        ]

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the fields, and that each need says which service and how soon."""
        valid = bool(super().validate(extra_validators))
        for service_field, urgency, description in self.needs():
            if not service_field.data and (urgency.data or (description.data or "").strip()):
                service_field.errors = [_l("Choose the service that is needed.")]
                valid = False
            if service_field.data and not urgency.data:
                urgency.errors = [_l("Choose how soon it is needed.")]
                valid = False
        return valid

    def needs(self) -> list[tuple[Any, Any, Any]]:
        """Return the fields of each need: service, urgency, description."""
        parts = ("service", "urgency", "description")
        return [
            tuple(self[f"need{number}_{part}"] for part in parts) for number in range(1, NEEDS + 1)
        ]

    def report(self) -> service.Report:
        """Return what was typed."""
        return service.Report(
            channel=self.channel.data,
            risk=self.risk.data,
            outreach_id=UUID(self.outreach.data) if self.outreach.data else None,
            survivor=service.SurvivorEntry(
                age_group=self.age_group.data,
                disability=self.disability.data,
                district=self.district.data,
                **self._said_of_her(),
            ),
            incident=service.IncidentEntry(
                violence=tuple(self.violence.data),
                place=self.place.data,
                occurred_on=self.occurred_on.data,
                domestic=self.domestic.data,
                signs=tuple(self.signs.data or ()),
                **typed(self, "narrative", "location"),
            ),
            perpetrators=self._perpetrators(),
            needs=tuple(
                service.NeedEntry(kind.data, urgency.data, description.data or None)
                for kind, urgency, description in self.needs()
                if kind.data
            ),
        )

    def _said_of_her(self) -> dict[str, Any]:
        names = ("full_name", "nik", "birth_date", "phone", "safe_contact", "contact_when")
        return {**typed(self, *names, "forbidden_phone", "address", "health")}

    def _perpetrators(self) -> tuple[service.PerpetratorEntry, ...]:
        entry = service.PerpetratorEntry(
            relation=self.perpetrator_relation.data,
            age_group=self.perpetrator_age_group.data,
            full_name=self.perpetrator_full_name.data or None,
            particulars=self.perpetrator_particulars.data or None,
        )
        return () if entry == service.PerpetratorEntry() else (entry,)


for _number in range(1, NEEDS + 1):
    setattr(
        ReportForm,
        f"need{_number}_service",
        choice(_l("Service"), codes.SERVICE_NAMES, needed=False),
    )
    setattr(
        ReportForm, f"need{_number}_urgency", choice(_l("How soon"), codes.URGENCIES, needed=False)
    )
    setattr(
        ReportForm,
        f"need{_number}_description",
        text("need", "description", render_kw={"rows": 2}),
    )
