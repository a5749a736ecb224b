"""The agenda book and the registers of numbers, as pages and as a spreadsheet."""

import re
from math import ceil
from typing import Any

from flask import make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import NotFound

from app.documents import service
from app.documents.forms import AgendaForm
from app.documents.states import STATE_KINDS, STATE_NAMES, WITHDRAW_REASONS, LetterState
from app.documents.views.shared import blueprint, title_of
from app.ui import spreadsheet
from app.ui.formats import show_day
from app.web import Needs
from tenants import audit
from tenants.context import acting_person
from tenants.policy import Permission, permits
from tenants.vocabulary import Tag

_READ = Needs(Permission.AGENDA_READ)


@blueprint.route("/agenda", access=_READ, records=Tag.AGENDA_VIEWED)
def agenda() -> Any:
    """Every number given in a year, and what became of it."""
    year = _year()
    total = service.agenda_count(year)
    pages = max(1, ceil(total / service.AGENDA_PAGE))
    page = min(max(request.args.get("page", 1, type=int), 1), pages)
    lines = service.agenda_lines(year, page=page)
    audit.record(Tag.AGENDA_VIEWED, details={"year": year, "count": len(lines)})
    return render_template(
        "documents/agenda.html",
        year=year,
        years=service.agenda_years(),
        rows=[_row(line) for line in lines],
        page=page,
        pages=pages,
        total=total,
        form=AgendaForm(year=str(year), format="xlsx", back=url_for("documents.agenda", year=year)),
    )


@blueprint.route(
    "/agenda/export",
    access=Needs(Permission.AGENDA_READ, fresh=True),
    records=Tag.AGENDA_EXPORTED,
    methods=("POST",),
)
def export_agenda() -> Any:
    """Hand over the book of a year as a spreadsheet; that it left is on record."""
    form = AgendaForm()
    year = int(form.year.data) if (form.year.data or "").isdecimal() else 0
    if not form.validate() or year not in service.agenda_years():
        raise NotFound
    lines = service.agenda_lines(year, size=service.AGENDA_MOST)
    heading = [str(one) for one in _heading()]
    rows = [_plain(number, line) for number, line in enumerate(lines, start=1)]
    kind = form.format.data
    if kind == "csv":
        content, media = spreadsheet.csv_table(heading, rows), spreadsheet.CSV
    else:
        name = str(_("Agenda book %(year)s", year=year))
        content, media = spreadsheet.xlsx_table(name, heading, rows), spreadsheet.XLSX
    audit.record(
        Tag.AGENDA_EXPORTED,
        fields=(),
        details={"year": year, "format": kind, "count": len(rows)},
    )
    response = make_response(content)
    response.headers["Content-Type"] = media
    response.headers["Content-Disposition"] = f'attachment; filename="buku-agenda-{year}.{kind}"'
    return response


@blueprint.route("/registers", access=Needs(Permission.REGISTER_READ), records=Tag.REGISTERS_VIEWED)
def registers() -> Any:
    """Which numbers are given by which pattern, and where each register stands."""
    year = _year()
    audit.record(Tag.REGISTERS_VIEWED, details={"year": year})
    rows = [
        {
            "one": one,
            "titles": [title_of(key) for key in one.kinds],
            "pattern": _in_words(one.pattern),
        }
        for one in service.registers(year)
    ]
    may_read = permits(acting_person(), Permission.AGENDA_READ)
    return render_template(
        "documents/registers.html",
        year=year,
        years=service.agenda_years(),
        rows=rows,
        may_read=may_read,
    )


_PLACE = re.compile(r"{([a-z_]+)[^}]*}")
_PLACES: dict[str, Any] = {
    "classification": _l("classification"),
    "number": _l("running number"),
    "unit": _l("unit"),
    "month_roman": _l("month"),
    "year": _l("year"),
}


def _year() -> int:
    known = service.agenda_years()
    wanted = request.args.get("year", known[0], type=int)
    return wanted if wanted in known else known[0]


def _row(line: Any) -> dict[str, Any]:
    return {
        "line": line,
        "title": title_of(line.kind),
        "state": (STATE_KINDS[line.state], STATE_NAMES[line.state]),
        "remark": _remark(line),
    }


def _in_words(pattern: str) -> str:
    """Return a pattern of numbers as people say it: what stands in which place."""
    return _PLACE.sub(lambda found: str(_PLACES.get(found[1], found[1])), pattern)


def _remark(line: Any) -> str:
    said = []
    if line.replaces:
        said.append(_("Replaces %(number)s", number=line.replaces))
    if line.reason:
        said.append(str(WITHDRAW_REASONS[line.reason]))
    return "; ".join(said)


def _heading() -> tuple[Any, ...]:
    return (
        _("No."),
        _("Number"),
        _("Date"),
        _("Letter"),
        _("Goes to"),
        _("Signed by"),
        _("State"),
        _("Issued on"),
        _("Remark"),
    )


def _plain(number: int, line: Any) -> list[str]:
    return [
        str(number),
        line.number,
        line.dated.isoformat(),
        title_of(line.kind),
        line.organisation or str(_("By hand or to the file")),
        line.signatory,
        str(STATE_NAMES[LetterState(line.state)]),
        show_day(line.issued_at, "short") if line.issued_at else "",
        _remark(line),
    ]
