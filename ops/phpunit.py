"""PHPUnit inside Moodle, without Composer: the distribution's PHPUnit 9 in a site copy made for it.

Moodle 4.5 wants PHPUnit 9.6 from Composer; a `vendor/` folder in the copy hands it the distribution's.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from ops import machine
from ops.moodle import MoodleSite, quoted
from ops.processes import clean_environment
from ops.runas import SetupError, command_as, give

LIBRARY = Path("/usr/share/php/PHPUnit")
LOCALE = "en_AU"  # Moodle's tests format dates in it, in UTF-8
LOCALE_SOURCES = Path("/usr/share/i18n/locales")
NEEDS_INSTALL, NEEDS_REINSTALL = 140, 141  # exit codes of Moodle's admin/tool/phpunit/cli/util.php --diag

AUTOLOAD = """\
<?php
require_once('PHPUnit/Autoload.php');
require_once(__DIR__ . '/Assert.php');
"""
# Debian's 9.6.7 is older than these two assertions (9.6.11), which Moodle's tests use.
ASSERTIONS = """
    public static function assertObjectHasProperty(string $name, object $object, string $message = ''): void
    {
        static::assertTrue(property_exists($object, $name), $message ?: "object has property $name");
    }

    public static function assertObjectNotHasProperty(string $name, object $object, string $message = ''): void
    {
        static::assertFalse(property_exists($object, $name), $message ?: "object has no property $name");
    }
"""


def phpunit() -> str:
    """Find the distribution's PHPUnit.

    Raises:
        SetupError: there is none.
    """
    found = shutil.which("phpunit")
    if found is None or not LIBRARY.is_dir():
        raise SetupError("phpunit is not installed: apt-get install phpunit")
    return found


class MoodlePhpunit:
    """Moodle's own test site, below a site's folder; its database and data are made by Moodle's tools."""

    def __init__(self, site: MoodleSite) -> None:
        self.site = site
        self.data = site.folder / "phpunitdata"
        self.reports = site.folder / "reports"
        self.locales = site.folder / "locales"
        self.site.extra_config = (
            f"$CFG->phpunit_dataroot = {quoted(str(self.data))};\n$CFG->phpunit_prefix = 'phpu_';\n"
        )

    def prepare(self) -> None:
        """Copy code and plugins, and install Moodle's test tables when they are missing or out of date.

        Raises:
            SetupError: Moodle's tools refused; the text holds the end of what they said.
        """
        self.site.prepare_code()
        for folder in (self.data, self.reports, self.site.code):
            folder.mkdir(exist_ok=True)
            give(folder, self.site.user)
        self._vendor()
        self._locale()
        state = self._util("--diag")
        if state.returncode == NEEDS_REINSTALL:
            self._must("--drop")
        if state.returncode in {NEEDS_INSTALL, NEEDS_REINSTALL}:
            self.site.say("installing Moodle's test site (about a minute)")
            self._must("--install")
        elif state.returncode != 0:
            raise SetupError(f"Moodle's PHPUnit site is not usable:\n{state.stdout[-1500:]}")
        self._must("--buildconfig")

    def _vendor(self) -> None:
        vendor = self.site.code / "vendor"
        for folder in (vendor / "bin", vendor / "phpunit" / "phpunit"):
            folder.mkdir(parents=True, exist_ok=True)
        (vendor / "phpunit" / "phpunit" / "composer.json").write_text("{}\n")
        (vendor / "autoload.php").write_text(AUTOLOAD)
        source = (LIBRARY / "Framework" / "Assert.php").read_text()
        if "function assertObjectHasProperty" not in source:
            source = source[: source.rindex("}")] + ASSERTIONS + "}\n"
        (vendor / "Assert.php").write_text(source)
        command = Path(phpunit()).read_text()
        own = command.replace("'PHPUnit/Autoload.php'", "__DIR__ . '/../autoload.php'").partition("\n")[2]
        (vendor / "bin" / "phpunit").write_text(own)

    def _locale(self) -> None:
        """Compile the locale of Moodle's tests for this site alone: the machine need not have it."""
        compiled = self.locales / f"{LOCALE}.UTF-8"
        if compiled.is_dir():
            return
        if not (LOCALE_SOURCES / LOCALE).exists():
            machine.install(["locales"], self.site.say)
        self.locales.mkdir(exist_ok=True)
        argv = ["localedef", "-i", LOCALE, "-f", "UTF-8", str(compiled)]
        done = subprocess.run(argv, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise SetupError(f"localedef failed: {done.stderr.strip()}")

    def _util(self, option: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.site.php_command(["admin/tool/phpunit/cli/util.php", option]),
            capture_output=True,
            text=True,
            check=False,
            cwd=self.site.code,
            env=self.environment(),
        )

    def _must(self, option: str) -> None:
        done = self._util(option)
        if done.returncode != 0:
            raise SetupError(
                f"Moodle's PHPUnit util.php {option} failed:\n{(done.stdout + done.stderr)[-1500:]}"
            )

    def environment(self) -> dict[str, str]:
        """Build the environment that PHPUnit runs in."""
        return clean_environment(self.site.folder, {"LOCPATH": str(self.locales)})

    def command(self, plugin: str) -> list[str]:
        """Build the command that runs one plugin's suite; its results go into `reports`, as two files."""
        argv = [machine.php(), "-d", "max_input_vars=5000", "-d", "memory_limit=1G", "vendor/bin/phpunit"]
        argv += ["--testsuite", f"local_{plugin}_testsuite", "--fail-on-risky", "--fail-on-warning"]
        argv += ["--log-junit", str(self.reports / f"{plugin}.xml")]
        argv += ["--log-teamcity", str(self.reports / f"{plugin}.teamcity")]
        return command_as(self.site.user, argv, below=self.site.folder)
