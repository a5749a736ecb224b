"""Forms of photographs and papers; the checks are those of the service."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FileField, RadioField, SelectChoice, SelectField, TextAreaField
from wtforms.validators import InputRequired, Optional

from app.attachments import service
from app.attachments.words import KIND_HELP
from app.cases import service as cases
from app.ui.forms import Form

ACCEPTED = "image/jpeg,image/png,image/webp,application/pdf"


class AddForm(Form):
    """One photograph or paper."""

    photo = FileField(_l("Take a photograph now"))
    file = FileField(
        _l("Choose a photograph or PDF"),
        description=_l("A photograph (JPEG, PNG, WebP) or a PDF, up to 20 MB."),
    )
    kind = RadioField(_l("What is it?"), [InputRequired()])
    description = TextAreaField(
        _l("What can be seen on it"),
        [Optional()],
        description=_l("In a few words. No name and no address."),
        render_kw={"maxlength": 500, "autocomplete": "off", "rows": 3},
    )
    specially = BooleanField(
        _l("Protect it specially"),
        description=_l("Then even fewer people can open it."),
    )

    def offer(self, kinds: list[service.AttachmentKind]) -> None:
        """Offer the kinds that the person may add."""
        self.kind.choices = [SelectChoice(one.value, service.KINDS.names[one]) for one in kinds]
        self.helps = {one.value: KIND_HELP[one] for one in kinds if one in KIND_HELP}


class RemoveForm(Form):
    """Why an attachment is removed."""

    reason = SelectField(_l("Why?"), [InputRequired()])

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        offered = service.REMOVE_REASONS.choices(cases.today())
        self.reason.choices = [
            SelectChoice("", _l("Choose")),
            *(SelectChoice(value, name) for value, name in offered),
        ]
