#!/usr/bin/env bash
# /usr/local/bin/zohosync: the installed agent's command, with the server's settings, as the agent's own user.
# The settings go from the file into the environment; no secret is ever an argument that a list of processes shows.
set -euo pipefail
umask 077

readonly settings=/etc/zohosync/env user=zohosync
if ((EUID != 0)); then
    echo "zohosync: only root may read $settings; use sudo" >&2
    exit 2
fi
if [[ ! -r $settings ]]; then
    echo "zohosync: there is no $settings" >&2
    exit 2
fi
while IFS= read -r line || [[ -n $line ]]; do
    [[ $line =~ ^[[:space:]]*(ZOHOSYNC_[A-Z0-9_]+)=(.*)$ ]] || continue
    name=${BASH_REMATCH[1]} value=${BASH_REMATCH[2]}
    value=${value%"${value##*[![:space:]]}"}
    # One pair of quotes around a value is no part of it, as for systemd.
    if [[ $value =~ ^\"(.*)\"$ || $value =~ ^\'(.*)\'$ ]]; then value=${BASH_REMATCH[1]}; fi
    export "$name=$value"
done <"$settings"

export HOME=/var/lib/zohosync USER=$user LOGNAME=$user
cd "$HOME"
exec setpriv --reuid="$user" --regid="$user" --init-groups --inh-caps=-all --bounding-set=-all --no-new-privs -- \
    "${RELEASE:-/opt/zohosync/current}/venv/bin/zohosync" "$@"
