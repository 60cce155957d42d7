#!/usr/bin/env bash
# Builds the Temporal server and its SQL tool with Go, of the version that docker-compose.yml names, once: they are kept in the
# user's cache. Prints the folder, which holds `server`, `sql` and the server's own configuration for containers, `docker.yaml`.
set -euo pipefail
cd "$(dirname "$0")/.."

version=$(sed -n 's#.*image: temporalio/server:\([0-9.]*\).*#\1#p' docker-compose.yml | head -1)
cli=$(sed -n "s#^export const TEMPORAL_CLI_VERSION = '\(.*\)';#\1#p" src/local/binary.ts)
cache="${XDG_CACHE_HOME:-$HOME/.cache}/background-agents"
folder="$cache/temporal-server-v$version"

dir_of() { sed -n 's/.*"Dir": "\(.*\)",*/\1/p'; }

mkdir -p "$cache"
exec 9>"$folder.lock"
flock 9
if [ ! -x "$folder/sql" ]; then
  unfinished="$folder.unfinished"
  rm -rf "$unfinished"
  mkdir -p "$unfinished/module"
  # From what Temporal's command line is made of, which holds the same server: by itself, the server asks for slightly older versions of
  # some forty modules, and two thirds of the command line would have to be compiled again for the newer ones.
  module=$(go mod download -json "github.com/temporalio/cli@$cli" | dir_of)
  install -m 644 "$module/go.mod" "$module/go.sum" "$unfinished/module"
  cd "$unfinished/module"
  go mod edit -require "go.temporal.io/server@v$version"
  # Without C they run on every Linux.
  export CGO_ENABLED=0 GOBIN="$unfinished" GOFLAGS=-mod=mod
  go install go.temporal.io/server/cmd/server go.temporal.io/server/cmd/tools/sql >&2
  built=$(go list -m -f '{{.Version}}' go.temporal.io/server)
  if [ "$built" != "v$version" ]; then
    echo "docker-compose.yml names version $version of the Temporal server, and command line $cli holds $built: name that one." >&2
    exit 1
  fi
  install -m 644 "$(go list -m -f '{{.Dir}}' go.temporal.io/server)/config/docker.yaml" "$unfinished/docker.yaml"
  cd "$cache"
  rm -rf "$unfinished/module" "$folder"
  mv "$unfinished" "$folder"
fi
echo "$folder"
