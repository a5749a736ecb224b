from __future__ import annotations

from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.documents import chain
from tests.documents.offices import START, OfficeChain


def load(pair: chain.KeyPair) -> x509.Certificate:
    return x509.load_der_x509_certificate(pair.certificate)


def test_each_certificate_is_issued_by_the_one_above(office_chain: OfficeChain) -> None:
    root, issuer, officer = map(
        load, (office_chain.root, office_chain.issuer, office_chain.officer)
    )
    root.verify_directly_issued_by(root)
    issuer.verify_directly_issued_by(root)
    officer.verify_directly_issued_by(issuer)


def test_all_keys_are_p256_and_serials_random(office_chain: OfficeChain) -> None:
    loaded = [load(pair) for pair in (office_chain.root, office_chain.issuer, office_chain.officer)]
    for certificate in loaded:
        key = certificate.public_key()
        assert isinstance(key, ec.EllipticCurvePublicKey)
        assert key.curve.name == "secp256r1"
        assert certificate.serial_number.bit_length() > 100
    assert len({certificate.serial_number for certificate in loaded}) == 3


def test_an_officer_may_sign_documents_and_nothing_else(office_chain: OfficeChain) -> None:
    usage = load(office_chain.officer).extensions.get_extension_for_class(x509.KeyUsage)
    assert usage.critical
    assert usage.value.digital_signature
    assert usage.value.content_commitment
    assert not usage.value.key_cert_sign
    constraints = load(office_chain.officer).extensions.get_extension_for_class(
        x509.BasicConstraints
    )
    assert not constraints.value.ca


def test_an_issuer_cannot_make_further_authorities(office_chain: OfficeChain) -> None:
    constraints = load(office_chain.issuer).extensions.get_extension_for_class(
        x509.BasicConstraints
    )
    assert constraints.value.ca
    assert constraints.value.path_length == 0


def test_the_trust_anchor_holds_for_twenty_years() -> None:
    anchor = load(chain.make_root("Dinas Contoh", datetime(2024, 2, 29, tzinfo=UTC)))
    assert anchor.not_valid_after_utc == datetime(2044, 2, 29, tzinfo=UTC)


def test_an_officer_cannot_outlive_the_issuer(office_chain: OfficeChain) -> None:
    with pytest.raises(ValueError, match="validity"):
        chain.make_officer(
            office_chain.issuer,
            "Dinas Contoh",
            name="Bunga Contoh",
            title="Kepala Dinas",
            not_before=START,
            years=11,
        )


def test_a_date_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        chain.make_root("Dinas Contoh", datetime(2026, 1, 1))  # noqa: DTZ001


def test_long_names_are_cut_at_a_word(office_chain: OfficeChain) -> None:
    office = "Dinas Pengendalian Penduduk dan Pemberdayaan Perempuan Kabupaten Contoh Sejahtera"
    pair = chain.make_root(office, START)
    name = load(pair).subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)[0].value
    assert name == "Dinas Pengendalian Penduduk dan Pemberdayaan Perempuan…"


def test_pem_and_der_carry_one_fingerprint(office_chain: OfficeChain) -> None:
    der = office_chain.root.certificate
    assert chain.from_pem(chain.to_pem(der)) == der
    assert len(chain.fingerprint(der).split(":")) == 32


def test_a_private_key_does_not_show_in_a_representation(office_chain: OfficeChain) -> None:
    assert "private_key" not in repr(office_chain.officer)
