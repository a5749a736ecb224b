"""The home page and the switch of language."""

from typing import Any
from urllib.parse import urlsplit

from flask import current_app, make_response, redirect, render_template, request

from app.accounts import service as accounts
from app.ui.language import cookie_name, is_language
from app.web import GuardedBlueprint, Public, SignedIn
from app.web.guard import acting
from app.web.together import read_home
from tenants import audit
from tenants.context import acting_person
from tenants.errors import Invalid
from tenants.vocabulary import Tag

web = GuardedBlueprint("web", __name__, template_folder="templates")

HOME_PARTS: list[Any] = []
"""Functions of the rooms, each giving (template, values) for the acting person, or None."""


@web.route("/", access=SignedIn(), records=Tag.HOME_VIEWED)
def home() -> Any:
    """What is next for the person who is signed in."""
    person = acting_person()
    read_home(person)
    parts = [part for part in (make(person) for make in HOME_PARTS) if part]
    return render_template("web/home.html", parts=parts)


@web.route(
    "/language",
    access=Public("a reader chooses a language before signing in"),
    records=Tag.LANGUAGE_CHANGED,
    methods=("POST",),
)
def language() -> Any:
    """Keep the chosen language in a cookie that holds nothing else, and with the account."""
    chosen = request.form.get("language")
    if chosen is None or not is_language(chosen):
        raise Invalid("language", "unknown")
    if acting() is not None:
        accounts.keep_language(chosen)
    audit.record(Tag.LANGUAGE_CHANGED, details={"language": chosen})
    response = make_response(redirect(local_path(request.form.get("next")), 303))
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])  # the proxy speaks TLS, not we
    response.set_cookie(
        cookie_name(),
        chosen,
        max_age=31_536_000,
        path="/",
        samesite="Strict",
        secure=secure,
        httponly=True,
    )
    return response


def local_path(target: str | None) -> str:
    """Return ``target`` if it is a path on this host, else ``/`` (no open redirect)."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return "/"
    parts = urlsplit(target)
    return target if not parts.scheme and not parts.netloc and target.isprintable() else "/"
