"""The direction of imports is checked, and the check can fail."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINT = Path(sys.executable).with_name("lint-imports")


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A small house with the project's own contracts and nothing wrong in it."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "tests" / "local").mkdir(parents=True)
    shutil.copy(ROOT / "tests" / "local" / "rooms.py", tmp_path / "tests" / "local")
    files = {
        "app/__init__.py": "import app.cases.views\n",
        "app/cases/__init__.py": "",
        "app/cases/views.py": "import app.cases.service\nimport app.referrals.service\n",
        "app/cases/service.py": "import app.cases.models\n",
        "app/cases/models.py": "import tenants.database\n",
        "app/referrals/__init__.py": "",
        "app/referrals/service.py": "",
        "app/local/__init__.py": "",
        "tenants/__init__.py": "",
        "tenants/database.py": "",
        "workers/__init__.py": "import app.cases.service\n",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def lint(house: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [LINT, "--no-cache"], cwd=house, capture_output=True, text=True, check=False
    )


def test_house_in_order_keeps_every_contract(house: Path) -> None:
    done = lint(house)
    assert done.returncode == 0, done.stdout
    assert "0 broken" in done.stdout


@pytest.mark.parametrize(
    ("module", "imported"),
    [
        ("tenants/database.py", "app.cases.service"),
        ("tenants/database.py", "workers"),
        ("app/cases/service.py", "workers"),
        ("app/referrals/service.py", "app.cases.models"),
        ("app/referrals/service.py", "app.cases.views"),
        ("app/cases/views.py", "app.cases.models"),
        ("workers/__init__.py", "app.cases.models"),
        ("app/cases/service.py", "app.local"),
    ],
)
def test_import_against_the_direction_is_found(house: Path, module: str, imported: str) -> None:
    with (house / module).open("a") as handle:
        handle.write(f"import {imported}\n")
    done = lint(house)
    assert done.returncode == 1
    assert imported in done.stdout
