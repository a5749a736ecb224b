"""What a person has besides the password: an authenticator app, passkeys, recovery codes."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import delete, select, update

from app.accounts import one_time_codes, recovery
from app.accounts.models import Account, OneTimeCode, Passkey
from app.accounts.sessions import token_hash
from tenants import audit
from tenants.clock import now
from tenants.database import db
from tenants.errors import Conflict, Missing
from tenants.vault import open_for_tenant, seal_for_tenant
from tenants.vocabulary import Tag

BEGUN_FOR = timedelta(hours=1)
"""How long a secret that was shown waits for its first code."""
_KIND = "one-time-code"


@dataclass(frozen=True, slots=True)
class OwnPasskey:
    """One passkey, for its owner's list."""

    id: UUID
    device: str
    created_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class AppToSetUp:
    """What a person needs to set up an authenticator app.

    Attributes:
        key: the secret as people type it, in groups of four.
        picture: the QR code that holds the same.
        address: the same as a link, which a telephone opens in the app.
    """

    key: str = field(repr=False)
    picture: str = field(repr=False)
    address: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Factors:
    """What a person can prove themselves with besides the password."""

    code: bool
    passkeys: tuple[OwnPasskey, ...]
    recovery_codes: int

    def __bool__(self) -> bool:
        """Whether there is a second step at all; recovery codes alone are none."""
        return self.code or bool(self.passkeys)


def factors(account_id: UUID) -> Factors:
    """Return what an account has."""
    keys = db.session.scalars(
        select(Passkey)
        .where(Passkey.account_id == account_id)
        .order_by(Passkey.created_at, Passkey.id)
    )
    return Factors(
        code=_confirmed(account_id) is not None,
        passkeys=tuple(OwnPasskey(one.id, one.device, one.created_at, one.used_at) for one in keys),
        recovery_codes=recovery.left(account_id),
    )


def begin_code(account_id: UUID, place: str) -> bytes:
    """Return the secret for an app that is being set up: the same until it is confirmed.

    Args:
        place: the ticket or the session in which it is set up. Nobody is shown, in another, a
            secret that its holder is about to confirm.
    """
    row = _pending(account_id, place)
    if row is not None:
        return open_for_tenant(row.secret, _KIND, str(row.id))
    db.session.execute(
        delete(OneTimeCode).where(
            OneTimeCode.account_id == account_id,
            OneTimeCode.confirmed_at.is_(None),
            OneTimeCode.created_at <= now() - BEGUN_FOR,
        )
    )
    return _keep(account_id, one_time_codes.new_secret(), begun_in=token_hash(place))


def app_to_set_up(account_id: UUID, place: str, office: str) -> AppToSetUp:
    """Return what the page shows to whoever sets up an app, in a ticket or a session."""
    secret = begin_code(account_id, place)
    username = db.session.scalars(select(Account.username).where(Account.id == account_id)).one()
    key = one_time_codes.written(secret)
    address = one_time_codes.address(secret, office, username)
    return AppToSetUp(
        key=" ".join(key[n : n + 4] for n in range(0, len(key), 4)),
        picture=one_time_codes.picture(address),
        address=address,
    )


def confirm_code(account_id: UUID, place: str, typed: str) -> bool:
    """Take the app that was set up here into use if its code is right; the one before it ends."""
    _hold(account_id)
    row = _pending(account_id, place)
    if row is None or not _take(row, typed):
        return False
    db.session.execute(
        delete(OneTimeCode).where(OneTimeCode.account_id == account_id, OneTimeCode.id != row.id)
    )
    db.session.execute(
        update(OneTimeCode).where(OneTimeCode.id == row.id).values(confirmed_at=now())
    )
    enrolled(account_id, "code")
    return True


def give_code(account_id: UUID) -> bytes:
    """Give an account an app's secret that needs no first code; for demonstrations and tests."""
    return _keep(account_id, one_time_codes.new_secret(), confirmed_at=now())


def check_code(account_id: UUID, typed: str) -> bool:
    """Tell whether a code is the app's of this moment; it counts once, whoever sends it."""
    row = _confirmed(account_id)
    return row is not None and _take(row, typed)


def remove_passkey(account_id: UUID, passkey_id: UUID) -> None:
    """Let go of a passkey.

    Raises:
        Missing: the account has no such passkey.
        Conflict: ``last-factor``: nothing would be left for the second step.
    """
    _hold(account_id)
    had = factors(account_id)
    if passkey_id not in {one.id for one in had.passkeys}:
        raise Missing("passkey")
    if not had.code and len(had.passkeys) == 1:
        raise Conflict("last-factor")
    db.session.execute(delete(Passkey).where(Passkey.id == passkey_id))
    details = {"kind": "passkey"}
    audit.record(Tag.FACTOR_REMOVED, subject=("account", account_id), details=details)


def forget_begun(account_id: UUID) -> None:
    """Let go of every app that is being set up and was not confirmed."""
    db.session.execute(
        delete(OneTimeCode).where(
            OneTimeCode.account_id == account_id, OneTimeCode.confirmed_at.is_(None)
        )
    )


def remove_all(account_id: UUID) -> None:
    """Let go of everything an account has besides the password."""
    db.session.execute(delete(OneTimeCode).where(OneTimeCode.account_id == account_id))
    db.session.execute(delete(Passkey).where(Passkey.account_id == account_id))
    recovery.remove(account_id)


def enrolled(account_id: UUID, kind: str) -> None:
    """Record that a person has something new for the second step."""
    audit.record(Tag.FACTOR_ENROLLED, subject=("account", account_id), details={"kind": kind})


def _take(row: OneTimeCode, typed: str) -> bool:
    """Use up the step whose code was typed. Of two who send one code at once, one is right."""
    secret = open_for_tenant(row.secret, _KIND, str(row.id))
    step = one_time_codes.matching_step(secret, typed, now(), row.last_step)
    if step is None:
        return False
    taken = db.session.execute(
        update(OneTimeCode)
        .where(OneTimeCode.id == row.id, OneTimeCode.last_step < step)
        .values(last_step=step)
        .returning(OneTimeCode.id)
        .execution_options(synchronize_session=False)
    )
    return taken.first() is not None


def _keep(
    account_id: UUID,
    secret: bytes,
    *,
    begun_in: bytes | None = None,
    confirmed_at: datetime | None = None,
) -> bytes:
    row_id = uuid4()
    db.session.add(
        OneTimeCode(
            id=row_id,
            account_id=account_id,
            secret=seal_for_tenant(secret, _KIND, str(row_id)),
            last_step=0,
            created_at=now(),
            begun_in=begun_in,
            confirmed_at=confirmed_at,
        )
    )
    db.session.flush()
    return secret


def _confirmed(account_id: UUID) -> OneTimeCode | None:
    return db.session.scalar(
        select(OneTimeCode).where(
            OneTimeCode.account_id == account_id, OneTimeCode.confirmed_at.is_not(None)
        )
    )


def _pending(account_id: UUID, place: str) -> OneTimeCode | None:
    return db.session.scalar(
        select(OneTimeCode)
        .where(
            OneTimeCode.account_id == account_id,
            OneTimeCode.begun_in == token_hash(place),
            OneTimeCode.confirmed_at.is_(None),
            OneTimeCode.created_at > now() - BEGUN_FOR,
        )
        .order_by(OneTimeCode.created_at.desc())
        .limit(1)
    )


def _hold(account_id: UUID) -> None:
    """Hold the account against other changes of what it has, until the end of the request."""
    db.session.execute(select(Account.id).where(Account.id == account_id).with_for_update())
