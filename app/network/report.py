"""The signed report on duties, and the letter about those that were not performed.

Both are written in Bahasa Indonesia and name organisations, never a case or a person.
"""

from datetime import date
from enum import StrEnum
from uuid import UUID

from flask_babel import force_locale

from app.network.codes import VERDICT_NAMES, Verdict
from app.network.scorecard import Line, Part, computed
from app.reports import service as reports
from app.ui.formats import show_number
from tenants import registry
from tenants.errors import Conflict, Invalid

KEY, LETTER = "laporan_kewajiban", "surat_kewajiban"


class Receiver(StrEnum):
    """To whom the agency writes of duties that were not performed."""

    CHAIR = "chair"
    REGENT = "regent"


def sign(since: date, until: date) -> UUID:
    """Sign the report on all duties of a period and return the report's id.

    Raises:
        Invalid: as :func:`scorecard.computed`.
        Conflict: ``no-duties`` in the period; as :func:`reports.sign`.
    """
    card = computed(since, until)
    if not card.parts:
        raise Conflict("no-duties")
    totals = card.totals
    with force_locale("id"):
        given = {
            "report.since": since.isoformat(),
            "report.until": until.isoformat(),
            "report.network": registry.profile().identity.network,
            "report.decree": "; ".join(
                dict.fromkeys(line.duty.decree for part in card.parts for line in part.lines)
            ),
            "report.totals": reports.table(
                (label, show_number(count))
                for label, count in (
                    ("Kewajiban yang disepakati", totals.agreed),
                    ("Terlaksana", totals.performed),
                    ("Tidak terlaksana", totals.missed),
                    ("Tidak ada yang diminta", totals.not_asked),
                    ("Diambil alih tanpa disepakati", totals.stood_in),
                )
            ),
            "report.organisations": reports.table(_organisation(part) for part in card.parts),
            "report.duties": reports.table(
                (part.holder.name, *_duty(line)) for part in card.parts for line in part.lines
            ),
        }
    return reports.sign(KEY, since, until, given)


def escalate(key: str, receiver: Receiver, since: date, until: date) -> UUID:
    """Sign a letter about one organisation's missed duties and return the report's id.

    Args:
        key: the organisation, as the register names it.

    Raises:
        Invalid: as :func:`scorecard.computed`; ``organisation`` with ``unknown``.
        Conflict: ``nothing-missed`` in the period; ``no-receiver``: the profile names nobody;
            as :func:`reports.sign`.
    """
    oversight = registry.profile().oversight
    if oversight is None:
        raise Conflict("no-receiver")
    card = computed(since, until)
    part = next((one for one in card.parts if one.holder.key == key), None)
    if part is None or part.holder.id is None:
        raise Invalid("organisation", "unknown")
    missed = [line for line in part.lines if line.verdict is Verdict.MISSED]
    if not missed:
        raise Conflict("nothing-missed")
    with force_locale("id"):
        given = {
            "report.since": since.isoformat(),
            "report.until": until.isoformat(),
            "report.receiver": oversight.chair if receiver is Receiver.CHAIR else oversight.regent,
            "report.place": oversight.place,
            "report.organisation": part.holder.name,
            "report.decree": "; ".join(dict.fromkeys(line.duty.decree for line in missed)),
            "report.agreed": show_number(part.totals.agreed),
            "report.duties": reports.table(_duty(line) for line in missed),
        }
    return reports.sign(LETTER, since, until, given)


def _organisation(part: Part) -> tuple[object, ...]:
    totals = part.totals
    per_cent = round(100 * totals.performed / totals.agreed) if totals.agreed else 0
    return (
        part.holder.name,
        show_number(totals.agreed),
        show_number(totals.performed),
        show_number(totals.missed),
        show_number(totals.stood_in),
        per_cent,
    )


def _duty(line: Line) -> tuple[object, ...]:
    judged = line.judgement
    done = show_number(judged.kept)
    if judged.needed is not None:
        done = f"{done} dari {show_number(judged.needed)}"
    return line.duty.title, VERDICT_NAMES[line.verdict], done, show_number(judged.failed)
