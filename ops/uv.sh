#!/bin/sh
# Run uv; when the machine has none, put one below build/ first. What uv keeps for itself stays in build/ too,
# unless its usual cache is already there.
set -eu
project=$(cd "$(dirname "$0")/.." && pwd)
tools=$project/build/tools

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

if [ ! -d "${UV_CACHE_DIR:-${XDG_CACHE_HOME:-${HOME:-/}/.cache}/uv}" ]; then
    export UV_CACHE_DIR="$project/build/uv-cache" UV_PYTHON_INSTALL_DIR="$project/build/python"
fi
if ! command -v uv >/dev/null; then
    PATH=$tools/bin:$PATH
    if ! command -v uv >/dev/null; then
        if ! python3 -c 'import ensurepip' 2>/dev/null; then
            echo "installing by apt: python3 python3-venv" >&2
            as_root apt-get update -qq >/dev/null
            as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends \
                python3 python3-venv ca-certificates >/dev/null
        fi
        echo "installing uv below build/" >&2
        python3 -m venv "$tools"
        "$tools/bin/pip" install --quiet --no-cache-dir --disable-pip-version-check uv
    fi
    export PATH
fi
exec uv "$@"
