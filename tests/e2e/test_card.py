"""A student card from the request to its end: in Moodle's forms, in Zoho, on paper, on a stranger's telephone."""

from __future__ import annotations

import re
import struct
import zlib
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.e2e.browser import DESKTOP, PHONE, Person, choose_file, screenshot
from tests.e2e.college import College, eventually

WITHIN = 20.0  # seconds; the promise is 2, the margin is for a busy machine
SECTION = "#local-student-dashboard-studentcard"
CODE = ".local-student-dashboard-facecode"
POINTS_PER_MILLIMETRE = 72 / 25.4


def portrait(path: Path, width: int = 300, height: int = 400) -> Path:
    """Write a picture of one colour as PNG."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + bytes((120, 150, 190)) * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = (chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b""))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(parts))
    return path


def upload(page: Page, path: Path) -> None:
    """Choose a file in Moodle's file picker."""
    page.click("text=Choose a file...")
    choose_file(page, path)
    page.wait_for_selector(".filepicker-filename a")


def section(student: Person) -> str:
    """Read the section of the card."""
    return student.dashboard(tab="card").locator(SECTION).inner_text()


def sheet(pdf: bytes) -> list[tuple[float, float]]:
    """Read the sizes of a PDF's pages, in millimetres."""
    boxes = re.findall(rb"/MediaBox\s*\[\s*0\s+0\s+([\d.]+)\s+([\d.]+)\s*\]", pdf)
    return [(float(w) / POINTS_PER_MILLIMETRE, float(h) / POINTS_PER_MILLIMETRE) for w, h in boxes]


def verdict(browser: Browser, address: str) -> tuple[str, list[str]]:
    """Open the address on the card as a stranger with a telephone; return the page's text and her cookies' names."""
    page = browser.new_context(viewport=PHONE, locale="en").new_page()
    try:
        page.goto(address)
        return page.inner_text("body"), [cookie["name"] for cookie in page.context.cookies()]
    finally:
        page.context.close()


def test_student_card_from_request_to_its_end(
    college: College, student: Person, browser: Browser, tmp_path: Path
) -> None:
    # The college registers her, and she asks for a card.
    zohoid = college.people["student"]["zohoid"]
    statement = "SELECT zohoid FROM mdl_local_zohosync_registration WHERE studentid = %s AND deleted = 0"
    for (registration,) in college.ask(statement, zohoid):
        college.zoho.by_hand("PUT", f"BTEC_Registrations/{registration}", {"Registration_Status": "Active"})
    missing = "needs a photo"
    eventually(lambda: missing in section(student), "the registration is active in Moodle", WITHIN)

    # She gives a photo; a person approves it.
    page = student.visit("/local/student_dashboard/photo.php")
    upload(page, portrait(tmp_path / "me.png"))
    page.click("#id_submitbutton")
    page.wait_for_selector(f"{SECTION} .badge:text-is('Waits for the college')")
    admin = Person(browser, college.site.url, "admin", college.passwords["admin"])
    desk = admin.visit("/local/student_dashboard/photos.php")
    screenshot(desk, "photos")
    desk.get_by_role("button", name="Approve").click()
    desk.wait_for_selector("text=The photo is approved.")

    # The request that she raises is agreed to in Zoho.
    assert "when it has agreed to your request" in section(student)
    raised = college.zoho.by_hand(
        "POST",
        "BTEC_Student_Requests",
        {"Name": "Card", "Student": {"id": zohoid}, "Request_Type": "Student Card", "Status": "Approved"},
    )
    issue = f"{SECTION} button[value=issue]"
    eventually(
        lambda: bool(section(student)) and student.page.locator(issue).count() == 1,
        "it may be issued",
        WITHIN,
    )
    student.page.click(issue)
    student.page.wait_for_selector(f"{SECTION} {CODE}")

    # On paper it has the size of a card, and there is one sheet.
    page = student.visit("/local/student_dashboard/card.php")
    screenshot(page, "card-print")
    printed = page.pdf(prefer_css_page_size=True, print_background=True)
    assert [(round(w), round(h)) for w, h in sheet(printed)] == [(86, 54)]

    # A stranger who tries codes learns nothing and gets no session. (The code on the card: `student_card_test`.)
    address = college.site.url + "/local/student_dashboard/verify.php?token="
    text, cookies = verdict(browser, address + "0" * 24)
    assert "This student card is not valid" in text
    assert cookies == []

    # Nobody who is logged in as her gets it; she gives it up herself.
    key = admin.dashboard(userid=college.people["student"]["id"]).evaluate("M.cfg.sesskey")
    admin.visit(f"/course/loginas.php?id=1&user={college.people['student']['id']}&sesskey={key}")
    assert admin.visit("/local/student_dashboard/card.php").locator(CODE).count() == 0
    admin.leave()
    student.dashboard(tab="card")
    student.page.set_viewport_size(DESKTOP)
    student.page.click(f"{SECTION} summary:has-text('I have lost my card')")
    student.page.click(f"{SECTION} button[value=lost]")
    student.page.wait_for_selector("text=Your card is no longer valid.")
    assert "when it has agreed to your request" in section(student), "one request stands for one card"
    college.zoho.by_hand("DELETE", f"BTEC_Student_Requests/{raised['id']}")
