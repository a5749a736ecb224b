"""Asks a time-stamp authority (RFC 3161), and takes its word only once that is checked.

What an authority answers goes into a letter for good, and a letter is never made twice. So the
answer is bounded, comes from the configured address and no other, and its token is verified before
it is used: it is of these very bytes and of this very question, was made now, and its certificate
leads up to the configured anchor.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

import aiohttp
from asn1crypto import cms, tsp
from asn1crypto import x509 as asn1_x509
from pyhanko.sign.timestamps import TimeStamper, TimestampRequestError
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from pyhanko_certvalidator import ValidationContext

from tenants.clock import now

TIMEOUT: Final = 10.0  # seconds for the whole answer
MAX_OCTETS: Final = 64 * 1024  # a token with its certificates takes 2 to 8 kB
CLOCKS_APART: Final = timedelta(minutes=10)
_ASKED: Final = "application/timestamp-query"
_ANSWERED: Final = "application/timestamp-reply"


class UntrustedTimestamp(TimestampRequestError):
    """The authority answered, and its answer is not a time stamp that may be used."""


class TimeStampAuthority(TimeStamper):
    """The authority at one address, trusted as far as it leads up to the anchors."""

    def __init__(self, url: str, anchors: Sequence[bytes]) -> None:
        """Take address and anchors (DER)."""
        super().__init__()  # type: ignore[no-untyped-call]
        self._url = url
        self._anchors = [asn1_x509.Certificate.load(one) for one in anchors]

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """Send a question and return the answer, not yet judged.

        Raises:
            UntrustedTimestamp: it leads elsewhere, is too long, or is no answer to such a question.
            TimestampRequestError: it does not answer in time.
        """
        headers = {"Content-Type": _ASKED, "Accept": _ANSWERED}
        limit = aiohttp.ClientTimeout(total=TIMEOUT)
        try:
            async with (
                aiohttp.ClientSession(timeout=limit, trust_env=False) as session,
                session.post(
                    self._url, data=req.dump(), headers=headers, allow_redirects=False
                ) as response,
            ):
                if response.status >= 500:
                    raise TimestampRequestError("not available")
                if response.status != 200 or response.content_type != _ANSWERED:
                    raise UntrustedTimestamp("not an answer")
                said = bytearray()
                async for piece in response.content.iter_chunked(8 * 1024):
                    said += piece
                    if len(said) > MAX_OCTETS:
                        raise UntrustedTimestamp("too long")
        except TimestampRequestError:
            raise
        except (aiohttp.ClientError, OSError):
            raise TimestampRequestError("not available") from None
        return tsp.TimeStampResp.load(bytes(said))

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        """Return a verified token for a digest.

        Raises:
            UntrustedTimestamp: the answer is refused, malformed, or does not hold.
            TimestampRequestError: the authority does not answer.
        """
        nonce, asked = self.request_cms(message_digest, md_algorithm)  # type: ignore[no-untyped-call]
        answer = await self.async_request_tsa_response(asked)
        try:
            token: cms.ContentInfo = answer["time_stamp_token"]
            good = answer["status"]["status"].native in {"granted", "granted_with_mods"}
            good = good and await self._holds(token["content"], nonce, message_digest, md_algorithm)
        except Exception:  # noqa: BLE001  what a stranger sent reaches any line of a parser
            raise UntrustedTimestamp("malformed") from None
        if not good:
            raise UntrustedTimestamp("does not hold")
        return token

    async def _holds(
        self, signed: cms.SignedData, nonce: int | None, digest: bytes, algorithm: str
    ) -> bool:
        facts = signed["encap_content_info"]["content"].parsed
        hashed_by = facts["message_imprint"]["hash_algorithm"]["algorithm"].native
        if (
            facts["nonce"].native != nonce
            or hashed_by != algorithm
            or abs(facts["gen_time"].native - now()) > CLOCKS_APART
        ):
            return False
        trust = ValidationContext(trust_roots=self._anchors, allow_fetching=False)
        # It compares the imprint with the digest, too.
        found: dict[str, Any] = await validate_tst_signed_data(signed, trust, lambda _name: digest)
        return bool(
            found["intact"]
            and found["valid"]
            and found.get("trust_problem_indic") is None
            and found.get("validation_path") is not None
        )
