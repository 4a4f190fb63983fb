"""What this process has done, counted for Prometheus; no case and no person in any label."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

_registry = CollectorRegistry()
_steps = Histogram(
    "passerelle_step_seconds",
    "Time of a step: one command on one case, with the local calls that follow from it.",
    ["command"],
    buckets=_SECONDS,
    registry=_registry,
)
_calls = Histogram(
    "passerelle_call_seconds",
    "Time of a handler's call, by its name and how it ended.",
    ["handler", "outcome"],
    buckets=(*_SECONDS, 30, 60),
    registry=_registry,
)
_lost = Counter(
    "passerelle_transactions_lost",
    "Transactions that lost to another one, by cause, and whether they were begun again.",
    ["cause", "outcome"],
    registry=_registry,
)


@contextmanager
def step(command: str) -> Iterator[None]:
    """Measure a step, whether it ends well or not."""
    began = perf_counter()
    try:
        yield
    finally:
        _steps.labels(command).observe(perf_counter() - began)


@contextmanager
def call(handler: str) -> Iterator[None]:
    """Measure a handler's call; one that raises counts as failed."""
    began = perf_counter()
    outcome = "failed"
    try:
        yield
        outcome = "succeeded"
    finally:
        _calls.labels(handler, outcome).observe(perf_counter() - began)


def lost_transaction(cause: str, outcome: str) -> None:
    """Count a transaction that was lost to another one.

    :param cause: ``serialization``, ``deadlock`` or ``busy``.
    :param outcome: ``tried_again`` or ``given_up``.
    """
    _lost.labels(cause, outcome).inc()


class Gauge:
    """A number of the whole site at one moment.

    :ivar samples: values by labels, such as ``{("timer", "waiting"): 3.0}``.
    """

    def __init__(
        self,
        name: str,
        meaning: str,
        labels: tuple[str, ...],
        samples: dict[tuple[str, ...], float],
    ) -> None:
        self.name, self.meaning, self.labels, self.samples = name, meaning, labels, samples


def exposed(gauges: tuple[Gauge, ...]) -> bytes:
    """Return this process's counts and the site's gauges in Prometheus's text format."""
    site = CollectorRegistry()
    site.register(_Site(gauges))
    return generate_latest(_registry) + generate_latest(site)


class _Site(Collector):
    def __init__(self, gauges: tuple[Gauge, ...]) -> None:
        self._gauges = gauges

    def collect(self) -> Iterator[GaugeMetricFamily]:
        for gauge in self._gauges:
            family = GaugeMetricFamily(gauge.name, gauge.meaning, labels=list(gauge.labels))
            for labels, value in gauge.samples.items():
                family.add_metric(list(labels), value)
            yield family
