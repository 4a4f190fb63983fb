"""What a site can set, read once from the environment. Units stand in the names."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.errors import ConfigurationError

PREFIX = "PASSERELLE_"


@dataclass(frozen=True, slots=True)
class Settings:
    """One site's settings.

    :ivar database_url: SQLAlchemy URL; PASSERELLE_DATABASE_URL.
    :ivar var_dir: where the site's own files lie: database, secrets, documents, outbox.
    :ivar processes_dir: the designers' workplace.
    :ivar ports: ``module:function`` that composes the engine's ports from these settings.
    :ivar app: ``module:function`` that makes the WSGI application from settings and an engine.
    :ivar demo_data: ``module:function`` that fills a demo database.
    :ivar reference_data: ``module:function`` that writes the organisations that scenarios need.
    :ivar store_document: ``module:function`` that makes what hands in scenarios' documents.
    :ivar scenario_acts: ``module:function`` that makes what others do outside a case, by name.
    :ivar commands: ``module:attribute`` with the handlers' own commands, a sequence of
        :class:`click.Command`; ``passerelle`` offers them beside the engine's.
    :ivar demo: demo accounts and moving time are allowed; PASSERELLE_DEMO=1.
    :ivar host: address to serve on; a demo refuses one that is not loopback.
    :ivar port: TCP port to serve on.
    :ivar lease_s: how long a dispatched call may run before it is dispatched again.
    :ivar poll_s: how long the worker waits when nothing is due.
    :ivar pool_size: calls to the outside that run at a time.
    :ivar smtp_url: ``smtp://[user:password@]host:port``; empty writes notices to var/outbox.
    :ivar mail_from: sender of notices.
    :ivar sms_url: where the SMS gateway takes a message; empty writes them to var/outbox.
    :ivar sms_token: sent to the gateway as ``Authorization: Bearer``.
    :ivar sms_sender: number or name that an SMS comes from.
    :ivar quiet_hours: ``HH:MM-HH:MM`` on the clock of the scheme's time zone, within which no
        notice goes to a person who named no hours of their own; empty for none.
    :ivar digest_minutes: how long notices to one organisation are gathered into one; 0 sends each.
    :ivar document_limit_bytes: largest file that a person may hand in.
    :ivar clamd: clamd's socket, a path or ``host:port``; empty scans nothing.
    :ivar scan_absent: what happens to a file while clamd is away: ``refuse`` it, or ``quarantine``
        it until ``passerelle documents rescan`` has had it scanned.
    :ivar master_key_file: the key that wraps every person's key; ``None`` means
        ``<var_dir>/secrets/master.key``, made at first use; PASSERELLE_MASTER_KEY_FILE.
    :ivar search_key_file: the key under which names are looked up; ``None`` means
        ``<var_dir>/secrets/search.key``, made at first use; PASSERELLE_SEARCH_KEY_FILE.
    :ivar erasure_log: where erasures are written down outside the database, for a restored backup
        to repeat them; ``None`` means ``<var_dir>/erasures.log``; PASSERELLE_ERASURE_LOG.
    """

    database_url: str
    var_dir: Path
    processes_dir: Path
    ports: str = "handlers.composition:compose"
    app: str = "web.app:create_app"
    demo_data: str = "web.demo:fill"
    reference_data: str = "handlers.demo:seed"
    store_document: str = "handlers.samples:document_desk"
    scenario_acts: str = "handlers.acts:acts"
    commands: str = "handlers.commands:COMMANDS"
    demo: bool = False
    host: str = "127.0.0.1"
    port: int = 8000
    lease_s: int = 60
    poll_s: float = 1.0
    pool_size: int = 4
    smtp_url: str = ""
    mail_from: str = "passerelle@localhost"
    sms_url: str = ""
    sms_token: str = ""
    sms_sender: str = ""
    quiet_hours: str = "20:00-08:00"
    digest_minutes: int = 0
    document_limit_bytes: int = 10_000_000
    clamd: str = ""
    scan_absent: str = "refuse"
    master_key_file: Path | None = None
    search_key_file: Path | None = None
    erasure_log: Path | None = None
    metrics_token: str = ""

    def __post_init__(self) -> None:
        if self.demo and self.host not in {"127.0.0.1", "::1", "localhost"}:
            raise ConfigurationError(
                f"PASSERELLE_DEMO=1 opens well-known accounts, and PASSERELLE_HOST={self.host} "
                "is reachable by others. Serve the demo on 127.0.0.1, or unset PASSERELLE_DEMO."
            )

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is SQLite: one process, with the worker inside."""
        return self.database_url.startswith("sqlite")


def read_settings(environ: Mapping[str, str] | None = None, root: Path | None = None) -> Settings:
    """Return the settings of this process.

    :param environ: the environment; the process's own if left out.
    :param root: folder against which default folders are found; the working folder if left out.
    :raises ConfigurationError: a value does not read as its type, or contradicts another.
    """
    env = os.environ if environ is None else environ
    base = Path.cwd() if root is None else root
    var_dir = Path(env.get(PREFIX + "VAR_DIR", str(base / "var")))
    return Settings(
        database_url=env.get(PREFIX + "DATABASE_URL", f"sqlite:///{var_dir / 'passerelle.db'}"),
        var_dir=var_dir,
        processes_dir=Path(env.get(PREFIX + "PROCESSES_DIR", str(base / "processes"))),
        ports=env.get(PREFIX + "PORTS", "handlers.composition:compose"),
        app=env.get(PREFIX + "APP", "web.app:create_app"),
        demo_data=env.get(PREFIX + "DEMO_DATA", "web.demo:fill"),
        reference_data=env.get(PREFIX + "REFERENCE_DATA", "handlers.demo:seed"),
        store_document=env.get(PREFIX + "STORE_DOCUMENT", "handlers.samples:document_desk"),
        scenario_acts=env.get(PREFIX + "SCENARIO_ACTS", "handlers.acts:acts"),
        commands=env.get(PREFIX + "COMMANDS", "handlers.commands:COMMANDS"),
        demo=_flag(env, "DEMO"),
        host=env.get(PREFIX + "HOST", "127.0.0.1"),
        port=int(_number(env, "PORT", 8000)),
        lease_s=int(_number(env, "LEASE_S", 60)),
        poll_s=_number(env, "POLL_S", 1.0),
        pool_size=int(_number(env, "POOL_SIZE", 4)),
        smtp_url=env.get(PREFIX + "SMTP_URL", ""),
        mail_from=env.get(PREFIX + "MAIL_FROM", "passerelle@localhost"),
        sms_url=env.get(PREFIX + "SMS_URL", ""),
        sms_token=env.get(PREFIX + "SMS_TOKEN", ""),
        sms_sender=env.get(PREFIX + "SMS_SENDER", ""),
        quiet_hours=env.get(PREFIX + "QUIET_HOURS", "20:00-08:00"),
        digest_minutes=int(_number(env, "DIGEST_MINUTES", 0)),
        clamd=env.get(PREFIX + "CLAMD", ""),
        scan_absent=env.get(PREFIX + "SCAN_ABSENT", "refuse"),
        document_limit_bytes=int(_number(env, "DOCUMENT_LIMIT_BYTES", 10_000_000)),
        master_key_file=_path(env, "MASTER_KEY_FILE"),
        search_key_file=_path(env, "SEARCH_KEY_FILE"),
        erasure_log=_path(env, "ERASURE_LOG"),
        metrics_token=env.get(PREFIX + "METRICS_TOKEN", ""),
    )


def _path(env: Mapping[str, str], name: str) -> Path | None:
    text = env.get(PREFIX + name, "")
    return Path(text) if text else None


def _number(env: Mapping[str, str], name: str, default: float) -> float:
    text = env.get(PREFIX + name, "")
    try:
        value = float(text) if text else float(default)
    except ValueError:
        raise ConfigurationError(f"{PREFIX}{name}='{text}' is not a number.") from None
    if value < 0 or (value == 0 and default > 0):
        raise ConfigurationError(f"{PREFIX}{name}='{text}' must be above zero.")
    return value


def _flag(env: Mapping[str, str], name: str) -> bool:
    text = env.get(PREFIX + name, "0")
    if text not in {"0", "1", ""}:
        raise ConfigurationError(f"{PREFIX}{name}='{text}' must be 0 or 1.")
    return text == "1"
