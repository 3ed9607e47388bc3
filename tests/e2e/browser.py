"""People at Moodle, each with a browser of her own."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, FloatRect, Page, ViewportSize

PROJECT = Path(__file__).resolve().parent.parent.parent
DESKTOP: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 360, "height": 780}
SMALLEST: ViewportSize = {"width": 320, "height": 700}
ROOM = 8.0  # pixels around what a picture shows
SIDES = (("x", "width"), ("y", "height"))
DASHBOARD = "/local/student_dashboard/index.php"

# What Moodle's own browser tests wait for: the page is there and its scripts have done their work.
SETTLED = """() => document.readyState === 'complete' && window.M && M.util && M.util.pending_js
    && M.util.pending_js.length === 0"""

# In one step: Moodle's script for "show password" replaces the password field after the page is there.
LOG_IN = """([username, password]) => {
    const form = document.querySelector('form#login');
    form.username.value = username;
    form.password.value = password;
    form.submit();
}"""


class Person:
    """Somebody with an account, in a browser window of her own."""

    def __init__(self, browser: Browser, site: str, username: str, password: str) -> None:
        self.site = site
        self.page: Page = browser.new_context(viewport=DESKTOP, locale="en").new_page()
        self.page.set_default_timeout(60_000)
        self.visit("/login/index.php")
        self.page.evaluate(LOG_IN, [username, password])
        self.page.wait_for_url(lambda url: "/login/" not in url, wait_until="commit")

    def visit(self, path: str) -> Page:
        """Open a page and wait until its scripts have done their work."""
        self.page.goto(self.site + path)
        self.page.wait_for_function(SETTLED)
        return self.page

    def dashboard(self, **arguments: Any) -> Page:
        """Open the student's page; `tab` names the tab, `userid` whose page it is."""
        query = "&".join(f"{name}={value}" for name, value in arguments.items())
        return self.visit(DASHBOARD + (f"?{query}" if query else ""))

    def leave(self) -> None:
        """Close the window."""
        self.page.context.close()


def section(page: Page, name: str) -> str:
    """Read the text of a section of the open tab: overview, courses, grades, finance, payments, requests, profile."""
    return page.locator(f"#local-student-dashboard-{name}").inner_text()


def facts(page: Page) -> dict[str, str]:
    """Read the facts of the profile, whose tab is open, by their labels."""
    labels = page.locator("#local-student-dashboard-profile dt").all_inner_texts()
    values = page.locator("#local-student-dashboard-profile dd").all_inner_texts()
    return dict(zip(labels, values, strict=True))


def screenshot(page: Page, name: str, clip: list[str] | None = None, tallest: float = math.inf) -> Path:
    """Take a picture: for the docs when UPDATE_SCREENSHOTS=1, else into build/.

    Args:
        page: the page, whole unless `clip` is given.
        name: of the file, without ending.
        clip: elements that stand one below the other; the picture holds them alone.
        tallest: pixels after which what is clipped is cut off.
    """
    folder = PROJECT / ("docs" if os.environ.get("UPDATE_SCREENSHOTS") == "1" else "build") / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.png"
    page.screenshot(path=path, full_page=True, animations="disabled", clip=_around(page, clip or [], tallest))
    return path


def _around(page: Page, elements: list[str], tallest: float) -> FloatRect | None:
    """Measure the part of the page that holds some elements, with a little room around them."""
    boxes = [box for element in elements if (box := page.locator(element).bounding_box())]
    if not boxes:
        return None
    left, top = (min(box[side] for box in boxes) for side in ("x", "y"))
    right, bottom = (max(box[side] + box[size] for box in boxes) for side, size in SIDES)
    room = min(ROOM, left)
    return {
        "x": left - room,
        "y": top - room + float(page.evaluate("window.scrollY")),
        "width": right - left + 2 * room,
        "height": min(bottom - top + 2 * room, tallest),
    }


def choose_file(page: Page, path: Path) -> None:
    """Upload a file in Moodle's file picker, which is open or being opened."""
    page.wait_for_selector(".fp-repo-name")
    # The picker may be busy with the place that was used last, and makes the form anew when it is done.
    page.wait_for_function(SETTLED)
    page.click('.fp-repo-name:has-text("Upload a file")')
    page.wait_for_function(SETTLED)
    page.set_input_files("input[name=repo_upload_file]", str(path))
    page.click(".fp-upload-btn")


def sideways_scroll(page: Page) -> int:
    """Measure by how many pixels the page is wider than the window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
