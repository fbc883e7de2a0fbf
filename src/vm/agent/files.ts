/** Guest files: read by the agent itself, written by busybox programs (paths are passed as arguments, never as code). */
import { DesktopError } from '../../errors/desktop-error.ts'
import { messageOf } from '../../errors/system.ts'
import { type Observation, present } from '../../observation.ts'
import type { GuestAgent } from './agent.ts'

/** The agent has its own root; the VM's root is that of process 1. */
const inVm = (path: string): string => `/proc/1/root${path}`

/** The file's text; throws `vm/agent` if it is absent or unreadable. */
export async function readGuestFile(agent: GuestAgent, path: string): Promise<string> {
  try {
    return await agent.readFile(inVm(path))
  } catch (error) {
    throw new DesktopError('vm/agent', `${path} in the guest: ${messageOf(error)}`, { cause: error })
  }
}

/** Texts of several files, in order. Rejects if the agent does not respond. */
export async function readGuestFiles(
  agent: GuestAgent,
  paths: readonly string[],
): Promise<Observation<string>[]> {
  const starts = await agent.readStarts(paths.map(inVm))
  return await Promise.all(
    starts.map(async (start, i) => {
      if (start.state !== 'present') return start
      return present(start.value.whole ? start.value.text : await readGuestFile(agent, paths[i] ?? ''))
    }),
  )
}

/** Replaces the file atomically: temp file in the same directory, sync, rename. Creates a missing directory. */
export async function writeGuestFile(
  agent: GuestAgent,
  path: string,
  content: string,
  mode = 0o644,
): Promise<void> {
  const script =
    'set -e; t="$1.new"; d=$(dirname -- "$1"); [ -d "$d" ] || mkdir -p "$d"; cat >"$t"; chmod "$2" "$t"; sync "$t" 2>/dev/null || sync; mv -f -- "$t" "$1"'
  const argv = ['/bin/sh', '-c', script, 'sh', path, mode.toString(8)]
  const { exitCode, stderr } = await agent.exec(argv, { stdin: content })
  if (exitCode !== 0) throw new DesktopError('vm/agent', `${path} in the guest: ${stderr.trim()}`)
}
