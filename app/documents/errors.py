"""What can go wrong between a template and an issued letter.

No error carries a value of a letter: only codes and field names (they may be logged).
"""

from __future__ import annotations


class TemplateError(Exception):
    """A document type cannot be used: names the file and, where there is one, the field."""

    def __init__(self, file: str, problem: str, field: str | None = None) -> None:
        self.file = file
        self.problem = problem
        self.field = field
        where = f"{file}: {field}" if field else file
        super().__init__(f"{where}: {problem}")


class RenderError(Exception):
    """A letter cannot be rendered.

    ``code`` is one of ``template_changed``, ``missing_value``, ``unlisted_value``,
    ``wrong_type``, ``too_long``, ``control_character``, ``unprintable_character``,
    ``missing_emblem``, ``bad_emblem``, ``bad_office``, ``bad_letter``, ``not_final``,
    ``resource_refused``, ``too_many_pages``, ``fonts_missing``, ``engine``.
    """

    def __init__(self, code: str, field: str | None = None) -> None:
        self.code = code
        self.field = field
        super().__init__(f"{code} ({field})" if field else code)


class SigningError(Exception):
    """A letter cannot be signed.

    ``code`` is ``not_valid_then``, ``broken_identity``, ``timestamp-unavailable``,
    ``timestamp-refused`` or ``engine``.
    """

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)
