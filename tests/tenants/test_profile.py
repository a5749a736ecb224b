"""Profiles are read strictly and every fault names its line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tenants.profile import Narrowing, Profile
from tenants.profile_file import ProfileError, parse

PROFILES = Path(__file__).resolve().parents[2] / "tenants" / "profiles"
GOOD = (PROFILES / "kota-contoh.toml").read_text()


def fault_lines(source: str) -> list[str]:
    with pytest.raises(ProfileError) as caught:
        parse(source)
    return [str(fault) for fault in caught.value.faults]


@pytest.mark.parametrize("path", sorted(PROFILES.glob("*.toml")), ids=lambda path: path.stem)
def test_a_ready_made_profile_is_good_and_survives_the_database(path: Path) -> None:
    import json

    profile = parse(path.read_text())
    assert Profile.from_document(json.loads(profile.document())) == profile


def replaced(old: str, new: str) -> tuple[str, int]:
    assert old in GOOD
    line = GOOD[: GOOD.index(old)].count("\n") + 1
    return GOOD.replace(old, new, 1), line


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('slug = "kota-contoh"', 'slug = "Kota Contoh"', "identity.slug"),
        ('timezone = "Asia/Jakarta"', 'timezone = "Asia/Nowhere"', "identity.timezone"),
        ('paper = "A4"', 'paper = "A5"', "letterhead.paper"),
        ("font_size = 11", "font_size = 30", "letterhead.font_size"),
        ("margins = [20, 20, 22, 30]", "margins = [20, 20]", "letterhead.margins"),
        (
            'pattern = "{classification}/{number}/{unit}/{year}"',
            'pattern = "{year}"',
            "numbering.pattern",
        ),
        (
            'pattern = "{classification}/{number}/{unit}/{year}"',
            'pattern = "{number}/{year}/{nik}"',
            "numbering.pattern",
        ),
        ('kind = "hospital"', 'kind = "klinik"', "partners.0.kind"),
        ('services = ["health", "visum", "psychology"]', 'services = ["sihir"]', "partners.0"),
        ("first_response = 72", "first_response = -1", "deadlines.first_response"),
        ('auditor = "Auditor"', "auditor = 3", "roles.auditor"),
        ('auditor = "Auditor"', 'penyihir = "Penyihir"', "roles"),
        ("audit_years = 5", "audit_years = 0", "retention.audit_years"),
        ("audit_years = 5", 'audit_years = "lima"', "retention.audit_years"),
        ("audit_years = 5", "audit_months = 5", "retention.audit_months"),
        ('audit_basis = "', 'audit_basis = ""  # "', "retention.audit_basis"),
    ],
)
def test_a_fault_names_its_line_and_key(old: str, new: str, key: str) -> None:
    source, line = replaced(old, new)
    found = fault_lines(source)
    assert any(text.startswith(f"line {line}: ") and key in text for text in found), found


@pytest.mark.parametrize(
    ("table", "wrong"),
    [
        ("watch", "refusals = 0"),
        ("watch", "nights = 3"),
        ("watch", "work_ends = 6"),
        ("watch", "refusals = true"),
        ("limits", "emergency_minutes = 5"),
        ("limits", 'reveals_a_day = "many"'),
        ("escalation", "remind_percent = 99"),
        ("working_days", "shelter_stay = 0"),
        ("working_days", "first_response = 3"),  # it stands in hours already
        ("calendar", 'joint_leave = ["24 Desember"]'),
    ],
)
def test_a_number_of_the_agency_that_cannot_be_names_its_line(table: str, wrong: str) -> None:
    (found,) = fault_lines(f"{GOOD}\n[{table}]\n{wrong}\n")
    line = f"{GOOD}\n[{table}]".count("\n") + 2
    assert found.startswith(f"line {line}: {table}.{wrong.split()[0]}")


def test_numbers_that_are_no_table_are_a_fault() -> None:
    assert fault_lines(f"limits = 3\n{GOOD}")[0].startswith("line 1: limits: must be a table")


def test_an_agency_sets_its_own_numbers_and_has_the_usual_ones_else() -> None:
    profile = parse(f"{GOOD}\n[watch]\nrefusals = 2\n[limits]\nemergencies_a_day = 1\n")
    assert (profile.threshold("refusals"), profile.threshold("work_begins")) == (2, 7)
    assert (profile.limit("emergencies_a_day"), profile.limit("emergency_minutes")) == (1, 60)


def test_years_without_the_rule_they_come_from_are_refused() -> None:
    source = GOOD[: GOOD.index("audit_basis")]
    (found,) = fault_lines(source)
    assert found.endswith("retention.audit_basis: is missing")


def test_an_agency_that_names_no_rule_keeps_everything() -> None:
    assert parse(GOOD[: GOOD.index("[retention]")]).retention is None


def test_broken_toml_names_its_line() -> None:
    source, line = replaced('paper = "A4"', "paper = A4")
    assert fault_lines(source)[0].startswith(f"line {line}: ")


def test_all_faults_are_named_at_once() -> None:
    source, _ = replaced('paper = "A4"', 'paper = "A5"')
    assert len(fault_lines(source.replace('kind = "police"', 'kind = "polisi"'))) == 2


def test_a_control_character_in_a_name_is_refused() -> None:
    source, _ = replaced('regency = "Kota Contoh"', 'regency = "Kota\\u0007Contoh"')
    assert "identity.regency" in fault_lines(source)[0]


NARROWER = """
[[policy]]
role = "supervisor"
relation = "oversight"
field_class = "narrative"
on_demand = 2
"""


def test_an_agency_may_be_stricter_than_the_policy() -> None:
    profile = parse(GOOD + NARROWER)
    assert profile.policy == (Narrowing("supervisor", "oversight", "narrative", on_demand=2),)
    assert Profile.from_document(json.loads(profile.document())) == profile


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("on_demand = 2", "on_demand = 4", "policy.0.on_demand: may only narrow: 0 to 3"),
        ("on_demand = 2", "written = 1", "policy.0.written: may only narrow: 0 to 0"),
        ('"oversight"', '"team"', "policy.0: there is no rule"),
        ('"narrative"', '"gossip"', "policy.0: there is no rule"),
        ("on_demand = 2", 'on_demand = "2"', "policy.0.on_demand: must be a whole number"),
    ],
)
def test_an_agency_may_not_be_less_strict_than_the_policy(old: str, new: str, said: str) -> None:
    (found,) = fault_lines(GOOD + NARROWER.replace(old, new))
    assert said in found
