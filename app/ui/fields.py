"""What a page is told about one confidential field. A hidden value is never in here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldView:
    """One field of a case as one reader may see it.

    `label` is the translated name on the page; `value` the text when `disclosed`, None when the
    field is empty or hidden; `why` the translated sentence telling why it is hidden; `on_demand`
    says that the reader may open it by naming a purpose; `revealed` that it was opened just now
    and is to be hidden again soon.
    """

    name: str
    label: str
    disclosed: bool
    value: str | None = None
    why: str = ""
    on_demand: bool = False
    revealed: bool = False

    def __post_init__(self) -> None:
        if not self.disclosed and self.value is not None:
            raise ValueError(f"field {self.name} is hidden and must not carry its value")
