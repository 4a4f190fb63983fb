"""What holds for every page: headers, weight, languages, pinned styles."""

from __future__ import annotations

import gzip
import json
import re
from importlib.metadata import metadata
from pathlib import Path

import brotli
import pytest

from engine.errors import ConfigurationError
from tests.web.conftest import Site
from web import bundles
from web.bundles import DIST
from web.catalogues import missing, read
from web.french import typeset
from web.prose import prose

ASSETS = Path(bundles.__file__).parent / "assets"
PAGES = ("/sign-in", "/tasks", "/start", "/cases", "/nowhere")


def test_every_answer_carries_the_security_headers(site: Site) -> None:
    browser = site.browser("ofii")
    for path in (*PAGES, "/health", "/ready"):
        headers = browser.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cache-Control"] == "no-store"


def test_no_page_holds_inline_script_or_style(site: Site) -> None:
    case_id = site.start()
    browser = site.browser("ofii")
    for path in (*PAGES, f"/cases/{case_id}", f"/tasks/{site.task(case_id)}"):
        page = browser.get(path).text
        assert not re.search(r"<script(?![^>]*\ssrc=)", page), path
        assert not re.search(r"\sstyle=|<style|\son[a-z]+=", page), path


def test_first_load_weighs_at_most_20_kb_without_javascript_and_35_with(site: Site) -> None:
    manifest = json.loads((DIST / "manifest.json").read_text())
    case_id = site.start()
    browser = site.browser("ofii")
    style = (DIST / f"{manifest['passerelle.ltr.css']}.br").stat().st_size
    script = (DIST / f"{manifest['passerelle.js']}.br").stat().st_size
    for path in ("/tasks", f"/tasks/{site.task(case_id)}", "/cases"):
        html = len(brotli.compress(browser.get(path).data, quality=5))
        assert html + style <= 20_000, path
        assert html + style + script <= 35_000, path


def test_style_sheets_are_served_compressed_and_kept_for_ever(site: Site) -> None:
    link = re.search(r'href="(/assets/[^"]+\.css)"', site.browser().get("/sign-in").text)
    assert link is not None
    client = site.app.test_client()
    sheet = client.get(link.group(1), headers={"Accept-Encoding": "br"})
    assert sheet.headers["Content-Encoding"] == "br"
    assert "immutable" in sheet.headers["Cache-Control"]
    zipped = client.get(link.group(1), headers={"Accept-Encoding": "gzip"})
    assert b"govuk" in gzip.decompress(zipped.data)
    assert client.get("/assets/manifest.json").status_code == 200
    assert client.get("/assets/../app.py").status_code == 404


def test_arabic_page_runs_right_to_left_with_its_own_style_sheet(site: Site) -> None:
    browser = site.browser("ofii")
    browser.get("/language/ar")
    page = browser.get("/tasks").text
    assert '<html lang="ar" dir="rtl"' in page
    assert "passerelle.rtl." in page
    assert 'hreflang="ar" aria-current="true"' in page


def test_designers_pages_offer_french_and_english_and_keep_arabic_for_the_others(
    site: Site,
) -> None:
    browser = site.browser("admin")
    browser.get("/language/ar")
    page = browser.get("/versions").text
    assert '<html lang="fr" dir="ltr"' in page
    assert 'hreflang="en"' in page
    assert 'hreflang="ar"' not in page
    assert '<html lang="ar" dir="rtl"' in browser.get("/operations").text


def test_the_browsers_arabic_is_heard_before_anyone_signs_in(site: Site) -> None:
    heard = {"Accept-Language": "ar-TN,fr;q=0.5"}
    page = site.app.test_client().get("/sign-in", headers=heard)
    assert '<html lang="ar" dir="rtl"' in page.text


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_a_language_says_every_word_of_the_pages_that_speak_it(language: str) -> None:
    assert missing(language) == ()


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("D'accord, l'%(day)s", "D’accord, l’%(day)s"),
        ("Attention : 18:30 !", "Attention\N{NO-BREAK SPACE}: 18:30\N{NARROW NO-BREAK SPACE}!"),
        ("« %(file)s » ; fini", "«\N{NO-BREAK SPACE}%(file)s\N{NO-BREAK SPACE}»\u202f; fini"),
        ("%(score)s %%", "%(score)s\N{NO-BREAK SPACE}%%"),
        ('date("2026-02-01")', 'date("2026-02-01")'),
    ],
)
def test_french_is_printed_with_its_own_apostrophe_and_spaces(typed: str, printed: str) -> None:
    assert typeset(typed) == printed
    assert typeset(printed) == printed


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_a_translation_fills_in_what_its_source_fills_in(language: str) -> None:
    for message in read(language):
        if message.string and isinstance(message.id, str):
            assert isinstance(message.string, str)
            assert _figures(message.string) == _figures(message.id), message.id


def _figures(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)s", text))


def test_every_french_word_of_the_pages_is_typeset() -> None:
    for message in read("fr"):
        words = (message.string,) if isinstance(message.string, str) else message.string
        assert not message.id or all(typeset(each) == each for each in words)


def test_govuk_frontend_is_the_version_that_its_templates_were_made_for() -> None:
    description = metadata("govuk-frontend-jinja").get_payload()
    named = re.search(r"GOV\.UK%20Frontend-v([\d.]+)-", str(description))
    assert named is not None
    package = json.loads((ASSETS / "package.json").read_text())
    assert package["dependencies"]["govuk-frontend"] == named.group(1)


def test_every_npm_package_is_pinned_exactly_and_the_lock_names_no_registry() -> None:
    package = json.loads((ASSETS / "package.json").read_text())
    pins = {**package["dependencies"], **package["devDependencies"]}
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in pins.values())
    assert "resolved" not in (ASSETS / "package-lock.json").read_text()


def test_missing_style_sheets_stop_the_application_and_say_what_to_run(
    site: Site, tmp_path: Path
) -> None:
    with pytest.raises(ConfigurationError, match="make setup"):
        bundles.install(site.app, tmp_path)


def test_prose_keeps_words_and_lists_and_drops_what_could_harm() -> None:
    html = prose("# Titre\n\n- un\n\n[lien](javascript:alert(1)) <img src=x onerror=y> **fort**")
    assert "<strong>fort</strong>" in html
    assert "<h2" in html
    assert "<li>un</li>" in html
    for harm in ('href="javascript', "<img", "onerror", "<h1"):
        assert harm not in html
