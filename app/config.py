"""Settings, from the environment only, checked at start-up."""

import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit


class SettingsError(Exception):
    """Settings are missing or unsafe; ``problems`` has one sentence for each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("Teduh cannot start:\n" + "\n".join(f"  - {one}" for one in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True, repr=False)
class OutsideStore:
    """A place outside database, letters and back-ups, with credentials of its own.

    Attributes:
        options: credentials, region and endpoint of an S3 bucket; empty for a folder.
    """

    url: str
    options: dict[str, str]


LOOPBACK = frozenset({"127.0.0.1", "localhost"})


@dataclass(frozen=True, slots=True, repr=False)
class Settings:
    """What a process was told. The table in docs/production.md explains each.

    Attributes:
        database_url: this process's own login (web or worker role).
        operator_database_url, migration_database_url, keys_database_url,
            backup_database_url: for commands only.
        retention_database_url: for the schedule and ``flask audit prune``, or None.
        public_scheme, public_port: how the outside reaches a tenant's host.
        trusted_proxies: how many proxies in front set X-Forwarded-For (0: none).
        timestamp_url: RFC 3161 time-stamp authority, or None for PAdES B-B.
        metrics_listen: host and port at which figures are given, or None.
        metrics_token: what a reader of the figures has to show; needed beyond this machine.
        timestamp_anchor: PEM file of the certificate that the authority's lead up to.
        checkpoint_store: where the schedule hands signed checkpoints, or None.
        destroyed_store: where the schedule hands the list of destroyed case keys, or None.
        backup_folder, key_backup_folder, backup_key_file: for the commands of back-ups.
        breached_passwords_file: passwords that nobody may choose, one a line, or None.
    """

    database_url: str
    redis_url: str
    object_store_url: str
    keyring_file: Path
    secret_key: str
    public_scheme: str
    public_port: int
    trusted_proxies: int
    log_level: str
    operator_database_url: str | None
    migration_database_url: str | None
    keys_database_url: str | None
    backup_database_url: str | None
    timestamp_url: str | None
    timestamp_anchor: Path | None = None
    metrics_listen: tuple[str, int] | None = None
    metrics_token: str | None = None
    checkpoint_store: OutsideStore | None = None
    retention_database_url: str | None = None
    destroyed_store: OutsideStore | None = None
    backup_folder: Path | None = None
    key_backup_folder: Path | None = None
    backup_key_file: Path | None = None
    breached_passwords_file: Path | None = None

    @property
    def tls(self) -> bool:
        """Whether browsers reach Teduh over TLS."""
        return self.public_scheme == "https"

    def public_url(self, host: str) -> str:
        """Return the public address of a tenant's host, without a trailing slash."""
        usual = {"https": 443, "http": 80}[self.public_scheme]
        port = "" if self.public_port == usual else f":{self.public_port}"
        return f"{self.public_scheme}://{host}{port}"


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read and check the settings.

    Raises:
        SettingsError: naming every missing or unsafe one.
    """
    reader = _Reader(environment)
    scheme = reader.choice("PUBLIC_SCHEME", "https", {"https", "http"})
    secret = reader.required("SECRET_KEY")
    if 0 < len(secret) < 32:
        reader.problems.append("SECRET_KEY is shorter than 32 characters")
    settings = Settings(
        database_url=reader.database("DATABASE_URL", required=True) or "",
        redis_url=reader.queue("REDIS_URL"),
        object_store_url=reader.url("OBJECT_STORE_URL", {"file", "s3"}),
        keyring_file=Path(reader.required("KEYRING_FILE") or "/"),
        secret_key=secret,
        public_scheme=scheme,
        public_port=reader.number("PUBLIC_PORT", 443 if scheme == "https" else 80, 1, 65535),
        trusted_proxies=reader.number("TRUSTED_PROXIES", 0, 0, 5),
        log_level=reader.choice("LOG_LEVEL", "INFO", {"DEBUG", "INFO", "WARNING", "ERROR"}),
        operator_database_url=reader.database("OPERATOR_DATABASE_URL"),
        migration_database_url=reader.database("MIGRATION_DATABASE_URL"),
        keys_database_url=reader.database("KEYS_DATABASE_URL"),
        backup_database_url=reader.database("BACKUP_DATABASE_URL"),
        timestamp_url=reader.authority("TIMESTAMP_URL"),
        timestamp_anchor=reader.path("TIMESTAMP_ANCHOR"),
        metrics_listen=reader.listen("METRICS_LISTEN"),
        metrics_token=environment.get("METRICS_TOKEN") or None,
        checkpoint_store=reader.outside("CHECKPOINT_STORE"),
        retention_database_url=reader.database("RETENTION_DATABASE_URL"),
        destroyed_store=reader.outside("DESTROYED_STORE"),
        backup_folder=reader.path("BACKUP_FOLDER"),
        key_backup_folder=reader.path("KEY_BACKUP_FOLDER"),
        backup_key_file=reader.path("BACKUP_KEY_FILE"),
        breached_passwords_file=reader.file("BREACHED_PASSWORDS_FILE"),
    )
    reader.keep_apart(settings)
    if (
        settings.metrics_listen
        and settings.metrics_listen[0] not in LOOPBACK
        and len(settings.metrics_token or "") < 32
    ):
        reader.problems.append("METRICS_TOKEN of 32 characters is needed beyond this machine")
    if settings.timestamp_url and settings.timestamp_anchor is None:
        # Else no letter with a time stamp would verify.
        reader.problems.append("TIMESTAMP_ANCHOR is not set beside TIMESTAMP_URL")
    if reader.problems:
        raise SettingsError(reader.problems)
    return settings


class _Reader:
    """Reads single settings and collects what is wrong with them."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = environment
        self.problems: list[str] = []

    def required(self, name: str) -> str:
        value = self.environment.get(name, "")
        if not value:
            self.problems.append(f"{name} is not set")
        return value

    def database(self, name: str, *, required: bool = False) -> str | None:
        value = self.required(name) if required else self.environment.get(name)
        if not value:
            return None
        if not value.startswith("postgresql+psycopg://"):
            self.problems.append(f"{name} must begin with postgresql+psycopg://")
            return value
        parts = urlsplit(value)
        options = parse_qs(parts.query)
        hosts = options.get("host") or [parts.hostname or self.environment.get("PGHOST", "")]
        named = [one for host in hosts for one in host.split(",")]
        if not all(map(_is_here, named)) and options.get("sslmode") != ["verify-full"]:
            self.problems.append(f"{name} names another machine and must say sslmode=verify-full")
        return value

    def queue(self, name: str) -> str:
        """The address of Valkey: a socket, this machine, or TLS that checks the certificate."""
        value = self.url(name, {"redis", "rediss", "unix"})
        parts = urlsplit(value)
        if parts.scheme == "redis" and not _is_here(parts.hostname or ""):
            self.problems.append(f"{name} names another machine and must begin with rediss://")
        checks = parse_qs(parts.query)
        if parts.scheme == "rediss" and (
            checks.get("ssl_cert_reqs", ["required"]) != ["required"]
            or checks.get("ssl_check_hostname", ["true"])[0].lower() not in {"true", "1", "yes"}
        ):
            self.problems.append(f"{name} must check the server's certificate")
        return value

    def authority(self, name: str) -> str | None:
        """The address of a time-stamp authority: over TLS, or on this machine."""
        value = self.environment.get(name)
        if not value:
            return None
        parts = urlsplit(value)
        if not parts.hostname or parts.scheme not in {"http", "https"}:
            self.problems.append(f"{name} must begin with https://")
        elif parts.scheme == "http" and not _is_here(parts.hostname):
            self.problems.append(f"{name} names another machine and must begin with https://")
        return value

    def url(self, name: str, schemes: set[str]) -> str:
        value = self.required(name)
        if value and urlsplit(value).scheme not in schemes:
            self.problems.append(f"{name} must begin with one of {sorted(schemes)}://")
        return value

    def outside(self, name: str) -> OutsideStore | None:
        """A place apart from the letters, e.g. ``CHECKPOINT_STORE``; None when it is not set."""
        if not self.environment.get(f"{name}_URL"):
            return None
        url = self.url(f"{name}_URL", {"file", "s3"})
        letters = self.environment.get("OBJECT_STORE_URL", "")
        if _overlap(url, letters):
            self.problems.append(f"{name}_URL must lie apart from OBJECT_STORE_URL")
        if urlsplit(url).scheme != "s3":
            return OutsideStore(url, {})
        options = {
            "access_key_id": self.required(f"{name}_KEY_ID"),
            "secret_access_key": self.required(f"{name}_SECRET"),
            "region": self.environment.get(f"{name}_REGION", ""),
            "endpoint": self.environment.get(f"{name}_ENDPOINT", ""),
        }
        if options["access_key_id"] == self.environment.get("AWS_ACCESS_KEY_ID"):
            self.problems.append(f"{name}_KEY_ID must not be the key of the letters")
        return OutsideStore(url, {name: value for name, value in options.items() if value})

    def listen(self, name: str) -> tuple[str, int] | None:
        """A host and a port, as ``127.0.0.1:9464``."""
        value = self.environment.get(name)
        if not value:
            return None
        host, _, port = value.rpartition(":")
        if not host or not port.isdecimal() or not 0 <= int(port) <= 65535:
            self.problems.append(f"{name} must be like 127.0.0.1:9464")
            return None
        return host, int(port)

    def path(self, name: str) -> Path | None:
        value = self.environment.get(name)
        return Path(value).absolute() if value else None

    def file(self, name: str) -> Path | None:
        """A file that must be readable already, or None when it is not set."""
        path = self.path(name)
        if path is not None and not os.access(path, os.R_OK):
            self.problems.append(f"{name} names a file that cannot be read")
        return path

    def keep_apart(self, settings: Settings) -> None:
        """Back-ups of keys lie apart from those of data, and the back-ups' key from both."""
        data, keys = settings.backup_folder, settings.key_backup_folder
        if data and keys and _overlap(str(data), str(keys)):
            self.problems.append("KEY_BACKUP_FOLDER must lie apart from BACKUP_FOLDER")
        secrets = {
            "BACKUP_KEY_FILE": settings.backup_key_file,
            "KEYRING_FILE": settings.keyring_file,
        }
        for name, file in secrets.items():
            for folder in filter(None, (data, keys)):
                if file and file.absolute().is_relative_to(folder):
                    self.problems.append(f"{name} must not lie within the back-ups")

    def choice(self, name: str, default: str, allowed: set[str]) -> str:
        value = self.environment.get(name, default)
        if value not in allowed:
            self.problems.append(f"{name} must be one of {sorted(allowed)}")
        return value

    def number(self, name: str, default: int, low: int, high: int) -> int:
        value = self.environment.get(name, str(default))
        if not re.fullmatch(r"\d{1,6}", value) or not low <= int(value) <= high:
            self.problems.append(f"{name} must be a number from {low} to {high}")
            return default
        return int(value)


def _is_here(host: str) -> bool:
    """Tell whether a server is reached without a network: by a socket, or on this machine."""
    if host in {"", "localhost"} or host.startswith(("/", "@")):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _overlap(one: str, other: str) -> bool:
    """Tell whether one of two stores lies within the other."""
    if not one or not other:
        return False
    first, second = (url.rstrip("/") + "/" for url in (one, other))
    return first.startswith(second) or second.startswith(first)
