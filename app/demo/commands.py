"""``flask demo seed`` and ``flask demo run``."""

import json
import os
from pathlib import Path

import click
from flask.cli import AppGroup

from app.demo.people import make_people
from app.demo.visitor import DemoFault
from tenants.registry import active_tenants, hosts_of

demo = AppGroup("demo", help="Demonstrations with invented people.")


def folder() -> Path:
    """Return where the demonstration leaves its files (``DEMO_FOLDER``)."""
    path = Path(os.environ.get("DEMO_FOLDER", "var/demo"))
    path.mkdir(parents=True, exist_ok=True)
    return path


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, in one step."""
    draft = path.with_name(f".{path.name}.new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)


@demo.command("seed")
@click.option(
    "--cases",
    "count",
    type=click.IntRange(0, 5000),
    default=0,
    help="So many invented cases of the last year in the first agency.",
)
def seed(count: int) -> None:
    """Make the demo people of each agency and a first case; write their logins."""
    from app.demo.work import first_case
    from app.demo.year import Year

    logins = []
    for tenant in active_tenants():
        for host in hosts_of(tenant.tenant_id):
            logins += make_people(host)
    write_private(folder() / "demo-logins.json", json.dumps(logins, indent=1) + "\n")
    for host in dict.fromkeys(login["host"] for login in logins):
        try:
            first_case(host, {one["username"]: one for one in logins if one["host"] == host})
        except DemoFault as fault:
            raise click.ClickException(str(fault)) from None
    if count and logins:
        with click.progressbar(length=count, label="cases") as bar:
            Year(logins[0]["host"]).make(count, lambda _number: bar.update(1))


@demo.command("run")
def run() -> None:
    """Do the main job in both agencies and write the letters and ``summary.json``."""
    from app.demo.main_job import main_job

    try:
        summary = main_job(folder())
    except DemoFault as fault:
        raise click.ClickException(str(fault)) from None
    (folder() / "summary.json").write_text(
        json.dumps(summary, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    for letter in summary["letters"]:
        click.echo(f"{letter['type']:<20} {letter['number']:<32} {letter['path']}")
    for tenant, state in summary["audit"].items():
        click.echo(f"audit {tenant}: {state['size']} events, verified {state['verified']}")
    if not all(state["verified"] for state in summary["audit"].values()):
        raise click.ClickException("the audit log of a tenant does not verify")
