#!/bin/sh
# Build a release: the agent as a wheel, the versions that it was tested with (with their hashes), and the script
# that installs both.
# Usage: ops/deploy/build.sh [FOLDER]   (default: build/release)
set -eu
project=$(cd "$(dirname "$0")/../.." && pwd)
folder=${1:-$project/build/release}
uv="sh $project/ops/uv.sh"

mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
rm -f "$folder"/zohosync-*.whl "$folder"/zohosync-*.requirements.txt
$uv build --quiet --wheel --no-create-gitignore --out-dir "$folder" "$project"
version=$(basename "$folder"/zohosync-*.whl | cut -d- -f2)
$uv export --quiet --project "$project" --frozen --no-dev --no-emit-project --no-header --no-annotate \
    --output-file "$folder/zohosync-$version.requirements.txt" >/dev/null
cp "$project/ops/deploy/install.sh" "$folder/install.sh"
echo "$folder"
