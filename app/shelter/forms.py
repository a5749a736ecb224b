"""Forms of the safe house."""

from collections.abc import Iterable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, RadioField, SelectChoice, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange

from app.shelter.codes import EXTEND_REASONS, GOES, LEAVE_REASONS
from app.shelter.service import MOST, Place
from app.ui.forms import Form

ADDRESS_LENGTH, NEEDS_LENGTH = 500, 1000  # characters, as the tables declare
_ADDRESS_HELP = _l(
    "Nobody reads it here again: only the team of a woman who stays there opens it, for a purpose."
)


class PlaceForm(Form):
    """A new safe house."""

    capacity = IntegerField(_l("For how many people?"), [InputRequired(), NumberRange(1, MOST)])
    address = TextAreaField(
        _l("Address of the safe house"),
        [InputRequired(), Length(max=ADDRESS_LENGTH)],
        description=_ADDRESS_HELP,
    )


class ChangePlaceForm(Form):
    """A safe house that changes."""

    capacity = IntegerField(_l("For how many people?"), [InputRequired(), NumberRange(1, MOST)])
    active = BooleanField(_l("This safe house is in use"))
    address = TextAreaField(
        _l("New address, if it has moved"),
        [Length(max=ADDRESS_LENGTH)],
        description=_ADDRESS_HELP,
    )


class AdmitForm(Form):
    """An admission."""

    place = SelectField(_l("Which safe house?"), [InputRequired()])
    dependants = IntegerField(
        _l("How many come with her?"), [InputRequired(), NumberRange(0, MOST - 1)], default=0
    )
    needs = TextAreaField(
        _l("What she and those with her need there"),
        [Length(max=NEEDS_LENGTH)],
        description=_l("Health, food, a small child. No story and no address."),
    )


class ExtendForm(Form):
    """A longer stay."""

    days = IntegerField(_l("For how many more days?"), [InputRequired(), NumberRange(1, 30)])
    reason = RadioField(
        _l("Reason"),
        [InputRequired()],
        choices=[SelectChoice(code.value, name) for code, name in EXTEND_REASONS.items()],
    )


class LeaveForm(Form):
    """The end of a stay."""

    reason = RadioField(
        _l("Reason"),
        [InputRequired()],
        choices=[SelectChoice(code.value, name) for code, name in LEAVE_REASONS.items()],
    )
    goes = RadioField(
        _l("Where does she go?"),
        [InputRequired()],
        choices=[SelectChoice(code.value, name) for code, name in GOES.items()],
    )


def admit_form(places: Iterable[Place]) -> AdmitForm:
    """Return the form with the houses that have room."""
    form = AdmitForm()
    form.place.choices = [SelectChoice("", _l("Choose a safe house"))]
    form.place.choices += [
        SelectChoice(
            str(one.id),
            _("Safe house %(number)s (free: %(free)s)", number=one.number, free=one.free),
        )
        for one in places
        if one.free
    ]
    return form
