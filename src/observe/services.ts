/** LinuxKit services of a running guest, including crash loops. */
import { type Observation, present, unknown } from '../observation.ts'
import type { Control } from '../supervisor/api/api.ts'

export interface ServiceState {
  name: string
  state: 'starting' | 'running' | 'ended'
  /** Seconds in this state. */
  seconds: number
  /** Number of exits since the VM booted; the service was restarted after each. */
  ends: number
  /** Exit code of the last run; null if it has never exited. */
  exitCode: number | null
  /** It exited at least three times in a row soon after starting, and has not yet been running for a minute. */
  crashLoop: boolean
  /** Last log lines, if in a crash loop. */
  log: readonly string[]
}

const loopEnds = 3
const stableSeconds = 60

export async function observeServices(
  guest: Pick<Control, 'guestExec'>,
): Promise<Observation<readonly ServiceState[]>> {
  const { exitCode, stdout, stderr } = await guest.guestExec(['/usr/sbin/service-states'])
  return exitCode === 0
    ? present(parseServices(stdout))
    : unknown(stderr.trim() || `it ended with ${exitCode}`)
}

/** `NAME STATE SECONDS ENDS QUICK CODE`, followed by log lines, each prefixed with a bar. */
export function parseServices(text: string): ServiceState[] {
  const services: ServiceState[] = []
  for (const line of text.split('\n')) {
    const last = services.at(-1)
    if (line.startsWith('|')) {
      if (last?.crashLoop) services[services.length - 1] = { ...last, log: [...last.log, line.slice(1)] }
      continue
    }
    const [, name, state, seconds, ends, quick, code] =
      /^(\S+) (starting|running|ended) (\d+) (\d+) (\d+) (\d+)$/.exec(line) ?? []
    if (name === undefined) continue
    const isStable = state === 'running' && Number(seconds) >= stableSeconds
    services.push({
      name,
      state: state as ServiceState['state'],
      seconds: Number(seconds),
      ends: Number(ends),
      exitCode: Number(ends) === 0 ? null : Number(code),
      crashLoop: Number(quick) >= loopEnds && !isStable,
      log: [],
    })
  }
  return services.sort((a, b) => (a.name < b.name ? -1 : 1))
}
