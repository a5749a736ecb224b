"""Forms of clocks."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectChoice
from wtforms.validators import InputRequired

from app.clocks.codes import ENDS, HOW_NAMES, PAUSE_REASONS, PauseReason
from app.clocks.rules import Kind
from app.ui.forms import Form


class EndForm(Form):
    """How a clock ends."""

    how = RadioField(_l("What has become of it?"), [InputRequired()])


class PauseForm(Form):
    """Why a clock rests."""

    reason = RadioField(
        _l("Why does it rest?"),
        [InputRequired()],
        choices=[
            SelectChoice(code.value, name)
            for code, name in PAUSE_REASONS.items()
            if code is not PauseReason.ASKED_BACK
        ],
    )


def end_form(kind: Kind) -> EndForm:
    """Return the form with the ways in which a clock of a kind may end."""
    form = EndForm()
    form.how.choices = [SelectChoice(one.value, HOW_NAMES[one]) for one in ENDS.get(kind, ())]
    return form
