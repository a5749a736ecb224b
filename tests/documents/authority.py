"""A time-stamp authority of its own (RFC 3161) on this machine, for tests."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from asn1crypto import keys as asn1_keys
from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps import DummyTimeStamper


@dataclass
class Manner:
    """How it answers: as it should, or in one of the ways of somebody who means harm."""

    wrong: str = ""


@dataclass(frozen=True)
class Authority:
    """Where it answers, and its certificate."""

    url: str
    certificate: bytes
    manner: Manner

    @property
    def pem(self) -> bytes:
        """The certificate as a file holds it."""
        loaded = x509.load_der_x509_certificate(self.certificate)
        return loaded.public_bytes(serialization.Encoding.PEM)


@contextmanager
def running() -> Iterator[Authority]:
    """Let it answer until the block ends."""
    certificate, key = _made()
    stamper = DummyTimeStamper(
        asn1_x509.Certificate.load(certificate), asn1_keys.PrivateKeyInfo.load(key)
    )

    manner = Manner()

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            question = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
            if manner.wrong == "leads elsewhere" and self.path == "/":
                self.send_response(307)
                self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            if manner.wrong == "another imprint":
                question["message_imprint"]["hashed_message"] = b"\0" * 32
            if manner.wrong == "another nonce":
                question["nonce"] = 1
            response = stamper.request_tsa_response(question).dump()
            if manner.wrong == "altered":
                response = response[:-1] + bytes([response[-1] ^ 1])
            if manner.wrong == "too long":
                response += b"\0" * 100_000
            if manner.wrong == "no token":
                response = b"\x30\x03\x02\x01\x00"
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(response)))
            self.end_headers()
            self.wfile.write(response)

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Authority(f"http://127.0.0.1:{server.server_port}/", certificate, manner)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _made() -> tuple[bytes, bytes]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Penanda Waktu Contoh")])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=3650))
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return made.public_bytes(serialization.Encoding.DER), private
