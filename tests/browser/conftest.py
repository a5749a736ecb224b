"""A real Chromium for the tests of pages, on a telephone and on a desk.

A test fails when a page logs an error, breaks its own Content-Security-Policy, throws, or asks any
host but this machine for anything, whatever else the test looks at.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    expect,
    sync_playwright,
)
from werkzeug.serving import make_server

from app.local.system import CHROMIUM as PROGRAMS

CHROMIUM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, PROGRAMS)), "")
PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 860}
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP *.localhost 127.0.0.1",
]
PATIENCE_MS = 15_000
_STATUS = "Failed to load resource: the server responded with a status of "


def is_here(url: str) -> bool:
    """Whether `url` stays on this machine or needs no request at all."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    return (
        parts.scheme in ("data", "blob", "about")
        or host in ("localhost", "127.0.0.1")
        or host.endswith(".localhost")
    )


@dataclass
class Watch:
    """What went wrong in the pages of one test."""

    faults: list[str] = field(default_factory=list)
    expected: set[int] = field(default_factory=set)

    def expect(self, *statuses: int) -> None:
        """Accept that the server answers with these HTTP statuses during this test."""
        self.expected.update(statuses)

    def hear(self, message: ConsoleMessage) -> None:
        """Keep an error that the console shows, unless it is an expected status."""
        answered = any(message.text.startswith(f"{_STATUS}{code}") for code in self.expected)
        if message.type == "error" and not answered:
            self.faults.append(f"console: {message.text}")

    def attach(self, context: BrowserContext) -> None:
        """Watch every page that `context` opens."""
        context.on("console", self.hear)
        context.on("weberror", lambda error: self.faults.append(f"script: {error.error}"))
        context.on(
            "request",
            lambda request: (
                is_here(request.url)
                or self.faults.append(f"request to another host: {request.url}")
            ),
        )
        context.add_init_script(
            "document.addEventListener('securitypolicyviolation', e => console.error("
            "'policy: ' + e.violatedDirective + ' ' + e.blockedURI + ' ' + e.sourceFile))"
        )


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser process for the tests of a module.

    While Playwright is open its event loop runs in this thread, and whatever begins a loop of
    its own there (a signature) fails: so it is closed before other rooms' tests follow.
    """
    if not CHROMIUM:
        pytest.fail("no Chromium is installed; install it with: apt-get install chromium")
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def watch() -> Iterator[Watch]:
    """The watch of this test; its faults fail the test at the end."""
    kept = Watch()
    yield kept
    assert not kept.faults, "\n".join(kept.faults)


@pytest.fixture
def open_page(
    chromium: Browser, watch: Watch, serve: Callable[[Flask], str]
) -> Iterator[Callable[..., Page]]:
    """A function that opens a page of its own session: `open_page(PHONE, java_script_enabled=...)`.

    Two pages opened this way share no cookie, so two persons can be signed in at once. Pages are
    closed before what `serve` started is stopped.
    """
    contexts: list[BrowserContext] = []

    def open_one(viewport: dict[str, int] | None = None, **options: object) -> Page:
        size = viewport or DESKTOP
        context = chromium.new_context(
            viewport=size,  # type: ignore[arg-type]
            has_touch=size is PHONE,
            is_mobile=size is PHONE,
            locale="en-US",
            **options,  # type: ignore[arg-type]
        )
        context.set_default_timeout(PATIENCE_MS)
        watch.attach(context)
        contexts.append(context)
        return context.new_page()

    yield open_one
    for context in contexts:
        context.close()


@pytest.fixture
def phone(open_page: Callable[..., Page]) -> Page:
    """A page on a telephone, 360 by 740."""
    return open_page(PHONE)


@pytest.fixture
def desktop(open_page: Callable[..., Page]) -> Page:
    """A page on a desk, 1280 by 860."""
    return open_page(DESKTOP)


@pytest.fixture
def shoot() -> Callable[[Page, str], None]:
    """A function that keeps a picture of the whole page when SCREENSHOTS names a folder."""
    folder = os.environ.get("SCREENSHOTS")

    def keep(page: Page, name: str) -> None:
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)

    return keep


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Serve `app` on a free port of this machine; gives the address, without a slash at the end."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def serve() -> Iterator[Callable[[Flask], str]]:
    """A function that serves an application until the test ends and returns its address."""
    running = []

    def start(app: Flask) -> str:
        context = served(app)
        address = context.__enter__()
        running.append(context)
        return address

    yield start
    for context in reversed(running):
        context.__exit__(None, None, None)
