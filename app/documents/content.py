"""What a letter says, put together once: for a preview, a review, or the approved snapshot."""

import hmac
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from hashlib import sha256
from typing import Any

from flask import current_app

from app.accounts import service as accounts
from app.cases import service as cases
from app.config import Settings
from app.documents import conditions, delegations, letters, office, signers, values, workshop
from app.documents.catalogue import DocumentType
from app.documents.letter import PRINTABLE, Signer
from app.documents.models import Letter
from app.documents.values import Line
from tenants.confidential import FieldClass
from tenants.context import Person, Purpose, bind, current
from tenants.disclosure import note_field
from tenants.errors import Refused
from tenants.keyring import associated_data
from tenants.policy import Standing
from tenants.registry import Organisation, organisation, profile


@dataclass(frozen=True, slots=True)
class Content:
    """One letter's kind, addressee and lines, judged with its author's rights.

    Attributes:
        lines: in the order of the document type.
        statutory: it goes without consent, on the type's statutory basis.
    """

    kind: DocumentType
    organisation: Organisation | None
    lines: tuple[Line, ...] = field(repr=False)
    statutory: bool

    @property
    def problems(self) -> tuple[Line, ...]:
        """The lines because of which the letter cannot be submitted or issued."""
        return tuple(line for line in self.lines if line.problem)

    @property
    def goes_by_hand(self) -> Any:
        """Return to whom the letter is handed; None when it goes to an organisation."""
        return conditions.BY_HAND.get(self.kind.addressee)

    def values(self) -> dict[str, dict[str, str | None]]:
        """Return the values by root and leaf, as templates read them."""
        roots: dict[str, dict[str, str | None]] = {}
        for line in self.lines:
            root, leaf = line.field.name.split(".")
            roots.setdefault(root, {})[leaf] = line.value
        return roots


def assemble(letter: Letter, *, opened: bool = True) -> Content:
    """Put a letter's content together with the rights its author has at this moment.

    Args:
        opened: False to judge it without decrypting anything.

    Raises:
        Missing: the author's account is gone or disabled, or something chosen is.
        Refused: the law or the case does not allow the letter.
    """
    kind = workshop.document_type(letter.type)
    receiver = organisation(letter.organisation_id) if letter.organisation_id else None
    conditions.check(kind, letter.case, receiver)
    author = accounts.person_of(letter.drafted_by)
    material = values.gather(letter.case, kind, letters.entry(letter))
    statutory = kind.statutory_basis is not None
    with bind(current().acting(author)):
        lines = values.read(
            kind,
            material,
            cases.standing(material.rows.case),
            purpose=purpose(kind),
            consented=None if statutory else consent(letter, kind),
            opened=opened,
            font=profile().letterhead.font,
        )
    return Content(kind, receiver, lines, statutory)


def judge_reader(letter: Letter, person: Person, standing: Standing) -> None:
    """Refuse a letter to a reader (signatory, partner) who may not see all that it says.

    Raises:
        Refused: ``letter-not-readable``.
    """
    kind = workshop.document_type(letter.type)
    material = values.gather(letter.case, kind, letters.entry(letter))
    with bind(current().acting(person)):
        lines = values.read(kind, material, standing, purpose=purpose(kind), opened=False)
    if any(line.problem == "hidden" for line in lines):
        raise Refused("letter-not-readable")


def note_fields(letter: Letter) -> None:
    """Put the names of the letter's fields into the event being made: its bytes show them all."""
    for name in values.audit_names(workshop.document_type(letter.type)):
        note_field(name)


def consent(letter: Letter, kind: DocumentType) -> frozenset[FieldClass] | None:
    """Return the classes that the addressee may have; None for what goes to no organisation."""
    if kind.addressee in conditions.BY_HAND:
        return None
    if letter.organisation_id is None:
        return frozenset()
    return cases.consented(letter.case, letter.organisation_id, Purpose.REFERRAL)


def purpose(kind: DocumentType) -> Purpose:
    """Return the purpose for which a letter of this kind uses the case's values."""
    return Purpose.LETTER if kind.statutory_basis is None else Purpose.STATUTORY_REPORT


def draw(letter: Letter, content: Content, signatory: accounts.Card, day: date) -> dict[str, Any]:
    """Return the letter as the renderer reads it, still without number, address, checkpoint.

    The result holds ``template``, ``letter``, ``office`` and ``values``: plain JSON.
    """
    hal = content.kind.hal
    if letter.supersedes_id is not None:
        replaced = letters.find(letter.supersedes_id)
        hal = f"{hal} (pengganti surat Nomor {replaced.number})"
    delegation = delegations.find(letter.delegation_id) if letter.delegation_id else None
    signer = delegations.signer(office.signer(signatory), delegation)
    drawn = page(content.kind, content.values(), signer, day, hal, content.organisation)
    if content.kind.cosigners:
        drawn["letter"]["cosigners"] = signers.printed(letter, content.kind)
    return drawn


def page(
    kind: DocumentType,
    values: Mapping[str, Mapping[str, str | None]],
    signer: Signer,
    day: date,
    hal: str,
    receiver: Organisation | None = None,
) -> dict[str, Any]:
    """Return what a letter or a document of the office says, as the renderer reads it."""
    head, addressee = office.letterhead(), office.addressee(receiver)
    confirmed = tuple(profile().printed_bases)
    return {
        "template": kind.reference(),
        "letter": {
            "number": None,
            "date": day.isoformat(),
            "place": head.place,
            "sifat": kind.sifat,
            "lampiran": kind.lampiran,
            "hal": hal,
            "addressee": asdict(addressee) if addressee else None,
            "signer": asdict(signer),
            "copies": [],
            "legal_bases": list(workshop.catalogue().legal_bases(kind, day, confirmed)),
            "verification_url": None,
            "checkpoint": None,
        },
        "office": head.frozen(),
        "values": {root: dict(leaves) for root, leaves in values.items()},
    }


def printable(drawn: Mapping[str, Any]) -> bool:
    """Tell whether the office's typeface can print all that a drawn letter says."""
    font = drawn["office"]["font"]
    said = {**drawn, "office": {**drawn["office"], "emblem": ""}}
    return {ord(character) for character in canonical(said).decode()} <= PRINTABLE[font]


def canonical(drawn: Mapping[str, Any]) -> bytes:
    """Return the one text of a letter, as it is sealed and hashed."""
    return json.dumps(drawn, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def seen(letter: Letter, drawn: Mapping[str, Any]) -> str:
    """Return a keyed fingerprint of what a page showed of a letter.

    The signatory's form carries it, so that an approval is of what was read and nothing else.
    """
    settings: Settings = current_app.extensions["settings"]
    part = {key: value for key, value in drawn.items() if key != "office"}
    text = associated_data(b"letter-seen", letter.id.bytes, canonical(part))
    return hmac.digest(settings.secret_key.encode(), text, sha256).hex()


def digest(drawn: Mapping[str, Any]) -> bytes:
    """Return the SHA-256 of what a reader answers for: all that a letter says but its date."""
    facts = {key: value for key, value in drawn["letter"].items() if key != "date"}
    return sha256(canonical({**drawn, "letter": facts, "office": None})).digest()


def final(
    drawn: Mapping[str, Any], *, number: str, address: str, size: int, root: str
) -> dict[str, Any]:
    """Return a drawn letter with all that an issued one must carry."""
    facts = {
        **drawn["letter"],
        "number": number,
        "verification_url": address,
        "checkpoint": {"size": size, "root": root},
    }
    return {**drawn, "letter": facts}
