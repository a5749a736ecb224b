"""From which devices and networks a person signs in, and telling them of a new one.

A device is known by what its browser calls itself and by the network it comes from; nothing is kept
in the browser for it. Both change sometimes, so a notice asks and accuses nobody.
"""

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update

from app.accounts.models import SignInSession
from tenants.clock import now
from tenants.database import db

KNOWN_FOR = timedelta(days=30)
"""How long an address from which a person signed in is known as theirs. Failures from elsewhere
do not lock them out there: a user name is no secret, and a lock must not become a weapon."""


@dataclass(frozen=True, slots=True)
class NewDevice:
    """A sign-in from where the person had not signed in lately."""

    device: str
    address: str | None
    at: datetime


def network_of(address: str | None) -> str:
    """Return what one holder of an address has: of IPv6 a network of 64 bits, else the address."""
    try:
        given = ipaddress.ip_address(address or "")
    except ValueError:
        return address or "-"
    if isinstance(given, ipaddress.IPv4Address):
        return str(given)
    return str(given.ipv4_mapped or ipaddress.ip_network((given, 64), strict=False))


def is_new(account_id: UUID, device: str, address: str | None) -> bool:
    """Tell whether a person has signed in before, but not lately from this device and network."""
    rows = db.session.execute(
        select(SignInSession.device, SignInSession.address, SignInSession.created_at).where(
            SignInSession.account_id == account_id
        )
    ).all()
    since, network = now() - KNOWN_FOR, network_of(address)
    return bool(rows) and not any(
        row.device == device and network_of(row.address) == network and row.created_at > since
        for row in rows
    )


def untold(account_id: UUID, device: str, address: str | None) -> bool:
    """Tell whether there is a new device of which its owner was not told yet; now they are.

    A sign-in from that very device and network is no telling: it may be the stranger's again.
    """
    rows = db.session.execute(
        select(SignInSession.id, SignInSession.device, SignInSession.address).where(
            SignInSession.account_id == account_id,
            SignInSession.new_device,
            SignInSession.told_at.is_(None),
        )
    ).all()
    network = network_of(address)
    told = [row.id for row in rows if row.device != device or network_of(row.address) != network]
    if told:
        db.session.execute(
            update(SignInSession)
            .where(SignInSession.id.in_(told))
            .values(told_at=now())
            .execution_options(synchronize_session=False)
        )
    return bool(told)


def new_devices(account_id: UUID) -> list[NewDevice]:
    """Return the sign-ins from new devices of the last thirty days, the newest first."""
    query = (
        select(SignInSession.device, SignInSession.address, SignInSession.created_at)
        .where(
            SignInSession.account_id == account_id,
            SignInSession.new_device,
            SignInSession.created_at > now() - KNOWN_FOR,
        )
        .order_by(SignInSession.created_at.desc(), SignInSession.id)
    )
    return [NewDevice(*row) for row in db.session.execute(query)]
