"""The house's rooms: who may import whom, and which library lives where."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent

# A room may import itself, the ground floor, and the rooms named here.
GROUND = {"model", "errors", "settings", "ports", "rules", "metrics"}
ENGINE_ROOMS: dict[str, set[str]] = {
    "model": set(),
    "errors": {"model"},
    "settings": {"errors"},
    "ports": {"model", "errors", "settings"},
    "rules": {"errors"},
    "metrics": set(),
    "feel": set(),
    "calendars": {"feel"},
    "labels": {"feel"},
    "diagram": set(),
    "dmn": {"feel"},
    "forms": {"feel", "labels"},
    "bpmn": {"dmn", "forms", "feel", "calendars"},
    "store": {"feel"},
    "history": {"store", "feel"},
    "jobs": {"store"},
    "clock": {"store"},
    "service": {"bpmn", "dmn", "forms", "feel", "labels", "diagram", "store", "history", "jobs"},
    "composition": {"service", "store", "clock"},
    "backup": {"composition", "store"},
    "worker": {"service", "jobs", "store"},
    "play": {"service", "composition"},
    "scenario": {
        *("service", "store", "composition", "play", "clock", "feel", "bpmn", "forms", "calendars"),
    },
    "cli": {
        *("service", "store", "composition", "worker", "play", "scenario", "clock", "feel"),
        *("bpmn", "dmn", "forms", "backup"),
    },
}
LIBRARIES = {
    "SpiffWorkflow": lambda path: path.startswith("engine/bpmn/"),
    "sqlalchemy": lambda path: (
        path.startswith(("engine/store/", "handlers/migrations/", "web/migrations/"))
        or path.endswith(("/tables.py", "/store.py"))
    ),
    "alembic": lambda path: path.startswith(
        ("engine/store/", "handlers/migrations/", "web/migrations/")
    ),
    "prometheus_client": lambda path: path == "engine/metrics.py",
    "flask": lambda path: path.startswith("web/"),
    "flask_security": lambda path: path.startswith("web/"),
    "flask_babel": lambda path: path.startswith("web/"),
}


def _imports(path: Path) -> Iterator[tuple[int, str]]:
    """Yield line and full name of every import, types-only ones left out."""
    tree = ast.parse(path.read_text())
    hidden = {
        id(node)
        for branch in ast.walk(tree)
        if isinstance(branch, ast.If) and "TYPE_CHECKING" in ast.unparse(branch.test)
        for node in ast.walk(branch)
    }
    for node in ast.walk(tree):
        if id(node) in hidden:
            continue
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: write the import absolutely"
            module = node.module or ""
            if module in {"engine", "handlers", "web"}:
                yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names)
            else:
                yield node.lineno, module


def _sources() -> Iterator[tuple[str, int, str]]:
    for top in ("engine", "handlers", "web"):
        for path in sorted((ROOT / top).rglob("*.py")):
            if "node_modules" in path.parts:
                continue
            name = path.relative_to(ROOT).as_posix()
            for line, module in _imports(path):
                yield name, line, module


def _room(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def test_engine_rooms_import_downwards_only() -> None:
    wrong = []
    for name, line, module in _sources():
        if not (name.startswith("engine/") and module.startswith("engine.")):
            continue
        room = name.split("/")[1].removesuffix(".py")
        if room == "__init__":
            continue
        target = _room(module)
        assert room in ENGINE_ROOMS, f"{name}: give the room '{room}' its place in this test"
        if target != room and target not in ENGINE_ROOMS[room] | GROUND:
            wrong.append(f"{name}:{line}: {room} imports {target}")
        if room in GROUND and target in GROUND and target not in ENGINE_ROOMS[room] | {room}:
            wrong.append(f"{name}:{line}: {room} imports {target}")
    assert not wrong, "\n".join(wrong)


def test_engine_knows_neither_handlers_nor_web() -> None:
    wrong = [
        f"{name}:{line}: {module}"
        for name, line, module in _sources()
        if name.startswith("engine/") and module.split(".")[0] in {"handlers", "web"}
    ]
    assert not wrong, "\n".join(wrong)


def test_handlers_do_not_know_the_web() -> None:
    wrong = [
        f"{name}:{line}: {module}"
        for name, line, module in _sources()
        if name.startswith("handlers/") and module.split(".")[0] == "web"
    ]
    assert not wrong, "\n".join(wrong)


def test_handler_packages_meet_only_through_their_public_names() -> None:
    wrong = []
    for name, line, module in _sources():
        parts, target = name.split("/"), module.split(".")
        if parts[0] != "handlers" or target[0] != "handlers" or len(parts) < 3:
            continue
        if len(target) > 2 and target[1] != parts[1]:
            wrong.append(f"{name}:{line}: {module}")
    assert not wrong, "\n".join(wrong)


def test_libraries_stay_in_their_rooms() -> None:
    wrong = [
        f"{name}:{line}: {module}"
        for name, line, module in _sources()
        for library, at_home in LIBRARIES.items()
        if module.split(".")[0] == library and not at_home(name)
    ]
    assert not wrong, "\n".join(wrong)


def test_no_module_is_longer_than_a_reader_can_hold() -> None:
    long = [
        f"{path.relative_to(ROOT)}: {count} lines"
        for top in ("engine", "handlers", "web")
        for path in sorted((ROOT / top).rglob("*.py"))
        if "node_modules" not in path.parts and (count := len(path.read_text().splitlines())) > 400
    ]
    assert not long, "Split at a seam: " + ", ".join(long)
