"""Headers of every response: nothing cached, nothing framed, nothing loaded from elsewhere."""

import secrets

from flask import Flask, Response, current_app, g, request

_FIXED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "X-Robots-Tag": "noindex, nofollow",
}


def init_headers(app: Flask, *, tls: bool) -> None:
    """Give ``app`` a nonce per request and the headers of every response."""

    @app.before_request
    def _nonce() -> None:
        g.csp_nonce = secrets.token_urlsafe(16)

    @app.after_request
    def _headers(response: Response) -> Response:
        for name, value in _FIXED.items():
            response.headers[name] = value
        # A file that is handed out brings a stricter one.
        response.headers.setdefault("Content-Security-Policy", _policy(str(g.get("csp_nonce", ""))))
        if tls:
            response.headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
        if request.endpoint not in current_app.extensions["open_endpoints"]:
            response.headers["Cache-Control"] = "no-store"
        return response


def _policy(nonce: str) -> str:
    return (
        "default-src 'none'; "
        f"script-src 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )
