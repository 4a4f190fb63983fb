"""Entry of the ``passerelle`` command: groups, errors, exit codes."""

from __future__ import annotations

import json
from typing import Any

import click

from engine.composition import load
from engine.errors import DeploymentRefused, PasserelleError
from engine.settings import Settings, read_settings

EXIT_FAILED = 1
"""The command ran and the answer is no: findings, failed scenarios, a broken history."""
EXIT_REFUSED = 2
"""The command could not run: wrong usage, configuration, or an object that is not there."""


class Group(click.Group):
    """Shows our own errors as one message, never as a traceback; offers the handlers' commands."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, those of the handlers too."""
        return sorted({*self.commands, *self._theirs(ctx)})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command by its name; the engine's own come first."""
        return self.commands.get(cmd_name) or self._theirs(ctx).get(cmd_name)

    def _theirs(self, ctx: click.Context) -> dict[str, click.Command]:
        settings = ctx.find_object(Settings) or read_settings()
        return {command.name or "": command for command in load(settings.commands)}

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; an error of ours ends it with exit code 1 or 2."""
        try:
            return super().invoke(ctx)
        except DeploymentRefused as refused:
            for finding in refused.findings:
                click.echo(f"{finding.severity}: {finding}", err=True)
            if refused.hint:
                click.echo(refused.hint, err=True)
            ctx.exit(EXIT_FAILED)
        except PasserelleError as error:
            click.echo(f"passerelle: {error}", err=True)
            ctx.exit(EXIT_REFUSED)


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="passerelle")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Passerelle: a BPMN case engine for return and reintegration schemes.

    Settings come from the environment (PASSERELLE_DATABASE_URL, PASSERELLE_VAR_DIR, …).
    Exit codes: 0 done; 1 the answer is no (findings, failures); 2 it could not run.

    \b
    Example:
      passerelle db upgrade
      passerelle deploy processes/cm/ofii
      passerelle serve
    """
    ctx.obj = ctx.obj or read_settings()


def settings_of(ctx: click.Context) -> Settings:
    """Return the settings of this invocation."""
    settings = ctx.find_object(Settings)
    if settings is None:
        raise click.UsageError("No settings were read.")
    return settings


def echo_json(value: Any) -> None:
    """Print a value as JSON for programs."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


format_option = click.option(
    "--format",
    "output",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="json for programs.",
)


def _register() -> None:
    from engine.cli import (
        backup,
        cases,
        demo,
        doctor,
        language,
        lint,
        migrations,
        operate,
        publish,
        run,
        schemes,
        starts,
    )

    for command in (
        run.serve,
        run.worker,
        run.db,
        backup.backup,
        backup.restore,
        publish.deploy,
        publish.export,
        lint.lint,
        publish.scenario,
        schemes.scheme,
        language.feel,
        language.dmn,
        cases.case,
        doctor.doctor,
        cases.history,
        operate.operate,
        migrations.migrate,
        migrations.migrations,
        starts.starts,
        starts.signal,
        starts.conditions,
        demo.demo,
    ):
        main.add_command(command)


_register()
