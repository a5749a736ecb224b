"""Forms of cases. Checks are those of the service; here they find their sentence and place."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
    validators,
)
from wtforms.validators import InputRequired, Optional

from app.cases import codes, entries, service
from app.cases.inputs import Boxes, Buttons, Choice, CodedBoxes, checked, choice, line, past, text
from app.cases.intake_codes import LINK_STATES, SIGNS, LinkState
from app.cases.words import CLASS_NAMES, FIELD_NAMES, TEAM_NAMES, sentence
from app.ui.forms import Form
from tenants.confidential import MAX_LENGTH, clean
from tenants.context import Role
from tenants.errors import Invalid

_NO_AUTOCOMPLETE = {"autocomplete": "off"}


class ArrivalForm(Form):
    """What is asked first. It stands before the other parts: errors are listed in this order."""

    risk = Buttons(_l("Is she in danger?"), [InputRequired()], codes=codes.RISKS)
    channel = choice(_l("How the report came in"), codes.CHANNELS)


def relation_field() -> Any:
    """Return the field for what a person is to the survivor."""
    return choice(
        _l("What this person is to the survivor"),
        codes.RELATIONSHIPS,
        default=codes.Relationship.UNKNOWN.value,
    )


def age_field() -> Any:
    """Return the field for the age of an alleged perpetrator."""
    return choice(_l("Age"), codes.PERPETRATOR_AGE_GROUPS, default=codes.AgeGroup.UNKNOWN.value)


def particulars_field() -> Any:
    """Return the field for what else is known of an alleged perpetrator."""
    return text(
        "alleged_perpetrator",
        "particulars",
        description=_l("What keeps her safe: where this person works or stays, weapons."),
        render_kw={"rows": 3},
    )


class SurvivorForm(Form):
    """The survivor."""

    safe_contact = text(
        "survivor",
        "safe_contact",
        description=_l("How and through whom we may reach her without danger."),
        render_kw={"rows": 3},
    )
    contact_when = line(
        "survivor",
        "contact_when",
        description=_l("Days and hours at which nobody else is near."),
    )
    forbidden_phone = line(
        "survivor",
        "forbidden_phone",
        description=_l("Numbers that somebody else answers or reads: never call or write to them."),
        render_kw={"inputmode": "tel"},
    )
    phone = line(
        "survivor",
        "phone",
        checked(entries.check_phone),
        label=_l("Her own telephone number"),
        description=_l("We do not call it unless the field above says so."),
        render_kw={"inputmode": "tel"},
    )
    full_name = line("survivor", "full_name")
    age_group = choice(_l("Age"), codes.AGE_GROUPS)
    birth_date = DateField(FIELD_NAMES["survivor.birth_date"], [Optional(), past("birth_date")])
    nik = line(
        "survivor",
        "nik",
        checked(entries.check_nik),
        description=_l("16 digits, as on the identity card."),
        render_kw={"inputmode": "numeric"},
    )
    district = StringField(
        _l("Sub-district (kecamatan)"),
        [Optional(), checked(entries.check_district)],
        description=_l("For the figures. It is not confidential: only the name."),
        render_kw=_NO_AUTOCOMPLETE | {"maxlength": entries.DISTRICT_LENGTH},
    )
    suffered = CodedBoxes(
        _l("Kinds of violence against her"),
        [Optional()],
        codes=codes.VIOLENCE,
        description=_l("Only where several survivors suffered different things."),
    )
    address = text("survivor", "address", render_kw={"rows": 2})
    disability = choice(_l("Disability"), codes.DISABILITIES, default=codes.Disability.NONE.value)
    health = text(
        "survivor",
        "health",
        description=_l("Injuries, pregnancy, medicine: only what help depends on."),
        render_kw={"rows": 3},
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the fields, and that birth date and age group agree."""
        valid = bool(super().validate(extra_validators))
        birth, group = self._fields.get("birth_date"), self.age_group
        if birth is not None and birth.data and not birth.errors and not group.errors:
            try:
                entries.check_birth(birth.data.isoformat(), group.data, service.today())
            except Invalid as error:
                birth.errors = [*birth.errors, sentence(error)]
                valid = False
        return valid


class IncidentForm(Form):
    """What happened."""

    violence = CodedBoxes(_l("Kinds of violence"), [InputRequired()], codes=codes.VIOLENCE)
    signs = CodedBoxes(
        _l("Did this happen as well?"),
        [Optional()],
        codes=SIGNS,
        description=_l("From this follows the one class of the incident in GBVIMS."),
    )
    domestic = BooleanField(_l("It is domestic violence (KDRT)"))
    occurred_on = DateField(
        _l("When"),
        [Optional(), past("occurred_on")],
        description=_l("Leave it empty if it is not known or went on for a long time."),
    )
    place = choice(_l("In what kind of place"), codes.PLACES)
    location = line("incident", "location")
    narrative = text(
        "incident",
        "narrative",
        description=_l("In her own words, and no more than is needed. She can tell more later."),
        render_kw={"rows": 8},
    )


class PerpetratorForm(Form):
    """The person who is reported."""

    relation = relation_field()
    age_group = age_field()
    full_name = line("alleged_perpetrator", "full_name")
    particulars = particulars_field()


class NeedForm(Form):
    """One service that is needed."""

    service = choice(_l("Service"), codes.SERVICE_NAMES)
    urgency = choice(_l("How soon"), codes.URGENCIES)
    state = choice(_l("State"), codes.NEED_STATES, default=codes.NeedState.OPEN.value)
    description = text("need", "description", render_kw={"rows": 3})


class LegalForm(Form):
    """Where the case stands with the police."""

    report_number = line("legal_process", "report_number")
    examination_request = line(
        "legal_process",
        "examination_request",
        description=_l("The number of the investigator's written request for a visum."),
    )
    complaint_offence = BooleanField(_l("It is a complaint offence (delik aduan)"))
    diversion = BooleanField(
        _l("Diversion is confirmed"),
        description=_l("Only where everybody reported is a child."),
    )


class NoteForm(Form):
    """A note of the team."""

    text = TextAreaField(
        FIELD_NAMES["note.text"],
        [InputRequired(), checked(lambda value: clean(value, "text", MAX_LENGTH))],
        render_kw=_NO_AUTOCOMPLETE | {"rows": 5, "spellcheck": "false"},
    )


class StatusForm(Form):
    """Where the work stands and how near harm is."""

    risk = Buttons(_l("Is she in danger?"), [InputRequired()], codes=codes.RISKS)
    state = SelectField(_l("State"), [InputRequired()])

    def offer(self, present: str) -> None:
        """Offer the present state and those that the team may set."""
        states = [codes.State(present), *(one for one in codes.WORKING if one != present)]
        self.state.choices = [SelectChoice(one.value, codes.STATES.name(one)) for one in states]


class TeamForm(Form):
    """Whom to assign, for which team."""

    member = SelectField(_l("Person"), [InputRequired()])

    def offer(self, people: Iterable[tuple[Role, list[Any]]]) -> None:
        """Offer everybody who may be assigned, by team."""
        self.member.choices = [
            SelectChoice("", _l("Choose")),
            *(
                SelectChoice(f"{role.value}/{card.id}", card.name, optgroup=TEAM_NAMES[role])
                for role, cards in people
                for card in cards
            ),
        ]

    def chosen(self) -> tuple[Role, UUID]:
        """Return team and person."""
        role, account_id = self.member.data.split("/")
        return Role(role), UUID(account_id)


class ConsentForm(Form):
    """What the survivor allows one organisation, class by class."""

    organisation = SelectField(_l("Organisation"), [InputRequired()])
    classes = Boxes(
        _l("What may they see?"),
        [InputRequired()],
        choices=[SelectChoice(one.value, CLASS_NAMES[one]) for one in service.SHAREABLE],
    )
    given_by = RadioField(
        _l("Who consents?"),
        [InputRequired()],
        choices=[
            SelectChoice(one.value, codes.GIVEN_BY.name(one))
            for one in (codes.GivenBy.SURVIVOR, codes.GivenBy.GUARDIAN)
        ],
    )
    guardian_accused = BooleanField(_l("The guardian is the person who is reported"))
    method = Buttons(_l("How?"), [InputRequired()], codes=codes.METHODS)
    given_on = DateField(_l("Given on"), [InputRequired()])
    expires_on = DateField(
        _l("Ends on"), [InputRequired()], description=_l("One year later at the latest.")
    )

    def offer(self, organisations: Iterable[tuple[UUID, str]]) -> None:
        """Offer the partner organisations."""
        self.organisation.choices = [
            SelectChoice("", _l("Choose")),
            *(SelectChoice(str(one), name) for one, name in organisations),
        ]


class SearchForm(Form):
    """One box for everything that identifies a case."""

    term = StringField(
        _l("NIK, telephone, full name or case code"),
        [InputRequired()],
        render_kw=_NO_AUTOCOMPLETE | {"maxlength": service.TERM_LENGTH, "spellcheck": "false"},
    )


class FilterForm(Form):
    """What the list is narrowed to."""

    show = SelectField(
        _l("Which cases"),
        [Optional()],
        choices=[
            SelectChoice("", _l("All")),
            SelectChoice("mine", _l("Mine")),
            SelectChoice("unassigned", _l("Nobody assigned")),
            SelectChoice("overdue", _l("Overdue")),
        ],
    )
    state = Choice(_l("State"), [Optional()], codes=codes.STATES)
    risk = Choice(_l("Danger"), [Optional()], codes=codes.RISKS)

    def shown(self) -> service.Show:
        """Return which of the readable cases to list."""
        return service.Show(self.show.data or "")

    def in_use(self) -> dict[str, str]:
        """Return what is asked for, as it stands in an address."""
        return {name: str(field.data) for name, field in self._fields.items() if field.data}


class LinkForm(Form):
    """Whether another case concerns the same person."""

    other = StringField(validators=[InputRequired(), validators.UUID()])
    verdict = RadioField(
        _l("Is it the same person?"),
        [InputRequired()],
        choices=[
            SelectChoice(one.value, LINK_STATES.name(one))
            for one in (LinkState.SAME, LinkState.OTHER)
        ],
    )


class EmptyForm(Form):
    """Nothing but the confirmation."""


def typed(form: Form, *names: str) -> dict[str, str | None]:
    """Return the confidential texts of a form; a day as ISO 8601, blank as None.

    A name that the form does not have (the person may not write it) is left out.
    """
    found: dict[str, str | None] = {}
    for name in names:
        field = form._fields.get(name)
        if field is not None:
            value = field.data
            found[name] = (value.isoformat() if hasattr(value, "isoformat") else value) or None
    return found
