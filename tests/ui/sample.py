"""A small application that shows every macro with invented content, under the strict policy.

It is the style guide of the shared look as well: `python -m tests.ui.sample` serves it on
http://localhost:5055.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import Flask, Response, abort, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect
from wtforms import (
    BooleanField,
    DateField,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    widgets,
)
from wtforms.validators import DataRequired, Length, Optional

from app.ui import init_ui
from app.ui.errors import STATUSES, render_error
from app.ui.fields import FieldView
from app.ui.forms import Form

# No data: and no other host: whatever the shared look needs comes from its own two endpoints.
POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; "
    "img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
SECRET_ADDRESS = "Jalan Contoh Nomor 1, Desa Contoh"


@dataclass(frozen=True)
class Event:
    at: datetime
    title: str
    actor: str = ""
    text: str = ""
    kind: str = "neutral"


class ReportForm(Form):
    name = StringField("Nama pelapor", [DataRequired(), Length(max=60)])
    phone = StringField(
        "Nomor telepon yang aman", [Optional()], description="Hanya bila aman untuk dihubungi."
    )
    received = DateField("Tanggal laporan diterima", [DataRequired()])
    channel = SelectField(
        "Cara laporan masuk",
        choices=[SelectChoice("", "Pilih satu"), SelectChoice("walk", "Datang langsung")],
    )
    story = TextAreaField("Uraian singkat", [DataRequired(), Length(min=10)])
    risk = RadioField(
        "Tingkat risiko", choices=[SelectChoice("high", "Tinggi"), SelectChoice("low", "Rendah")]
    )
    needs = SelectMultipleField(
        "Kebutuhan",
        choices=[
            SelectChoice("medical", "Layanan kesehatan"),
            SelectChoice("legal", "Bantuan hukum"),
        ],
        widget=widgets.ListWidget(prefix_label=False),
        option_widget=widgets.CheckboxInput(),
    )
    password = PasswordField("Kata sandi", [DataRequired()])
    told = BooleanField("Hak-hak korban sudah dijelaskan")


class ConfirmForm(Form):
    reason = StringField("Alasan pencabutan", [DataRequired()])


def create_sample(reveal_seconds: int = 60, usual_seconds: int = 8) -> Flask:  # noqa: C901
    """The sample application; a new one for each test."""
    app = Flask(__name__, template_folder=str(Path(__file__).parent / "pages"))
    app.config.update(SECRET_KEY=secrets.token_hex(16), QUICK_EXIT_URL="/neutral")
    progress = {"asked": 0}
    app.extensions["sample_progress"] = progress

    @app.before_request
    def _nonce() -> None:  # before the token is checked, since a refusal is a page as well
        g.csp_nonce = secrets.token_urlsafe(16)

    CSRFProtect(app)
    init_ui(app)

    @app.after_request
    def _headers(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY.format(nonce=g.csp_nonce)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    @app.context_processor
    def _shell() -> dict[str, object]:
        return {
            "office_name": "Dinas Keluarga Berencana dan Pemberdayaan Perempuan Kabupaten Contoh",
            "person_name": "Bunga Contoh",
            "person_role": "Tim Pendampingan",
            "account_url": "/",
            "sign_out_url": "/neutral",
            "menu": [
                ("case", "Kasus", request.endpoint == "case", 0),
                ("cases", "Daftar kasus", request.endpoint == "cases", 4),
                ("form", "Terima laporan", request.endpoint == "form", 0),
                ("progress_page", "Surat", request.endpoint == "progress_page", 1),
                ("audit", "Catatan akses", request.endpoint == "audit", 0),
            ],
        }

    now = datetime(2026, 11, 24, 6, 5, tzinfo=UTC)

    @app.route("/", methods=["GET", "POST"])
    def case() -> str:
        shown = request.method == "POST"
        fields = [
            FieldView("name", "Nama korban", True, "Melati Contoh"),
            FieldView(
                "address",
                "Alamat",
                shown,
                SECRET_ADDRESS if shown else None,
                why="Alamat hanya dibuka bila diperlukan untuk pekerjaan Anda.",
                on_demand=True,
                revealed=shown,
            ),
            FieldView(
                "diagnosis",
                "Catatan klinis",
                False,
                why="Hanya tenaga layanan kesehatan kasus ini yang dapat melihatnya.",
            ),
            FieldView("school", "Sekolah", True),
        ]
        events = [
            Event(now, "Rujukan diterima RSUD Contoh", "Petugas Contoh", kind="good"),
            Event(
                now - timedelta(hours=20),
                "Persetujuan dicatat untuk RSUD Contoh",
                "Bunga Contoh",
                "Identitas dan kebutuhan medis, berlaku sampai 24 Februari 2027.",
                kind="active",
            ),
            Event(now - timedelta(days=1), "Laporan diterima", "Tim Administrasi"),
        ]
        return render_template(
            "case.html", fields=fields, events=events, seconds=reveal_seconds, now=now
        )

    @app.get("/cases")
    def cases() -> str:
        return render_template("cases.html", now=now, form=ReportForm(request.args))

    @app.route("/form", methods=["GET", "POST"])
    def form() -> str:
        entry = ReportForm()
        entry.validate_on_submit()
        return render_template("form.html", form=entry)

    @app.route("/confirm", methods=["GET", "POST"])
    def confirm() -> str:
        return render_template("confirm.html", form=ConfirmForm())

    @app.get("/progress")
    def progress_page() -> str:
        return render_template("progress.html", usual=usual_seconds)

    @app.get("/progress.json")
    def progress_news() -> ResponseReturnValue:
        progress["asked"] += 1
        done = progress["asked"] >= 3
        return {
            "state": "issued" if done else "signing",
            "label": "Surat sudah terbit" if done else "Surat sedang ditandatangani",
            "sentence": "Surat siap diunduh." if done else "Tanda tangan sedang dibubuhkan.",
            "done": done,
            "next_url": "/verify" if done else None,
            "usual_seconds": usual_seconds,
        }

    @app.get("/audit")
    def audit() -> str:
        return render_template("audit.html", now=now)

    @app.get("/verify")
    def verify() -> str:
        return render_template("verify.html", now=now)

    @app.get("/sign-in")
    def sign_in() -> str:
        return render_template("sign_in.html", form=ReportForm())

    @app.get("/error/<int:status>")
    def error(status: int) -> ResponseReturnValue:
        abort(status)

    @app.route("/neutral", methods=["GET", "POST"])
    def neutral() -> str:
        return "<!doctype html><title>Cuaca</title><link rel=icon href=/ui/mark.svg><p>Cuaca"

    @app.post("/language")
    def language() -> ResponseReturnValue:
        response = redirect(request.form["next"])
        response.set_cookie("lang", request.form["language"])
        return response

    for status in STATUSES:
        app.register_error_handler(
            status,
            lambda _error, status=status: (
                render_error(status, "c0ffee00c0ffee00", signed_in=status < 500),
                status,
            ),
        )
    return app


if __name__ == "__main__":
    create_sample().run(port=5055)
