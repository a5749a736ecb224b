"""What the code does not do, whatever is sent to it: read from the code itself.

The local stack and the demonstration are left out: neither is part of a service.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APART = (ROOT / "app" / "local", ROOT / "app" / "demo")
FILES = sorted(
    path
    for folder in ("app", "tenants", "workers")
    for path in (ROOT / folder).rglob("*.py")
    if not any(path.is_relative_to(one) for one in APART)
)

PARTIES = {
    *("alembic", "argon2", "asn1crypto", "babel", "click", "cryptography", "flask", "flask_babel"),
    *("flask_bootstrap", "flask_login", "flask_migrate", "flask_sqlalchemy", "flask_wtf"),
    *("fontTools", "holidays", "jinja2", "markupsafe", "obstore", "psycopg", "pydyf"),
    *("pyhanko", "pyhanko_certvalidator", "redis", "rq", "segno", "sqlalchemy", "structlog"),
    *("weasyprint", "webauthn", "werkzeug", "wtforms", "zxcvbn"),
}
"""Packages of others that a service uses: none that speaks LDAP, XPath, mail or memcache."""

NEVER = {
    *("subprocess", "pty", "ctypes", "code", "codeop", "runpy", "pickle", "marshal", "shelve"),
    *("dbm", "random", "http", "socket", "ssl", "urllib.request", "ftplib", "smtplib", "imaplib"),
    *("poplib", "telnetlib", "xmlrpc", "xml", "socketserver"),
}
"""Of the standard library: programs, code, objects from bytes, weak chance, other hosts, XML."""

COMMANDS = {
    "app/attachments/decoding.py": ["imports subprocess"],
    "app/backup/dump.py": ["imports subprocess"],
}
"""A back-up asks pg_dump for the rows; a picture is decoded in a process of its own, which runs
no program, opens no file and reaches nobody."""
DECODER = {
    "app/attachments/decoder.py": [
        "imports ctypes",
        "imports PIL.ImageOps",
        "imports PIL.Image",
        "imports PIL.ImageCms",
        "imports PIL.Image",
    ]
}
"""That process itself: the kernel holds it to what it may do, and Pillow is loaded nowhere else."""
LISTENER = {
    "workers/metrics.py": [
        "imports http.server.BaseHTTPRequestHandler",
        "imports http.server.ThreadingHTTPServer",
    ]
}
"""Figures without personal data, where the operator asks for them."""
OF_APPS = {"app/accounts/one_time_codes.py": ["uses hashes.SHA1"]}
"""HMAC-SHA-1 is what every authenticator app computes (RFC 6238)."""
OF_TIME = {"app/documents/time_stamps.py": ["imports aiohttp"]}
"""Asks the time-stamp authority of the settings, and nobody else; it follows no redirect."""
ALLOWED = COMMANDS | DECODER | LISTENER | OF_APPS | OF_TIME

CALLS = {"eval", "exec", "compile", "__import__", "breakpoint"}
OF_OS = {"system", "popen", "execv", "execve", "execvp", "spawnv", "spawnl", "posix_spawn"}
KNOWN = PARTIES | {"app", "tenants", "workers"} | set(sys.stdlib_module_names)
OF_HASHES = {"hashlib": {"sha256"}, "hashes": {"SHA256", "HashAlgorithm"}}
CIPHERS = {"cryptography.hazmat.primitives.ciphers.aead.AESGCM"}


def imports(tree: ast.AST) -> Iterator[str]:
    """Every name a module imports, with its whole path."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{one.name}" for one in node.names)


def of_imports(tree: ast.AST) -> Iterator[str]:
    """What a module of a service must not import."""
    for name in imports(tree):
        parts = name.split(".")
        heads = {".".join(parts[: n + 1]) for n in range(len(parts))}
        if heads & NEVER or parts[0] not in KNOWN:
            yield f"imports {name}"
        if parts[0] == "hashlib" and name not in {"hashlib", "hashlib.sha256"}:
            yield f"hashes by {name}"
        if ".primitives.ciphers" in name and name not in CIPHERS:
            yield f"enciphers by {name}"


def of_names(tree: ast.AST) -> Iterator[str]:
    """What a module of a service must not call."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
            yield f"calls {node.func.id}"
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            allowed = OF_HASHES.get(node.value.id)
            if (node.value.id == "os" and node.attr in OF_OS) or (
                allowed is not None and node.attr not in allowed
            ):
                yield f"uses {node.value.id}.{node.attr}"


def faults(text: str) -> list[str]:
    """What a module of a service must not hold."""
    tree = ast.parse(text)
    return [*of_imports(tree), *of_names(tree)]


def test_no_service_runs_programs_builds_code_or_reads_objects_from_bytes() -> None:
    assert len(FILES) > 150
    found = {str(path.relative_to(ROOT)): faults(path.read_text()) for path in FILES}
    assert {name: what for name, what in found.items() if what} == ALLOWED


def test_the_programs_that_are_run_go_past_every_shell() -> None:
    for name in COMMANDS:
        nodes = ast.walk(ast.parse((ROOT / name).read_text()))
        assert not [node for node in nodes if isinstance(node, ast.keyword) and node.arg == "shell"]


@pytest.mark.parametrize(
    "text",
    [
        "import subprocess",
        "from os import path\nimport os\nos.system('x')",
        "eval('1')",
        "import pickle",
        "import random",
        "from urllib.request import urlopen",
        "import xml.etree.ElementTree",
        "import requests",
        "from hashlib import md5",
        "import hashlib\nhashlib.sha1(b'')",
        "from cryptography.hazmat.primitives.ciphers import modes",
        "from cryptography.hazmat.primitives import hashes\nhashes.SHA1()",
    ],
)
def test_the_reading_itself_sees_each_fault(text: str) -> None:
    assert faults(text)


def test_no_pattern_is_made_of_what_somebody_typed() -> None:
    """Built patterns stand only where a profile is read by the operator, and escape every name."""
    built = set()
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text())):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            if ast.unparse(node.func.value) != "re" or node.func.attr == "escape":
                continue
            if node.args and not isinstance(node.args[0], ast.Constant):
                built.add(str(path.relative_to(ROOT)))
                for part in ast.walk(node.args[0]):
                    if isinstance(part, ast.FormattedValue):
                        value = ast.unparse(part.value)
                        assert value.startswith("re.escape(") or value.isupper(), value
    assert built == {"tenants/profile_file.py", "tenants/onboarding.py"}
