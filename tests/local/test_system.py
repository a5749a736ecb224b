"""The check before anything is installed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.local import system

ROOT = Path(__file__).resolve().parents[2]


def test_check_runs_with_the_standard_library_alone() -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-S", "app/local/system.py", "run"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_missing_package_without_rights_is_one_line_to_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(system, "RUN", {"libpango-1.0-0": lambda: False, "bash": lambda: True})
    monkeypatch.setattr(system, "may_install", lambda: None)
    assert system.main("run") == 1
    lines = [line for line in capsys.readouterr().out.splitlines() if "apt-get" in line]
    assert len(lines) == 1
    assert "libpango-1.0-0" in lines[0]
    assert "bash" not in lines[0].split()
    assert lines[0].strip().startswith("sudo ") == (os.geteuid() != 0)


def test_library_that_does_not_exist_is_missing() -> None:
    assert not system.library("libnowhere-to-be-found.so.9")
    assert system.library("libc.so.6")


def test_too_old_python_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(system, "OLDEST_PYTHON", (99, 0))
    assert system.main("run") == 1
    assert "is too old" in capsys.readouterr().out
