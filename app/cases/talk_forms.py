"""The form of a talk about consent: one question after the other."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectChoice
from wtforms.validators import InputRequired

from app.cases import codes, service
from app.cases.inputs import Buttons
from app.cases.words import TALK_QUESTIONS
from app.ui.forms import Form
from tenants.confidential import FieldClass

_ANSWERS = [SelectChoice("yes", _l("Yes")), SelectChoice("no", _l("No"))]
_LENGTHS = {
    30: _l("One month"),
    90: _l("Three months"),
    180: _l("Half a year"),
    365: _l("One year"),
}


def _answer(kind: FieldClass) -> RadioField:
    return RadioField(TALK_QUESTIONS[kind], [InputRequired()], choices=_ANSWERS)


class TalkForm(Form):
    """Her answers; the order is the order in which she is asked."""

    organisation = RadioField(_l("Who is to help you?"), [InputRequired()])
    class_identity = _answer(FieldClass.IDENTITY)
    class_contact = _answer(FieldClass.CONTACT)
    class_clinical = _answer(FieldClass.CLINICAL)
    class_narrative = _answer(FieldClass.NARRATIVE)
    class_legal = _answer(FieldClass.LEGAL)
    days = RadioField(
        _l("For how long?"),
        [InputRequired()],
        choices=[SelectChoice(str(days), words) for days, words in _LENGTHS.items()],
        default="90",
    )
    given_by = Buttons(_l("Who answers?"), [InputRequired()], codes=codes.GIVEN_BY)
    guardian_accused = BooleanField(_l("The parent or guardian is the person who is reported"))
    method = Buttons(_l("How is it kept?"), [InputRequired()], codes=codes.METHODS)
    understood = BooleanField(
        _l(
            "She has said in her own words what is shared, with whom and until when, and knows "
            "that she may say no and take it back"
        ),
        [InputRequired()],
    )

    def offer(self, organisations: Iterable[tuple[UUID, str]]) -> None:
        """Offer the organisations that the office works with."""
        self.organisation.choices = [SelectChoice(str(key), name) for key, name in organisations]

    @property
    def classes(self) -> list[Any]:
        """The fields that ask about one class each."""
        return [field for name, field in self._fields.items() if name.startswith("class_")]

    @property
    def answers(self) -> dict[FieldClass, bool]:
        """What she answered about each class."""
        return {
            one: self[f"class_{one.value}"].data == "yes"
            for one in service.SHAREABLE
            if f"class_{one.value}" in self
        }
