"""Forms of case conferences."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from app.accounts.service import Card
from app.conferences.codes import CANCEL_REASONS
from app.conferences.service import Member
from app.ui.forms import Form

# Characters, as the tables declare.
VENUE_LENGTH, AGENDA_LENGTH, PROGRESS_LENGTH, DECISION_LENGTH = 200, 1500, 3000, 1000
_NO_NAMES = _l("The case by its code only: no name, no initials, no kind of violence, no event.")


class _Ticked(SelectMultipleField):  # type: ignore[misc, unused-ignore]
    """Several boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class PlanForm(Form):
    """When, where, with whom, about what."""

    day = DateField(_l("Date of the conference"), [InputRequired()])
    time = TimeField(_l("Time"), [InputRequired()])
    venue = StringField(
        _l("Place"),
        [InputRequired(), Length(max=VENUE_LENGTH)],
        description=_l("A meeting room. Never a safe house or a home."),
    )
    chair = SelectField(_l("Who leads it?"), [InputRequired()])
    members = _Ticked(_l("Who is invited?"), [InputRequired()])
    agenda = TextAreaField(
        _l("Agenda"), [InputRequired(), Length(max=AGENDA_LENGTH)], description=_NO_NAMES
    )


class HeldForm(Form):
    """That it was held, who came, how the services go on."""

    day = DateField(_l("Date on which it was held"), [InputRequired()])
    time = TimeField(_l("Time"), [InputRequired()])
    attended = _Ticked(_l("Who came?"), [InputRequired()])
    progress = TextAreaField(
        _l("How the services go on"), [Length(max=PROGRESS_LENGTH)], description=_NO_NAMES
    )


class DecisionForm(Form):
    """What was decided, who does it, by when."""

    text = TextAreaField(
        _l("What was decided?"),
        [InputRequired(), Length(max=DECISION_LENGTH)],
        description=_NO_NAMES,
    )
    who = SelectField(_l("Who does it?"), [InputRequired()])
    due_on = DateField(_l("By which day?"), [InputRequired()])


class CancelForm(Form):
    """Why a conference is given up."""

    reason = RadioField(
        _l("Reason"),
        [InputRequired()],
        choices=[SelectChoice(code.value, name) for code, name in CANCEL_REASONS.items()],
    )


def plan_form(chairs: Iterable[Card], invited: Iterable[tuple[str, str]]) -> PlanForm:
    """Return the form with who may lead and who may come."""
    form = PlanForm()
    form.chair.choices = [SelectChoice("", _l("Choose a person"))]
    form.chair.choices += [SelectChoice(str(card.id), card.name) for card in chairs]
    form.members.choices = [SelectChoice(value, name) for value, name in invited]
    return form


def held_form(members: Iterable[Member], **options: object) -> HeldForm:
    """Return the form with who was invited."""
    form = HeldForm(**options)
    form.attended.choices = [SelectChoice(str(one.id), one.name) for one in members]
    return form


def decision_form(invited: Iterable[tuple[str, str]]) -> DecisionForm:
    """Return the form with who may do something."""
    form = DecisionForm()
    form.who.choices = [SelectChoice("", _l("Choose a person or an organisation"))]
    form.who.choices += [SelectChoice(value, name) for value, name in invited]
    return form
