"""``passerelle notices``: what was gathered, what came back, a list for spreadsheets."""

from __future__ import annotations

import mailbox
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from engine.composition import open_engine
from engine.service import Engine
from engine.settings import Settings, read_settings
from handlers.csv_files import write_csv
from handlers.notices import store
from handlers.notices.bounces import take_back

COLUMNS = (
    "at",
    "case",
    "scheme",
    "template",
    "language",
    "receiver",
    "channel",
    "status",
    "reason",
)


@click.group()
def notices() -> None:
    """Look after notices: deliver what was gathered, take back what bounced, list.

    \b
    Example:
      passerelle notices export notices.csv
    """


@notices.command()
@click.pass_context
def deliver(ctx: click.Context) -> None:
    """Send what was gathered for organisations and is due; the worker does so by itself.

    \b
    Example:
      passerelle notices deliver
    """
    engine = _open(ctx)
    engine.timetable.run("notices.deliver")
    with engine.store.snapshot() as uow:
        left = len(store.due_receivers(uow, engine.now()))
    click.echo(f"What was due is sent; {left} organisations still wait.")


@notices.command()
@click.argument("source", nargs=-1, required=True)
@click.pass_context
def bounce(ctx: click.Context, source: tuple[str, ...]) -> None:
    """Read mails that came back from each SOURCE and mark their addresses bad.

    A SOURCE is a file with one mail, an mbox, a Maildir folder, or - for one mail on standard
    input, as a mail server's alias pipes it. Delays, absence notes and answers change nothing.

    \b
    Example:
      passerelle notices bounce /var/mail/passerelle
    """
    engine = _open(ctx)
    read = marked = 0
    for content in (mail for each in source for mail in _mails(each)):
        read += 1
        marked += len(take_back(engine.store, content, engine.now()))
    click.echo(f"{read} mails were read; {marked} notices came back.")


@notices.command()
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@click.pass_context
def export(ctx: click.Context, file: Path) -> None:
    """Write a line a notice to a CSV FILE, without any address or name.

    \b
    Example:
      passerelle notices export notices.csv
    """
    engine = _open(ctx)
    with engine.store.snapshot() as uow:
        rows = [_row(each) for each in store.every_notice(uow)]
    file.write_bytes(write_csv(COLUMNS, rows))
    click.echo(f"{file} is written: {len(rows)} notices.")


def _row(each: store.Listed) -> Mapping[str, Any]:
    notice = each.notice
    return {
        "at": notice.at,
        "case": each.reference,
        "scheme": each.scheme,
        "template": notice.template,
        "language": notice.locale,
        "receiver": notice.receiver,
        "channel": notice.channel,
        "status": notice.status.value,
        "reason": notice.reason.value,
    }


def _mails(source: str) -> Iterator[bytes]:
    path = Path(source)
    if source == "-":
        yield sys.stdin.buffer.read()
    elif path.is_dir():
        yield from (mail.as_bytes() for mail in mailbox.Maildir(str(path), create=False))
    elif not path.exists():
        raise click.UsageError(f"There is no file or folder {source}.")
    elif (content := path.read_bytes()).startswith(b"From "):
        yield from (mail.as_bytes() for mail in mailbox.mbox(str(path), create=False))
    else:
        yield content


def _open(ctx: click.Context) -> Engine:
    return open_engine(ctx.find_object(Settings) or read_settings())
