"""The import-linter contract of the house: capabilities meet through `service`."""

from __future__ import annotations

import re

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output

INNER = re.compile(r"^app\.(?P<capability>\w+)\.(?P<room>views|forms|models)(\.|$)")


WIRING = {"app", "app.tables"}


class ClosedRooms(Contract):
    """`views`, `forms` and `models` of a capability are imported by that capability alone.

    `app` itself (create_app, where the parts are wired) and `app.tables` (which makes every table
    known to migrations) may import them, and nothing else may.
    Within a capability, `views` goes through `service` and does not import `models`. A capability
    that does not exist yet breaks nothing; one that is added is covered at once.
    """

    type_name = "closed_rooms"

    capabilities = fields.SetField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Look at every direct import of an inner room."""
        capabilities: set[str] = self.capabilities  # type: ignore[assignment]
        broken: list[str] = []
        for imported in sorted(graph.modules):
            room = INNER.match(imported)
            if room is None or room["capability"] not in capabilities:
                continue
            for importer in sorted(graph.find_modules_that_directly_import(imported)):
                if not allowed(importer, room["capability"], room["room"]):
                    details = graph.get_import_details(importer=importer, imported=imported)
                    line = details[0]["line_number"] if details else "?"
                    broken.append(f"{importer} imports {imported} (line {line})")
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """One line for each import that goes past a service."""
        for line in check.metadata["broken"]:
            output.print_error(line)


def allowed(importer: str, capability: str, room: str) -> bool:
    """Whether `importer` may import the given room of the capability."""
    own = f"app.{capability}"
    if importer in WIRING:
        return True
    if importer != own and not importer.startswith(f"{own}."):
        return False
    inside = importer.removeprefix(f"{own}.").split(".")[0]
    return not (inside == "views" and room == "models")
