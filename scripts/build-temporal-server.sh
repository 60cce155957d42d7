#!/usr/bin/env bash
# Builds the Temporal server and its SQL tool with Go, of the version that docker-compose.yml names, once: they are kept in the
# user's cache. Prints the folder, which holds `server`, `sql` and the server's own configuration for containers, `docker.yaml`.
set -euo pipefail
cd "$(dirname "$0")/.."

version=$(sed -n 's#.*image: temporalio/server:\([0-9.]*\).*#\1#p' docker-compose.yml | head -1)
cache="${XDG_CACHE_HOME:-$HOME/.cache}/background-agents"
folder="$cache/temporal-server-v$version"
module="go.temporal.io/server@v$version"

mkdir -p "$cache"
exec 9>"$folder.lock"
flock 9
if [ ! -x "$folder/sql" ]; then
  unfinished="$folder.unfinished"
  rm -rf "$unfinished"
  mkdir "$unfinished"
  # Without C they run on every Linux.
  CGO_ENABLED=0 GOBIN="$unfinished" go install "go.temporal.io/server/cmd/server@v$version" "go.temporal.io/server/cmd/tools/sql@v$version" >&2
  install -m 644 "$(go mod download -json "$module" | sed -n 's/.*"Dir": "\(.*\)",*/\1/p')/config/docker.yaml" "$unfinished/docker.yaml"
  rm -rf "$folder"
  mv "$unfinished" "$folder"
fi
echo "$folder"
