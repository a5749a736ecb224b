"""The filter of the access log."""

import ipaddress
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, Regexp, ValidationError
from wtforms.widgets import HiddenInput

from app.accounts import service as accounts
from app.audit import service, words
from app.audit.service import Conclusion, Result, ReviewReason, Severity
from app.ui.fields import purpose_choices
from app.ui.forms import Form
from tenants import clock, registry
from tenants.context import AGENCY_ROLES, Purpose, Role
from tenants.errors import Missing
from tenants.vocabulary import BY_CODE, Outcome, Tag

NOT_ALLOWED = "not-allowed"
_DAYS = (7, 30, 90)

_SCOPES: dict[str, Any] = {
    "account": _l("Accounts"),
    "app": _l("Pages"),
    "audit": _l("Access log"),
    "case": _l("Cases"),
    "figures": _l("Statistics"),
    "letter": _l("Letters"),
    "network": _l("Duties of the network"),
    "report": _l("Signed reports"),
    "simfoni": "SIMFONI-PPA",
    "tenant": _l("The office"),
}


class FilterForm(Form):
    """Which events; nothing chosen means all of them."""

    person = SelectField(_l("Person"), default="")
    role = SelectField(_l("Role"), default="")
    case = StringField(
        _l("Case code"), [Optional(), Length(max=40)], description=_l("For example K-2026-0001.")
    )
    tag = SelectField(_l("What was done"), default="")
    outcome = SelectField(_l("Outcome"), default="")
    purpose = SelectField(_l("Purpose"), default="")
    days = SelectField(_l("In the last days"), default="")
    since = DateField(_l("From"), [Optional()])
    until = DateField(_l("Until"), [Optional()])
    address = StringField(_l("Network address"), [Optional(), Length(max=45)])

    def offer(self) -> None:
        """Fill the lists: people with an account, and whoever the filter already names."""
        anyone = SelectChoice("", _("All"))
        cards = {card.id: card for card in accounts.with_role(*Role)}
        asked = _uuid(self.person.data)
        if asked is not None and asked not in cards:
            cards |= accounts.cards([asked])
        self.person.choices = [anyone, *(SelectChoice(str(c.id), c.name) for c in cards.values())]
        self.role.choices = [anyone, *(SelectChoice(*each) for each in words.role_choices())]
        self.tag.choices = [anyone, *_tags()]
        self.outcome.choices = [
            anyone,
            SelectChoice(NOT_ALLOWED, _("All that did not go through")),
            *(SelectChoice(one.value, str(words.OUTCOMES[one][1])) for one in Outcome),
        ]
        self.days.choices = [
            SelectChoice("", _("Any day")),
            SelectChoice("1", _("Today")),
            *(SelectChoice(str(one), _("The last %(days)s days", days=one)) for one in _DAYS),
        ]
        self.purpose.choices = [anyone, *(SelectChoice(*each) for each in purpose_choices())]

    def validate_case(self, field: StringField) -> None:
        """A code that the log does not know is said so, not answered with an empty page."""
        try:
            service.find_case(_code(field.data))
        except Missing:
            raise ValidationError(_("There is no case of this code.")) from None

    def validate_address(self, field: StringField) -> None:
        """An IPv4 or IPv6 address."""
        try:
            ipaddress.ip_address(field.data.strip())
        except ValueError:
            raise ValidationError(_("This is not a network address.")) from None

    def validate_until(self, field: DateField) -> None:
        """A period that ends before it begins holds nothing."""
        if self.since.data and field.data and field.data < self.since.data:
            raise ValidationError(_("The last day is before the first day."))

    def validate_days(self, field: SelectField) -> None:
        """The last days end today; a day of one's own choice would say something else."""
        if field.data and (self.since.data or self.until.data):
            raise ValidationError(_("Choose either the last days, or a first and a last day."))

    def wanted(self) -> service.Wanted:
        """Return what was asked for; the form has been validated."""
        return service.Wanted(
            person=_uuid(self.person.data),
            role=Role(self.role.data) if self.role.data else None,
            case_id=service.find_case(_code(self.case.data)) if self.case.data else None,
            tag=BY_CODE[self.tag.data] if self.tag.data else None,
            outcomes=_outcomes(self.outcome.data),
            purpose=Purpose(self.purpose.data) if self.purpose.data else None,
            since=self._first_day(),
            until=self.until.data,
            address=str(ipaddress.ip_address(self.address.data.strip()))
            if self.address.data
            else None,
        )

    def _first_day(self) -> date | None:
        if not self.days.data:
            chosen: date | None = self.since.data
            return chosen
        today = clock.today(registry.profile().identity.timezone)
        return today - timedelta(days=int(self.days.data) - 1)

    def in_use(self) -> dict[str, str]:
        """Return what is asked for, as it stands in an address."""
        given = {name: field.data for name, field in self._fields.items() if field.data}
        return {name: str(value) for name, value in given.items()}


class DayForm(Form):
    """Up to which day."""

    day = DateField(_l("Signed up to this day"), [Optional()])


class NameForm(Form):
    """Under which name a filter is kept."""

    name = StringField(
        _l("Name of the view"),
        [InputRequired(), Length(max=service.MAX_NAME)],
        description=_l("You alone see it. The filter above is kept under it."),
    )


class ReviewForm(Form):
    """Why something unusual needs no more, and the count that was read."""

    seen = HiddenField(validators=[InputRequired(), Regexp("[0-9]{1,9}$")])
    reason = SelectField(_l("Why does it need no more?"), [InputRequired()])

    def offer(self) -> None:
        """Fill the list."""
        self.reason.choices = _choices({one: words.REVIEW_REASONS[one] for one in ReviewReason})


class RaiseForm(Form):
    """How grave it is, and who has to put it right."""

    severity = SelectField(_l("How grave is it?"), [InputRequired()])
    owner = SelectField(_l("Who has to put it right?"), [InputRequired()])

    def offer(self, concerned: UUID) -> None:
        """Fill the lists; the person concerned does not judge their own case."""
        self.severity.choices = _choices({one: words.SEVERITIES[one][1] for one in Severity})
        people = accounts.with_role(*AGENCY_ROLES)
        named = [(str(card.id), card.name) for card in people if card.id != concerned]
        self.owner.choices = [SelectChoice("", _("Choose")), *(SelectChoice(*one) for one in named)]


class CloseForm(Form):
    """How a finding ended."""

    result = SelectField(_l("How did it end?"), [InputRequired()])

    def offer(self) -> None:
        """Fill the list."""
        self.result.choices = _choices({one: words.RESULTS[one] for one in Result})


class PeriodForm(Form):
    """Which period."""

    since = DateField(_l("First day"), [InputRequired()])
    until = DateField(_l("Last day"), [InputRequired()])


class SignOffForm(PeriodForm):
    """What the auditor concludes of a period, and the fingerprint of what was read."""

    since = DateField(_l("First day"), [InputRequired()], widget=HiddenInput(), id="sign-since")
    until = DateField(_l("Last day"), [InputRequired()], widget=HiddenInput(), id="sign-until")
    seen = HiddenField(validators=[InputRequired()])
    conclusion = SelectField(_l("What do you conclude?"), [InputRequired()])
    remarks = TextAreaField(
        _l("Remarks"),
        [Length(max=service.MAX_REMARKS)],
        description=_l(
            "Printed in the report. Name no survivor, no case and no colleague: say the role."
        ),
    )

    def offer(self) -> None:
        """Fill the list."""
        self.conclusion.choices = _choices({one: words.CONCLUSIONS[one] for one in Conclusion})


class ExplainForm(Form):
    """What a person answers to the auditors."""

    answer = TextAreaField(
        _l("Your explanation"),
        [InputRequired(), Length(max=service.MAX_ANSWER)],
        description=_l(
            "It is sealed and read by the auditors alone. Name no survivor: the auditors need none."
        ),
    )


class NoteForm(Form):
    """What was done about a finding, or what it still lacks."""

    text = TextAreaField(
        _l("What did you do?"),
        [InputRequired(), Length(max=service.MAX_NOTE)],
        description=_l("It is sealed and read by you and the auditors alone. Name no survivor."),
    )


class ReturnForm(NoteForm):
    """What a finding still lacks."""

    text = TextAreaField(
        _l("What is still missing?"),
        [InputRequired(), Length(max=service.MAX_NOTE)],
        description=_l("Its owner reads it on the home page. Name no survivor."),
    )


def _choices(names: dict[Any, Any]) -> list[SelectChoice]:
    listed = [SelectChoice(str(one.value), str(name)) for one, name in names.items()]
    return [SelectChoice("", _("Choose")), *listed]


def _tags() -> list[SelectChoice]:
    """Every tag under its scope, by its sentence."""
    choices = [
        SelectChoice(tag.code, words.sentence(tag.code), optgroup=_scope(tag)) for tag in Tag
    ]
    return sorted(choices, key=lambda choice: (choice.optgroup or "", choice.label or ""))


def _scope(tag: Tag) -> str:
    scope = tag.code.split(":", maxsplit=1)[0]
    return str(_SCOPES.get(scope, scope))


def _outcomes(value: str | None) -> frozenset[Outcome]:
    if not value:
        return frozenset()
    return service.NOT_ALLOWED if value == NOT_ALLOWED else frozenset({Outcome(value)})


def _code(typed: str | None) -> str:
    return (typed or "").strip().upper()


def _uuid(value: str | None) -> UUID | None:
    try:
        return UUID(value) if value else None
    except ValueError:
        return None
