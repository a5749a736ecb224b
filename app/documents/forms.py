"""Forms of letters. A draft's form is made from its document type."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import (
    DateField,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, ValidationError
from wtforms.widgets import DateInput

from app.documents.catalogue import DocumentType, Field, Kind
from app.documents.copy_recipients import RECIPIENT_LIMIT, REQUEST_LIMIT, Ground
from app.documents.delegations import TEXT_LIMIT
from app.documents.drafts import check_text_of
from app.documents.options import Option, Options
from app.documents.reviewing import REMARKS_LIMIT
from app.documents.signers import Place
from app.documents.states import MODE_NAMES, RETURN_REASONS, REVOKE_REASONS, WITHDRAW_REASONS
from app.documents.values import Entry
from app.ui.forms import Form
from app.ui.language import current as language
from tenants.errors import Invalid

_TYPED = "typed_"
_COSIGNER = "cosigner_"


class SubmitForm(Form):
    """To whom a letter goes for signature; see :func:`submit_form`."""

    reviewer = SelectField(_l("Who reads it first and initials it"), [InputRequired()])
    signatory = SelectField(_l("Signatory"), [InputRequired()])


class ReturnForm(Form):
    """Why a letter goes back."""

    reason = RadioField(
        _l("Reason"),
        [InputRequired()],
        choices=[SelectChoice(code.value, name) for code, name in RETURN_REASONS.items()],
    )
    remarks = TextAreaField(
        _l("Remarks for the author"),
        [Length(max=REMARKS_LIMIT)],
        description=_l("Sealed like the letter itself. Say what to change, so that it is clear."),
        render_kw={"maxlength": REMARKS_LIMIT, "rows": 4},
    )


class WithdrawForm(Form):
    """Why a letter or its number is taken back."""

    reason = RadioField(
        _l("Reason"),
        [InputRequired()],
        choices=[SelectChoice(code.value, name) for code, name in WITHDRAW_REASONS.items()],
    )
    back = HiddenField()


class ApproveForm(Form):
    """The signatory's approval of exactly what was read."""

    seen = HiddenField(validators=[InputRequired(), Length(max=64)])
    back = HiddenField()


class InitialForm(Form):
    """The reviewer's paraf to exactly what was read."""

    seen = HiddenField(validators=[InputRequired(), Length(max=64)])


class ApproveSeveralForm(Form):
    """The signatory's approval of the letters that are ticked on the page."""

    back = HiddenField()


class DelegationForm(Form):
    """Who signs for which office, in which way, on what order, from when to when."""

    person = SelectField(_l("Who signs"), [InputRequired()])
    mode = RadioField(
        _l("In which way"),
        [InputRequired()],
        choices=[SelectChoice(code.value, name) for code, name in MODE_NAMES.items()],
    )
    office = StringField(
        _l("For which office"),
        [InputRequired(), Length(max=TEXT_LIMIT)],
        description=_l("As it stands in the signature block, for example: Kepala Dinas"),
    )
    through = StringField(
        _l("Through which office"),
        [Length(max=TEXT_LIMIT)],
        description=_l("For u.b. only: who has the mandate, for example: Sekretaris Dinas"),
    )
    basis = StringField(
        _l("On which order"),
        [InputRequired(), Length(max=TEXT_LIMIT)],
        description=_l(
            "Kind and number of the order, for example: Surat Perintah Nomor 800/1/2026"
        ),
    )
    begins = DateField(_l("First day"), [InputRequired()])
    ends = DateField(_l("Last day"), [InputRequired()])


class RevokeForm(Form):
    """Why a certificate is revoked."""

    reason = RadioField(
        _l("Reason"),
        [InputRequired()],
        choices=[SelectChoice(code.value, name) for code, name in REVOKE_REASONS.items()],
    )
    back = HiddenField()


class AgendaForm(Form):
    """Which year of the agenda book is taken, and in which form."""

    year = HiddenField(validators=[InputRequired(), Length(max=4)])
    format = RadioField(
        _l("Form"),
        [InputRequired()],
        choices=[
            SelectChoice("xlsx", _l("Excel workbook (XLSX)")),
            SelectChoice("csv", _l("Plain table (CSV)")),
        ],
    )
    back = HiddenField()


class CopyForm(Form):
    """For whom a certified copy is; see :func:`copy_form`."""

    to = RadioField(_l("For whom"), [InputRequired()])
    court = StringField(
        _l("Which court"), [Length(max=RECIPIENT_LIMIT)], description=_l("Only for a court.")
    )
    request = StringField(
        _l("Number and date of the court's request"),
        [Length(max=REQUEST_LIMIT)],
        description=_l("Only for a court. It stands on the copy."),
    )
    back = HiddenField()


def copy_form(organisations: Iterable[tuple[str, str]], **options: Any) -> CopyForm:
    """Return the form of a copy for those who may have one.

    Args:
        organisations: id and name of each.
    """
    form = CopyForm(**options)
    form.to.choices = [
        *(SelectChoice(value, name) for value, name in organisations),
        SelectChoice(Ground.SURVIVOR.value, _("The survivor herself")),
        SelectChoice(Ground.COURT.value, _("A court that has asked for it in writing")),
    ]
    return form


class ConfirmForm(Form):
    """Nothing but the confirmation."""


class FileForm(Form):
    """A letter's file, to be compared with the record."""

    file = FileField(_l("PDF file of the letter"), [InputRequired()])
    token = HiddenField(validators=[Length(max=64)])


def submit_form(places: Iterable[Place]) -> SubmitForm:
    """Return the form of submission, with a choice for each who signs before the signatory."""
    parts = {
        f"{_COSIGNER}{number}": SelectField(
            place.capacity[language()],
            [InputRequired()],
            choices=[SelectChoice(str(card.id), card.name) for card in place.able],
        )
        for number, place in enumerate(places, start=1)
    }
    form: SubmitForm = type("SubmitForm", (SubmitForm,), parts)()
    return form


def cosigners_of(form: Form) -> list[UUID]:
    """Return who was chosen to sign before the signatory, in order."""
    names = sorted(name for name in form.data if name.startswith(_COSIGNER))
    return [UUID(form.data[name]) for name in names]


def draft_form(kind: DocumentType, options: Options, given: Entry | None = None) -> Form:
    """Return the form of a draft: its choices, and the fields that its type says are typed.

    Args:
        given: what the draft holds already.
    """
    parts: dict[str, Any] = {
        name: _select(label, offered)
        for name, label, offered in (
            ("organisation", _("Addressee"), options.organisations),
            ("need", _("Need"), options.needs),
            ("survivor", _("Survivor"), _several(options.survivors)),
            ("perpetrator", _("Reported person"), _several(options.perpetrators)),
            ("companion", _("Companion named in the letter"), options.companions),
        )
        if offered
    }
    for one in kind.draft_fields:
        parts[_TYPED + one.name.split(".")[1]] = _typed(one)
    form: Form = type("DraftForm", (Form,), parts)(data=_data(kind, given))
    return form


def entry_of(form: Form, kind: DocumentType) -> Entry:
    """Return what a valid form holds."""
    data: Mapping[str, Any] = form.data
    chosen = {
        name: UUID(data[name]) if data.get(name) else None
        for name in ("organisation", "need", "survivor", "perpetrator", "companion")
    }
    return Entry(
        organisation_id=chosen["organisation"],
        subject_id=chosen["need"],
        survivor_id=chosen["survivor"],
        perpetrator_id=chosen["perpetrator"],
        companion_id=chosen["companion"],
        typed={
            one.name: data.get(_TYPED + one.name.split(".")[1]) or None for one in kind.draft_fields
        },
    )


def blame(form: Form, fault: Invalid, sentence: str) -> Form:
    """Put a service's objection beside the field at fault."""
    name = fault.field.replace("draft.", _TYPED).replace("subject", "need")
    if name in form:
        form[name].errors = [*form[name].errors, sentence]
    else:
        form.form_errors.append(sentence)
    return form


def _several(options: tuple[Option, ...]) -> tuple[Option, ...]:
    return options if len(options) > 1 else ()


def _select(label: Any, options: Iterable[Option]) -> SelectField:
    listed = list(options)
    choices = [SelectChoice(str(one.id), one.label) for one in listed]
    if len(listed) > 1:
        choices.insert(0, SelectChoice("", _("Choose")))
    return SelectField(label, [InputRequired()], choices=choices)


def _typed(one: Field) -> StringField:
    kind = TextAreaField if one.multiline else StringField
    help_text = one.help[language()] if one.help else ""
    # Not required here: a draft may be saved half-written, and says itself what is missing.
    return kind(
        one.label[language()],
        [Length(max=one.max_length), _printable(one)],
        description=help_text,
        filters=[_plain_breaks],
        render_kw={"maxlength": one.max_length, **({"rows": 5} if one.multiline else {})},
        **({"widget": DateInput()} if one.kind is Kind.DATE else {}),
    )


def _printable(one: Field) -> Callable[[Any, Any], None]:
    def check(_form: Any, entry: Any) -> None:
        try:
            check_text_of(one, entry.data)
        except Invalid as fault:
            if fault.reason == "control-character":
                raise ValidationError(
                    _("This holds a character that cannot be printed. Type it again.")
                ) from None

    return check


def _plain_breaks(text: str | None) -> str | None:
    return text.replace("\r\n", "\n") if text else text


def _data(kind: DocumentType, given: Entry | None) -> dict[str, Any]:
    if given is None:
        return {}
    found: dict[str, Any] = {
        name: str(value)
        for name, value in (
            ("organisation", given.organisation_id),
            ("need", given.subject_id),
            ("survivor", given.survivor_id),
            ("perpetrator", given.perpetrator_id),
            ("companion", given.companion_id),
        )
        if value is not None
    }
    for one in kind.draft_fields:
        found[_TYPED + one.name.split(".")[1]] = given.typed.get(one.name)
    return found
