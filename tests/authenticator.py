"""A device that holds passkeys, in software: it signs what a server asks, as a telephone would."""

from __future__ import annotations

import base64
import json
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import encode_cbor

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40
_ORDER = int("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551", 16)


def text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def data(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Authenticator:
    """One passkey, made from a seed, so that every process of a test run has the same one."""

    def __init__(self, host: str, seed: str, flags: int = PRESENT | VERIFIED) -> None:
        secret = int.from_bytes(sha256(f"{host} {seed}".encode()).digest(), "big")
        self.key = ec.derive_private_key(secret % (_ORDER - 1) + 1, ec.SECP256R1())
        self.name = sha256(f"name {host} {seed}".encode()).digest()[:20]
        self.host, self.flags, self.count = host, flags, 0
        self.handle: bytes | None = None

    def make(self, options: dict[str, Any], origin: str) -> str:
        """What a browser sends after `navigator.credentials.create`."""
        numbers = self.key.public_key().public_numbers()
        public = encode_cbor(
            {
                1: 2,
                3: -7,
                -1: 1,
                -2: numbers.x.to_bytes(32, "big"),
                -3: numbers.y.to_bytes(32, "big"),
            }
        )
        attested = bytes(16) + len(self.name).to_bytes(2, "big") + self.name + public
        made = self._data(self.flags | ATTESTED) + attested
        statement = encode_cbor({"fmt": "none", "attStmt": {}, "authData": made})
        client = self._client("webauthn.create", options["challenge"], origin)
        return self._answer({"attestationObject": text(statement), "clientDataJSON": text(client)})

    def use(self, options: dict[str, Any], origin: str) -> str:
        """What a browser sends after `navigator.credentials.get`."""
        client = self._client("webauthn.get", options["challenge"], origin)
        made = self._data(self.flags)
        signed = self.key.sign(made + sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        response = {
            "authenticatorData": text(made),
            "clientDataJSON": text(client),
            "signature": text(signed),
        }
        if self.handle is not None:
            response["userHandle"] = text(self.handle)
        return self._answer(response)

    def _data(self, flags: int) -> bytes:
        return sha256(self.host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client(self, does: str, challenge: str, origin: str) -> bytes:
        return json.dumps({"type": does, "challenge": challenge, "origin": origin}).encode()

    def _answer(self, response: dict[str, str]) -> str:
        return json.dumps(
            {
                "id": text(self.name),
                "rawId": text(self.name),
                "type": "public-key",
                "response": response,
                "clientExtensionResults": {},
            }
        )
