"""What surrounds every page: the office's name, who is signed in, the menu."""

from typing import Any

from flask import Flask, request, url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import SQLAlchemyError

from app.web.guard import acting
from tenants import registry
from tenants.context import Person, Role, bound
from tenants.errors import TeduhError
from tenants.policy import Permission, permits

_MENU: tuple[tuple[str, Any, Permission | None], ...] = (
    ("web.home", _l("Today"), None),
    ("cases.index", _l("Cases"), Permission.CASE_LIST),
    ("cases.list_outreach", _l("Outreach"), Permission.OUTREACH_LIST),
    ("services.programmes", _l("Programmes"), Permission.PROGRAMME_LIST),
    ("tasks.work", _l("Work"), Permission.WORK_LIST),
    ("clocks.index", _l("Deadlines"), Permission.CLOCK_LIST),
    ("referrals.inbox", _l("Referrals"), Permission.REFERRAL_INBOX),
    ("documents.inbox", _l("Letters"), Permission.LETTER_INBOX),
    ("documents.queue", _l("Letters"), Permission.LETTER_QUEUE),
    ("destruction.index", _l("Destroyed cases"), Permission.DESTRUCTION_READ),
    ("documents.agenda", _l("Agenda book"), Permission.AGENDA_READ),
    ("transfers.arrivals", _l("From other agencies"), Permission.TRANSFER_RECEIVE),
    ("shelter.places", _l("Safe houses"), Permission.SHELTER_MANAGE),
    ("network.scorecard", _l("Duties"), Permission.DUTIES_READ),
    ("network.own", _l("Our duties"), Permission.DUTIES_OWN),
    ("figures.index", _l("Figures"), Permission.FIGURES_READ),
    ("simfoni.queue", "SIMFONI", Permission.SIMFONI_QUEUE),
    ("audit.start", _l("Access log"), Permission.AUDIT_READ),
    ("accounts.people", _l("People"), Permission.PEOPLE_MANAGE),
    ("documents.delegations", _l("Who signs for whom"), Permission.DELEGATION_MANAGE),
    ("documents.registers", _l("Numbers"), Permission.REGISTER_READ),
    ("documents.certificates", _l("Certificates"), Permission.CERTIFICATE_MANAGE),
    ("documents.workers", _l("Making of letters"), Permission.WORKERS_WATCH),
    ("rights.policy", _l("Who sees what"), Permission.POLICY_READ),
)

ROLE_NAMES: dict[Role, Any] = {
    Role.INTAKE_OFFICER: _l("Administration team"),
    Role.CASE_OFFICER: _l("Technical team"),
    Role.COMPANION: _l("Accompaniment team"),
    Role.SUPERVISOR: _l("Supervisor"),
    Role.SIGNATORY: _l("Signatory"),
    Role.PARTNER_OFFICER: _l("Partner officer"),
    Role.AUDITOR: _l("Auditor"),
    Role.EXTERNAL_AUDITOR: _l("External auditor"),
    Role.ADMINISTRATOR: _l("Administrator"),
}


def init_shell(app: Flask) -> None:
    """Give every template the office, the person and the menu."""

    @app.context_processor
    def _shell() -> dict[str, Any]:
        if bound() is None:
            return {}
        try:
            identity = registry.profile().identity
        except (TeduhError, SQLAlchemyError):
            return {}
        person = acting()
        shell: dict[str, Any] = {
            "office_name": f"{identity.agency} {identity.regency}",
            "office_short": identity.regency,
            "home_url": url_for("web.home"),
        }
        if person is not None:
            shell |= {
                "person_name": person.name,
                "person_role": ", ".join(str(ROLE_NAMES[role]) for role in sorted(person.roles)),
                "menu": menu(person),
                "account_url": url_for("accounts.sessions"),
                "sign_out_url": url_for("accounts.sign_out"),
            }
        return shell


def menu(person: Person) -> list[tuple[str, Any, bool, int | None]]:
    """Return (endpoint, label, active, count) of each entry the person may open.

    Where a room has several entries, only the one that is open is marked.
    """
    mine = [
        (endpoint, label)
        for endpoint, label, permission in _MENU
        if permission is None or permits(person, permission)
    ]
    room = _room(request.endpoint or "")
    alone = sum(_room(endpoint) == room for endpoint, _label in mine) == 1
    return [
        (
            endpoint,
            label,
            endpoint == request.endpoint or (alone and _room(endpoint) == room),
            None,
        )
        for endpoint, label in mine
    ]


def _room(endpoint: str) -> str:
    return endpoint.split(".", maxsplit=1)[0]


def language() -> str | None:
    """Return the signed-in person's language, or None."""
    if bound() is None:
        return None
    try:
        person = acting()
    except SQLAlchemyError:
        return None
    return person.language if person else None


def zone() -> str | None:
    """Return the tenant's time zone, or None where no tenant is bound."""
    if bound() is None:
        return None
    try:
        return registry.profile().identity.timezone
    except (TeduhError, SQLAlchemyError):
        return None
