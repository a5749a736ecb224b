"""`make run` and `make demo`: from nothing to a running Teduh on this machine."""

from __future__ import annotations

import hashlib
import http.client
import json
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from app.local import environment
from app.local.fault import StackFault
from app.local.identity import outside_folder
from app.local.place import Place, describe, write_private
from app.local.port import free_addresses
from app.local.processes import Processes, from_procfile
from app.local.services import Services

ROOT = Path(__file__).resolve().parents[2]
WORKERS = 2
# Browsers hold spare connections open: a thread each, or they would block a whole process.
GUNICORN = "--workers 2 --threads 4 --no-control-socket"
ANSWER_SECONDS = 60.0


@dataclass(frozen=True)
class DemoTenant:
    """One of the two agencies a first start onboards."""

    profile: str
    host: str
    administrator: str


DEMO_TENANTS = (
    DemoTenant("kabupaten-pasuruan.toml", "kabupaten-pasuruan.localhost", "Admin Contoh Pasuruan"),
    DemoTenant("kota-contoh.toml", "kota-contoh.localhost", "Admin Contoh Kota"),
)


def run(port: int) -> int:
    """Start everything at `port` and stay until Ctrl-C. The exit status; StackFault if it cannot.

    A first start makes keys, tables, two tenants and demo people; a later one only what changed.
    """
    place = Place(ROOT / "var" / "local")
    place.prepare()
    with place.lock():  # "already running" is the better word than "port in use"
        addresses = free_addresses(port)
    with Services(place) as services:
        settings = environment.compose(services, port)
        binds = " ".join(f"--bind {address}" for address in addresses)
        settings["operator"]["DEMO_FOLDER"] = str(place.folder)  # for demo-logins.json
        settings["web"]["GUNICORN_CMD_ARGS"] = f"{GUNICORN} {binds}"
        environment.write(services, settings)
        prepare(place, settings, [*migration_steps(place), *demo_steps()])
        processes = Processes(when_started=lambda: welcome(place, port))
        from_procfile(processes, ROOT, settings, {"worker": WORKERS}, first="web")
        status = processes.run()
    if status:
        raise StackFault(f"a process ended by itself with status {status}; its lines are above")
    print("Stopped. Everything is kept in var/local.")
    return 0


def demo() -> int:
    """The main job without a browser, through real workers, on a stack made anew each time."""
    folder = ROOT / "var" / "demo"
    place = Place(folder / "stack")
    forget(place)
    with Services(place) as services:
        settings = environment.compose(services, port=8000)
        environment.write(services, settings)
        prepare(place, settings, migration_steps(place))
        processes = Processes()
        from_procfile(processes, ROOT, settings, {"web": 0, "worker": WORKERS}, first="worker")
        command = shlex.join([sys.executable, "-m", "flask", "--app", "wsgi", "demo", "run"])
        programs = Path(sys.executable).parent
        whole = environment.complete({**settings["operator"], "DEMO_FOLDER": str(folder)}, programs)
        processes.add("demo", command, whole, ROOT)
        return processes.run()


def forget(place: Place) -> None:
    """Remove what an earlier demo left, unless one is running there."""
    place.prepare()
    with place.lock():
        for path in place.folder.iterdir():
            if path.name != "lock":
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        shutil.rmtree(outside_folder(place), ignore_errors=True)


@dataclass(frozen=True)
class Step:
    """A `flask` command to run before the processes start, and what makes it needed again."""

    name: str
    role: str
    arguments: tuple[str, ...]
    sources: tuple[Path, ...] = ()

    def fingerprint(self) -> str:
        """Changes when the command or a file it depends on does."""
        digest = hashlib.sha256(repr((self.role, self.arguments)).encode())
        for source in self.sources:
            digest.update(source.read_bytes())
        return digest.hexdigest()


def migration_steps(place: Place) -> list[Step]:
    """Keyring, tables, binding key: in this order."""
    versions = tuple(sorted((ROOT / "migrations" / "versions").glob("*.py")))
    return [
        Step("keyring", "migration", ("keys", "init", str(place.keyring))),
        Step("tables", "migration", ("db", "upgrade"), versions),
        Step("binding key", "migration", ("keys", "install")),
    ]


def demo_steps() -> list[Step]:
    """Two tenants and their demo people."""
    steps = []
    for tenant in DEMO_TENANTS:
        profile = ROOT / "tenants" / "profiles" / tenant.profile
        onboard = ("tenant", "onboard", str(profile), "--host", tenant.host)
        arguments = (*onboard, "--admin", tenant.administrator)
        steps.append(Step(tenant.host, "operator", arguments, (profile,)))
    return [*steps, Step("demo people", "operator", ("demo", "seed"))]


def prepare(place: Place, settings: Mapping[str, Mapping[str, str]], steps: Iterable[Step]) -> None:
    """Run the steps not done yet. Each is recorded when done, so a broken start goes on there."""
    done: dict[str, str] = {}
    if place.progress.exists():
        done = json.loads(place.progress.read_text(encoding="utf-8"))
    for step in steps:
        fingerprint = step.fingerprint()
        if done.get(step.name) == fingerprint:
            continue
        print(f"teduh: {step.name} ...", flush=True)
        flask(settings[step.role], *step.arguments)
        done[step.name] = fingerprint
        write_private(place.progress, json.dumps(done, indent=1) + "\n")


def flask(settings: Mapping[str, str], *arguments: str) -> None:
    """Run one command of the application. StackFault when it fails; it has said why itself."""
    whole = environment.complete(settings, Path(sys.executable).parent)
    command = [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]
    status = subprocess.run(command, cwd=ROOT, env=whole, check=False).returncode
    if status:
        raise StackFault(f"`flask {shlex.join(arguments)}` failed with status {status}")


def welcome(place: Place, port: int) -> None:
    """Wait until the web answers, then say where and with which names."""
    deadline = time.monotonic() + ANSWER_SECONDS
    while not answers(port):
        if time.monotonic() > deadline:
            print("teduh: the web does not answer yet; see its lines above", flush=True)
            return
        time.sleep(0.1)
    print("\n".join(["", "Teduh is running. Ctrl-C stops it.", *invitation(place, port), ""]))
    sys.stdout.flush()


def answers(port: int) -> bool:
    """Whether the first demo tenant's page comes without a server error."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/", headers={"Host": f"{DEMO_TENANTS[0].host}:{port}"})
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def invitation(place: Place, port: int) -> list[str]:
    """The addresses and, where the demo people were made here, their logins."""
    lines = [f"  http://{tenant.host}:{port}/" for tenant in DEMO_TENANTS]
    try:
        logins = json.loads(place.demo_logins.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return lines
    except (OSError, ValueError) as error:
        said = describe(error, place.folder) if isinstance(error, OSError) else "it is damaged"
        return [*lines, f"  demo logins: {said}"]
    shown = ["    " + "  ".join(str(value) for value in login.values()) for login in logins]
    code = "    The key sets up an authenticator app; its code now: python -m app.demo.code KEY"
    head = f"  Demo logins (also in {place.demo_logins}): host, user name, password, key, role"
    return [*lines, head, *shown, code]
