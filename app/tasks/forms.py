"""Forms of tasks and work lists."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectChoice, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from app.accounts.service import Card
from app.tasks.codes import SHOWN, TASK_KINDS
from app.ui.forms import Form

TEXT_LENGTH = 1000  # characters, as the table declares


class TaskForm(Form):
    """A task of a case."""

    kind = SelectField(
        _l("What is to be done?"),
        [InputRequired()],
        choices=[SelectChoice(code.value, name) for code, name in TASK_KINDS.items()],
    )
    text = TextAreaField(
        _l("More about it"),
        [Length(max=TEXT_LENGTH)],
        description=_l("Seen by the team of this case alone; lists show only what is above."),
    )
    owner = SelectField(_l("Who does it?"))
    due_on = DateField(_l("By which day?"), [Optional()])


class OwnerForm(Form):
    """Who does a task, and by when."""

    owner = SelectField(_l("Who does it?"))
    due_on = DateField(_l("By which day?"), [Optional()])


class WorkForm(Form):
    """Which tasks to list."""

    show = SelectField(
        _l("Which tasks?"),
        choices=[SelectChoice(code.value, name) for code, name in SHOWN.items()],
    )
    kind = SelectField(
        _l("Of which kind?"),
        choices=[
            SelectChoice("", _l("Every kind")),
            *(SelectChoice(code.value, name) for code, name in TASK_KINDS.items()),
        ],
    )


class HandOverForm(Form):
    """Whose work goes to whom."""

    leaver = SelectField(_l("Who leaves?"), [InputRequired()])
    successor = SelectField(
        _l("Who takes it all on?"),
        [InputRequired()],
        description=_l("Only somebody who works in the same team can."),
    )


def with_owners(form: TaskForm | OwnerForm, team: Iterable[Card]) -> None:
    """Offer the people of a team."""
    form.owner.choices = [SelectChoice("", _l("Nobody yet"))]
    form.owner.choices += [SelectChoice(str(card.id), card.name) for card in team]


def hand_over_form(leavers: list[tuple[Card, str]], people: Iterable[Card]) -> HandOverForm:
    """Return the form with the people who have work, and those who may take it.

    Args:
        leavers: each with the words for how many cases there are.
    """
    form = HandOverForm()
    choose = SelectChoice("", _l("Choose a person"))
    form.leaver.choices = [choose]
    form.leaver.choices += [SelectChoice(str(card.id), text) for card, text in leavers]
    form.successor.choices = [choose]
    form.successor.choices += [SelectChoice(str(card.id), card.name) for card in people]
    return form
