#!/bin/sh
# Runs a script of the repository with Node 24, whatever Node version is installed: scripts/node.sh scripts/FILE.ts ARGS…
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
. "$root/bin/bootstrap.sh"
bootstrap "$root"
exec "$node" "$@"
