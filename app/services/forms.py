"""Forms of services."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import InputRequired, Optional

from app.cases.code_list import CodeList
from app.services import codes
from app.services.programmes import NAME_LENGTH, NOTE_LENGTH
from app.ui.forms import Form
from tenants.confidential import DECLARED
from tenants.errors import Conflict, Invalid

_QUIET = {"autocomplete": "off", "spellcheck": "false"}
_SENTENCES: dict[str, Any] = {
    "missing": _l("This field is required."),
    "too-long": _l("This is too long."),
    "control-character": _l("This contains characters that cannot be read. Type it again."),
    "unknown-code": _l("Choose one of the answers."),
    "unknown": _l("This is not known here."),
    "too-far": _l("This day is more than a year away. Check the year."),
    "in-the-future": _l("The session has not been yet."),
    "taken": _l("There is one already."),
    "case-closed": _l("This case is closed. Nothing more can be changed in it."),
    "session-ended": _l("This session has ended already."),
    "programme-ended": _l("This programme has ended already."),
    "participation-ended": _l("Her part in this programme has ended already."),
}
_OF_FIELD: dict[tuple[str, str], Any] = {
    ("rights_explained", "missing"): _l("Explain her rights to her first, then ask again."),
    ("free", "missing"): _l(
        "A choice that somebody pressed her to is not hers. Record it when she is free to choose."
    ),
    ("note", "missing"): _l("A programme that stops says why. Write a sentence or two."),
}


def _choice(label: Any, listed: CodeList[Any], **options: Any) -> RadioField:
    checks = options.pop("checks", [InputRequired()])
    choices = [SelectChoice(code.value, name) for code, name in listed.names.items()]
    return RadioField(label, checks, choices=choices, **options)


def _text(label: Any, field: str, rows: int, description: Any = "") -> TextAreaField:
    settings = _QUIET | {"rows": rows, "maxlength": DECLARED[field].limit}
    return TextAreaField(label, [Optional()], description=description, render_kw=settings)


class OfferForm(Form):
    """A session is offered: she takes it, or declines it."""

    kind = _choice(_l("What for?"), codes.SESSION_KINDS)
    survivor = SelectField(_l("With whom?"), [InputRequired()])
    accepted = RadioField(
        _l("Does she want it?"),
        [InputRequired()],
        choices=[SelectChoice("yes", _l("Yes")), SelectChoice("no", _l("No, she declines"))],
    )
    day = DateField(_l("Day"), [Optional()])
    time = TimeField(_l("Time"), [Optional()])
    with_id = SelectField(_l("Who is there for her?"), [Optional()])

    def offer(self, survivors: Iterable[UUID], people: Iterable[tuple[UUID, str]]) -> None:
        """Offer the survivors of the case and the people of its team."""
        self.survivor.choices = [
            SelectChoice(str(one), _l("Survivor %(number)s", number=number))
            for number, one in enumerate(survivors, 1)
        ]
        self.with_id.choices = [
            SelectChoice("", _l("Choose")),
            *(SelectChoice(str(one), name) for one, name in people),
        ]


class EndSessionForm(Form):
    """How a session ended."""

    state = RadioField(
        _l("How did it go?"),
        [InputRequired()],
        choices=[
            SelectChoice(one.value, codes.SESSION_STATES.name(one))
            for one in (
                codes.SessionState.HELD,
                codes.SessionState.MISSED,
                codes.SessionState.CANCELLED,
            )
        ],
    )
    content = _text(
        _l("What was spoken of"),
        "care_session.content",
        8,
        _l("Only what further help depends on. Needed where the session was held."),
    )


class ChoiceForm(Form):
    """What she wants of the law."""

    choice = _choice(_l("What does she want?"), codes.CHOICES)
    rights_explained = BooleanField(_l("Her rights were explained to her"))
    free = BooleanField(_l("She chose by herself; nobody pressed her"))
    words = _text(_l("In her own words"), "legal_choice.words", 2)


class JoinForm(Form):
    """She joins a programme."""

    programme = SelectField(_l("Programme"), [InputRequired()])
    survivor = SelectField(_l("With whom?"), [InputRequired()])

    def offer(self, programmes: Iterable[tuple[UUID, str]], survivors: Iterable[UUID]) -> None:
        """Offer the running programmes and the survivors of the case."""
        self.programme.choices = [
            SelectChoice("", _l("Choose")),
            *(SelectChoice(str(one), name) for one, name in programmes),
        ]
        self.survivor.choices = [
            SelectChoice(str(one), _l("Survivor %(number)s", number=number))
            for number, one in enumerate(survivors, 1)
        ]


class LookAfterForm(Form):
    """How she lives now."""

    situation = _choice(_l("How does she live now?"), codes.SITUATIONS)
    remark = _text(_l("Remark"), "livelihood.remark", 2)


class LeaveForm(Form):
    """Why her part in a programme ended."""

    reason = _choice(_l("Why?"), codes.LEAVE_REASONS)


class ProgrammeForm(Form):
    """A programme begins."""

    name = StringField(
        _l("Name of the programme"),
        [InputRequired()],
        description=_l("As it is known in public; no name of a person."),
        render_kw=_QUIET | {"maxlength": NAME_LENGTH},
    )
    kind = _choice(_l("What does it give?"), codes.PROGRAMME_KINDS)
    begun_on = DateField(_l("Begins on"), [InputRequired()])


class EndProgrammeForm(Form):
    """A programme ends, as planned or early."""

    state = RadioField(
        _l("How does it end?"),
        [InputRequired()],
        choices=[
            SelectChoice(one.value, codes.PROGRAMME_STATES.name(one))
            for one in (codes.ProgrammeState.FINISHED, codes.ProgrammeState.STOPPED)
        ],
    )
    reason = _choice(_l("Why does it stop?"), codes.STOP_REASONS, checks=[Optional()])
    note = TextAreaField(
        _l("In words"),
        [Optional()],
        description=_l("Whoever asks in five years reads this. No name of a person."),
        render_kw=_QUIET | {"rows": 3, "maxlength": NOTE_LENGTH},
    )


def sentence(error: Invalid | Conflict) -> str:
    """Return the sentence for what was refused."""
    field = error.field if isinstance(error, Invalid) else ""
    found = _OF_FIELD.get((field, error.reason)) or _SENTENCES.get(error.reason)
    return str(found or _l("This cannot be accepted."))
