"""The system's Chromium, and a visitor in it who notices whatever is wrong with a page."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Response, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync")
EVERYTHING = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}  # all that the night changes
HEIGHTS = {1360: 900, 390: 844}  # pixels of a window by its width
PATIENCE = 15_000  # ms for a page to open
WATCH = "window.broken = []; addEventListener('securitypolicyviolation', e => broken.push(`${e.violatedDirective} ${e.blockedURI}`))"
WIDE = """() => [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
    .slice(0, 5).map(e => `${e.tagName}.${e.className} “${(e.textContent || '').trim().slice(0, 40)}”`)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mode:
    """How somebody looks at the site."""

    width: int = 1360
    lang: str = "vi"
    scripts: bool = True

    def __str__(self) -> str:
        return f"{self.width}-{self.lang}{'' if self.scripts else '-no-scripts'}"


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser; the test fails where the system has none."""
    program = next((found for name in NAMES if (found := shutil.which(name))), None)
    if program is None:
        pytest.fail(f"Chưa có Chromium trên máy này (đã tìm: {', '.join(NAMES)}); hãy cài gói chromium. · "
                    f"There is no Chromium on this machine (looked for: {', '.join(NAMES)}); install the package chromium.", pytrace=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


@dataclass(slots=True, kw_only=True)
class Visitor:
    """One window; `look()` says what is wrong with the page that is open, `outside` and `errors` gather while pages load."""

    page: Page
    mode: Mode
    base: str
    axe: str
    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def open(self, path: str, *, status: int = 200) -> Response:
        """Go to a page in the visitor's language and look at it."""
        mark = "&" if "?" in path else "?"
        answer = self.page.goto(self.base + path + (f"{mark}lang=en" if self.mode.lang == "en" else ""))
        assert answer is not None and answer.status == status, (path, answer and answer.status)
        self.look()
        return answer

    def look(self) -> None:
        """Fail when anything is wrong with the page that is open, by day or by night.

        Accessibility, width, language, console, requests, the content policy.
        """
        page = self.page
        page.wait_for_load_state("load")
        assert page.locator("html").get_attribute("lang") == self.mode.lang, page.url
        width, shown = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        assert width <= shown, f"{page.url} is {width} px wide in a window of {shown}: {page.evaluate(WIDE)}"
        if self.mode.scripts:  # where scripts are off, axe-core is off too
            page.evaluate(self.axe)
            assert self.violations(EVERYTHING) == [], page.url
            page.emulate_media(color_scheme="dark")
            assert self.violations(COLOURS) == [], f"{page.url} by night"
            page.emulate_media(color_scheme="light")
            assert page.evaluate("window.broken") == [], page.url
        assert self.outside == [], page.url
        assert self.errors == [], page.url

    def violations(self, rules: Any) -> list[str]:
        """What axe-core finds against the rules: rule, words and the first places of each."""
        found = self.page.evaluate(f"axe.run(document, {{runOnly: {json.dumps(rules)}, resultTypes: ['violations'], preload: false, iframes: false}})")
        return [f"{rule['id']}: {rule['help']}: {[node['html'][:160] for node in rule['nodes'][:3]]}" for rule in found["violations"]]

    def asked(self, request: Any) -> None:
        """Note a request that leaves the site."""
        place = urlsplit(request.url)
        if place.scheme not in ("data", "blob") and f"{place.scheme}://{place.netloc}" != self.base:
            self.outside.append(request.url)

    def answered(self, response: Response) -> None:
        """Note a part of a page that is not there."""
        if response.status >= 400 and not response.request.is_navigation_request():
            self.errors.append(f"{response.status} {response.url}")

    def told(self, message: Any) -> None:
        """Note what the console is told."""
        of_the_page = message.text.startswith("Failed to load resource") and message.location.get("url") == self.page.url
        if message.type in ("error", "warning") and not of_the_page:  # a page of an error is itself told as one
            self.errors.append(f"{message.type}: {message.text}")


@contextmanager
def visiting(browser: Browser, base: str, mode: Mode, axe: Path) -> Iterator[Visitor]:
    """A new window with nothing remembered."""
    context = browser.new_context(viewport={"width": mode.width, "height": HEIGHTS[mode.width]}, color_scheme="light",
                                  java_script_enabled=mode.scripts, locale="vi-VN", reduced_motion="reduce")
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    visitor = Visitor(page=page, mode=mode, base=base, axe=axe.read_text("utf-8"))
    if mode.scripts:
        page.add_init_script(WATCH)
    page.on("request", lambda request: visitor.asked(request))
    page.on("response", lambda response: visitor.answered(response))
    page.on("console", lambda message: visitor.told(message))
    page.on("pageerror", lambda error: visitor.errors.append(str(error)))
    try:
        yield visitor
    finally:
        context.close()
