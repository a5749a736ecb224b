"""The form that every room builds on: its error sentences come from our own catalogue."""

from __future__ import annotations

from typing import Any

from flask import has_request_context, request
from flask_babel import get_translations
from flask_wtf import FlaskForm
from werkzeug.datastructures import CombinedMultiDict, FileMultiDict, MultiDict
from wtforms import FileField


class _Sentences:
    """The two functions by which WTForms asks for a sentence in the reader's language."""

    def gettext(self, string: str) -> str:
        return str(get_translations().ugettext(string)) if string else ""

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return str(get_translations().ungettext(singular, plural, n))


class Form(FlaskForm):  # type: ignore[misc, unused-ignore]
    """A Flask-WTF form (with CSRF token) whose errors speak the reader's language."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc, unused-ignore]
        """How this form is read and translated."""

        def wrap_formdata(self, form: Any, formdata: Any) -> MultiDict[str, Any] | None:
            """What was sent: a file for a field that takes one, text for every other.

            Flask-WTF also reads JSON, and puts a file under any name: a text field would then
            hold a number, a list or a file, and a field for a file some text.
            """
            if formdata is None or isinstance(formdata, MultiDict):
                return formdata  # given by the caller
            if not has_request_context() or request.method != "POST":
                return None
            fields = {name: field.field_class for name, field in form._unbound_fields or ()}
            files: FileMultiDict = FileMultiDict(
                (name, file)
                for name, file in request.files.items(multi=True)
                if name in fields and issubclass(fields[name], FileField)
            )
            texts: MultiDict[str, str] = MultiDict(
                (name, text)
                for name, text in request.form.items(multi=True)
                if name not in fields or not issubclass(fields[name], FileField)
            )
            return CombinedMultiDict((files, texts)) if files or texts else None

        def get_translations(self, form: Any) -> _Sentences:
            """The translator that WTForms asks for every error sentence of `form`."""
            return _Sentences()


def mark(sentence: str) -> str:
    """Mark a sentence for translation where another library says it; returns it unchanged."""
    return sentence


def mark_plural(singular: str, plural: str) -> str:
    """Mark a sentence that has a plural; returns the singular."""
    return singular


# WTForms and Flask-WTF ship no Indonesian. These are the sentences a person can cause to be said.
SENTENCES = (
    mark("This field is required."),
    mark("This field cannot be edited."),
    mark("Invalid input."),
    mark("Invalid email address."),
    mark("Invalid URL."),
    mark("Invalid UUID."),
    mark("Not a valid choice."),
    mark("Invalid Choice: could not coerce."),
    mark("Invalid choice(s): one or more data inputs could not be coerced."),
    mark_plural(
        "'%(value)s' is not a valid choice for this field.",
        "'%(value)s' are not valid choices for this field.",
    ),
    mark("Not a valid date value."),
    mark("Not a valid datetime value."),
    mark("Not a valid time value."),
    mark("Not a valid integer value."),
    mark("Not a valid decimal value."),
    mark("Field must be equal to %(other_name)s."),
    mark_plural(
        "Field must be at least %(min)d character long.",
        "Field must be at least %(min)d characters long.",
    ),
    mark_plural(
        "Field cannot be longer than %(max)d character.",
        "Field cannot be longer than %(max)d characters.",
    ),
    mark_plural(
        "Field must be exactly %(max)d character long.",
        "Field must be exactly %(max)d characters long.",
    ),
    mark("Field must be between %(min)d and %(max)d characters long."),
    mark("Number must be at least %(min)s."),
    mark("Number must be at most %(max)s."),
    mark("Number must be between %(min)s and %(max)s."),
    mark("Date must be at least %(min)s."),
    mark("Date must be at most %(max)s."),
    mark("Date must be between %(min)s and %(max)s."),
    mark("File does not have an approved extension."),
    mark("The CSRF token is missing."),
    mark("The CSRF token has expired."),
    mark("The CSRF token is invalid."),
    mark("The CSRF session token is missing."),
    mark("The CSRF tokens do not match."),
)
