"""Forms of transfers."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectChoice
from wtforms.validators import InputRequired

from app.transfers.service import Target
from app.ui.forms import Form


class SendForm(Form):
    """To which agency."""

    destination = RadioField(_l("To which agency?"), [InputRequired()])


class AnswerForm(Form):
    """Nothing but the confirmation."""


def send_form(targets: Iterable[Target]) -> SendForm:
    """Return the form with the agencies that can be reached and that her consent covers."""
    form = SendForm()
    form.destination.choices = [
        SelectChoice(str(one.organisation_id), one.name)
        for one in targets
        if one.reachable and one.allowed
    ]
    return form
