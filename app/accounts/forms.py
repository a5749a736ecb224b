"""Forms of signing in, of one's own account, of invitations and of people."""

from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    HiddenField,
    PasswordField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    widgets,
)
from wtforms.validators import InputRequired, Optional

from app.accounts import service
from app.ui.forms import Form
from app.web.shell import ROLE_NAMES
from tenants.context import Role
from tenants.errors import Invalid

_PASSWORD_HELP = _l(
    "At least 15 characters. Several words in a row are easy to remember and hard to guess."
)

_SENTENCES: dict[tuple[str, str], Any] = {
    ("username", "format"): _l(
        "Use 3 to 40 small letters, digits, dots, dashes or underscores; begin and end with a "
        "letter or digit."
    ),
    ("username", "taken"): _l("This user name is taken. Choose another one."),
    ("password", "too-short"): _l("The password has fewer than 15 characters. Make it longer."),
    ("password", "too-long"): _l("The password has more than 256 characters. Make it shorter."),
    ("password", "guessable"): _l(
        "This password is easy to guess: it repeats itself, follows the keyboard, or consists "
        "mostly of your name or the name of the office. Choose other words."
    ),
    ("password", "known"): _l(
        "This password is in lists of passwords that were found out, or is soon guessed from "
        "them. Choose several words that have nothing to do with each other."
    ),
    ("roles", "none"): _l("Choose at least one role."),
    ("roles", "apart"): _l(
        "Administrator, auditor, external auditor and partner officer each stand alone: nobody "
        "holds one of them together with another role."
    ),
    ("roles", "own-administrator"): _l(
        "You cannot take away your own administrator role. Another administrator can."
    ),
    ("organisation", "needed"): _l("A partner officer belongs to an organisation: choose it."),
    ("organisation", "not-for-this-role"): _l(
        "Only a partner officer belongs to a partner organisation."
    ),
    ("last_day", "needed"): _l("An external auditor's account is for a time: say its last day."),
    ("last_day", "past"): _l("This day is over. Choose today or a later day."),
    ("last_day", "too-far"): _l("An account for a time is given for a year at most."),
    ("nip", "format"): _l("A NIP has 18 digits."),
    ("phone", "format"): _l("This is not a telephone number."),
}
_GENERAL = {
    "required": _l("This field is required."),
    "too-long": _l("This is too long: 120 characters are the most."),
    "control-character": _l("This contains characters that cannot be printed. Type it again."),
}


def explain(form: Form, error: Invalid) -> None:
    """Put the sentence for a refused value beside its field."""
    sentence = _SENTENCES.get((error.field, error.reason)) or _GENERAL.get(error.reason)
    field = form._fields.get(error.field)
    if field is None:
        form.form_errors.append(sentence or _l("Invalid input."))
    else:
        field.errors = [*field.errors, sentence or _l("Invalid input.")]


class SignInForm(Form):
    """User name and password."""

    username = StringField(_l("User name"), [InputRequired()])
    password = PasswordField(_l("Password"), [InputRequired()])
    next = HiddenField()


class ConfirmForm(Form):
    """Password and code once more."""

    password = PasswordField(_l("Password"), [InputRequired()])
    code = StringField(
        _l("Code from your app"),
        [InputRequired()],
        description=_l("Six digits. A recovery code will do as well."),
    )
    next = HiddenField()
    carried = HiddenField()


class CodeForm(Form):
    """What the authenticator app shows at this moment."""

    code = StringField(_l("Code from your app"), [InputRequired()], description=_l("Six digits."))
    next = HiddenField()


class RecoveryForm(Form):
    """One of the codes that were noted down for this."""

    recovery = StringField(
        _l("Recovery code"),
        [InputRequired()],
        description=_l("25 letters and digits; dashes and small letters do not matter."),
    )
    next = HiddenField()


class PasskeyForm(Form):
    """What the device answered; the page's script fills it in."""

    credential = HiddenField()
    next = HiddenField()
    carried = HiddenField()


class NewPasswordForm(Form):
    """A password chosen now, typed twice."""

    password = PasswordField(_l("New password"), [InputRequired()], description=_PASSWORD_HELP)
    again = PasswordField(_l("The same password again"), [InputRequired()])

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the fields, and that both passwords are long enough and the same."""
        valid = bool(super().validate(extra_validators))
        if 0 < len(self.password.data or "") < service.MIN_LENGTH:
            explain(self, Invalid("password", "too-short"))
            valid = False
        if self.password.data and self.again.data and self.password.data != self.again.data:
            self.again.errors = [_l("The two passwords differ. Type both again.")]
            valid = False
        return valid


class ChangePasswordForm(NewPasswordForm):
    """The present password and a new one."""

    present = PasswordField(_l("Present password"), [InputRequired()])


class OfficialFields(Form):
    """What letters print about a person."""

    title = StringField(_l("Title (jabatan)"), description=_l("As it stands on letters."))
    rank = StringField(_l("Rank (pangkat)"))
    nip = StringField("NIP", description=_l("18 digits."))
    phone = StringField(
        _l("Office telephone"),
        description=_l("Printed on letters so that partners can reach you. Not a private number."),
    )

    def official(self) -> service.Official:
        """Return what was typed."""
        given = self.data  # a field that was not asked is not there
        return service.Official(
            **{name: given.get(name) for name in ("title", "rank", "nip", "phone")}
        )


class AcceptForm(NewPasswordForm, OfficialFields):
    """A new person's user name, password and official particulars."""

    username = StringField(
        _l("User name"), [InputRequired()], description=_l("You sign in with it.")
    )


class RoleFields(Form):
    """Roles, and the organisation of a partner officer."""

    roles = SelectMultipleField(
        _l("Roles"),
        choices=[SelectChoice(role.value, name) for role, name in ROLE_NAMES.items()],
        widget=widgets.ListWidget(prefix_label=False),
        option_widget=widgets.CheckboxInput(),
        description=_l(
            "Each of these stands alone: administrator, auditor, external auditor, partner officer."
        ),
    )
    organisation = SelectField(
        _l("Partner organisation"), description=_l("Only for a partner officer.")
    )
    last_day = DateField(
        _l("Last day of the account"),
        [Optional()],
        description=_l(
            "An external auditor needs one, at most a year ahead. Leave it empty for staff who "
            "stay."
        ),
    )

    def offer(self) -> None:
        """Offer the tenant's organisations."""
        self.organisation.choices = [
            SelectChoice("", _l("None: works at this office")),
            *(SelectChoice(str(key), name) for key, name in service.organisation_names().items()),
        ]

    def chosen_roles(self) -> frozenset[Role]:
        """Return the chosen roles."""
        return frozenset(Role(code) for code in self.roles.data or ())

    def chosen_organisation(self) -> UUID | None:
        """Return the chosen organisation."""
        return UUID(self.organisation.data) if self.organisation.data else None


class InviteForm(RoleFields):
    """Whom to invite, as what."""

    name = StringField(
        _l("Full name"), [InputRequired()], description=_l("With titles, as it stands on letters.")
    )


class EditForm(RoleFields, OfficialFields):
    """What a person is employed for, and their official particulars."""


class EmptyForm(Form):
    """A decision that needs nothing typed."""
