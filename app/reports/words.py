"""The names of the reports of the office."""

from typing import Any

from flask_babel import lazy_gettext as _l

TITLES: dict[str, Any] = {
    "laporan_agregat": _l("Report of figures"),
    "laporan_kewajiban": _l("Report on the duties of the network"),
    "surat_kewajiban": _l("Letter about duties that were not performed"),
}
