"""The keyring file and the wrapping of keys (invariant 7)."""

from __future__ import annotations

import json
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants import keyring
from tenants.errors import Unreadable
from tenants.keyring import KeyringError, associated_data, decrypt, encrypt

KEY = bytes(range(32))


def test_a_keyring_comes_back_as_written_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "keyring.json"
    made = keyring.generate()
    keyring.write(made, path)
    assert keyring.load(path) == made
    assert path.stat().st_mode & 0o777 == 0o600


def test_an_existing_keyring_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "keyring.json"
    keyring.write(keyring.generate(), path)
    before = path.read_bytes()
    with pytest.raises(KeyringError, match="left as it is"):
        keyring.write(keyring.generate(), path)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", '{"roots": {"r1": "AA=="}, "active": "r1"}', '{"roots": 3}']
)
def test_a_malformed_keyring_is_refused_with_its_name(tmp_path: Path, content: str) -> None:
    path = tmp_path / "keyring.json"
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(KeyringError, match=r"keyring\.json"):
        keyring.load(path)


def test_a_keyring_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "keyring.json"
    keyring.write(keyring.generate(), path)
    path.chmod(0o640)
    with pytest.raises(KeyringError, match="chmod 600"):
        keyring.load(path)


def test_an_active_key_that_is_not_there_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "keyring.json"
    keyring.write(keyring.generate(), path)
    content = json.loads(path.read_text())
    content["active"] = "r2"
    path.write_text(json.dumps(content))
    with pytest.raises(KeyringError, match="active"):
        keyring.load(path)


def test_a_tenant_key_opens_only_for_its_tenant_and_version() -> None:
    ring, tenant = keyring.generate(), uuid4()
    root, wrapped = ring.wrap_tenant_key(tenant, 1, KEY)
    assert ring.unwrap_tenant_key(tenant, 1, root, wrapped) == KEY
    with pytest.raises(Unreadable):
        ring.unwrap_tenant_key(uuid4(), 1, root, wrapped)
    with pytest.raises(Unreadable):
        ring.unwrap_tenant_key(tenant, 2, root, wrapped)
    with pytest.raises(Unreadable):
        ring.unwrap_tenant_key(tenant, 1, "gone", wrapped)


def test_two_tenants_have_different_index_keys() -> None:
    ring = keyring.generate()
    one, other = uuid4(), uuid4()
    assert ring.index_key(one) == ring.index_key(one) != ring.index_key(other)


@given(st.binary(max_size=200), st.binary(max_size=40), st.integers(0, 260))
def test_a_sealed_value_with_any_byte_changed_does_not_open(
    plaintext: bytes, place: bytes, position: int
) -> None:
    sealed = encrypt(KEY, plaintext, place)
    assert decrypt(KEY, sealed, place) == plaintext
    at = position % len(sealed)
    broken = sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]
    with pytest.raises(Unreadable):
        decrypt(KEY, broken, place)
    with pytest.raises(Unreadable):
        decrypt(KEY, sealed, place + b"x")


@given(st.lists(st.binary(max_size=8), max_size=5), st.lists(st.binary(max_size=8), max_size=5))
def test_two_different_places_never_encode_alike(one: list[bytes], other: list[bytes]) -> None:
    assert (associated_data(*one) == associated_data(*other)) == (one == other)


def test_a_keyring_does_not_print_its_keys() -> None:
    ring = keyring.generate()
    assert ring.binding.hex() not in repr(ring)
    assert repr(ring) == "<Keyring active=r1>"
