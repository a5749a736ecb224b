"""Binds a tenant to a transaction with a token that injected SQL cannot forge (invariant 3).

The token is ``tenant|backend pid|moment|mac``: an HMAC-SHA256 under a key that the web and
worker processes hold in memory and that the database keeps in ``tenancy.binding_key``,
a table no service role may read. The SQL function ``tenancy.bound()`` verifies it. The
backend's process number ties it to one connection, the moment at which the transaction began
(the server's own clock, in microseconds) to one transaction: kept and set again later, it
opens nothing.
"""

import hmac
from hashlib import sha256
from uuid import UUID

SETTING = "teduh.token"
MOMENT = "SELECT extract(epoch FROM transaction_timestamp())::text"
"""Asks the server when this transaction began, as its token must say it."""

_BLOCK = 64  # bytes; HMAC block size of SHA-256 (RFC 2104)


def mint(key: bytes, tenant_id: UUID, backend_pid: int, moment: str) -> str:
    """Return the token that binds ``tenant_id`` to one transaction.

    Args:
        backend_pid: the process number of the connection's server process.
        moment: when the transaction began, as :data:`MOMENT` answers.
    """
    message = f"{tenant_id}|{backend_pid}|{moment}"
    return f"{message}|{hmac.new(key, message.encode(), sha256).hexdigest()}"


def pads(key: bytes) -> tuple[bytes, bytes]:
    """Return HMAC's inner and outer pad for ``key`` (at most 64 bytes), as SQL needs them."""
    block = key.ljust(_BLOCK, b"\0")
    return bytes(b ^ 0x36 for b in block), bytes(b ^ 0x5C for b in block)
