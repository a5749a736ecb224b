"""Forms of the duty register."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, IntegerField, RadioField, SelectChoice, SelectField
from wtforms.validators import InputRequired, Optional

from app.network import service
from app.ui.forms import Form


class PeriodForm(Form):
    """From which day to which."""

    since = DateField(_l("First day"), [InputRequired()])
    until = DateField(_l("Last day"), [InputRequired()])


class EscalationForm(PeriodForm):
    """Of which organisation to write, and to whom."""

    organisation = SelectField(_l("Organisation"), [InputRequired()])
    receiver = RadioField(
        _l("To whom"),
        [InputRequired()],
        choices=[
            SelectChoice("chair", _l("The chair of the network")),
            SelectChoice("regent", _l("The regent or mayor")),
        ],
    )

    def offer(self) -> None:
        """Fill the list of organisations: partners alone."""
        partners = [one for one in service.holders().values() if one.id is not None]
        self.organisation.choices = [
            SelectChoice("", _l("Choose")),
            *(SelectChoice(one.key, one.name) for one in partners),
        ]


class MonthForm(Form):
    """Which month to compare, and with whom."""

    organisation = SelectField(_l("Organisation"), [InputRequired()])
    month = DateField(_l("A day of the month"), [InputRequired()])

    def offer(self) -> None:
        """Fill the list of organisations."""
        choices = [SelectChoice(str(one.id), one.name) for one in service.partners()]
        self.organisation.choices = choices


class CompareForm(Form):
    """How many cases the organisation has, and why these are more than ours."""

    theirs = IntegerField(_l("Cases that the organisation has of this month"), [Optional()])
    surplus = SelectField(_l("If it has more than ours: how this was settled"), [Optional()])

    def offer(self) -> None:
        """Fill the list of ways to settle a difference."""
        self.surplus.choices = [
            SelectChoice("", _l("Not settled yet")),
            *(SelectChoice(code, name) for code, name in service.resolutions()),
        ]


class EvidenceForm(Form):
    """Whether an organisation did what was due on a day."""

    duty = SelectField(_l("Duty"), [InputRequired()])
    happened_on = DateField(_l("Day"), [InputRequired()])
    kept = RadioField(
        _l("What happened"),
        [InputRequired()],
        choices=[
            SelectChoice("yes", _l("It came, or handed over what was due")),
            SelectChoice("no", _l("It did not come, or handed nothing over")),
        ],
    )

    def offer(self) -> None:
        """Fill the list of duties, by organisation."""
        names = service.holders()
        choices: list[Any] = [SelectChoice("", _l("Choose"))]
        choices += [
            SelectChoice(one.key, one.title, optgroup=names[one.organisation].name)
            for one in service.offered()
        ]
        self.duty.choices = choices
