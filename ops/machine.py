"""What the machine must have: PHP with its extensions, nginx, PostgreSQL; installed by apt where we may."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from ops.runas import SetupError

PHP_EXTENSIONS = (
    *(
        "ctype",
        "curl",
        "dom",
        "exif",
        "fileinfo",
        "gd",
        "hash",
        "iconv",
        "intl",
        "json",
        "libxml",
        "mbstring",
    ),
    *("openssl", "pcre", "pgsql", "simplexml", "soap", "sodium", "spl", "tokenizer", "xml", "xmlreader"),
    *("zip", "zlib"),
)
PHP_VERSIONS = ((8, 1), (8, 3))  # what Moodle 4.5 supports, both included
POLICY = Path("/usr/sbin/policy-rc.d")
PHP_PACKAGES = tuple(
    f"php-{name}" for name in ("cli", "fpm", "curl", "gd", "intl", "mbstring", "pgsql", "soap", "xml", "zip")
)
Say = Callable[[str], None]


def php() -> str:
    """Find the PHP command line.

    Raises:
        SetupError: there is none.
    """
    found = shutil.which("php")
    if found is None:
        raise SetupError("php is not installed: apt-get install " + " ".join(PHP_PACKAGES))
    return found


def php_fpm() -> str:
    """Find PHP's process manager of the same version as the command line.

    Raises:
        SetupError: there is none.
    """
    version = ".".join(map(str, php_version()))
    for name in (f"php-fpm{version}", "php-fpm"):
        for folder in ("/usr/sbin", "/usr/local/sbin"):
            if (path := Path(folder) / name).exists():
                return str(path)
    raise SetupError(f"php-fpm {version} is not installed: apt-get install php{version}-fpm")


def nginx() -> str:
    """Find nginx.

    Raises:
        SetupError: there is none.
    """
    found = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:" + os.environ.get("PATH", ""))
    if found is None:
        raise SetupError("nginx is not installed: apt-get install nginx")
    return found


def chromium() -> str | None:
    """Find a Chromium or Chrome, or None."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def php_version() -> tuple[int, int]:
    """Ask PHP for its major and minor version."""
    done = subprocess.run(
        [php(), "-r", "echo PHP_MAJOR_VERSION, ' ', PHP_MINOR_VERSION;"],
        capture_output=True,
        text=True,
        check=True,
    )
    major, minor = done.stdout.split()
    return int(major), int(minor)


def check_php() -> None:
    """Make sure that this PHP can run Moodle 4.5.

    Raises:
        SetupError: names every missing extension, or says that the version does not fit.
    """
    version = php_version()
    if not PHP_VERSIONS[0] <= version <= PHP_VERSIONS[1]:
        low, high = (".".join(map(str, end)) for end in PHP_VERSIONS)
        raise SetupError(f"Moodle 4.5 runs on PHP {low} to {high}; here is {version[0]}.{version[1]}")
    done = subprocess.run([php(), "-m"], capture_output=True, text=True, check=True)
    have = {line.strip().lower() for line in done.stdout.splitlines()}
    missing = [name for name in PHP_EXTENSIONS if name not in have]
    if missing:
        raise SetupError(
            "PHP lacks extensions that Moodle needs: " + ", ".join(missing) + "; apt-get install "
            "php-curl php-gd php-intl php-mbstring php-pgsql php-soap php-xml php-zip"
        )


def may_install() -> bool:
    """Tell whether packages can be installed: apt is there, and we are root or may sudo without asking."""
    if shutil.which("apt-get") is None:
        return False
    if os.geteuid() == 0:
        return True
    if shutil.which("sudo") is None:
        return False
    return subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0


def install(packages: Sequence[str], say: Say) -> None:
    """Install packages by apt without starting their system services.

    Raises:
        SetupError: apt failed, or we may not install.
    """
    wanted = " ".join(packages)
    if not may_install():
        raise SetupError(f"these packages are needed; install them as root: apt-get install {wanted}")
    say(f"installing by apt: {wanted}")
    with _services_left_alone():
        for argv in (["update", "-q"], ["install", "-q", "-y", "--no-install-recommends", *packages]):
            command = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", *argv]
            done = subprocess.run(_as_root(command), capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise SetupError(f"apt-get {argv[0]} failed:\n{(done.stderr or done.stdout)[-1500:]}")


def _as_root(command: list[str]) -> list[str]:
    return command if os.geteuid() == 0 else ["sudo", "-n", *command]


@contextlib.contextmanager
def _services_left_alone() -> Iterator[None]:
    """Keep packages from starting their services (Debian's policy-rc.d), unless the machine has its own policy."""
    if POLICY.exists():
        yield
        return
    script = f"printf '#!/bin/sh\\nexit 101\\n' > {POLICY} && chmod 755 {POLICY}"
    subprocess.run(_as_root(["sh", "-c", script]), check=True)
    try:
        yield
    finally:
        subprocess.run(_as_root(["rm", "-f", str(POLICY)]), check=True)


def need_postgres(say: Say) -> None:
    """Have a PostgreSQL server's programs, from the distribution or from the extra `quickstart`."""
    from ops.postgres import find_binaries

    try:
        find_binaries()
    except SetupError:
        install(["postgresql"], say)


def need_moodle_stack(say: Say) -> None:
    """Have PHP with Moodle's extensions, php-fpm and nginx."""
    try:
        _check_stack()
    except SetupError as problem:
        if not may_install():
            raise
        say(str(problem).partition(";")[0])
        install([*PHP_PACKAGES, "nginx"], say)
        _check_stack()


def _check_stack() -> None:
    check_php()
    php_fpm()
    nginx()
