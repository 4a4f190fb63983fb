"""``passerelle serve``, ``worker`` and ``db``: the processes of a site."""

from __future__ import annotations

import fcntl
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import IO, Any

import click
import waitress

from engine.cli.main import settings_of
from engine.composition import compose, load, open_engine
from engine.errors import ConfigurationError
from engine.settings import Settings
from engine.store import Store, is_current, upgrade
from engine.worker import Worker


@click.command()
@click.option("--threads", default=8, show_default=True, help="Requests answered at a time.")
@click.option("--no-worker", is_flag=True, help="Serve pages only; run 'passerelle worker' too.")
@click.pass_context
def serve(ctx: click.Context, threads: int, no_worker: bool) -> None:
    """Serve the pages, with the worker inside.

    On SQLite this is the site's one process; a second one is refused.

    \b
    Example:
      PASSERELLE_PORT=8080 passerelle serve --threads 16
    """
    settings = settings_of(ctx)
    if settings.is_sqlite and no_worker:
        raise ConfigurationError(
            "On SQLite one process does everything, so --no-worker would leave due work undone. "
            "Leave it out, or use PostgreSQL (PASSERELLE_DATABASE_URL)."
        )
    signal.signal(signal.SIGTERM, _terminate)
    with only_process(settings):
        engine = open_engine(settings)
        app = load(settings.app)(settings, engine)
        worker = None if no_worker else Worker(engine)
        server = _listen(app, settings, threads)
        if worker is not None:
            worker.start()
        click.echo(f"Passerelle answers on http://{settings.host}:{settings.port}")
        try:
            server.run()
        finally:
            if worker is not None:
                worker.stop()


@click.command()
@click.pass_context
def worker(ctx: click.Context) -> None:
    """Run due work in a process of its own (PostgreSQL only).

    \b
    Example:
      PASSERELLE_DATABASE_URL=postgresql:///passerelle passerelle worker
    """
    settings = settings_of(ctx)
    if settings.is_sqlite:
        raise ConfigurationError(
            "SQLite allows one process, and 'passerelle serve' has the worker inside already. "
            "For several processes set PASSERELLE_DATABASE_URL to a PostgreSQL database."
        )
    running = Worker(open_engine(settings))
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    running.start()
    click.echo("The worker runs; stop it with Ctrl-C or SIGTERM.")
    stop.wait()
    running.stop()
    click.echo("The worker has finished what it held and stopped.")


@click.group()
def db() -> None:
    """Look after the database.

    \b
    Example:
      passerelle db upgrade
    """


@db.command("upgrade")
@click.pass_context
def db_upgrade(ctx: click.Context) -> None:
    """Bring the database to this version's tables, making it if there is none.

    \b
    Example:
      passerelle db upgrade
    """
    settings = settings_of(ctx)
    store = Store(settings.database_url)
    migrations = compose(settings, store).migrations
    upgrade(store, migrations)
    if not is_current(store, migrations):
        raise ConfigurationError("The database did not reach this version; see the log above.")
    click.echo(f"The database {store.engine.url.render_as_string()} is up to date.")


def _listen(app: Any, settings: Settings, threads: int) -> Any:
    try:
        return waitress.create_server(app, host=settings.host, port=settings.port, threads=threads)
    except OSError as error:
        raise ConfigurationError(
            f"Nothing can be served on {settings.host}:{settings.port}: {error.strerror}. Stop "
            "what listens there, or set PASSERELLE_HOST and PASSERELLE_PORT."
        ) from error


def _terminate(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


@contextmanager
def only_process(settings: Settings) -> Iterator[None]:
    """Hold the site's lock, on SQLite, against whoever serves; the kernel frees it if we die.

    :raises ConfigurationError: the site is served.
    """
    if not settings.is_sqlite:
        yield
        return
    settings.var_dir.mkdir(parents=True, exist_ok=True)
    with _open(settings.var_dir / "serve.lock") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise ConfigurationError(
                f"Another 'passerelle serve' runs on {settings.var_dir} already. Stop it first; "
                "SQLite allows one process."
            ) from error
        yield


def _open(path: Path) -> IO[str]:
    return path.open("w")
