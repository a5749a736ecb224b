"""The trail of one case as files to hand out: JSON Lines, a readable table, checkpoint, signature.

The signature is a signed note of the log's key over the SHA-256 of each file. Each line names the
entry of the log it was reduced from and that entry's fingerprint, so that whoever holds a full
export of the log finds it again there. The form is described in ``docs/audit-log.md``.
"""

import csv
import io
import json
import zipfile
from collections.abc import Sequence
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from flask_babel import force_locale

from app.audit import checkpoint, keys, plain, trail, words
from app.audit.spreadsheet import cell
from app.audit.trail import Step, steps
from app.ui.formats import show_moment
from tenants import audit
from tenants.clock import now
from tenants.context import current
from tenants.errors import Conflict
from tenants.vocabulary import BY_CODE, Outcome, Tag

FORMAT: Final = "teduh-subject-trail/1"
_MADE: Final = (1980, 1, 1, 0, 0, 0)
_HEADINGS: Final = (
    "No. dalam catatan", "Waktu", "Siapa", "Yang dilakukan", "Data yang dibuka", "Untuk apa",
    "Hasil",
)  # fmt: skip
_READ_ME: Final = """\
JEJAK PEMROSESAN DATA PRIBADI
Kode kasus: {code}

Berkas ini dibuat atas permintaan pemilik data (UU Nomor 27 Tahun 2022 tentang Pelindungan Data
Pribadi). Isinya: siapa yang membuka atau mengubah data dalam kasus ini, kapan, data yang mana, dan
untuk apa. Petugas disebut dengan peran dan inisial; data orang lain tidak dimuat.

{csv}    dapat dibuka dengan aplikasi lembar kerja
{jsonl}    isi yang sama untuk komputer
{note}    titik periksa catatan yang ditandatangani
{signature}    tanda tangan atas ketiga berkas di atas

Cara memeriksa: minta program pemeriksa dari instansi, lalu jalankan
python verifier.py --trail BERKAS.zip --key "{key}"
Atau hitung sendiri SHA-256 setiap berkas dan bandingkan dengan yang tertulis dalam
{signature}. Tanda tangan Ed25519 ada di baris terakhirnya.
Mintalah kunci itu dari instansi dengan cara lain dan bandingkan.

Simpan di tempat yang aman. Siapa pun yang menemukan berkas ini tahu bahwa ada kasus.
"""


def trail_archive(case_id: UUID, code: str) -> bytes:
    """Return the trail of one case as a ZIP file; recorded.

    Raises:
        Conflict: ``log-empty``: nothing is signed yet; ``log-too-long``: half a trail is none.
        Unreadable: the log's key does not open.
    """
    newest = audit.newest_checkpoint()
    if newest is None:
        raise Conflict("log-empty")
    found, slug = steps(case_id), current().slug
    if len(found) > trail.MOST:
        raise Conflict("log-too-long")
    stem = f"{slug}-{code}-jejak"
    files = {
        f"{stem}.jsonl": _lines(found, code, newest.size).encode(),
        f"{stem}.csv": _table(found).encode(),
        f"{slug}-{newest.size}.checkpoint.txt": newest.note.encode(),
    }
    names = list(files)
    signature = f"{stem}.tanda-tangan.txt"
    hashes = [f"{sha256(content).hexdigest()}  {name}" for name, content in files.items()]
    statement = checkpoint.sign_statement(FORMAT, hashes, keys.origin(slug), keys.signing_key())
    read_me = _READ_ME.format(
        code=code, jsonl=names[0], csv=names[1], note=names[2], signature=signature, key=keys.vkey()
    )
    files |= {signature: statement.encode(), "BACA-DULU.txt": read_me.encode()}
    audit.record(
        Tag.AUDIT_TRAIL_EXPORTED,
        subject=("case", case_id),
        case_id=case_id,
        details={"count": len(found), "size": newest.size},
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, _MADE), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _lines(found: Sequence[Step], code: str, size: int) -> str:
    slug = current().slug
    header: dict[str, Any] = {
        "format": FORMAT,
        "tenant": slug,
        "origin": keys.origin(slug),
        "case": code,
        "made": audit.stamp(now()),
        "entries": len(found),
        "size": size,
    }
    rows = [
        {
            "index": one.index,
            "leaf": one.leaf,
            "at": audit.stamp(one.at),
            "initials": one.initials or None,
            "roles": list(one.roles),
            "organisation": one.organisation,
            "channel": one.channel or None,
            "act": one.tag,
            "fields": list(one.fields),
            "purpose": one.purpose,
            "outcome": one.outcome,
        }
        for one in found
    ]
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in (header, *rows))


def _table(found: Sequence[Step]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(_HEADINGS)
    with force_locale("id"):
        for one in found:
            writer.writerow([cell(value) for value in _readable(one)])
    return "\ufeff" + text.getvalue()


def _readable(one: Step) -> tuple[str, ...]:
    moment = show_moment(one.at)
    place = "" if one.index is None else str(one.index)
    outcome = str(words.OUTCOMES[Outcome(one.outcome)][1]) if one.outcome else ""
    return (
        place,
        moment,
        plain.who(one.initials, one.roles, one.organisation)
        if one.initials
        else words.nobody(one.channel),
        words.sentence(one.tag) if one.tag in BY_CODE else "",
        ", ".join(dict.fromkeys(plain.field(name) for name in one.fields)),
        ", ".join(plain.why(one.purpose, one.roles)),
        outcome,
    )
