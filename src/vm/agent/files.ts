/** Files of the guest, through programs that its busybox has. Paths are passed as arguments, never as code. */
import { DesktopError } from '../../errors.ts'
import type { GuestAgent } from './agent.ts'

const absent = 44

/** The file's text; `vm/agent` when it is absent or cannot be read. */
export async function readGuestFile(agent: GuestAgent, path: string): Promise<string> {
  const script = `[ -e "$1" ] || exit ${absent}; exec cat -- "$1"`
  const { exitCode, stdout, stderr } = await agent.exec(['/bin/sh', '-c', script, 'sh', path])
  if (exitCode === 0) return stdout
  const why = exitCode === absent ? 'no such file' : stderr.trim()
  throw new DesktopError('vm/agent', `${path} in the guest: ${why}`)
}

/** Replaces the file atomically: temp in the same directory, sync, rename. */
export async function writeGuestFile(
  agent: GuestAgent,
  path: string,
  content: string,
  mode = 0o644,
): Promise<void> {
  const script =
    'set -e; t="$1.new"; cat >"$t"; chmod "$2" "$t"; sync "$t" 2>/dev/null || sync; mv -f -- "$t" "$1"'
  const argv = ['/bin/sh', '-c', script, 'sh', path, mode.toString(8)]
  const { exitCode, stderr } = await agent.exec(argv, { stdin: content })
  if (exitCode !== 0) throw new DesktopError('vm/agent', `${path} in the guest: ${stderr.trim()}`)
}
