"""Giving a secret: at sign-in, and again where a fresh one is asked for.

Failures are counted per account and per address. The typed name is never kept: it may be a
password typed into the wrong field (invariant 14). Every failure reads alike, whatever its
cause, so that nobody learns which names exist.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import case, delete, func, select, update

from app.accounts import passwords, second_factor
from app.accounts.devices import KNOWN_FOR, network_of
from app.accounts.models import Account, SignInFailure, SignInSession
from app.accounts.people import USERNAME, known_words, person_of
from app.accounts.sessions import end_sessions
from app.accounts.terms import last_day
from tenants import audit
from tenants.clock import now
from tenants.context import Person, acting_person, current
from tenants.database import db
from tenants.errors import Missing
from tenants.vocabulary import Tag

FAILURES_TO_LOCK = 6
LOCKED_FOR = timedelta(minutes=30)
# An office stands behind one address: generous for it, useless for guessing.
ADDRESS_FAILURES = 30
ADDRESS_WINDOW = timedelta(minutes=15)
_FAILURES_KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Attempt:
    """How giving a password ended.

    Attributes:
        person: set when it was right.
        reason: otherwise why not, for the audit log alone: ``wrong-credentials``, ``wrong-code``,
            ``wrong-passkey``, ``locked``, ``disabled``, ``account-ended`` or
            ``too-many-from-address``.
        account_id: the account concerned, when there is one.
        ended_on: the last day of an account whose time is over; said to whoever knows its
            password, and to nobody else.
    """

    person: Person | None = None
    reason: str | None = None
    account_id: UUID | None = None
    ended_on: date | None = None


def try_password(username: str, password: str) -> Attempt:
    """Check a name and a password given at the sign-in page; failures are counted.

    The caller keeps the changes of this transaction although it answers with an error.

    Raises:
        Conflict: ``busy``; too many passwords are being computed, nothing was checked.
    """
    return stopped() or _check(_named(username.strip().lower()), password)


def try_own_password(account_id: UUID, password: str) -> Attempt:
    """Check the password that a signed-in person gives again; failures count as at sign-in.

    Raises:
        Conflict: ``busy``.
    """
    return stopped(account_id) or _check(account_of(account_id), password)


def change_password(password: str) -> None:
    """Give the acting person a new password and end their other sessions.

    An authenticator app that somebody has begun to set up meanwhile is let go of.

    The caller has just checked the old one with :func:`try_own_password`.

    Raises:
        Invalid: ``password``, as :func:`passwords.check_strength`.
        Conflict: ``busy``.
    """
    person = acting_person()
    username = db.session.scalar(select(Account.username).where(Account.id == person.id))
    passwords.check_strength(password, known_words(username or "", person.name))
    db.session.execute(
        update(Account)
        .where(Account.id == person.id)
        .values(password_hash=passwords.seal(password))
        .execution_options(synchronize_session=False)
    )
    second_factor.forget_begun(person.id)
    end_sessions(person.id, but=person.session_id)
    audit.record(Tag.PASSWORD_CHANGED, subject=("account", person.id))


def _named(username: str) -> Account | None:
    """Return the account of a typed name; what cannot be a name never reaches the database."""
    if not USERNAME.fullmatch(username):
        return None
    return db.session.scalar(select(Account).where(Account.username == username))


def _check(account: Account | None, password: str) -> Attempt:
    right = passwords.matches(account.password_hash if account else None, password)
    attempt = judge(account, right)
    if attempt.person is not None and account is not None:
        _renew_hash(account, password)
    return attempt


def held_up(account: Account | None) -> bool:
    """Whether wrong secrets have locked an account for this browser; asks as much for nobody."""
    known = _is_known_here(account.id if account else None)
    failures_here = _failures_from_address(LOCKED_FOR)
    if account is None or account.locked_until is None or account.locked_until <= now():
        return False
    return not (known and failures_here < FAILURES_TO_LOCK)


def judge(account: Account | None, right: bool, reason: str = "wrong-credentials") -> Attempt:
    """Return how giving a secret ended, and count it when it was wrong.

    What was counted before stays until :func:`forget_failures`: who has one secret and guesses
    at the other gains nothing by giving the first again.
    """
    held = held_up(account)
    if account is None:
        _count_failure(None)
        return Attempt(reason=reason)
    if held:
        _count_failure(None)
        return Attempt(reason="locked", account_id=account.id)
    if not right:
        _count_failure(account.id)
        return Attempt(reason=reason, account_id=account.id)
    return admit(account)


def admit(account: Account) -> Attempt:
    """Return the person of an account whose secret was right, or why it lets nobody in."""
    try:
        person = person_of(account.id)
    except Missing:
        _count_failure(None)
        if account.active and account.ends_at is not None and account.ends_at <= now():
            last = last_day(account.ends_at)
            return Attempt(reason="account-ended", account_id=account.id, ended_on=last)
        return Attempt(reason="disabled", account_id=account.id)
    return Attempt(person=person, account_id=account.id)


def forget_failures(account_id: UUID) -> None:
    """Begin to count anew: the person has given everything that is asked for.

    A lock that still holds stays for whoever caused it.
    """
    locked = Account.locked_until > now()
    db.session.execute(
        update(Account)
        .where(Account.id == account_id, locked.is_not(True))
        .values(failures=0, locked_until=None)
        .execution_options(synchronize_session=False)
    )


def account_of(account_id: UUID) -> Account | None:
    """Return an account, or None."""
    return db.session.scalar(select(Account).where(Account.id == account_id))


def stopped(account_id: UUID | None = None) -> Attempt | None:
    """Return the refusal of an address from which too much was tried, or None."""
    if _failures_from_address(ADDRESS_WINDOW) < ADDRESS_FAILURES:
        return None
    return Attempt(reason="too-many-from-address", account_id=account_id)


def _renew_hash(account: Account, password: str) -> None:
    """Keep a password by today's parameters."""
    if passwords.is_outdated(account.password_hash):
        db.session.execute(
            update(Account)
            .where(Account.id == account.id)
            .values(password_hash=passwords.seal(password))
        )


def _failures_from_address(window: timedelta) -> int:
    found = db.session.scalar(
        select(func.count())
        .select_from(SignInFailure)
        .where(SignInFailure.address == _address(), SignInFailure.at > now() - window)
    )
    return found or 0


def _is_known_here(account_id: UUID | None) -> bool:
    """Tell whether the person signed in from this request's address lately.

    The same statement runs whether or not there is an account.
    """
    query = select(SignInSession.address).where(
        SignInSession.account_id == account_id, SignInSession.created_at > now() - KNOWN_FOR
    )
    return _address() in {network_of(one) for one in db.session.scalars(query.distinct())}


def _count_failure(account_id: UUID | None) -> None:
    """Count a failure for the address and, when it was that account's own, for the account.

    The same statements run whether or not there is an account.
    """
    at = now()
    db.session.execute(delete(SignInFailure).where(SignInFailure.at < at - _FAILURES_KEPT))
    db.session.add(SignInFailure(address=_address(), at=at))
    reached = Account.failures + 1 >= FAILURES_TO_LOCK
    locked = db.session.execute(
        update(Account)
        .where(Account.id == account_id)
        .values(
            failures=case((reached, 0), else_=Account.failures + 1),
            locked_until=case((reached, at + LOCKED_FOR), else_=Account.locked_until),
        )
        .returning(Account.locked_until)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    if account_id is not None and locked == at + LOCKED_FOR:
        audit.record(Tag.PERSON_LOCKED, subject=("account", account_id))


def _address() -> str:
    return network_of(current().address)
