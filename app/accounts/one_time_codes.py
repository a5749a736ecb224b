"""One-time codes by the clock (TOTP, RFC 6238), as authenticator apps make them without network.

HMAC-SHA-1, six digits, thirty seconds: what every app understands. RFC 6238, section 5.2, advises
one step of the clock for a telephone that goes wrong, and that a code be taken only once.
"""

import base64
import secrets
from datetime import UTC, datetime
from hmac import compare_digest
from io import BytesIO
from urllib.parse import quote

import segno
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.twofactor.totp import TOTP

DIGITS = 6
STEP_SECONDS = 30
STEPS_OFF = 1
SECRET_BYTES = 20  # 160 bits; RFC 4226, section 4, R6


def new_secret() -> bytes:
    """Return a secret at random."""
    return secrets.token_bytes(SECRET_BYTES)


def written(secret: bytes) -> str:
    """Return a secret as people type it into an app: base32."""
    return base64.b32encode(secret).decode()


def read(text: str) -> bytes:
    """Undo :func:`written`."""
    return base64.b32decode(text)


def step_at(moment: datetime) -> int:
    """Return the number of the thirty seconds in which a moment lies."""
    return int(moment.timestamp()) // STEP_SECONDS


def code_at(secret: bytes, step: int) -> str:
    """Return the code that an app shows during a step."""
    algorithm = hashes.SHA1()  # noqa: S303 (RFC 6238; as a MAC it is sound)
    made = TOTP(secret, DIGITS, algorithm, STEP_SECONDS, enforce_key_length=False)
    return made.generate(step * STEP_SECONDS).decode()


def matching_step(secret: bytes, typed: str, moment: datetime, after: int) -> int | None:
    """Return the step whose code was typed, or None; every step is computed, whatever matches.

    Args:
        after: the last step whose code was taken; it and those before it count no more.
    """
    typed = "".join(typed.split())
    middle, found = step_at(moment), None
    for step in range(middle - STEPS_OFF, middle + STEPS_OFF + 1):
        right = compare_digest(code_at(secret, step).encode(), typed.encode())
        if right and step > after:
            found = step
    return found


def address(secret: bytes, office: str, username: str) -> str:
    """Return the ``otpauth`` address that an app reads from the picture."""
    label, issuer = quote(f"{office}:{username}", safe=":"), quote(office)
    return f"otpauth://totp/{label}?secret={written(secret)}&issuer={issuer}"


def picture(text: str) -> str:
    """Return a QR code as a ``data:`` address, for a page that loads nothing."""
    drawing = BytesIO()
    segno.make(text, error="m", micro=False).save(
        drawing, kind="svg", border=4, xmldecl=False, omitsize=True, dark="#000", light="#fff"
    )
    return f"data:image/svg+xml;base64,{base64.b64encode(drawing.getvalue()).decode()}"


def begun_at(step: int) -> datetime:
    """Return the moment at which a step begins."""
    return datetime.fromtimestamp(step * STEP_SECONDS, UTC)
