"""Invented reports for a year of an office. Every name ends in "Contoh"; nobody is meant."""

from datetime import date, timedelta
from random import Random
from uuid import UUID

from app.cases import service as cases

_WOMEN = (
    *("Bunga", "Melati", "Mawar", "Kenanga", "Cempaka", "Anggrek", "Dahlia", "Seruni"),
    *("Teratai", "Flamboyan", "Kamboja", "Lestari", "Sekar", "Ratna", "Intan", "Mutiara"),
)
_MIDDLE = ("Ayu", "Dewi", "Putri", "Wulan", "Sari", "Indah", "Kirana", "Laras", "Puspa", "Ningsih")
_MEN = ("Anton", "Bagus", "Cahyo", "Dodi", "Eko", "Fajar", "Gunawan", "Hadi", "Iwan", "Joko")
_DISTRICTS = (
    *("Bangil", "Beji", "Gempol", "Pandaan", "Sukorejo", "Purwosari", "Prigen", "Rembang"),
    *("Kraton", "Pohjentrek", "Gondangwetan", "Winongan", "Grati", "Nguling", "Lekok"),
)
_STORIES = (
    "Dipukul di rumah setelah bertengkar tentang uang belanja.",
    "Diancam dan dimaki setiap malam selama beberapa bulan.",
    "Ditinggalkan tanpa nafkah bersama anak-anak.",
    "Dipaksa melakukan hubungan yang tidak dikehendaki.",
    "Ditampar dan ponselnya dirampas ketika hendak pulang.",
    "Gajinya diambil dan ia dilarang keluar rumah.",
)
_SAFE = (
    "Lewat adiknya pada jam kerja.",
    "Titip pesan kepada kader posyandu.",
    "Datang sendiri setiap hari pasar.",
    "Pesan singkat hanya antara pukul 09.00 dan 11.00.",
)
_AGES = ("6-12", "13-17", "18-24", "25-44", "25-44", "25-44", "45-59", "60+")
_KINDS = (
    ("physical", "psychological"),
    ("psychological",),
    ("neglect", "psychological"),
    ("sexual",),
    ("physical",),
    ("sexual", "psychological"),
    ("exploitation",),
)
_CHANNELS = (
    *("direct", "direct", "direct", "telephone", "message", "message"),
    *("other_party", "referral", "letter", "outreach"),
)


def report(chance: Random, number: int, outreach: list[UUID]) -> cases.Report:
    """Return one invented report.

    Args:
        number: which one it is, so that no two women have one NIK by chance.
        outreach: what a report that came through outreach may have followed.
    """
    age = chance.choice(_AGES)
    which = chance.randrange(len(_KINDS))
    channel = chance.choice(_CHANNELS)
    woman = f"{chance.choice(_WOMEN)} {chance.choice(_MIDDLE)} Contoh"
    named = chance.random() < 0.9
    return cases.Report(
        channel=channel,
        risk=chance.choices(("high", "medium", "low"), (15, 45, 40))[0],
        survivor=cases.SurvivorEntry(
            age_group=age,
            disability=chance.choices(("none", "physical", "sensory"), (94, 4, 2))[0],
            district=chance.choice(_DISTRICTS),
            full_name=woman if named else None,
            nik=f"351400{number:010d}" if chance.random() < 0.7 else None,
            phone=f"0812000{number:05d}" if chance.random() < 0.6 else None,
            safe_contact=chance.choice(_SAFE),
            contact_when="Pagi, hari kerja" if chance.random() < 0.3 else None,
            address=f"Jalan Contoh {number}, Desa Contoh",
            health="Memar." if which in (0, 4) else None,
        ),
        incident=cases.IncidentEntry(
            violence=_KINDS[which],
            place=chance.choices(("household", "public", "workplace", "school"), (75, 12, 8, 5))[0],
            domestic=which in (0, 1, 2) and age not in ("6-12", "13-17"),
            narrative=chance.choice(_STORIES),
            location="Desa Contoh",
            signs=("penetration",) if which == 3 and chance.random() < 0.5 else (),
        ),
        perpetrators=(
            cases.PerpetratorEntry(
                relation=chance.choices(
                    ("spouse", "family", "friend", "neighbour", "employer"), (55, 15, 15, 10, 5)
                )[0],
                age_group="25-44",
                full_name=f"{chance.choice(_MEN)} Contoh",
            ),
        )
        if chance.random() < 0.85
        else (),
        needs=tuple(
            cases.NeedEntry(one, chance.choice(("now", "soon", "later")))
            for one in chance.sample(("psychology", "health", "legal_aid", "safe_house"), k=2)
        ),
        outreach_id=chance.choice(outreach) if channel == "outreach" and outreach else None,
    )


def trips(chance: Random, today: date) -> list[dict[str, object]]:
    """Return the outreach of a year, one a month."""
    return [
        {
            "kind": chance.choice(("sakera_jempol", "visit", "school", "meeting")),
            "held_on": today - timedelta(days=30 * month + chance.randrange(20)),
            "district": chance.choice(_DISTRICTS),
            "place": "Balai desa contoh",
            "reached": chance.randrange(12, 120),
        }
        for month in range(12)
    ]
