"""The invented people of a demonstration, with passwords and keys of codes made on this machine."""

import secrets
from dataclasses import dataclass
from typing import Any

from app.accounts import one_time_codes
from app.accounts import service as accounts
from tenants import registry
from tenants.context import Channel, Context, Role, bind
from tenants.database import transaction

_WORDS = [
    "air",
    "angin",
    "awan",
    "bambu",
    "batu",
    "bukit",
    "bulan",
    "bunga",
    "cahaya",
    "daun",
    "embun",
    "fajar",
    "garam",
    "hujan",
    "intan",
    "jala",
    "jati",
    "kabut",
    "kayu",
    "kebun",
    "kelapa",
    "kopi",
    "laut",
    "lebah",
    "lontar",
    "madu",
    "mawar",
    "melati",
    "merpati",
    "nelayan",
    "nyiur",
    "ombak",
    "padi",
    "pagi",
    "pandan",
    "pasir",
    "payung",
    "pelita",
    "perahu",
    "pulau",
    "rembulan",
    "rotan",
    "rumput",
    "samudra",
    "sawah",
    "senja",
    "sungai",
    "surya",
    "tanah",
    "telaga",
    "teluk",
    "tenun",
    "teratai",
    "tikar",
    "topi",
    "ulin",
    "utara",
    "waktu",
    "warna",
    "zaitun",
]


@dataclass(frozen=True, slots=True)
class Invented:
    """One person of the demonstration."""

    username: str
    name: str
    role: Role
    partner: str | None = None
    official: dict[str, str] | None = None


PEOPLE = (
    Invented("admin", "Juwita Contoh", Role.ADMINISTRATOR),
    Invented("penerima", "Ani Contoh", Role.INTAKE_OFFICER),
    Invented("teknis", "Bela Contoh", Role.CASE_OFFICER),
    Invented("pendamping", "Dewi Contoh", Role.COMPANION, official={"phone": "0343-000000"}),
    Invented("kasi", "Eka Contoh", Role.SUPERVISOR),
    Invented(
        "kepala",
        "Fitri Contoh",
        Role.SIGNATORY,
        official={
            "title": "Kepala Dinas",
            "rank": "Pembina Utama Muda",
            "nip": "000000000000000000",
        },
    ),
    Invented("rumahsakit", "Gita Contoh", Role.PARTNER_OFFICER, "hospital"),
    Invented("polres", "Hana Contoh", Role.PARTNER_OFFICER, "police"),
    Invented("pengawas", "Ida Contoh", Role.AUDITOR),
)


def new_password() -> str:
    """Return a pass phrase of five words and a number (about 36 bits; for demonstrations)."""
    words = [secrets.choice(_WORDS) for _ in range(5)]
    return " ".join([*words, str(secrets.randbelow(90) + 10)])


def make_people(host: str) -> list[dict[str, str]]:
    """Make the people of the tenant at ``host``; return one login each.

    Raises:
        LookupError: no tenant has this host.
    """
    found = registry.find_host(host)
    if found is None:
        raise LookupError(host)
    logins = []
    context = Context(found.tenant_id, found.slug, channel=Channel.COMMAND)
    with bind(context), transaction():
        kinds = {one.kind: one.id for one in registry.organisations()}
        titles = registry.profile()
        for person in PEOPLE:
            password = new_password()
            details: dict[str, Any] = dict(person.official or {})
            account_id = accounts.create_account(
                username=person.username,
                name=person.name,
                password=password,
                roles=frozenset({person.role}),
                organisation_id=kinds[person.partner] if person.partner else None,
                **details,
            )
            logins.append(
                {
                    "host": host,
                    "username": person.username,
                    "password": password,
                    "code_key": one_time_codes.written(accounts.give_code(account_id)),
                    "role": titles.role_title(person.role),
                }
            )
    return logins
