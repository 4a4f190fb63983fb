"""What monitoring asks: alive, ready, numbers; without a name of anybody."""

from __future__ import annotations

from dataclasses import replace

from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from tests.web.conftest import Site, actor

BEARER = {"Authorization": "Bearer watch-me"}


def watched(site: Site) -> FlaskClient:
    site.app.extensions["settings"] = replace(
        site.app.extensions["settings"], metrics_token="watch-me"
    )
    return site.app.test_client()


def numbers(text: str) -> dict[tuple[str, ...], float]:
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_health_and_readiness_need_no_account(site: Site) -> None:
    for path in ("/health", "/ready"):
        assert site.app.test_client().get(path).text == "ok\n"


def test_metrics_are_for_whoever_has_the_token_and_do_not_exist_for_others(site: Site) -> None:
    assert site.app.test_client().get("/metrics", headers=BEARER).status_code == 404
    browser = watched(site)
    for headers in ({}, {"Authorization": "Bearer watch"}, {"Authorization": "Bearer é"}):
        assert browser.get("/metrics", headers=headers).status_code == 404
    answer = browser.get("/metrics", headers=BEARER)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")


def test_metrics_count_cases_tasks_and_steps_and_tell_nobody(site: Site) -> None:
    browser = watched(site)
    before = numbers(browser.get("/metrics", headers=BEARER).text)
    case = site.engine.case(site.start(), actor("ofii"))
    text = browser.get("/metrics", headers=BEARER).text
    after = numbers(text)
    assert after["passerelle_cases", "cm/ofii", "active"] == 1
    assert after["passerelle_tasks_open", "in-time"] == 1
    steps = ("passerelle_step_seconds_count", "StartProcess")
    assert after[steps] == before.get(steps, 0) + 1
    assert case.reference not in text
    assert case.id not in text
