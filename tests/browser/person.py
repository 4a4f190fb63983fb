"""A person at a browser: signs in, takes tasks, fills in forms, reads what a page says."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from datetime import date
from itertools import count
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, FilePayload, Locator, Page, expect

from tests.browser.site import ARTEFACTS, Site
from web.accounts.demo import DEMO_PASSWORD

PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)
"""The smallest document that a scheme takes: one empty page."""

WAIT_S = 60.0
"""How long the engine may take until its worker has brought a case to its next task, and a busy
machine until it shows a page."""

expect.set_options(timeout=WAIT_S * 1000)

_numbers = count(1)


class Person:
    """Somebody with a demo account and a browser window of their own.

    :ivar page: the window, for what a test wants to read itself.
    :ivar complaints: what the browser's console said went wrong.
    """

    def __init__(
        self,
        browser: Browser,
        site: Site,
        name: str,
        *,
        locale: str = "fr-FR",
        width: int = 1280,
        javascript: bool = True,
    ) -> None:
        self.name, self.site, self.width, self.javascript = name, site, width, javascript
        self.complaints: list[str] = []
        self._context = browser.new_context(
            base_url=site.address,
            locale=locale,
            viewport={"width": width, "height": 900},
            java_script_enabled=javascript,
            storage_state=site.signed_in.get(name),
        )
        self.page: Page = self._context.new_page()
        self.page.set_default_timeout(WAIT_S * 1000)
        self.page.on("pageerror", lambda error: self.complaints.append(f"{name}: {error}"))
        self.page.on("console", self._listen)

    def _listen(self, message: ConsoleMessage) -> None:
        # Chromium writes every answer of 400 and above to the console; tests ask for those.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.complaints.append(f"{self.name}: {message.text}")

    def another_window(self) -> Page:
        """Open a second window of the same, signed-in browser."""
        return self._context.new_page()

    def leave(self) -> None:
        """Close the window."""
        self._context.close()

    # --- going somewhere -----------------------------------------------------------------------

    def sign_in(self) -> Person:
        """Sign in with the demo's password; a second window of a name is signed in already."""
        if self.name in self.site.signed_in:
            return self
        self.go("/sign-in")
        self.page.fill("#email", f"{self.name}@demo.invalid")
        self.page.fill("#password", DEMO_PASSWORD)
        self.page.locator("main form button[type=submit]").click()
        expect(self.page.locator(".ps-bar__account")).to_be_visible()
        self.site.signed_in[self.name] = self._context.storage_state()
        return self

    def go(self, path: str) -> int:
        """Open an address of the site and return the answer's status."""
        response = self.page.goto(path)
        assert response is not None
        return response.status

    def begin_case(self, scheme: str) -> None:
        """Open a scheme's start form, by the menu."""
        self.go("/")
        self.page.locator(".ps-bar__nav a[href='/start']").click()
        self.page.locator(f"a.govuk-button[href='/start/{scheme}']").click()

    def open_task(self, reference: str, name: str) -> None:
        """Open a task of a case and take it, as soon as the engine has brought the case there."""
        deadline = time.monotonic() + WAIT_S
        while True:
            for which in ("group", "mine"):
                self.go(f"/tasks?which={which}&search={reference}")
                link = self.page.get_by_role("link", name=name, exact=True)
                if link.count():
                    link.first.click()
                    self._take()
                    return
            waiting = self.page.locator("main").inner_text()
            assert time.monotonic() < deadline, f"{self.name} gets no task “{name}”:\n{waiting}"

    def open_item(self, item_id: str, reference: str) -> None:
        """Open a task by its id, from the list in which it stands, and take it."""
        link = self.page.locator(f".ps-table a[href^='/tasks/{item_id}']")
        deadline = time.monotonic() + WAIT_S
        while True:
            for which in ("group", "mine"):
                self.go(f"/tasks?which={which}&search={reference}")
                if link.count():
                    link.first.click()
                    self._take()
                    return
            assert time.monotonic() < deadline, f"{self.name} is not offered {item_id}"

    def _take(self) -> None:
        claim = self.page.locator("form[action$='/claim'] button")
        # A click does not wait for the page that it leads to.
        expect(claim.or_(self.button("complete")).first).to_be_visible()
        if claim.count():
            claim.click()
        expect(self.button("complete")).to_be_visible()

    def open_case(self, reference: str) -> None:
        """Open a case's page, by the list of cases."""
        self.go(f"/cases?search={reference}")
        self.page.get_by_role("link", name=reference).click()

    # --- answering -----------------------------------------------------------------------------

    def button(self, intent: str) -> Locator:
        """Return the form's button: ``complete``, ``draft``, ``refresh``, ``add:<table>``."""
        return self.page.locator(f"button[name='_intent'][value='{intent}']")

    def answer(self, answers: Mapping[str, Any]) -> None:
        """Fill in fields by their keys, in the order given.

        A list of mappings fills a table's rows; ``bytes`` are handed in as a PDF. Where a field
        is not on the page, the fields are brought up to date first.
        """
        for key, value in answers.items():
            if isinstance(value, list) and value and isinstance(value[0], Mapping):
                self._fill_rows(key, value)
            else:
                self._fill(key, value)

    def _fill_rows(self, key: str, rows: list[Mapping[str, Any]]) -> None:
        for number, row in enumerate(rows):
            marker = self.page.locator(f"input[name='{key}.{number}._row']")
            if not marker.count():
                self.button(f"add:{key}").click()
                marker.wait_for(state="attached")
            for column, value in row.items():
                self._fill(f"{key}.{number}.{column}", value)

    def _fill(self, key: str, value: Any) -> None:
        if isinstance(value, bytes):
            payload = FilePayload(name=f"{key}.pdf", mimeType="application/pdf", buffer=value)
            self.page.locator(f"input[type=file][name='{key}.file']").set_input_files(payload)
            return
        field = self.page.locator(f"[name='{key}']:not([type=hidden])")
        if not field.count() and not self.javascript:
            self.button("refresh").click()
        field.first.wait_for()
        if self._stands(field, value):
            return
        if self.javascript and field.locator("xpath=ancestor::*[@data-hx-post]").count():
            # The script hears of a change only once it has been read.
            self.page.wait_for_load_state("load")
            with self.page.expect_response(lambda response: response.request.method == "POST"):
                self._put(field, value)
            self.page.wait_for_function(
                "() => !document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling')"
            )
        else:
            self._put(field, value)

    def _stands(self, field: Locator, value: Any) -> bool:
        """Tell whether a choice is made already: then nothing on the page would change."""
        if field.first.get_attribute("type") == "radio":
            return field.and_(self.page.locator(f"[value='{value}']")).is_checked()
        tag = field.first.evaluate("e => e.localName")
        return bool(tag == "select" and field.input_value() == str(value))

    def _put(self, field: Locator, value: Any) -> None:
        kind = field.first.get_attribute("type") or field.first.evaluate("e => e.localName")
        if kind in {"radio", "checkbox"}:
            wanted = value if isinstance(value, list) else [value]
            for one in wanted:
                text = "true" if one is True else str(one)
                self.page.locator(
                    f"[name='{field.first.get_attribute('name')}'][value='{text}']"
                ).check()
        elif kind == "select":
            field.select_option(str(value))
        else:
            field.fill(value.isoformat() if isinstance(value, date) else str(value))
            if self.javascript:
                field.blur()

    def complete(self) -> None:
        """Complete the task; its page has to accept it."""
        # The task's own page may bear a notice already: only the next page tells.
        with self.page.expect_navigation():
            self.button("complete").click()
        problems = self.page.locator(".govuk-error-summary")
        notice = self.page.locator(".ps-notice")
        expect(notice.or_(problems).first).to_be_visible()
        assert not problems.count(), problems.inner_text()

    def do(self, reference: str, name: str, answers: Mapping[str, Any], shot: str = "") -> None:
        """Take a task, answer it, complete it; ``shot`` is a folder for its picture."""
        self.open_task(reference, name)
        self.answer(answers)
        if shot:
            self.shot(f"{shot}/{name}")
        self.complete()

    # --- reading -------------------------------------------------------------------------------

    def shot(self, name: str) -> None:
        """Keep a picture of the whole page among the test's artefacts."""
        folder, _slash, rest = name.rpartition("/")
        words = re.sub(r"[^\w]+", "-", rest).strip("-").lower()
        path = ARTEFACTS / folder / f"{next(_numbers):03}-{self.name}-{words}.png"
        self.page.screenshot(path=path, full_page=True)

    def heading(self) -> str:
        """Return the page's first heading."""
        return self.page.locator("h1").inner_text()

    def scrolls_sideways(self) -> bool:
        """Tell whether the page is wider than the window."""
        return bool(self.page.evaluate("document.scrollingElement.scrollWidth > window.innerWidth"))
