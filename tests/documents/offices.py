"""Folders, dates and certificates that the tests of letters share."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.documents import chain
from app.documents.sign import HeldIdentity

TEMPLATES = Path(__file__).parents[2] / "doc_templates"
START = datetime(2026, 1, 1, tzinfo=UTC)
SIGNED_AT = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)


@dataclass(frozen=True)
class OfficeChain:
    """One tenant's three certificates."""

    root: chain.KeyPair
    issuer: chain.KeyPair
    officer: chain.KeyPair

    def identity(self) -> HeldIdentity:
        return HeldIdentity(
            self.officer.certificate,
            self.officer.private_key,
            [self.issuer.certificate, self.root.certificate],
        )


def make_chain(office: str) -> OfficeChain:
    root = chain.make_root(office, START)
    issuer = chain.make_issuer(root, office, START)
    officer = chain.make_officer(
        issuer, office, name="Dr. Sekar Contoh, M.Si.", title="Kepala Dinas", not_before=START
    )
    return OfficeChain(root, issuer, officer)


def page_texts(pdf: bytes) -> list[str]:
    """Return the text of each page, read by poppler."""
    read = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True
    )
    return read.stdout.decode().split("\f")[:-1]


def font_names(pdf: bytes) -> set[str]:
    """Return the names of the fonts in a PDF, without their subset tags, read by poppler."""
    read = subprocess.run(["pdffonts", "-"], input=pdf, capture_output=True, check=True)
    rows = read.stdout.decode().splitlines()[2:]
    return {row.split()[0].split("+")[-1] for row in rows}
