#!/usr/bin/env bash
# Install, upgrade or roll back the agent on Debian 12 or Ubuntu 24.04; see docs/installation.md.
# What runs keeps running until the new release has been built, has settings, and has a migrated database. A release
# that does not become ready is taken back. A second run with the same release changes nothing.
set -Eeuo pipefail
umask 022
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive PYTHONDONTWRITEBYTECODE=1
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

readonly user=zohosync
readonly base=/opt/zohosync releases=/opt/zohosync/releases
readonly settings=/etc/zohosync/env state=/var/lib/zohosync logs=/var/log/zohosync
# The socket of the distribution's PostgreSQL: the system's user is the database's, and there is no password to keep.
readonly local_database='postgresql+psycopg://zohosync@/zohosync?host=/var/run/postgresql'
readonly ready_seconds=${READY_SECONDS:-60}
readonly needed_mb=400 # of a release, with what pip needs on the way

usage() {
    cat <<'TEXT'
Usage:
  install.sh install WHEEL [--server-name NAME [--certificate FILE --key FILE]]
      installs or upgrades to this release; beside the wheel lies its requirements.txt, as build.sh made it.
      --server-name also sets nginx up in front of it; the certificate is Let's Encrypt's unless another one is named.
  install.sh rollback
      goes back to the release before (and, once more, forward again)
  install.sh status
      tells which release runs, which one is kept, and whether it is ready
Environment: READY_SECONDS (60), how long a release may take until it is ready.
TEXT
}

say() { printf '%s\n' "$*"; }
fail() {
    printf 'install.sh: %s\n' "$*" >&2
    exit 1
}
trap 'fail "stopped by an error in line $LINENO; what ran before still runs"' ERR

# --- what runs the agent: systemd, else Supervisor ------------------------------------------------------------------

has_systemd() { [[ -d /run/systemd/system ]]; }

is_running() {
    if has_systemd; then systemctl is-active --quiet zohosync; else supervisorctl status zohosync >/dev/null 2>&1; fi
}

main_pid() {
    if has_systemd; then systemctl show --property=MainPID --value zohosync; else supervisorctl pid zohosync; fi
}

stop_agent() {
    if has_systemd; then systemctl stop zohosync; else supervisorctl stop zohosync >/dev/null; fi
}

restart_agent() {
    if has_systemd; then
        systemctl daemon-reload
        systemctl enable --quiet zohosync
        systemctl restart zohosync || true # it is told by its not becoming ready
    else
        supervisorctl reread >/dev/null
        supervisorctl update zohosync >/dev/null
        supervisorctl restart zohosync >/dev/null || true
    fi
}

start_of_boot() { # a service of the distribution, where it does not run; it must not inherit the lock of this script
    if has_systemd; then
        systemctl start "$1"
    else
        service "$1" status >/dev/null 2>&1 || service "$1" start >/dev/null 9>&-
    fi
}

# --- what is asked and read -----------------------------------------------------------------------------------------

link_target() { if [[ -L $base/$1 ]]; then basename "$(readlink "$base/$1")"; fi; }

setting() { # NAME DEFAULT: the last value in the settings, as the agent would read it
    local value
    value=$(sed -n "s/^[[:space:]]*$1=//p" "$settings" | tail -n 1)
    printf '%s' "${value:-$2}"
}

schema_of() { "$releases/$1/venv/bin/zohosync" --version | sed -n 's/.*(schema \(.*\))$/\1/p'; }

agent_of() { # VERSION WORDS...: a command of one release
    local version=$1
    shift
    RELEASE=$releases/$version bash "$releases/$version/deploy/run.sh" "$@"
}

is_ready() {
    curl --silent --fail --max-time 5 --noproxy '*' --output /dev/null \
        "http://127.0.0.1:$(setting ZOHOSYNC_PORT 8420)/readyz"
}

becomes_ready() {
    local until=$((SECONDS + ready_seconds))
    until is_ready && is_running; do
        ((SECONDS < until)) || return 1
        sleep 0.3
    done
}

# --- before anything is changed -------------------------------------------------------------------------------------

check_machine() {
    ((EUID == 0)) || fail "only root can install; use sudo"
    command -v apt-get >/dev/null || fail "this is neither Debian nor Ubuntu: there is no apt-get"
    exec 9>/run/zohosync-install.lock
    flock --nonblock 9 || fail "another run of this script is under way"
}

install_packages() {
    local package wanted=(python3 python3-venv ca-certificates curl logrotate) missing=()
    has_systemd || wanted+=(supervisor)
    [[ -z $server_name ]] || wanted+=(nginx)
    if [[ ! -e $settings ]] || [[ $(setting ZOHOSYNC_DATABASE_URL '') == "$local_database" ]]; then
        wanted+=(postgresql)
    fi
    for package in "${wanted[@]}"; do
        dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed ||
            missing+=("$package")
    done
    ((${#missing[@]})) || return 0
    say "installing packages: ${missing[*]}"
    local log
    log=$(mktemp)
    if ! { apt-get update -q && apt-get install -q -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1 9>&-; then
        tail -n 20 "$log" >&2
        fail "apt-get failed (its reason stands above; $log has all of it); the agent was not touched"
    fi
    rm -f "$log"
}

read_wheel() { # sets version, digest, requirements
    version=$(python3 -I - "$wheel" 2>/dev/null <<'PYTHON'
import email, re, sys, zipfile
wheel = zipfile.ZipFile(sys.argv[1])
assert wheel.testzip() is None
(name,) = [one for one in wheel.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", one)]
told = email.message_from_bytes(wheel.read(name))
assert told["Name"] == "zohosync" and re.fullmatch(r"[0-9][0-9A-Za-z.+]*", told["Version"])
assert "agent/_deploy/run.sh" in wheel.namelist()
print(told["Version"])
PYTHON
    ) || fail "$wheel is no whole wheel of the agent; nothing was changed"
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || fail "the agent needs Python 3.11 or newer"
    digest=$(sha256sum <"$wheel" | cut -d' ' -f1)
    requirements=$(dirname "$wheel")/zohosync-$version.requirements.txt
    [[ -f $requirements ]] || fail "there is no $requirements; it belongs to the wheel (build.sh makes both)"
}

check_space() {
    local free
    free=$(df --output=avail --block-size=1M "$base" | tail -n 1)
    ((free >= needed_mb)) ||
        fail "$base has $free MB free and a release needs $needed_mb; nothing was changed"
}

check_port() { # only the agent itself may hold the port that the settings name
    local port held=8420
    port=$(setting ZOHOSYNC_PORT 8420)
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || return 0
    if is_running; then
        held=$(tr '\0' '\n' <"/proc/$(main_pid)/environ" | sed -n 's/^ZOHOSYNC_PORT=//p')
        if [[ ${held:-8420} == "$port" ]]; then return 0; fi
    fi
    fail "port $port is taken by another program; choose another ZOHOSYNC_PORT in $settings. What ran before still runs"
}

# --- what a release is made of --------------------------------------------------------------------------------------

put_file() { # SOURCE TARGET MODE: sets `changed` when the target was not so already
    ! cmp --silent "$1" "$2" || return 0
    install -D --mode="$3" "$1" "$2.new"
    mv "$2.new" "$2"
    changed=1
}

make_places() {
    getent passwd "$user" >/dev/null ||
        useradd --system --user-group --home-dir "$state" --shell /usr/sbin/nologin "$user"
    local place
    for place in "$base" "$releases"; do [[ -d $place ]] || install -d --mode=0755 "$place"; done
    [[ -d $state ]] || install -d --mode=0750 --owner="$user" --group="$user" "$state"
    [[ -d $logs ]] || install -d --mode=0750 --group=adm "$logs"
    [[ -d ${settings%/*} ]] || install -d --mode=0750 "${settings%/*}"
}

build_release() {
    local place=$releases/$version pip
    if [[ -f $place/digest ]]; then
        [[ $(<"$place/digest") == "$digest" ]] ||
            fail "release $version is installed from another wheel; a release that differs needs another version"
        return 0
    fi
    rm -rf "$place"
    check_space
    say "building release $version"
    pip=("$place/venv/bin/pip" --quiet --disable-pip-version-check --no-input install --no-cache-dir)
    if ! {
        python3 -m venv "$place/venv" &&
            "${pip[@]}" --only-binary :all: --require-hashes --requirement "$requirements" &&
            "${pip[@]}" --no-deps "$wheel" &&
            cp -r "$place"/venv/lib/python3*/site-packages/agent/_deploy "$place/deploy" &&
            chmod 755 "$place/deploy/run.sh" &&
            [[ $("$place/venv/bin/zohosync" --version) == "zohosync $version ("* ]] &&
            printf '%s\n' "$digest" >"$place/digest"
    }; then
        rm -rf "$place"
        fail "release $version could not be built (its reason stands above); what ran before still runs"
    fi
}

make_settings() {
    if [[ -e $settings ]]; then
        [[ $(stat --format='%a %U' "$settings") == '600 root' ]] || {
            chown root: "$settings"
            chmod 600 "$settings"
        }
        return 0
    fi
    "$releases/$version/venv/bin/python" -I - "$releases/$version/deploy/env.example" "$settings" "$local_database" <<'PYTHON'
import os, re, sys
from cryptography.fernet import Fernet
template, target, database = sys.argv[1:]
text = open(template, encoding="utf-8").read()
for name, value in {"DATABASE_URL": database, "ENCRYPTION_KEYS": Fernet.generate_key().decode()}.items():
    text = re.sub(rf"^ZOHOSYNC_{name}=.*$", lambda _: f"ZOHOSYNC_{name}={value}", text, flags=re.M)
with os.fdopen(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
    file.write(text)
PYTHON
    say "made $settings with a key of its own; keep a copy of it in a safe place"
}

make_database() {
    [[ $(setting ZOHOSYNC_DATABASE_URL '') == "$local_database" ]] || return 0
    start_of_boot postgresql
    local ask=(runuser --user postgres -- psql --no-psqlrc --quiet --tuples-only --no-align --command) found
    found=$("${ask[@]}" "SELECT count(*) FROM pg_roles WHERE rolname = '$user'") ||
        fail "PostgreSQL does not answer; what ran before still runs"
    [[ $found == 1 ]] || runuser --user postgres -- createuser "$user"
    found=$("${ask[@]}" "SELECT count(*) FROM pg_database WHERE datname = '$user'")
    [[ $found == 1 ]] ||
        runuser --user postgres -- createdb --owner="$user" --encoding=UTF8 --template=template0 "$user"
}

put_configuration() { # VERSION
    local deploy=$releases/$1/deploy
    put_file "$deploy/run.sh" /usr/local/bin/zohosync 755
    put_file "$deploy/logrotate.conf" /etc/logrotate.d/zohosync 644
    if has_systemd; then
        local unit
        for unit in zohosync.service zohosync-backup.service zohosync-backup.timer; do
            put_file "$deploy/$unit" "/etc/systemd/system/$unit" 644
        done
    else
        put_file "$deploy/supervisor.conf" /etc/supervisor/conf.d/zohosync.conf 644
        start_of_boot supervisor
    fi
}

# --- from one release to another ------------------------------------------------------------------------------------

point() { # LINK VERSION: in one step
    [[ $(link_target "$1") != "$2" ]] || return 0
    ln -sfn "releases/$2" "$base/$1.new"
    mv -T "$base/$1.new" "$base/$1"
    changed=1
}

put_back() { # FROM TO OLD-SCHEMA NEW-SCHEMA: after a failed change FROM -> TO, let FROM run again
    local from=$1 to=$2 old=$3 new=$4
    stop_agent || true
    if [[ -z $from ]]; then
        rm -f "$base/current"
        fail "release $to did not become ready within $ready_seconds s and was stopped; see the agent's log and \`zohosync doctor\`"
    fi
    if [[ $new > $old ]]; then agent_of "$to" migrate --down-to "$old" || true; fi
    if [[ $new < $old ]]; then agent_of "$from" migrate || true; fi
    point current "$from"
    put_configuration "$from"
    restart_agent
    becomes_ready || fail "release $to did not become ready, and $from, which was put back, does not either; see the agent's log"
    fail "release $to did not become ready within $ready_seconds s; $from runs again. See the agent's log"
}

change_to() { # VERSION: the running release gives way to this one, or stays
    local to=$1 from old='' new
    from=$(link_target current)
    new=$(schema_of "$to")
    [[ -z $from ]] || old=$(schema_of "$from")
    check_port
    # Revisions are numbers of four digits. An older release runs on an older schema only: it waits for a moment.
    if [[ -n $old && $new < $old ]]; then
        stop_agent
        if ! agent_of "$from" migrate --down-to "$new"; then
            restart_agent
            fail "the database could not be brought back to the schema of $to; $from runs again"
        fi
    else
        agent_of "$to" migrate >/dev/null ||
            fail "release $to cannot work yet (its reason stands above): mend $settings or the database and run this again. What ran before still runs"
    fi
    changed=0
    point current "$to"
    put_configuration "$to"
    if ((!changed)) && is_running && is_ready; then return 0; fi
    restart_agent
    becomes_ready || put_back "$from" "$to" "$old" "$new"
    changed=1
    if [[ -n $from && $from != "$to" ]]; then point previous "$from"; fi
}

drop_old_releases() {
    local place
    for place in "$releases"/*; do
        case ${place##*/} in
            "$(link_target current)" | "$(link_target previous)") ;;
            *) rm -rf "$place" ;;
        esac
    done
}

# --- commands -------------------------------------------------------------------------------------------------------

read_options() {
    while (($#)); do
        case $1 in
            --server-name | --certificate | --key)
                (($# > 1)) || fail "$1 needs a value"
                [[ $2 =~ ^[A-Za-z0-9._/-]+$ ]] || fail "$1: $2 holds characters that have no place there"
                case $1 in
                    --server-name) server_name=$2 ;;
                    --certificate) certificate=$2 ;;
                    --key) key=$2 ;;
                esac
                shift 2
                ;;
            *) fail "there is no option $1; see install.sh --help" ;;
        esac
    done
    : "${certificate:=/etc/letsencrypt/live/$server_name/fullchain.pem}" "${key:=/etc/letsencrypt/live/$server_name/privkey.pem}"
}

install_command() {
    (($#)) || fail "which wheel? See install.sh --help"
    wheel=$1
    shift
    read_options "$@"
    check_machine
    [[ $wheel == *.whl && -f $wheel ]] || fail "there is no wheel $wheel"
    wheel=$(realpath "$wheel")
    cd /
    install_packages
    read_wheel
    make_places
    build_release
    make_settings
    make_database
    change_to "$version"
    local agent_changed=$changed
    drop_old_releases
    # shellcheck source=proxy.sh
    source "$releases/$version/deploy/proxy.sh"
    make_proxy
    if ((agent_changed)); then say "release $version runs and is ready"; else say "release $version runs already; nothing was changed"; fi
}

rollback_command() {
    check_machine
    local previous
    previous=$(link_target previous)
    [[ -n $previous && -f $releases/$previous/digest ]] || fail "no release is kept that could be gone back to"
    change_to "$previous"
    say "release $previous runs and is ready; $(link_target previous) is kept"
}

status_command() {
    ((EUID == 0)) || fail "only root may ask; use sudo"
    local current previous
    current=$(link_target current) previous=$(link_target previous)
    say "release ${current:-none}, before it ${previous:-none}"
    [[ -n $current ]] || exit 1
    if is_running && is_ready; then say "ready"; else fail "not ready; see the agent's log and \`zohosync doctor\`"; fi
}

wheel='' version='' digest='' requirements='' server_name='' certificate='' key='' changed=0
case ${1:-} in
    install | rollback | status)
        command=$1
        shift
        "${command}_command" "$@"
        ;;
    -h | --help) usage ;;
    *)
        usage >&2
        exit 2
        ;;
esac
