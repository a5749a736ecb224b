"""Forms of referrals."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, RadioField, SelectChoice, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from app.referrals.codes import (
    DECLINE_REASONS,
    OUTCOMES,
    TAKE_OVER_REASONS,
    WITHDRAW_REASONS,
    WithdrawReason,
)
from app.tasks import service as tasks
from app.ui.forms import Form

NOTE_LENGTH = 2000  # characters, as the table declares


class ReferralForm(Form):
    """Which service of which organisation, and what it should know."""

    destination = SelectField(_l("Service and organisation"), [InputRequired()])
    note = TextAreaField(
        _l("Note for the organisation"),
        [Length(max=NOTE_LENGTH)],
        description=_l(
            "Only what its officer needs for this service. It is shown only if the survivor "
            "consents that the organisation sees health data."
        ),
    )


class AcceptForm(Form):
    """An acceptance, perhaps with a note."""

    note = TextAreaField(
        _l("Note for the office"),
        [Length(max=NOTE_LENGTH)],
        description=_l("For example when and where to come, and whom to ask for."),
    )


class DeclineForm(Form):
    """Why the organisation cannot take the referral."""

    reason = RadioField(
        _l("Reason"),
        [InputRequired()],
        choices=[SelectChoice(code.value, name) for code, name in DECLINE_REASONS.items()],
    )
    note = TextAreaField(
        _l("Note for the office"),
        [Length(max=NOTE_LENGTH)],
        description=_l("For example what is missing, or who could help instead."),
    )


class WithdrawForm(Form):
    """Why the agency takes a referral back."""

    reason = RadioField(
        _l("Reason"),
        [InputRequired()],
        choices=[
            SelectChoice(code.value, name)
            for code, name in WITHDRAW_REASONS.items()
            if code not in {WithdrawReason.CONSENT_WITHDRAWN, WithdrawReason.TAKEN_OVER}
        ],
    )


class DoneForm(Form):
    """What came of the service."""

    outcome = RadioField(
        _l("What came of it?"),
        [InputRequired()],
        choices=[SelectChoice(code.value, name) for code, name in OUTCOMES.items()],
    )
    text = TextAreaField(
        _l("Note for the office"),
        [Length(max=NOTE_LENGTH)],
        description=_l("Only what the office needs to go on; no findings and no history."),
    )


class ReceiveForm(Form):
    """Nothing but the confirmation."""


class MessageForm(Form):
    """A question, an answer, or how it goes on."""

    text = TextAreaField(
        _l("Message"),
        [InputRequired(), Length(max=NOTE_LENGTH)],
        description=_l("Only what the other side needs for this service."),
    )


class SharedTaskForm(Form):
    """Something to do that both sides see: by its kind alone."""

    kind = SelectField(
        _l("What is to be done?"),
        [InputRequired()],
        choices=[SelectChoice(code.value, tasks.TASK_KINDS[code]) for code in tasks.SHARED],
    )
    side = SelectField(
        _l("Whose turn is it?"),
        [InputRequired()],
        choices=[SelectChoice(code.value, name) for code, name in tasks.SIDES.items()],
    )
    due_on = DateField(_l("By which day?"), [Optional()])


class TakeOverForm(Form):
    """Why the office gives the service itself."""

    reason = RadioField(
        _l("Reason"),
        [InputRequired()],
        choices=[SelectChoice(code.value, name) for code, name in TAKE_OVER_REASONS.items()],
    )


def referral_form(groups: dict[Any, list[tuple[str, Any]]]) -> ReferralForm:
    """Return the form with its destinations in groups.

    Args:
        groups: heading -> (value, label) of each destination.
    """
    form = ReferralForm()
    choices = [SelectChoice("", _l("Choose a service and an organisation"))]
    choices += [
        SelectChoice(value, label, optgroup=heading)
        for heading, entries in groups.items()
        for value, label in entries
    ]
    form.destination.choices = choices
    return form
