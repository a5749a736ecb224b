"""The web application. ``create_app`` is the only place where the parts are wired."""

import logging

import structlog
from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from app.config import Settings, from_environment
from tenants import keyring as keyrings

ROOMS = (
    *("accounts", "cases", "referrals", "mediation", "assessments", "services", "documents"),
    *("clocks", "tasks", "shelter", "conferences", "transfers"),
    *("audit", "rights", "attachments", "destruction", "statutory"),
    *("network", "figures", "reports", "simfoni"),
)
MAX_REQUEST_BYTES = 1_000_000


def create_app(settings: Settings | None = None) -> Flask:
    """Make the application.

    Args:
        settings: as checked by :mod:`app.config`; read from the environment when None.

    Raises:
        SettingsError: a setting is missing or unsafe.
        KeyringError: the keyring file is unusable (a missing one is left to the commands
            that make it, and to :func:`app.startup.check`).
    """
    settings = settings or from_environment()
    app = Flask("app", static_url_path="/static", static_folder=None, template_folder=None)
    app.config.update(_flask_settings(settings))
    app.extensions["settings"] = settings
    app.extensions["keyring_file"] = settings.keyring_file
    if settings.keyring_file.exists():
        app.extensions["keyring"] = keyrings.load(settings.keyring_file)
    _log(settings.log_level)
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app,
            x_for=settings.trusted_proxies,
            x_proto=1,
            x_host=0,  # the proxy passes Host; who sets another header chooses no tenant
        )
    _wire(app, settings)
    return app


def _wire(app: Flask, settings: Settings) -> None:
    from app.accounts import service as accounts
    from app.cli import init_commands
    from app.extensions import csrf, login_manager, migrate
    from app.ui import STATIC_ENDPOINTS, init_ui
    from app.web import guard, shell
    from app.web.errors import init_errors
    from app.web.headers import init_headers
    from app.web.notices import init_notices
    from app.web.uploads import MemoryRequest
    from tenants.database import db

    app.request_class = MemoryRequest
    app.extensions["open_endpoints"] = STATIC_ENDPOINTS
    db.init_app(app)
    migrate.init_app(app, db, directory="migrations")
    csrf.init_app(app)
    login_manager.init_app(app)
    login_manager.request_loader(accounts.load_signed_in)
    init_headers(app, tls=settings.tls)
    app.before_request(guard.open_request)
    app.teardown_request(guard.close_request)
    init_ui(app, shell.language, shell.zone)
    init_errors(app)
    init_notices(app, accounts.take_notices)
    shell.init_shell(app)
    _register_rooms(app)
    init_commands(app)


def _register_rooms(app: Flask) -> None:
    from importlib import import_module

    from app.web.blueprint import GuardedBlueprint
    from app.web.views import web

    app.register_blueprint(web)
    for room in ROOMS:
        module = import_module(f"app.{room}.views")
        blueprint: GuardedBlueprint = module.blueprint
        app.register_blueprint(blueprint)
        start = getattr(module, "init_room", None)
        if start is not None:
            start(app)


def _flask_settings(settings: Settings) -> dict[str, object]:
    return {
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": {
            "pool_pre_ping": True,
            "pool_size": 5,
            "max_overflow": 5,
            "hide_parameters": True,  # an error must never carry a value
        },
        "MAX_CONTENT_LENGTH": MAX_REQUEST_BYTES,
        "MAX_FORM_MEMORY_SIZE": MAX_REQUEST_BYTES,
        # Flask's own session holds the CSRF secret and nothing else.
        "SESSION_COOKIE_NAME": "__Host-csrf" if settings.tls else "csrf",
        "SESSION_COOKIE_SECURE": settings.tls,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Strict",
        "WTF_CSRF_CHECK_DEFAULT": False,  # the guard checks, so that a refusal is recorded
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": False,  # no Referer is sent: the policy is no-referrer
        # Flask-Login would take any cookie of this name for a reason not to ask for the session.
        "REMEMBER_COOKIE_NAME": "__Host-never",
        "PROVIDE_AUTOMATIC_OPTIONS": False,  # a route answers to its one method
        "BABEL_DOMAIN": "messages",
    }


def _log(level: str) -> None:
    """Write one JSON line per event to standard output; values never go in."""
    # Libraries may quote what they work on: only their errors, and none of those that see values.
    logging.basicConfig(level=logging.ERROR, format="%(levelname)s %(name)s %(message)s")
    for library in ("weasyprint", "fontTools", "pyhanko", "pyhanko_certvalidator", "sqlalchemy"):
        logging.getLogger(library).setLevel(logging.CRITICAL)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        cache_logger_on_first_use=True,
    )
