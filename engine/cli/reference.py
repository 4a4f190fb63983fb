"""The page of all commands, ``docs/commands.md``, written from their own help.

python -m engine.cli.reference > docs/commands.md
"""

from __future__ import annotations

from collections.abc import Iterator

import click

from engine.cli.main import main

_WIDTH = 88


def commands(group: click.Group, ctx: click.Context) -> Iterator[tuple[str, click.Context]]:
    """Yield the full name of every command below a group, with a context of its own."""
    for name in group.list_commands(ctx):
        command = group.get_command(ctx, name)
        if command is None:
            continue
        inner = click.Context(command, info_name=name, parent=ctx, terminal_width=_WIDTH)
        yield inner.command_path, inner
        if isinstance(command, click.Group):
            yield from commands(command, inner)


def root() -> click.Context:
    """Return the context of ``passerelle`` itself."""
    settings = {**main.context_settings, "terminal_width": _WIDTH}
    return click.Context(main, info_name="passerelle", **settings)


def page() -> str:
    """Return the page in Markdown."""
    parts = ["# The `passerelle` command", "Written from `--help` of each command; exit codes 0–2."]
    for path, ctx in commands(main, root()):
        parts += [f"## {path}", f"```\n{ctx.get_help()}\n```"]
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    click.echo(page(), nl=False)
