"""The words of an auditor's report: always in Bahasa Indonesia, staff by their roles."""

from collections.abc import Iterable
from hashlib import sha256

from flask_babel import force_locale

from app.audit import keys, verification, words, work
from app.audit.codes import Conclusion
from app.audit.survey import Survey
from app.ui.formats import show_day, show_number
from tenants import audit
from tenants.errors import Conflict

KEY = "laporan_audit"
_MOST = 120  # lines of findings; a period with more is too long to be one report


def said(survey: Survey, conclusion: Conclusion, remarks: str | None) -> dict[str, str | None]:
    """Return every field of the report but the check of the log, by its dotted name."""
    with force_locale("id"):
        return {
            "report.since": survey.since.isoformat(),
            "report.until": survey.until.isoformat(),
            "report.totals": _table(totals(survey)),
            "report.hours": _table((b.label, str(b.count)) for b in survey.counts.drawn().hours),
            "report.roles": _table((b.label, str(b.count)) for b in survey.counts.drawn().roles),
            "report.unusual": _table(
                (name, str(found), str(reviewed)) for name, found, reviewed in unusual(survey)
            ),
            "report.findings": _findings(survey),
            "report.open_findings": show_number(survey.open_findings),
            "report.key": keys.vkey(),
            "report.conclusion": str(words.CONCLUSIONS[conclusion]),
            "report.remarks": remarks,
        }


def check() -> str:
    """Recompute the log and say in the report's words how that ended; recorded."""
    try:
        result = verification.verify(verification.MAX_ON_A_PAGE)
    except Conflict:
        return (
            "Catatan terlalu panjang untuk dihitung ulang seketika oleh server; periksalah dengan "
            "program pemeriksa di bawah ini."
        )
    if result.verified:
        return (
            "Sebelum laporan ini ditandatangani, server menghitung ulang seluruh catatan "
            f"({show_number(result.size)} peristiwa) dan semuanya cocok."
        )
    return (
        "PERHATIAN: sebelum laporan ini ditandatangani, server menghitung ulang seluruh catatan "
        "dan menemukan bagian yang TIDAK cocok. Periksalah dengan program pemeriksa di bawah ini."
    )


def fingerprint(survey: Survey) -> str:
    """Return the fingerprint of what a page showed of a period, so that this alone is signed."""
    shown = said(survey, Conclusion.IN_ORDER, None)
    return sha256(audit.canonical(shown).encode()).hexdigest()


def totals(survey: Survey) -> list[tuple[str, str]]:
    """Return the main figures with their labels, in the reader's language."""
    return [(str(label), show_number(getattr(survey, name))) for name, label in words.TOTALS]


def unusual(survey: Survey) -> list[tuple[str, int, int]]:
    """Return each rule by its name, what it found, and how much of it was reviewed."""
    return [
        (str(words.RULE_NAMES.get(code, code)), *numbers)
        for code, numbers in survey.unusual.items()
    ]


def _findings(survey: Survey) -> str | None:
    rows = []
    for one in survey.findings[:_MOST]:
        state = (
            f"Ditutup: {words.RESULTS[work.Result(one.result)]}"
            if one.closed_at is not None and one.result
            else "Masih terbuka"
        )
        role = words.role_names(survey.roles_of.get(str(one.person_id), [])) or "–"
        severity = str(words.SEVERITIES[work.Severity(one.severity)][1])
        rows.append((work.reason_of(one), role, show_day(one.day, "short"), severity, state))
    hidden = len(survey.findings) - len(rows)
    if hidden > 0:
        rows.append((f"dan {show_number(hidden)} temuan lagi, lihat catatan temuan", *("–",) * 4))
    return _table(rows) or None


def _table(rows: Iterable[tuple[str, ...]]) -> str:
    return "\n".join(" | ".join(row) for row in rows)
