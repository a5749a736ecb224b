"""What the columns of a spreadsheet may hold, and the words that usually stand in them."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

COLUMNS: dict[str, Any] = {
    "received": _l("Day of the report"),
    "channel": _l("How the report came in"),
    "risk": _l("Danger"),
    "full_name": _l("Full name"),
    "nik": _l("NIK"),
    "birth_date": _l("Date of birth"),
    "age": _lp("import", "Age in years, or age group"),
    "phone": _l("Her own telephone number"),
    "safe_contact": _l("How to reach her safely"),
    "address": _l("Address"),
    "district": _l("Sub-district (kecamatan)"),
    "disability": _l("Disability"),
    "violence": _l("Kinds of violence"),
    "place": _l("In what kind of place"),
    "domestic": _lp("import", "Domestic violence (KDRT): yes or no"),
    "occurred_on": _lp("import", "Day of the incident"),
    "narrative": _l("What happened"),
    "perpetrator": _lp("import", "Name of the person who is reported"),
    "relation": _l("Relation to the survivor"),
    "service": _lp("import", "Service that is needed"),
}
"""What a column may hold, in the order of the form."""
NEEDED = ("received", "age", "violence", "place")

HEADINGS: dict[str, str] = {
    "tanggal": "received",
    "tanggal laporan": "received",
    "tgl lapor": "received",
    "nama": "full_name",
    "nama korban": "full_name",
    "nama lengkap": "full_name",
    "tanggal lahir": "birth_date",
    "tgl lahir": "birth_date",
    "umur": "age",
    "usia": "age",
    "alamat": "address",
    "kecamatan": "district",
    "telepon": "phone",
    "no hp": "phone",
    "jenis kekerasan": "violence",
    "bentuk kekerasan": "violence",
    "tempat kejadian": "place",
    "kdrt": "domestic",
    "kronologi": "narrative",
    "pelaku": "perpetrator",
    "nama pelaku": "perpetrator",
    "hubungan": "relation",
    "hubungan dengan korban": "relation",
    "layanan": "service",
    "disabilitas": "disability",
    "sumber": "channel",
    "sumber aduan": "channel",
}
"""Usual headings of such lists, beside the words of the form itself."""


USUAL: dict[str, str] = {
    "rumah": "household",
    "suami": "spouse",
    "istri": "spouse",
    "ayah": "parent",
    "ibu": "parent",
    "pacar": "friend",
    "wa": "message",
    "whatsapp": "message",
    "telpon": "telephone",
    "telepon": "telephone",
    "datang langsung": "direct",
    "langsung": "direct",
    "penjangkauan": "outreach",
    "rujukan": "referral",
    "tinggi": "high",
    "sedang": "medium",
    "rendah": "low",
}
"""Usual words of such lists for codes."""
