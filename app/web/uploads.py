"""Files that people send: never on a disk, and large ones only where a page asks for them."""

from io import BytesIO
from typing import IO, Any

from flask import Request, request
from werkzeug.formparser import FormDataParser

FRAME_BYTES = 20_000
"""What a form adds around a file."""


class _InMemory(FormDataParser):
    """Keeps uploaded files out of every file system."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stream_factory = _memory


class MemoryRequest(Request):
    """A request whose files beyond half a megabyte lie in no temporary file, on no route."""

    form_data_parser_class = _InMemory


def let_in(octets: int) -> None:
    """Let this request carry a file of so many octets; called before its form is read."""
    request.max_content_length = octets + FRAME_BYTES


def _memory(
    total_content_length: int | None,
    content_type: str | None,
    filename: str | None,
    content_length: int | None = None,
) -> IO[bytes]:
    return BytesIO()
