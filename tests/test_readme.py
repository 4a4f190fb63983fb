"""The README's commands and the command's own help tell the truth about one another."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from engine.cli import main
from engine.cli.reference import commands, root

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


COMMANDS = {path: ctx.command for path, ctx in commands(main, root())}


@pytest.mark.parametrize("path", COMMANDS)
def test_every_command_explains_itself_with_an_example(path: str) -> None:
    result = CliRunner().invoke(main, [*path.split()[1:], "--help"])
    assert result.exit_code == 0, result.output
    assert "Example:" in result.output
    assert path in result.output


@pytest.mark.parametrize("path", [path for path in COMMANDS if path.count(" ") == 1])
def test_the_readme_names_every_command(path: str) -> None:
    assert path in README


def test_the_page_of_commands_is_what_their_help_says() -> None:
    # In a process of its own: click keeps the first help option that a command was asked for.
    command = [sys.executable, "-m", "engine.cli.reference"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    written = (ROOT / "docs" / "commands.md").read_text()
    assert written == told, "write it anew: python -m engine.cli.reference > docs/commands.md"


def test_every_passerelle_command_of_the_readme_exists() -> None:
    for line in re.findall(r"^\s*(?:\w+=\S+ )*passerelle ([^\n#`]+)", README, re.MULTILINE):
        path = "passerelle"
        for word in shlex.split(line):
            if path != "passerelle" and not isinstance(COMMANDS[path], click.Group):
                break
            path = f"{path} {word}"
            assert path in COMMANDS, f"README: there is no 'passerelle {line}'"


def test_every_make_target_of_the_readme_exists() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", README, re.MULTILINE))
    assert {"run", "test", "test-long", "check"} <= named
    assert named <= targets, f"README names {named - targets}; the Makefile has not"


def test_the_first_screen_says_what_for_whom_and_how() -> None:
    first = "\n".join(README.splitlines()[:45])
    for wanted in ("make run", "make test", "BPMN", "docs/images/"):
        assert wanted in first
    for image in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", README):
        assert (ROOT / image).is_file(), f"README shows {image}, which is not there"


def test_every_link_of_the_documentation_leads_somewhere() -> None:
    for document in [ROOT / "README.md", *sorted((ROOT / "docs").glob("**/*.md"))]:
        for link in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", document.read_text()):
            if not link.startswith(("http://", "https://", "mailto:")):
                assert (document.parent / link).exists(), f"{document.name}: {link} leads nowhere"
