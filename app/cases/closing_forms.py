"""Forms of closing a case, and of what follows it."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, SelectChoice, TextAreaField
from wtforms.validators import InputRequired, Optional

from app.cases import closing_codes as codes
from app.cases.inputs import Buttons, checked
from app.cases.words import FIELD_NAMES
from app.ui.forms import Form
from tenants.confidential import DECLARED, clean

_QUIET = {"autocomplete": "off", "spellcheck": "false"}


def _text(name: str, rows: int, description: object) -> TextAreaField:
    limit = DECLARED[f"closure.{name}"].limit
    return TextAreaField(
        FIELD_NAMES[f"closure.{name}"],
        [Optional(), checked(lambda value: clean(value, name, limit))],
        description=description,
        render_kw=_QUIET | {"rows": rows, "maxlength": limit},
    )


class ClosureForm(Form):
    """With what the case ends, and what is stated of her recovery."""

    outcome = Buttons(_l("How does it end?"), [InputRequired()], codes=codes.OUTCOMES)
    comparison = _text(
        "comparison", 4, _l("The first assessment beside the second: what has changed?")
    )
    physical = Buttons(_l("Her body"), [InputRequired()], codes=codes.RECOVERIES)
    psychological = Buttons(_l("Her soul"), [InputRequired()], codes=codes.RECOVERIES)
    no_retrauma = BooleanField(_l("Nothing that we do or leave open wounds her anew"))
    statement = _text("statement", 4, _l("How far she has recovered, and by what one sees it."))
    exception = _text(
        "exception",
        3,
        _l(
            "Only if it must be closed although something is open. Your supervisor reads it and"
            " decides. No name and no account of what happened."
        ),
    )


class ConfirmClosureForm(Form):
    """The second person's word."""

    agreed = RadioField(
        _l("May it be closed although something is open?"),
        [InputRequired()],
        choices=[
            SelectChoice("yes", _l("Yes, close it")),
            SelectChoice("no", _l("No, it stays open")),
        ],
    )


class ReopenForm(Form):
    """Why a case is opened again."""

    reason = Buttons(_l("Why?"), [InputRequired()], codes=codes.REOPEN_REASONS)


class FollowUpForm(Form):
    """What was found when somebody asked after her."""

    follow_up = HiddenField(validators=[InputRequired()])
    result = Buttons(_l("How is she?"), [InputRequired()], codes=codes.RESULTS)
