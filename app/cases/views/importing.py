"""The page on which rows of a spreadsheet become cases: pasted, checked, taken all or none."""

from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField
from wtforms.validators import InputRequired

from app.cases import import_words, importing
from app.cases.views.shared import act, blueprint
from app.cases.words import sentence
from app.ui.forms import Form
from app.web import Needs, say
from app.web.guard import fail
from tenants.policy import Permission
from tenants.vocabulary import Tag

_CREATE = Needs(Permission.CASE_CREATE)
SHOWN = 50  # faults on the page; the others come once these are mended


class PasteForm(Form):
    """Rows as they were copied."""

    text = TextAreaField(
        _l("Rows of your spreadsheet"),
        [InputRequired()],
        description=_l("Mark the rows with their headings, copy them and paste them here."),
        render_kw={"rows": 10, "autocomplete": "off", "spellcheck": "false", "wrap": "off"},
    )


@blueprint.route("/cases/import", access=_CREATE, records=Tag.CASE_FORM_VIEWED)
def import_form() -> Any:
    """Ask for the rows."""
    return _page(PasteForm())


@blueprint.route(
    "/cases/import",
    access=_CREATE,
    records=Tag.CASES_IMPORTED,
    instead=(Tag.CASES_CHECKED,),
    methods=("POST",),
)
def import_cases() -> Any:
    """Check the rows; take them where it was said so and nothing is wrong."""
    form = PasteForm()
    made: dict[str, Any] = {}

    def work() -> None:
        sheet = made["sheet"] = importing.read_rows(form.text.data)
        sent = request.form.getlist("column")
        whole = len(sent) == len(sheet.headings)
        made["mapping"] = sent if whole else importing.guess(sheet.headings)
        checked = made["checked"] = importing.check_rows(sheet, made["mapping"])
        if request.form.get("step") == "import" and whole:
            made["count"] = importing.import_rows(checked)
        else:
            importing.note_check(checked)

    status = act(form, work)
    if not status and "count" in made:
        say("cases-imported")
        return redirect(url_for("cases.index"), 303)
    if "checked" in made and made["checked"].faults and not status:
        fail("faulty")
        status = 422
    return _page(form, **made), status or 200


def _page(
    form: PasteForm,
    sheet: importing.Sheet | None = None,
    mapping: list[str] | None = None,
    checked: importing.Checked | None = None,
) -> str:
    faults = checked.faults if checked else ()
    return render_template(
        "cases/import.html",
        form=form,
        sheet=sheet,
        mapping=mapping or [],
        checked=checked,
        faults=[
            (one.row, import_words.COLUMNS.get(one.column, one.column), sentence(one.error))
            for one in faults[:SHOWN]
        ],
        more=max(0, len(faults) - SHOWN),
        columns=import_words.COLUMNS,
        needed=import_words.NEEDED,
        most=importing.MOST,
    )
