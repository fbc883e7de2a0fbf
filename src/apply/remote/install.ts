/** Installs this desktop on another host, into the home directory of its user. Nothing there runs as root. */
import { existsSync } from 'node:fs'
import { machine, type } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import type { MachineHost } from '../../config/desired.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { startChild } from '../../host/child.ts'
import { packageRoot } from '../../host/paths.ts'
import { pathThere, startThere, unreachable } from '../../host/ssh/ssh.ts'
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
 * its own folder, so that running supervisors keep their files; a folder that no process and no user service names is
 * removed. Without the whole archive, e.g. if the connection ends, nothing changes.
 */
const script = (version: string, platform: string, bytes: number): string => `set -eu
umask 022
if [ "$(uname -sm)" != "${platform}" ]; then echo "it is $(uname -sm), not ${platform}" >&2; exit 3; fi
base=$HOME/.local/share/desktop link=$HOME/.local/bin/desktop
refuse() { echo "$link exists and is not from desktop hosts install" >&2; exit 3; }
if [ -L "$link" ]; then case $(readlink "$link") in "$base"/*) ;; *) refuse ;; esac
elif [ -e "$link" ]; then refuse; fi
mkdir -p "$base" "$HOME/.local/bin"
new=$(mktemp -d "$base/new.XXXXXX")
trap 'rm -rf "$new"' EXIT
cat >"$new/archive.tar"
if [ "$(($(wc -c <"$new/archive.tar")))" -ne ${bytes} ]; then echo "the archive is incomplete" >&2; exit 3; fi
tar -x -f "$new/archive.tar" -C "$new"
rm "$new/archive.tar"
"$new/bin/desktop" --version >/dev/null
chmod 755 "$new"
digest=$(cd "$new" && find . -type f -print0 | LC_ALL=C sort -z | xargs -0 cat | cksum | tr -d ' ')
place=$base/${version}-$digest
[ -e "$place" ] || mv "$new" "$place"
ln -s "$place/bin/desktop" "$new.link"
mv -f "$new.link" "$link"
${pathThere}
if [ "$(desktop --version)" != "${version}" ]; then echo "desktop in the PATH is not $link" >&2; exit 3; fi
used=$(cat /proc/[0-9]*/cmdline "\${XDG_CONFIG_HOME:-$HOME/.config}"/systemd/user/desktop-*.service 2>/dev/null |
  tr '\\0' '\\n')
for old in "$base"/*-[0-9]*; do
  [ -r /proc/self/cmdline ] && [ "$old" != "$place" ] && [ -x "$old/bin/desktop" ] || continue
  case $used in *"/\${old##*/}/"*) ;; *) rm -rf "$old" ;; esac
done
echo "$place"`

/** Returns the folder there. Throws `hosts/install`. */
export async function installThere({ name, ssh }: MachineHost): Promise<string> {
  const platform = `${type()} ${machine()}`
  if (!/^[\w.-]+ [\w.-]+$/.test(platform) || !/^[\w.+-]+$/.test(toolVersion)) throw new Error(platform)
  const root = packageRoot()
  const archive = await archiveOf(root)
  const command = script(toolVersion, platform, archive.length)
  const there = await startThere(ssh, `exec sh -c '${command.replaceAll("'", `'\\''`)}'`)
  // The other end may stop reading, and says why.
  there.stdin.on('error', () => {})
  there.stdin.end(archive)
  const [said, complaint, code] = await Promise.all([
    textOf(there.stdout),
    textOf(there.stderr),
    exitOf(there),
  ])
  if (code === 0) return said.trim()
  if (code === 255) throw unreachable(ssh, complaint)
  const why = complaint.trim().split('\n').at(-1) || `exit code ${code}`
  throw new DesktopError('hosts/install', `${name}: ${why}`, {
    hint: `install desktop ${toolVersion} there by hand, in ~/.local/bin or the PATH of commands run by ssh`,
  })
}

/** About 10 MB. In memory, so that nothing is sent if a file could not be read. */
async function archiveOf(root: string): Promise<Buffer> {
  const files = parts.filter((part) => existsSync(join(root, part)))
  const tar = startChild('tar', ['-c', '-f', '-', '--owner=0', '--group=0', '-h', '-C', root, ...files], {})
  const [archive, said, code] = await Promise.all([buffer(tar.stdout), textOf(tar.stderr), exitOf(tar)])
  if (code === 0) return archive
  throw new DesktopError('hosts/install', `${root} cannot be read: ${said.trim().split('\n').at(-1)}`)
}

async function textOf(stream: Readable): Promise<string> {
  let text = ''
  for await (const piece of stream.setEncoding('utf8')) text = `${text}${piece}`.slice(-4_000)
  return text
}

const exitOf = (child: ReturnType<typeof startChild>): Promise<number | null> =>
  new Promise((resolve, reject) => child.once('error', reject).once('exit', resolve))
