"""What axe, the accessibility checker, finds wrong with our part of a page."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WCAG_21_AA = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}
OURS = "#region-main"  # what stands around it is the theme's


def violations(page: Page) -> list[str]:
    """List what axe finds wrong in our part of the page, each with the place."""
    found = Axe().run(page, context=OURS, options=WCAG_21_AA).response["violations"]
    return [f"{one['id']}: {node['html'][:200]} ({one['help']})" for one in found for node in one["nodes"]]
