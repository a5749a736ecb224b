"""A blueprint on which no route can be declared without saying who may use it."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Blueprint

from app.web.access import Access
from app.web.guard import run
from tenants.vocabulary import Tag


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a route declared; the guard refuses any endpoint without one."""

    access: Access
    records: Tag
    method: str
    instead: tuple[Tag, ...] = ()


DECLARATIONS: dict[str, Declaration] = {}
"""Every declared endpoint; a test walks the URL map against it."""

View = Callable[..., Any]


class GuardedBlueprint(Blueprint):
    """Declares routes as ``@b.route(rule, access=..., records=Tag...)``."""

    def route(  # type: ignore[override]
        self,
        rule: str,
        *,
        access: Access,
        records: Tag,
        instead: tuple[Tag, ...] = (),
        methods: tuple[str, ...] = ("GET",),
    ) -> Callable[[View], View]:
        """Declare a route.

        Args:
            access: who may use it.
            records: the tag of the event that every use leaves: written by the service with
                its details, or else by the guard.
            instead: events of which one may stand for it when the act turns out another.
            methods: ``("GET",)`` or ``("POST",)``; a view that does both is two views.
        """
        if len(methods) != 1:
            raise ValueError(f"{rule}: a route has one method; declare another for the other")

        def declare(view: View) -> View:
            endpoint = f"{self.name}.{view.__name__}"
            if endpoint in DECLARATIONS and DECLARATIONS[endpoint].access != access:
                raise ValueError(f"{endpoint} is declared twice")
            DECLARATIONS[endpoint] = Declaration(access, records, methods[0], instead)
            consumed = _parameters(access)

            @wraps(view)
            def guarded(**path: Any) -> Any:
                return run(view, access, (records, *instead), consumed, path)

            self.add_url_rule(rule, view.__name__, guarded, methods=list(methods))
            return view

        return declare


def _parameters(access: Access) -> tuple[str, ...]:
    of = getattr(access, "of", None)
    return tuple(inspect.signature(of).parameters) if of else ()
