"""Error pages: always a sentence in the reader's language, never anything technical."""

from flask import Flask, Response, g, make_response, request
from werkzeug.exceptions import HTTPException

from app.ui.errors import render_error

_SHOWN = {401: 403, 405: 404, 422: 400, 414: 400, 431: 400}


def page(status: int, *, reason: str | None = None, signed_in: bool = False) -> Response:
    """Return the error page for a status.

    A missing page carries no reference: a foreign object and one that does not exist must
    answer with the same bytes (invariant 4).
    """
    reference = str(g.get("request_id", "")) if status >= 500 else ""
    shown = _SHOWN.get(status, status)
    if request.accept_mimetypes.best == "application/json":
        response = make_response({"error": reason or str(status)}, status)
    else:
        response = make_response(render_error(shown, reference, signed_in, reason), status)
    return response


def init_errors(app: Flask) -> None:
    """Answer everything that never reached a view."""

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Response:
        return page(error.code or 500)

    @app.errorhandler(Exception)
    def _unexpected(error: Exception) -> Response:
        from app.web.guard import log, trace

        log.error("request-failed", request=str(g.get("request_id", "")), error=trace(error))
        return page(500)
