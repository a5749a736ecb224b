"""The shared look: layouts, macros, static files, language and formats."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Flask, Response, g, request
from flask_babel import Babel
from flask_bootstrap import Bootstrap5
from jinja2 import pass_context
from jinja2.runtime import Context

from app.ui import assets, formats, language
from app.ui.icons import icon

__all__ = ["STATIC_ENDPOINTS", "init_ui"]

STATIC_ENDPOINTS = frozenset({"ui.static", "bootstrap.static"})
"""Endpoints that serve the same public bytes to everyone: no tenant, no person, may be cached."""

_YEAR = 365 * 24 * 3600


def init_ui(
    app: Flask,
    person_language: Callable[[], str | None] | None = None,
    tenant_zone: Callable[[], str | None] | None = None,
) -> None:
    """Give `app` the shared look, the languages and the formats.

    `person_language` returns the preference of the signed-in person ("id", "en") or None;
    `tenant_zone` returns the IANA name of the tenant's time zone ("Asia/Jakarta") or None.
    Both are called once per request, when the first text is translated or the first time shown.
    """
    from app.ui import catalogue

    app.config["BOOTSTRAP_SERVE_LOCAL"] = True
    app.config.setdefault("QUICK_EXIT_URL", "https://www.bmkg.go.id/")
    Bootstrap5().init_app(app)
    app.register_blueprint(
        Blueprint(
            "ui",
            __name__,
            static_folder="static",
            static_url_path="/ui",
            template_folder="templates",
        )
    )
    catalogue.compile_stale()
    Babel(
        app,
        default_locale=language.DEFAULT,
        default_timezone=formats.DEFAULT_ZONE,
        default_translation_directories=";".join(
            str(room.translations) for room in catalogue.rooms() if room.translations.is_dir()
        ),
        locale_selector=lambda: language.choose(person_language() if person_language else None),
        timezone_selector=lambda: (tenant_zone() if tenant_zone else None) or formats.DEFAULT_ZONE,
    )
    app.jinja_env.globals.update(
        csp_nonce=csp_nonce,
        icon=icon,
        language=language.current,
        languages=language.LANGUAGES,
        static_file=assets.static_file,
        bootstrap_file=assets.bootstrap_file,
        teduh_version=assets.version(),
    )
    filters: dict[str, Callable[..., Any]] = {
        "day": formats.show_day,
        "stored_day": formats.show_stored_day,
        "clock": formats.show_clock,
        "moment": formats.show_moment,
        "duration": formats.show_duration,
        "size": formats.show_size,
        "number": formats.show_number,
        "stamp": formats.stamp,
        "chunks": formats.chunks,
    }
    app.jinja_env.filters.update({name: _late(act) for name, act in filters.items()})
    app.after_request(_keep_static)


def _late(act: Callable[..., Any]) -> Callable[..., Any]:
    """A filter that Jinja never applies while it compiles a page.

    It would otherwise work out `{{ 1234 | number }}` once, in the first reader's language, and
    show that to everyone.
    """

    @pass_context
    def show(_context: Context, *args: Any, **kwargs: Any) -> Any:
        return act(*args, **kwargs)

    return show


def csp_nonce() -> str:
    """The nonce of this response's Content-Security-Policy, or an empty string."""
    return str(g.get("csp_nonce", ""))


def _keep_static(response: Response) -> Response:
    """Let browsers keep a static file for a year when its address names its version."""
    if (
        request.endpoint in STATIC_ENDPOINTS
        and "v" in request.args
        and response.status_code in (200, 304)
    ):
        response.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable"
    return response
