"""The steps of signing in: a password and a second thing, or a passkey alone.

After the password a browser holds a ticket, which opens nothing but the page of the second step.
A session begins with the last step. Wrong codes are counted like wrong passwords.
"""

from enum import StrEnum
from uuid import UUID

from app.accounts import passkeys, passwords, recovery, second_factor, tickets
from app.accounts.passkeys import Site
from app.accounts.sign_in import (
    Attempt,
    account_of,
    admit,
    forget_failures,
    held_up,
    judge,
    stopped,
)
from app.accounts.tickets import Purpose
from tenants import audit
from tenants.context import Person, bind, current
from tenants.vocabulary import Tag

_CODE = "wrong-code"


class Factor(StrEnum):
    """With what, besides the password or instead of it, a session was opened."""

    CODE = "code"
    PASSKEY = "passkey"
    RECOVERY = "recovery-code"


def begin(person: Person) -> str:
    """Note that the password was right; return the ticket to the second step."""
    ticket = tickets.issue(Purpose.SECOND_STEP, person.id)
    with bind(current().acting(person)):
        audit.record(Tag.PASSWORD_ACCEPTED, subject=("account", person.id))
    return ticket


def halfway(ticket: str) -> UUID | None:
    """Return whose password was given a few minutes ago in the browser with this ticket."""
    return tickets.holder(Purpose.SECOND_STEP, ticket)


def by_code(account_id: UUID, typed: str) -> Attempt:
    """Try a code of the authenticator app as the second step; failures are counted."""
    refused = stopped(account_id)
    return refused or judge(
        account_of(account_id), second_factor.check_code(account_id, typed), _CODE
    )


def by_recovery_code(account_id: UUID, typed: str) -> Attempt:
    """Try a recovery code as the second step; failures are counted.

    While the account is locked no code is used up: its holder may have just this one left.
    """
    refused = stopped(account_id)
    if refused:
        return refused
    account = account_of(account_id)
    right = not held_up(account) and recovery.use(account_id, typed)
    attempt = judge(account, right, _CODE)
    if attempt.person is not None:
        with bind(current().acting(attempt.person)):
            _note_recovery(account_id)
    return attempt


def by_first_code(account_id: UUID, ticket: str, typed: str) -> Attempt:
    """Try the first code of an app that is being set up; failures are counted."""
    refused = stopped(account_id)
    return refused or judge(
        account_of(account_id), second_factor.confirm_code(account_id, ticket, typed), _CODE
    )


def by_passkey(answer: str, site: Site, account_id: UUID | None = None) -> Attempt:
    """Try a passkey: alone, or as the second step of ``account_id``.

    A passkey cannot be guessed: a lock that wrong passwords have caused does not hold it up, so
    that nobody who knows a user name can lock its holder out.
    """
    purpose = Purpose.PASSKEY_SECOND if account_id else Purpose.PASSKEY_SIGN_IN
    found = passkeys.proven(purpose, answer, site, account_id)
    account = account_of(found) if found else None
    return admit(account) if account is not None else judge(None, False, "wrong-passkey")


def afresh(account_id: UUID, password: str, typed: str) -> Attempt:
    """Try password and code of somebody who is signed in; failures are counted.

    The code is a recovery code where it is no app's. With a wrong password none is used up, and
    none while the account is locked.
    """
    refused = stopped(account_id)
    if refused:
        return refused
    account = account_of(account_id)
    known = passwords.matches(account.password_hash if account else None, password)
    by_app = known and second_factor.check_code(account_id, typed)
    by_recovery = known and not by_app and not held_up(account) and recovery.use(account_id, typed)
    attempt = judge(account, by_app or by_recovery)
    if attempt.person is not None:
        forget_failures(account_id)
        if by_recovery:
            _note_recovery(account_id)
    return attempt


def afresh_by_passkey(account_id: UUID, answer: str, site: Site) -> Attempt:
    """Try a passkey of somebody who is signed in; it stands for password and code."""
    right = passkeys.proven(Purpose.PASSKEY_FRESH, answer, site, account_id) == account_id
    account = account_of(account_id)
    return admit(account) if right and account else judge(account, False, "wrong-passkey")


def finish(ticket: str, person: Person) -> bool:
    """Use the ticket up when the second step was right; of two at once one goes on."""
    if not tickets.use(Purpose.SECOND_STEP, ticket, person.id):
        return False
    forget_failures(person.id)
    return True


def _note_recovery(account_id: UUID) -> None:
    details = {"left": recovery.left(account_id)}
    audit.record(Tag.RECOVERY_CODE_USED, subject=("account", account_id), details=details)
