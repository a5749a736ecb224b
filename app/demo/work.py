"""The main job in one agency, through its pages: from the report to signed letters."""

import re
import threading
from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256
from typing import Any

from flask import Flask, current_app

from app.demo.story import Story
from app.demo.visitor import DemoFault, Pick, Visitor, path_of
from tenants.clock import now, today

PATIENCE = timedelta(seconds=60)
Logins = Mapping[str, Mapping[str, str]]


class Agency:
    """The people of one agency at their pages."""

    def __init__(self, app: Flask, host: str, logins: Logins, story: Story | None = None) -> None:
        self.app, self.host, self.story = app, host, story or Story()
        self._logins = logins
        self._visitors: dict[str, Visitor] = {}

    def person(self, username: str) -> Visitor:
        """Return a person's browser, signing in on first use."""
        if username not in self._visitors:
            visitor = Visitor(self.app, self.host)
            login = self._logins[username]
            visitor.sign_in(username, login["password"], login["code_key"])
            self._visitors[username] = visitor
        return self._visitors[username]

    def confirm(self, username: str) -> None:
        """Have a person prove once more who it is."""
        self.person(username).confirm(self._logins[username]["password"])

    def register(self) -> str:
        """Take a report; return the case's path."""
        story = self.story
        sent = self.person("penerima").send(
            "/cases/new",
            {
                "channel": "direct",
                "risk": "high",
                "full_name": story.survivor,
                "nik": story.nik,
                "birth_date": story.birth_date,
                "age_group": "25-44",
                "phone": story.phone,
                "safe_contact": story.safe_contact,
                "contact_when": story.contact_when,
                "forbidden_phone": story.forbidden_phone,
                "address": story.address,
                "health": story.health,
                "district": "Contoh",
                "violence": ["physical", "psychological"],
                "place": "household",
                "domestic": "y",
                "narrative": story.narrative,
                "location": story.location,
                "perpetrator_full_name": story.perpetrator,
                "perpetrator_particulars": story.particulars,
                "perpetrator_relation": "spouse",
                "need1_service": "health",
                "need1_urgency": "now",
                "need1_description": story.need,
            },
        )
        return path_of(sent)

    def assign(self, case: str) -> None:
        """Put the technical and the accompaniment team on the case."""
        supervisor = self.person("kasi")
        supervisor.send(f"{case}/team", member=Pick("Bela Contoh"))
        supervisor.send(f"{case}/team", member=Pick("Dewi Contoh"))

    def record_police_report(self, case: str) -> None:
        """Note that the police took a report, and its number."""
        self.person("teknis").send(f"{case}/legal", report_number=self.story.report_number)

    def consent(self, case: str, organisation: str, classes: list[str]) -> None:
        """Record what the survivor lets an organisation see."""
        self.person("pendamping").send(
            f"{case}/consents/new",
            organisation=Pick(organisation),
            classes=classes,
            given_by="survivor",
            method="written",
        )

    def refer(self, case: str, organisation: str) -> None:
        """Refer the survivor and have the organisation accept."""
        self.person("teknis").send(
            f"{case}/referrals/new",
            destination=Pick(organisation),
            note=self.story.referral_note,
        )

    def accept(self, officer: str) -> str:
        """Accept the newest referral in a partner's inbox; return its path."""
        visitor = self.person(officer)
        path = first_link(visitor.open("/referrals").text, "/referrals/")
        visitor.open(path)
        visitor.send(f"{path}/accept", note=self.story.answer_note)
        return path

    def mediate(self, case: str) -> None:
        """Prepare, schedule and hold a mediation."""
        visitor = self.person("teknis")
        ticked = dict.fromkeys(
            (
                "requested_by_survivor",
                "companion_assessment",
                "psychologist_assessment",
                "separate_attendance",
                "free_of_coercion",
            ),
            "y",
        )
        chosen = {"matter": "maintenance", "mediator": Pick("Bela Contoh")}
        sent = visitor.send(f"{case}/mediations/new", {**ticked, **chosen})
        path = path_of(sent)
        day = today().isoformat()
        visitor.send(f"{path}/schedule", day=day, time="09:00", venue=self.story.venue)
        kept = dict.fromkeys(("separate", "asked_alone", "agreed"), "y")
        visitor.send(f"{path}/held", kept, day=day, time="09:00", outcome=self.story.outcome)

    def assess(self, case: str) -> None:
        """Go through two instruments, the paired one twice, and write a line of the plan."""
        visitor, story = self.person("pendamping"), self.story
        for instrument, typed in (
            ("risk", {"item_kill": "yes", "item_suicide": "no", "item_own_view": story.answer}),
            ("needs", {"item_psychologist": "yes", "item_first": story.answer}),
            ("psychosocial", {"item_sleep": "3", "item_fear": "2", "item_harm": "1"}),
            ("psychosocial", {"item_sleep": "1", "item_fear": "0", "item_harm": "0"}),
        ):
            begun = visitor.press(f"{case}/assessments", "instrument", instrument)
            visitor.send(path_of(begun), {**typed, "conclusion": story.conclusion})
        visitor.send(
            f"{case}/plan",
            need=Pick("sikolog"),
            action=story.plan,
            owner=Pick("Dewi Contoh"),
            due_on=today().isoformat(),
        )
        item = first_link(visitor.open(f"{case}/plan").text, f"{case}/plan/", "/end")
        visitor.send(item, state="done", result=story.came_of_it)

    def serve(self, case: str) -> None:
        """Hold a session, record what she wants of the law, and let her join a programme."""
        visitor, story, day = self.person("pendamping"), self.story, today().isoformat()
        where = f"{case}/services"
        session = {"kind": "counselling", "accepted": "yes", "day": day, "time": "09:00"}
        visitor.send(where, {**session, "with_id": Pick("Dewi Contoh")}, form="/sessions")
        held = first_link(visitor.open(where).text, f"{where}/sessions/")
        visitor.send(held, state="held", content=story.spoken)
        chosen = {"choice": "protection", "rights_explained": "y", "free": "y"}
        visitor.send(where, {**chosen, "words": story.wish}, form="/choice")
        self.person("kasi").send(
            "/programmes", name="Pelatihan menjahit", kind="skill", begun_on=day
        )
        visitor.send(where, programme=Pick("Pelatihan menjahit"), form="/participations")
        part = first_link(visitor.open(where).text, f"{where}/participations/")
        visitor.send(part, situation="irregular", remark=story.living, form="/livelihood")
        visitor.send(part, reason="works", form="/leave")

    def draft(self, case: str, kind: str, **typed: Any) -> str:
        """Write a letter and lay it before the signatory; return its path."""
        visitor = self.person("teknis")
        path = path_of(visitor.send(f"{case}/letters/new/{kind}", **typed))
        visitor.send(path, form="/submit")
        return path

    def approve(self, letter: str) -> None:
        """Approve a letter after proving once more who it is, where that is asked.

        Where the profile asks for a paraf, whoever reviews it puts theirs first; where several
        sign, the mediator signs before the head of the office.
        """
        reviewer = self.person("kasi")
        if f"{letter}/review" in reviewer.open("/letters/queue").text:
            reviewer.send(f"{letter}/review", form="/paraf")
        signature = f"{letter}/signature"
        if signature in self.person("teknis").open("/letters/queue").text:
            for name in ("teknis", "kepala"):
                visitor = self.person(name)
                if visitor.open(signature).request.path == "/confirm":
                    self.confirm(name)
                visitor.send(signature, form="/signature")
            return
        visitor = self.person("kepala")
        visitor.open(f"{letter}/review")
        if visitor.open(f"{letter}/approval").request.path == "/confirm":
            self.confirm("kepala")
        visitor.send(f"{letter}/approval", form="/approval")

    def wait(self, letter: str) -> None:
        """Wait until a letter is issued, as its progress page does.

        Raises:
            DemoFault: it came to a halt, or takes longer than a minute.
        """
        visitor, deadline = self.person("kepala"), now() + PATIENCE
        pause = threading.Event()
        while True:
            news = visitor.json(f"{letter}/progress.json")
            if news.get("done"):
                break
            if now() > deadline:
                raise DemoFault(f"{letter} was not issued in {PATIENCE}: {news.get('state')}")
            pause.wait(0.1)
        if news.get("state") != "issued":
            raise DemoFault(f"{letter} came to a halt: {news.get('state')}")

    def fetch(self, letter: str) -> bytes:
        """Download an issued letter."""
        found: bytes = self.person("teknis").open(f"{letter}/file").data
        return found


def first_link(page: str, start: str, end: str = "") -> str:
    """Return the first link of a page that leads below ``start``, and so ends.

    Raises:
        DemoFault: there is none.
    """
    found = re.search(rf'href="({re.escape(start)}[0-9a-f-]{{36}}{re.escape(end)})"', page)
    if found is None:
        raise DemoFault(f"no link to {start} on the page")
    return found[1]


def first_case(host: str, logins: Logins) -> None:
    """Register one case and put its team on it, so that the first sign-in finds work."""
    agency = Agency(_application(), host, logins)
    agency.assign(agency.register())


def letters(agency: Agency, hospital: str, police: str) -> dict[str, str]:
    """Do the main job up to the approved letters; return each letter's path by its type."""
    case = agency.register()
    agency.assign(case)
    agency.record_police_report(case)
    agency.assess(case)
    agency.serve(case)
    agency.consent(case, hospital, ["identity", "contact", "clinical"])
    agency.consent(case, police, ["identity", "contact", "legal"])
    agency.refer(case, hospital)
    agency.accept("rumahsakit")
    agency.mediate(case)
    story = agency.story
    drafted = {
        "surat_rujukan": agency.draft(
            case,
            "surat_rujukan",
            organisation=Pick(hospital),
            need=Pick("esehatan"),
            companion=Pick("Dewi Contoh"),
            typed_service_unit="Poli Umum",
        ),
        "permohonan_visum": agency.draft(
            case,
            "permohonan_visum",
            organisation=Pick(police),
            companion=Pick("Dewi Contoh"),
            typed_facility=hospital,
        ),
        "notulen_mediasi": agency.draft(
            case,
            "notulen_mediasi",
            typed_subject_matter=story.matter,
            typed_terms=story.outcome,
            typed_note_taker="Dewi Contoh",
        ),
    }
    for letter in drafted.values():
        agency.approve(letter)
    return drafted


def digest(pdf: bytes) -> str:
    """Return the SHA-256 of a file in hex."""
    return sha256(pdf).hexdigest()


def _application() -> Flask:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    return app
