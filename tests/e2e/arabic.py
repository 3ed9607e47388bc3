"""Arabic for a site without Moodle's language pack; the plugins bring their own words."""

from __future__ import annotations

from ops.moodle import MoodleSite
from ops.runas import give

PACK = """<?php
$string['thislanguage'] = 'العربية';
$string['thislanguageint'] = 'Arabic';
$string['thisdirection'] = 'rtl';
$string['parentlanguage'] = '';
$string['localecldr'] = 'ar';
"""


def add_arabic(site: MoodleSite) -> None:
    """Give the site the direction of Arabic and its way to write numbers."""
    pack = site.data / "lang" / "ar"
    for folder in (pack.parent, pack):
        folder.mkdir(exist_ok=True)
        give(folder, site.user)
    (pack / "langconfig.php").write_text(PACK, encoding="utf-8")
    give(pack / "langconfig.php", site.user)
    site.php("admin/cli/purge_caches.php")
