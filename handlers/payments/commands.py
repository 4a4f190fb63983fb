"""``passerelle payments``: budgets in, payments out, bank statements, whether the books balance."""

from __future__ import annotations

from pathlib import Path

import click

from engine.composition import open_engine
from engine.model import Actor
from engine.service import Engine
from engine.settings import Settings, read_settings
from handlers.csv_files import CsvRefused
from handlers.organisations import add_event, read_organisation
from handlers.payments import transfer
from handlers.payments.checking import check_books
from handlers.payments.ledger import read_programme
from handlers.payments.payees import write_account
from handlers.payments.statements import read_statement, take_in
from handlers.people import Keyring, Vault

_BY = "command"
"""Under whom what is written here is told."""
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def payments() -> None:
    """Look after budgets and payments: CSV, bank statements, whether the books balance.

    \b
    Example:
      passerelle payments check
    """


@payments.command("import")
@click.argument("file", type=_FILE)
@click.option("--good-rows", is_flag=True, help="Take the good rows though others have problems.")
@click.option("--check", is_flag=True, help="Tell the problems only; store nothing.")
@click.pass_context
def import_(ctx: click.Context, file: Path, good_rows: bool, check: bool) -> None:
    """Take programmes, headings and allocations from a CSV FILE; all or nothing unless --good-rows.

    Columns: programme, programme_name, country, funder, payer_name, payer_account, payer_bic,
    heading, heading_name, year, currency, allocation, allocation_key, source. A row taken before
    changes nothing: its allocation_key names the allocation.

    \b
    Example:
      passerelle payments import budgets.csv --check
    """
    engine = _open(ctx)
    # In a snapshot nothing that is written is kept.
    opened = engine.store.snapshot() if check else engine.store.unit_of_work()
    with opened as uow:
        taken = transfer.take_in(
            uow, file.read_bytes(), engine.now(), all_or_nothing=not (good_rows or check)
        )
    for problem in taken.problems:
        click.echo(f"{file.name}: {problem}", err=True)
    would = "could be taken" if check else "were taken"
    click.echo(f"{taken.count} rows {would}; {len(taken.problems)} problems.")
    ctx.exit(1 if taken.problems else 0)


@payments.command()
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@click.pass_context
def export(ctx: click.Context, file: Path) -> None:
    """Write a line a payment to a CSV FILE, without personal data.

    \b
    Example:
      passerelle payments export paiements.csv
    """
    engine = _open(ctx)
    with engine.store.snapshot() as uow:
        content = transfer.export(uow)
    file.write_bytes(content)
    click.echo(f"{file} is written.")


@payments.command()
@click.argument("file", type=_FILE)
@click.option("--programme", required=True, help="Id of the programme whose account it is of.")
@click.pass_context
def statement(ctx: click.Context, file: Path, programme: str) -> None:
    """Read a bank statement from a CSV FILE: what it proves is paid, and its cases move on.

    Columns: booked_on, amount, currency, reference. A statement may be read twice.

    \b
    Example:
      passerelle payments statement releve.csv --programme reinsertion-cm
    """
    engine = _open(ctx)
    table = read_statement(file.read_bytes())
    if table.problems:
        raise CsvRefused(table.problems)
    with engine.store.unit_of_work() as uow:
        done = take_in(
            uow,
            read_programme(uow, programme),
            [row.values for row in table.rows],
            engine.publish_within,
            actor=Actor("statement"),
            at=engine.now(),
        )
    for line in done.unmatched:
        click.echo(f"{line.booked_on} {line.reference}: {line.problem}", err=True)
    click.echo(
        f"{len(done.settled)} payments settled, {done.known} lines known, "
        f"{len(done.unmatched)} unmatched."
    )


@payments.command()
@click.pass_context
def check(ctx: click.Context) -> None:
    """Tell whether the books balance, heading by heading; exit 1 with what is wrong.

    \b
    Example:
      passerelle payments check
    """
    engine = _open(ctx)
    with engine.store.snapshot() as uow:
        wrong = check_books(uow)
    for line in wrong:
        click.echo(line, err=True)
    click.echo("The books balance." if not wrong else f"{len(wrong)} things are wrong.")
    ctx.exit(1 if wrong else 0)


@payments.command()
@click.argument("organisation")
@click.option("--account", prompt=True, hide_input=True, help="Asked for, unseen, if left out.")
@click.pass_context
def payee(ctx: click.Context, organisation: str, account: str) -> None:
    """Write the bank account of an ORGANISATION that is paid, encrypted, over the known one.

    Bank orders pay suppliers and grants to it; without one they go with a proof in the case.

    \b
    Example:
      passerelle payments payee fournisseur-tn-1
    """
    engine = _open(ctx)
    keyring = Keyring(Vault(ctx.find_object(Settings) or read_settings()))
    at = engine.now()
    with engine.store.unit_of_work() as uow:
        known = read_organisation(uow, organisation)
        write_account(uow, keyring, known.id, account, by=_BY, at=at)
        add_event(uow, known.id, "changed", {"fields": ["account"]}, by=_BY, at=at)
    click.echo(f"The account of {known.name} is written.")


def _open(ctx: click.Context) -> Engine:
    settings = ctx.find_object(Settings) or read_settings()
    return open_engine(settings)
