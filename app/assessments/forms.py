"""Forms of assessments and of the plan. An instrument's form is made from its file."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, RadioField, SelectChoice, SelectField, TextAreaField
from wtforms.validators import InputRequired, Optional

from app.assessments.codes import PLAN_STATES, PlanState
from app.assessments.instruments import Instrument, Item, Kind
from app.ui.forms import Form
from tenants.errors import Conflict, Invalid

_QUIET = {"autocomplete": "off", "spellcheck": "false"}
_PREFIX = "item_"

_SENTENCES: dict[str, Any] = {
    "missing": _l("This field is required."),
    "too-long": _l("This is too long."),
    "control-character": _l("This contains characters that cannot be read. Type it again."),
    "unknown-code": _l("Choose one of the answers."),
    "unknown": _l("This is not known here."),
    "not-a-number": _l("Only a number of at most two digits."),
    "none": _l("Nothing is answered yet."),
    "in-the-past": _l("This day has passed."),
    "too-far": _l("This day is more than a year away. Check the year."),
    "case-closed": _l("This case is closed. Nothing more can be changed in it."),
    "assessment-finished": _l("This assessment is finished. Begin another one."),
    "plan-item-ended": _l("This line of the plan has ended already."),
}


class BeginForm(Form):
    """Which instrument, with whom."""

    instrument = HiddenField(validators=[InputRequired()])
    survivor = HiddenField(validators=[InputRequired()])


class PlanForm(Form):
    """Who does what, by when."""

    need = SelectField(_l("For which need"), [InputRequired()])
    action = TextAreaField(
        _l("What is to be done"),
        [InputRequired()],
        render_kw=_QUIET | {"rows": 2, "maxlength": 1000},
    )
    owner = SelectField(_l("Who does it"), [InputRequired()])
    due_on = DateField(_l("By when"), [InputRequired()])

    def offer(self, needs: Iterable[tuple[UUID, Any]], people: Iterable[tuple[UUID, str]]) -> None:
        """Offer the needs of the case and the people of its team."""
        ask = SelectChoice("", _l("Choose"))
        self.need.choices = [ask, *(SelectChoice(str(one), name) for one, name in needs)]
        self.owner.choices = [ask, *(SelectChoice(str(one), name) for one, name in people)]


class MoveForm(Form):
    """Another owner, or another day."""

    owner = SelectField(_l("Who does it"), [InputRequired()])
    due_on = DateField(_l("By when"), [InputRequired()])

    def offer(self, people: Iterable[tuple[UUID, str]]) -> None:
        """Offer the people of the team."""
        self.owner.choices = [SelectChoice(str(one), name) for one, name in people]


class EndForm(Form):
    """How a line of the plan ended."""

    state = RadioField(
        _l("How did it end?"),
        [InputRequired()],
        choices=[
            SelectChoice(one.value, PLAN_STATES.name(one))
            for one in (PlanState.DONE, PlanState.DROPPED)
        ],
    )
    result = TextAreaField(
        _l("What came of it"),
        [InputRequired()],
        render_kw=_QUIET | {"rows": 3, "maxlength": 2000},
    )


def answer_form(instrument: Instrument, answers: Mapping[str, str] | None = None) -> Any:
    """Return the form of an instrument, with a field for each question and the conclusion.

    Args:
        answers: what is shown already, by the code of the question; None for what was sent.
    """
    fields: dict[str, Any] = {_PREFIX + one.code: _field(one) for one in instrument.items}
    fields["conclusion"] = TextAreaField(
        _l("What follows from this"),
        [Optional()],
        description=_l("In plain words: how she is, what is at risk, what comes next."),
        render_kw=_QUIET | {"rows": 4, "maxlength": 4000},
    )
    made = type("AnswerForm", (Form,), fields)
    if answers is None:
        return made()
    return made(data={_PREFIX + code: value for code, value in answers.items()})


def fields_of(form: Any, instrument: Instrument) -> list[Any]:
    """Return the fields of the questions, in their order."""
    return [form[_PREFIX + one.code] for one in instrument.items]


def said(form: Any, instrument: Instrument) -> dict[str, str | None]:
    """Return what was answered, by the code of the question."""
    return {one.code: form[_PREFIX + one.code].data or None for one in instrument.items}


def sentence(error: Invalid | Conflict) -> str:
    """Return the sentence for what was refused."""
    return str(_SENTENCES.get(error.reason) or _l("This cannot be accepted."))


def _field(item: Item) -> Any:
    if item.options:
        choices = [SelectChoice(value, word) for value, word in item.options.items()]
        return RadioField(item.text, [Optional()], choices=choices, validate_choice=False)
    settings = dict(_QUIET)
    if item.kind is Kind.NUMBER:
        return TextAreaField(
            item.text, [Optional()], render_kw=settings | {"rows": 1, "inputmode": "numeric"}
        )
    return TextAreaField(
        item.text, [Optional()], render_kw=settings | {"rows": 3, "maxlength": 4000}
    )
