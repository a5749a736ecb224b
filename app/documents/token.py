"""The token on a letter's QR code: 128 random bits, of which only a hash is kept."""

import secrets
from hashlib import sha256

# Crockford's base 32: no letter that a reader could take for a digit.
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_LENGTH = 26
_GROUPS = (5, 5, 5, 5, 6)
_ALIKE = str.maketrans({"o": "0", "i": "1", "l": "1"})


def new_token() -> str:
    """Return a new token in groups, as it is printed and typed."""
    number = secrets.randbits(128)
    digits = "".join(_ALPHABET[number >> 5 * place & 31] for place in reversed(range(_LENGTH)))
    pieces, start = [], 0
    for length in _GROUPS:
        pieces.append(digits[start : start + length])
        start += length
    return "-".join(pieces)


def token_hash(token: str) -> bytes:
    """Return the SHA-256 of a token as typed: case, hyphens and look-alikes do not matter."""
    plain = "".join(token.split()).replace("-", "").lower().translate(_ALIKE)
    return sha256(plain.encode()).digest()
