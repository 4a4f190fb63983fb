"""A process's own body and those inside it, and the processes that it calls."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.elements import Body, Element, Process


def bodies(process: Process) -> Iterator[tuple[Body, Element | None]]:
    """Yield the process's own body and those of its sub-processes, with their elements."""
    waiting: list[tuple[Body, Element | None]] = [(process.body, None)]
    while waiting:
        body, owner = waiting.pop(0)
        yield body, owner
        waiting.extend((e.inner, e) for e in body.elements.values() if e.inner is not None)


def called(process: Process) -> Iterator[str]:
    """Yield the ids of the processes that a process calls, at any depth."""
    for body, _ in bodies(process):
        for element in body.elements.values():
            if element.extensions.called is not None:
                yield element.extensions.called.process_id
