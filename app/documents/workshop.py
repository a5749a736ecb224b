"""The tools that a process keeps for letters: templates, renderer, store.

Templates are read by every process at its start. The renderer (typefaces, style sheets) is made
on first use: by a worker before it takes its first job, never by the web.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask, current_app
from sqlalchemy.orm import configure_mappers

from app.config import Settings
from app.documents import chain, emblem, sign
from app.documents.catalogue import Catalogue, DocumentType, load_catalogue
from app.documents.letter import PRINTABLE, Office
from app.documents.store import Store
from tenants.clock import now
from tenants.errors import Missing

if TYPE_CHECKING:
    from app.documents.render import Renderer

TEMPLATES = Path(__file__).resolve().parents[2] / "doc_templates"


def equip(app: Flask, templates: Path = TEMPLATES) -> None:
    """Give ``app`` the catalogue of document types.

    Raises:
        TemplateError: a document type cannot be used; nothing starts with a broken one.
    """
    app.extensions["letter_catalogue"] = load_catalogue(templates)
    app.extensions["letter_tools"] = {}


def catalogue() -> Catalogue:
    """Return the document types of this installation."""
    found: Catalogue = current_app.extensions["letter_catalogue"]
    return found


def document_type(key: str) -> DocumentType:
    """Return a document type.

    Raises:
        Missing: there is none of this name.
    """
    try:
        return catalogue()[key]
    except KeyError:
        raise Missing("document type") from None


def case_type(key: str) -> DocumentType:
    """Return the type of a letter about a case.

    Raises:
        Missing: there is none of this name, or it is a document of the office.
    """
    found = document_type(key)
    if found.of_office:
        raise Missing("document type")
    return found


def renderer() -> "Renderer":
    """Return this process's renderer."""
    # Late: a web process typesets nothing and would load the engine at each start.
    from app.documents.render import Renderer

    tools = current_app.extensions["letter_tools"]
    if "renderer" not in tools:
        tools["renderer"] = Renderer(catalogue())
    found: Renderer = tools["renderer"]
    return found


def store() -> Store:
    """Return this process's object store; a forked process opens its own.

    Raises:
        StoreUnavailable: it cannot be opened.
    """
    tools = current_app.extensions["letter_tools"]
    if tools.get("store_owner") != os.getpid():
        settings: Settings = current_app.extensions["settings"]
        tools["store"], tools["store_owner"] = Store(settings.object_store_url), os.getpid()
    found: Store = tools["store"]
    return found


def warm_up() -> None:
    """Do everything slow before the first letter: typefaces, style sheets, one page drawn, signed.

    A job's fork inherits what was done here and would else do it for its own letter alone. The
    page is a sample of a document type, drawn for no tenant, signed with a key made for it, and
    thrown away. The store is left alone: its threads would not live on in a fork.
    """
    kind = next(iter(catalogue().types.values()))
    sample = {"template": kind.reference(), **kind.samples["shortest"]}
    for font in PRINTABLE:
        sheet = Office(
            government="-", agency="-", address=("-",), place="-", emblem=emblem.draw(), font=font
        )
        renderer().render(kind, sample, sheet, draft_watermark="-")
        page = renderer().render(kind, sample, sheet)
    catalogue().compile()
    configure_mappers()
    _sign_nothing(page)


def _sign_nothing(page: bytes) -> None:
    """Sign a page for nobody, so that all that signing loads is there."""
    root = chain.make_root("-", now())
    issuer = chain.make_issuer(root, "-", now())
    officer = chain.make_officer(issuer, "-", name="-", title="-", not_before=now())
    identity = sign.HeldIdentity(
        officer.certificate, officer.private_key, [issuer.certificate, root.certificate]
    )
    sign.sign(page, identity, reason="-", location="-", at=now())
