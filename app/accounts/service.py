"""Accounts: who works here, how they prove it, and what they may call themselves on letters."""

from app.accounts.invitations import accept, find_invitation, invite, open_invitations, revoke
from app.accounts.people import (
    Card,
    Official,
    card,
    cards,
    check_roles,
    create_account,
    person_of,
    with_role,
)
from app.accounts.sessions import (
    SignedInUser,
    close_session,
    cookie_name,
    end_session,
    end_sessions,
    freshen,
    load_signed_in,
    open_session,
    open_sessions,
    take_notices,
)
from app.accounts.sign_in import Attempt, try_own_password, try_password

__all__ = [
    "Attempt",
    "Card",
    "Official",
    "SignedInUser",
    "accept",
    "card",
    "cards",
    "check_roles",
    "close_session",
    "cookie_name",
    "create_account",
    "end_session",
    "end_sessions",
    "find_invitation",
    "freshen",
    "invite",
    "load_signed_in",
    "open_invitations",
    "open_session",
    "open_sessions",
    "person_of",
    "revoke",
    "take_notices",
    "try_own_password",
    "try_password",
    "with_role",
]
