"""Kinds of form fields: answers from code lists, confidential texts, days that have been."""

from collections.abc import Callable, Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    Field,
    Form,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
    widgets,
)
from wtforms.validators import InputRequired, Optional

from app.cases import entries, service
from app.cases.code_list import CodeList
from app.cases.words import FIELD_NAMES, sentence
from tenants.confidential import clean
from tenants.errors import Invalid


class Choice(SelectField):  # type: ignore[misc, unused-ignore]
    """A list to choose one code from; its first line asks."""

    def __init__(self, *args: Any, codes: CodeList[Any], **options: Any) -> None:
        super().__init__(*args, **options)
        ask = SelectChoice("", _l("Choose"))
        self.choices = [ask, *_offered(codes)]


class Buttons(RadioField):  # type: ignore[misc, unused-ignore]
    """One button for each code."""

    def __init__(self, *args: Any, codes: CodeList[Any], **options: Any) -> None:
        super().__init__(*args, **options)
        self.choices = _offered(codes)


class Boxes(SelectMultipleField):  # type: ignore[misc, unused-ignore]
    """One box to tick for each choice."""

    widget = widgets.ListWidget(prefix_label=False)
    option_widget = widgets.CheckboxInput()


class CodedBoxes(Boxes):
    """One box to tick for each code."""

    def __init__(self, *args: Any, codes: CodeList[Any], **options: Any) -> None:
        super().__init__(*args, **options)
        self.choices = _offered(codes)


def choice(label: Any, codes: CodeList[Any], *, needed: bool = True, **options: Any) -> Choice:
    """Return a list to choose one code from."""
    return Choice(label, [InputRequired() if needed else Optional()], codes=codes, **options)


def line(kind: str, name: str, *checks: Any, label: Any = None, **options: Any) -> StringField:
    """Return a one-line field for a confidential value."""
    return StringField(*_sealed(kind, name, checks, label, options), **options)


def text(kind: str, name: str, *checks: Any, label: Any = None, **options: Any) -> TextAreaField:
    """Return a field of several lines for a confidential value."""
    return TextAreaField(*_sealed(kind, name, checks, label, options), **options)


def checked(check: Callable[[Any], object]) -> Callable[[Form, Field], None]:
    """Return a validator that asks a check of the service and says its sentence."""

    def validate(_form: Form, field: Field) -> None:
        if field.data:
            try:
                check(field.data)
            except Invalid as error:
                raise ValidationError(sentence(error)) from None

    return validate


def past(name: str) -> Callable[[Form, Field], None]:
    """Return a validator for a day that has been."""
    return checked(lambda day: entries.check_day(name, day, service.today()))


def _sealed(
    kind: str, name: str, checks: Iterable[Any], label: Any, options: dict[str, Any]
) -> tuple[Any, list[Any]]:
    limit = service.declared(kind, name).limit
    settings = {"autocomplete": "off", "maxlength": limit, "spellcheck": "false"}
    options["render_kw"] = settings | options.get("render_kw", {})
    sound = checked(lambda value: clean(value, name, limit))
    return label or FIELD_NAMES[f"{kind}.{name}"], [Optional(), sound, *checks]


def _offered(codes: CodeList[Any]) -> list[SelectChoice]:
    return [SelectChoice(value, name) for value, name in codes.choices(service.today())]
