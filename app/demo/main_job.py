"""The whole main job: two agencies, three letters each, everything verified."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from flask import current_app
from pyhanko.pdf_utils.reader import PdfFileReader

from app.audit import service as audit
from app.cli import as_operator, bring_in, read_profile
from app.demo.people import make_people
from app.demo.visitor import DemoFault
from app.demo.work import Agency, digest, letters
from app.documents import service as documents
from app.documents.chain import from_pem
from app.documents.verify import verify
from tenants.clock import now
from tenants.context import Channel, Context, bind
from tenants.database import transaction
from tenants.registry import find_host, profile

PROFILES = Path(__file__).resolve().parents[2] / "tenants" / "profiles"
HOSTS = {
    "kabupaten-pasuruan": ("RSUD Bangil", "Polres Pasuruan"),
    "kota-contoh": ("RSUD Contoh", "Polres Contoh"),
}
SEQUENCED_WITHIN = timedelta(seconds=10)


def main_job(folder: Path) -> dict[str, Any]:
    """Onboard, open cases, issue the letters through the workers, verify everything.

    Args:
        folder: where the PDFs go, one folder per agency.

    Returns:
        what ``summary.json`` holds.

    Raises:
        DemoFault: a page, a letter, a signature or the log is not as it must be.
    """
    for slug in HOSTS:
        with as_operator():
            bring_in(read_profile(PROFILES / f"{slug}.toml"), f"{slug}.localhost", "Juwita Contoh")
    summary: dict[str, Any] = {"tenants": [], "letters": [], "audit": {}}
    for slug, (hospital, police) in HOSTS.items():
        logins = {login["username"]: login for login in make_people(f"{slug}.localhost")}
        agency = Agency(current_app._get_current_object(), f"{slug}.localhost", logins)  # type: ignore[attr-defined]
        _wait_for_log(slug)
        paths = letters(agency, hospital, police)
        for kind, path in paths.items():
            agency.wait(path)
            summary["letters"].append(_keep(agency, slug, kind, path, folder))
        with _inside(slug):
            summary["tenants"].append(profile().identity.regency)
    for slug in HOSTS:
        _wait_for_log(slug)
        with _inside(slug):
            found = audit.verify()
        summary["audit"][slug] = {
            "size": found.size,
            "root": found.root.hex(),
            "verified": found.verified,
        }
    return summary


def _keep(agency: Agency, slug: str, kind: str, path: str, folder: Path) -> dict[str, Any]:
    """Download a letter, check it as its addressee would, and write it down."""
    pdf = agency.fetch(path)
    page = agency.person("teknis").open(path).text
    number = _number(page)
    anchor = agency.person("teknis").open("/trust-anchor.pem").data
    verdict = verify(
        pdf,
        trust_anchors=[from_pem(anchor)],
        expected_sha256=digest(pdf),
        signers=1 + len(documents.document_type(kind).cosigners),
    )
    if not verdict.valid:
        raise DemoFault(f"{kind} of {slug} does not verify: {verdict.reasons}")
    url = _verification_url(pdf)
    agency.person("teknis").open(url.removeprefix(agency.person("teknis").base))
    target = folder / slug / f"{kind}.pdf"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(pdf)
    return {
        "type": kind,
        "number": number,
        "path": str(target),
        "sha256": digest(pdf),
        "verification_url": url,
    }


def _number(page: str) -> str:
    found = re.search(r"\d{3}(?:\.\d+)+/\d+/[^/<\s]+/\d{4}", page)
    if found is None:
        raise DemoFault("the letter's page shows no number")
    return found[0]


def _verification_url(pdf: bytes) -> str:
    """Return the address behind the letter's QR code, from the link printed below the text."""
    for page in PdfFileReader(BytesIO(pdf)).root["/Pages"]["/Kids"]:
        for note in page.get_object().get("/Annots", ()):
            address = str(note.get_object().get("/A", {}).get("/URI", ""))
            if "/verify/" in address:
                return address
    raise DemoFault("the letter holds no verification address")


def _wait_for_log(slug: str) -> None:
    """Wait until the sequencer has given every event so far its place."""
    pause, deadline = threading.Event(), now() + SEQUENCED_WITHIN
    while True:
        with _inside(slug):
            found = audit.verify()
        if found.pending == 0 and found.size > 0:
            return
        if now() > deadline:
            raise DemoFault(f"the log of {slug} is not sequenced: {found.pending} events wait")
        pause.wait(0.2)


@contextmanager
def _inside(slug: str) -> Iterator[None]:
    """A transaction in a tenant with nobody acting."""
    found = find_host(f"{slug}.localhost")
    if found is None:
        raise DemoFault(f"{slug} is not onboarded")
    with bind(Context(found.tenant_id, found.slug, channel=Channel.COMMAND)), transaction():
        yield
