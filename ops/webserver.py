"""nginx and php-fpm for one Moodle site: generated configuration, loopback only, no system service touched."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from ops import machine
from ops.processes import Service
from ops.runas import SetupError, give

START_SECONDS = 60
SOCKET_PATH_LIMIT = 100  # bytes; the kernel's limit for a Unix socket's path is 107

FPM = """\
[global]
error_log = {logs}/fpm.log
daemonize = no
[moodle]
listen = {socket}
listen.mode = 0600
pm = dynamic
pm.max_children = 12
pm.start_servers = 4
pm.min_spare_servers = 2
pm.max_spare_servers = 6
catch_workers_output = yes
php_admin_value[error_log] = {logs}/php.log
php_admin_flag[log_errors] = on
php_admin_flag[display_errors] = off
php_admin_value[max_input_vars] = 5000
php_admin_value[memory_limit] = 256M
php_admin_value[post_max_size] = 64M
php_admin_value[upload_max_filesize] = 64M
php_admin_value[upload_tmp_dir] = {temp}
php_admin_value[sys_temp_dir] = {temp}
"""

NGINX = """\
worker_processes 1;
pid {run}/nginx.pid;
error_log {logs}/nginx-error.log warn;
events {{ worker_connections 256; }}
http {{
  include /etc/nginx/mime.types;
  access_log off;
  server_tokens off;
  client_max_body_size 64m;
  client_body_temp_path {temp}/body;
  proxy_temp_path {temp}/proxy;
  fastcgi_temp_path {temp}/fastcgi;
  uwsgi_temp_path {temp}/uwsgi;
  scgi_temp_path {temp}/scgi;
  server {{
    listen 127.0.0.1:{port};
    root {code};
    index index.php;
    location ~ ^/(vendor|node_modules|\\.) {{ return 404; }}
    location / {{ try_files $uri $uri/ =404; }}
    location ~ [^/]\\.php(/|$) {{
      fastcgi_split_path_info ^(.+\\.php)(/.*)$;
      fastcgi_pass unix:{socket};
      fastcgi_read_timeout 300;
      include /etc/nginx/fastcgi_params;
      fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
      fastcgi_param PATH_INFO $fastcgi_path_info;
    }}
  }}
}}
"""


@dataclass
class WebServer:
    """Serve `code` on a loopback port as `user`; sockets, logs and temporary files lie below `folder`."""

    folder: Path
    code: Path
    port: int
    user: str | None
    php: dict[str, str] = field(default_factory=dict)  # settings of PHP beyond those above

    def __post_init__(self) -> None:
        self.services: list[Service] = []

    @property
    def url(self) -> str:
        """The site's address."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Write the configuration, start both programs, wait until nginx answers through PHP.

        Raises:
            SetupError: one of them ended, or no answer came; the text holds the end of the log.
        """
        places = self._places()
        fpm, site = self.folder / "fpm.conf", self.folder / "nginx.conf"
        more = "".join(f"php_admin_value[{name}] = {value}\n" for name, value in self.php.items())
        fpm.write_text(FPM.format_map(places) + more)
        site.write_text(NGINX.format_map(places))
        logs = Path(places["logs"])
        self.services = [
            self._service("php-fpm", [machine.php_fpm(), "-F", "-y", str(fpm)], logs / "fpm-out.log"),
            self._service(
                "nginx",
                [
                    *(machine.nginx(), "-p", str(self.folder), "-c", str(site)),
                    *("-e", f"{logs}/nginx-error.log", "-g", "daemon off;"),
                ],
                logs / "nginx-out.log",
            ),
        ]
        for service in self.services:
            service.start()
        self._wait()

    def _service(self, name: str, argv: list[str], log: Path) -> Service:
        return Service(name, argv, folder=self.folder, log=log, user=self.user)

    def _places(self) -> dict[str, str]:
        names = {"logs": "logs", "run": "run", "temp": "temp"}
        places = {key: str(self.folder / value) for key, value in names.items()}
        for place in places.values():
            Path(place).mkdir(parents=True, exist_ok=True)
            give(Path(place), self.user)
        socket = f"{places['run']}/fpm.sock"
        if len(socket.encode()) > SOCKET_PATH_LIMIT:
            raise SetupError(
                f"the path {socket} is too long for a socket; move the project to a shorter path"
            )
        return {**places, "socket": socket, "code": str(self.code), "port": str(self.port)}

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            for service in self.services:
                service.check()
            try:
                with urllib.request.urlopen(f"{self.url}/login/index.php", timeout=START_SECONDS) as answer:  # noqa: S310
                    answer.read()
                    return
            except urllib.error.HTTPError as error:
                if error.code != 502:  # 502: php-fpm has not opened its socket yet
                    raise SetupError(
                        f"Moodle answers {error.code}; see {self.folder}/logs/php.log"
                    ) from error
                time.sleep(0.05)
            except OSError:
                time.sleep(0.05)
        raise SetupError(f"Moodle did not answer within {START_SECONDS} s; see {self.folder}/logs")

    def stop(self) -> None:
        """Stop nginx, then php-fpm with its workers."""
        for service in reversed(self.services):
            service.stop()
        self.services = []
