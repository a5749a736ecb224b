"""The form of an outreach."""

from flask_babel import lazy_gettext as _l
from wtforms import DateField, IntegerField, StringField
from wtforms.validators import InputRequired

from app.cases import entries
from app.cases.inputs import checked, choice, past
from app.cases.outreach import OUTREACH_KINDS, PLACE_LENGTH
from app.ui.forms import Form

_QUIET = {"autocomplete": "off"}


class OutreachForm(Form):
    """What was done, where, when, and how many were reached."""

    kind = choice(_l("What was done"), OUTREACH_KINDS)
    held_on = DateField(_l("When"), [InputRequired(), past("held_on")])
    district = StringField(
        _l("Sub-district (kecamatan)"),
        [InputRequired(), checked(entries.check_district)],
        render_kw=_QUIET | {"maxlength": entries.DISTRICT_LENGTH},
    )
    place = StringField(
        _l("Where"),
        [InputRequired()],
        description=_l("A hall, a school, a market; never the home of a person."),
        render_kw=_QUIET | {"maxlength": PLACE_LENGTH},
    )
    reached = IntegerField(
        _l("How many were reached"), [InputRequired()], render_kw={"inputmode": "numeric"}
    )
