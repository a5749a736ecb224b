"""docs/asvs.md is whole and true: each requirement once, each named test there, counted rightly."""

from __future__ import annotations

import ast
import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
PAGE = (TESTS.parent / "docs" / "asvs.md").read_text(encoding="utf-8")
NAMED = re.compile(r"`([\w/]+\.py)::(test_\w+)`")
ANSWERS = ("shown", "does not apply", "open")


@dataclass(frozen=True)
class Row:
    """One row of the page: one or several requirements with one answer."""

    ids: tuple[str, ...]
    about: str
    answer: str
    by: str

    @property
    def tests(self) -> list[tuple[str, str]]:
        """The named tests: file and function."""
        return NAMED.findall(self.by)


def rows() -> list[Row]:
    """Every row that begins with the number of a requirement."""
    found = []
    for line in PAGE.splitlines():
        if re.match(r"\| \d", line):
            ids, about, answer, by = (part.strip() for part in line.strip("| ").split(" | "))
            found.append(Row(tuple(ids.split()), about, answer, by))
    return found


def levels() -> dict[str, int]:
    """Every requirement of the standard with its level."""
    table = tomllib.loads((TESTS / "docs" / "asvs_levels.toml").read_text(encoding="utf-8"))
    return {one: level for level in (1, 2, 3) for one in table[f"level_{level}"]}


@cache
def functions(file: str) -> frozenset[str]:
    """The tests of a file."""
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    return frozenset(one.name for one in tree.body if isinstance(one, ast.FunctionDef))


def test_the_table_of_levels_has_as_many_as_the_standard() -> None:
    """ASVS 5.0.0 has 70, 183 and 92; its numbers run on within each section."""
    assert Counter(levels().values()) == {1: 70, 2: 183, 3: 92}
    sections: dict[str, list[int]] = {}
    for one in levels():
        section, _, number = one.rpartition(".")
        sections.setdefault(section, []).append(int(number))
    for section, numbers in sections.items():
        assert sorted(numbers) == list(range(1, len(numbers) + 1)), section


def test_every_requirement_of_levels_1_and_2_stands_there_once() -> None:
    listed = [one for row in rows() for one in row.ids]
    assert [one for one, times in Counter(listed).items() if times > 1] == []
    known = levels()
    assert {one for one, level in known.items() if level < 3} - set(listed) == set()
    assert set(listed) <= set(known)


def test_a_requirement_of_level_3_says_so() -> None:
    known = levels()
    for row in rows():
        third = {known[one] == 3 for one in row.ids}
        assert third == {row.about.endswith("(level 3)")}, row.ids


def test_every_named_test_exists() -> None:
    missing = [
        (file, name)
        for row in rows()
        for file, name in row.tests
        if not (TESTS / file).is_file() or name not in functions(file)
    ]
    assert missing == []
    assert PAGE.count("::test_") == sum(len(row.tests) for row in rows())


def test_what_is_shown_names_a_test_and_what_is_not_says_why() -> None:
    for row in rows():
        assert row.answer in ANSWERS, row.ids
        if row.answer == "shown":
            assert row.tests, row.ids
        assert len(row.by.split()) >= 1, row.ids
        assert row.answer != "does not apply" or not row.tests, row.ids


def test_the_head_counts_truly() -> None:
    known = levels()
    for name, wanted in (("Levels 1 and 2", {1, 2}), ("Level 3", {3})):
        counted = Counter(row.answer for row in rows() for one in row.ids if known[one] in wanted)
        numbers = " | ".join(str(counted[answer]) for answer in ANSWERS)
        assert f"\n| {name} | {numbers} |\n" in PAGE, numbers
