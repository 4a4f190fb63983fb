"""feelin, the FEEL of Camunda's tools, run in Node where there is one."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "node"
_SECONDS = 180


class NoNode(Exception):
    """feelin cannot be run here; the message says why."""


def feelin(mode: str, expressions: Sequence[str], context: object, turns: int = 0) -> Any:
    """Return what ``node/run.mjs`` prints: the values of expressions, or microseconds of one.

    The npm package is installed beside the script when it is first asked for.

    :param mode: ``values`` or ``speed``.
    :raises NoNode: Node or npm is missing, or the package cannot be installed.
    """
    _install()
    task = {"mode": mode, "expressions": list(expressions), "context": context, "turns": turns}
    done = _run(["node", "run.mjs"], json.dumps(task))
    return json.loads(done)


def _install() -> None:
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            raise NoNode(f"{program} is not installed")
    if not (FOLDER / "node_modules" / "feelin").is_dir():
        _run(["npm", "ci", "--silent"], "")


def _run(command: Sequence[str], given: str) -> str:
    try:
        done = subprocess.run(
            command, cwd=FOLDER, input=given, capture_output=True, text=True, timeout=_SECONDS
        )
    except subprocess.TimeoutExpired:
        raise NoNode(f"'{' '.join(command)}' took longer than {_SECONDS} s") from None
    if done.returncode:
        said = (done.stderr.strip() or "it said nothing").splitlines()
        raise NoNode(f"'{' '.join(command)}' failed: {said[-1]}")
    return done.stdout


def feelin_row(condition: str, context: object) -> str:
    """Return the benchmark's row for feelin, or why there is none."""
    try:
        micros = feelin("speed", [condition], context, turns=200)
    except NoNode as reason:
        return f"feelin 8.2.0: not measured, {reason}"
    return f"feelin 8.2.0 in Node, {condition}: {micros:.2f} µs, reading the text each time"
