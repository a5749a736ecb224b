"""Forms of the statutory report."""

from flask_babel import lazy_gettext as _l
from wtforms import DateField, RadioField, SelectChoice
from wtforms.validators import InputRequired

from app.cases import service as cases
from app.statutory.codes import FINDINGS, HOWS
from app.ui.forms import Form


class TellForm(Form):
    """When and how she was told."""

    day = DateField(_l("When was she told?"), [InputRequired()])
    how = RadioField(_l("In which way?"), [InputRequired()])

    def offer(self) -> None:
        """Offer today's ways."""
        self.how.choices = [SelectChoice(*one) for one in HOWS.choices(cases.today())]


class ReviewForm(Form):
    """What the legal officer found."""

    finding = RadioField(_l("What is your finding?"), [InputRequired()])

    def offer(self) -> None:
        """Offer today's findings."""
        self.finding.choices = [SelectChoice(*one) for one in FINDINGS.choices(cases.today())]
