"""Forms of emergency access."""

from flask_babel import lazy_gettext as _l
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Optional

from app.cases.emergency_codes import EMERGENCY_REASONS, VERDICTS
from app.cases.inputs import Buttons, checked
from app.cases.models import EmergencyAccess
from app.ui.forms import Form
from tenants.confidential import clean

_TYPED = {"autocomplete": "off", "spellcheck": "false"}


class EmergencyForm(Form):
    """Which case, and why."""

    code = StringField(
        _l("Case code"),
        [InputRequired()],
        description=_l("As it stands in the diary of her team, e.g. K-2026-0007."),
        render_kw=_TYPED | {"maxlength": 20},
    )
    reason = Buttons(_l("Why?"), [InputRequired()], codes=EMERGENCY_REASONS)
    explanation = TextAreaField(
        _l("What has happened?"),
        [
            InputRequired(),
            checked(lambda value: clean(value, "explanation", EmergencyAccess.explanation.limit)),
        ],
        description=_l("Who asked, what she needs, and why it cannot wait for her team."),
        render_kw=_TYPED | {"rows": 4},
    )


class ReviewForm(Form):
    """Whether it was right."""

    verdict = Buttons(_l("What do you find?"), [InputRequired()], codes=VERDICTS)
    remark = TextAreaField(
        _l("Remark"),
        [Optional(), checked(lambda value: clean(value, "remark", EmergencyAccess.remark.limit))],
        description=_l("Needed where it was not right to open it."),
        render_kw=_TYPED | {"rows": 3},
    )
