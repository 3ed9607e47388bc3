"""Build and run a Moodle site of our own from a Moodle code tree: everything below one folder.

The code tree (`MOODLE_DIR`) is only read: the site gets a copy, by hard links where the file system allows.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shlex
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql

from ops import machine
from ops.postgres import PrivatePostgres, free_port
from ops.processes import Service, clean_environment
from ops.runas import SetupError, command_as, give, unprivileged_user
from ops.webserver import WebServer

PROJECT = Path(__file__).resolve().parent.parent
CACHE = Path.home() / ".cache" / "zohosync"
PLUGINS = ("zohosync", "student_dashboard")
PHP_SETTINGS = ("-d", "max_input_vars=5000", "-d", "memory_limit=512M")
CRON_KEEPALIVE_SECONDS = 120

CONFIG = """\
<?php
// Written by ops/moodle.py.
unset($CFG);
global $CFG;
$CFG = new stdClass();
$CFG->dbtype = 'pgsql';
$CFG->dblibrary = 'native';
$CFG->dbhost = '127.0.0.1';
$CFG->dbname = {database};
$CFG->dbuser = {role};
$CFG->dbpass = {password};
$CFG->prefix = 'mdl_';
$CFG->dboptions = ['dbport' => {dbport}];
$CFG->wwwroot = {url};
$CFG->dataroot = {data};
$CFG->localrequestdir = {data} . '/requestdir'; // Not the machine's /tmp.
$CFG->directorypermissions = 02770;
$CFG->noemailever = true; // Generated people: no mail may leave.
$CFG->disableupdatenotifications = true;
$CFG->preventexecpath = true;
{extra}require_once(__DIR__ . '/lib/setup.php');
"""


def default_source() -> Path:
    """Tell where Moodle's code is expected: `MOODLE_DIR`, else the cache."""
    return Path(os.environ.get("MOODLE_DIR") or CACHE / "moodle").expanduser()


def has_source(source: Path) -> bool:
    """Tell whether a folder holds an unpacked Moodle code tree."""
    return (source / "version.php").is_file() and (source / "lib" / "setup.php").is_file()


def copy_code(source: Path, target: Path, user: str | None) -> None:
    """Copy a code tree, by hard links when possible; `user` must be able to read every file.

    Raises:
        SetupError: there is no Moodle code tree at `source`.
    """
    if not has_source(source):
        raise SetupError(f"{source} holds no Moodle code tree; set MOODLE_DIR to an unpacked Moodle 4.5")

    def place(origin: str, copy: str) -> str:
        if user is None or Path(origin).stat().st_mode & 0o004:
            try:
                os.link(origin, copy)
            except OSError:
                shutil.copyfile(origin, copy)
        else:
            shutil.copyfile(origin, copy)
            Path(copy).chmod(0o644)
        return copy

    def ignored(folder: str, names: list[str]) -> set[str]:
        return {".git", "config.php", "node_modules"} & set(names) if Path(folder) == source else set()

    partial = target.with_name(target.name + ".part")
    shutil.rmtree(partial, ignore_errors=True)
    shutil.copytree(source, partial, symlinks=True, ignore=ignored, copy_function=place)
    for folder in [partial, *(path for path in partial.rglob("*") if path.is_dir())]:
        folder.chmod(0o755)
    partial.rename(target)


def copy_plugins(code: Path) -> str:
    """Replace both plugins in a site's code by the project's, and return a digest of their files."""
    digest = hashlib.sha256()
    for name in PLUGINS:
        origin, copy = PROJECT / "moodle" / "local" / name, code / "local" / name
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(origin, copy, ignore=shutil.ignore_patterns("__pycache__", ".*"))
        for path in [copy, *sorted(copy.rglob("*"))]:
            path.chmod(0o755 if path.is_dir() else 0o644)
            if path.is_file():
                digest.update(str(path.relative_to(code)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def php_arguments(*arguments: str) -> list[str]:
    """Build a PHP command line with the limits that Moodle asks for."""
    return [machine.php(), *PHP_SETTINGS, *arguments]


def quoted(value: str) -> str:
    """Write a text as a PHP literal."""
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


@dataclass
class MoodleSite:
    """One site below `folder`: `build()`, `start()`, `stop()`. The PostgreSQL server must be running."""

    folder: Path
    postgres: PrivatePostgres
    source: Path = field(default_factory=default_source)
    port: int = field(default_factory=free_port)
    database: str = "moodle"
    say: machine.Say = print
    extra_config: str = ""

    def __post_init__(self) -> None:
        self.folder = self.folder.resolve()
        self.user = unprivileged_user("www-data")
        self.web = WebServer(self.folder, self.code, self.port, self.user)
        self.cron: Service | None = None

    @property
    def code(self) -> Path:
        """The site's copy of the code."""
        return self.folder / "code"

    @property
    def data(self) -> Path:
        """Moodle's data root, writable by the site's user."""
        return self.folder / "data"

    @property
    def url(self) -> str:
        """The site's address (wwwroot)."""
        return self.web.url

    def build(self) -> None:
        """Bring the site up to date: code, plugins, configuration, database. Quick when nothing has changed.

        Raises:
            SetupError: names what is missing, or holds the end of what Moodle said.
        """
        digest = self.prepare_code()
        stamp = self.folder / "installed"
        known = stamp.read_text() if stamp.exists() else ""
        if not known:
            self._install()
        elif known != digest:
            self.say("upgrading the plugins in Moodle")
            self.php("admin/cli/upgrade.php", "--non-interactive")
            self.php("admin/cli/purge_caches.php")
        stamp.write_text(digest)

    def prepare_code(self) -> str:
        """Bring code, plugins and configuration up to date, without the database; return the plugins' digest.

        Raises:
            SetupError: no Moodle code, or PHP lacks something.
        """
        machine.check_php()
        self.folder.mkdir(parents=True, exist_ok=True)
        if not self.code.exists():
            self.say("copying Moodle's code")
            copy_code(self.source, self.code, self.user)
        digest = copy_plugins(self.code)
        self.data.mkdir(exist_ok=True)
        give(self.data, self.user)
        if not self.postgres.has_database(self.database):
            self.postgres.create_database(self.database)
        self._configure()
        return digest

    def _configure(self) -> None:
        password = secrets.token_urlsafe(24)
        role = sql.Identifier(self.database)
        with psycopg.connect(self.postgres.dsn(), autocommit=True) as connection:
            known = connection.execute(
                "SELECT 1 FROM pg_roles WHERE rolname = %s", (self.database,)
            ).fetchone()
            verb = sql.SQL("ALTER" if known else "CREATE")
            connection.execute(
                sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(verb, role, sql.Literal(password))
            )
            connection.execute(sql.SQL("ALTER DATABASE {} OWNER TO {}").format(role, role))
        text = CONFIG.format(
            database=quoted(self.database),
            role=quoted(self.database),
            password=quoted(password),
            dbport=self.postgres.port,
            url=quoted(self.url),
            data=quoted(str(self.data)),
            extra=self.extra_config,
        )
        write_private(self.code / "config.php", text, self.user)

    def _install(self) -> None:
        self.say("installing Moodle (about a minute)")
        self.postgres.drop_database(self.database)
        self.postgres.create_database(self.database)
        self._configure()
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir()
        give(self.data, self.user)
        # The installer takes the password only as an argument, which every user of the machine can read:
        # this one is thrown away, `set_admin_password` gives the real one.
        thrown_away = secrets.token_urlsafe(24)
        self.php(
            "admin/cli/install_database.php",
            "--agree-license",
            "--lang=en",
            f"--adminpass={thrown_away}",
            "--adminemail=admin@example.org",
            "--fullname=BTEC College",
            "--shortname=college",
        )

    def php(self, script: str, *arguments: str, given: str = "") -> str:
        """Run one of the site's scripts as the site's user, `given` on its standard input; return its output.

        Raises:
            SetupError: it failed; the text holds the end of what it said.
        """
        done = subprocess.run(
            self.php_command([script, *arguments]),
            input=given,
            capture_output=True,
            text=True,
            check=False,
            cwd=self.code,
            env=clean_environment(self.folder),
        )
        if done.returncode != 0:
            raise SetupError(f"{Path(script).name} failed:\n{(done.stdout + done.stderr)[-1500:]}")
        return done.stdout

    def php_command(self, arguments: Sequence[str]) -> list[str]:
        """Build the command that runs PHP as the site's user."""
        return command_as(self.user, php_arguments(*arguments), below=self.folder)

    def connect(self, agent_url: str) -> dict[str, str]:
        """Run the plugin's set-up: account, role, service, token, secret; return the agent's settings."""
        answer = self.php("local/zohosync/cli/setup.php", f"--agenturl={agent_url}", "--json")
        settings = json.loads(answer)
        return {str(name): str(value) for name, value in settings.items()}

    def start(self, *, cron: bool = True) -> MoodleSite:
        """Serve the site, and run its cron as a production site would."""
        self.web.start()
        if cron:
            php = shlex.join(php_arguments("admin/cli/cron.php", f"--keep-alive={CRON_KEEPALIVE_SECONDS}"))
            self.cron = Service(
                "cron",
                ["sh", "-c", f"while :; do {php}; sleep 1; done"],
                folder=self.folder,
                cwd=self.code,
                log=self.folder / "logs" / "cron.log",
                user=self.user,
            ).start()
        return self

    def pids(self) -> list[int]:
        """List the leaders of the running process groups."""
        services = [*self.web.services, *([self.cron] if self.cron else [])]
        return [service.process.pid for service in services if service.process is not None]

    def stop(self) -> None:
        """Stop cron and web server."""
        if self.cron is not None:
            self.cron.stop()
            self.cron = None
        self.web.stop()


def write_private(path: Path, text: str, user: str | None) -> None:
    """Write a file that only `user` (or we ourselves) can read, replacing it in one step."""
    partial = path.with_name(path.name + ".part")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as handle:
        handle.write(text)
    give(partial, user)
    partial.replace(path)
