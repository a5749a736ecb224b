"""Which passwords are accepted, and how they are kept."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from argon2 import extract_parameters
from argon2.low_level import Type

from app.accounts import breached, passwords
from tenants.errors import Conflict, Invalid
from tests.world import World

WORDS = ("bela-contoh", "Bela Contoh", "Dinas Keluarga Berencana", "Kabupaten Contoh")
GOOD = "kuda tenang di tepi sungai"


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("", "too-short"),
        ("x" * 14, "too-short"),
        ("empat belas ya", "too-short"),
        ("kuda tenang " * 30, "too-long"),
        ("a" * 20, "guessable"),
        ("abcabcabcabcabcabc", "guessable"),
        ("1234567890123456", "guessable"),
        ("abcdefghijklmnopqrs", "guessable"),
        ("qwertyuiopasdfghj", "guessable"),
        ("poiuytrewqpoiuyt", "guessable"),
        ("bela-contoh-bela-contoh", "guessable"),
        ("Bela Contoh 123", "guessable"),
        ("Dinas Keluarga Berencana", "guessable"),
        ("dinaskeluargaberencana2026!", "guessable"),
        ("katasandikatasandi1", "guessable"),
        ("!!!!!!!!!!!!!!!!!", "guessable"),
        ("bismillahirrahmanirrahim", "guessable"),
        ("Assalamualaikum 123", "guessable"),
        ("Indonesia Raya 1945", "guessable"),
        ("indonesiamerdeka17", "guessable"),
        ("I love you sayang", "guessable"),
        ("correct horse battery staple", "guessable"),
    ],
)
def test_short_and_guessable_passwords_are_refused(password: str, reason: str) -> None:
    with pytest.raises(Invalid) as refused:
        passwords.check_strength(password, WORDS)
    assert (refused.value.field, refused.value.reason) == ("password", reason)


@pytest.mark.parametrize(
    "password",
    [
        "iloveyou123456789",
        "Password12345678",
        "qwertyuiop123456",
        "michaeljackson1",
        "manchesterunited",
        "1q2w3e4r5t6y7u8i",
        "Sunshine-Princess",
    ],
)
def test_what_was_found_out_elsewhere_or_is_soon_guessed_from_it_is_refused(password: str) -> None:
    with pytest.raises(Invalid) as refused:
        passwords.check_strength(password, WORDS)
    assert (refused.value.field, refused.value.reason) == ("password", "known")


def test_every_long_entry_of_the_lists_is_refused() -> None:
    assert len(breached._lists()) > 300
    for password in breached._lists():
        assert breached.is_known(password.title(), WORDS), password


def test_the_operators_own_list_is_asked_and_its_loss_lets_nothing_through(
    world: World, tmp_path: Path
) -> None:
    leaked, file = "kuda tenang di tepi danau", tmp_path / "list.txt"
    file.write_bytes(b"pendek\nKuda Tenang di Tepi Danau\r\n\xff\xfe rusak sekali barisnya\n")
    passwords.check_strength(leaked, WORDS)
    settings = world.app.extensions["settings"]
    with world.app.app_context():
        world.app.extensions["settings"] = replace(settings, breached_passwords_file=file)
        with pytest.raises(Invalid, match="known"):
            passwords.check_strength(leaked, WORDS)
        passwords.check_strength(GOOD, WORDS)
        gone = replace(settings, breached_passwords_file=tmp_path / "gone.txt")
        world.app.extensions["settings"] = gone
        with pytest.raises(Conflict, match="list-unreadable"):
            passwords.check_strength(GOOD, WORDS)


@pytest.mark.parametrize("password", ["1" * 256, "@!$1|0" * 42, "$s5" * 80, "ß" * 256])
def test_odd_passwords_are_judged_and_never_an_error(password: str) -> None:
    assert breached.is_known(password, ())


@pytest.mark.parametrize(
    "password",
    [
        GOOD,
        "x7!Kq09z#Lm2Pv$",
        "lima belas ya 1",
        "Bela Contoh suka memancing ikan nila",
        ("sungai dan gunung berbeda-beda setiap hari, " * 6)[:256],
        "パスワードではない長い言葉の列です",
        "🙂🐴🌊🌳🏡🚲🎈🍚☕🌧🔔📚🧭🪁🥁",
    ],
)
def test_long_passwords_of_any_script_are_accepted(password: str) -> None:
    passwords.check_strength(password, WORDS)
    kept = passwords.seal(password)
    assert passwords.matches(kept, password)
    assert not passwords.matches(kept, password[:-1])


def test_hash_is_argon2id_with_parameters_that_owasp_recommends() -> None:
    kept = passwords.seal(GOOD)
    found = extract_parameters(kept)
    assert (found.type, found.memory_cost, found.time_cost) == (Type.ID, 47_104, 1)
    assert passwords.seal(GOOD) != kept


def test_wrong_password_and_broken_hash_do_not_match() -> None:
    kept = passwords.seal(GOOD)
    assert passwords.matches(kept, GOOD)
    assert not passwords.matches(kept, GOOD + " ")
    assert not passwords.matches(kept, GOOD.upper())
    assert not passwords.matches("rusak", GOOD)
    assert not passwords.matches(None, GOOD)


def test_same_typed_text_matches_however_the_keyboard_composes_it() -> None:
    typed = "café di tepi sungai"
    kept = passwords.seal(unicodedata.normalize("NFD", typed))
    assert passwords.matches(kept, unicodedata.normalize("NFC", typed))


def test_hash_of_weaker_parameters_is_outdated() -> None:
    from argon2 import PasswordHasher

    assert passwords.is_outdated(PasswordHasher(1, 8192, 1).hash(GOOD))
    assert not passwords.is_outdated(passwords.seal(GOOD))


def test_more_computations_than_there_are_places_are_turned_away() -> None:
    places = 0
    while passwords._PLACES.acquire(blocking=False):
        places += 1
    try:
        with pytest.raises(Conflict) as refused:
            passwords.seal(GOOD)
        assert refused.value.reason == "busy"
    finally:
        for _ in range(places):
            passwords._PLACES.release()
    assert passwords.matches(passwords.seal(GOOD), GOOD)
