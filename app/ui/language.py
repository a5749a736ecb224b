"""Which language a page speaks: the person's preference, then the cookie, then Indonesian."""

from __future__ import annotations

from flask import current_app, has_request_context, request
from flask_babel import get_locale

DEFAULT = "id"
_COOKIE = "lang"
LANGUAGES = {"id": "Bahasa Indonesia", "en": "English"}


def is_language(code: str | None) -> bool:
    """Whether pages can be shown in the language `code`."""
    return code in LANGUAGES


def cookie_name() -> str:
    """The cookie's name; over TLS no other host can set one of this name."""
    secure = bool(current_app.config.get("SESSION_COOKIE_SECURE"))
    return f"__Host-{_COOKIE}" if secure else _COOKIE


def choose(preference: str | None = None) -> str:
    """The language of this request.

    The browser's own languages are not asked: telephones sold in Indonesia often say English,
    and the language of the office is Indonesian.
    """
    if preference in LANGUAGES:
        return preference
    cookie = request.cookies.get(cookie_name()) if has_request_context() else None
    return cookie if cookie in LANGUAGES else DEFAULT


def current() -> str:
    """The code of the language in use, for the `lang` attribute of a page."""
    locale = get_locale()
    return locale.language if locale else DEFAULT
