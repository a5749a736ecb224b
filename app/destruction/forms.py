"""Forms of the end of a case."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectChoice, StringField
from wtforms.validators import InputRequired

from app.cases import service as cases
from app.ui.forms import Form

_CODE = {"autocomplete": "off", "maxlength": 20}


class DecideForm(Form):
    """Why, and of which case."""

    reason = RadioField(_l("Why?"), [InputRequired()])
    code = StringField(_l("Type the code of the case"), [InputRequired()], render_kw=_CODE)

    def offer(self) -> None:
        """Offer today's reasons."""
        self.reason.choices = [SelectChoice(value, name) for value, name in cases.destroy_reasons()]


class ConfirmForm(Form):
    """The second person's word."""

    checked = BooleanField(
        _l("I have checked that no proceeding needs this case any more"), [InputRequired()]
    )
    code = StringField(_l("Type the code of the case"), [InputRequired()], render_kw=_CODE)


class EmptyForm(Form):
    """Nothing but the token."""
