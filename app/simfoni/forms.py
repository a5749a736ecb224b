"""Forms for the ministry's register."""

from flask_babel import lazy_gettext as _l
from wtforms import DateField, RadioField, SelectChoice, StringField
from wtforms.validators import InputRequired, Length, Optional

from app.ui.forms import Form


class EnterForm(Form):
    """Under which number the case was entered."""

    number = StringField(
        _l("Number in SIMFONI-PPA"),
        [Optional(), Length(max=60)],
        description=_l("As the ministry's page shows it after saving."),
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )


class ExportForm(Form):
    """Which period, and as which kind of file."""

    since = DateField(_l("First day"), [InputRequired()])
    until = DateField(_l("Last day"), [InputRequired()])
    form = RadioField(
        _l("Kind of file"),
        [InputRequired()],
        choices=[
            SelectChoice("xlsx", _l("Spreadsheet (XLSX)")),
            SelectChoice("csv", _l("Text (CSV)")),
        ],
        default="xlsx",
    )
