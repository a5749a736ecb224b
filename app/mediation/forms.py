"""Forms of mediation."""

from collections.abc import Iterable
from datetime import date

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import InputRequired, Length, Optional

from app.accounts.service import Card
from app.mediation.codes import KEPT_NAMES, MATTER_NAMES, STOP_REASONS, StopReason
from app.mediation.service import Conditions, Days, OnTheDay
from app.ui.forms import Form

# Characters, as the tables declare.
VENUE_LENGTH, OUTCOME_LENGTH, FOLLOW_UP_LENGTH = 300, 8000, 1000


class MediationForm(Form):
    """What is to be mediated, by whom, and whether every condition is met."""

    matter = RadioField(
        _l("What is it about?"),
        [InputRequired()],
        choices=[SelectChoice(code.value, name) for code, name in MATTER_NAMES.items()],
    )
    mediator = SelectField(_l("Mediator"), [InputRequired()])
    requested_by_survivor = BooleanField(_l("The woman herself asks for the mediation"))
    companion_assessment = BooleanField(
        _l("Her companion has assessed her and finds that she can take part")
    )
    psychologist_assessment = BooleanField(
        _l("A psychologist has assessed her and finds that she can take part")
    )
    separate_attendance = BooleanField(
        _l("Both sides come separately, so that she need not meet the other side")
    )
    free_of_coercion = BooleanField(
        _l("She knows that she may say no at any time, and nobody forces her")
    )

    requested_on = DateField(_l("On which day did she ask for it?"), [Optional()])
    companion_assessed_on = DateField(_l("When did her companion assess her?"), [Optional()])
    psychologist_assessed_on = DateField(_l("When did the psychologist assess her?"), [Optional()])

    def days(self, today: date) -> Days:
        """Return the days as they are filled in; today for those that are not."""
        return Days(
            self.requested_on.data or today,
            self.companion_assessed_on.data or today,
            self.psychologist_assessed_on.data or today,
        )

    def conditions(self) -> Conditions:
        """Return the conditions as they are ticked."""
        return Conditions(
            requested_by_survivor=bool(self.requested_by_survivor.data),
            companion_assessment=bool(self.companion_assessment.data),
            psychologist_assessment=bool(self.psychologist_assessment.data),
            separate_attendance=bool(self.separate_attendance.data),
            free_of_coercion=bool(self.free_of_coercion.data),
        )


class ScheduleForm(Form):
    """When and where."""

    day = DateField(_l("Date of the mediation"), [InputRequired()])
    time = TimeField(_l("Time"), [InputRequired()])
    venue = StringField(
        _l("Place"),
        [InputRequired(), Length(max=VENUE_LENGTH)],
        description=_l("A neutral and safe room; never her home."),
    )


class HeldForm(Form):
    """That it was held, and what came of it."""

    day = DateField(_l("Date on which it was held"), [InputRequired()])
    time = TimeField(_l("Time"), [InputRequired()])
    separate = BooleanField(
        _l("Both sides came separately; she did not have to meet the other side")
    )
    asked_alone = BooleanField(
        _l("She was asked once more, alone, and wanted it of her own free will")
    )
    agreed = BooleanField(_l("Something was agreed"))
    outcome = TextAreaField(
        _l("What was agreed"),
        [InputRequired(), Length(max=OUTCOME_LENGTH)],
        description=_l("Write also when nothing was agreed. No assessment and no address here."),
    )

    def on_the_day(self) -> OnTheDay:
        """Return what was so on the day, as it is ticked."""
        return OnTheDay(
            bool(self.separate.data), bool(self.asked_alone.data), bool(self.agreed.data)
        )


class FollowUpForm(Form):
    """What has to be looked at after a mediation."""

    text = TextAreaField(
        _l("What has to be looked at?"),
        [InputRequired(), Length(max=FOLLOW_UP_LENGTH)],
        description=_l("For example whether the maintenance is paid each month."),
    )
    owner = SelectField(_l("Who does it?"))
    due_on = DateField(_l("By which day?"), [InputRequired()])


class JudgeForm(Form):
    """What has become of what was agreed."""

    kept = RadioField(
        _l("What has become of the agreement?"),
        [InputRequired()],
        choices=[SelectChoice(code.value, name) for code, name in KEPT_NAMES.items()],
    )


class OutcomeForm(Form):
    """What came of a mediation that was held."""

    outcome = TextAreaField(_l("What was agreed"), [InputRequired(), Length(max=OUTCOME_LENGTH)])


class StopForm(Form):
    """Why a mediation ends before it is held."""

    reason = RadioField(
        _l("Reason"),
        [InputRequired()],
        choices=[
            SelectChoice(code.value, name)
            for code, name in STOP_REASONS.items()
            if code is not StopReason.SEXUAL_VIOLENCE
        ],
    )


def mediation_form(cards: list[Card]) -> MediationForm:
    """Return the form with the people who may lead a mediation."""
    form = MediationForm()
    form.mediator.choices = [SelectChoice("", _l("Choose a person"))]
    form.mediator.choices += [SelectChoice(str(card.id), card.name) for card in cards]
    return form


def follow_up_form(team: Iterable[Card]) -> FollowUpForm:
    """Return the form with the people of the team."""
    form = FollowUpForm()
    form.owner.choices = [SelectChoice("", _l("Nobody yet"))]
    form.owner.choices += [SelectChoice(str(card.id), card.name) for card in team]
    return form
