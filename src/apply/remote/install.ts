/** Installs this desktop on another host, into the home directory of its user. Nothing there runs as root. */
import { existsSync } from 'node:fs'
import { machine, type } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { MachineHost } from '../../config/desired.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { startChild } from '../../host/child.ts'
import { packageRoot } from '../../host/paths.ts'
import { startThere, unreachable } from '../../host/ssh/ssh.ts'
import { toolVersion } from '../../version.ts'

/** As in the npm package. */
const parts = [
  'package.json',
  'bin/bootstrap.sh',
  'bin/desktop',
  'bin/start.js',
  'dist',
  'schemas',
  'templates',
  'types',
]

/**
 * Unpacks the archive on stdin beside its place, tries it, and then switches the link in ~/.local/bin. Each content has
 * its own folder, so that running supervisors keep their files.
 */
const script = (version: string, platform: string): string => `set -eu
umask 022
if [ "$(uname -sm)" != "${platform}" ]; then echo "it is $(uname -sm), not ${platform}" >&2; exit 3; fi
base=$HOME/.local/share/desktop link=$HOME/.local/bin/desktop
if [ -e "$link" ] && [ ! -L "$link" ]; then echo "$link exists and is not from desktop hosts install" >&2; exit 3; fi
mkdir -p "$base" "$HOME/.local/bin"
new=$(mktemp -d "$base/new.XXXXXX")
trap 'rm -rf "$new"' EXIT
tar -x -f - -C "$new"
"$new/bin/desktop" --version >/dev/null
chmod 755 "$new"
digest=$(cd "$new" && find . -type f -print0 | LC_ALL=C sort -z | xargs -0 cat | cksum | tr -d ' ')
place=$base/${version}-$digest
[ -e "$place" ] || mv "$new" "$place"
ln -s "$place/bin/desktop" "$new.link"
mv -f "$new.link" "$link"
echo "$place"`

/** Returns the folder there. Throws `hosts/install`. */
export async function installThere({ name, ssh }: MachineHost): Promise<string> {
  const platform = `${type()} ${machine()}`
  if (!/^[\w.-]+ [\w.-]+$/.test(platform) || !/^[\w.+-]+$/.test(toolVersion)) throw new Error(platform)
  const root = packageRoot()
  const there = await startThere(
    ssh,
    `exec sh -c '${script(toolVersion, platform).replaceAll("'", `'\\''`)}'`,
  )
  const files = parts.filter((part) => existsSync(join(root, part)))
  const tar = startChild('tar', ['-c', '-f', '-', '--owner=0', '--group=0', '-h', '-C', root, ...files], {})
  const [said, complaint, tarSaid, code] = await Promise.all([
    textOf(there.stdout),
    textOf(there.stderr),
    textOf(tar.stderr),
    exitOf(there),
    // The other end may stop reading, and says why.
    pipeline(tar.stdout, there.stdin).catch(() => {}),
  ])
  if (code === 0) return said.trim()
  if (code === 255) throw unreachable(ssh, complaint)
  const why = complaint.trim().split('\n').at(-1) || tarSaid.trim() || `exit code ${code}`
  throw new DesktopError('hosts/install', `${name}: ${why}`, {
    hint: `install desktop ${toolVersion} there by hand, in ~/.local/bin or the PATH of commands run by ssh`,
  })
}

async function textOf(stream: Readable): Promise<string> {
  let text = ''
  for await (const piece of stream.setEncoding('utf8')) text = `${text}${piece}`.slice(-4_000)
  return text
}

const exitOf = (child: ReturnType<typeof startChild>): Promise<number | null> =>
  new Promise((resolve, reject) => child.once('error', reject).once('exit', resolve))
