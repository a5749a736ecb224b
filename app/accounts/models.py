"""People of a tenant, their roles, their sign-in sessions, and invitations."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tenants.database import TenantTable, inside, plain
from tenants.vault import sealed_for_office

_ON_LETTERS = plain("an official's name and rank: printed on every letter they sign")


class Account(TenantTable):
    """A person who works here or at a partner organisation."""

    __tablename__ = "account"
    __table_args__ = (
        UniqueConstraint("tenant_id", "username"),
        inside("organisation_id", "organisation"),
    )

    username: Mapped[str] = mapped_column(info=plain("a chosen sign-in name"))
    name: Mapped[str] = mapped_column(info=_ON_LETTERS)
    title: Mapped[str | None] = mapped_column(info=_ON_LETTERS)
    rank: Mapped[str | None] = mapped_column(info=_ON_LETTERS)
    nip: Mapped[str | None] = mapped_column(info=_ON_LETTERS)
    phone: Mapped[str | None] = mapped_column(
        info=plain("an office number that the person gives for letters")
    )
    language: Mapped[str | None] = mapped_column(info=plain("id or en"))
    password_hash: Mapped[str] = mapped_column(info=plain("argon2id"))
    organisation_id: Mapped[UUID | None]
    active: Mapped[bool]
    ends_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(Integer, default=0)
    locked_until: Mapped[datetime | None]
    created_at: Mapped[datetime]


class RoleGrant(TenantTable):
    """A role of a person, from one moment to another."""

    __tablename__ = "role_grant"
    __table_args__ = (
        inside("account_id", "account"),
        Index("ix_role_grant_account", "tenant_id", "account_id"),
    )

    account_id: Mapped[UUID]
    role: Mapped[str] = mapped_column(info=plain("code list"))
    granted_by: Mapped[UUID | None]
    granted_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class SignInSession(TenantTable):
    """One sign-in; the cookie holds a token of which only the hash is kept."""

    __tablename__ = "sign_in_session"
    __table_args__ = (
        UniqueConstraint("tenant_id", "token_hash"),
        inside("account_id", "account"),
        Index("ix_sign_in_session_account", "tenant_id", "account_id"),
    )

    account_id: Mapped[UUID]
    token_hash: Mapped[bytes] = mapped_column(info=plain("SHA-256 of a random token"))
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    fresh_until: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    address: Mapped[str | None] = mapped_column(info=plain("network address, for the owner's list"))
    device: Mapped[str] = mapped_column(info=plain("kind of browser, for the owner's list"))
    factor: Mapped[str] = mapped_column(info=plain("code list: how the person proved themselves"))
    notices: Mapped[list[str]] = mapped_column(info=plain("codes of messages for the next page"))
    new_device: Mapped[bool]
    told_at: Mapped[datetime | None]


class Invitation(TenantTable):
    """A link that lets one person make their own account, once."""

    __tablename__ = "invitation"
    __table_args__ = (
        UniqueConstraint("tenant_id", "token_hash"),
        inside("organisation_id", "organisation"),
    )

    token_hash: Mapped[bytes] = mapped_column(info=plain("SHA-256 of a random token"))
    name: Mapped[str] = mapped_column(info=_ON_LETTERS)
    roles: Mapped[list[str]] = mapped_column(info=plain("code list"))
    organisation_id: Mapped[UUID | None]
    ends_at: Mapped[datetime | None]
    created_by: Mapped[UUID | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class SignInFailure(TenantTable):
    """A failed sign-in from an address, for the limit per address; the typed name is not kept."""

    __tablename__ = "sign_in_failure"
    __table_args__ = (Index("ix_sign_in_failure_address", "tenant_id", "address", "at"),)

    address: Mapped[str] = mapped_column(info=plain("network address"))
    at: Mapped[datetime]


class Confirmation(TenantTable):
    """What one person asked for and another confirms or refuses."""

    __tablename__ = "confirmation"
    __table_args__ = (
        inside("account_id", "account"),
        inside("asked_by", "account"),
        inside("decided_by", "account"),
        CheckConstraint(
            "verdict IS DISTINCT FROM 'confirmed'"
            " OR (decided_by <> asked_by AND decided_by <> account_id)",
            name="two_persons",
        ),
        Index("ix_confirmation_account", "tenant_id", "account_id"),
    )

    account_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(info=plain("code list"))
    roles: Mapped[list[str]] = mapped_column(info=plain("code list"))
    asked_by: Mapped[UUID]
    asked_at: Mapped[datetime]
    verdict: Mapped[str | None] = mapped_column(info=plain("code list"))
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]


class OneTimeCode(TenantTable):
    """The secret that a person's authenticator app shares with us; it counts once confirmed."""

    __tablename__ = "one_time_code"
    __table_args__ = (
        inside("account_id", "account"),
        Index("ix_one_time_code_account", "tenant_id", "account_id"),
    )

    account_id: Mapped[UUID]
    secret: Mapped[bytes] = mapped_column(info=sealed_for_office("one-time-code"))
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)
    begun_in: Mapped[bytes | None] = mapped_column(
        info=plain("SHA-256 of the ticket, or of the session's id, in which it was set up")
    )
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]


class Passkey(TenantTable):
    """The public half of a key that never leaves a person's device."""

    __tablename__ = "passkey"
    __table_args__ = (
        UniqueConstraint("tenant_id", "credential_id"),
        inside("account_id", "account"),
        Index("ix_passkey_account", "tenant_id", "account_id"),
    )

    account_id: Mapped[UUID]
    credential_id: Mapped[bytes] = mapped_column(info=plain("random name of a public key"))
    public_key: Mapped[bytes] = mapped_column(info=plain("a public key"))
    sign_count: Mapped[int] = mapped_column(BigInteger, default=0)
    device: Mapped[str] = mapped_column(info=plain("kind of browser it was made in"))
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class RecoveryCode(TenantTable):
    """One of ten codes that each stand once for a lost device; only a keyed hash is kept."""

    __tablename__ = "recovery_code"
    __table_args__ = (
        UniqueConstraint("tenant_id", "account_id", "digest"),
        inside("account_id", "account"),
    )

    account_id: Mapped[UUID]
    digest: Mapped[bytes] = mapped_column(info=plain("HMAC of 125 random bits"))
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SignInTicket(TenantTable):
    """Something that was begun and is to be finished by the same browser within minutes.

    It stands between two steps of signing in, or holds the challenge to a passkey; it is no
    session and opens nothing.
    """

    __tablename__ = "sign_in_ticket"
    __table_args__ = (
        UniqueConstraint("tenant_id", "secret_hash"),
        inside("account_id", "account"),
        Index("ix_sign_in_ticket_created_at", "tenant_id", "created_at"),
    )

    purpose: Mapped[str] = mapped_column(info=plain("code list"))
    account_id: Mapped[UUID | None]
    secret_hash: Mapped[bytes] = mapped_column(info=plain("SHA-256 of 256 random bits"))
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
