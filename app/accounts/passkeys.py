"""Passkeys (W3C Web Authentication, level 3): made on a person's device and never leaving it.

Each is bound to the agency's exact host, found by the device itself (discoverable), and used only
after the device has verified its holder. So a passkey stands for both steps of signing in.
"""

import binascii
import struct
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import func, select, update
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    encode_cbor,
    parse_authentication_credential_json,
    parse_client_data_json,
    parse_registration_credential_json,
)
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from app.accounts import tickets
from app.accounts.models import Account, Passkey
from app.accounts.second_factor import enrolled
from app.accounts.tickets import Purpose
from tenants.clock import now
from tenants.database import db
from tenants.errors import Invalid

MOST = 10
"""Passkeys of one account."""
LONGEST_ANSWER = 16_000
_BROKEN = (
    WebAuthnException,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    OverflowError,
    RecursionError,
    struct.error,
    binascii.Error,
    UnsupportedAlgorithm,
)
"""What the library raises for answers that no browser sends."""
_ALGORITHMS = [
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
]


@dataclass(frozen=True, slots=True)
class Site:
    """Where passkeys are good: the agency's exact host and its address as a browser names it."""

    host: str
    origin: str
    name: str


def options_to_make(account_id: UUID, site: Site) -> str:
    """Return, as JSON, what a browser needs to make a passkey of an account."""
    account = db.session.execute(
        select(Account.username, Account.name).where(Account.id == account_id)
    ).one()
    return options_to_json(
        generate_registration_options(
            rp_id=site.host,
            rp_name=site.name,
            user_name=account.username,
            user_display_name=account.name,
            user_id=account_id.bytes,
            challenge=tickets.issue(Purpose.PASSKEY_NEW, account_id).encode(),
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=_own(account_id),
            supported_pub_key_algs=_ALGORITHMS,
        )
    )


def keep(account_id: UUID, answer: str, site: Site, device: str) -> None:
    """Keep the passkey that a browser has made.

    Raises:
        Invalid: ``credential`` with ``not-accepted`` or ``too-many``.
    """
    try:
        made = parse_registration_credential_json(_bounded(answer))
        challenge = parse_client_data_json(made.response.client_data_json).challenge
        found = verify_registration_response(
            credential=made,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
            supported_pub_key_algs=_ALGORITHMS,
        )
        ours = tickets.use(Purpose.PASSKEY_NEW, challenge.decode("ascii"), account_id)
    except _BROKEN:
        raise Invalid("credential", "not-accepted") from None
    if not ours or _named(found.credential_id) is not None:
        raise Invalid("credential", "not-accepted")
    if _count(account_id) >= MOST:
        raise Invalid("credential", "too-many")
    db.session.add(
        Passkey(
            account_id=account_id,
            credential_id=found.credential_id,
            public_key=found.credential_public_key,
            sign_count=found.sign_count,
            device=device,
            created_at=now(),
        )
    )
    db.session.flush()
    enrolled(account_id, "passkey")


def options_to_use(purpose: Purpose, site: Site, account_id: UUID | None = None) -> str:
    """Return, as JSON, what a browser needs to use a passkey.

    Args:
        account_id: whose passkeys are good; None where the device is to say who signs in.
    """
    return options_to_json(
        generate_authentication_options(
            rp_id=site.host,
            challenge=tickets.issue(purpose, account_id).encode(),
            allow_credentials=_own(account_id) if account_id else [],
            user_verification=UserVerificationRequirement.REQUIRED,
        )
    )


def proven(
    purpose: Purpose, answer: str, site: Site, account_id: UUID | None = None
) -> UUID | None:
    """Return the account whose passkey answered our challenge, or None.

    The same is computed for a passkey that we do not know.
    """
    try:
        given = parse_authentication_credential_json(_bounded(answer))
        row = _named(given.raw_id)
        challenge = parse_client_data_json(given.response.client_data_json).challenge
        found = verify_authentication_response(
            credential=given,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=row.public_key if row else _nobodys_key(),
            credential_current_sign_count=row.sign_count if row else 0,
            require_user_verification=True,
        )
        secret = challenge.decode("ascii")
    except _BROKEN:
        return None
    if row is None or not _whose(row, given, account_id):
        return None
    if not tickets.use(purpose, secret, account_id):
        return None
    db.session.execute(
        update(Passkey)
        .where(Passkey.id == row.id)
        .values(sign_count=found.new_sign_count, used_at=now())
        .execution_options(synchronize_session=False)
    )
    return row.account_id


def _whose(row: Passkey, given: AuthenticationCredential, account_id: UUID | None) -> bool:
    """Tell whether a passkey is the account's for which it was asked, and says so itself."""
    handle = given.response.user_handle
    if handle is not None and handle != row.account_id.bytes:
        return False
    return account_id in (None, row.account_id)


def _bounded(answer: str) -> str:
    if len(answer) > LONGEST_ANSWER:
        raise ValueError("no browser sends as much")
    return answer


def _named(credential_id: bytes) -> Passkey | None:
    return db.session.scalar(select(Passkey).where(Passkey.credential_id == credential_id))


def _own(account_id: UUID) -> list[PublicKeyCredentialDescriptor]:
    names = db.session.scalars(
        select(Passkey.credential_id).where(Passkey.account_id == account_id)
    )
    return [PublicKeyCredentialDescriptor(id=name) for name in names]


def _count(account_id: UUID) -> int:
    query = select(func.count()).select_from(Passkey).where(Passkey.account_id == account_id)
    return db.session.scalar(query) or 0


@lru_cache(maxsize=1)
def _nobodys_key() -> bytes:
    """Return the public half of a key that nobody has, as a passkey's is kept (RFC 9053)."""
    numbers = ec.generate_private_key(ec.SECP256R1()).public_key().public_numbers()
    x, y = (number.to_bytes(32, "big") for number in (numbers.x, numbers.y))
    return encode_cbor({1: 2, 3: -7, -1: 1, -2: x, -3: y})
