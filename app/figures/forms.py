"""Forms of the statistics."""

from flask_babel import lazy_gettext as _l
from wtforms import DateField
from wtforms.validators import InputRequired

from app.ui.forms import Form


class PeriodForm(Form):
    """From which day to which."""

    since = DateField(_l("First day"), [InputRequired()])
    until = DateField(_l("Last day"), [InputRequired()])
